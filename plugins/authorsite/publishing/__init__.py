"""Commands to build, serve, check and publish the site."""
