"""Guids of entries, and hints that keep them."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from authorsite.feeds.entry_factory import EntryFactory
from authorsite.feeds.guid import make_fix_hint
from authorsite.reading.schemas import PostMetadata
from feed_samples import BASE


@pytest.mark.parametrize(
    ("guid", "aliases", "expected"),
    [
        ("", (), (BASE, True)),
        ("", ("/old/", "/newer/"), ("https://example.org/old/", True)),
        ("https://old.example/?p=7", ("/old/",), ("https://old.example/?p=7", False)),
    ],
)
def test_guid_is_from_front_matter_else_first_alias_else_url(guid, aliases, expected):
    record = PostMetadata(title="t", date=datetime(2019, 3, 1, tzinfo=UTC), guid=guid, aliases=aliases)
    post = SimpleNamespace(
        record=record, url="2019/03/01/a-post/", date=record.date, content="", summary="", source_path="", picture=None
    )
    entry = EntryFactory("https://example.org", "Ann").from_post(post)
    assert (entry.guid, entry.guid_is_permalink) == expected


@pytest.mark.parametrize(
    ("old_guid", "line"),
    [
        ("https://example.org/old/", "`aliases: [/old/]`"),
        ("https://example.org/?p=7", "`guid: https://example.org/?p=7`"),
        ("https://old.example.com/?p=7", "`guid: https://old.example.com/?p=7`"),
        ("tag:example.org,2019:7", "`guid: tag:example.org,2019:7`"),
    ],
)
def test_fix_hint_gives_the_line_that_restores_the_guid(old_guid, line):
    assert line in make_fix_hint(old_guid, BASE)
