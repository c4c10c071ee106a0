"""Images: inspected, stripped of metadata, resized and encoded for responsive pages; icons and social cards."""
