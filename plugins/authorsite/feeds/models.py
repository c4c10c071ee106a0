"""A feed and its entries, told once and written in any format."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ..images.picture import Picture
from ..reading.schemas import Reblog


@dataclass(frozen=True, slots=True)
class Entry:
    """One item: addresses are absolute, `html` is fit for a reader, title and summary are plain text.

    `guid` never changes; `permanent` says whether it is an address of the site. `source` is the author's file.
    `original` is what a passed-on post passes on. Until it is `readable`, `html` is the page's own.
    """

    guid: str
    permanent: bool
    url: str
    title: str
    published: datetime
    updated: datetime
    summary: str
    html: str
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    image: Picture | None = None
    original: Reblog | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed without its entries; `path` and `home` (the page that it goes with) are addresses below `site`."""

    path: str
    title: str
    description: str
    home: str
    language: str
    author: str
    site: str
    rights: str = ""
    hub: str = ""
    image: str = ""

    @property
    def url(self) -> str:
        """The feed's own absolute address."""
        return f"{self.site}/{self.path}"

    @property
    def home_url(self) -> str:
        """The absolute address of the page that it goes with."""
        return f"{self.site}/{self.home}"


@dataclass(frozen=True, slots=True)
class FeedLink:
    """What a page's head and the list of feeds say of a feed; `section` is "" for what fits every page."""

    title: str
    url: str
    type: str
    section: str = ""
