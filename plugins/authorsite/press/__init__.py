"""Press kits: what journalists and organizers need about a book and its author, as pages and as an archive."""
