"""A book as templates see it: plain, frozen, and said in the site's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from html import escape
from typing import Any
from urllib.parse import quote

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency, get_territory_currencies

from ..images.picture import Picture
from . import shops as catalogue
from .model import Availability, Book, Edition, Offer
from .shops import Shop

_FEW = 3
NAMES = {"paperback": "Paperback", "hardcover": "Hardcover", "ebook": "E-book", "audiobook": "Audiobook"}


@dataclass(frozen=True, slots=True)
class OfferView:
    """A shop's offer of one edition; `url` leads there, `go_url` is the permanent address on this site.

    `label` names format, shop and country, for a link's accessible name, `short` format, shop and price; `trouble` is
    the mailto: address for whoever could not buy there; `checked` is the day when the link last worked.
    """

    shop: str
    name: str
    kind: str
    countries: tuple[str, ...]
    country_names: tuple[str, ...]
    url: str
    go_url: str
    label: str
    short: str
    trouble: str = ""
    price: str = ""
    amount: str = ""
    currency: str = ""
    valid_until: date | None = None
    checked: date | None = None
    dead: bool = False


@dataclass(frozen=True, slots=True)
class ShopGroup:
    """The offers for the same countries: `name` in words ("" everywhere), `countries` in letters."""

    name: str
    countries: tuple[str, ...]
    offers: tuple[OfferView, ...]


@dataclass(frozen=True, slots=True)
class EditionView:
    """An edition with its offers, the working ones first; `offered` says whether it can be bought now.

    `key` tells it from the book's other editions; `barcode` is the address of its EAN-13, "" without an ISBN.
    """

    key: str
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
    groups: tuple[ShopGroup, ...] = ()
    barcode: str = ""


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
    picture: Picture | None = None


@dataclass(frozen=True, slots=True)
class BookView:
    """Everything that a page says of a book; addresses are below the site's root, without a leading slash.

    `go_urls` are the permanent addresses of its shops, with the shop's name; `countries` (letters, name) those with a
    shop of their own; `citations` (style, HTML); `feed_html` the description and the editions' facts.
    """

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
    go_urls: tuple[tuple[str, str], ...] = ()
    countries: tuple[tuple[str, str], ...] = ()
    citations: tuple[tuple[str, str], ...] = ()
    told_on: date | None = None
    card: Picture | None = None
    feed_html: str = ""

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
        formats = [edition.format.value for edition in book.editions]
        keys = [f"{f}-{n}" if (n := formats[: place + 1].count(f)) > 1 else f for place, f in enumerate(formats)]
        return tuple(self._edition(book, slug, *pair) for pair in zip(book.editions, keys, strict=True))

    def _edition(self, book: Book, slug: str, edition: Edition, key: str) -> EditionView:
        name = NAMES[edition.format]
        given = [o for o in book.offers if self._belongs(book, o, edition)]
        offers = [view for view in (self._offer(book, slug, edition, offer) for offer in given) if view]
        buy = sorted((o for o in offers if o.kind == "buy"), key=lambda o: o.dead)
        borrow = [o for key, shop in self.shops.items() if (o := self._borrowing(book, slug, edition, key, shop))]
        published = edition.published or book.published
        return EditionView(
            key=key,
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
            groups=_grouped(buy),
            barcode=f"books/{slug}/{key}-ean.svg" if edition.isbn else "",
        )

    def _belongs(self, book: Book, offer: Offer, edition: Edition) -> bool:
        shop = self.shops.get(offer.shop)
        forms = {offer.edition} if offer.edition else set(shop.formats if shop else ())
        fitting = [e for e in book.editions if e.format in forms]
        current = [e for e in fitting if e.availability is not Availability.OUT_OF_PRINT] or fitting
        return bool(current) and edition is current[0]

    def _offer(self, book: Book, slug: str, edition: Edition, offer: Offer) -> OfferView | None:
        shop = self.shops.get(offer.shop)
        url = catalogue.address(shop, book, edition, offer) if shop else ""
        if not shop or not url:
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
        said = format_currency(amount, currency, locale=self.locale) if amount is not None else ""
        at = f"{NAMES[edition.format]} at {shop.name}"
        label = ", ".join(filter(None, [at, in_words(named)]))
        return OfferView(
            shop=key,
            name=shop.name,
            kind=shop.kind,
            countries=tuple(countries),
            country_names=named,
            url=url,
            go_url=f"go/{slug}/{key}/",
            label=label,
            short=", ".join(filter(None, [at, said])),
            trouble=self._trouble(slug, NAMES[edition.format], label.removeprefix(f"{NAMES[edition.format]} at "), url),
            price=said,
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

    def _trouble(self, slug: str, edition: str, shop: str, url: str) -> str:
        """Return the mailto: address of a mail that names edition, shop and page already; "" without a contact."""
        page = f"{self.site_url}/books/{slug}/buy/"
        lines = [f"Edition: {edition}", f"Shop: {shop}", f"Link: {url}", f"Page: {page}", "", "What happened:", ""]
        subject, body = (quote(text, safe="") for text in (f"Trouble buying: {edition} at {shop}", "\r\n".join(lines)))
        return f"mailto:{self.contact}?subject={subject}&body={body}" if self.contact else ""


def in_words(names: Sequence[str]) -> str:
    """Return up to three names as "A, B and C"; how many countries for more."""
    if len(names) > _FEW:
        return f"{len(names)} countries"
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def _grouped(offers: Sequence[OfferView]) -> tuple[ShopGroup, ...]:
    """Return the offers by their countries, in the author's order; those whose links are dead in a last group."""
    found: dict[tuple[str, ...], list[OfferView]] = {}
    for offer in offers:
        found.setdefault(offer.countries, []).append(offer)
    groups = [ShopGroup(in_words(own[0].country_names), countries, tuple(own)) for countries, own in found.items()]
    return tuple(sorted(groups, key=lambda group: all(offer.dead for offer in group.offers)))


def with_facts(html: str, editions: Sequence[EditionView], locale: str) -> str:
    """Return a description with the facts of each edition in a list below it, for feeds."""
    lines = []
    for edition in editions:
        day = format_date(edition.published, "long", locale=locale) if edition.published else ""
        number = f"ISBN {edition.isbn_text}" if edition.isbn else ""
        lines.append(escape(", ".join(filter(None, [edition.name, day, edition.price, number]))))
    return html + (f"<ul>{''.join(f'<li>{line}</li>' for line in lines)}</ul>" if lines else "")


def best_offer(editions: Sequence[EditionView]) -> tuple[OfferView | None, EditionView | None]:
    """Return the first working offer of the first edition that is offered, and that edition."""
    for edition in editions:
        if edition.offered:
            return next(o for o in edition.offers if not o.dead), edition
    return None, None
