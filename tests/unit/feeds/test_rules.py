"""tests/feed_rules.py finds every kind of broken rule in feeds."""

import pytest
from authorsite.audio import Audio
from authorsite.feeds.formats import serialize_atom, serialize_json_feed, serialize_rss
from feed_rules import check_feed, check_html
from feed_samples import FEED, make_entry

AUDIO = Audio("https://example.org/files/a.mp3", "audio/mpeg", 32_000, seconds=2)
ENTRIES = [make_entry(audio=AUDIO)]
RSS = serialize_rss(FEED, ENTRIES, "/feed.css")
ATOM = serialize_atom(FEED, ENTRIES, "/feed.css")
JSON = serialize_json_feed(FEED, ENTRIES)


def test_generated_feeds_break_no_rule():
    assert check_feed("feed.xml", RSS) == []
    assert check_feed("atom.xml", ATOM) == []
    assert check_feed("feed.json", JSON) == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (b'isPermaLink="true"', b"", "guid without isPermaLink"),
        (b">https://example.org/2019/03/01/a-post/</guid>", b">tag:example.org,2019:x</guid>", "not absolute"),
        (b'rel="self"', b'rel="other"', "atom:link self"),
        (b"<pubDate>Fri, 01 Mar 2019 09:00:00 -0600", b"<pubDate>2019-03-01", "RFC 822"),
        (b"<description>Plain words &amp; more</description>", b"", "without an earlier description"),
        (b"<dc:creator>Ann Author</dc:creator>", b"", "no dc:creator"),
        (b"<p>One", b'<p><a href="/x">y</a>One', "not absolute"),
        (b"<p>One", b"<p><b>One", "without a start tag"),
        (
            b"</item>",
            b"</item><item><title>t</title><guid>https://example.org/2019/03/01/a-post/</guid></item>",
            "duplicate guid",
        ),
        (b"<?xml-stylesheet", b"<?other", "no stylesheet"),
        (b"Plain words", b"&lt;script>words", "markup in the description"),
        (b"</item>", b'<enclosure url="https://a.example/b" length="1" type="audio/mpeg"/></item>', "more than one"),
        (b'length="32000"', b"", "length is None"),
        (b'type="audio/mpeg"', b'type="mp3"', "type is mp3"),
        (b'url="https://example.org/files', b'url="/files', "not absolute"),
        (b"duration>2<", b"duration>0<", "number of seconds"),
    ],
)
def test_broken_rules_in_rss_are_reported(old, new, message):
    assert old in RSS
    assert any(
        message in broken for broken in check_feed("feed.xml", RSS.replace(old, new, -1 if b"xhtml" in old else 1))
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (b'type="html"', b'type="CDATA"', "content of type CDATA"),
        (
            b'rel="alternate" type="text/html" href="https://example.org/2019',
            b'href="https://example.org/2019',
            "links of",
        ),
        (b"<published>2019-03-01T09:00:00-06:00", b"<published>2019-03-01T09:00:00", "without a zone"),
        (b"<updated>2019-03-02T00:00:00", b"<updated>2019-03-02T00:00:00.123456", "microseconds"),
        (b"<id>https://example.org/2019", b"<id>7 at https://example.org/2019", "is not a URI"),
        (b'length="32000"', b'length="0"', "length is 0"),
    ],
)
def test_broken_rules_in_atom_are_reported(old, new, message):
    assert old in ATOM
    assert any(message in broken for broken in check_feed("atom.xml", ATOM.replace(old, new, 1)))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [(b'"size_in_bytes": 32000', b'"size_in_bytes": 0', "length is 0"), (b'"mime_type"', b'"type"', "without URL")],
)
def test_broken_rules_in_json_feed_are_reported(old, new, message):
    assert old in JSON
    assert any(message in broken for broken in check_feed("feed.json", JSON.replace(old, new, 1)))


@pytest.mark.parametrize(
    "html",
    [
        "<script>x</script>",
        '<p onclick="x()">t</p>',
        '<img srcset="/a.png 1x">',
        "<p>open",
        '<a href="https://example.org/#r">[1]</a>',
    ],
)
def test_broken_rules_in_html_are_reported(html):
    assert list(check_html("t", html))
