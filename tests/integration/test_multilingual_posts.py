"""Posts in another language than the site's: direction, hreflang, structured data and feeds."""

import json
import re

import feedparser
import pytest
from authorsite.i18n import is_right_to_left
from conftest import ROOT, SITE_DATE, Site, post, restore_signals
from lxml import etree, html

FILES = {
    "content/posts/ladders.md": "---\ntitle: Ladders\nslug: ladders\ndate: 2019-03-01\n---\nWords.\n",
    "content/posts/leitern.md": "---\ntitle: Leitern\nslug: ladders\nlang: de\ndate: 2019-03-01\n---\nWorte.\n",
    "content/posts/salalim.md": "---\ntitle: سلالم\nslug: salalim\nlang: ar\ndate: 2019-04-01\n---\nكلمات `a`.\n",
    "content/posts/hidden.md": "---\ntitle: X\nslug: ladders\nlang: fr\nstatus: hidden\ndate: 2019-03-01\n---\nMots.\n",
    "content/pages/sulam.md": "---\ntitle: סולם\nslug: sulam\nlang: he\n---\nמילים.\n",
}
SITEMAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
DC_LANGUAGE = "{http://purl.org/dc/elements/1.1/}language"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    site = Site(tmp_path_factory.mktemp("languages"), {}).write(FILES)
    with pytest.MonkeyPatch.context() as patch, restore_signals():
        patch.setenv("SITE_DATE", SITE_DATE)
        built = site.build(AUTHORSITE={"search": False})
        assert not built.failed, list(map(str, built.problems))
    return site


def find_pages(site):
    """Return every page by its URL."""
    output = site.root / "output"
    return {
        f"/{path.parent.relative_to(output)}/": html.fromstring(path.read_text()) for path in output.rglob("index.html")
    }


def find_page(site, title):
    return next(page for page in find_pages(site).values() if page.findtext(".//title").startswith(title))


@pytest.mark.parametrize(
    ("language", "expected"), [("ar", True), ("he-IL", True), ("fa", True), ("ur", True), ("de", False), ("tlh", False)]
)
def test_direction_of_a_language(language, expected):
    assert is_right_to_left(language) == expected


@pytest.mark.parametrize(
    ("title", "language", "direction"), [("سلالم", "ar", "rtl"), ("סולם", "he", "rtl"), ("Leitern", "de", None)]
)
def test_post_and_page_have_their_own_language_and_direction(site, title, language, direction):
    page = find_page(site, title)
    (article,) = page.iter("article")
    assert (article.get("lang"), article.get("dir")) == (None, None), "the frame is the site's"
    (heading,), (body,) = article.iter("h1"), article.find_class("prose")
    assert {(part.get("lang"), part.get("dir")) for part in (heading, body)} == {(language, direction)}
    (data,) = page.xpath("//script[@type='application/ld+json']/text()")
    assert f'"inLanguage":"{language}"' in data
    assert (page.get("lang"), page.get("dir")) == ("en", None)


def find_language(element):
    return element.xpath("string(ancestor-or-self::*[@lang][1]/@lang)")


def test_the_frame_of_a_post_is_in_the_language_of_the_site(make_site):
    """WCAG 2.2, 3.1.2: a screen reader reads "Related posts" in English, and its titles in theirs."""
    keys = {"lang": "de", "toc": "true", "series": "Leitern", "tags": "[ladders]", "summary": "Worte."}
    body = "## Eins\n\nText [1].\n\n## Quellen\n\n1. Ann Author, „Titel“, 2012, https://far.example/x"
    site = make_site(
        {
            "content/posts/a.md": post("Eins", slug="a", body=body, **keys),
            "content/posts/b.md": post("Zwei", slug="b", date="2019-04-01", body=body, **keys),
            "content/posts/c.md": post("Three", slug="c", date="2019-05-01", series="Leitern", tags="[ladders]"),
        }
    )
    built = site.build(AUTHORSITE={"search": False})
    assert [str(problem) for problem in built.problems] == []
    page = html.fromstring(site.output("de/2019/03/01/a/index.html"))
    frame = ["Contents", "Series: Leitern", "These references as BibTeX", "Related posts", "After", "Three"]
    for text in frame:
        found = page.xpath(f"//*[normalize-space(text())='{text}']")
        assert found, text
        assert {find_language(element) for element in found} == {"en"}, text
    for text in ("Eins", "Zwei", "Worte.", "Quellen"):
        assert {find_language(element) for element in page.xpath(f"//body//*[text()='{text}']")} == {"de"}, text
    labels = [
        element for element in page.xpath("//article//*[@aria-label]") if "Quelle" not in element.get("aria-label")
    ]
    assert {
        element.get("aria-label"): find_language(element) for element in labels if find_language(element) != "en"
    } == {}


def test_titles_in_lists_have_their_own_language(site):
    links = find_pages(site)["/blog/"].xpath("//a[text()='سلالم']")
    assert links
    assert {(link.get("lang"), link.get("dir")) for link in links} == {("ar", "rtl")}


def test_translations_name_each_other_in_head_and_sitemap(site):
    in_heads, in_sitemap = {}, {}
    for page in find_pages(site).values():
        links = page.xpath("//head/link[@hreflang]")
        (canonical,) = page.xpath("//head/link[@rel='canonical']/@href") or [""]
        if links:
            in_heads[canonical] = {(link.get("hreflang"), link.get("href")) for link in links}
    for entry in etree.fromstring(site.output("sitemap.xml").encode()).findall("s:url", SITEMAP):
        if links := entry.findall("x:link", SITEMAP):
            in_sitemap[entry.findtext("s:loc", None, SITEMAP)] = {(e.get("hreflang"), e.get("href")) for e in links}
    assert in_heads == in_sitemap
    assert len(in_heads) == 2
    for url, alternates in in_heads.items():
        assert {language for language, _ in alternates} == {"en", "de"}, "not the hidden one"
        assert url in {href for _, href in alternates}
        assert all(in_heads[href] == alternates for _, href in alternates)


def test_entries_of_feeds_have_their_language(site):
    rss = etree.fromstring(site.output("feed.xml").encode())
    languages = {item.findtext("title"): item.findtext(DC_LANGUAGE) for item in rss.iter("item")}
    assert languages == {"Ladders": None, "Leitern": "de", "سلالم": "ar"}
    items = {item["title"]: item for item in json.loads(site.output("feed.json"))["items"]}
    assert {title: item.get("language") for title, item in items.items()} == languages
    assert items["سلالم"]["content_html"].startswith('<div lang="ar" dir="rtl"><p>')
    assert "lang=" not in items["Ladders"]["content_html"]
    atom = feedparser.parse(site.output("atom.xml"))
    assert {entry.title: entry.content[0].language for entry in atom.entries}["سلالم"] == "ar"


def test_site_written_from_right_to_left(make_site):
    english = "---\ntitle: Ladders\nlang: en\ndate: 2019-03-01\n---\nWords.\n"
    site = make_site({"content/posts/a.md": post(), "content/posts/b.md": english})
    assert not site.build(AUTHORSITE={"language": "he", "search": False, "social_cards": False}).failed
    page = find_page(site, "Ladders")
    assert (page.get("lang"), page.get("dir")) == ("he", "rtl")
    assert [(article.get("lang"), article.get("dir")) for article in page.iter("article")] == [(None, None)]
    assert [(body.get("lang"), body.get("dir")) for body in page.find_class("prose")] == [("en", "ltr")]


def test_theme_has_no_left_and_right():
    styles = "".join(path.read_text() for path in sorted((ROOT / "theme/css").rglob("*.css")))
    assert not re.search(
        r"(margin|padding|border)-(left|right)|float: (left|right)|^\s+(left|right):", styles, re.MULTILINE
    )
