"""A book as templates see it: plain, frozen, and said in the site's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from babel import Locale
from babel.numbers import format_currency, get_territory_currencies

from . import shops as catalogue
from .model import Availability, Book, Edition, Offer
from .shops import Shop

NAMES = {"paperback": "Paperback", "hardcover": "Hardcover", "ebook": "E-book", "audiobook": "Audiobook"}


@dataclass(frozen=True, slots=True)
class OfferView:
    """A shop's offer of one edition; `url` leads there, `go_url` is the permanent address on this site.

    `label` names format and shop, for a link's accessible name; `checked` is the day when the link last worked.
    """

    shop: str
    name: str
    kind: str
    countries: tuple[str, ...]
    country_names: tuple[str, ...]
    url: str
    go_url: str
    label: str
    price: str = ""
    amount: str = ""
    currency: str = ""
    valid_until: date | None = None
    checked: date | None = None
    dead: bool = False


@dataclass(frozen=True, slots=True)
class EditionView:
    """An edition with its offers, the working ones first; `offered` says whether it can be bought now."""

    format: str
    name: str
    isbn: str
    isbn_text: str
    isbn10: str
    imprint: str
    published: date | None
    pages: int | None
    duration: str
    trim: str
    price: str
    prices: tuple[tuple[str, str], ...]
    availability: str
    offered: bool
    offers: tuple[OfferView, ...]
    borrow: tuple[OfferView, ...]
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class ChapterView:
    """A chapter; `posts` are those that carry it on, newest first."""

    number: int
    title: str
    blurb: str
    posts: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class CoverView:
    """The cover's picture: its address below the site's root, and its size in pixels."""

    src: str
    alt: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class BookView:
    """Everything that a page says of a book; addresses are below the site's root, without a leading slash."""

    record: Book
    slug: str
    url: str
    buy_url: str
    go_url: str
    title: str
    subtitle: str
    authors: tuple[str, ...]
    hook: str
    html: str
    cover: CoverView | None
    editions: tuple[EditionView, ...]
    chapters: tuple[ChapterView, ...]
    posts: tuple[Any, ...]
    forthcoming: bool
    published: date | None
    sample: Any = None
    best: OfferView | None = None
    best_edition: EditionView | None = None
    source_path: str = ""
    details: tuple[tuple[str, str], ...] = field(default=())
    structured: str = ""

    @property
    def formats(self) -> str:
        """The formats in words: "Paperback and E-book"."""
        names = [edition.name for edition in self.editions]
        return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))

    @property
    def price(self) -> str:
        """The price of the first edition that has one."""
        return next((edition.price for edition in self.editions if edition.price), "")


@dataclass(frozen=True, slots=True)
class Desk:
    """What views are made with: the site's language and address, its date, the catalogue, and link check results."""

    locale: str
    site_url: str
    today: date
    shops: Mapping[str, Shop]
    contact: str = ""
    links: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def editions(self, book: Book, slug: str) -> tuple[EditionView, ...]:
        """Return the book's editions with their offers; dead links go below, expired prices go."""
        return tuple(self._edition(book, slug, edition) for edition in book.editions)

    def _edition(self, book: Book, slug: str, edition: Edition) -> EditionView:
        name = NAMES[edition.format]
        given = [o for o in book.offers if self._belongs(book, o, edition)]
        offers = [view for view in (self._offer(book, slug, edition, offer) for offer in given) if view]
        buy = sorted((o for o in offers if o.kind == "buy"), key=lambda o: o.dead)
        borrow = [o for key, shop in self.shops.items() if (o := self._borrowing(book, slug, edition, key, shop))]
        published = edition.published or book.published
        return EditionView(
            format=edition.format.value,
            name=name,
            isbn=edition.isbn or "",
            isbn_text=catalogue.hyphenated(edition.isbn) if edition.isbn else "",
            isbn10=catalogue.isbn10(edition.isbn) if edition.isbn else "",
            imprint=edition.imprint,
            published=published,
            pages=edition.pages,
            duration=edition.duration,
            trim=str(edition.trim) if edition.trim else "",
            price=self._prices(edition.price),
            prices=tuple((currency, f"{amount:.2f}") for currency, amount in sorted(edition.price.items())),
            availability=edition.availability.value,
            offered=edition.availability in (Availability.AVAILABLE, Availability.PREORDER)
            and any(not o.dead for o in buy),
            offers=tuple(buy),
            borrow=tuple(borrow),
            trouble=self._trouble(book, slug, name, buy),
        )

    def _belongs(self, book: Book, offer: Offer, edition: Edition) -> bool:
        if offer.edition:
            return offer.edition is edition.format
        shop = self.shops.get(offer.shop)
        return bool(shop and edition.format in shop.formats and edition is book.editions[0])

    def _offer(self, book: Book, slug: str, edition: Edition, offer: Offer) -> OfferView | None:
        shop = self.shops.get(offer.shop)
        url = catalogue.address(shop, book, edition, offer) if shop else ""
        if not shop or not url or (offer.valid_until and offer.valid_until < self.today and offer.url):
            return None
        countries = (offer.country,) if offer.country else shop.countries
        expired = offer.valid_until is not None and offer.valid_until < self.today
        price = {} if expired else offer.price or edition.price
        currency = self._currency(price, countries) if offer.price or countries else ""
        return self._view(
            offer.shop,
            shop,
            slug,
            edition,
            url,
            countries,
            price.get(currency) if currency else None,
            currency,
            offer.valid_until,
        )

    def _borrowing(self, book: Book, slug: str, edition: Edition, key: str, shop: Shop) -> OfferView | None:
        url = catalogue.address(shop, book, edition) if shop.kind == "borrow" and edition.format in shop.formats else ""
        return self._view(key, shop, slug, edition, url, shop.countries, None, "", None) if url else None

    def _view(
        self,
        key: str,
        shop: Shop,
        slug: str,
        edition: Edition,
        url: str,
        countries: Sequence[str],
        amount: Decimal | None,
        currency: str,
        valid_until: date | None,
    ) -> OfferView:
        status = self.links.get(url, {})
        worked = status.get("worked")
        territories = Locale.parse(self.locale).territories
        named = tuple(territories.get(code, code) for code in countries)
        return OfferView(
            shop=key,
            name=shop.name,
            kind=shop.kind,
            countries=tuple(countries),
            country_names=named,
            url=url,
            go_url=f"go/{slug}/{key}/",
            label=", ".join(filter(None, [f"{NAMES[edition.format]} at {shop.name}", " and ".join(named[:3])])),
            price=format_currency(amount, currency, locale=self.locale) if amount is not None else "",
            amount=f"{amount:.2f}" if amount is not None else "",
            currency=currency if amount is not None else "",
            valid_until=valid_until,
            checked=datetime.fromisoformat(worked).date() if worked else None,
            dead=bool(status.get("dead")),
        )

    def _currency(self, price: Mapping[str, Decimal], countries: Sequence[str]) -> str:
        for country in countries:
            local = next((c for c in get_territory_currencies(country, self.today) if c in price), "")
            if local:
                return local
        return next(iter(price), "") if len(price) == 1 and not countries else ""

    def _prices(self, price: Mapping[str, Decimal]) -> str:
        return " / ".join(format_currency(amount, currency, locale=self.locale) for currency, amount in price.items())

    def _trouble(self, book: Book, slug: str, name: str, offers: Sequence[OfferView]) -> str:
        """Return a mailto: address whose mail already names edition, shops and page."""
        if not self.contact:
            return ""
        shops = ", ".join(dict.fromkeys(o.name for o in offers)) or "-"
        lines = [
            f"Edition: {name}",
            f"Shop: {shops}",
            f"Page: {self.site_url}/books/{slug}/buy/",
            "",
            "What happened:",
            "",
        ]
        subject = quote(f"Trouble buying {book.title}", safe="")
        body = quote("\r\n".join(lines), safe="")
        return f"mailto:{self.contact}?subject={subject}&body={body}"


def best_offer(editions: Sequence[EditionView]) -> tuple[OfferView | None, EditionView | None]:
    """Return the first working offer of the first edition that is offered, and that edition."""
    for edition in editions:
        if edition.offered:
            return next(o for o in edition.offers if not o.dead), edition
    return None, None
