"""Feeds as a build writes them."""

import feedparser
from conftest import post


def test_every_post_is_in_the_feeds_whole_and_newest_first(make_site):
    site = make_site(
        {
            "content/posts/a.md": post("Older", "2019-03-01", body="See [b](/2019/03/02/newer/).", category="News"),
            "content/posts/b.md": post(
                "Newer & \u201cbetter\u201d", "2019-03-02", category="News", tags="[x, y]", slug="newer"
            ),
            "content/posts/d.md": post("A draft", status="draft"),
        }
    )
    assert not site.build(strict=True).failed
    for name in ("feed.xml", "atom.xml", "category/news/feed.xml"):
        found = feedparser.parse(site.output(name))
        assert not found.bozo
        assert [e.link for e in found.entries] == [
            "https://example.org/2019/03/02/newer/",
            "https://example.org/2019/03/01/older/",
        ]
        assert 'href="https://example.org/2019/03/02/newer/"' in found.entries[1].content[0].value
    assert [e.title for e in feedparser.parse(site.output("tag/x/feed.xml")).entries] == ["Newer & \u201cbetter\u201d"]


def test_a_guid_survives_a_new_slug_whose_old_address_is_an_alias(make_site):
    site = make_site({"content/posts/a.md": post(slug="first-name")})
    site.build(strict=True)
    before = feedparser.parse(site.output("feed.xml")).entries[0].id
    site.write({"content/posts/a.md": post(slug="second-name", aliases="[/2019/03/01/first-name/]")})
    assert not site.build(strict=True).failed
    found = feedparser.parse(site.output("feed.xml")).entries[0]
    assert found.id == before
    assert found.link == "https://example.org/2019/03/01/second-name/"


def test_a_feed_holds_as_many_items_as_the_author_says(make_site):
    site = make_site({f"content/posts/{n}.md": post(f"Post {n}", f"2019-03-{n:02}") for n in range(1, 6)})
    assert not site.build(AUTHORSITE={"feeds": {"items": 2, "content": "summary"}}).failed
    assert len(feedparser.parse(site.output("feed.xml")).entries) == 2
