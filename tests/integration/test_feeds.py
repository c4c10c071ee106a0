"""Feeds as a build writes them."""

import calendar
import json
import re

import feedparser
import pytest
from authorsite.feeds import adapter
from authorsite.feeds.rendering import Kitchen
from authorsite.problems import Refused
from authorsite.publishing.build import build
from authorsite.publishing.feed_diff import feed_diff
from conftest import ROOT, post
from feed_rules import broken_rules
from lxml import etree
from serving import serving


def test_a_post_without_a_category_has_an_entry_too(make_site):
    site = make_site({"content/posts/a.md": post()}, DEFAULT_CATEGORY="", USE_FOLDER_AS_CATEGORY=False)
    site.build()
    assert [e.title for e in feedparser.parse(site.output("feed.xml")).entries] == ["A post"]


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


FEED_NAMES = re.compile(r"(^|/)(feed\.xml|atom\.xml|feed\.json)$")


def feeds_of(site):
    return {name: data for name, data in site.tree().items() if FEED_NAMES.search(name)}


def test_every_feed_of_the_golden_site_holds_every_rule(golden):
    feeds = feeds_of(golden)
    assert {"feed.xml", "atom.xml", "feed.json", "books/feed.xml", "events/feed.xml", "tag/ladders/feed.xml"} <= set(
        feeds
    )
    assert {name: broken for name, data in feeds.items() if (broken := broken_rules(name, data))} == {}


def test_every_feed_of_the_golden_site_parses_back_to_its_entries(golden_copy, monkeypatch):
    made = []
    plain_written = adapter.written

    def recorded(feed, entries, stylesheet):
        made.append((feed, entries, plain_written(feed, entries, stylesheet)))
        return made[-1][2]

    monkeypatch.setattr(adapter, "written", recorded)
    assert not golden_copy.build(strict=True).failed
    assert len(made) > 50
    for feed, entries, data in made:
        if feed.path.endswith(".json"):
            assert [(i["id"], i["url"], i["title"]) for i in json.loads(data)["items"]] == [
                (e.guid, e.url, e.title) for e in entries
            ]
            continue
        found = feedparser.parse(data, sanitize_html=False, resolve_relative_uris=False)
        assert not found.bozo
        assert [i.title for i in found.entries] == [e.title for e in entries]
        for item, entry in zip(found.entries, entries, strict=True):
            assert (item.id, item.link) == (entry.guid, entry.url)
            assert calendar.timegm(item.published_parsed) == entry.published.timestamp()
            assert item.content[0].value.strip() == entry.html.strip() if entry.html else True
            assert [author.name for author in item.authors] == list(entry.authors)
            assert [tag.term for tag in item.get("tags", [])] == list(entry.categories)


def test_drafts_shown_to_the_author_stay_out_of_the_feeds(make_site):
    site = make_site(
        {"content/posts/a.md": post(), "content/posts/d.md": post("A draft", status="draft", category="Z")}
    )
    site.build(drafts=True)
    assert not any(b"A draft" in data for data in feeds_of(site).values())
    assert "category/z/feed.xml" not in feeds_of(site)


HOSTILE = {
    "cdata": ("`<![CDATA[` in `]]>` out", "&lt;![CDATA[</code> in <code>]]&gt;</code> out"),
    "references": ("bell &#7; and &#xD800; and &#xFFFE; end", "bell"),
    "hebrew": ("שלום \u202bעולם\u202c", "שלום"),
    "emoji": ("🪜👩‍👩‍👧 ok", "🪜👩‍👩‍👧 ok"),
    "unclosed": ("<div><b>never closed\n\n<script>alert(1)</script>", "never closed"),
    "attribute": ('<img src="x" onerror="alert(1)" alt="a">', "https://example.org/2019/03/01/attribute/x"),
    "table": ("<table><tr><td>cell", "cell"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_post_leaves_the_feeds_valid_and_shows_right(make_site, name):
    body, kept = HOSTILE[name]
    site = make_site({"content/posts/a.md": post(name, body=body)})
    built = site.build()
    assert not built.failed, list(built.problems)
    for file, data in feeds_of(site).items():
        assert broken_rules(file, data) == []
    found = feedparser.parse(site.output("feed.xml")).entries[0].content[0].value
    assert kept in found
    if name == "references":
        (problem,) = built.problems
        assert str(problem).startswith("content/posts/a.md:5: U+0007, U+FFFE cannot stand in a feed")


def test_a_character_left_out_is_reported_in_every_build_and_so_by_the_strict_one_that_follows(make_site):
    site = make_site({"content/posts/a.md": post(body="It rang &#7; twice.")})
    for strict in (False, False, True):
        built = site.build(strict=strict)
        assert [problem.kind for problem in built.problems] == ["feed"]
    assert built.failed


def test_a_post_of_two_megabytes_is_whole_in_the_feed(make_site):
    body = "\n\n".join(f"Paragraph {n} " + "word " * 390 for n in range(1000)) + "\n\nThe last words."
    site = make_site({"content/posts/a.md": post("Big", body=body)})
    assert not site.build().failed
    item = etree.fromstring(site.output("feed.xml").encode()).find(".//item")
    text = item.findtext("{http://purl.org/rss/1.0/modules/content/}encoded")
    assert len(text) > 1_900_000
    assert text.endswith("<p>The last words.</p>")


def many(count):
    return {
        f"content/posts/{n}.md": post(f"Post {n}", f"2019-{n % 12 + 1:02}-{n % 28 + 1:02}", tags=f"[all, t{n % 9}]")
        for n in range(count)
    }


def test_entries_are_made_once_for_all_feeds_and_only_those_shown(make_site, monkeypatch):
    kitchens = []
    plain_init = Kitchen.__init__
    monkeypatch.setattr(
        Kitchen, "__init__", lambda self, *a, **k: (plain_init(self, *a, **k), kitchens.append(self))[0]
    )
    site = make_site(many(40))
    site.build(AUTHORSITE={"feeds": {"items": 5, "tags": ["all"]}})
    assert kitchens[-1].readable.cache_info().misses == 5, "main, Atom, JSON, category and tag show the same five"
    site.write({"content/posts/39.md": post("Post 39", "2019-04-12", body="Mended.", tags="[all]")})
    site.build(AUTHORSITE={"feeds": {"items": 5, "tags": ["all"]}})
    assert kitchens[-1].readable.cache_info().misses == 0, "that post is in no feed"


def test_a_feed_is_left_alone_until_an_entry_of_it_changes_and_made_again_when_it_was_touched(make_site, monkeypatch):
    made = []
    plain_written = adapter.written
    monkeypatch.setattr(adapter, "written", lambda feed, *rest: (made.append(feed.path), plain_written(feed, *rest))[1])
    site = make_site({"content/posts/a.md": post("A", tags="[x]"), "content/posts/b.md": post("B", tags="[y]")})
    site.build()
    first = site.tree()
    made.clear()
    site.build()
    assert made == []
    assert site.tree() == first
    site.write({"content/posts/a.md": post("A", body="Other words.", tags="[x]")})
    site.build()
    assert set(made) == {"feed.xml", "atom.xml", "feed.json", "category/commentary/feed.xml", "tag/x/feed.xml"}
    made.clear()
    (site.root / "output" / "tag" / "y" / "feed.xml").write_text("damaged")
    site.build(AUTHORSITE={"feeds": {"copyright": ""}})
    assert made == ["tag/y/feed.xml"]
    (site.root / ".cache" / "feeds.json").write_text("[1")
    site.build()
    assert not site.build().failed


def test_updated_moves_only_with_the_date_or_modified(make_site):
    def updated():
        found = feedparser.parse(site.output("atom.xml"))
        return found.entries[0].updated, found.feed.updated

    site = make_site({"content/posts/a.md": post()})
    site.build()
    before = updated()
    site.write({"content/posts/a.md": post("Another title", body="Other words.", tags="[new]")})
    site.build()
    assert updated() == before == ("2019-03-01T00:00:00-06:00",) * 2
    site.write({"content/posts/a.md": post(modified="2019-05-02")})
    site.build()
    assert updated() == ("2019-05-02T00:00:00-05:00",) * 2


def test_the_line_about_the_book_the_cover_and_the_pictures_come_by_themselves(golden):
    xml = golden.output("feed.xml")
    assert 'By the author of <a href="https://example.org/books/made-up-guide/">The Made-up Guide</a>.' in xml
    assert re.search(r"<image><url>https://example\.org/[^<]*guide[^<]*</url><title>Ann Author</title>", xml)
    assert '<media:content url="https://example.org/' in xml


def test_the_line_about_the_book_the_hub_and_the_rights_are_the_authors(make_site):
    book = "---\ntitle: A Book\ncontributors: [{name: Ann Author, role: author}]\n---\n"
    site = make_site({"content/posts/a.md": post(), "content/books/b.md": book})
    site.build(
        AUTHORSITE={
            "main_book": "b",
            "feeds": {"hub": "https://hub.example/", "copyright": "© Ann", "book_line": "Read <em>the book</em>."},
        }
    )
    xml = site.output("feed.xml")
    assert "<small>Read <em>the book</em>.</small>" in xml
    assert 'rel="hub" href="https://hub.example/"' in xml
    assert "<copyright>© Ann</copyright>" in xml
    site.build(AUTHORSITE={"main_book": "b"})
    assert "<small>By the author of" in site.output("feed.xml")
    site.build(AUTHORSITE={"main_book": "b", "feeds": {"book_line": ""}})
    assert "<small>" not in site.output("feed.xml")


def test_a_summary_feed_leads_to_the_whole_post(make_site):
    site = make_site({"content/posts/a.md": post(summary="In short.", body="At length.")})
    site.build(AUTHORSITE={"feeds": {"content": "summary"}})
    text = feedparser.parse(site.output("feed.xml")).entries[0].content[0].value
    assert "In short." in text
    assert "At length." not in text
    assert 'href="https://example.org/2019/03/01/a-post/"' in text


def test_pages_name_the_feeds_that_fit_them_and_subscribe_lists_every_one(golden):
    def named(page):
        return set(re.findall(r'<link rel="alternate" type="[^"]+" title="[^"]+" href="/([^"]+)"', golden.output(page)))

    everywhere = {"feed.xml", "atom.xml", "feed.json"}
    assert named("index.html") == everywhere
    assert named("category/workshop/index.html") == {*everywhere, "category/workshop/feed.xml"}
    assert named("tag/ladders/index.html") == {*everywhere, "tag/ladders/feed.xml"}
    assert named("2019/07/15/the-orchard-in-spring/index.html") == {*everywhere, "category/workshop/feed.xml"}
    assert named("books/index.html") == {*everywhere, "books/feed.xml"}
    assert named("events/index.html") == {*everywhere, "events/feed.xml", "events.ics"}
    lists = re.findall(r'(?s)<ul class="feeds">.*?</ul>', golden.output("subscribe/index.html"))
    listed = set(re.findall(r'<a href="/([^"]+)"', "".join(lists)))
    assert listed == {*feeds_of(golden), "events.ics"}


TROUBLE = {
    "/2019/03/01/other/": "see “Post 1” again under a new guid",
    "/2019/05/02/p2/": "“Post 2” jumps from 2019-03-02",
    "mass change": "5 of 5 items change",
    "/category/notes/feed.xml": "the feed is gone",
}


def test_a_strict_build_that_would_trouble_subscribers_fails_until_that_is_allowed_by_name(make_site):
    posts = {n: {"date": f"2019-03-0{n}", "category": "News", "slug": f"p{n}"} for n in range(1, 7)}
    posts[6]["category"] = "Notes"
    site = make_site({f"content/posts/{n}.md": post(f"Post {n}", **given) for n, given in posts.items()})
    assert not site.build(strict=True).failed
    before = site.tree()
    posts[1]["slug"] = "other"
    posts[2] |= {"date": "2019-05-02", "guid": "https://example.org/2019/03/02/p2/"}
    posts[6]["category"] = "News"
    site.write({f"content/posts/{n}.md": post(f"Post {n}", body="All new.", **given) for n, given in posts.items()})

    def problems(*allowed):
        feeds = {"allow": dict.fromkeys(allowed, "meant")}
        return {p.hint: p.message for p in site.build(strict=True, AUTHORSITE={"feeds": feeds}).problems}

    found = problems()
    assert len(found) == len(TROUBLE)
    for name, words in TROUBLE.items():
        assert [words in message for hint, message in found.items() if f'"{name}": "why"' in hint] == [True], name
    assert any("aliases: [/2019/03/01/p1/]" in hint for hint in found)
    (left,) = problems("/other-thing/", *[name for name in TROUBLE if name != "/2019/05/02/p2/"]).values()
    assert "“Post 2” jumps" in left
    assert site.tree() == before
    assert problems(*TROUBLE) == {}
    assert site.tree() != before
    assert problems() == {}, "it is published now, and needs no leave any more"


def test_a_tag_in_the_settings_that_no_post_carries_is_named(make_site):
    site = make_site({"content/posts/a.md": post(tags="[Coworking, ladders]")})
    (problem,) = site.build(AUTHORSITE={"feeds": {"tags": ["cowrking", "ladders"]}}).problems
    assert str(problem) == "pelicanconf.py: feeds.tags: no post has the tag `cowrking` - did you mean `coworking`?"
    assert problem.kind == "settings"
    assert "tag/ladders/feed.xml" in feeds_of(site)
    assert "tag/coworking/feed.xml" not in feeds_of(site)
    assert not list(site.build(AUTHORSITE={"feeds": {"tags": ["Coworking", "ladders"]}}).problems)


def test_a_guid_that_two_files_have_is_a_mistake_in_the_later_one(make_site):
    event = "---\ntitle: E\nstart: 2020-03-05\nguid: urn:x:1\n---\n"
    site = make_site(
        {
            "content/posts/a.md": post(guid="urn:x:1"),
            "content/posts/b.md": post("B", "2019-03-02", guid="urn:x:1"),
            "content/events/e.md": event,
        }
    )
    told = [str(problem) for problem in site.build().problems]
    assert told == [
        f"content/{name}: the guid `urn:x:1` is that of content/posts/a.md too - give this one another, or none"
        for name in ("events/e.md:4", "posts/b.md:4")
    ]


def own_site(make_site, files):
    """A site with a settings file of its own, as an author has it."""
    settings = (ROOT / "pelicanconf.py").read_text("utf-8").replace('"plugins"', f'"{ROOT}/plugins"')
    settings = re.sub(
        r"^AUTHORSITE = \{.*?^\}",
        'AUTHORSITE = {"url": "https://example.org"}',
        settings,
        flags=re.MULTILINE | re.DOTALL,
    )
    settings = settings.replace('THEME = "theme"', f'THEME = "{ROOT}/theme"')
    return make_site({"pelicanconf.py": settings, **files})


def test_feed_diff_asks_the_live_site_even_for_feeds_that_are_to_vanish(make_site, capsys):
    site = own_site(make_site, {"content/posts/a.md": post(tags="[x]"), "content/posts/b.md": post("B")})
    settings = site.root / "pelicanconf.py"
    assert not build(settings).failed
    with serving(site.root / "output") as url:
        assert feed_diff(settings, url) == 0
        assert "Nothing changes for subscribers." in capsys.readouterr().out
        site.write({"content/posts/a.md": post(slug="moved")})
        assert feed_diff(settings, url) == 1
        said = capsys.readouterr().out
        assert "aliases: [/2019/03/01/a-post/]" in said
        assert "tag/x/feed.xml: this feed is gone" in said
        assert '"feeds": {"allow": {"/tag/x/feed.xml": "why"}}' in said
    with pytest.raises(Refused, match="the site cannot be asked"):
        feed_diff(settings, url)


def test_feed_diff_says_what_publishing_would_do_and_publishes_nothing(make_site, capsys):
    site = own_site(make_site, {"content/posts/a.md": post(), "content/posts/b.md": post("B")})
    assert not build(site.root / "pelicanconf.py").failed
    before = site.tree()
    assert feed_diff(site.root / "pelicanconf.py") == 0
    assert "Nothing changes for subscribers." in capsys.readouterr().out
    site.write({"content/posts/a.md": post(slug="moved"), "content/posts/c.md": post("C", "2019-03-02")})
    assert feed_diff(site.root / "pelicanconf.py") == 1
    said = capsys.readouterr().out
    assert "+ C (https://example.org/2019/03/02/c/)" in said
    assert "! subscribers would see “A post” again under a new guid; put `/2019/03/01/a-post/` first" in said
    assert site.tree() == before


def test_a_feed_opened_in_a_browser_is_a_page_for_people(golden, browser):
    folder = golden.root / "output"
    with serving(folder) as url:
        for name in ("feed.xml", "atom.xml"):
            page = browser.new_page()
            page.goto(f"{url}/{name}")
            words, links = page.evaluate(
                "[document.documentElement.innerText ?? [...document.querySelectorAll('*')]"
                ".filter(e => e.checkVisibility()).map(e => e.textContent).join(' '),"
                " [...document.getElementsByTagNameNS('http://www.w3.org/1999/xhtml', 'a')]"
                ".filter(a => a.checkVisibility()).map(a => a.href)]"
            )
            assert "This is a feed" in words
            assert links == ["https://example.org/subscribe/", "https://example.org/"]
            shown = page.evaluate(
                "n => [...document.getElementsByTagName(n)].map(e => e.checkVisibility())",
                "guid" if name == "feed.xml" else "id",
            )
            assert shown
            assert not any(shown)
            page.close()
