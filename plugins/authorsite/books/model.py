"""The record of a book as its author writes it: the work, its editions, and where each is sold."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, field_validator, model_validator
from stdnum import isbn
from stdnum.exceptions import ValidationError

from ..audio import AudioSource
from ..i18n import gettext_noop
from ..reading.isbn import Isbn
from ..strict_model import Paragraphs, StrictModel
from ..urls import SitePath, Slug, WebUrl
from ..validation import InvalidValue
from .field_types import CountryCode, Date, Duration, Press, Prices, ReaderLinks, Subject, SubjectCode, TrimSize

Format = Literal["paperback", "hardcover", "ebook", "audiobook"]
PRINTED: tuple[Format, ...] = ("paperback", "hardcover")
FORMAT_NAMES: Mapping[Format, str] = {
    "paperback": gettext_noop("Paperback"),
    "hardcover": gettext_noop("Hardcover"),
    "ebook": gettext_noop("E-book"),
    "audiobook": gettext_noop("Audiobook"),
}
Availability = Literal["announced", "preorder", "available", "out of print"]
AVAILABILITY_NAMES: Mapping[Availability, str] = {
    "announced": gettext_noop("announced"),
    "preorder": gettext_noop("preorder"),
    "available": gettext_noop("available"),
    "out of print": gettext_noop("out of print"),
}
ROLE_NAMES: Mapping[str, str] = {
    "author": gettext_noop("Author"),
    "editor": gettext_noop("Editor"),
    "translator": gettext_noop("Translator"),
    "illustrator": gettext_noop("Illustrator"),
    "photographer": gettext_noop("Photographer"),
    "foreword": gettext_noop("Foreword"),
    "narrator": gettext_noop("Narrator"),
}
"""English names of the roles that ONIX knows; authors may use others."""

Names = Annotated[tuple[str, ...], BeforeValidator(lambda value: value if isinstance(value, list) else [value])]
"""One name, or a list of several."""


class Contributor(StrictModel):
    """A person and their role in the book; `family` is the family name if it is not the last word of the name."""

    name: Annotated[str, Field(min_length=1)]
    role: str = "author"
    url: WebUrl | None = None
    family: str = ""


class Series(StrictModel):
    """The series that a book belongs to, and its number there."""

    name: str
    number: int | None = None

    def __str__(self) -> str:
        return self.name if self.number is None else f"{self.name} ({self.number})"


class Cover(StrictModel):
    """The cover image, as a path below content/, and its alternative text."""

    src: str
    alt: Annotated[str, Field(min_length=1)]


class Chapter(StrictModel):
    """A chapter to show on the book's page."""

    number: int
    title: str
    blurb: Paragraphs = ""


class Endorsement(StrictModel):
    """A quotation about the book, by whom, and where it appeared."""

    quote: Paragraphs
    by: str
    source: WebUrl | None = None
    date: Date | None = None


class Award(StrictModel):
    """A prize, or a place on its shortlist."""

    name: str
    year: int | None = None

    def __str__(self) -> str:
        return f"{self.name}, {self.year}" if self.year else self.name


class Edition(StrictModel):
    """One format in which the book is published; `duration` is how long an audiobook plays, as 7h35m."""

    format: Format
    isbn: Isbn | None = None
    imprint: str = ""
    published: Date | None = None
    pages: int | None = Field(default=None, ge=1)
    duration: Duration = ""
    trim: TrimSize | None = None
    file_type: Literal["", "epub", "pdf", "kindle"] = ""
    price: Prices = Field(default_factory=dict)
    availability: Availability = "available"
    asin: str = ""

    @field_validator("availability", mode="before")
    @classmethod
    def _normalize_availability(cls, value: Any) -> Any:
        return value.strip().lower().replace("-", " ").replace("_", " ") if isinstance(value, str) else value

    @property
    def name(self) -> str:
        """The format in English words."""
        return FORMAT_NAMES[self.format]

    @property
    def minutes(self) -> int:
        """How many minutes an audiobook plays."""
        return sum(int(n) * (60 if unit == "h" else 1) for n, unit in re.findall(r"(\d+)([hm])", self.duration))

    @property
    def isbn_text(self) -> str:
        """The ISBN with hyphens."""
        return str(isbn.format(self.isbn)) if self.isbn else ""

    @property
    def isbn10(self) -> str:
        """The ISBN-10; "" if there is none, as for ISBNs that start with 979."""
        try:
            return str(isbn.compact(isbn.to_isbn10(self.isbn))) if self.isbn else ""
        except ValidationError:
            return ""


class Offer(StrictModel):
    """Where an edition is sold: a shop by its key, and what is special about this offer."""

    shop: str
    edition: Format | None = None
    country: CountryCode = ""
    url: WebUrl | None = None
    price: Prices = Field(default_factory=dict)
    affiliate: str = ""
    valid_until: Date | None = None
    signed: bool = False


class Book(StrictModel):
    """The work, with what all editions share."""

    title: Annotated[str, Field(min_length=1)]
    slug: Slug | None = None
    subtitle: str = ""
    contributors: tuple[Contributor, ...] = ()
    series: Series | None = None
    language: str = "en"
    subjects: tuple[Subject, ...] = ()
    published: Date | None = None
    hook: Paragraphs = ""
    description: Paragraphs = ""
    cover: Cover | None = None
    chapters: tuple[Chapter, ...] = ()
    endorsements: tuple[Endorsement, ...] = ()
    awards: tuple[Award, ...] = ()
    sample: Names = ()
    audio: AudioSource | None = None
    press: Press = Field(default_factory=Press)
    links: ReaderLinks = Field(default_factory=ReaderLinks)
    editions: tuple[Edition, ...] = ()
    offers: tuple[Offer, ...] = ()
    aliases: tuple[SitePath, ...] = ()
    updated: Date | None = None

    @model_validator(mode="after")
    def _check_unique_chapters(self) -> Self:
        numbers = [chapter.number for chapter in self.chapters]
        for index, number in enumerate(numbers):
            if number in numbers[:index]:
                loc = ("chapters", index, "number")
                raise InvalidValue(f"duplicate chapter number {number}", "number each chapter once", loc)
        return self

    @model_validator(mode="after")
    def _check_offers(self) -> Self:
        formats = [edition.format for edition in self.editions]
        for index, offer in enumerate(self.offers):
            if offer.edition and offer.edition not in formats:
                hint = f"use one of: {', '.join(formats)}" if formats else "add it to `editions`"
                raise InvalidValue(f"there is no {offer.edition} edition", hint, ("offers", index, "edition"))
        return self

    @property
    def full_title(self) -> str:
        """Title and subtitle in one line, as in the record."""
        return format_full_title(self.title, self.subtitle)

    @property
    def keywords(self) -> tuple[str, ...]:
        """The subjects that are words."""
        return tuple(subject for subject in self.subjects if isinstance(subject, str))

    @property
    def subject_codes(self) -> tuple[SubjectCode, ...]:
        """The subjects that are codes of the book trade; the first of each scheme is the main one."""
        return tuple(subject for subject in self.subjects if isinstance(subject, SubjectCode))

    @property
    def roles(self) -> tuple[tuple[str, str], ...]:
        """The contributors' names by role, as (role in English, names)."""
        by_role: dict[str, list[str]] = {}
        for contributor in self.contributors:
            by_role.setdefault(contributor.role, []).append(contributor.name)
        return tuple(
            (ROLE_NAMES.get(role.lower(), role.capitalize()), ", ".join(names)) for role, names in by_role.items()
        )

    @property
    def authors(self) -> tuple[str, ...]:
        """The authors' names."""
        return tuple(c.name for c in self.contributors if c.role == "author")

    def get_last_updated(self, today: date) -> date | None:
        """Return the date of the record's last change: `updated`, or else its newest date up to `today`.

        Dates are those of publication and of endorsements. Returns None if there are none.
        """
        dates = [self.published, *(e.published for e in self.editions), *(e.date for e in self.endorsements)]
        candidates = [self.updated] if self.updated else dates
        return max((day for day in candidates if day and day <= today), default=None)


def format_full_title(title: str, subtitle: str) -> str:
    """Return title and subtitle in one line, with a colon unless the title ends with a punctuation mark."""
    separator = " " if title.endswith(("?", "!", "…")) else ": "
    return f"{title}{separator}{subtitle}" if subtitle else title
