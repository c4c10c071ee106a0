"""How people and machines find pages: metadata, sitemap, redirects, headers, icons, search."""
