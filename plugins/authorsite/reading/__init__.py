"""Markdown files to typed posts and pages, with every fault named."""
