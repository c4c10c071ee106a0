"""The setting AUTHORSITE of pelicanconf.py: its schema, its validation, and what the build keeps beside it."""

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
from pelican_incremental.code_digests import TRANSIENT_KEY
from pelican_incremental.purity import pure
from pydantic import AfterValidator, Field, field_validator

from .problems import IGNORABLE_KINDS, LOG_KEY, BuildFailed, ProblemLog
from .validation import InvalidValue, StrictModel, did_you_mean, validate

SETTINGS_KEY = "AUTHORSITE"
"""The key of the SiteSettings in Pelican's settings and context."""

SITE_DATE_KEY = "SITE_DATE"
"""The key, in Pelican's settings and in the environment, of the date that the build takes as today."""

CLEANUP_KEY = "AUTHORSITE_CLEANUP"
"""The key, in Pelican's settings and context, of the ExitStack that is closed when the build ends or fails."""

DEFERRED_TASKS_KEY = "AUTHORSITE_DEFERRED_TASKS"
"""The key, in Pelican's settings and context, of a list of tasks that may run after all pages are written."""

CONTENT_LISTS = ("articles", "hidden_articles", "pages", "hidden_pages")
"""The keys of Pelican's context that list all posts and pages."""

DeferredTasks = list[Callable[[Callable[[], bool]], bool]]
"""Each task gets a function that returns true when it must stop, and returns whether it succeeded."""


class Link(StrictModel):
    """A menu entry or a profile on another site."""

    label: str
    url: str


def _require_reasons(value: dict[str, str]) -> dict[str, str]:
    for name, reason in value.items():
        if not reason.strip():
            raise InvalidValue(f"`allow` gives no reason for {name}", f'write {{"{name}": "the reason"}}')
    return value


IgnoreReasons = Annotated[dict[str, str], AfterValidator(_require_reasons)]
"""What to ignore, and the author's reason for it."""


class FeedSettings(StrictModel):
    """Settings of the feeds.

    `content` selects the full text or the summary. `items` is the number of entries in a feed (0: all). `tags` lists
    the tags that have a feed (default: all). `hub` is the URL of a WebSub hub. `book_line` is HTML below each entry
    (default: a line about the main book; "": none). `allow` ignores single problems of the feed check: it maps an
    item's URL, or "mass change", to a reason.
    """

    content: Literal["full", "summary"] = "full"
    items: int = Field(default=20, ge=0)
    tags: tuple[str, ...] | None = None
    hub: str = ""
    book_line: str | None = None
    copyright: str = ""
    allow: IgnoreReasons = Field(default_factory=dict)


class AnnualDateSettings(StrictModel):
    """A yearly day or month; `rule` is such as `4 January`, `January` or `last Thursday of January`."""

    name: str
    rule: str
    url: str = ""
    text: str = ""


class FolderTarget(StrictModel):
    """Publish to a folder of this machine, such as a web server's; `verify` as in GitTarget."""

    kind: Literal["folder"]
    path: str = Field(min_length=1)
    verify: int = Field(default=0, ge=0)


class GitTarget(StrictModel):
    """Publish to a git branch, as for GitHub Pages.

    `remote` is the name or the URL of a git remote. `cname` is the domain (default: the host of the site's URL, unless
    it is a github.io one). `verify` is for how many seconds to wait for the live site to serve the new version (0: do
    not check).
    """

    kind: Literal["git"]
    remote: str = "origin"
    branch: str = "gh-pages"
    cname: str | None = None
    verify: int = Field(default=180, ge=0)


class RsyncTarget(StrictModel):
    """Publish with rsync over SSH; the SSH key comes from the agent or from the SSH configuration.

    `host` is a host, user@host, or an alias of ~/.ssh/config; `verify` as in GitTarget.
    """

    kind: Literal["rsync"]
    host: str = Field(pattern=r"^[^-:\s][^:\s]*$")
    path: str = Field(min_length=1)
    port: int | None = Field(default=None, ge=1, le=65535)
    verify: int = Field(default=30, ge=0)


Target = FolderTarget | GitTarget | RsyncTarget


class SiteSettings(StrictModel):
    """The author's settings for the site; only `url` is required.

    `url` is the site's public URL, without a trailing slash. `social_cards` and `search` can be switched off, because
    they take time on large sites. `words` maps the English words of the templates to another language's.
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
    observances: tuple[AnnualDateSettings, ...] = ()
    publish: Annotated[Target, Field(discriminator="kind")] | None = None
    strict: bool = False
    drafts: bool = False
    allow: IgnoreReasons = Field(default_factory=dict)

    @field_validator("url")
    @classmethod
    def _check_url(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise InvalidValue(f"`{value}` is not a full URL", "write it as https://example.org")
        return value.rstrip("/")

    @field_validator("language")
    @classmethod
    def _check_language(cls, value: str) -> str:
        try:
            Locale.parse(value.replace("-", "_"))
        except (ValueError, UnknownLocaleError):
            raise InvalidValue(f"`{value}` is not a language", "write it as en, en-GB or de-DE") from None
        return value.replace("_", "-")

    @field_validator("accent")
    @classmethod
    def _check_accent(cls, value: str) -> str:
        # It is copied into the stylesheet unescaped.
        if value and not re.fullmatch(r"#[0-9A-Fa-f]{6}", value):
            raise InvalidValue(f"`{value}` is not a color", "write it as #17655f")
        return value

    @field_validator("allow")
    @classmethod
    def _check_allow(cls, value: dict[str, str]) -> dict[str, str]:
        for kind in sorted(value.keys() - IGNORABLE_KINDS):
            hint = did_you_mean(kind, IGNORABLE_KINDS, f"use one of: {', '.join(sorted(IGNORABLE_KINDS))}")
            raise InvalidValue(f"`{kind}` cannot be allowed", hint)
        return value

    @property
    def locale(self) -> str:
        """The language in Babel's spelling: "en_GB"."""
        return self.language.replace("-", "_")

    @pure
    def translate(self, english: str) -> str:
        """Return the author's translation of a word or phrase of the templates, else `english` itself."""
        return self.words.get(english, english)

    @property
    def root(self) -> str:
        """The path of `url`: "", or "/folder" for a site that is not at the root of its host."""
        return urlsplit(self.url).path


def load_settings(pelican: Any) -> None:
    """Validate AUTHORSITE and store the result in Pelican's settings (signal: initialized).

    Stores a SiteSettings under SETTINGS_KEY, a datetime under SITE_DATE_KEY, the ProblemLog under LOG_KEY and the
    ExitStack under CLEANUP_KEY. Raises BuildFailed if a setting is not valid.
    """
    settings: dict[str, Any] = pelican.settings
    value = settings.get(SETTINGS_KEY)
    log = settings.setdefault(LOG_KEY, ProblemLog(root=Path(settings["PATH"]).resolve().parent))
    site = (
        value
        if isinstance(value, SiteSettings)
        else validate(SiteSettings, value or {}, log, "pelicanconf.py", kind="settings")
    )
    date = _parse_site_date(settings, log)
    if site is None or date is None:
        log.stop_if_failed()
        raise BuildFailed
    log.allowed, log.strict = site.allow, site.strict
    settings[SETTINGS_KEY] = site
    settings[SITE_DATE_KEY] = date
    if CLEANUP_KEY not in settings:
        settings[CLEANUP_KEY] = ExitStack()
        atexit.register(settings[CLEANUP_KEY].close)
    transient = LOG_KEY, SITE_DATE_KEY, CLEANUP_KEY, DEFERRED_TASKS_KEY
    settings[TRANSIENT_KEY] = [*settings.get(TRANSIENT_KEY, ()), *transient]
    settings["SITEURL"] = site.root


def _parse_site_date(settings: Mapping[str, Any], log: ProblemLog) -> datetime | None:
    """Return SITE_DATE from the environment or the settings (ISO 8601), else the current minute; None if invalid."""
    zone = ZoneInfo(settings.get("TIMEZONE") or "UTC")
    value = os.environ.get(SITE_DATE_KEY) or settings.get(SITE_DATE_KEY)
    try:
        date = datetime.fromisoformat(str(value)) if value else datetime.now(zone).replace(second=0, microsecond=0)
    except ValueError:
        log.error("pelicanconf.py", 0, f"SITE_DATE `{value}` is not a date", "write 2019-03-01", kind="settings")
        return None
    return date.replace(tzinfo=zone) if date.tzinfo is None else date.astimezone(zone)


def get_site(settings: Mapping[str, Any]) -> SiteSettings:
    """Return the validated settings from Pelican's settings or context."""
    site = settings[SETTINGS_KEY]
    if not isinstance(site, SiteSettings):
        raise TypeError(f"{SETTINGS_KEY} is not validated yet")
    return site


def list_contents(context: Mapping[str, Any]) -> list[Any]:
    """Return all posts and pages of a Pelican context, hidden ones included."""
    return [content for key in CONTENT_LISTS for content in context.get(key, ())]


def get_build_time(settings: Mapping[str, Any]) -> datetime:
    """Return the build's date and time, zone included. Everything that depends on "today" uses it."""
    date = settings[SITE_DATE_KEY]
    if not isinstance(date, datetime):
        raise TypeError(f"{SITE_DATE_KEY} is not parsed yet")
    return date
