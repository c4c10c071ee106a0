"""The setting AUTHORSITE of pelicanconf.py: its schema and validation."""

import re
from functools import cached_property
from typing import Annotated, Literal
from urllib.parse import urlsplit

from babel import Locale, UnknownLocaleError
from pydantic import AfterValidator, Field, field_validator

from .i18n import Translator, find_placeholders
from .problems import IGNORABLE_KINDS
from .strict_model import Paragraphs, StrictModel, require
from .urls import LinkUrl, encode_url, is_web_url, parse_link, parse_web_url
from .validation import InvalidValue, did_you_mean

SETTINGS_KEY = "AUTHORSITE"
"""The key of the SiteSettings in Pelican's settings and context."""


_OptionalUrl = Annotated[str, AfterValidator(lambda url: url and parse_web_url(url))]
_OptionalLink = Annotated[str, AfterValidator(lambda url: url and parse_link(url))]


class Link(StrictModel):
    """A menu entry or a profile on another site."""

    label: str
    url: LinkUrl


def _require_reasons(value: dict[str, str]) -> dict[str, str]:
    for name, reason in value.items():
        if not reason.strip():
            raise InvalidValue(f"no reason is given for {name}", f'write {{"{name}": "the reason"}}')
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
    hub: _OptionalUrl = ""
    book_line: Paragraphs | None = None
    copyright: str = ""
    allow: IgnoreReasons = Field(default_factory=dict)


class AnnualDateSettings(StrictModel):
    """A yearly day or month; `rule` is such as `4 January`, `January` or `last Thursday of January`."""

    name: str
    rule: str
    url: _OptionalLink = ""
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


# It is copied into the stylesheet unescaped.
_Color = Annotated[str, require(re.compile("(#[0-9A-Fa-f]{6})?").fullmatch, "a color", "write it as #17655f")]


class SiteSettings(StrictModel):
    """The author's settings for the site; only `url` is required.

    `url` is the site's public URL, without a trailing slash. Identifiers in feeds, calendars and ONIX records begin
    with `former_url` if it is set: they stay when `url` changes. `social_cards` and `search` can be switched off,
    because they take time on large sites. `words` maps English texts of pages and feeds to the author's own. `gone`
    maps URL paths of published pages that may vanish without a redirect to the reason.
    """

    url: str
    former_url: str = ""
    description: str = ""
    language: str = "en"
    words: dict[str, str] = Field(default_factory=dict)
    author_bio: str = ""
    contact: str = ""
    menu: tuple[Link, ...] = ()
    social: tuple[Link, ...] = ()
    main_book: str = ""
    icon: str = ""
    accent: _Color = ""
    social_cards: bool = True
    search: bool = True
    reblog_words: int = Field(default=150, ge=1)
    feeds: FeedSettings = FeedSettings()
    observances: tuple[AnnualDateSettings, ...] = ()
    publish: Annotated[Target, Field(discriminator="kind")] | None = None
    strict: bool = False
    drafts: bool = False
    allow: IgnoreReasons = Field(default_factory=dict)
    gone: IgnoreReasons = Field(default_factory=dict)

    @field_validator("url", "former_url")
    @classmethod
    def _check_url(cls, value: str) -> str:
        if not is_web_url(value) or "?" in value or "#" in value:
            raise InvalidValue(f"`{value}` is not a full URL", "write it as https://example.org")
        return encode_url(value).rstrip("/")

    @property
    def id_url(self) -> str:
        """The URL that identifiers begin with: the site's first one."""
        return self.former_url or self.url

    @field_validator("language")
    @classmethod
    def _check_language(cls, value: str) -> str:
        try:
            Locale.parse(value.replace("-", "_"))
        except (ValueError, UnknownLocaleError):
            raise InvalidValue(f"`{value}` is not a language", "write it as en, en-GB or de-DE") from None
        return value.replace("_", "-")

    @field_validator("words")
    @classmethod
    def _check_words(cls, value: dict[str, str]) -> dict[str, str]:
        for english, own in value.items():
            known = find_placeholders(english)
            for name in sorted(find_placeholders(own) - known):
                hint = f"use {', '.join(f'%({other})s' for other in sorted(known))}" if known else "remove it"
                raise InvalidValue(f"`words`: `{english}` has no %({name})s", hint)
        return value

    @field_validator("gone")
    @classmethod
    def _check_gone(cls, value: dict[str, str]) -> dict[str, str]:
        for path in value:
            if not path.startswith("/"):
                raise InvalidValue(f"`gone`: `{path}` is not the path of a URL", "write it as /2019/03/01/a-post/")
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

    @cached_property
    def translate(self) -> Translator:
        """Translates the English texts of pages and feeds to the site's language."""
        return Translator(self.language, self.words)

    @property
    def root(self) -> str:
        """The path of `url`: "", or "/folder" for a site that is not at the root of its host."""
        return urlsplit(self.url).path
