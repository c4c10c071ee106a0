"""Posts and pages once everything is read: the one place where their views are made."""
