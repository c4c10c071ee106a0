"""Series of books: reading order, what comes next, and the way from one book to the next."""

import json

import pytest
from authorsite.books.series import group_series
from conftest import SITE_DATE, Site, restore_signals
from lxml import html

BOOK = "---\ntitle: {title}\nseries: {{name: {series}{number}}}\n{published}---\nWords about {title}.\n"


def make_book(title, number="", series="Rungs", published="2018-06-01"):
    number = f", number: {number}" if number != "" else ""
    published = f"published: {published}\n" if published else ""
    return BOOK.format(title=title, series=series, number=number, published=published)


FILES = {
    "content/books/second.md": make_book("Second", 2, published="2017-01-01"),
    "content/books/first.md": make_book("First", 1),
    "content/books/extra.md": make_book("Extra", published="2016-01-01"),
    "content/books/third.md": make_book("Third", 3, published="2031-01-01"),
    "content/books/alone.md": make_book("Alone", 1, "Ladders"),
}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A site with FILES, built once in strict mode; read-only."""
    site = Site(tmp_path_factory.mktemp("series"), {}).write(FILES)
    with pytest.MonkeyPatch.context() as patch, restore_signals():
        patch.setenv("SITE_DATE", SITE_DATE)
        built = site.build(strict=True, AUTHORSITE={"main_book": "first"})
    assert [*map(str, built.problems)] == []
    return site


def read(site, path):
    return html.fromstring(site.output(f"{path}index.html"))


def test_a_series_has_a_page_in_reading_order_that_says_what_comes_next(site):
    page = read(site, "series/rungs/")
    assert page.xpath("//main//h2/a/@href") == [f"/books/{slug}/" for slug in ("first", "second", "third", "extra")]
    assert [" ".join(p.text_content().split()) for p in page.xpath("//p[@class='meta']")] == [
        "Book 1 of Rungs, June 1, 2018",
        "Book 2 of Rungs, January 1, 2017",
        "Book 3 of Rungs, January 1, 2031 Comes next",
        "A book of Rungs, January 1, 2016",
    ]
    (data,) = map(json.loads, page.xpath("//script[@type='application/ld+json']/text()"))
    assert data["@type"] == "BookSeries"
    assert [(book["name"], book.get("position")) for book in data["hasPart"]] == [
        ("First", 1), ("Second", 2), ("Third", 3), ("Extra", None),
    ]  # fmt: skip
    assert "https://example.org/series/rungs/" in site.output("sitemap.xml")


def test_each_book_names_its_place_and_leads_to_its_neighbors(site):
    page = read(site, "books/second/")
    (link,) = page.xpath("//p[@class='series-line']/a")
    assert (link.text, link.get("href")) == ("Book 2 of Rungs", "/series/rungs/")
    assert page.xpath("//nav[@class='neighbours']/a/@href") == ["/books/first/", "/books/third/"]
    data = json.loads(page.xpath("string(//script[@type='application/ld+json'])"))
    assert data["isPartOf"]["@id"] == "https://example.org/series/rungs/#series"


def test_the_only_book_of_a_series_here_has_no_link_to_a_page_of_one(site):
    page = read(site, "books/alone/")
    (line,) = page.xpath("//p[@class='series-line']")
    assert (line.text, list(line)) == ("Book 1 of Ladders", [])
    assert not (site.root / "output/series/ladders").exists()


def test_names_that_differ_in_case_alone_are_one_series(make_site):
    site = make_site({"content/books/a.md": make_book("A", 1), "content/books/b.md": make_book("B", 2, "rungs")})
    assert not site.build(strict=True, AUTHORSITE={"main_book": "a"}).failed
    assert len(read(site, "series/rungs/").xpath("//main//h2")) == 2


def test_no_series_no_pages():
    assert group_series([], str.lower) == {}


def test_a_name_that_makes_no_url_is_a_warning(make_site):
    site = make_site({"content/books/a.md": make_book("A", 1, "'🌊'")})
    (problem,) = site.build(AUTHORSITE={"main_book": "a"}).problems
    assert str(problem).startswith("content/books/a.md:3: the series `🌊` has no page: its name makes no URL")
