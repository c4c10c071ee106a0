"""feeds.opml: the list of feeds that feed readers import."""

from authorsite.feeds.opml import serialize_opml
from lxml import etree

FEEDS = [("Ann & Bob", "https://example.org/feed.xml", "https://example.org/"), ("Ann & Bob: “x”", "u", "p")]


def test_each_feed_has_its_title_its_url_and_the_url_of_its_page():
    data = serialize_opml("Ann & Bob", "Ann", FEEDS)
    root = etree.fromstring(data)
    assert (root.tag, root.get("version"), [child.tag for child in root]) == ("opml", "2.0", ["head", "body"])
    assert (root.findtext("head/title"), root.findtext("head/ownerName")) == ("Ann & Bob", "Ann")
    outlines = root.findall("body/outline")
    assert [tuple(map(each.get, ("title", "xmlUrl", "htmlUrl"))) for each in outlines] == FEEDS
    assert {(each.get("type"), each.get("text") == each.get("title")) for each in outlines} == {("rss", True)}
    assert data.startswith(b"<?xml")
    assert data == serialize_opml("Ann & Bob", "Ann", FEEDS)
