"""Editions and offers as pages show them: prices, dates, countries and facts in the site's language."""

from datetime import date

import pytest
from authorsite.books.model import Book
from authorsite.books.presenter import BookPresenter
from authorsite.books.prices import list_currency_countries
from authorsite.books.shops import load_builtin_shops
from authorsite.settings import SiteSettings

PAPER = {"format": "paperback", "isbn": "978-1-234-56001-0", "price": {"USD": 19.95, "EUR": 17.5}, "pages": 90}
ISBN = "978-1-234-56002-7"
URL = "https://ann.example/order"
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


# What an offer says beside the format and the price, and what the big button would say.
OFFERS = {
    "a shop": ({"shop": "thalia"}, "Thalia", "", "Buy at Thalia: Paperback"),
    "signed copies": (
        {"shop": "thalia", "signed": True},
        "Thalia",
        "signed copy",
        "Buy at Thalia: Paperback, signed copy",
    ),
    "the author": ({"shop": "author", "url": URL}, "Buy from the author", "", "Buy from the author: Paperback"),
    "the author's shop": (
        {"shop": "payhip", "url": URL},
        "Payhip",
        "from the author",
        "Buy at Payhip: Paperback, from the author",
    ),
}


@pytest.mark.parametrize(("offer", "link_text", "note", "button"), OFFERS.values(), ids=OFFERS)
def test_offers_say_who_sells_and_what_is_special(offer, link_text, note, button):
    [view] = present_edition({**BOOK, "offers": [offer]}).offers
    assert (view.link_text, view.note, view.button_label) == (link_text, note, button)
    edition = {**PAPER, "availability": "preorder"}
    [view] = present_edition({**BOOK, "editions": [edition], "offers": [offer]}).offers
    assert view.button_label == button.replace("Buy", "Pre-order")


def test_two_shops_of_one_name_are_told_apart_by_country_or_else_by_host():
    hosts = ["https://www.one.example/a", "https://two.example/b", "https://two.example/c"]
    own = [{"shop": "author", "url": url} for url in hosts]
    offers = [{"shop": "amazon-us"}, {"shop": "amazon-uk"}, *own, {**own[0], "signed": True}]
    notes = [(view.region, view.note) for view in present_edition({**BOOK, "offers": offers}).offers]
    assert notes == [
        ("United States", ""),
        ("United Kingdom", ""),
        ("", "one.example"),
        ("", "two.example"),
        ("", "two.example"),
        ("", "signed copy"),
    ]


def test_shops_of_one_country_are_together():
    shops = ["thalia", "amazon-us", "author", "kobo", "barnes-noble", "indigo", "apple-books"]
    offers = [{"shop": shop, "url": f"https://{shop}.example/"} for shop in shops]
    offers[0]["country"] = "DE"
    editions = [{"format": "ebook"}]
    groups = present_edition(
        {"title": "Guide", "editions": editions, "offers": [*offers, {"shop": "amazon-de"}]}
    ).groups
    found = [(group.region, [(offer.shop, region) for offer, region in group.offers]) for group in groups]
    kobo = "United States, United Kingdom, Canada, Australia, Germany, France, Netherlands, Italy, Spain, Japan"
    assert found == [
        ("Germany", [("thalia", ""), ("amazon-de", "Germany and Austria")]),
        ("United States", [("amazon-us", ""), ("barnes-noble", "")]),
        ("", [("author", "")]),
        ("", [("kobo", kobo), ("apple-books", "United States, United Kingdom, Canada, Australia, Germany, France")]),
        ("Canada", [("indigo", "")]),
    ]
    assert [group.countries[:2] for group in groups] == [("DE", "AT"), ("US",), (), ("US", "GB"), ("CA",)]


def test_each_currency_knows_the_countries_where_it_is_paid():
    countries = list_currency_countries({"CHF", "CAD", "EUR"}, date(2020, 2, 3))
    assert list(countries) == ["CAD", "CHF", "EUR"]
    assert (countries["CAD"], countries["CHF"]) == ("CA", "CH LI")
    assert {"AT", "DE", "FI", "IE"} <= {*countries["EUR"].split()}
    assert not {"HR", "CH", "GB"} & {*countries["EUR"].split()}, "Croatia paid in kuna until 2023"
