"""From a checked build to the live site."""
