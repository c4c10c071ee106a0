"""The post that sums up a quarter or a year, drafted from what the site says itself."""
