"""The settings of the sites that tests make; a test overrides what it is about."""

from authorsite.defaults import *

AUTHOR = "Ann Author"
SITENAME = "A site"
SITESUBTITLE = "Made by a test"
TIMEZONE = "America/Chicago"
DEFAULT_LANG = "en"
DEFAULT_CATEGORY = "Commentary"

AUTHORSITE = {"url": "https://example.org"}
