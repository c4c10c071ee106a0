"""From a record to the pages that sell the book."""

import json
import re

from conftest import post

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
  - {shop: bookshop-us, edition: paperback}
  - {shop: thalia, edition: paperback}
  - {shop: kobo, edition: ebook}
---
The long *description*.
"""


def made(make_site, record=BOOK, **files):
    return make_site({"content/books/guide.md": record, "content/posts/a.md": post(chapter=2), **files})


def test_a_book_gets_its_pages_and_permanent_links(make_site):
    site = made(make_site)
    assert not site.build(strict=True, AUTHORSITE={"main_book": "guide"}).failed
    page = site.output("books/guide/index.html")
    assert "The &lt;Made-up&gt; Guide" in page
    assert "<em>description</em>" in page
    assert 'href="/books/guide/buy/"' in page
    assert re.search(r'id="chapter-2">.*href="/2019/03/01/a-post/"', page, re.DOTALL)
    assert 'href="/books/guide/"' in site.output("books/index.html")
    assert 'url=https://bookshop.org/book/9781234560010"' in site.output("go/guide/bookshop-us/index.html")
    assert 'url=/books/guide/buy/"' in site.output("go/guide/index.html")


def test_the_purchase_page_names_format_shop_country_and_the_countrys_price(make_site):
    site = made(make_site)
    site.build(strict=True, AUTHORSITE={"main_book": "guide", "contact": "ann@example.org"})
    page = site.output("books/guide/buy/index.html")
    assert 'aria-label="Paperback at Bookshop.org, United States, $19.95"' in page
    assert 'aria-label="Paperback at Thalia, Germany and Austria, €17.50"' in page
    assert "mailto:ann@example.org?subject=Trouble" in page
    assert page.index('id="paperback"') < page.index('id="ebook"')


def test_json_ld_holds_the_records_facts(make_site):
    site = made(make_site)
    site.build(strict=True, AUTHORSITE={"main_book": "guide"})
    page = site.output("books/guide/index.html")
    data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)[1])
    assert data["name"] == "The <Made-up> Guide"
    paper = data["workExample"][0]
    assert (paper["isbn"], paper["bookFormat"]) == ("9781234560010", "https://schema.org/Paperback")
    assert [(o["price"], o["priceCurrency"]) for o in paper["offers"]] == [("19.95", "USD"), ("17.50", "EUR")]


def test_a_dead_link_is_marked_and_drops_below_and_its_permanent_link_leads_to_the_purchase_page(make_site):
    status = {"https://bookshop.org/book/9781234560010": {"dead": True, "worked": "2020-01-01T00:00:00+00:00"}}
    site = made(make_site, **{"content/data/link-status.json": json.dumps(status)})
    site.build(strict=True, AUTHORSITE={"main_book": "guide"})
    page = site.output("books/guide/buy/index.html")
    assert page.index("Paperback at Thalia") < page.index("Paperback at Bookshop.org, United States, $19.95")
    assert "did not work" in page
    assert 'url=/books/guide/buy/"' in site.output("go/guide/bookshop-us/index.html")


def test_faults_between_record_catalogue_and_posts_are_named(make_site):
    record = BOOK.replace("shop: thalia,", "shop: talia,").replace("number: 2", "number: 3")
    built = made(make_site, record).build(AUTHORSITE={"main_book": "gide"})
    assert sorted(str(p) for p in built.problems) == [
        "content/books/guide.md:12: unknown shop `talia` - did you mean `thalia`?",
        "pelicanconf.py: main_book: there is no book `gide` - did you mean `guide`?",
    ]


def test_a_chapter_that_the_book_does_not_have_is_named(make_site):
    built = made(make_site, BOOK.replace("number: 2", "number: 3")).build(AUTHORSITE={"main_book": "guide"})
    assert [str(p) for p in built.problems] == ["content/posts/a.md: The <Made-up> Guide has no chapter 2 - it has: 3"]


def test_a_record_that_knows_next_to_nothing_still_makes_its_pages(make_site):
    site = make_site({"content/books/bare.md": "---\ntitle: Bare\n---\n"})
    assert not site.build(strict=True, AUTHORSITE={"main_book": "bare"}).failed
    assert "Any bookshop can order it" in site.output("books/bare/buy/index.html")


def test_a_forthcoming_books_permanent_links_lead_to_the_purchase_page_only_before_it_can_be_bought(make_site):
    record = BOOK.replace("2018-06-01", "2030-06-01")
    site = make_site({"content/books/guide.md": record})
    assert not site.build(strict=True, AUTHORSITE={"main_book": "guide"}).failed
    assert 'url=/books/guide/buy/"' in site.output("go/guide/bookshop-us/index.html")
    assert "Comes out on" in site.output("books/guide/buy/index.html")
