"""Books: the record of each, its pages, its short links, and its files for shops, libraries and the trade."""
