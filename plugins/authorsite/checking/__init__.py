"""Checks of a built site: internal links, external links and outdated book records."""
