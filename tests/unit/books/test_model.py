"""A book's record: valid fields, messages about invalid ones, and the shops' URLs."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from authorsite.books.model import Book
from authorsite.books.shops import load_builtin_shops, load_shops, make_shop_url
from authorsite.problems import ProblemLog
from authorsite.validation import validate

PAPER = {"format": "paperback", "isbn": "978-1-234-56001-0"}


def book_fields(**fields):
    return {"title": "The Made-up Guide", "contributors": [{"name": "Ann Author"}], **fields}


def find_problems(tmp_path, **fields):
    log = ProblemLog(root=tmp_path)
    validate(Book, book_fields(**fields), log, "books/guide.md")
    return [(p.message, p.hint) for p in log]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (
            {"editions": [{"format": "paperback", "isbn": "978-1-234-56001-9"}]},
            ("ISBN 978-1-234-56001-9 has a wrong check digit", "it should end in 0"),
        ),
        (
            {"editions": [{"format": "paperback", "isbn": "0-8044-2957-1"}]},
            ("ISBN 0-8044-2957-1 has a wrong check digit", "it should end in X"),
        ),
        (
            {"subjects": ["Ladders", {"thema": "kntp"}]},
            ("`kntp` is not a code of THEMA", "write capitals and digits, as in Thema's list: KNTP"),
        ),
        (
            {"subjects": [{"bisac": "BUS07"}]},
            ("`BUS07` is not a code of BISAC", "write three letters and six digits, as in BISAC's list: BUS070060"),
        ),
        (
            {"subjects": [{"dewey": "300"}]},
            ("`{'dewey': '300'}` is not a subject", "write a keyword, {thema: KNTP} or {bisac: BUS070060}"),
        ),
        (
            {"editions": [{"format": "paperback", "isbn": "12345"}]},
            ("`12345` is not an ISBN", "write its 13 digits, with or without hyphens"),
        ),
        (
            {"editions": [{"format": "paperback", "price": "19.95"}]},
            ("the price 19.95 has no currency", "write it as {USD: 19.95}"),
        ),
        (
            {"editions": [{"format": "paperback", "price": {"DOL": "19.95"}}]},
            ("`DOL` is not a currency code", "use three letters of ISO 4217: USD, EUR, GBP"),
        ),
        (
            {"editions": [{"format": "paperback", "price": {"USD": "cheap"}}]},
            ("`cheap` is not a price", "write digits and a point: 19.95"),
        ),
        (
            {"editions": [{"format": "paperbak"}]},
            ("`editions.1.format` cannot be `paperbak`", "did you mean `paperback`?"),
        ),
        (
            {"editions": [{"format": "paperback", "trim": "six by nine"}]},
            ("`six by nine` is not a trim size", "write width, height and unit: 6x9in or 152x229mm"),
        ),
        (
            {"editions": [PAPER], "offers": [{"shop": "kobo", "edition": "ebook"}]},
            ("there is no ebook edition", "use one of: paperback"),
        ),
        (
            {"chapters": [{"number": 1, "title": "a"}, {"number": 1, "title": "b"}]},
            ("duplicate chapter number 1", "number each chapter once"),
        ),
    ],
)
def test_invalid_field_is_reported_with_hint(tmp_path, fields, expected):
    assert find_problems(tmp_path, **fields) == [expected]


def test_only_the_title_is_required(tmp_path):
    assert find_problems(tmp_path) == []


@pytest.mark.parametrize(
    ("title", "subtitle", "full_title"),
    [
        ("Rungs", "", "Rungs"),
        ("Rungs", "A history", "Rungs: A history"),
        ("Why rungs?", "A history", "Why rungs? A history"),
    ],
)
def test_full_title_joins_title_and_subtitle(title, subtitle, full_title):
    assert Book.model_validate({"title": title, "subtitle": subtitle}).full_title == full_title


def test_edition_fields_are_parsed():
    fields = {
        **PAPER,
        "price": {"USD": "19.95"},
        "trim": "6x9in",
        "published": "2018-06-01",
        "availability": "out-of-print",
    }
    edition = Book.model_validate(book_fields(editions=[fields])).editions[0]
    assert edition.isbn == "9781234560010"
    assert edition.price == {"USD": Decimal("19.95")}
    assert edition.trim.model_dump() == {"width": "6", "height": "9", "unit": "in"}
    assert edition.published == date(2018, 6, 1)
    assert edition.availability == "out of print"


def test_isbn10_is_converted_to_isbn13():
    book = Book.model_validate(book_fields(editions=[{"format": "paperback", "isbn": "1-234-56001-1"}]))
    assert book.editions[0].isbn == "9781234560010"


@pytest.mark.parametrize(
    ("number", "isbn_text", "isbn10"),
    [("9781234560010", "978-1-234-56001-0", "1234560011"), ("9798123450017", "979-8-12345001-7", "")],
)
def test_isbn_text_has_hyphens_and_only_978_has_an_isbn10(number, isbn_text, isbn10):
    edition = Book.model_validate(book_fields(editions=[{"format": "ebook", "isbn": number}])).editions[0]
    assert (edition.isbn_text, edition.isbn10) == (isbn_text, isbn10)


@pytest.mark.parametrize(
    ("shop", "edition", "offer", "expected"),
    [
        ("amazon-us", PAPER, {}, "https://www.amazon.com/dp/1234560011"),
        ("amazon-us", PAPER, {"affiliate": "ann-20"}, "https://www.amazon.com/dp/1234560011?tag=ann-20"),
        ("amazon-us", {**PAPER, "isbn": "979-8-12345001-7"}, {}, "https://www.amazon.com/s?k=9798123450017"),
        (
            "amazon-us",
            {**PAPER, "format": "ebook"},
            {},
            "https://www.amazon.com/s?k=The%20Made-up%20Guide%20Ann%20Author",
        ),
        ("kobo", {**PAPER, "format": "ebook"}, {}, "https://www.kobo.com/search?query=9781234560010"),
        ("bookshop-us", PAPER, {"affiliate": "123"}, "https://bookshop.org/a/123/9781234560010"),
        (
            "bookshop-uk",
            {"format": "paperback"},
            {"affiliate": "123"},
            "https://uk.bookshop.org/search?keywords=The%20Made-up%20Guide%20Ann%20Author",
        ),
        ("bookshop-us", PAPER, {"affiliate": "123", "url": "https://example.org/x"}, "https://example.org/x"),
        ("amazon-us", {"format": "ebook", "asin": "B000000001"}, {}, "https://www.amazon.com/dp/B000000001"),
        ("bookshop-us", PAPER, {}, "https://bookshop.org/book/9781234560010"),
        (
            "bookshop-us",
            {"format": "paperback"},
            {},
            "https://bookshop.org/search?keywords=The%20Made-up%20Guide%20Ann%20Author",
        ),
        ("bookshop-us", PAPER, {"url": "https://example.org/x"}, "https://example.org/x"),
    ],
)
def test_shop_url_prefers_own_url_then_asin_then_isbn_then_search(shop, edition, offer, expected):
    book = Book.model_validate(book_fields(editions=[edition], offers=[{"shop": shop, **offer}]))
    assert make_shop_url(load_builtin_shops()[shop], book, book.editions[0], book.offers[0]) == expected


@pytest.mark.parametrize("key", sorted(load_builtin_shops()))
def test_every_builtin_shop_makes_a_url_unless_the_author_sells_there(key):
    book = Book.model_validate(book_fields(editions=[PAPER]))
    shop = load_builtin_shops()[key]
    url = make_shop_url(shop, book, book.editions[0])
    assert url.startswith("https://") or shop.kind == "direct"
    assert "{" not in url


def test_load_shops_adds_own_shops_and_reports_lines(tmp_path):
    path = Path(tmp_path) / "shops.yaml"
    path.write_text(
        "corner:\n  name: The Corner Shop\n  countries: [US]\n  search: 'https://corner.example/?q={query}'\n"
        "bad:\n  name: Bad\n  countries: [USA]\n"
    )
    log = ProblemLog(root=tmp_path)
    shops = load_shops(path, log)
    assert shops["corner"].name == "The Corner Shop"
    assert "amazon-us" in shops
    assert [(p.line, p.message) for p in log] == [(7, "`USA` is not a country code")]


def test_a_price_for_preorders_may_end_before_publication(tmp_path):
    offer = {"shop": "kobo", "edition": "paperback", "valid_until": "2018-05-01", "price": {"USD": "9.95"}}
    assert find_problems(tmp_path, published="2018-06-01", editions=[PAPER], offers=[offer]) == []
