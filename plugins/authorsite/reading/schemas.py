"""The front matter of posts and pages: models and field types."""

import re
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator

from ..audio import AudioSource
from ..strict_model import Paragraphs, StrictModel, require
from ..urls import Name, SitePath, Slug, WebUrl
from ..validation import InvalidValue
from .dates import parse_date
from .isbn import Isbn


class Status(StrEnum):
    """Visibility: published, hidden (has a page but is not listed), or draft (not built)."""

    PUBLISHED = "published"
    HIDDEN = "hidden"
    DRAFT = "draft"

    @classmethod
    def _missing_(cls, value: object) -> "Status | None":
        return cls.__members__.get(str(value).strip().upper())


def _parse_datetime(value: Any, info: ValidationInfo) -> datetime:
    if isinstance(value, datetime):
        return value
    if value is None:
        raise InvalidValue(f"`{info.field_name}` is empty", "write a date such as 2019-03-01")
    zone: ZoneInfo = (info.context or {}).get("zone") or ZoneInfo("UTC")
    return parse_date(str(value), zone)


ZonedDatetime = Annotated[datetime, BeforeValidator(_parse_datetime)]
"""A date in front matter, in the site's time zone unless it names another (validation context `zone`)."""


_is_language = re.compile(r"([a-z]{2,3}(-[A-Za-z0-9]+)*)?").fullmatch
_Language = Annotated[str, require(_is_language, "a language code", "write a code such as en, de or pt-BR")]


def _split_list(value: Any) -> Any:
    """Split "a, b" (or "a; b") as Pelican does; return a list unchanged."""
    if isinstance(value, str):
        return [part.strip() for part in value.split(";" if ";" in value else ",") if part.strip()]
    return [] if value is None else value


MAX_NAMES = 200
"""The limit of a post's tags and of its authors: each tag is a page with the whole post in its feed."""


class Reblog(StrictModel):
    """The original of a reblog; `words` is its length."""

    title: str
    author: str = ""
    site: str = ""
    url: WebUrl
    words: int | None = Field(default=None, ge=1)


class ReviewOf(StrictModel):
    """The book that a post reviews."""

    title: str
    author: str = ""
    isbn: Isbn | None = None

    @field_validator("isbn", mode="before")
    @classmethod
    def _accept_blank(cls, value: Any) -> Any:
        # As `authorsite new` writes it, to be filled in.
        return value or None


_OTHER_NAMES = {
    "permalink": "slug: the-last-part-of-the-url, or list an old URL in `aliases`",
    "url": "slug: the-last-part-of-the-url, or list an old URL in `aliases`",
    **dict.fromkeys(("excerpt", "description", "subtitle"), "`summary: …`"),
    **dict.fromkeys(("thumbnail", "featured_image", "feature_image", "cover", "og_image"), "`image: …`"),
    **dict.fromkeys(("podcast", "enclosure", "audio_file", "mp3"), "`audio: files/talk.mp3`"),
    **dict.fromkeys(("published", "publishdate", "pubdate", "created"), "`date: …`"),
    **dict.fromkeys(("updated", "lastmod", "last_modified_at"), "`modified: …`"),
    **dict.fromkeys(("layout", "type"), "`template: …` for a template of your own, or remove the line"),
    **dict.fromkeys(("categories", "section"), "`category: …`, one only, and `tags: […]` for the others"),
    **dict.fromkeys(("keywords", "topics"), "`tags: […]`"),
    **dict.fromkeys(("redirect_from", "old_urls"), "`aliases: […]`"),
    **dict.fromkeys(("draft", "visibility", "private"), "`status: draft`, `status: hidden`, or neither"),
    **dict.fromkeys(("language", "locale"), "`lang: …`"),
    **dict.fromkeys(("translationkey", "translation", "translates"), "`translation_of: …`, the slug of the original"),
    "by": "`author: …`",
}
"""The names that WordPress, Hugo, Jekyll and others have for keys, and what to write instead."""


class BaseMetadata(StrictModel):
    """The fields that posts and pages share."""

    other_names: ClassVar[Mapping[str, str]] = _OTHER_NAMES

    title: Annotated[str, Field(min_length=1)]
    slug: Slug | None = None
    summary: Paragraphs = ""
    status: Status = Status.PUBLISHED
    modified: ZonedDatetime | None = None
    image: str = ""
    image_alt: str = ""
    audio: AudioSource | None = None
    aliases: tuple[SitePath, ...] = ()
    template: str | None = None
    lang: _Language = ""
    translation_of: str = ""


class PostMetadata(BaseMetadata):
    """The front matter of a post."""

    date: ZonedDatetime
    category: Name = ""
    tags: Annotated[tuple[Name, ...], Field(max_length=MAX_NAMES)] = ()
    author: Annotated[tuple[str, ...], Field(max_length=MAX_NAMES)] = ()
    authors: Annotated[tuple[str, ...], Field(max_length=MAX_NAMES)] = ()
    guid: str = ""
    series: str = ""
    book: str = ""
    chapter: int | None = Field(default=None, ge=0)
    review_of: ReviewOf | None = None
    reblog: Reblog | None = None
    toc: bool = False

    @field_validator("author", mode="before")
    @classmethod
    def _wrap(cls, value: Any) -> Any:
        # Not split: "Ann Lee, Jr." is one name.
        return ([value] if value.strip() else []) if isinstance(value, str) else [] if value is None else value

    @field_validator("tags", "authors", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return _split_list(value)


class PageMetadata(BaseMetadata):
    """The front matter of a page."""

    date: ZonedDatetime | None = None
    toc: bool = False
