"""A book as templates see it: its record, and what follows from it on this site; plain and frozen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Any

from ..images.picture import Picture
from .model import Book, Edition


@dataclass(frozen=True, slots=True)
class OfferView:
    """A shop's offer of one edition; `url` leads there, `go_url` is the permanent address on this site.

    `places` are its countries in words. `label` names format, shop and places, for a link's accessible name, `short`
    format, shop and price; `trouble` is the mailto: address for whoever could not buy there; `checked` is the day when
    the link last worked.
    """

    shop: str
    name: str
    countries: tuple[str, ...]
    country_names: tuple[str, ...]
    places: str
    url: str
    go_url: str
    label: str
    short: str
    trouble: str
    price: str
    amount: str
    currency: str
    valid_until: date | None
    checked: date | None
    dead: bool


@dataclass(frozen=True, slots=True)
class EditionView:
    """An edition with its offers, the working ones first.

    `key` tells it from the book's other editions; `prices` are (currency, amount); `facts` are what its record says, in
    words; `barcode` is the address of its EAN-13, "" without an ISBN.
    """

    record: Edition
    key: str
    name: str
    published: date | None
    price: str
    prices: tuple[tuple[str, str], ...]
    offers: tuple[OfferView, ...]
    borrow: tuple[OfferView, ...]
    facts: tuple[str, ...]
    barcode: str

    @property
    def groups(self) -> tuple[tuple[OfferView, ...], ...]:
        """The offers by their countries, in the author's order; those whose links are dead in a last group."""
        found: dict[tuple[str, ...], list[OfferView]] = {}
        for offer in self.offers:
            found.setdefault(offer.countries, []).append(offer)
        return tuple(sorted(map(tuple, found.values()), key=lambda group: all(offer.dead for offer in group)))


@dataclass(frozen=True, slots=True)
class BookView:
    """Everything that a page says of a book; addresses are below the site's root, without a leading slash.

    `posts` are those about the book, newest first; `told_on` is since when its record says what it says.
    """

    record: Book
    source_path: str
    slug: str
    url: str
    buy_url: str
    go_url: str
    title: str
    subtitle: str
    published: date | None
    forthcoming: bool
    told_on: date | None
    hook: str
    html: str
    editions: tuple[EditionView, ...]
    posts: tuple[Any, ...]
    sample: Any
    cover: Picture | None
    card: Picture | None

    @property
    def feed_html(self) -> str:
        """The description with the facts of each edition in a list below it, for feeds."""
        lines = [f"<li>{escape(', '.join((edition.name, *edition.facts)))}</li>" for edition in self.editions]
        return self.html + (f"<ul>{''.join(lines)}</ul>" if lines else "")

    @property
    def details(self) -> tuple[tuple[str, str], ...]:
        """What the record says of the work, as (name, value)."""
        more = (("Series", str(self.record.series or "")), ("Subjects", ", ".join(self.record.subjects)))
        return self.record.roles + tuple(row for row in more if row[1])

    @property
    def formats(self) -> tuple[str, ...]:
        """The names of the editions."""
        return tuple(edition.name for edition in self.editions)

    @property
    def onix(self) -> str:
        """The address of its record for the trade; "" where no day is known on which that was told."""
        return f"{self.url}onix.xml" if self.told_on and self.editions else ""

    @property
    def price(self) -> str:
        """The price of the first edition that has one."""
        return next((edition.price for edition in self.editions if edition.price), "")

    @property
    def best(self) -> OfferView | None:
        """The first working offer of an edition that can be bought now."""
        open_ = (e for e in self.editions if e.record.availability in {"available", "preorder"})
        return next((offer for edition in open_ for offer in edition.offers if not offer.dead), None)

    @property
    def shops(self) -> tuple[OfferView, ...]:
        """One offer for each shop: the first edition's, or the first that works."""
        found: dict[str, OfferView] = {}
        for edition in self.editions:
            for offer in (*edition.offers, *edition.borrow):
                if offer.shop not in found or (found[offer.shop].dead and not offer.dead):
                    found[offer.shop] = offer
        return tuple(found.values())

    @property
    def countries(self) -> tuple[tuple[str, str], ...]:
        """The countries that have a shop of their own, as (letters, name), by name."""
        offers = [offer for edition in self.editions for offer in edition.offers]
        places = {pair for offer in offers for pair in zip(offer.countries, offer.country_names, strict=True)}
        return tuple(sorted(places, key=lambda place: place[::-1]))
