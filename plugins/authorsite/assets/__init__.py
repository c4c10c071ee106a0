"""The stylesheets: joined, minified, with the author's accent color."""
