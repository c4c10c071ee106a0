"""What the front matter of a post and of a page may hold."""

from __future__ import annotations

import re
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, field_validator

from ..validation import Fault, Record
from .dates import parse_date


class Status(StrEnum):
    """Whether readers see it: published; hidden (reachable, listed nowhere); draft (not there at all)."""

    PUBLISHED = "published"
    HIDDEN = "hidden"
    DRAFT = "draft"


def _moment(value: Any, info: ValidationInfo) -> datetime:
    if isinstance(value, datetime):
        return value
    if value is None:
        raise Fault(f"`{info.field_name}` is empty", "write a date as 2019-03-01")
    zone: ZoneInfo = (info.context or {}).get("zone") or ZoneInfo("UTC")
    return parse_date(str(value), zone)


Moment = Annotated[datetime, BeforeValidator(_moment)]
"""A date in front matter, read in the site's zone (validation context `zone`)."""


def _slug(value: str) -> str:
    if not re.fullmatch(r"[^\W_]+(?:[-_.][^\W_]+)*", value) or value != value.lower():
        possible = re.sub(r"[\W_]+", "-", value.lower()).strip("-") or "a-new-post"
        raise Fault(f"`{value}` cannot be an address", f"write slug: {possible}")
    return value


Slug = Annotated[str, AfterValidator(_slug)]


def _language(value: str) -> str:
    if not re.fullmatch(r"([a-z]{2,3}(-[A-Za-z0-9]+)*)?", value):
        raise Fault(f"`{value}` is not a language", "write its code: en, de, pt-BR")
    return value


def _address(value: str) -> str:
    if not value.startswith("/") or ".." in value.split("/") or value.startswith("//"):
        raise Fault(f"`{value}` is not an address of this site", "write it from the root: /old/address/")
    return value


SiteAddress = Annotated[str, AfterValidator(_address)]


def _web_address(value: str) -> str:
    if not re.match(r"https?://[^\s/]+", value):
        raise Fault(f"`{value}` is not a web address", "write it whole: https://example.org/page")
    return value


WebAddress = Annotated[str, AfterValidator(_web_address)]


def _listed(value: Any) -> Any:
    """Split "a, b" (or "a; b") as Pelican's headers do; a list stays as it is."""
    if isinstance(value, str):
        return [part.strip() for part in value.split(";" if ";" in value else ",") if part.strip()]
    return [] if value is None else value


class Reblog(Record):
    """The original that a post passes on; `words` counts the whole original."""

    title: str
    author: str
    site: str = ""
    url: WebAddress
    words: int | None = Field(default=None, ge=1)


class ReviewOf(Record):
    """The book that a post reviews."""

    title: str
    author: str = ""
    isbn: str = ""


class Common(Record):
    """What posts and pages share."""

    title: Annotated[str, Field(min_length=1)]
    slug: Slug | None = None
    summary: str = ""
    status: Status = Status.PUBLISHED
    modified: Moment | None = None
    image: str = ""
    image_alt: str = ""
    aliases: tuple[SiteAddress, ...] = ()
    template: str | None = None
    lang: Annotated[str, AfterValidator(_language)] = ""

    @field_validator("status", mode="before")
    @classmethod
    def _lowered(cls, value: Any) -> Any:
        return value.strip().lower() if isinstance(value, str) else value


class Post(Common):
    """A blog post."""

    date: Moment
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
        return _listed(value)


class Page(Common):
    """A page outside the blog."""

    date: Moment | None = None
    toc: bool = False
