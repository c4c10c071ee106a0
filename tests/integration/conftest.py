"""The fixtures of publishing_site, for the tests that publish."""

from publishing_site import author, ssh_server  # noqa: F401 - fixtures
