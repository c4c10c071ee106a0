"""A book as templates see it: its record, and what the site adds to it. Plain, immutable data."""

from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Any

from ..audio import Audio
from ..i18n import gettext_noop
from ..images.picture import Picture
from ..markup import count_words
from ..reading.markdown import smarten_punctuation
from .model import PRINTED, Book, format_full_title
from .offer_views import EditionView, OfferView
from .samples import Sample

_SHORT_PAGE, _CHAPTER_WORDS = 150, 12
"""Words of a page that fits on two screens with its facts, and those that have the height of a chapter's line."""

_SHORT_QUOTE = 90
"""The most characters of an endorsement that is shown beside the cover."""


@dataclass(frozen=True, slots=True)
class BookView:
    """A book with everything its pages show; URLs are relative to the site's root, without a leading slash.

    `title` and `subtitle` have typographic marks, for people; those of `record` are for programs.
    `tagline` is the record's hook, or else its description or the start of its text. `posts` are those about the book,
    newest first. `last_updated` is the date of the record's last change. `sample` is what readers may read
    of it. `series_label` is "Book 2 of …"; `series_url` is that of the series if the site has several of its books.
    `audio` is a sample to hear.
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
    last_updated: date | None
    tagline: str
    html: str
    editions: tuple[EditionView, ...]
    posts: tuple[Any, ...]
    sample: Sample | None
    cover: Picture | None
    card: Picture | None
    series_label: str = ""
    series_url: str = ""
    audio: Audio | None = None

    @property
    def feed_html(self) -> str:
        """The description for feeds, followed by a list of the editions and their facts."""
        items = [f"<li>{escape(', '.join((edition.name, *edition.facts)))}</li>" for edition in self.editions]
        return self.html + (f"<ul>{''.join(items)}</ul>" if items else "")

    @property
    def full_title(self) -> str:
        """Title and subtitle in one line."""
        return format_full_title(self.title, self.subtitle)

    @property
    def details(self) -> tuple[tuple[str, str], ...]:
        """Contributors by role, series and subjects, as (name in English, value)."""
        series, subjects = str(self.record.series or ""), ", ".join(self.record.keywords)
        more = ((gettext_noop("Series"), series), (gettext_noop("Subjects"), subjects))
        return self.record.roles + tuple(row for row in more if row[1])

    @property
    def praise(self) -> str:
        """A line of praise: the first short endorsement, or else the first award; "" without both."""
        for each in self.record.endorsements:
            if len(each.quote) <= _SHORT_QUOTE:
                quote = smarten_punctuation(f'"{each.quote}"', self.record.language)
                return f"{quote} – {each.by}"
        return next(map(str, self.record.awards), "")

    @property
    def is_long(self) -> bool:
        """Whether the book's page is longer than two screens or so: it repeats the button then."""
        quotes = sum(len(each.quote.split()) for each in self.record.endorsements)
        return count_words(self.html) + quotes + _CHAPTER_WORDS * len(self.record.chapters) > _SHORT_PAGE

    @property
    def onix(self) -> str:
        """The URL of the ONIX record; "" if the record has no edition, or no date for ONIX's SentDateTime."""
        return f"{self.url}onix.xml" if self.last_updated and self.editions else ""

    @property
    def currencies(self) -> tuple[str, ...]:
        """The currencies of all prices, sorted."""
        prices = [price for edition in self.editions for price in edition.prices]
        prices += [price for edition in self.editions for offer in edition.offers for price in offer.prices]
        return tuple(sorted({currency for currency, _ in prices}))

    @property
    def has_choice(self) -> bool:
        """Whether readers in different countries want to see different prices or shops."""
        return len(self.currencies) > 1 or len(self.countries) > 1

    @property
    def for_sale(self) -> tuple[EditionView, ...]:
        """The editions that can be bought or ordered now."""
        return tuple(e for e in self.editions if e.record.availability in {"available", "preorder"})

    @property
    def best_offer(self) -> OfferView | None:
        """The first working offer of an edition that is for sale."""
        return next((offer for edition in self.for_sale for offer in edition.offers if not offer.broken), None)

    @property
    def action(self) -> str:
        """What the main button offers: "buy", "preorder", "order" at a bookshop, "follow", "borrow", or ""."""
        if self.best_offer or any(edition.record.format in PRINTED for edition in self.for_sale):
            is_preorder = self.forthcoming or all(e.record.availability == "preorder" for e in self.for_sale)
            return "preorder" if is_preorder else "buy" if self.best_offer else "order"
        if self.forthcoming or any(edition.record.availability == "announced" for edition in self.editions):
            return "follow"
        return "borrow" if self.editions and self.editions[0].borrow else ""

    @property
    def shop_offers(self) -> tuple[OfferView, ...]:
        """One offer for each shop: its first that works, or else its first."""
        by_shop: dict[str, OfferView] = {}
        for edition in self.editions:
            for offer in (*edition.offers, *edition.borrow):
                if offer.shop not in by_shop or (by_shop[offer.shop].broken and not offer.broken):
                    by_shop[offer.shop] = offer
        return tuple(by_shop.values())

    @property
    def countries(self) -> tuple[tuple[str, str], ...]:
        """The countries that have shops of their own, as (ISO 3166 code, name), sorted by name."""
        offers = [offer for edition in self.editions for offer in edition.offers]
        countries = {pair for offer in offers for pair in zip(offer.countries, offer.country_names, strict=True)}
        return tuple(sorted(countries, key=lambda country: country[::-1]))
