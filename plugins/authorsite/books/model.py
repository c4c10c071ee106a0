"""A book as its author writes it down: the work, its editions, and where each is sold."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator
from stdnum import isbn
from stdnum.exceptions import ValidationError

from ..reading.schemas import SiteAddress, Slug, WebAddress
from ..validation import Fault, Record
from .field_types import Day, Duration, Isbn, Prices, TrimSize

Format = Literal["paperback", "hardcover", "ebook", "audiobook"]
PRINTED: tuple[Format, ...] = ("paperback", "hardcover")
Availability = Literal["announced", "preorder", "available", "out of print"]


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

    def __str__(self) -> str:
        return f"{self.name} ({self.number})" if self.number else self.name


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
    duration: Duration = ""
    trim: TrimSize | None = None
    price: Prices = Field(default_factory=dict)
    availability: Availability = "available"
    asin: str = ""

    @field_validator("availability", mode="before")
    @classmethod
    def _spaced(cls, value: Any) -> Any:
        return value.strip().lower().replace("-", " ").replace("_", " ") if isinstance(value, str) else value

    @property
    def name(self) -> str:
        """The format in English words."""
        return "E-book" if self.format == "ebook" else self.format.capitalize()

    @property
    def minutes(self) -> int:
        """How long an audiobook plays."""
        return sum(int(n) * (60 if unit == "h" else 1) for n, unit in re.findall(r"(\d+)([hm])", self.duration))

    @property
    def isbn_text(self) -> str:
        """The ISBN with its hyphens."""
        return str(isbn.format(self.isbn)) if self.isbn else ""

    @property
    def isbn10(self) -> str:
        """The ISBN of ten digits; "" where there is none, as for 979."""
        try:
            return str(isbn.compact(isbn.to_isbn10(self.isbn))) if self.isbn else ""
        except ValidationError:
            return ""


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
            own = (e.published for e in self.editions if e.format == offer.edition and e.published)
            out = next(own, self.published)
            if offer.valid_until and out and offer.valid_until < out:
                what = f"an offer that ends on {offer.valid_until}, before publication on {out}"
                raise Fault(what, "check both dates", ("offers", place, "valid_until"))
        return self

    @property
    def full_title(self) -> str:
        """Title and subtitle in one line; a title that ends with its own mark needs no colon."""
        joint = " " if self.title.endswith(("?", "!", "…")) else ": "
        return f"{self.title}{joint}{self.subtitle}" if self.subtitle else self.title

    @property
    def roles(self) -> tuple[tuple[str, str], ...]:
        """Who did what: each role with its names."""
        by_role: dict[str, list[str]] = {}
        for contributor in self.contributors:
            by_role.setdefault(contributor.role, []).append(contributor.name)
        return tuple((role.capitalize(), ", ".join(names)) for role, names in by_role.items())

    @property
    def authors(self) -> tuple[str, ...]:
        """The names on the cover."""
        return tuple(c.name for c in self.contributors if c.role == "author")

    def told_on(self, today: date) -> date | None:
        """Return since when the record says what it says: `updated`, else the newest of its own dates that has come.

        Those are of publication and endorsements; None when there is none.
        """
        dated = [self.published, *(e.published for e in self.editions), *(e.date for e in self.endorsements)]
        known = [self.updated] if self.updated else dated
        return max((day for day in known if day and day <= today), default=None)
