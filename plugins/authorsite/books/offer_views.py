"""Offers and editions as templates see them, with the shops grouped by country. Plain, immutable data."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from .model import Edition
from .prices import PriceTexts, join_prices

MAX_NAMED_COUNTRIES = 3
"""A shop in more countries than this belongs to none of them."""

_SEVERAL = "several"


@dataclass(frozen=True, slots=True)
class OfferView:
    """One shop's offer of one edition.

    `link_text` is the shop's name, or "Buy from the author". `url` is the shop's page, `go_url` the short link on this
    site, `region` the shop's countries in words. `note` says what is special: the author sells there, it is a signed
    copy, or the host that tells two shops of one name apart. `label` is format, shop, note and region; `button_label`
    is what happens, shop, format and note. `price_texts` are the shop's own prices, for people; `prices` are
    (currency, amount) for programs. `support_mailto` starts a mail about a failed purchase. `last_worked` is the date
    when the link check last found the link working.
    """

    shop: str
    name: str
    link_text: str
    countries: tuple[str, ...]
    country_names: tuple[str, ...]
    region: str
    note: str
    url: str
    go_url: str
    label: str
    button_label: str
    support_mailto: str
    price_texts: PriceTexts
    prices: tuple[tuple[str, str], ...]
    valid_until: date | None
    last_worked: date | None
    broken: bool

    @property
    def price(self) -> str:
        """The shop's own prices in a line."""
        return join_prices(self.price_texts)


@dataclass(frozen=True, slots=True)
class ShopGroup:
    """Offers in one country, in several, or (without `countries`) everywhere.

    `region` is the name of the country, or what all offers have in common ("Germany and Austria"); "" without both.
    `offers` are (offer, its countries in words if `region` does not say them).
    """

    region: str
    countries: tuple[str, ...]
    offers: tuple[tuple[OfferView, str], ...]


def group_by_country(offers: Iterable[OfferView]) -> tuple[ShopGroup, ...]:
    """Group offers by the first of their countries, in the author's order; groups of broken links come last.

    Shops in more than three countries, and those that sell everywhere, are a group each.
    """
    groups: dict[str, list[OfferView]] = {}
    for offer in offers:
        key = " ".join(offer.countries[:1]) if len(offer.countries) <= MAX_NAMED_COUNTRIES else _SEVERAL
        groups.setdefault(key, []).append(offer)
    ordered = sorted(groups.items(), key=lambda item: all(offer.broken for offer in item[1]))
    return tuple(_make_group(key, tuple(members)) for key, members in ordered)


def _make_group(key: str, offers: tuple[OfferView, ...]) -> ShopGroup:
    first = offers[0]
    countries = tuple(dict.fromkeys(code for offer in offers for code in offer.countries))
    is_long = key == _SEVERAL
    if all(offer.countries == first.countries for offer in offers):
        region = first.region
    else:
        region = "" if is_long else first.country_names[0]
    names = [", ".join(offer.country_names) if is_long else offer.region for offer in offers]
    labelled = tuple((offer, "" if name == region else name) for offer, name in zip(offers, names, strict=True))
    return ShopGroup(region, countries, labelled)


@dataclass(frozen=True, slots=True)
class EditionView:
    """An edition with its offers, the working ones first.

    `key` is unique within the book: "paperback", "paperback-2". `price_texts` are for people, `prices` are
    (currency, amount) for programs; `facts` are the record's details in words; `barcode` is the URL of the EAN-13,
    "" without an ISBN.
    """

    record: Edition
    key: str
    name: str
    published: date | None
    price_texts: PriceTexts
    prices: tuple[tuple[str, str], ...]
    offers: tuple[OfferView, ...]
    borrow: tuple[OfferView, ...]
    facts: tuple[str, ...]
    barcode: str

    @property
    def price(self) -> str:
        """The list prices in a line."""
        return join_prices(self.price_texts)

    @property
    def groups(self) -> tuple[ShopGroup, ...]:
        """The offers grouped by country."""
        return group_by_country(self.offers)
