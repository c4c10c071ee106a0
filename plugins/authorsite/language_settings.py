"""The key `languages` of the setting AUTHORSITE: what differs in each language of a site.

The texts below the keys are what docs/settings.md says of them.
"""

import re
from typing import Annotated

from babel import Locale, UnknownLocaleError
from pydantic import AfterValidator, Field

from .author_profile import Link
from .i18n import find_placeholders
from .strict_model import StrictModel
from .validation import InvalidValue

_is_code = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]+)*").fullmatch


def _parse_language(value: str) -> str:
    try:
        Locale.parse(value.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        raise InvalidValue(f"`{value}` is not a language", "write it as en, en-GB or de-DE") from None
    return value.replace("_", "-")


Language = Annotated[str, AfterValidator(_parse_language)]
"""A language that Babel knows, such as "en-GB"."""


def _parse_code(value: str) -> str:
    if not _is_code(value):  # it is a part of URLs, and the `lang` of posts
        raise InvalidValue(f"`{value}` is not the code of a language", "write it as de, ar or pt-BR")
    return _parse_language(value)


LanguageCode = Annotated[str, AfterValidator(_parse_code)]
"""A language as posts and URLs name it: "pt-BR"."""


def _check_words(value: dict[str, str]) -> dict[str, str]:
    for english, own in value.items():
        known = find_placeholders(english)
        for name in sorted(find_placeholders(own) - known):
            hint = f"use {', '.join(f'%({other})s' for other in sorted(known))}" if known else "remove it"
            raise InvalidValue(f"`words`: `{english}` has no %({name})s", hint)
    return value


Words = Annotated[dict[str, str], AfterValidator(_check_words)]
"""English texts of pages and feeds, and the author's own."""


class LanguageSettings(StrictModel):
    """What the site has of its own in another language; the rest is the same in all languages."""

    name: str = ""
    """The site's name in this language; `""`: `SITENAME`."""

    tagline: str = ""
    """What follows the site's name, in place of `SITESUBTITLE`."""

    description: str = ""
    """A sentence about the site, for search engines and feeds."""

    menu: tuple[Link, ...] = ()
    """The links in the header: the site's own begin with the language, such as `"/de/blog/"`."""

    words: Words = Field(default_factory=dict)
    """Texts of pages and feeds in your own words: the English text and yours."""

    main_book: str = ""
    """The book on the home page in this language: the name of its file without `.md`; `""`: the first one whose
    `language` it is."""
