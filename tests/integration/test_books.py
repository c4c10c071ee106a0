"""Book pages, purchase pages, /go/ short links and citations, built from a record."""

import gzip
import io
import json
import re
from collections import Counter
from contextlib import closing
from urllib.parse import parse_qs, urlsplit

import pytest
from authorsite.books.exports.citations import format_bibtex, format_citations, format_ris
from authorsite.books.shops import load_builtin_shops
from authorsite.cached_files import CachedTexts
from conftest import ROOT, SITE_DATE, Site, post, restore_signals
from lxml import etree, html
from PIL import Image
from serving import serve_folder

BOOK = """---
title: The <Made-up> Guide
contributors: [{name: Ann Author, role: author}]
published: 2018-06-01
description: About ladders.
chapters: [{number: 2, title: Middles}]
editions:
  - {format: paperback, isbn: 978-1-234-56001-0, published: 2018-06-01, price: {USD: 19.95, EUR: 17.50}}
  - {format: ebook, price: {USD: 9.99}}
offers:
  - {shop: bookshop-us, edition: paperback, price: {USD: 18.50}}
  - {shop: thalia, edition: paperback, price: {EUR: 16.50}}
  - {shop: kobo, edition: ebook}
---
The long *description*.
"""


FILES = {"content/books/guide.md": BOOK, "content/posts/a.md": post(chapter=2)}
MAIN = {"main_book": "guide"}


def test_the_record_in_the_docs_can_be_pasted(make_site):
    (record,) = re.findall(
        r"^```yaml\n(---\ntitle[^`]*)^```$", (ROOT / "docs/books.md").read_text("utf-8"), re.MULTILINE
    )
    cover = (ROOT / "tests/sites/golden/content/images/guide.png").read_bytes()
    site = make_site({"content/books/made-up-guide.md": record, "content/images/cover.png": cover})
    built = site.build(strict=True)
    assert [*map(str, built.problems)] == []
    assert "Up, and down again by another way." in site.output("books/made-up-guide/index.html")


@pytest.fixture(scope="module")
def book_site(tmp_path_factory):
    """A site with BOOK, built once in strict mode; read-only."""
    site = Site(tmp_path_factory.mktemp("shop"), {}).write(FILES)
    with pytest.MonkeyPatch.context() as patch, restore_signals():
        patch.setenv("SITE_DATE", SITE_DATE)
        assert not site.build(strict=True, AUTHORSITE={**MAIN, "contact": "ann@example.org"}).failed
    return site


def make_book_site(make_site, record=BOOK, **files):
    return make_site({**FILES, "content/books/guide.md": record, **files})


def test_book_gets_pages_and_go_links(book_site):
    page = book_site.output("books/guide/index.html")
    assert "The &lt;Made-up&gt; Guide" in page
    assert "<em>description</em>" in page
    assert 'href="/books/guide/buy/"' in page
    assert re.search(r'<details open>.*id="chapter-2">.*href="/2019/03/01/a-post/"', page, re.DOTALL)
    assert page.count('class="buy-button"') == 1, "the page is short"
    assert 'href="/books/guide/"' in book_site.output("books/index.html")
    assert "<p>About ladders.</p>" in book_site.output("2019/03/01/a-post/index.html"), "the post's call to action"
    assert 'url=https://bookshop.org/book/9781234560010"' in book_site.output("go/guide/bookshop-us/index.html")
    assert 'url=/books/guide/buy/"' in book_site.output("go/guide/index.html")


def test_purchase_page_labels_offers_with_format_shop_country_and_price(book_site):
    page = book_site.output("books/guide/buy/index.html")
    names = [link.text_content() for link in html.fromstring(page).find_class("offer")]
    assert "Bookshop.org, Paperback, United States $18.50" in names
    assert "Thalia, Paperback, Germany and Austria €16.50" in names
    assert 'aria-label="Paperback' not in page, "the name is what is seen (WCAG 2.5.3)"
    assert page.index('id="paperback"') < page.index('id="ebook"')


def test_support_mail_names_edition_shop_and_page(book_site):
    page = html.fromstring(book_site.output("books/guide/buy/index.html"))
    assert page.text_content().count("Had trouble buying?") == 1
    mails = [urlsplit(href) for href in page.xpath("//details[@class='trouble']//a/@href")]
    fields = [parse_qs(mail.query) for mail in mails]
    assert {mail.path for mail in mails} == {"ann@example.org"}
    assert [mail["subject"] for mail in fields] == [
        ["Trouble buying: Paperback at Bookshop.org, United States"],
        ["Trouble buying: Paperback at Thalia, Germany and Austria"],
        ["Trouble buying: E-book at Kobo, 10 countries"],
    ]
    assert fields[1]["body"][0].split("\r\n")[:3] == [
        "Paperback at Thalia, Germany and Austria",
        "Link: https://www.thalia.de/suche?sq=9781234560010",
        "Page: https://example.org/books/guide/buy/",
    ]
    names = [link.text_content() for link in page.xpath("//details[@class='trouble']//a")]
    assert names[2] == "E-book at Kobo, 10 countries"


def test_book_pages_are_in_the_sites_language_and_the_words_setting_wins(make_site):
    words = {"Paperback": "Broschur", "%(format)s at %(shop)s": "%(format)s bei %(shop)s"}
    record = BOOK.replace("price: {USD: 9.99}", "pages: 90, availability: out of print")
    site = make_book_site(make_site, record)
    assert not site.build(strict=True, AUTHORSITE={**MAIN, "language": "de", "words": words}).failed
    page, buy = site.output("books/guide/index.html"), site.output("books/guide/buy/index.html")
    assert re.search(">Buch kaufen<.*<dt>Broschur</dt>.*>90 Seiten<.*>vergriffen<", page, re.DOTALL)
    assert '"byline">von Ann Author<' in page
    names = [link.text_content() for link in html.fromstring(buy).find_class("offer")]
    assert "Thalia, Broschur, Deutschland und Österreich 16,50\xa0€" in names
    assert ">10 Länder</h3>" in buy
    [line] = html.fromstring(site.output("index.html")).find_class("price-line")
    assert " ".join(line.text_content().split()) == "Broschur 19,95 $ / 17,50 € E-Book vergriffen"
    assert "https://schema.org/Paperback" in page, "schema.org terms must not be translated"


def test_json_ld_states_the_records_facts(book_site):
    page = book_site.output("books/guide/index.html")
    data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)[1])
    assert data["name"] == "The <Made-up> Guide"
    paper = data["workExample"][0]
    assert (paper["isbn"], paper["bookFormat"]) == ("9781234560010", "https://schema.org/Paperback")
    assert {(o["price"], o["priceCurrency"]) for o in paper["offers"]} == {
        ("19.95", "USD"), ("17.50", "EUR"), ("18.50", "USD"), ("16.50", "EUR"),
    }  # fmt: skip


def test_broken_link_is_marked_and_last_and_its_go_link_leads_to_the_purchase_page(make_site):
    status = {"https://bookshop.org/book/9781234560010": {"dead": True, "worked": "2020-01-01T00:00:00+00:00"}}
    site = make_book_site(make_site, **{"content/data/link-status.json": json.dumps(status)})
    site.build(strict=True, AUTHORSITE=MAIN)
    page = site.output("books/guide/buy/index.html")
    assert page.index(">Thalia<") < page.index(">Bookshop.org<")
    assert "did not work" in page
    assert '"seller":{"@type":"Organization","name":"Thalia"}' in page
    assert '"name":"Bookshop.org"}' not in page
    assert 'url=/books/guide/buy/"' in site.output("go/guide/bookshop-us/index.html")


def test_a_go_link_leads_to_the_first_edition_that_the_shop_still_sells(make_site):
    hardcover = (
        "  - {format: hardcover, isbn: 978-1-234-56002-7}\noffers:\n  - {shop: bookshop-us, edition: hardcover}\n"
    )
    status = {"https://bookshop.org/book/9781234560010": {"dead": True}}
    files = {"content/data/link-status.json": json.dumps(status)}
    site = make_book_site(make_site, BOOK.replace("offers:\n", hardcover), **files)
    assert not site.build(strict=True, AUTHORSITE=MAIN).failed
    assert 'url=https://bookshop.org/book/9781234560027"' in site.output("go/guide/bookshop-us/index.html")


def test_unknown_shop_missing_url_and_unknown_main_book_are_reported(make_site):
    record = BOOK.replace("shop: thalia,", "shop: talia,").replace("number: 2", "number: 3")
    record = record.replace("shop: kobo", "shop: payhip")
    built = make_book_site(make_site, record).build(AUTHORSITE={"main_book": "gide"})
    assert sorted(str(p) for p in built.problems) == [
        "content/books/guide.md:12: unknown shop `talia` - did you mean `thalia`?",
        "content/books/guide.md:13: an offer by `payhip` needs a URL - add `url: https://…`",
        "pelicanconf.py: main_book: there is no book `gide` - did you mean `guide`?",
    ]


def test_unknown_chapter_is_reported(make_site):
    built = make_book_site(make_site, BOOK.replace("number: 2", "number: 3")).build(AUTHORSITE=MAIN)
    assert [str(p) for p in built.problems] == [
        "content/posts/a.md:4: The <Made-up> Guide has no chapter 2 - use one of: 3"
    ]


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """A site with four different books, built once in strict mode; read-only."""
    special_characters = BOOK.replace("Guide\n", "Guide & More\naliases: [/old-guide/]\n")
    people = "contributors: [{name: Ursula K. Le Guin, family: Le Guin}, {name: Homer}]"
    editions = "editions: [{format: ebook}, {format: hardcover, isbn: 978-1-234-56002-7}, {format: audiobook}]"
    books = {
        "odd": special_characters,
        "soon": BOOK.replace("2018-06-01", "2030-06-01").replace("56001-0", "56003-4"),
        "bare": "---\ntitle: Bare\n---\n",
        "three": f"---\ntitle: Three\n{people}\n{editions}\n---\n",
    }
    site = Site(tmp_path_factory.mktemp("library"), {})
    site.write({f"content/books/{name}.md": record for name, record in books.items()})
    with pytest.MonkeyPatch.context() as patch, restore_signals():
        patch.setenv("SITE_DATE", SITE_DATE)
        assert not site.build(strict=True, AUTHORSITE={"main_book": "bare"}).failed
    return site


def test_book_with_only_a_title_promises_nothing(library):
    page, purchase = (library.output(f"books/bare/{path}index.html") for path in ("", "buy/"))
    assert "No shop has it yet." in purchase
    assert "Any bookshop can order it" not in purchase
    assert not re.search('class="(buy-button|details|price-line)"', page + purchase)


def test_a_book_without_hook_has_its_text_once(make_site):
    site = make_site({"content/books/guide.md": "---\ntitle: Guide\n---\nOnly a text.\n"})
    site.build(AUTHORSITE={"main_book": "guide"})
    text = html.fromstring(site.output("books/guide/index.html")).find("body").text_content()
    assert text.count("Only a text.") == 1
    assert "Only a text." in site.output("index.html")


def test_list_price_is_no_shops_price(book_site):
    page = book_site.output("books/guide/buy/index.html")
    (kobo,) = (link for link in html.fromstring(page).find_class("offer") if link.get("data-shop") == "kobo")
    assert "9.99" not in kobo.text_content()
    line = html.fromstring(page).xpath("//p[@class='price-line']")[0].text_content()
    assert line.split("\n") == ["Paperback $19.95 / €17.50 E-book $9.99 "], "each format has its own price"
    prices = re.findall(r'"price":"([\d.]+)"', page)
    assert sorted(prices) == ["16.50", "17.50", "18.50", "19.95", "9.99"]


BUTTONS = {
    "buy": (
        "editions: [{format: paperback}]\noffers: [{shop: bookshop-us}]",
        "Buy the book",
        "Paperback United States Bookshop.org",
    ),
    "preorder": (
        "published: 2030-01-01\neditions: [{format: paperback, availability: preorder}]\noffers: [{shop: bookshop-us}]",
        "Pre-order the book",
        "Comes out on January 1, 2030 . Paperback United States Bookshop.org",
    ),
    "order": ("editions: [{format: paperback}]", "Order it at a bookshop", "Paperback What to tell your bookshop"),
    "follow": (
        "published: 2030-01-01\neditions: [{format: paperback, availability: announced}]",
        "Be told when it",
        "Comes out on January 1, 2030 . Be told when it comes out : Guide",
    ),
    "follow, without a date": (
        "editions: [{format: paperback, availability: announced}]",
        "Be told when it",
        "Announced; it cannot be ordered yet. Be told when it comes out : Guide",
    ),
    "borrow": (
        "editions: [{format: paperback, availability: out of print}]",
        "Find it in a library",
        "Out of print. Libraries and second-hand shops may have it. Find it in a library : Guide",
    ),
    "nothing": ("hook: Words.", None, None),
}


@pytest.mark.parametrize(("record", "label", "on_buy_page"), BUTTONS.values(), ids=BUTTONS)
def test_button_promises_only_what_can_be_had(make_site, record, label, on_buy_page):
    site = make_site({"content/books/guide.md": f"---\ntitle: Guide\n{record}\n---\n"})
    assert not site.build(AUTHORSITE=MAIN).failed
    buttons = [
        html.fromstring(site.output(f"{path}index.html")).find_class("buy-button") for path in ("", "books/guide/")
    ]
    assert [[button.text_content().partition(":")[0][: len(label or "")] for button in found] for found in buttons] == [
        [label] * len(found) for found in buttons
    ]
    assert all(bool(found) == bool(label) for found in buttons)
    for found in buttons:
        assert all((site.root / "output" / button.get("href").strip("/") / "index.html").is_file() for button in found)
    sections = html.fromstring(site.output("buy/index.html")).xpath("//main/section")
    texts = [" ".join(" ".join(section.xpath(".//text()[not(ancestor::h2)]")).split()) for section in sections]
    assert [bool(re.match(on_buy_page, text)) for text in texts] == ([True] if on_buy_page else []), texts


def test_books_are_listed_newest_first_after_those_without_a_date(library):
    urls = html.fromstring(library.output("books/index.html")).xpath("//main//h2//a/@href")
    assert [url for url in urls if url.count("/") == 3] == [f"/books/{n}/" for n in ("three", "bare", "soon", "odd")]


def test_own_books_in_the_bibliography_have_a_link_to_buy_them(golden):
    assert golden.output("references/index.html").count('class="own-book" href="/books/made-up-guide/buy/"') == 1


def test_go_links_of_a_forthcoming_book_lead_to_the_purchase_page(library):
    assert 'url=/books/soon/buy/"' in library.output("go/soon/bookshop-us/index.html")
    assert "Comes out on" in library.output("books/soon/buy/index.html")


def test_citations_come_in_three_styles_and_are_escaped(library):
    page = library.output("books/odd/index.html")
    citations = dict(re.findall(r"<dt>(APA|MLA|Chicago)</dt><dd>(.*?)</dd>", page))
    url = "https://example.org/books/odd/"
    assert citations["APA"] == f"Author, A. (2018). <i>The &lt;Made-up&gt; Guide &amp; More</i>. {url}"
    assert citations["MLA"].startswith("Author, Ann. <i>The &lt;Made-up&gt; Guide &amp; More</i>")
    assert citations["Chicago"].startswith("Author, Ann. 2018. <i>The &lt;Made-up&gt; Guide &amp; More</i>")


@pytest.mark.parametrize(
    ("people", "citations"),
    [
        ({}, ("<i>Guide</i>. (2018). Press.", "<i>Guide</i>. Press, 2018.", "<i>Guide</i>. 2018. Press.")),
        (
            {"editor": [{"family": "Itor", "given": "Ed"}]},
            (
                "Itor, E. (ed.). (2018). <i>Guide</i>. Press.",
                "Itor, Ed, editor. <i>Guide</i>. Press, 2018.",
                "Ed Itor. 2018. <i>Guide</i>. Press.",
            ),
        ),
        (
            {"author": [{"family": "Gogh", "given": "Vi", "non-dropping-particle": "van", "suffix": "Jr."}]},
            (
                "van Gogh, V., Jr. (2018). <i>Guide</i>. Press.",
                "van Gogh, Vi, Jr. <i>Guide</i>. Press, 2018.",
                "Gogh, Vi van, Jr. 2018. <i>Guide</i>. Press.",
            ),
        ),
    ],
)
def test_citation_names_nothing_twice(people, citations, tmp_path):
    item = {"id": "a", "type": "book", "title": "Guide", "issued": {"date-parts": [[2018]]}, "publisher": "Press"}
    texts = CachedTexts(tmp_path / "books.json")
    assert tuple(text for _, text in format_citations({**item, **people}, "en", texts)) == citations


def test_name_parts_of_authors_are_told_apart():
    people = {"author": [{"family": "Gogh", "given": "Vi", "non-dropping-particle": "van", "suffix": "Jr."}]}
    item = {"id": "a", "title": "Guide", **people}
    assert "author = {van Gogh, Jr., Vi}," in format_bibtex([item])
    assert "AU  - van Gogh, Vi, Jr.\n" in format_ris([item]).replace("\r", "")


def test_authors_are_cited_by_their_family_name(library):
    item = json.loads(library.output("books/three/cite.json"))[0]
    assert item["author"] == [{"family": "Le Guin", "given": "Ursula K."}, {"literal": "Homer"}]
    assert "AU  - Le Guin, Ursula K.\nAU  - Homer\n" in library.output("books/three/cite.ris")


def test_first_edition_and_editions_with_isbn_can_be_cited(library):
    cited = [(item["id"], item.get("ISBN", "")) for item in json.loads(library.output("books/three/cite.json"))]
    assert cited == [("three", ""), ("three-hardcover", "978-1-234-56002-7")]
    assert re.findall(r"@book\{(.*),", library.output("books/three/cite.bib")) == ["three", "three-hardcover"]


def test_without_contact_there_is_no_support_mail(library):
    assert "mailto:" not in library.output("books/odd/buy/index.html")


def test_redirects_list_go_links_before_the_catch_all(library):
    rules = library.output("_redirects").splitlines()
    assert "/old-guide/ /books/odd/ 301" in rules
    go_link = "/go/odd/bookshop-us/ https://bookshop.org/book/9781234560010 302"
    assert rules.index(go_link) < rules.index("/go/odd/* /books/odd/buy/ 302")


@pytest.mark.parametrize("shop", sorted(load_builtin_shops()))
def test_go_link_of_an_unlisted_shop_leads_to_the_purchase_page(golden, shop):
    page = golden.output(f"go/made-up-guide/{shop}/index.html")
    libraries = {key for key, each in load_builtin_shops().items() if each.kind == "borrow"}
    listed = {"bookshop-us", "amazon-us", "amazon-de", *libraries}
    assert ("url=/books/made-up-guide/buy/" in page) == (shop not in listed)
    if shop not in listed:
        assert page == golden.output("go/made-up-guide/index.html")


def test_every_go_link_has_its_own_qr_code(book_site):
    assert "<title>The &lt;Made-up&gt; Guide</title>" in book_site.output("go/guide/qr.svg")
    codes = {
        book_site.output(f"go/guide/{shop}qr.svg") for shop in ("", "bookshop-us/", "thalia/", "kobo/", "worldcat/")
    }
    assert len(codes) == 5


def test_prices_on_pages_follow_the_language_but_not_the_machines_locale(make_site, monkeypatch):
    # Not LANGUAGE: the C library would keep its messages in German for the rest of the process.
    for name in ("LC_ALL", "LC_NUMERIC", "LANG"):
        monkeypatch.setenv(name, "de_DE.UTF-8")
    site = make_book_site(make_site)
    assert not site.build(strict=True, AUTHORSITE={**MAIN, "language": "fr"}).failed
    prices = {
        " ".join(price.text_content().split())
        for page in ("books/guide/", "books/guide/buy/", "books/", "buy/")
        for price in html.fromstring(site.output(f"{page}index.html")).xpath("//*[starts-with(@class, 'price')]")
    }
    assert {"Paperback 19,95 $US / 17,50 € E-book 9,99 $US", "16,50 €", "18,50 $US"} <= prices
    assert '"price":"17.50"' in site.output("books/guide/index.html")
    assert "<PriceAmount>17.50<" in site.output("books/guide/onix.xml")


@pytest.mark.parametrize("language", ["tlh", "xx-YY", ""])
def test_unknown_language_is_reported(make_site, language):
    built = make_book_site(make_site).build(AUTHORSITE={"language": language})
    assert [str(p) for p in built.problems] == [
        f"pelicanconf.py: `{language}` is not a language - write it as en, en-GB or de-DE"
    ]


def test_description_gets_responsive_images_and_resolved_links(make_site):
    picture = io.BytesIO()
    Image.radial_gradient("L").resize((1600, 900)).convert("RGB").save(picture, "PNG")
    record = BOOK.replace(
        "The long",
        "![A rung](../images/rung.png)\n\n![A step](/images/rung.png)\n\nAs [told]({filename}/posts/a.md), the long",
    )
    site = make_book_site(make_site, record, **{"content/images/rung.png": picture.getvalue()})
    assert not site.build(strict=True, AUTHORSITE=MAIN).failed
    prose = html.fromstring(site.output("books/guide/index.html")).xpath("//div[@class='prose']")[0]
    images = prose.xpath(".//img")
    assert [image.get("alt") for image in images] == ["A rung", "A step"]
    for image in images:
        assert (image.get("src"), image.get("width"), image.get("height")) == ("/images/rung.png", "1600", "900")
        sizes = image.xpath("ancestor::picture//@srcset")[0].split(", ")
        assert all((site.root / "output" / size.split()[0].lstrip("/")).exists() for size in sizes)
    assert '<a href="/2019/03/01/a-post/">told</a>' in site.output("books/guide/index.html")
    assert "https://example.org/images/" in site.output("books/feed.xml")


def test_problems_in_a_description_are_reported_with_lines(make_site):
    picture = io.BytesIO()
    Image.new("RGB", (16, 9)).save(picture, "PNG")
    mistakes = {
        "![A rung](../images/none.png)": "none.png",
        "![](../images/rung.png)": "no alt text",
        "![A rung](https://elsewhere.example/rung.png)": "another host",
        "[told]({filename}/posts/b.md)": "b.md",
        "A rung,[2] and another.[1]\n\n## References\n\n1. A Book About Rungs": "reference [2] has no entry",
    }
    record = BOOK.replace("The long *description*.", "\n\n".join(mistakes))
    site = make_book_site(make_site, record, **{"content/images/rung.png": picture.getvalue()})
    problems = sorted(site.build(strict=True, AUTHORSITE=MAIN).problems, key=lambda problem: problem.line)
    assert [(p.path, p.line) for p in problems] == [("content/books/guide.md", line) for line in (15, 17, 19, 21, 23)]
    for problem, message in zip(problems, mistakes.values(), strict=True):
        assert message in str(problem)


SCRIPTED = ["books/guide/buy/index.html", "books/guide/index.html", "books/index.html", "buy/index.html", "index.html"]


def test_buy_script_is_small_and_page_works_without_it(book_site):
    page = book_site.output("books/guide/buy/index.html")
    script = re.search(r'<script src="/(theme/buy\.[0-9a-f]{10}\.js)" defer blocking="render">', page)[1]
    assert len(gzip.compress(book_site.output(script).encode(), 9)) < 1536
    pages = [name for name in book_site.tree() if name.endswith(".html")]
    assert [name for name in pages if f"/{script}" in book_site.output(name)] == SCRIPTED
    assert "on this device only" in page
    assert page.index("United States</h3>") < page.index("Germany and Austria</h3>")
    assert page.count('<details class="shops" open>') == 3
    assert not re.search(r"<script(?! src| type=\"application/ld\+json\")|\son\w+=|\sstyle=", page)


@pytest.mark.browser
def test_buy_script_filters_by_country_and_remembers_the_choice(book_site, browser):
    with serve_folder(book_site.root / "output") as address, closing(browser.new_context(locale="en-US")) as context:
        page = context.new_page()
        requested = []
        page.on("request", lambda request: requested.append(request.url))
        page.goto(f"{address}/books/guide/buy/")
        groups = page.locator("section:has(#paperback) .shops")
        button, prices = page.locator(".book-hero .buy-button"), page.locator(".price-line")
        assert (groups.all_inner_texts(), button.text_content(), prices.inner_text()) == (
            ["United States\nBookshop.org\n, Paperback, United States\n$18.50", "Germany and Austria"],
            "Buy at Bookshop.org: Paperback · $18.50",
            "Paperback $19.95\nE-book $9.99",
        )
        page.locator("select").select_option("DE")
        assert (groups.all_inner_texts(), button.text_content(), prices.inner_text()) == (
            ["Germany and Austria\nThalia\n, Paperback, Germany and Austria\n€16.50", "United States"],
            "Buy at Thalia: Paperback · €16.50",
            "Paperback €17.50\nE-book $9.99",
        )
        libraries = [name.split("\n")[0] for name in page.locator(".borrow li:visible").all_inner_texts()]
        assert libraries == ["Deutsche Nationalbibliothek", "A library near you (WorldCat)", "Open Library"]
        page.reload()
        assert page.locator("select").input_value() == "DE"
        assert page.locator(".country:visible").count() == 0
        page.locator("select").select_option("")
        assert page.locator(".borrow li:visible").count() == 6
        assert page.locator(".shops[open]").count() == 3
        page.locator("select").select_option("DE")
        page.goto(f"{address}/")
        assert prices.inner_text() == "Paperback €17.50\nE-book $9.99", "on other pages, too"
        assert all(url.startswith("http://127.0.0.1:") for url in requested)
        assert context.cookies() == []


@pytest.mark.browser
@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("de-DE", "Buy at Thalia: Paperback"),
        ("de", "Buy at Thalia: Paperback"),
        ("en-GB", "Buy at Kobo: E-book · £8.99"),
        ("en-US", "Buy at Bookshop.org: Hardcover"),
        ("en-AQ", "Buy at Bookshop.org: Hardcover"),
    ],
)
def test_main_button_leads_to_a_shop_in_the_readers_country(make_site, browser, locale, text):
    offers = """editions: [{format: hardcover}, {format: paperback}, {format: ebook}]
offers:
  - {shop: bookshop-us, edition: hardcover}
  - {shop: thalia, edition: paperback}
  - {shop: kobo, edition: ebook, price: {USD: 9.99, GBP: 8.99}}
"""
    site = make_site({"content/books/guide.md": f"---\ntitle: Guide\n{offers}---\n"})
    assert not site.build(AUTHORSITE=MAIN).failed
    with serve_folder(site.root / "output") as address, closing(browser.new_context(locale=locale)) as context:
        page = context.new_page()
        page.goto(f"{address}/books/guide/buy/")
        assert page.locator(".book-hero .buy-button").text_content() == text


# Elements that may be repeated: a book has several authors, editions, subjects and prices, a page several feeds.
REPEATABLE = {
    "book:author", "book:isbn", "book:tag", "citation_author", "citation_isbn", "product:price:amount",
    "product:price:currency", "alternate", "icon", "stylesheet",
}  # fmt: skip
PAGES = [
    "books/made-up-guide/", "books/made-up-guide/buy/", "books/", "buy/", "go/made-up-guide/",
    "go/made-up-guide/bookshop-us/",
]  # fmt: skip


def count_head_elements(site, page):
    """Count the metadata, links and JSON-LD in a page's head by name."""
    head = html.fromstring(site.output(f"{page}index.html")).find("head")
    names = head.xpath("//meta/@property | //meta/@name | //link/@rel | //head/script/@type")
    assert len(head.xpath("title")) == 1
    return Counter(name for name in names if name not in REPEATABLE)


@pytest.mark.parametrize("page", PAGES)
def test_head_elements_are_not_repeated(golden, page):
    counts = count_head_elements(golden, page)
    assert set(counts.values()) == {1}
    assert {"canonical", "og:title", "og:url", "og:type", "og:image"} <= set(counts)
    titles = html.fromstring(golden.output(f"{page}index.html")).xpath("//meta[@property='og:title']/@content")
    assert titles != ["Ann Author"], "og:title must be the page's title, not the site's"


def test_golden_site_builds_with_pelicans_simple_theme(golden_copy):
    # That theme's home page is its paginated list of posts, and its tags and categories are lists of the same kind.
    paginated = {"index": 10, "tag": 10, "category": 10}
    built = golden_copy.build(
        strict=True, THEME="simple", DIRECT_TEMPLATES=["index", "archives"], PAGINATED_TEMPLATES=paginated
    )
    assert not built.failed, "\n".join(map(str, built.problems))
    page = golden_copy.output("books/made-up-guide/index.html")
    assert 'href="/books/made-up-guide/buy/"' in page
    assert '<meta property="book:isbn" content="9781234560010">' in page
    for name in PAGES:
        counts = count_head_elements(golden_copy, name)
        assert (set(counts.values()), counts["og:title"], counts["canonical"]) == ({1}, 1, 1), name
    assert "Buy at Bookshop.org: Paperback" in golden_copy.output("books/made-up-guide/buy/index.html")
    for name in ("books/index.html", "buy/index.html", "go/made-up-guide/bookshop-us/index.html"):
        assert "Powered by" in golden_copy.output(name) or "powered by" in golden_copy.output(name)


def test_duplicate_isbn_in_two_books_is_reported(make_site):
    site = make_site({"content/books/a.md": BOOK, "content/books/b.md": BOOK})
    built = site.build(AUTHORSITE={"main_book": "a"})
    expected = "content/books/b.md:8: duplicate ISBN: content/books/a.md has it too - give each edition its own"
    assert expected in [str(p) for p in built.problems]


def test_hidden_posts_and_pages_have_the_bibtex_that_they_link_to(make_site):
    text = "As [1] says.\n\n## References\n\n1. Ann Author. A Book. 2019.\n"
    page = f"---\ntitle: A page\n---\n{text}"
    site = make_site({"content/posts/a.md": post(body=text, status="hidden"), "content/pages/b.md": page})
    assert not site.build().failed
    assert {name for name in site.tree() if name.endswith(".bib")} == {
        "2019/03/01/a-post/references.bib",
        "a-page/references.bib",
    }


def test_awards_are_listed_beside_the_description(make_site):
    text = "---\ntitle: A guide\nawards:\n- {name: First Rung, year: 2019}\n- {name: Second Rung}\n---\nText.\n"
    site = make_site({"content/books/guide.md": text})
    assert not site.build(strict=True).failed
    page = re.sub(r">\s+<", "><", site.output("books/guide/index.html"))
    assert "<ul><li>First Rung, 2019</li><li>Second Rung</li></ul></section></div>" in page


SMART = "Ann’s “Guide” … – more"
STRAIGHT = """Ann's "Guide" ... -- more"""


def test_titles_have_typographic_marks_on_pages_and_are_as_written_in_files_for_programs(make_site):
    record = f"title: |-\n  {STRAIGHT}\nsubtitle: |-\n  It's all\nupdated: 2019-01-01\npublished: 2018-06-01\n"
    record += "editions: [{format: paperback}]"
    german = """---\ntitle: |-\n  Das "Buch"\nlanguage: de\n---\nText.\n"""
    event = f"---\ntitle: |-\n  {STRAIGHT}\nstart: 2020-03-05\n---\nText.\n"
    files = {"content/books/guide.md": f"---\n{record}\n---\nText.\n", "content/books/buch.md": german}
    site = make_site({**files, "content/events/talk.md": event})
    assert [str(p) for p in site.build(AUTHORSITE={**MAIN, "main_book": "guide"}, strict=True).problems] == []
    for name in ("index", "books/index", "buy/index", "books/guide/index", "books/guide/buy/index", "go/guide/index"):
        text = html.fromstring(site.output(f"{name}.html")).text_content()
        assert SMART in text, name
    assert f"{SMART}: It’s all" in site.output("books/guide/buy/index.html")
    assert "Das „Buch“" in site.output("books/buch/index.html")
    for name in ("events/index.html", "events/talk/index.html"):
        assert SMART in site.output(name)
    onix = etree.fromstring(site.output("books/guide/onix.xml").encode())
    assert onix.xpath("//*[local-name()='TitleText']/text()") == [STRAIGHT]
    for path in ("books/guide/index.html", "events/talk/index.html"):
        [data] = html.fromstring(site.output(path)).xpath("//script[@type='application/ld+json']/text()")
        assert json.loads(data)["name"] == STRAIGHT
    citation = html.fromstring(site.output("books/guide/index.html")).xpath("//meta[@name='citation_title']/@content")
    assert citation == [STRAIGHT]
    assert json.loads(site.output("books/guide/cite.json"))[0]["title"] == f"{STRAIGHT}: It's all"
    assert STRAIGHT in etree.fromstring(site.output("books/feed.xml").encode()).xpath("//item/title/text()")
    assert f"SUMMARY:{STRAIGHT}" in site.output("events.ics").replace("\r\n ", "")
