"""The setting AUTHORSITE of pelicanconf.py: its schema and validation.

The texts below the keys are what docs/settings.md says of them.
"""

import re
from functools import cached_property
from typing import Annotated, Literal, get_args
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, PrivateAttr, ValidationInfo, field_validator

from .author_profile import AuthorProfile, Link
from .i18n import SiteCatalogue, Translator
from .imported_files import IMPORTED
from .language_settings import Language, LanguageCode, LanguageSettings, Words
from .newsletter_settings import Newsletter
from .problems import IGNORABLE_KINDS
from .publish_targets import PublishTarget
from .strict_model import IgnoreReasons, Paragraphs, StrictModel, require
from .urls import encode_url, is_web_url, parse_link, parse_web_url
from .validation import InvalidValue, did_you_mean

SETTINGS_KEY = "AUTHORSITE"
"""The key of the SiteSettings in Pelican's settings and context."""


_OptionalUrl = Annotated[str, AfterValidator(lambda url: url and parse_web_url(url))]
_OptionalLink = Annotated[str, AfterValidator(lambda url: url and parse_link(url))]


class FeedSettings(StrictModel):
    """Settings of the feeds."""

    content: Literal["full", "summary"] = "full"
    """`"full"`: the whole text of each post; `"summary"`: its summary, with a link."""

    items: int = Field(default=20, ge=0)
    """The number of entries in a feed; 0: all."""

    tags: tuple[str, ...] | None = None
    """The tags that have a feed; `None`: all."""

    hub: _OptionalUrl = ""
    """The URL of a WebSub hub, which is notified after each publish."""

    book_line: Paragraphs | None = None
    """HTML below each entry; `None`: a line about the main book; `""`: nothing."""

    copyright: str = ""
    """The copyright notice of the feeds, such as `"© 2019 Ann Author"`."""

    allow: IgnoreReasons = Field(default_factory=dict)
    """Changes of feeds that may be published: the URL of an entry, or `"mass change"`, and the reason."""


class AnnualDateSettings(StrictModel):
    """A yearly day or month."""

    name: str
    """Its name."""

    rule: str
    """When it is, in English: `4 January`, `January` or `last Thursday of January`."""

    url: _OptionalLink = ""
    """The page or the site that tells more about it."""

    text: str = ""
    """A few words that follow the name in the banner of the day."""


# It is copied into the stylesheet unescaped.
_Color = Annotated[str, require(re.compile("(#[0-9A-Fa-f]{6})?").fullmatch, "a color", "write it as #17655f")]


Feature = Literal["posts", "books", "events", "feeds", "search", "seo"]
FEATURES: tuple[Feature, ...] = get_args(Feature)
"""The parts of the package that a site may take or leave."""


class SiteSettings(StrictModel):
    """The author's settings for the site; only `url` is required."""

    url: str
    """The site's URL, such as `"https://ann.example"` or `"https://ann.github.io/my-site"`."""

    use: tuple[Feature, ...] = FEATURES
    """The parts that the site uses. Leave some out [in a Pelican site of your own](pelican.md)."""

    former_url: str = ""
    """The site's first URL, if it has moved: identifiers in feeds, calendars and ONIX records begin with it."""

    description: str = ""
    """A sentence about the site, for search engines and feeds."""

    language: Language = "en"
    """The language of menus, buttons, dates and prices, such as `"en-GB"` or `"de"`."""

    words: Words = Field(default_factory=dict)
    """Texts of pages and feeds in your own words: the English text and yours."""

    languages: dict[LanguageCode, LanguageSettings] = Field(default_factory=dict)
    """The other languages of the site, and what differs in each: see below."""

    author: AuthorProfile = Field(default_factory=AuthorProfile)
    """About you; see below. Your name is `AUTHOR`."""

    contact: str = ""
    """Your e-mail address, in the footer and on purchase pages."""

    menu: tuple[Link, ...] = ()
    """The links in the header, such as `[{"label": "Blog", "url": "/blog/"}]`."""

    social: tuple[Link, ...] = ()
    """Links to your profiles, in the footer; as in `menu`."""

    main_book: str = ""
    """The book on the home page: the name of its file without `.md`; `""`: the first one."""

    icon: str = ""
    """The site's icon: an image, as a path below `content/`; `""`: an open book."""

    accent: _Color = ""
    """The color of links, such as `"#17655f"`; `""`: that of the theme. It is made darker or lighter if it is hard to
    read."""

    social_cards: bool = True
    """Whether to draw previews for links on social networks. That takes time on large sites."""

    search: bool = True
    """Whether to make a search page and its index. That takes time on large sites."""

    reblog_words: int = Field(default=150, ge=1)
    """How many words of another site's post a reblog shows at most."""

    comment_counts: bool = False
    """Whether lists of posts say how many comments each one has."""

    feeds: FeedSettings = FeedSettings()
    """The feeds: see below."""

    newsletter: Newsletter | None = None
    """Where readers sign up for e-mail: see below."""

    observances: tuple[AnnualDateSettings, ...] = ()
    """Yearly days and months, with a banner on the day: see below."""

    publish: PublishTarget | None = None
    """Where to publish the site: see below. In `publishconf.py`."""

    strict: bool = False
    """Whether warnings stop a build. In `publishconf.py`; `check` and `publish` are always strict."""

    drafts: bool = False
    """Whether a build includes drafts and scheduled posts, marked as such; they are never published."""

    allow: IgnoreReasons = Field(default_factory=dict)
    """Kinds of problems to ignore, each with a reason, such as `{"orphan": "the page of the newsletter"}`. With
    `imported` before the kind, such as `"imported image"`: in imported posts alone."""

    gone: IgnoreReasons = Field(default_factory=dict)
    """Published URLs that may vanish, each with a reason, such as `{"/2019/03/01/a-post/": "withdrawn"}`."""

    @field_validator("url", "former_url")
    @classmethod
    def _check_url(cls, value: str) -> str:
        if not is_web_url(value) or "?" in value or "#" in value:
            raise InvalidValue(f"`{value}` is not a full URL", "write it as https://example.org")
        return encode_url(value).rstrip("/")

    _catalogues: tuple[SiteCatalogue, ...] = PrivateAttr(default=())

    @property
    def id_url(self) -> str:
        """The URL that identifiers begin with: the site's first one."""
        return self.former_url or self.url

    @field_validator("languages")
    @classmethod
    def _check_languages(cls, value: dict[str, LanguageSettings], info: ValidationInfo) -> dict[str, LanguageSettings]:
        if value and "posts" not in info.data.get("use", FEATURES):
            raise InvalidValue("`languages` needs the package's own posts", 'add "posts" to `use`, or remove it')
        if (main := info.data.get("language")) in value:
            raise InvalidValue(f"`languages`: `{main}` is the main language of the site", "remove it")
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
        for kind in sorted(name for name in value if name.removeprefix(IMPORTED) not in IGNORABLE_KINDS):
            kinds = [f"{IMPORTED if kind.startswith(IMPORTED) else ''}{name}" for name in sorted(IGNORABLE_KINDS)]
            hint = did_you_mean(kind, kinds, f"use one of: {', '.join(kinds)}")
            raise InvalidValue(f"`{kind}` cannot be allowed", hint)
        return value

    @property
    def locale(self) -> str:
        """The language in Babel's spelling: "en_GB"."""
        return self.language.replace("-", "_")

    @cached_property
    def translate(self) -> Translator:
        """Translates the English texts of pages and feeds to the site's language."""
        other_words = {code: each.words for code, each in self.languages.items()}
        return Translator(self.language, self.words, self._catalogues, other_words)

    def use_catalogues(self, catalogues: tuple[SiteCatalogue, ...]) -> None:
        """Let `translate` use the site's own catalogues."""
        self._catalogues = catalogues
        for name in ("translate", "_by_language"):
            self.__dict__.pop(name, None)

    def choose_language(self, language: str) -> str:
        """Return the language of the frame of a page in `language`: one of the site's; "" is the main one."""
        return language if language in self.languages else self.language

    def get_translator(self, language: str) -> Translator:
        """Return the translator to one of the site's languages."""
        return self.for_language(language).translate

    def for_language(self, language: str) -> "SiteSettings":
        """Return the settings for the pages in one of the site's languages."""
        return self._by_language[language]

    @cached_property
    def _by_language(self) -> dict[str, "SiteSettings"]:
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        keys = ("description", "menu", "words", "main_book")
        own = {code: {key: getattr(each, key) for key in keys} for code, each in self.languages.items()}
        others = {code: self.model_construct(**fields | own[code] | {"language": code}) for code in own}
        for other in others.values():
            other.use_catalogues(self._catalogues)
        return {self.language: self, **others}

    @property
    def root(self) -> str:
        """The path of `url`: "", or "/folder" for a site that is not at the root of its host."""
        return urlsplit(self.url).path
