"""Entries, content for readers, and the three formats."""

import json
from datetime import UTC, datetime
from types import SimpleNamespace

import feedparser
import pytest
from authorsite.feeds.entry_factory import Maker
from authorsite.feeds.json_feed import json_feed
from authorsite.feeds.sanitizing import for_readers, without_forbidden
from authorsite.feeds.xml_feeds import atom, rss
from authorsite.images.picture import Picture
from authorsite.reading.schemas import Post, Reblog
from feed_samples import BASE, FEED, entry


@pytest.mark.parametrize(
    ("given", "expected"),
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
def test_content_is_made_fit_for_readers(given, expected):
    assert for_readers(given, BASE) == (expected, [])


def test_a_character_reference_to_what_xml_forbids_is_removed_too():
    assert for_readers("a&#8;b&#xFFFE;c", BASE) == ("abc", ["U+0008", "U+FFFE"])


def test_characters_that_xml_forbids_are_removed_and_named():
    assert without_forbidden("a\x08b\ud800c\ufffe") == ("abc", ["U+0008", "U+D800", "U+FFFE"])


@pytest.mark.parametrize(
    ("guid", "aliases", "expected"),
    [
        ("", (), (BASE, True)),
        ("", ("/old/", "/newer/"), ("https://example.org/old/", True)),
        ("https://old.example/?p=7", ("/old/",), ("https://old.example/?p=7", False)),
    ],
)
def test_a_guid_is_what_the_author_wrote_else_the_first_address(guid, aliases, expected):
    record = Post(title="t", date=datetime(2019, 3, 1, tzinfo=UTC), guid=guid, aliases=aliases)
    post = SimpleNamespace(
        record=record, url="2019/03/01/a-post/", date=record.date, content="", summary="", source_path="", picture=None
    )
    made = Maker("https://example.org", "Ann").post(post)
    assert (made.guid, made.permanent) == expected


@pytest.mark.parametrize("make", [rss, atom], ids=["rss", "atom"])
def test_a_feed_parses_back_to_what_went_in(make):
    found = feedparser.parse(make(FEED, [entry(), entry(guid="https://old.example/?p=7", permanent=False)]))
    assert not found.bozo
    assert found.feed.title in {"A &amp; B", "A & B"}
    assert found.feed.link == "https://example.org/"
    assert [e.id for e in found.entries] == [BASE, "https://old.example/?p=7"]
    first = found.entries[0]
    assert first.link == BASE
    assert "<p>One ]]&gt; two</p>" in first.content[0].value.replace("]]> ", "]]&gt; ")
    assert [t.term for t in first.tags] == ["News", "a, b"]
    assert first.published_parsed[:5] == (2019, 3, 1, 15, 0)


def test_an_rss_guid_says_whether_it_is_an_address():
    xml = rss(FEED, [entry(), entry(guid="old:7", permanent=False)]).decode()
    assert f'<guid isPermaLink="true">{BASE}</guid>' in xml
    assert '<guid isPermaLink="false">old:7</guid>' in xml


def test_rss_names_itself_its_home_and_its_hub():
    xml = rss(FEED, [entry()]).decode()
    assert '<atom:link href="https://example.org/feed.xml" rel="self"' in xml
    assert "<link>https://example.org/</link>" in xml
    assert 'rel="hub" href="https://hub.example/"' in xml


def test_atom_content_is_html_and_not_cdata():
    xml = atom(FEED, [entry()]).decode()
    assert 'content type="html"' in xml
    assert "CDATA" not in xml


def test_the_order_is_kept_and_the_dates_come_from_the_entries():
    newer = entry(guid="https://example.org/n/", url="https://example.org/n/", updated=datetime(2020, 1, 1, tzinfo=UTC))
    xml = rss(FEED, [newer, entry()]).decode()
    assert xml.index("https://example.org/n/") < xml.index(f"<link>{BASE}</link>")
    assert "<lastBuildDate>Wed, 01 Jan 2020 00:00:00 +0000</lastBuildDate>" in xml
    assert xml == rss(FEED, [newer, entry()]).decode()


def test_an_empty_feed_is_still_a_feed_with_a_fixed_date():
    assert b"Thu, 01 Jan 1970" in rss(FEED, [])
    assert not feedparser.parse(atom(FEED, [])).bozo


def test_a_picture_stands_alone_and_a_passed_on_post_names_its_source():
    item = entry(
        image=Picture("/i.jpg", "https://example.org/i.jpg", 0, 0, "Desks"),
        original=Reblog(title="First <there>", author="B", url="https://other.example/p"),
    )
    xml = rss(FEED, [item]).decode()
    assert '<media:content url="https://example.org/i.jpg" type="image/jpeg" medium="image">' in xml
    assert "media:group" not in xml
    assert '<source url="https://other.example/p">First &lt;there&gt;</source>' in xml


def test_json_feed_holds_version_addresses_and_items():
    body = json.loads(json_feed(FEED, [entry(original=Reblog(title="o", author="B", url="https://other.example/p"))]))
    assert body["version"] == "https://jsonfeed.org/version/1.1"
    assert body["feed_url"] == "https://example.org/feed.xml"
    (item,) = body["items"]
    assert item["id"] == BASE
    assert item["external_url"] == "https://other.example/p"
    assert item["content_html"] == "<p>One ]]> two</p>"
    assert item["date_published"] == "2019-03-01T09:00:00-06:00"
