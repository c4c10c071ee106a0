"""What editions and offers say in the site's language."""

from datetime import date

import pytest
from authorsite.books.model import Book
from authorsite.books.presenter import Desk
from authorsite.books.shops import catalogue
from authorsite.settings import SiteSettings

PAPER = {"format": "paperback", "isbn": "978-1-234-56001-0", "price": {"USD": 19.95, "EUR": 17.5}, "pages": 90}
BOOK = {"title": "Guide", "published": "2018-06-01", "editions": [PAPER], "offers": [{"shop": "thalia"}]}


def edition(book=BOOK, **settings):
    site = SiteSettings(url="https://example.org", **settings)
    return Desk(site, date(2020, 2, 3), catalogue(), {}).editions(Book.model_validate(book), "guide")[0]


@pytest.mark.parametrize(
    ("language", "price", "day", "label"),
    [
        ("en-US", "$19.95 / €17.50", "June 1, 2018", "Paperback at Thalia, Germany and Austria"),
        ("en-GB", "US$19.95 / €17.50", "1 June 2018", "Paperback at Thalia, Germany and Austria"),
        ("de-DE", "19,95 $ / 17,50 €", "1. Juni 2018", "Paperback at Thalia, Deutschland und Österreich"),
        ("de-AT", "$ 19,95 / € 17,50", "1. Juni 2018", "Paperback at Thalia, Deutschland und Österreich"),
        ("fr", "19,95 $US / 17,50 €", "1 juin 2018", "Paperback at Thalia, Allemagne et Autriche"),
    ],
)
def test_prices_days_and_places_are_written_as_the_sites_language_has_them(language, price, day, label):
    made = edition(language=language)
    assert " ".join(made.price.split()) == price
    assert made.facts[0] == day
    assert made.offers[0].label == label
    assert made.prices == (("EUR", "17.50"), ("USD", "19.95"))


def test_words_that_the_author_gives_stand_in_place_of_the_english_ones():
    made = edition(words={"Paperback": "Taschenbuch", "at": "bei", "pages": "Seiten"})
    assert (made.name, made.facts[1]) == ("Taschenbuch", "90 Seiten")
    assert made.offers[0].label.startswith("Taschenbuch bei Thalia")


@pytest.mark.parametrize(("until", "price"), [("2020-02-02", ""), ("2020-02-03", "€9.99")])
def test_an_offers_price_goes_the_day_after_its_last_and_the_offer_stays(until, price):
    offer = {"shop": "thalia", "price": {"EUR": 9.99}, "valid_until": until}
    assert [shop.price for shop in edition({**BOOK, "offers": [offer]}).offers] == [price]


def test_a_book_of_no_known_facts_has_one_all_the_same():
    assert edition({"title": "Bare", "editions": [{"format": "ebook"}]}).facts == ("available",)
