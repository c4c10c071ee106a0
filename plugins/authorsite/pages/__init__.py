"""Finishes posts and pages after all content has been read, and gives each its view."""
