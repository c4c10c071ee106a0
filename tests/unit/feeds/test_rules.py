"""The checker finds each fault that it is there for: a checker that finds nothing proves nothing."""

import pytest
from authorsite.feeds.xml_feeds import atom, rss
from feed_rules import broken_rules, html_rules
from feed_samples import FEED, entry

RSS = rss(FEED, [entry()], "/feed.css")
ATOM = atom(FEED, [entry()], "/feed.css")


def test_our_feeds_break_none():
    assert broken_rules("feed.xml", RSS) == []
    assert broken_rules("atom.xml", ATOM) == []


@pytest.mark.parametrize(
    ("good", "bad", "finding"),
    [
        (b'isPermaLink="true"', b"", "guid without isPermaLink"),
        (b">https://example.org/2019/03/01/a-post/</guid>", b">tag:example.org,2019:x</guid>", "not absolute"),
        (b'rel="self"', b'rel="other"', "atom:link self"),
        (b"<pubDate>Fri, 01 Mar 2019 09:00:00 -0600", b"<pubDate>2019-03-01", "RFC 822"),
        (b"<description>Plain words &amp; more</description>", b"", "without an earlier description"),
        (b"<dc:creator>Ann Author</dc:creator>", b"", "nobody wrote it"),
        (b"<p>One", b'<p><a href="/x">y</a>One', "not absolute"),
        (b"<p>One", b"<p><b>One", "closes nothing"),
        (
            b"</item>",
            b"</item><item><title>t</title><guid>https://example.org/2019/03/01/a-post/</guid></item>",
            "twice",
        ),
        (b"<?xml-stylesheet", b"<?other", "no stylesheet"),
    ],
)
def test_a_fault_in_rss_is_found(good, bad, finding):
    assert good in RSS
    assert any(finding in found for found in broken_rules("feed.xml", RSS.replace(good, bad, 1)))


@pytest.mark.parametrize(
    ("good", "bad", "finding"),
    [
        (b'type="html"', b'type="CDATA"', "content of type CDATA"),
        (
            b'rel="alternate" type="text/html" href="https://example.org/2019',
            b'href="https://example.org/2019',
            "links of",
        ),
        (b"<published>2019-03-01T09:00:00-06:00", b"<published>2019-03-01T09:00:00", "without a zone"),
        (b"<updated>2019-03-02T00:00:00", b"<updated>2019-03-02T00:00:00.123456", "microseconds"),
    ],
)
def test_a_fault_in_atom_is_found(good, bad, finding):
    assert good in ATOM
    assert any(finding in found for found in broken_rules("atom.xml", ATOM.replace(good, bad, 1)))


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
def test_a_fault_in_html_is_found(html):
    assert list(html_rules("t", html))
