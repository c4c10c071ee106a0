"""Guids of entries, and hints that keep them."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from authorsite.feeds.entry_factory import EntryFactory
from authorsite.feeds.guid import find_former_url, make_fix_hint
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


NEW = "https://new.example/2019/a/"


@pytest.mark.parametrize(
    ("old_guid", "new_guid", "former"),
    [
        ("https://old.example/2019/a/", NEW, "https://old.example"),
        ("http://new.example/2019/a/", NEW, "http://new.example"),
        ("https://ann.github.io/site/2019/a/", NEW, "https://ann.github.io/site"),
        ("https://old.example/2019/a/", "https://new.example/blog/2019/a/", "https://old.example"),
        ("https://old.example/2018/a/", NEW, ""),
        ("https://new.example/site/2019/a/", NEW, ""),
        ("https://old.example/", NEW, ""),
        ("https://old.example/2019/a/?p=7", NEW, ""),
        ("7 at https://old.example/2019/a/", NEW, ""),
        (NEW, NEW, ""),
    ],
)
def test_a_new_site_url_is_told_from_a_new_url_of_one_page(old_guid, new_guid, former):
    assert find_former_url(old_guid, new_guid) == former
