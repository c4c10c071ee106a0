"""The stylesheets: one file whose name is a digest of its contents."""
