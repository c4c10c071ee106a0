"""Feeds and their entries, independent of the format."""

from dataclasses import dataclass
from datetime import datetime

from ..audio import Audio
from ..i18n import ENGLISH, Translator
from ..images.picture import Picture
from ..reading.schemas import Reblog


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a feed. URLs are absolute; title and summary are plain text.

    `html` is that of the page until EntryRenderer sanitizes it. `guid` never changes (see guid.py). `source_path` is
    the author's file; `reblog_of` is the post of another site that this one reblogs. `language` is "" for the feed's;
    `audio` is the enclosure.
    """

    guid: str
    guid_is_permalink: bool
    url: str
    title: str
    published: datetime
    updated: datetime
    summary: str
    html: str
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    image: Picture | None = None
    reblog_of: Reblog | None = None
    source_path: str = ""
    language: str = ""
    audio: Audio | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed without its entries; `path` and `home_path` (the page with the same content) are relative to `site_url`.

    `id_url` is the URL that ids begin with, if the site had another one before; `hub` is the URL of a WebSub hub;
    `translate` is for the note to readers who open the feed in a browser; `subscribe_path` is the page that lists all
    feeds.
    """

    path: str
    title: str
    description: str
    home_path: str
    language: str
    author: str
    site_url: str
    rights: str = ""
    hub: str = ""
    image: str = ""
    translate: Translator = ENGLISH
    id_url: str = ""
    subscribe_path: str = "subscribe/"

    @property
    def url(self) -> str:
        """The absolute URL of the feed."""
        return f"{self.site_url}/{self.path}"

    @property
    def home_url(self) -> str:
        """The absolute URL of the page with the same content."""
        return f"{self.site_url}/{self.home_path}"
