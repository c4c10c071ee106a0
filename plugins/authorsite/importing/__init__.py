"""The move from WordPress: exports, bodies, media and the report."""
