"""Turns a book's editions and offers into what templates show, in the site's language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote, urlsplit

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list

from ..settings import SiteSettings
from .go_links import make_go_url
from .model import AVAILABILITY_NAMES, Book, Edition, Offer
from .offer_views import MAX_NAMED_COUNTRIES, EditionView, OfferView
from .prices import format_amount, format_prices, join_prices, select_offer_prices
from .shops import Shop, make_shop_url

_FILE_TYPES = {"": "", "epub": "EPUB", "pdf": "PDF", "kindle": "Kindle"}


@dataclass(frozen=True, slots=True)
class BookPresenter:
    """Makes the views of editions and offers.

    `today` is the site's date; `shops` are those that offers may name, by key; `link_status` is what
    `authorsite check-links` recorded about each URL ({"dead": bool, "worked": ISO date and time}).
    """

    site: SiteSettings
    today: date
    shops: Mapping[str, Shop]
    link_status: Mapping[str, Mapping[str, Any]]

    def present_editions(self, book: Book, slug: str) -> tuple[EditionView, ...]:
        """Return the book's editions with their offers: broken links last, expired prices left out."""
        formats = [edition.format for edition in book.editions]
        keys = [f"{f}-{n}" if (n := formats[: i + 1].count(f)) > 1 else f for i, f in enumerate(formats)]
        return tuple(self._present_edition(book, slug, *pair) for pair in zip(book.editions, keys, strict=True))

    def _present_edition(self, book: Book, slug: str, edition: Edition, key: str) -> EditionView:
        purchases = [offer for offer in book.offers if self._is_offer_of(book, offer, edition)]
        loans = [
            Offer(shop=name)
            for name, shop in self.shops.items()
            if shop.kind == "borrow" and edition.format in shop.formats
        ]
        offers, borrow = (self._present_offers(book, slug, edition, chosen) for chosen in (purchases, loans))
        published = edition.published or book.published
        prices = format_prices(edition.price, self.site.locale)
        return EditionView(
            record=edition,
            key=key,
            name=self.site.translate(edition.name),
            published=published,
            price_texts=prices,
            prices=_list_amounts(edition.price),
            offers=offers,
            borrow=borrow,
            facts=self._list_facts(edition, published, join_prices(prices)),
            barcode=f"books/{slug}/{key}-ean.svg" if edition.isbn else "",
        )

    def _list_facts(self, edition: Edition, published: date | None, price: str) -> tuple[str, ...]:
        translate, trim = self.site.translate, edition.trim
        facts = (
            edition.imprint,
            format_date(published, "long", locale=self.site.locale) if published else "",
            translate("%(count)s page", "%(count)s pages", count=edition.pages) if edition.pages else "",
            edition.duration,
            _FILE_TYPES[edition.file_type],
            f"{trim.width} × {trim.height} {translate('inches') if trim.unit == 'in' else 'mm'}" if trim else "",
            price,
            f"ISBN {edition.isbn_text}" if edition.isbn else "",
            f"ISBN-10 {edition.isbn10}" if edition.isbn10 else "",
            translate(AVAILABILITY_NAMES[edition.availability]) if edition.availability != "available" else "",
        )
        return tuple(filter(None, facts)) or (translate(AVAILABILITY_NAMES[edition.availability]),)

    def _is_offer_of(self, book: Book, offer: Offer, edition: Edition) -> bool:
        """Whether `offer` is for `edition`: the first one in print among the formats that the offer may mean."""
        shop = self.shops.get(offer.shop)
        if shop is None or shop.kind == "borrow":
            return False
        formats = (offer.edition,) if offer.edition else shop.formats
        candidates = [e for e in book.editions if e.format in formats]
        in_print = [e for e in candidates if e.availability != "out of print"] or candidates
        return bool(in_print) and edition is in_print[0]

    def _present_offers(
        self, book: Book, slug: str, edition: Edition, offers: Sequence[Offer]
    ) -> tuple[OfferView, ...]:
        urls = [make_shop_url(self.shops[offer.shop], book, edition, offer) for offer in offers]
        found = [(offer, url) for offer, url in zip(offers, urls, strict=True) if url]
        hosts: dict[tuple[object, ...], set[str]] = {}
        for offer, url in found:
            hosts.setdefault(self._get_identity(offer), set()).add(_get_host(url))
        views = [
            self._present_offer(book, slug, edition, offer, url, is_unique=len(hosts[self._get_identity(offer)]) == 1)
            for offer, url in found
        ]
        return tuple(sorted(views, key=lambda view: view.broken))

    def _get_identity(self, offer: Offer) -> tuple[object, ...]:
        """Return what readers see of an offer's shop: two offers with the same need their hosts beside them."""
        return self.shops[offer.shop].name, self._get_countries(offer), offer.signed

    def _get_countries(self, offer: Offer) -> tuple[str, ...]:
        return (offer.country,) if offer.country else self.shops[offer.shop].countries

    def _present_offer(
        self, book: Book, slug: str, edition: Edition, offer: Offer, url: str, *, is_unique: bool
    ) -> OfferView:
        shop, countries = self.shops[offer.shop], self._get_countries(offer)
        locale, translate = self.site.locale, self.site.translate
        territories = Locale.parse(locale).territories
        names = tuple(territories.get(code, code) for code in countries)
        count = len(names)
        if count <= MAX_NAMED_COUNTRIES:
            region = format_list(names, locale=locale)
        else:
            region = translate("%(count)s country", "%(count)s countries", count=count)
        notes = (
            translate("from the author") if shop.kind == "direct" and not shop.is_author else "",
            translate("signed copy") if offer.signed else "",
            "" if is_unique else _get_host(url),
        )
        comma = translate(", ")
        note = comma.join(filter(None, notes))
        prices = {} if shop.kind == "borrow" else select_offer_prices(offer, countries, self.today)
        label = comma.join(filter(None, [self._label_offer(edition, shop), note, region]))
        status = self.link_status.get(url, {})
        worked = status.get("worked")
        return OfferView(
            shop=offer.shop,
            name=translate(shop.name),
            link_text=translate("Buy from the author") if shop.is_author else translate(shop.name),
            countries=countries,
            country_names=names,
            region=region,
            note=note,
            url=url,
            go_url=make_go_url(slug, offer.shop),
            label=label,
            button_label=comma.join(filter(None, [self._label_button(book, edition, shop), note])),
            support_mailto=self._build_support_mailto(slug, label, url),
            price_texts=format_prices(prices, locale),
            prices=_list_amounts(prices),
            valid_until=offer.valid_until,
            last_worked=datetime.fromisoformat(worked).date() if worked else None,
            broken=bool(status.get("dead")),
        )

    def _label_offer(self, edition: Edition, shop: Shop) -> str:
        translate = self.site.translate
        name = translate(edition.name)
        if shop.is_author:
            return translate("%(format)s from the author", format=name)
        return translate("%(format)s at %(shop)s", format=name, shop=translate(shop.name))

    def _label_button(self, book: Book, edition: Edition, shop: Shop) -> str:
        translate, name = self.site.translate, self.site.translate(shop.name)
        published = edition.published or book.published
        if edition.availability == "preorder" or (published and published > self.today):
            from_author, at_shop = translate("Pre-order from the author"), translate("Pre-order at %(shop)s", shop=name)
        else:
            from_author, at_shop = translate("Buy from the author"), translate("Buy at %(shop)s", shop=name)
        return f"{from_author if shop.is_author else at_shop}: {translate(edition.name)}"

    def _build_support_mailto(self, slug: str, label: str, url: str) -> str:
        """Return a mailto: URL with edition, shop and page filled in (RFC 6068); "" if the site has no contact."""
        translate, page = self.site.translate, f"{self.site.url}/books/{slug}/buy/"
        links = f"{translate('Link')}: {url}\r\n{translate('Page')}: {page}"
        body = f"{label}\r\n{links}\r\n\r\n{translate('What happened:')}\r\n"
        subject = quote(f"{translate('Trouble buying')}: {label}", safe="")
        return f"mailto:{self.site.contact}?subject={subject}&body={quote(body, safe='')}" if self.site.contact else ""


def _list_amounts(prices: Mapping[str, Decimal]) -> tuple[tuple[str, str], ...]:
    return tuple((currency, format_amount(amount, currency)) for currency, amount in sorted(prices.items()))


def _get_host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")
