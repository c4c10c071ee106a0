"""Settings for writing: warnings do not fail the build. publishconf.py is for publishing."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "plugins"))
from authorsite.defaults import *

PLUGIN_PATHS = ["plugins"]

AUTHOR = "Robert E. McGrath"
SITENAME = "What is Coworking?"
SITESUBTITLE = "A book, and the blog that goes on with it"
TIMEZONE = "America/Chicago"
DEFAULT_LANG = "en"
DEFAULT_CATEGORY = "Commentary"

AUTHORSITE = {
    "url": "https://whatiscoworkingthebook.com",
    "description": "The site of What is Coworking?, a book by Robert E. McGrath about the places "
    "where the gig economy happens and workers are happy to find community.",
    "language": "en-US",
    "contact": "contact@whatiscoworkingthebook.com",
    "main_book": "what-is-coworking",
    "menu": [
        {"label": "Book", "url": "/books/what-is-coworking/"},
        {"label": "Blog", "url": "/blog/"},
        {"label": "Mentoring", "url": "/mentoring/"},
        {"label": "About", "url": "/about/"},
    ],
    "observances": [
        {"name": '"I Am A Mentor" Day', "rule": "4 January", "url": "/mentoring/"},
        {"name": "National Mentoring Month", "rule": "January", "url": "/mentoring/"},
    ],
    "social": [{"label": "Twitter", "url": "https://twitter.com/whatiscoworking"}],
}
