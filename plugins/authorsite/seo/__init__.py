"""Metadata, sitemap, robots.txt, redirects, HTTP headers and the web app manifest."""
