"""The feeds that a build writes, and `invoke feed-diff`."""

import calendar
import json
import re

import feedparser
import pytest
from authorsite.feeds import adapter
from authorsite.feeds.diff import compare_feeds
from authorsite.feeds.rendering import EntryRenderer
from authorsite.problems import CommandError, ProblemLog
from authorsite.publishing.build import build
from authorsite.publishing.feed_diff import feed_diff
from authorsite.publishing.published import compare
from authorsite.publishing.targets.folder import LocalTree
from conftest import ROOT, post
from feed_rules import check_feed
from lxml import etree
from serving import serve_folder


def test_posts_without_a_category_have_an_entry(make_site):
    site = make_site({"content/posts/a.md": post()}, DEFAULT_CATEGORY="", USE_FOLDER_AS_CATEGORY=False)
    site.build()
    assert [e.title for e in feedparser.parse(site.output("feed.xml")).entries] == ["A post"]


def test_feeds_contain_the_full_text_of_posts_newest_first(make_site):
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
        parsed = feedparser.parse(site.output(name))
        assert not parsed.bozo
        assert [e.link for e in parsed.entries] == [
            "https://example.org/2019/03/02/newer/",
            "https://example.org/2019/03/01/older/",
        ]
        assert 'href="https://example.org/2019/03/02/newer/"' in parsed.entries[1].content[0].value
        assert parsed.feed.link == f"https://example.org/{'category/news/' if name.startswith('category') else ''}"
    assert [e.title for e in feedparser.parse(site.output("tag/x/feed.xml")).entries] == ["Newer & \u201cbetter\u201d"]


def test_books_enter_their_feed_when_they_are_published_and_events_when_they_are_announced(make_site):
    events = {
        "old": "start: 2019-05-01T19:00",
        "first-to-come": "start: 2020-02-20T19:00",
        "second-to-come": "start: 2020-02-25T19:00",
        "not-announced": "start: 2020-06-01T19:00",
        "announced-early": "start: 2020-06-02T19:00\ndate: 2020-01-01",
    }
    books = {"today": "published: 2020-02-03", "tomorrow": "published: 2020-02-04", "some-day": "hook: Soon"}
    site = make_site(
        {f"content/events/{name}.md": f"---\ntitle: {name}\n{line}\n---\n" for name, line in events.items()}
        | {f"content/books/{name}.md": f"---\ntitle: {name}\n{line}\n---\n" for name, line in books.items()}
    )
    assert not site.build(strict=True).failed
    listed = ["second-to-come", "first-to-come", "announced-early", "old"]
    assert [e.title for e in feedparser.parse(site.output("events/feed.xml")).entries] == listed
    assert [e.title for e in feedparser.parse(site.output("books/feed.xml")).entries] == ["today"]


def test_alias_keeps_the_guid_when_the_slug_changes(make_site):
    site = make_site({"content/posts/a.md": post(slug="first-name")})
    site.build(strict=True)
    before = feedparser.parse(site.output("feed.xml")).entries[0].id
    site.write({"content/posts/a.md": post(slug="second-name", aliases="[/2019/03/01/first-name/]")})
    assert not site.build(strict=True).failed
    entry = feedparser.parse(site.output("feed.xml")).entries[0]
    assert entry.id == before
    assert entry.link == "https://example.org/2019/03/01/second-name/"


def build_and_compare(site, **settings):
    """Build the site; return what would disturb subscribers of the output before."""
    before, log = read_feeds(site), ProblemLog(root=site.root, strict=True)
    built = site.build(AUTHORSITE=settings)
    assert not list(built.problems), "\n".join(map(str, built.problems))
    compare_feeds(before, read_feeds(site), log, ())
    return list(log)


def test_the_advice_for_a_guid_that_a_vanity_alias_changed_is_accepted(make_site):
    site = make_site({"content/posts/a.md": post(slug="own"), "content/posts/b.md": post("B", "2019-02-01")})
    assert not build_and_compare(site)
    before = site.output("feed.xml")
    site.write({"content/posts/a.md": post(slug="own", aliases="[/vanity/]")})
    [problem] = build_and_compare(site)
    [advice] = re.findall(r"`aliases: \[(.*?)\]`", problem.hint)
    site.write({"content/posts/a.md": post(slug="own", aliases=f"[{advice}, /vanity/]")})
    build_and_compare(site)
    assert site.output("feed.xml") == before
    assert "This page has moved" in site.output("vanity/index.html")
    assert "Some text." in site.output("2019/03/01/own/index.html")
    assert site.output("_redirects") == "/vanity/ /2019/03/01/own/ 301\n"


IDENTIFIED = {
    "content/posts/a.md": post(),
    "content/posts/b.md": post("B", "2019-02-01", aliases="[/old/b/]"),
    "content/posts/c.md": post("C", "2019-02-02", guid="7"),
    "content/books/d.md": "---\ntitle: D\npublished: 2019-05-01\neditions: [{format: paperback}]\n---\n",
    "content/events/e.md": "---\ntitle: E\nstart: 2019-05-01T19:00\nend: 2019-05-01T20:00\n---\n",
}


def read_identifiers(site):
    ids = {}
    for name in ("feed.xml", "atom.xml", "books/feed.xml", "events/feed.xml"):
        parsed = feedparser.parse(site.output(name))
        ids[name] = [parsed.feed.get("id", ""), *(entry.id for entry in parsed.entries)]
    ids["feed.json"] = [item["id"] for item in json.loads(site.output("feed.json"))["items"]]
    ids["events.ics"] = re.findall("UID:(.*)", site.output("events.ics"))
    ids["onix"] = re.findall("<RecordReference>(.*?)<", site.output("books/d/onix.xml"))
    return ids


@pytest.mark.parametrize("new", ["https://new.example", "https://old.example", "https://new.example/site"])
def test_a_former_url_keeps_all_identifiers_when_the_site_moves(make_site, new):
    site = make_site(IDENTIFIED)
    assert not build_and_compare(site, url="http://old.example")
    before = read_identifiers(site)
    assert all(before.values())
    [problem] = build_and_compare(site, url=new)
    assert 'set "former_url": "http://old.example" in AUTHORSITE' in problem.hint
    build_and_compare(site, url=new, former_url="http://old.example/")
    assert read_identifiers(site) == before
    feed = site.output("feed.xml")
    assert f"<link>{new}/2019/03/01/a-post/</link>" in feed
    assert feed.count('isPermaLink="false"') == 3
    assert "http://old.example" not in site.output("2019/03/01/a-post/index.html")


def test_feeds_items_limits_the_entries_of_a_feed(make_site):
    site = make_site({f"content/posts/{n}.md": post(f"Post {n}", f"2019-03-{n:02}") for n in range(1, 6)})
    assert not site.build(AUTHORSITE={"feeds": {"items": 2, "content": "summary"}}).failed
    assert len(feedparser.parse(site.output("feed.xml")).entries) == 2


FEED_NAMES = re.compile(r"(^|/)(feed\.xml|atom\.xml|feed\.json)$")


def read_feeds(site):
    return {name: data for name, data in site.tree().items() if FEED_NAMES.search(name)}


def test_feeds_of_the_golden_site_break_no_rule(golden):
    feeds = read_feeds(golden)
    assert {"feed.xml", "atom.xml", "feed.json", "books/feed.xml", "events/feed.xml", "tag/ladders/feed.xml"} <= set(
        feeds
    )
    assert {name: broken for name, data in feeds.items() if (broken := check_feed(name, data))} == {}


def test_feeds_of_the_golden_site_parse_back_to_their_entries(golden_copy, monkeypatch):
    written = []
    serialize = adapter.serialize

    def record(feed, entries, stylesheet):
        written.append((feed, entries, serialize(feed, entries, stylesheet)))
        return written[-1][2]

    monkeypatch.setattr(adapter, "serialize", record)
    assert not golden_copy.build(strict=True).failed
    assert len(written) > 50
    for feed, entries, data in written:
        if feed.path.endswith(".json"):
            assert [(i["id"], i["url"], i["title"]) for i in json.loads(data)["items"]] == [
                (e.guid, e.url, e.title) for e in entries
            ]
            continue
        parsed = feedparser.parse(data, sanitize_html=False, resolve_relative_uris=False)
        assert not parsed.bozo
        assert [i.title for i in parsed.entries] == [e.title for e in entries]
        for item, entry in zip(parsed.entries, entries, strict=True):
            assert (item.id, item.link) == (entry.guid, entry.url)
            assert calendar.timegm(item.published_parsed) == entry.published.timestamp()
            assert item.content[0].value.strip() == entry.html.strip() if entry.html else True
            assert [author.name for author in item.authors] == list(entry.authors)
            assert [tag.term for tag in item.get("tags", [])] == list(entry.categories)


def test_drafts_stay_out_of_feeds(make_site):
    site = make_site(
        {"content/posts/a.md": post(), "content/posts/d.md": post("A draft", status="draft", category="Z")}
    )
    site.build(drafts=True)
    assert not any(b"A draft" in data for data in read_feeds(site).values())
    assert "category/z/feed.xml" not in read_feeds(site)


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
def test_hostile_html_leaves_feeds_valid(make_site, name):
    body, expected = HOSTILE[name]
    site = make_site({"content/posts/a.md": post(name, body=body)})
    built = site.build()
    assert not built.failed, list(built.problems)
    for file, data in read_feeds(site).items():
        assert check_feed(file, data) == []
    html = feedparser.parse(site.output("feed.xml")).entries[0].content[0].value
    assert expected in html
    if name == "references":
        (problem,) = built.problems
        assert str(problem).startswith("content/posts/a.md:5: U+0007, U+FFFE is not allowed in a feed")


def test_invalid_characters_are_reported_by_every_build(make_site):
    site = make_site({"content/posts/a.md": post(body="It rang &#7; twice.")})
    for strict in (False, False, True):
        built = site.build(strict=strict)
        assert [problem.kind for problem in built.problems] == ["feed"]
    assert built.failed


def test_a_post_of_two_megabytes_is_complete_in_the_feed(make_site):
    body = "\n\n".join(f"Paragraph {n} " + "word " * 390 for n in range(1000)) + "\n\nThe last words."
    site = make_site({"content/posts/a.md": post("Big", body=body)})
    assert not site.build().failed
    item = etree.fromstring(site.output("feed.xml").encode()).find(".//item")
    text = item.findtext("{http://purl.org/rss/1.0/modules/content/}encoded")
    assert len(text) > 1_900_000
    assert text.endswith("<p>The last words.</p>")


def make_posts(count):
    return {
        f"content/posts/{n}.md": post(f"Post {n}", f"2019-{n % 12 + 1:02}-{n % 28 + 1:02}", tags=f"[all, t{n % 9}]")
        for n in range(count)
    }


def test_each_entry_in_a_feed_is_rendered_once(make_site, monkeypatch):
    renderers = []
    original_init = EntryRenderer.__init__
    monkeypatch.setattr(
        EntryRenderer, "__init__", lambda self, *a, **k: (original_init(self, *a, **k), renderers.append(self))[0]
    )
    site = make_site(make_posts(40))
    site.build(AUTHORSITE={"feeds": {"items": 5, "tags": ["all"]}})
    assert renderers[-1].render.cache_info().misses == 5, "main, Atom, JSON, category and tag show the same five"
    site.write({"content/posts/39.md": post("Post 39", "2019-04-12", body="Edited.", tags="[all]")})
    site.build(AUTHORSITE={"feeds": {"items": 5, "tags": ["all"]}})
    assert renderers[-1].render.cache_info().misses == 0, "that post is in no feed"


def test_only_changed_or_damaged_feeds_are_written(make_site, monkeypatch):
    written = []
    serialize = adapter.serialize
    monkeypatch.setattr(
        adapter, "serialize", lambda feed, *rest: (written.append(feed.path), serialize(feed, *rest))[1]
    )
    site = make_site({"content/posts/a.md": post("A", tags="[x]"), "content/posts/b.md": post("B", tags="[y]")})
    site.build()
    first = site.tree()
    written.clear()
    site.build()
    assert written == []
    assert site.tree() == first
    site.write({"content/posts/a.md": post("A", body="Other words.", tags="[x]")})
    site.build()
    assert set(written) == {"feed.xml", "atom.xml", "feed.json", "category/commentary/feed.xml", "tag/x/feed.xml"}
    written.clear()
    (site.root / "output" / "tag" / "y" / "feed.xml").write_text("damaged")
    site.build(AUTHORSITE={"feeds": {"copyright": ""}})
    assert written == ["tag/y/feed.xml"]
    (site.root / ".cache" / "feeds.json").write_text("[1")
    site.build()
    assert not site.build().failed


def test_updated_depends_only_on_date_and_modified(make_site):
    def updated():
        parsed = feedparser.parse(site.output("atom.xml"))
        return parsed.entries[0].updated, parsed.feed.updated

    site = make_site({"content/posts/a.md": post()})
    site.build()
    before = updated()
    site.write({"content/posts/a.md": post("Another title", body="Other words.", tags="[new]")})
    site.build()
    assert updated() == before == ("2019-03-01T00:00:00-06:00",) * 2
    site.write({"content/posts/a.md": post(modified="2019-05-02")})
    site.build()
    assert updated() == ("2019-05-02T00:00:00-05:00",) * 2


def test_feeds_have_a_link_to_the_main_book_its_cover_and_images_by_default(golden):
    xml = golden.output("feed.xml")
    assert 'By the author of <a href="https://example.org/books/made-up-guide/">The Made-up Guide</a>.' in xml
    assert re.search(r"<image><url>https://example\.org/[^<]*guide[^<]*</url><title>Ann Author</title>", xml)
    assert '<media:content url="https://example.org/' in xml


def test_settings_for_book_line_hub_and_copyright(make_site):
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


def test_summary_feeds_link_to_the_full_post(make_site):
    site = make_site({"content/posts/a.md": post(summary="In <b>short</b>.", body="At length.")})
    site.build(AUTHORSITE={"feeds": {"content": "summary"}})
    text = feedparser.parse(site.output("feed.xml")).entries[0].content[0].value
    assert "<p>In &lt;b&gt;short&lt;/b&gt;.</p>" in text
    assert "At length." not in text
    assert 'href="https://example.org/2019/03/01/a-post/"' in text


def test_pages_link_to_their_feeds_and_subscribe_lists_all(golden):
    def linked_feeds(page):
        return set(re.findall(r'<link rel="alternate" type="[^"]+" title="[^"]+" href="/([^"]+)"', golden.output(page)))

    everywhere = {"feed.xml", "atom.xml", "feed.json"}
    assert linked_feeds("index.html") == everywhere
    assert linked_feeds("category/workshop/index.html") == {*everywhere, "category/workshop/feed.xml"}
    assert linked_feeds("tag/ladders/index.html") == {*everywhere, "tag/ladders/feed.xml"}
    assert linked_feeds("2019/07/15/the-orchard-in-spring/index.html") == {*everywhere, "category/workshop/feed.xml"}
    assert linked_feeds("books/index.html") == {*everywhere, "books/feed.xml"}
    assert linked_feeds("events/index.html") == {*everywhere, "events/feed.xml", "events.ics"}
    lists = re.findall(r'(?s)<ul class="feeds">.*?</ul>', golden.output("subscribe/index.html"))
    listed = set(re.findall(r'<a href="/([^"]+)"', "".join(lists)))
    assert listed == {*read_feeds(golden), "events.ics"}


ISSUES = {
    "/2019/03/01/p1/": "see “Post 1” again under a new guid",
    "/2019/05/02/p2/": "the date of “Post 2” changes from 2019-03-02",
    "mass change": "5 of 5 items change at once",
    "/books/feed.xml": "the feed /books/feed.xml would be removed",
}


def test_a_publish_is_refused_for_feed_issues_unless_allowed(make_site):
    posts = {n: {"date": f"2019-03-0{n}", "slug": f"p{n}"} for n in range(1, 7)}
    book = "---\ntitle: B\npublished: 2019-01-01\nlanguage: en\n---\nText.\n"
    site = make_site({f"content/posts/{n}.md": post(f"Post {n}", **fields) for n, fields in posts.items()})
    site.write({"content/books/b.md": book})

    def approve(staged):
        compare(staged, LocalTree(staged.output))
        return True

    def problems(*allowed):
        gone = dict.fromkeys(["/books/b/", "/books/b/buy/", "/go/b/"], "sold out")
        settings = {"feeds": {"allow": dict.fromkeys(allowed, "on purpose")}, "allow": {"orphan": "here"}, "gone": gone}
        found = site.build(approve=approve, AUTHORSITE=settings).problems
        return {p.hint: p.message for p in found if p.severity != "notice"}

    assert problems() == {}
    before = site.tree()
    posts[1]["guid"] = "urn:x:1"
    posts[2] |= {"date": "2019-05-02", "aliases": "[/2019/03/02/p2/]"}
    site.write({f"content/posts/{n}.md": post(f"Post {n}", body="All new.", **fields) for n, fields in posts.items()})
    (site.root / "content/books/b.md").unlink()
    problems_by_hint = problems()
    assert len(problems_by_hint) == len(ISSUES)
    for name, expected in ISSUES.items():
        (message,) = [text for hint, text in problems_by_hint.items() if f'"{name}": "why"' in hint]
        assert expected in message
    (left,) = problems("/other-thing/", *[name for name in ISSUES if name != "/2019/05/02/p2/"]).values()
    assert "the date of “Post 2” changes" in left
    assert site.tree() == before
    assert problems(*ISSUES) == {}
    assert site.tree() != before
    assert problems() == {}, "the published feeds have these changes now"


def test_unknown_tags_in_feeds_tags_are_reported(make_site):
    site = make_site({"content/posts/a.md": post(tags="[Coworking, ladders]")})
    (problem,) = site.build(AUTHORSITE={"feeds": {"tags": ["cowrking", "ladders"]}}).problems
    assert str(problem) == "pelicanconf.py: feeds.tags: no post has the tag `cowrking` - did you mean `coworking`?"
    assert problem.kind == "settings"
    assert "tag/ladders/feed.xml" in read_feeds(site)
    assert "tag/coworking/feed.xml" not in read_feeds(site)
    assert not list(site.build(AUTHORSITE={"feeds": {"tags": ["Coworking", "ladders"]}}).problems)


def test_duplicate_guids_are_reported_in_the_later_file(make_site):
    event = "---\ntitle: E\nstart: 2020-03-05\nguid: urn:x:1\n---\n"
    site = make_site(
        {
            "content/posts/a.md": post(guid="urn:x:1"),
            "content/posts/b.md": post("B", "2019-03-02", guid="urn:x:1"),
            "content/events/e.md": event,
        }
    )
    message = "duplicate guid `urn:x:1`, also used by content/posts/a.md - use another guid or remove the line"
    assert [str(problem) for problem in site.build().problems] == [
        f"content/{name}: {message}" for name in ("events/e.md:4", "posts/b.md:4")
    ]


def make_site_with_settings(make_site, files):
    """Return a site with its own pelicanconf.py, like an author's."""
    settings = (ROOT / "tests/sites/pelicanconf.py").read_text("utf-8")
    return make_site({"pelicanconf.py": settings, **files})


def test_feed_diff_fetches_removed_feeds_from_the_live_site(make_site, capsys):
    site = make_site_with_settings(make_site, {"content/posts/a.md": post(tags="[x]"), "content/posts/b.md": post("B")})
    settings = site.root / "pelicanconf.py"
    assert not build(settings).failed
    with serve_folder(site.root / "output") as url:
        assert feed_diff(settings, url) == 0
        assert "Nothing changes for subscribers." in capsys.readouterr().out
        site.write({"content/posts/a.md": post(slug="moved")})
        assert feed_diff(settings, url) == 1
        printed = capsys.readouterr().out
        assert "aliases: [/2019/03/01/a-post/]" in printed
        assert "tag/x/feed.xml: feed removed" in printed
        assert "the feed /tag/x/feed.xml" not in printed, "it goes with the tag"
    with pytest.raises(CommandError, match="cannot fetch the feeds"):
        feed_diff(settings, url)


def test_feed_diff_prints_changes_and_publishes_nothing(make_site, capsys):
    site = make_site_with_settings(make_site, {"content/posts/a.md": post(), "content/posts/b.md": post("B")})
    assert not build(site.root / "pelicanconf.py").failed
    before = site.tree()
    assert feed_diff(site.root / "pelicanconf.py") == 0
    assert "Nothing changes for subscribers." in capsys.readouterr().out
    site.write({"content/posts/a.md": post(slug="moved"), "content/posts/c.md": post("C", "2019-03-02")})
    assert feed_diff(site.root / "pelicanconf.py") == 1
    printed = capsys.readouterr().out
    assert "+ C (https://example.org/2019/03/02/c/)" in printed
    assert "! subscribers would see “A post” again under a new guid; add its old URL as the first alias" in printed
    assert site.tree() == before
    (site.root / "live").mkdir()
    assert feed_diff(site.root / "pelicanconf.py", str(site.root / "live")) == 0
    assert "feed.xml: new feed" in capsys.readouterr().out


def test_feed_diff_accepts_settings_that_are_objects(make_site, capsys):
    site = make_site_with_settings(make_site, {"content/posts/a.md": post()})
    settings = site.root / "pelicanconf.py"
    assert not build(settings).failed
    feeds = 'FeedSettings(allow={"/2019/03/01/moved/": "meant"})'
    settings.write_text(
        f"from authorsite.settings import FeedSettings\n{settings.read_text()}\nAUTHORSITE['feeds'] = {feeds}"
    )
    site.write({"content/posts/a.md": post(slug="moved")})
    assert feed_diff(settings) == 0
    assert "again under a new guid" in capsys.readouterr().out


def test_feeds_are_readable_in_a_browser(golden, browser):
    folder = golden.root / "output"
    with serve_folder(folder) as url:
        for name in ("feed.xml", "atom.xml"):
            page = browser.new_page()
            page.goto(f"{url}/{name}")
            text, links = page.evaluate(
                "[document.documentElement.innerText ?? [...document.querySelectorAll('*')]"
                ".filter(e => e.checkVisibility()).map(e => e.textContent).join(' '),"
                " [...document.getElementsByTagNameNS('http://www.w3.org/1999/xhtml', 'a')]"
                ".filter(a => a.checkVisibility()).map(a => a.href)]"
            )
            assert "This is a feed" in text
            assert links[:2] == ["https://example.org/subscribe/", "https://example.org/"]
            entries = json.loads(golden.output("feed.json"))["items"]
            assert links[2:] == [entry["url"] for entry in entries]
            visible = page.evaluate(
                "n => [...document.getElementsByTagName(n)].map(e => e.checkVisibility())",
                "guid" if name == "feed.xml" else "id",
            )
            assert visible
            assert not any(visible)
            page.close()
