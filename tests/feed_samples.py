"""A sample feed, and sample entries with values that tests can override."""

from datetime import UTC, datetime, timedelta, timezone

from authorsite.feeds.models import Entry, Feed

BASE = "https://example.org/2019/03/01/a-post/"
FEED = Feed(
    "feed.xml", "A & B", "About <things>", "", "en-US", "Ann Author", "https://example.org", hub="https://hub.example/"
)


def make_entry(**overrides):
    defaults = {
        "guid": BASE,
        "guid_is_permalink": True,
        "url": BASE,
        "title": "Bread & <butter>",
        "published": datetime(2019, 3, 1, 9, tzinfo=timezone(timedelta(hours=-6))),
        "updated": datetime(2019, 3, 2, tzinfo=UTC),
        "summary": "Plain words & more",
        "html": "<p>One ]]> two</p>",
        "authors": ("Ann Author",),
        "categories": ("News", "a, b"),
    }
    return Entry(**defaults | overrides)
