"""A book as its author writes it down: the work, its editions, and where each is sold."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from babel.numbers import is_currency
from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, field_validator, model_validator
from stdnum import ean, isbn
from stdnum.exceptions import InvalidChecksum, ValidationError

from ..reading.dates import parse_date
from ..reading.schemas import SiteAddress, Slug, WebAddress
from ..validation import Fault, Record


class Format(StrEnum):
    """How an edition reaches its reader."""

    PAPERBACK = "paperback"
    HARDCOVER = "hardcover"
    EBOOK = "ebook"
    AUDIOBOOK = "audiobook"


class Availability(StrEnum):
    """Whether an edition can be had."""

    ANNOUNCED = "announced"
    PREORDER = "preorder"
    AVAILABLE = "available"
    OUT_OF_PRINT = "out of print"


def _day(value: Any, info: ValidationInfo) -> date:
    if isinstance(value, date):
        return value
    if value is None:
        raise Fault(f"`{info.field_name}` is empty", "write a date as 2019-03-01, or remove the line")
    return parse_date(str(value), ZoneInfo("UTC")).date()


Day = Annotated[date, BeforeValidator(_day)]


def _isbn(value: str) -> str:
    number = isbn.compact(value)
    try:
        isbn.validate(number)
    except InvalidChecksum:
        if len(number) == 13:  # noqa: PLR2004 - an ISBN-13
            right = ean.calc_check_digit(number[:-1])
            raise Fault(f"ISBN {value} has a wrong check digit", f"it should end in {right}") from None
        raise Fault(f"ISBN {value} has a wrong check digit", "look at its last digit") from None
    except ValidationError:
        raise Fault(f"`{value}` is not an ISBN", "write its 13 digits, with or without hyphens") from None
    return str(isbn.to_isbn13(number)).replace("-", "").replace(" ", "")


Isbn = Annotated[str, AfterValidator(_isbn)]
"""An ISBN as 13 digits; an ISBN-10 is converted."""


def _prices(value: Any) -> dict[str, Decimal]:
    if not isinstance(value, dict):
        raise Fault(f"the price {value} has no currency", "write it as {USD: 19.95}")
    prices = {}
    for currency, amount in value.items():
        if not is_currency(currency):
            raise Fault(
                f"`{currency}` is not a currency", "use the three letters of ISO 4217: USD, EUR, GBP", (currency,)
            )
        try:
            prices[currency] = Decimal(str(amount))
        except InvalidOperation:
            raise Fault(f"`{amount}` is not a price", "write digits and a point: 19.95", (currency,)) from None
        if not prices[currency].is_finite() or prices[currency] < 0:
            raise Fault(f"`{amount}` is not a price", "write digits and a point: 19.95", (currency,))
    return prices


Prices = Annotated[dict[str, Decimal], BeforeValidator(_prices)]
"""Amounts by currency, in ISO 4217 letters."""


class Trim(Record):
    """The size of a printed page."""

    width: Decimal
    height: Decimal
    unit: str

    def __str__(self) -> str:
        return f"{self.width} × {self.height} {'inches' if self.unit == 'in' else 'mm'}"


def _trim(value: Any) -> Any:
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*[x×]\s*(\d+(?:\.\d+)?)\s*(in|mm)", str(value).strip())
    if not found:
        raise Fault(f"`{value}` is not a trim size", "write width, height and unit: 6x9in or 152x229mm")
    return {"width": found[1], "height": found[2], "unit": found[3]}


_DURATION = re.compile(r"(?:(\d+)h)?\s*(?:(\d+)m)?")


def _duration(value: str) -> str:
    if value and not _DURATION.fullmatch(value):
        raise Fault(f"`{value}` is not a duration", "write hours and minutes: 7h35m")
    return value


class Contributor(Record):
    """A person, and what that person did for the book; `family` is the family name where it is not the last word."""

    name: Annotated[str, Field(min_length=1)]
    role: str = "author"
    url: WebAddress | None = None
    family: str = ""


class Series(Record):
    """The series a book belongs to, and its place there."""

    name: str
    number: int | None = None


class Cover(Record):
    """The cover's picture below content/, and its words."""

    src: str
    alt: Annotated[str, Field(min_length=1)]


class Chapter(Record):
    """A chapter worth naming to buyers."""

    number: int
    title: str
    blurb: str = ""


class Endorsement(Record):
    """What somebody said of the book, and where."""

    quote: str
    by: str
    source: WebAddress | None = None
    date: Day | None = None


class Award(Record):
    """A prize or a listing."""

    name: str
    year: int | None = None


class Edition(Record):
    """One form in which the book is published; `duration` is an audiobook's, as 7h35m."""

    format: Format
    isbn: Isbn | None = None
    imprint: str = ""
    published: Day | None = None
    pages: int | None = Field(default=None, ge=1)
    duration: Annotated[str, AfterValidator(_duration)] = ""
    trim: Annotated[Trim, BeforeValidator(_trim)] | None = None
    price: Prices = Field(default_factory=dict)
    availability: Availability = Availability.AVAILABLE
    asin: str = ""

    @field_validator("availability", mode="before")
    @classmethod
    def _spaced(cls, value: Any) -> Any:
        return value.strip().lower().replace("-", " ").replace("_", " ") if isinstance(value, str) else value

    @property
    def minutes(self) -> int:
        """How long an audiobook plays."""
        found = _DURATION.fullmatch(self.duration)
        return 60 * int(found[1] or 0) + int(found[2] or 0) if found else 0


class Offer(Record):
    """Where an edition is sold: a shop of the catalogue, and what the catalogue cannot know."""

    shop: str
    edition: Format | None = None
    country: str = ""
    url: WebAddress | None = None
    price: Prices = Field(default_factory=dict)
    affiliate: str = ""
    valid_until: Day | None = None


class Book(Record):
    """The work: what all its editions share."""

    title: Annotated[str, Field(min_length=1)]
    slug: Slug | None = None
    subtitle: str = ""
    contributors: tuple[Contributor, ...] = ()
    series: Series | None = None
    language: str = "en"
    subjects: tuple[str, ...] = ()
    published: Day | None = None
    hook: str = ""
    description: str = ""
    cover: Cover | None = None
    chapters: tuple[Chapter, ...] = ()
    endorsements: tuple[Endorsement, ...] = ()
    awards: tuple[Award, ...] = ()
    sample: str = ""
    editions: tuple[Edition, ...] = ()
    offers: tuple[Offer, ...] = ()
    aliases: tuple[SiteAddress, ...] = ()
    related: tuple[str, ...] = ()
    updated: Day | None = None

    @model_validator(mode="after")
    def _editions_apart(self) -> Book:
        seen: dict[str, int] = {}
        for number, edition in enumerate(self.editions):
            if edition.isbn and edition.isbn in seen:
                first = self.editions[seen[edition.isbn]].format
                raise Fault(f"the {first} has this ISBN too", "each edition has its own", ("editions", number, "isbn"))
            if edition.isbn:
                seen[edition.isbn] = number
        return self

    @model_validator(mode="after")
    def _chapters_apart(self) -> Book:
        numbers = [chapter.number for chapter in self.chapters]
        for place, number in enumerate(numbers):
            if number in numbers[:place]:
                raise Fault(f"chapter {number} stands twice", "number each chapter once", ("chapters", place, "number"))
        return self

    @model_validator(mode="after")
    def _offers_fit(self) -> Book:
        for place, offer in enumerate(self.offers):
            if offer.edition and offer.edition not in {edition.format for edition in self.editions}:
                known = ", ".join(edition.format for edition in self.editions) or "none yet"
                hint = f"this book's editions: {known}"
                raise Fault(f"there is no {offer.edition} edition", hint, ("offers", place, "edition"))
            out = self.published_of(offer.edition)
            if offer.valid_until and out and offer.valid_until < out:
                what = f"an offer that ends on {offer.valid_until}, before publication on {out}"
                raise Fault(what, "check both dates", ("offers", place, "valid_until"))
        return self

    @property
    def authors(self) -> tuple[str, ...]:
        """The names on the cover."""
        return tuple(c.name for c in self.contributors if c.role == "author")

    def told_on(self, today: date) -> date | None:
        """Return since when the record says what it says: `updated`, else the newest date of publication that has come.

        None when there is neither.
        """
        known = [self.updated] if self.updated else [self.published, *(edition.published for edition in self.editions)]
        return max((day for day in known if day and day <= today), default=None)

    def published_of(self, form: Format | None) -> date | None:
        """Return when the edition of that format came or comes out; the work's own date where it says nothing."""
        own = next((e.published for e in self.editions if e.format is form and e.published), None)
        return own or self.published
