"""What a book's record accepts, and what it says of the rest."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from authorsite.books.model import Book
from authorsite.books.shops import address, catalogue, with_own_shops
from authorsite.problems import ProblemLog
from authorsite.validation import validate

PAPER = {"format": "paperback", "isbn": "978-1-234-56001-0"}


def book(**fields):
    return {"title": "The Made-up Guide", "contributors": [{"name": "Ann Author"}], **fields}


def problems(tmp_path, **fields):
    log = ProblemLog(root=tmp_path)
    validate(Book, book(**fields), log, "books/guide.md")
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
            {"editions": [{"format": "paperback", "isbn": "12345"}]},
            ("`12345` is not an ISBN", "write its 13 digits, with or without hyphens"),
        ),
        (
            {"editions": [{"format": "paperback", "price": "19.95"}]},
            ("the price 19.95 has no currency", "write it as {USD: 19.95}"),
        ),
        (
            {"editions": [{"format": "paperback", "price": {"DOL": "19.95"}}]},
            ("`DOL` is not a currency", "use the three letters of ISO 4217: USD, EUR, GBP"),
        ),
        (
            {"editions": [{"format": "paperback", "price": {"USD": "cheap"}}]},
            ("`cheap` is not a price", "write digits and a point: 19.95"),
        ),
        (
            {"editions": [{"format": "paperbak"}]},
            ("`paperbak` is not a format", "did you mean `paperback`?"),
        ),
        (
            {"editions": [{"format": "paperback", "trim": "six by nine"}]},
            ("`six by nine` is not a trim size", "write width, height and unit: 6x9in or 152x229mm"),
        ),
        (
            {"editions": [PAPER], "offers": [{"shop": "kobo", "edition": "ebook"}]},
            ("there is no ebook edition", "this book's editions: paperback"),
        ),
        (
            {
                "published": "2018-06-01",
                "editions": [PAPER],
                "offers": [{"shop": "kobo", "edition": "paperback", "valid_until": "2018-05-01"}],
            },
            ("an offer that ends on 2018-05-01, before publication on 2018-06-01", "check both dates"),
        ),
        (
            {"chapters": [{"number": 1, "title": "a"}, {"number": 1, "title": "b"}]},
            ("chapter 1 stands twice", "number each chapter once"),
        ),
    ],
)
def test_a_fault_in_a_record_is_named_with_its_remedy(tmp_path, fields, expected):
    assert problems(tmp_path, **fields) == [expected]


def test_a_record_that_knows_next_to_nothing_is_a_book(tmp_path):
    assert problems(tmp_path) == []


@pytest.mark.parametrize(
    ("title", "subtitle", "whole"),
    [
        ("Rungs", "", "Rungs"),
        ("Rungs", "A history", "Rungs: A history"),
        ("Why rungs?", "A history", "Why rungs? A history"),
    ],
)
def test_title_and_subtitle_make_one_line(title, subtitle, whole):
    assert Book.model_validate({"title": title, "subtitle": subtitle}).full_title == whole


def test_numbers_dates_prices_and_sizes_are_read_as_such():
    edition = {
        **PAPER,
        "price": {"USD": "19.95"},
        "trim": "6x9in",
        "published": "2018-06-01",
        "availability": "out-of-print",
    }
    made = Book.model_validate(book(editions=[edition])).editions[0]
    assert made.isbn == "9781234560010"
    assert made.price == {"USD": Decimal("19.95")}
    assert made.trim.model_dump() == {"width": "6", "height": "9", "unit": "in"}
    assert made.published == date(2018, 6, 1)
    assert made.availability == "out of print"


def test_an_isbn_10_is_kept_as_13_digits():
    made = Book.model_validate(book(editions=[{"format": "paperback", "isbn": "1-234-56001-1"}]))
    assert made.editions[0].isbn == "9781234560010"


@pytest.mark.parametrize(
    ("number", "written", "short"),
    [("9781234560010", "978-1-234-56001-0", "1234560011"), ("9798123450017", "979-8-12345001-7", "")],
)
def test_an_isbn_is_hyphenated_for_people_and_only_978_has_an_isbn_10(number, written, short):
    made = Book.model_validate(book(editions=[{"format": "ebook", "isbn": number}])).editions[0]
    assert (made.isbn_text, made.isbn10) == (written, short)


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
def test_a_shops_address_is_made_from_the_best_number_there_is(shop, edition, offer, expected):
    made = Book.model_validate(book(editions=[edition], offers=[{"shop": shop, **offer}]))
    assert address(catalogue()[shop], made, made.editions[0], made.offers[0]) == expected


@pytest.mark.parametrize("key", sorted(catalogue()))
def test_every_shop_of_the_catalogue_gives_an_address_or_is_the_author(key):
    made = Book.model_validate(book(editions=[PAPER]))
    url = address(catalogue()[key], made, made.editions[0])
    assert url.startswith("https://") or key == "author"
    assert "{" not in url


def test_an_author_adds_a_shop_and_a_fault_in_it_has_a_line(tmp_path):
    path = Path(tmp_path) / "shops.yaml"
    path.write_text(
        "corner:\n  name: The Corner Shop\n  countries: [US]\n  search: 'https://corner.example/?q={query}'\n"
        "bad:\n  name: Bad\n  countries: [USA]\n"
    )
    log = ProblemLog(root=tmp_path)
    shops = with_own_shops(path, log)
    assert shops["corner"].name == "The Corner Shop"
    assert "amazon-us" in shops
    assert [(p.line, p.message) for p in log] == [(7, "`USA` is not a country")]
