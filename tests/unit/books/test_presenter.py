"""Editions and offers as pages show them: prices, dates, countries and facts in the site's language."""

from datetime import date

import pytest
from authorsite.books.model import Book
from authorsite.books.presenter import BookPresenter
from authorsite.books.shops import load_builtin_shops
from authorsite.settings import SiteSettings

PAPER = {"format": "paperback", "isbn": "978-1-234-56001-0", "price": {"USD": 19.95, "EUR": 17.5}, "pages": 90}
ISBN = "978-1-234-56002-7"
BOOK = {"title": "Guide", "published": "2018-06-01", "editions": [PAPER], "offers": [{"shop": "thalia"}]}


def present_editions(fields, **settings):
    site = SiteSettings(url="https://example.org", **settings)
    presenter = BookPresenter(site, date(2020, 2, 3), load_builtin_shops(), {})
    return presenter.present_editions(Book.model_validate(fields), "guide")


def present_edition(fields=BOOK, **settings):
    return present_editions(fields, **settings)[0]


@pytest.mark.parametrize(
    ("language", "price", "published", "label"),
    [
        ("en-US", "$19.95 / €17.50", "June 1, 2018", "Paperback at Thalia, Germany and Austria"),
        ("en-GB", "US$19.95 / €17.50", "1 June 2018", "Paperback at Thalia, Germany and Austria"),
        ("de-DE", "19,95 $ / 17,50 €", "1. Juni 2018", "Taschenbuch: Thalia, Deutschland und Österreich"),
        ("de-AT", "$ 19,95 / € 17,50", "1. Juni 2018", "Taschenbuch: Thalia, Deutschland und Österreich"),
        ("fr", "19,95 $US / 17,50 €", "1 juin 2018", "Paperback at Thalia, Allemagne et Autriche"),
    ],
)
def test_prices_dates_and_countries_follow_the_language(language, price, published, label):
    edition = present_edition(language=language)
    assert " ".join(edition.price.split()) == price
    assert edition.facts[0] == published
    assert edition.offers[0].label == label
    assert edition.prices == (("EUR", "17.50"), ("USD", "19.95"))


def test_words_are_translated_by_the_words_setting():
    edition = present_edition(
        words={
            "Paperback": "Taschenbuch",
            "%(format)s at %(shop)s": "%(format)s bei %(shop)s",
            "%(count)s pages": "%(count)s Seiten",
        }
    )
    assert (edition.name, edition.facts[1]) == ("Taschenbuch", "90 Seiten")
    assert edition.offers[0].label.startswith("Taschenbuch bei Thalia")


@pytest.mark.parametrize(("valid_until", "price"), [("2020-02-02", ""), ("2020-02-03", "€9.99")])
def test_expired_price_is_hidden_but_the_offer_stays(valid_until, price):
    offer = {"shop": "thalia", "price": {"EUR": 9.99}, "valid_until": valid_until}
    assert [view.price for view in present_edition({**BOOK, "offers": [offer]}).offers] == [price]


def test_an_offer_of_no_named_edition_is_for_the_first_one_in_print():
    editions = [{**PAPER, "availability": "out of print"}, {"format": "hardcover", "isbn": ISBN}]
    assert [len(view.offers) for view in present_editions({**BOOK, "editions": editions})] == [0, 1]
    assert [len(view.offers) for view in present_editions({**BOOK, "editions": editions[:1]})] == [1]


def test_edition_without_facts_is_available():
    assert present_edition({"title": "Bare", "editions": [{"format": "ebook"}]}).facts == ("available",)
