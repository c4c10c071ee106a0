"""Sanitized HTML and the three feed formats."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape

import feedparser
import pytest
from authorsite.feeds.formats import serialize_atom, serialize_json_feed, serialize_rss
from authorsite.feeds.sanitizing import sanitize_for_feed, strip_invalid_xml
from authorsite.images.picture import Picture
from authorsite.reading.schemas import Reblog
from feed_samples import BASE, FEED, make_entry


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<a href="/books/">b</a>', '<a href="https://example.org/books/">b</a>'),
        ('<a href="#fn:1">1</a>', f'<a href="{BASE}#fn:1">1</a>'),
        ('<a href="mailto:a@b.c">m</a>', '<a href="mailto:a@b.c">m</a>'),
        ('<a href="javascript:alert(1)">x</a>', "<a>x</a>"),
        (
            '<img src="/a.png" srcset="/a-1.png 320w, /a-2.png 640w" sizes="100vw" loading="lazy">',
            (
                '<img src="https://example.org/a.png" '
                'srcset="https://example.org/a-1.png 320w, https://example.org/a-2.png 640w">'
            ),
        ),
        (
            '<img srcset="/a,b.png 1x,/c.png 2x, data:image/png;base64,AA 3x" src="/a.png">',
            '<img srcset="https://example.org/a,b.png 1x, https://example.org/c.png 2x" src="https://example.org/a.png">',
        ),
        ('<source srcset="data:image/png;base64,AA 1x">', "<source>"),
        ('<video poster="p.png"></video>', f'<video poster="{BASE}p.png"></video>'),
        ("<p>one<p>two<b>open", "<p>one</p><p>two<b>open</b></p>"),
        ("<form><p>unclosed<input></form>after", "after"),
        ("<svg><text>drawn</text></svg>after <math><mi>x</mi></math>", "after"),
        ("a<script>x()</script>b<style>p{}</style>c<form><input>f</form>d", "abcd"),
        ('<p onclick="x()" style="color:red">t</p>', "<p>t</p>"),
        (
            '<iframe src="https://video.example/1" title="A talk"></iframe>',
            '<a href="https://video.example/1">A talk</a>',
        ),
        ('as <a class="citation" href="#s1">[1]</a> says', "as [1] says"),
        ('<li>Entry <a class="citation-back" href="#c1">↩</a></li>', "<li>Entry </li>"),
    ],
)
def test_sanitize_for_feed(html, expected):
    assert sanitize_for_feed(html, BASE) == (expected, [])


def test_references_to_invalid_xml_characters_are_removed():
    assert sanitize_for_feed("a&#8;b&#xFFFE;c", BASE) == ("abc", ["U+0008", "U+FFFE"])


def test_strip_invalid_xml_returns_text_and_code_points():
    assert strip_invalid_xml("a\x08b\ud800c\ufffe") == ("abc", ["U+0008", "U+D800", "U+FFFE"])


@pytest.mark.parametrize("serialize", [serialize_rss, serialize_atom], ids=["rss", "atom"])
def test_serialized_feeds_parse_back_to_their_entries(serialize):
    parsed = feedparser.parse(
        serialize(FEED, [make_entry(), make_entry(guid="https://old.example/?p=7", guid_is_permalink=False)])
    )
    assert not parsed.bozo
    assert parsed.feed.title in {"A &amp; B", "A & B"}
    assert parsed.feed.link == "https://example.org/"
    assert [e.id for e in parsed.entries] == [BASE, "https://old.example/?p=7"]
    first = parsed.entries[0]
    assert first.link == BASE
    assert "<p>One ]]&gt; two</p>" in first.content[0].value.replace("]]> ", "]]&gt; ")
    assert [t.term for t in first.tags] == ["News", "a, b"]
    assert first.published_parsed[:5] == (2019, 3, 1, 15, 0)


def test_rss_guid_states_whether_it_is_a_permalink():
    xml = serialize_rss(FEED, [make_entry(), make_entry(guid="old:7", guid_is_permalink=False)]).decode()
    assert f'<guid isPermaLink="true">{BASE}</guid>' in xml
    assert '<guid isPermaLink="false">old:7</guid>' in xml


def test_rss_links_to_itself_home_page_and_hub():
    xml = serialize_rss(FEED, [make_entry()]).decode()
    assert '<atom:link href="https://example.org/feed.xml" rel="self"' in xml
    assert "<link>https://example.org/</link>" in xml
    assert 'rel="hub" href="https://hub.example/"' in xml


def test_atom_content_is_escaped_html_not_cdata():
    xml = serialize_atom(FEED, [make_entry()]).decode()
    assert 'content type="html"' in xml
    assert "CDATA" not in xml


def test_entries_keep_their_order_and_set_the_build_date():
    newer = make_entry(
        guid="https://example.org/n/", url="https://example.org/n/", updated=datetime(2020, 1, 1, tzinfo=UTC)
    )
    xml = serialize_rss(FEED, [newer, make_entry()]).decode()
    assert xml.index("https://example.org/n/") < xml.index(f"<link>{BASE}</link>")
    assert "<lastBuildDate>Wed, 01 Jan 2020 00:00:00 +0000</lastBuildDate>" in xml
    assert xml == serialize_rss(FEED, [newer, make_entry()]).decode()


def test_rss_items_without_a_summary_have_their_title_as_description():
    xml = serialize_rss(FEED, [make_entry(title="A & B", summary="")]).decode()
    assert "<title>A &amp; B</title>" in xml
    assert "<description>A &amp; B</description>" in xml


@pytest.mark.parametrize(
    "text", ["The `<script>` tag", "a <b>b</b> &amp; c", "AT&T <!-- d", "1 < 2 & 3 > 2", "&#60;p>"]
)
@pytest.mark.parametrize("serialize", [serialize_rss, serialize_atom], ids=["rss", "atom"])
def test_a_summary_is_text_whatever_it_contains(serialize, text):
    [entry] = feedparser.parse(serialize(FEED, [make_entry(summary=text, html="<p>b</p>")])).entries
    # Readers show a summary as HTML: RSS says nothing of its type, Atom says that it is text.
    shown = unescape(entry.summary) if serialize is serialize_rss else entry.summary
    assert shown == text
    [entry] = feedparser.parse(serialize_rss(FEED, [make_entry(summary="", title=text)])).entries
    assert unescape(entry.summary) == text


@pytest.mark.parametrize(
    ("guid", "atom_id"),
    [
        (BASE, BASE),
        ("tag:example.org,2019:7", "tag:example.org,2019:7"),
        ("urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6"),
        ("https://old.example/ü", "https://old.example/ü"),
        ("123 at https://old.example", "tag:old.example,2005:123%20at%20https://old.example"),
        ("https://old.example/a b", "tag:old.example,2005:https://old.example/a%20b"),
        ("42", "tag:example.org,2005:42"),
        ('a "<b>" #1 ü%', "tag:example.org,2005:a%20%22%3Cb%3E%22%20%231%20%C3%BC%25"),
    ],
)
def test_an_atom_id_is_a_uri_made_of_the_guid_alone(guid, atom_id):
    feeds = [
        serialize(FEED, [make_entry(guid=guid)]) for serialize in (serialize_atom, serialize_rss, serialize_json_feed)
    ]
    assert feedparser.parse(feeds[0]).entries[0].id == atom_id
    assert feedparser.parse(feeds[1]).entries[0].id == guid
    assert json.loads(feeds[2])["items"][0]["id"] == guid


def test_the_icon_of_a_json_feed_is_square():
    feed = json.loads(serialize_json_feed(replace(FEED, image="https://example.org/images/cover.jpg"), []))
    assert feed["icon"] == "https://example.org/icon-512.png"
    assert feed["favicon"] == "https://example.org/icon-192.png"


def test_empty_feeds_are_valid_and_have_a_fixed_date():
    assert b"Thu, 01 Jan 1970" in serialize_rss(FEED, [])
    assert not feedparser.parse(serialize_atom(FEED, [])).bozo


def test_rss_has_media_content_and_the_source_of_a_reblog():
    item = make_entry(
        image=Picture("/i.jpg", "https://example.org/i.jpg", 0, 0, "Desks"),
        reblog_of=Reblog(title="First <there>", author="B", url="https://other.example/p"),
    )
    xml = serialize_rss(FEED, [item]).decode()
    assert '<media:content url="https://example.org/i.jpg" type="image/jpeg" medium="image">' in xml
    assert "media:group" not in xml
    assert '<source url="https://other.example/p">First &lt;there&gt;</source>' in xml


def test_json_feed_has_version_urls_and_items():
    body = json.loads(
        serialize_json_feed(FEED, [make_entry(reblog_of=Reblog(title="o", author="B", url="https://other.example/p"))])
    )
    assert body["version"] == "https://jsonfeed.org/version/1.1"
    assert body["feed_url"] == "https://example.org/feed.xml"
    (item,) = body["items"]
    assert item["id"] == BASE
    assert item["external_url"] == "https://other.example/p"
    assert item["content_html"] == "<p>One ]]> two</p>"
    assert item["date_published"] == "2019-03-01T09:00:00-06:00"
