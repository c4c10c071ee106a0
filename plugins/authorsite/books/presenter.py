"""Turns a book's editions and offers into what templates show, in the site's language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list

from ..settings import SiteSettings
from .go_links import make_go_url
from .model import AVAILABILITY_NAMES, Book, Edition, Offer
from .prices import format_amount, format_prices, select_offer_prices
from .shops import Shop, make_shop_url
from .views import EditionView, OfferView

_FILE_TYPES = {"": "", "epub": "EPUB", "pdf": "PDF", "kindle": "Kindle"}
_MAX_NAMED_COUNTRIES = 3


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
        price = format_prices(edition.price, self.site.locale)
        return EditionView(
            record=edition,
            key=key,
            name=self.site.translate(edition.name),
            published=published,
            price=price,
            prices=_list_amounts(edition.price),
            offers=offers,
            borrow=borrow,
            facts=self._list_facts(edition, published, price),
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
        if shop is None or shop.kind != "buy":
            return False
        formats = (offer.edition,) if offer.edition else shop.formats
        candidates = [e for e in book.editions if e.format in formats]
        in_print = [e for e in candidates if e.availability != "out of print"] or candidates
        return bool(in_print) and edition is in_print[0]

    def _present_offers(
        self, book: Book, slug: str, edition: Edition, offers: Sequence[Offer]
    ) -> tuple[OfferView, ...]:
        views = [view for offer in offers if (view := self._present_offer(book, slug, edition, offer))]
        return tuple(sorted(views, key=lambda view: view.broken))

    def _present_offer(self, book: Book, slug: str, edition: Edition, offer: Offer) -> OfferView | None:
        shop = self.shops[offer.shop]
        url = make_shop_url(shop, book, edition, offer)
        if not url:
            return None
        locale, translate = self.site.locale, self.site.translate
        countries = (offer.country,) if offer.country else shop.countries
        territories = Locale.parse(locale).territories
        names = tuple(territories.get(code, code) for code in countries)
        count = len(names)
        if count <= _MAX_NAMED_COUNTRIES:
            region = format_list(names, locale=locale)
        else:
            region = translate("%(count)s country", "%(count)s countries", count=count)
        prices = select_offer_prices(offer, countries, self.today) if shop.kind == "buy" else {}
        price = format_prices(prices, locale)
        shop_name = translate(shop.name)
        format_at_shop = translate("%(format)s at %(shop)s", format=translate(edition.name), shop=shop_name)
        label = ", ".join(filter(None, [format_at_shop, region]))
        status = self.link_status.get(url, {})
        worked = status.get("worked")
        return OfferView(
            shop=offer.shop,
            name=shop_name,
            countries=countries,
            country_names=names,
            region=region,
            url=url,
            go_url=make_go_url(slug, offer.shop),
            label=label,
            short_label=", ".join(filter(None, [format_at_shop, price])),
            support_mailto=self._build_support_mailto(slug, label, url),
            price=price,
            prices=_list_amounts(prices),
            valid_until=offer.valid_until,
            last_worked=datetime.fromisoformat(worked).date() if worked else None,
            broken=bool(status.get("dead")),
        )

    def _build_support_mailto(self, slug: str, label: str, url: str) -> str:
        """Return a mailto: URL with edition, shop and page filled in (RFC 6068); "" if the site has no contact."""
        translate, page = self.site.translate, f"{self.site.url}/books/{slug}/buy/"
        links = f"{translate('Link')}: {url}\r\n{translate('Page')}: {page}"
        body = f"{label}\r\n{links}\r\n\r\n{translate('What happened:')}\r\n"
        subject = quote(f"{translate('Trouble buying')}: {label}", safe="")
        return f"mailto:{self.site.contact}?subject={subject}&body={quote(body, safe='')}" if self.site.contact else ""


def _list_amounts(prices: Mapping[str, Decimal]) -> tuple[tuple[str, str], ...]:
    return tuple((currency, format_amount(amount, currency)) for currency, amount in sorted(prices.items()))
