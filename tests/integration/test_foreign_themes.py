"""A Pelican site that takes parts of the package keeps its reader, its theme and its settings.

The made-up theme has what public themes have: no autoescape, no block but `content` and `title`, which it joins to the
site's name, a fixed sidebar that is an `aside`, a canonical URL and a description of its own, macros, and templates and
partials whose names are those of the package.
"""
# ruff: noqa: ISC004 - tables of texts

import io
import re

import feedparser
import pytest
from authorsite.checking.internal import check_built_site
from authorsite.problems import BuildFailed, ProblemLog
from lxml import html
from pelican import generators, writers
from PIL import Image
from tiny_site import TinySite

BASE = """<!DOCTYPE html>
{% macro greet(name) %}<b>{{ name }}</b>{% endmacro %}
<html lang="en"><head><meta charset="utf-8"><title>{{ SITENAME }}{% block title %}{% endblock %}</title>
<link rel="canonical" href="{{ SITEURL }}/"><meta name="description" content="About this site">
<link rel="stylesheet" href="{{ SITEURL }}/theme/site.css"><script>"<title>"</script>{% include "partials/head.html" %}
</head><body><aside>{{ greet("The menu") }}<a href="{{ SITEURL }}/">Home</a></aside>
{% block content %}{% endblock %}</body></html>
"""
LIST = """{% extends "base.html" %}{% block content %}{% for a in articles_page.object_list %}
<h2><a href="{{ SITEURL }}/{{ a.url }}">{{ a.title }}</a></h2>{{ a.summary }}{% endfor %}{% endblock %}
"""
SHOWN = """{% extends "base.html" %}{% block title %} {{ X.title|striptags }}{% endblock %}
{% block content %}<h1>{{ X.title }}</h1>{{ X.content }}{{ X.picture }} {{ X.draft }}{% endblock %}
"""
THEME = {
    "base": BASE,
    **dict.fromkeys(("index", "category", "tag", "author"), LIST),
    "article": SHOWN.replace("X", "article"),
    "page": SHOWN.replace("X", "page"),
    "search": "The theme's own",
    "books": "The theme's own",
    "partials/head": '<meta name="theme" content="own">',
    "partials/picture": "The theme's own",
    "macros/buy": "The theme's own",
}


def draw(color="#884422"):
    file = io.BytesIO()
    Image.new("RGB", (60, 90), color).save(file, "PNG")
    return file.getvalue()


FILES = {
    "content/posts/ladders.rst": """Ladders & *snakes*
##################

:date: 2019-01-02 10:00
:tags: wood
:category: Tools

A `link <{filename}salt.md>`_ and a |picture|.

.. |picture| image:: {static}/images/a.png
   :alt: A cover
""",
    "content/posts/salt.md": "Title: Salt & <Pepper>\nDate: 2019-02-03\nPicture: mine.jpg\nDraft: no\n\nSome *text*.\n",
    "content/posts/2019-03-04_third.md": "Title: Third\nSlug: third\n\nBy its file's name.\n",
    "content/posts/drafted.md": "Title: Drafted\nDate: 2019-02-03\nStatus: draft\n\nNot yet.\n",
    "content/pages/about.html": "<html><head><title>About &amp; more</title></head><body><p>This.</p></body></html>",
    "content/images/a.png": draw(),
    "theme/static/site.css": "aside { position: fixed }",
}
RECORDS = {
    "content/books/guide.md": """---
title: "Salt & <Pepper>"
language: en
contributors: [{name: Ann & Author, role: author}]
cover: {src: images/a.png, alt: "The <cover>"}
published: 2019-05-01
endorsements: [{quote: "Good & <fine>", by: "B & C"}]
editions:
- {format: paperback, isbn: 978-1-234-56001-0, price: {USD: 19.95}, availability: available}
offers:
- {shop: bookshop-us, edition: paperback}
---
Read [the post](../posts/salt.md).
""",
    "content/books/soon.md": "---\ntitle: Soon\nlanguage: en\npublished: 2031-01-01\n---\nLater.\n",
    "content/events/reading.md": "---\ntitle: A reading & <more>\nstart: 2030-05-01T19:00\n---\nCome.\n",
}
SETTINGS = {
    "SITENAME": "Dev's blog & <more>",
    "SITEURL": "https://dev.example/blog",
    "AUTHOR": "Ann",
    "FILENAME_METADATA": r"(?P<date>\d{4}-\d{2}-\d{2})_(?P<slug>.*)",
    "DIRECT_TEMPLATES": ["index"],
    "ARTICLE_EXCLUDES": ["books", "events"],
    "PAGE_EXCLUDES": ["books", "events"],
    "DEFAULT_PAGINATION": 2,
    "FEED_ALL_ATOM": "feeds/all.atom.xml",
    "AUTHOR_SAVE_AS": "",
}
PARTS = ["books", "events", "feeds", "search", "seo"]
FAST = {"social_cards": False}


def make_site(root, **settings):
    site = TinySite(root, {**SETTINGS, **settings})
    site.change(FILES | RECORDS | {f"theme/templates/{name}.html": text for name, text in THEME.items()})
    return site


def use(*parts, **more):
    return {"PLUGINS": ["authorsite"], "AUTHORSITE": {**FAST, **({"use": [*parts]} if parts else {}), **more}}


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """What Pelican alone writes."""
    site = make_site(tmp_path_factory.mktemp("plain"))
    site.build()
    return site.files()


def drop_head(page):
    return page.partition(b"</head>")[2] if b"</head>" in page else page


@pytest.mark.parametrize("part", PARTS)
def test_a_part_changes_nothing_of_what_pelican_writes(part, plain, tmp_path):
    site = make_site(tmp_path, **use(part))
    assert site.build() == ()
    files = site.files()
    # Metadata and links to feeds are for the head of all pages; nothing else touches one.
    compare = drop_head if part in {"feeds", "seo"} else bytes
    assert {name: compare(files[name]) for name in plain} == {name: compare(plain[name]) for name in plain}
    assert len(files) > len(plain)
    links_to_feed = b"/blog/feed.xml" in files["index.html"].partition(b"</head>")[0]
    assert links_to_feed == (part == "feeds")


@pytest.mark.parametrize("parts", [*((part,) for part in PARTS), PARTS], ids="-".join)
def test_no_part_links_to_pages_of_a_part_that_is_not_used(parts, tmp_path):
    site = make_site(tmp_path, **use(*parts))
    site.build()
    log = ProblemLog(tmp_path)
    check_built_site(tmp_path / "output", SETTINGS["SITEURL"], log)
    assert not [problem for problem in map(str, log) if "broken link" in problem]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The site with all parts but the reader, built with the engine and without it."""
    site = make_site(tmp_path_factory.mktemp("whole"), **use(*PARTS))
    site.compare_after_each({"content/posts/salt.md": FILES["content/posts/salt.md"].replace("Pepper", "Peppers")})
    return site


def parse_head(site, name):
    (head,) = html.fromstring(site.read(name)).xpath("//head")
    return head


OWN = {
    "books/index.html": "Books – Dev's blog & <more>",
    "books/guide/index.html": "Salt & <Pepper>, by Ann & Author – Dev's blog & <more>",
    "books/guide/buy/index.html": "Buy Salt & <Pepper> – Dev's blog & <more>",
    "buy/index.html": "Where to buy – Dev's blog & <more>",
    "events/reading/index.html": "A reading & <more> – Dev's blog & <more>",
    "events/index.html": "Events – Dev's blog & <more>",
    "go/guide/bookshop-us/index.html": "Salt & <Pepper> at Bookshop.org – Dev's blog & <more>",
    "search/index.html": "Search – Dev's blog & <more>",
    "subscribe/index.html": "Subscribe to Dev's blog & <more>",
}


@pytest.mark.parametrize(("name", "title"), OWN.items())
def test_the_packages_pages_are_whole_in_a_theme_that_knows_nothing_of_it(name, title, whole):
    page, head = whole.read(name), parse_head(whole, name)
    assert head.xpath("title/text()") == [title]
    assert [
        len(head.xpath(path)) for path in ("link[@rel='canonical']", "meta[@name='description']", "meta[@charset]")
    ] in ([[1, 1, 1], [1, 0, 1]] if name.startswith("go/") else [[1, 1, 1]])
    assert "The theme's own" not in page
    assert "authorsite-head" not in page
    assert "Content-Security-Policy" not in page  # it would stop the theme's scripts
    assert re.search(r"<(Pepper|more|fine|cover)>|& ", page.partition("</aside>")[2]) is None
    assert re.search(r'</aside>\s*<div class="authorsite">', page)
    assert "<aside><b>The menu</b>" in page
    assert len(re.findall("<aside", page)) == 1  # themes make theirs a fixed sidebar
    (stylesheet,) = [href for href in head.xpath("link[@rel='stylesheet']/@href") if "/assets/authorsite." in href]
    assert (whole.root / "output" / stylesheet.removeprefix(f"{SETTINGS['SITEURL']}/")).is_file()


METADATA = {
    "index.html": ("https://dev.example/blog/", "WebSite"),
    "salt.html": ("https://dev.example/blog/salt.html", "BlogPosting"),
    "ladders-snakes.html": ("https://dev.example/blog/ladders-snakes.html", "BlogPosting"),
    "pages/about-more.html": ("https://dev.example/blog/pages/about-more.html", "WebPage"),
    "books/guide/index.html": ("https://dev.example/blog/books/guide/", "Book"),
    "category/tools.html": ("https://dev.example/blog/category/tools.html", ""),
}


@pytest.mark.parametrize(("name", "url", "kind"), [(name, *more) for name, more in METADATA.items()])
def test_every_page_has_metadata_where_the_theme_has_no_block_for_it(name, url, kind, whole):
    head = parse_head(whole, name)
    assert head.xpath("link[@rel='canonical']/@href") == [url]
    assert head.xpath("meta[@property='og:url']/@content") == ([url] if kind else [])
    assert [f'"@type":"{kind}"' in data for data in head.xpath("script[@type]/text()")] == ([True] if kind else [])
    assert f"{SETTINGS['SITEURL']}/feed.xml" in head.xpath("link[@rel='alternate']/@href")
    assert head.xpath("meta[@name='theme']/@content") == ["own"]


def test_titles_in_metadata_have_no_markup(whole):
    titles = [parse_head(whole, name).xpath("string(meta[@property='og:title']/@content)") for name in METADATA]
    assert titles[1:4] == ["Salt & <Peppers>", "Ladders & snakes", "About & more"]


def test_the_sitemap_has_what_is_published(whole):
    sitemap = whole.read("sitemap.xml")
    for path in ("", "salt.html", "third.html", "pages/about-more.html", "books/guide/", "tag/wood.html"):
        assert f"<loc>https://dev.example/blog/{path}</loc>" in sitemap
    assert "drafts/" not in sitemap


def test_feeds_have_the_posts_of_all_readers(whole):
    feed = feedparser.parse(whole.read("feed.xml"))
    assert not feed.bozo
    assert [entry.title for entry in feed.entries] == ["Third", "Salt & <Peppers>", "Ladders & snakes"]
    body = feed.entries[2].content[0].value
    assert 'href="https://dev.example/blog/salt.html"' in body
    assert 'src="https://dev.example/blog/images/a.png"' in body
    assert feed.entries[2].link == "https://dev.example/blog/ladders-snakes.html"


def test_feeds_have_absolute_links_where_pages_have_relative_ones(tmp_path):
    site = make_site(tmp_path, RELATIVE_URLS=True, **use("feeds"))
    site.build()
    assert 'href="./salt.html"' in site.read("ladders-snakes.html")
    assert 'href="https://dev.example/blog/salt.html"' in site.read("feed.xml")


def test_files_of_the_author_stay(tmp_path):
    extra = {f"extra/{name}": {"path": name} for name in ("robots.txt", "_headers", "_redirects")}
    site = make_site(tmp_path, STATIC_PATHS=["images", "extra"], EXTRA_PATH_METADATA=extra, **use("seo"))
    site.change({f"content/{name}": "mine" for name in extra})
    site.build()
    assert [site.read(file["path"]) for file in extra.values()] == ["mine"] * 3
    assert "salt.html" in site.read("sitemap.xml")


def test_a_page_of_the_author_is_not_written_over(tmp_path, capsys):
    site = make_site(tmp_path, **use("books"))
    site.change({"content/posts/books.md": "Title: Mine\nDate: 2019-01-01\nSave_as: books/index.html\n\nMine.\n"})
    with pytest.raises(BuildFailed):
        site.build()
    message = "duplicate URL /books/, also used by a file that the site generates"
    assert f"error: content/posts/books.md: {message}" in capsys.readouterr().err
    assert "Mine." in site.read("books/index.html")


def test_the_author_may_override_a_page_of_the_package(tmp_path):
    overrides = {"THEME_TEMPLATES_OVERRIDES": [str(tmp_path / "mine")]}
    site = make_site(tmp_path, **overrides, **use("books"))
    site.change({"mine/buy_all.html": '{% extends "own_page.html" %}{% block main %}My own.{% endblock %}'})
    site.build()
    assert "My own." in site.read("buy/index.html")
    assert "The theme's own" not in site.read("books/index.html")


POST = "---\ntitle: A <i> & b\ndate: 2019-03-01\nimage: images/a.png\nimage_alt: A cover\n---\nSome *text*.\n"


@pytest.mark.parametrize("theme", ["made up", "simple", "notmyidea"])
def test_the_whole_package_works_with_its_own_settings_in_another_theme(theme, make_site, tmp_path):
    site = make_site({"content/posts/a.md": POST, "content/images/a.png": draw(), **RECORDS})
    site.write({"content/books/guide.md": RECORDS["content/books/guide.md"].replace("salt.md", "a.md")})
    site.write({f"mine/templates/{name}.html": text for name, text in THEME.items()})
    folder = str(tmp_path / "mine") if theme == "made up" else theme
    built = site.build(THEME=folder, SITENAME="A & b", SITEURL="https://example.org", AUTHORSITE=FAST)
    assert not list(built.problems)
    page = site.output("2019/03/01/a-b/index.html")
    assert ">A &lt;i&gt; &amp; b</" in page.partition("</head>")[2]
    assert "<p>Some <em>text</em>.</p>" in page
    assert page.count('rel="canonical"') == 1
    assert '<meta property="og:url" content="https://example.org/2019/03/01/a-b/">' in page
    assert "A &amp; b" in site.output("books/guide/index.html").partition("</head>")[0]
    assert not {"blog/index.html", "404.html", "icon.svg"} & site.tree().keys()
    assert "Content-Security-Policy: default-src 'none'; img" not in site.output("_headers")


def test_pelicans_command_prints_problems_and_leaves_pelican_as_it_was(tmp_path, capsys):
    before = generators.copy, writers.sanitised_join
    site = TinySite(tmp_path, {"PLUGINS": ["authorsite"], "AUTHORSITE": {**FAST, "search": False}})
    site.change({"content/posts/a.md": POST.replace("image_alt: A cover\n", ""), "content/images/a.png": draw()})
    site.build(DIRECT_TEMPLATES=["index"])
    assert "warning: content/posts/a.md:4: the featured image has no alt text - " in capsys.readouterr().err
    assert (generators.copy, writers.sanitised_join) == before


CONFLICTS = {
    "a feed of Pelican's": (
        {"FEED_ALL_RSS": "feed.xml"},
        "FEED_ALL_RSS: its path is already used by a file that the site generates - give Pelican's feed another path, "
        "or write None to leave this one to authorsite",
    ),
    "a filter": (
        {"JINJA_FILTERS": {"iso": str}},
        "JINJA_FILTERS: authorsite has a filter `iso`, too - give yours another name",
    ),
}


@pytest.mark.parametrize(("settings", "message"), CONFLICTS.values(), ids=CONFLICTS)
def test_settings_that_would_lose_something_are_named(settings, message, tmp_path, capsys):
    site = make_site(tmp_path, **settings, **use("feeds"))
    with pytest.raises(BuildFailed):
        site.build()
    assert f"error: pelicanconf.py: {message}\n" in capsys.readouterr().err
