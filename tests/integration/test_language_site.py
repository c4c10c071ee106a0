"""The site in English, German and Arabic: each page, list, feed and index is in one language."""

import json
import re

import pytest
from authorsite.i18n import CATALOGUES
from authorsite.language_versions import name_language
from authorsite.publishing.build_worker import release_memory
from authorsite.publishing.preview import preview
from babel.messages.pofile import read_po
from conftest import copy_language_site, post, restore_signals
from feed_rules import check_feed
from lxml import etree, html
from pelican_incremental.session import BuildSession

SITE = "https://example.org"
SITEMAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
LABELS = ("alt", "aria-label", "title", "data-one", "data-many", "data-none", "data-failed")
LISTS = ("", "blog/", "archives/", "subscribe/")


@pytest.fixture(scope="module")
def pages(languages):
    """The pages by URL path, without those that only redirect."""
    output = languages.root / "output"
    found = {
        "/" + path.relative_to(output).as_posix().removesuffix("index.html"): path for path in output.rglob("*.html")
    }
    return {url: html.fromstring(path.read_text()) for url, path in sorted(found.items()) if "/go/" not in url}


@pytest.fixture(scope="module")
def catalogues():
    """The texts of pages in each language, as patterns, without those that two languages share."""
    texts = {"en": set()}
    for language in ("de", "ar"):
        with (CATALOGUES / f"{language}.po").open("rb") as file:
            messages = [message for message in read_po(file, language) if message.id]
        texts[language] = {s for m in messages for s in (m.string if m.pluralizable else (m.string,))}
        texts["en"] |= {s for m in messages for s in (m.id if m.pluralizable else (m.id,))}
    shared = texts["en"] & texts["de"]
    return {
        language: re.compile("|".join(make_pattern(text) for text in own - shared if count_letters(text) > 2))
        for language, own in texts.items()
    }


def make_pattern(text):
    return re.sub(r"%\\\(\w+\\\)s", ".+?", re.escape(text))


def count_letters(text):
    return sum(map(str.isalpha, re.sub(r"%\(\w+\)s", "", text)))


def get_language(url):
    return url[1:3] if url[1:4] in {"de/", "ar/"} else "en"


def list_alternates(page):
    return {(link.get("hreflang"), link.get("href")) for link in page.xpath("//head/link[@hreflang]")}


def list_switch(page):
    """Return the links to other languages in the header: URL path by language."""
    [nav] = page.xpath("//header/nav[.//a/@hreflang]")
    return {link.get("hreflang"): link.get("href") for link in nav.iter("a")}


def test_every_page_has_its_language_and_direction(pages):
    assert {get_language(url) for url in pages} == {"en", "de", "ar"}
    for url, page in pages.items():
        language = get_language(url)
        assert (page.get("lang"), page.get("dir")) == (language, "rtl" if language == "ar" else None), url


def test_a_text_in_the_language_of_its_page_is_not_marked(pages):
    for url, page in pages.items():
        marked = {element.get("lang") for element in page.xpath("//body//*[@lang][not(@hreflang)]")}
        assert not marked, url


def read_frame(page):
    """Yield all that people read or hear on a page, but not the names of languages."""
    for nav in page.xpath("//nav[.//a/@hreflang]//a"):
        nav.text = ""
    for element in page.xpath("//body//*[not(self::script)]"):
        yield from (" ".join(text.split()) for text in element.xpath("text()") if text.strip())
        yield from (element.get(name) for name in LABELS if element.get(name))


def test_no_page_has_a_text_of_another_language(languages, catalogues):
    output = languages.root / "output"
    for path in sorted(output.rglob("index.html")):
        url = "/" + path.relative_to(output).as_posix()
        own = get_language(url)
        for text in () if "/go/" in url else read_frame(html.fromstring(path.read_text())):
            for language, pattern in catalogues.items():
                is_own = own == language or catalogues[own].fullmatch(text)
                assert is_own or not pattern.fullmatch(text), f"{url}: {text}"
            if own == "ar":
                assert not re.search(r"[a-z]{2,}", re.sub("RSS|Atom|JSON Feed|BibTeX|Ann Author", "", text)), (
                    f"{url}: {text}"
                )
            else:
                assert not re.search(r"[\u0600-\u06ff]", text), f"{url}: {text}"


def test_pages_name_their_versions_mutually_in_head_and_sitemap(languages, pages):
    in_heads = {f"{SITE}{url}": list_alternates(page) for url, page in pages.items() if list_alternates(page)}
    in_sitemap = {}
    for entry in etree.fromstring(languages.output("sitemap.xml").encode()).findall("s:url", SITEMAP):
        if links := {(e.get("hreflang"), e.get("href")) for e in entry.findall("x:link", SITEMAP)}:
            in_sitemap[entry.findtext("s:loc", None, SITEMAP)] = links
    assert in_heads == in_sitemap
    assert {f"{SITE}/{path}{name}" for path in ("", "de/", "ar/") for name in LISTS} <= in_heads.keys()
    for url, alternates in in_heads.items():
        by_language = dict(alternates)
        assert len(by_language) == len(alternates), "one page for each language"
        assert by_language[get_language(url.removeprefix(SITE))] == url
        assert all(in_heads[other] == alternates for other in by_language.values())
        assert by_language.get("x-default") == by_language.get("en")
    posts = in_heads[f"{SITE}/2019/03/01/ladders/"]
    assert dict(posts)["ar"] == f"{SITE}/ar/2019/03/02/sullam/", "a translation with another slug"
    assert dict(in_heads[f"{SITE}/de/2019/05/01/holz-fur-leitern/"]).keys() == {"de", "ar"}


@pytest.mark.parametrize(
    ("url", "links"),
    [
        ("/", {"de": "/de/", "ar": "/ar/"}),
        ("/de/archives/", {"en": "/archives/", "ar": "/ar/archives/"}),
        ("/ar/nabdha/", {"en": "/about/", "de": "/de/ueber-mich/"}),
        ("/de/2019/03/01/ladders/", {"en": "/2019/03/01/ladders/", "ar": "/ar/2019/03/02/sullam/"}),
        ("/2019/06/01/steps-without-a-wall/", {"de": "/de/", "ar": "/ar/"}),
        ("/ar/2019/05/02/khashab/", {"en": "/", "de": "/de/2019/05/01/holz-fur-leitern/"}),
        ("/books/made-up-guide/", {"de": "/de/", "ar": "/ar/"}),
        ("/de/search/", {"en": "/", "ar": "/ar/"}),
        ("/404.html", {"de": "/de/", "ar": "/ar/"}),
    ],
)
def test_the_header_leads_to_the_page_in_other_languages_or_to_their_home_pages(url, links, pages):
    assert list_switch(pages[url]) == links


def test_all_links_of_a_page_lead_to_pages_in_its_language(pages):
    """But those of the switch, and those to books and events, which are in the main language."""
    for url, page in pages.items():
        links = page.xpath("//body//a[not(@hreflang)]/@href")
        inside = {link for link in links if link.startswith("/") and not link.startswith(("/books/", "/feeds.opml"))}
        assert {get_language(link) for link in inside} <= {get_language(url)}, url


@pytest.mark.parametrize(
    ("language", "newest", "category", "book"),
    [
        ("en", "Steps without a wall", "ideas", "A made-up guide to ladders"),
        ("de", "Holz für Leitern", "werkstatt", "Ein erfundenes Buch der Leitern"),
        ("ar", "خشب السلالم", "wrsh", None),
    ],
)
def test_lists_have_the_posts_of_their_language(language, newest, category, book, pages, languages):
    root = "/" if language == "en" else f"/{language}/"
    count = len([url for url in pages if re.match(f"{root}2019/../../", url)])
    for url in (root, f"{root}blog/", f"{root}archives/"):
        titles = [
            " ".join(link.text_content().split()) for link in pages[url].xpath("//main//a[contains(@href, '/20')]")
        ]
        posts = [title for title in titles if not title.isdigit()]
        assert (posts[0], len(posts)) == (newest, count), url
    for url in (f"{root}category/{category}/", f"{root}2019/", f"{root}2019/03/"):
        assert url in pages
    assert pages[root].findtext(".//h1/a") == book
    feed = json.loads(languages.output(f"{root[1:]}feed.json"))
    assert (feed["items"][0]["title"], len(feed["items"])) == (newest, count)


def test_neighbors_and_breadcrumbs_of_a_post_are_in_its_language(pages):
    page = pages["/de/2019/04/02/sprossen-zahlen/"]
    crumbs = page.xpath("//nav[@class='crumbs']//a")
    assert [(link.text, link.get("href")) for link in crumbs] == [
        ("Startseite", "/de/"),
        ("Blog", "/de/blog/"),
        ("Werkstatt", "/de/category/werkstatt/"),
    ]
    neighbors = [page.xpath(f"//a[@rel='{rel}']/@href") for rel in ("prev", "next")]
    assert neighbors == [["/de/2019/03/01/ladders/"], ["/de/2019/05/01/holz-fur-leitern/"]]
    assert page.xpath("//section[@class='related']/h2/text()") == ["Dazu passt"], "a word of the author's own"


def test_structured_data_has_the_language_of_the_page(pages):
    for url, page in pages.items():
        for data in page.xpath("//script[@type='application/ld+json']/text()"):
            of_book = "/books/made-up-leitern/" in url
            found = set(re.findall(r'"inLanguage":"(.*?)"', data))
            assert found <= {get_language(url), *(["de"] if of_book else [])}, url
    [data] = pages["/de/tag/holz/"].xpath("//script[@type='application/ld+json']/text()")
    assert f'"name":"Startseite","item":"{SITE}/de/"' in data


def list_feeds(site):
    output = site.root / "output"
    names = [path.relative_to(output).as_posix() for path in output.rglob("*.*")]
    return sorted(name for name in names if re.search(r"(^|/)(feed\.xml|atom\.xml|feed\.json)$", name))


def test_feeds_are_valid_and_in_one_language(languages):
    names = list_feeds(languages)
    assert {get_language(f"/{name}") for name in names} == {"en", "de", "ar"}
    for name in names:
        data = (languages.root / "output" / name).read_bytes()
        assert check_feed(name, data) == [], name
        language = get_language(f"/{name}")
        text = data.decode()
        found = re.search(r'<language>(\w+)<|<feed [^>]*xml:lang="(\w+)"|^ "language": "(\w+)"', text, re.MULTILINE)
        assert next(filter(None, found.groups())) == language, name
        if not name.startswith(("books/", "events/")):
            entries = re.findall(rf"{SITE}/(?:(de|ar)/)?2019/", text)
            assert {own or "en" for own in entries} == {language}, name


def test_a_page_names_the_feeds_in_its_language(pages):
    for url, page in pages.items():
        feeds = page.xpath("//link[@rel='alternate'][@type='application/rss+xml']/@href")
        assert feeds, url
        assert {get_language(feed) for feed in feeds} == {get_language(url)}, url


def test_the_search_index_is_in_three_languages(languages):
    entry = json.loads(languages.output("pagefind/pagefind-entry.json"))
    assert {name: index["page_count"] for name, index in entry["languages"].items()} == {"en": 6, "de": 4, "ar": 3}


def test_a_rebuilt_site_is_that_of_a_clean_build(tmp_path):
    site = copy_language_site(tmp_path)
    session = BuildSession()
    first = site.build(session=session, AUTHORSITE={"search": False})
    release_memory(session)
    edited = site.root / "content/posts/sullam.md"
    edited.write_text(edited.read_text().replace("ضع قدم", "**ضع** قدم"))
    before = site.output("ar/2019/03/02/sullam/index.html")
    with restore_signals():
        place = preview(session, edited)
    assert place == "ar/2019/03/02/sullam/index.html"
    assert site.output(place) == before.replace("ضع قدم", "<strong>ضع</strong> قدم")
    post = site.root / "content/posts/holz.md"
    post.write_text(post.read_text().replace("Holz für Leitern", "Holz").replace("[Holz]", "[Esche]"))
    (site.root / "content/posts/khashab.md").unlink()
    second = site.build(AUTHORSITE={"search": False})
    assert [first.failed, second.failed] == [False, False]
    written = set(second.files.reasons)
    assert {"de/index.html", "de/blog/index.html", "ar/index.html"} <= written
    assert not [name for name in written if get_language(f"/{name}") == "en"], "the lists of other languages"
    rebuilt = site.tree()
    clean = copy_language_site(tmp_path / "clean")
    for name in ("holz.md", "khashab.md", "sullam.md"):
        target, source = clean.root / "content/posts" / name, site.root / "content/posts" / name
        target.write_text(source.read_text()) if source.exists() else target.unlink()
    assert not clean.build(AUTHORSITE={"search": False}).failed
    assert rebuilt == clean.tree()


def test_mistakes_are_reported_at_their_lines(make_site):
    site = make_site(
        {
            "content/posts/a.md": post("Ladders", lang="en"),
            "content/posts/b.md": post("Leitern", lang="de", translation_of="laders"),
            "content/posts/c.md": post("Sprossen", lang="de", translation_of="ladders"),
            "content/posts/d.md": post("Stufen", lang="de", translation_of="a.md"),
            "content/posts/e.md": post("Échelle", lang="fr"),
            "content/posts/f.md": post("Steps", translation_of="ladders"),
            "content/posts/g.md": post("Später", lang="de", translation_of="later"),
            "content/posts/h.md": post("Later", status="draft"),
            "content/pages/de.md": "---\ntitle: De\n---\nA page where the German home page is.\n",
        }
    )
    built = site.build(AUTHORSITE={"languages": {"de": {"main_book": "leitern"}}, "social_cards": False})
    generated, hint = "a file that the site generates", "use the name of a file in content/books, without .md"
    assert [str(problem) for problem in built.problems] == [
        f"content/pages/de.md: duplicate URL /de/, also used by {generated} - change the slug of one of them",
        "content/posts/b.md:5: there is no post `laders` to be a translation of - did you mean `ladders`?",
        "content/posts/d.md:5: it is in the same language as another translation, c.md - remove one of the two",
        "content/posts/e.md:4: the site has no language `fr` - use one of: en, de; or add it to `languages`",
        "content/posts/f.md:4: it is in the same language as the original, a.md - add a line such as lang: de",
        f"pelicanconf.py: languages: main_book of `de`: there is no book `leitern` - {hint}",
    ]


@pytest.mark.parametrize(
    ("code", "others", "name"),
    [
        ("de", ("en", "de"), "Deutsch"),
        ("fr", ("en", "fr"), "Français"),
        ("ar", ("en", "ar"), "العربية"),
        ("en-GB", ("en-GB", "de"), "English"),
        ("en-GB", ("en-GB", "en-US"), "English (United Kingdom)"),
    ],
)
def test_a_language_is_named_in_itself(code, others, name):
    assert name_language(code, others) == name
