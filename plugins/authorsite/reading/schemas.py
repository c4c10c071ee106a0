"""The front matter of posts and pages: models and field types."""

import re
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, field_validator

from ..validation import InvalidValue, StrictModel, require
from .dates import parse_date


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


def _validate_slug(value: str) -> str:
    if not re.fullmatch(r"[^\W_]+(?:[-_.][^\W_]+)*", value) or value != value.lower():
        suggestion = re.sub(r"[\W_]+", "-", value.lower()).strip("-") or "a-new-post"
        raise InvalidValue(f"`{value}` is not a valid slug", f"write slug: {suggestion}")
    return value


Slug = Annotated[str, AfterValidator(_validate_slug)]


def _is_site_path(path: str) -> bool:
    return path.startswith("/") and not path.startswith("//") and ".." not in path.split("/")


SitePath = Annotated[str, require(_is_site_path, "a path on this site", "start it with a slash: /old/post/")]

_is_web_url = re.compile(r"https?://[^\s/]+").match
WebUrl = Annotated[str, require(_is_web_url, "a URL", "write the full URL: https://example.org/page")]

_is_language = re.compile(r"([a-z]{2,3}(-[A-Za-z0-9]+)*)?").fullmatch
_Language = Annotated[str, require(_is_language, "a language code", "write a code such as en, de or pt-BR")]


def _split_list(value: Any) -> Any:
    """Split "a, b" (or "a; b") as Pelican does; return a list unchanged."""
    if isinstance(value, str):
        return [part.strip() for part in value.split(";" if ";" in value else ",") if part.strip()]
    return [] if value is None else value


class Reblog(StrictModel):
    """The original of a reblog; `words` is its length."""

    title: str
    author: str
    site: str = ""
    url: WebUrl
    words: int | None = Field(default=None, ge=1)


class ReviewOf(StrictModel):
    """The book that a post reviews."""

    title: str
    author: str = ""
    isbn: str = ""


class BaseMetadata(StrictModel):
    """The fields that posts and pages share."""

    title: Annotated[str, Field(min_length=1)]
    slug: Slug | None = None
    summary: str = ""
    status: Status = Status.PUBLISHED
    modified: ZonedDatetime | None = None
    image: str = ""
    image_alt: str = ""
    aliases: tuple[SitePath, ...] = ()
    template: str | None = None
    lang: _Language = ""


class PostMetadata(BaseMetadata):
    """The front matter of a post."""

    date: ZonedDatetime
    category: str = ""
    tags: tuple[str, ...] = ()
    author: str = ""
    authors: tuple[str, ...] = ()
    guid: str = ""
    series: str = ""
    book: str = ""
    chapter: int | None = Field(default=None, ge=0)
    review_of: ReviewOf | None = None
    reblog: Reblog | None = None
    toc: bool = False

    @field_validator("tags", "authors", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return _split_list(value)


class PageMetadata(BaseMetadata):
    """The front matter of a page."""

    date: ZonedDatetime | None = None
    toc: bool = False
