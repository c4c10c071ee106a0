"""AUTHORSITE = {...} in pelicanconf.py, validated."""

from __future__ import annotations

import atexit
import os
import re
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from pelican_incremental.code import TRANSIENT, pure
from pydantic import AfterValidator, Field, field_validator

from .problems import ALLOWABLE, KEY, BuildFailed, ProblemLog
from .validation import Fault, Record, did_you_mean, validate

NAME = "AUTHORSITE"
_KINDS = f"only what leaves nothing out can: {', '.join(sorted(ALLOWABLE))}"
DATE = "SITE_DATE"
"""The name, in Pelican's settings and in the environment, of the one date that stands for "today"."""

CLEANUP = "AUTHORSITE_CLEANUP"
"""The name, in Pelican's settings and context, of the ExitStack that is closed when the build ends, however it does."""

AFTERWARDS = "AUTHORSITE_AFTERWARDS"
"""The name, in Pelican's settings and context, of a caller's list for what may be done when the pages are seen.

What is in it is called with a function that returns whether to stop at once, and returns whether it succeeded.
"""

Afterwards = list[Callable[[Callable[[], bool]], bool]]


class Link(Record):
    """A menu entry or a profile elsewhere: its words and its address."""

    label: str
    url: str


def _with_reason(value: dict[str, str]) -> dict[str, str]:
    for name, reason in value.items():
        if not reason.strip():
            raise Fault(f"`allow` names {name} without a reason", f'write {{"{name}": "why it may pass"}}')
    return value


Allowed = Annotated[dict[str, str], AfterValidator(_with_reason)]
"""What may pass, and why."""


class FeedSettings(Record):
    """How feeds are made.

    `content` is the whole text or its summary; `items` is how many entries (0: all); `tags` names the tags that have a
    feed (left out: every one); `hub` is a WebSub hub's address; `book_line` is HTML under each entry (left out: a line
    about the main book; "": none). `allow` lets single findings of the feed check pass: an item's address, or "mass
    change", and why.
    """

    content: Literal["full", "summary"] = "full"
    items: int = Field(default=20, ge=0)
    tags: tuple[str, ...] | None = None
    hub: str = ""
    book_line: str | None = None
    copyright: str = ""
    allow: Allowed = Field(default_factory=dict)


class ObservanceSettings(Record):
    """A day or month that comes round every year; `rule` is `4 January`, `January` or `last Thursday of January`."""

    name: str
    rule: str
    url: str = ""
    text: str = ""


class FolderTarget(Record):
    """Publishing to a folder of this machine, such as a web server's; `verify` as in GitTarget."""

    kind: Literal["folder"]
    path: str = Field(min_length=1)
    verify: int = Field(default=0, ge=0)


class GitTarget(Record):
    """Publishing to a git branch, as GitHub Pages serves it.

    `remote` is a remote's name or address; `cname` the domain (left out: the site's own host, unless it is GitHub's).
    `verify` is for how many seconds the live site is asked whether it is the new one (0: not at all).
    """

    kind: Literal["git"]
    remote: str = "origin"
    branch: str = "gh-pages"
    cname: str | None = None
    verify: int = Field(default=180, ge=0)


class RsyncTarget(Record):
    """Publishing with rsync over SSH; the key comes from the agent, or from ssh's own configuration.

    `host` is a host, user@host, or a name of ~/.ssh/config; `verify` as in GitTarget.
    """

    kind: Literal["rsync"]
    host: str = Field(pattern=r"^[^-:\s][^:\s]*$")
    path: str = Field(min_length=1)
    port: int | None = Field(default=None, ge=1, le=65535)
    verify: int = Field(default=30, ge=0)


Target = FolderTarget | GitTarget | RsyncTarget


class SiteSettings(Record):
    """What the author sets about the site; every key has a default but the address.

    `url` is the site's public address, scheme included, without a closing slash. `social_cards` and `search` switch off
    what large sites may find too dear. `words` are the pages' own words in another language, by the English ones.
    """

    url: str
    description: str = ""
    language: str = "en"
    words: dict[str, str] = Field(default_factory=dict)
    author_bio: str = ""
    contact: str = ""
    menu: tuple[Link, ...] = ()
    social: tuple[Link, ...] = ()
    main_book: str = ""
    icon: str = ""
    accent: str = ""
    social_cards: bool = True
    search: bool = True
    reblog_words: int = Field(default=150, ge=1)
    feeds: FeedSettings = FeedSettings()
    observances: tuple[ObservanceSettings, ...] = ()
    publish: Annotated[Target, Field(discriminator="kind")] | None = None
    strict: bool = False
    drafts: bool = False
    allow: Allowed = Field(default_factory=dict)

    @field_validator("url")
    @classmethod
    def _absolute(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise Fault(f"`{value}` is not a web address", "write it as https://example.org")
        return value.rstrip("/")

    @field_validator("language")
    @classmethod
    def _known_language(cls, value: str) -> str:
        try:
            Locale.parse(value.replace("-", "_"))
        except (ValueError, UnknownLocaleError):
            raise Fault(f"`{value}` is not a language", "write it as en, en-GB or de-DE") from None
        return value.replace("_", "-")

    @field_validator("accent")
    @classmethod
    def _color(cls, value: str) -> str:
        # It goes into the stylesheet as it stands.
        if value and not re.fullmatch(r"#[0-9A-Fa-f]{6}", value):
            raise Fault(f"`{value}` is not a color", "write it as #17655f")
        return value

    @field_validator("allow")
    @classmethod
    def _allowable(cls, value: dict[str, str]) -> dict[str, str]:
        for kind in sorted(value.keys() - ALLOWABLE):
            raise Fault(f"`{kind}` cannot be allowed", did_you_mean(kind, ALLOWABLE, _KINDS))
        return value

    @property
    def locale(self) -> str:
        """The language as Babel writes it."""
        return self.language.replace("-", "_")

    @pure
    def word(self, english: str) -> str:
        """Return a word of the pages in the site's language, where the author gave one."""
        return self.words.get(english, english)

    @property
    def root(self) -> str:
        """The path below which the site lives on its host: "" or "/folder"."""
        return urlsplit(self.url).path


def load(pelican: Any) -> None:
    """Validate AUTHORSITE and set what follows from it in Pelican's settings (signal: initialized).

    Leaves a SiteSettings under AUTHORSITE, the site's date under SITE_DATE (from the environment or the settings, an
    ISO date or date and time; else now), the build's ProblemLog and its ExitStack. Raises BuildFailed when settings are
    not valid.
    """
    settings: dict[str, Any] = pelican.settings
    given = settings.get(NAME)
    log = settings.setdefault(KEY, ProblemLog(root=Path(settings["PATH"]).resolve().parent))
    site = (
        given
        if isinstance(given, SiteSettings)
        else validate(SiteSettings, given or {}, log, "pelicanconf.py", kind="settings")
    )
    date = _site_date(settings, log)
    if site is None or date is None:
        log.stop_if_failed()
        raise BuildFailed
    log.allowed, log.strict = site.allow, site.strict
    settings[NAME] = site
    settings[DATE] = date
    if CLEANUP not in settings:
        settings[CLEANUP] = ExitStack()
        atexit.register(settings[CLEANUP].close)
    settings[TRANSIENT] = [*settings.get(TRANSIENT, ()), KEY, DATE, CLEANUP, AFTERWARDS]
    settings["SITEURL"] = site.root


def _site_date(settings: Mapping[str, Any], log: ProblemLog) -> datetime | None:
    zone = ZoneInfo(settings.get("TIMEZONE") or "UTC")
    given = os.environ.get(DATE) or settings.get(DATE)
    try:
        date = datetime.fromisoformat(str(given)) if given else datetime.now(zone).replace(second=0, microsecond=0)
    except ValueError:
        log.error("pelicanconf.py", 0, f"SITE_DATE `{given}` is not a date", "write 2019-03-01", kind="settings")
        return None
    return date.replace(tzinfo=zone) if date.tzinfo is None else date.astimezone(zone)


def site_of(settings: Mapping[str, Any]) -> SiteSettings:
    """Return the validated settings of a build from Pelican's settings or context."""
    site = settings[NAME]
    if not isinstance(site, SiteSettings):
        raise TypeError(f"{NAME} is not validated yet")
    return site


def now_of(settings: Mapping[str, Any]) -> datetime:
    """Return the site's one date, with its zone; whatever depends on "today" asks here."""
    date = settings[DATE]
    if not isinstance(date, datetime):
        raise TypeError(f"{DATE} is not read yet")
    return date
