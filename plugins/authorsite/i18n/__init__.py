"""Translations of the site's own texts: one catalogue, a .po file of GNU gettext, for each language but English.

The English texts are the message ids. Catalogues are read when a build first needs them; nothing is compiled. A site
may have catalogues of its own (site_catalogues.py), whose texts come before those of the package.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

from babel.core import Locale, UnknownLocaleError
from babel.numbers import format_decimal
from markupsafe import Markup, escape

CATALOGUES = Path(__file__).parent
_LEFT_TO_RIGHT = re.compile("[A-Za-z\u00c0-\u024f\u0370-\u058f\u1e00-\u1fff]")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_PLACEHOLDER = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True, slots=True)
class SiteCatalogue:
    """A catalogue of the site's own, which is valid; `digest` is that of its bytes, for caches."""

    language: str
    path: str
    digest: str


@dataclass(frozen=True)
class Translator:
    """Translates English texts to `language` ("de-AT").

    `words`, the author's own translations, come first, then `own` catalogues of the site, then that of the package.
    `other_words` are those for the site's other languages.
    """

    language: str = "en"
    words: Mapping[str, str] = field(default_factory=dict)
    own: tuple[SiteCatalogue, ...] = ()
    other_words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    # For the build engine: the result depends on the fields, the arguments and the package's files alone.
    __pure__ = True

    def __call__(self, english: str, plural: str = "", /, **values: Any) -> str:
        """Return the translation of `english`, or of `plural` unless `count` is 1, with `values` in place of %(name)s.

        The result is Markup if a value is; all else in it is escaped then. A text without a translation stays English.
        A `count` is grouped as the language has it: "1,234" or "1.234".
        """
        count = values.get("count", 1)
        form = plural if plural and count != 1 else english
        if form in self.words:
            text = self.words[form]
        elif plural:
            text = load_catalogue(self.language, self.own).ngettext(english, plural, count)
        else:
            # The catalogue's header is under the id "".
            text = english and load_catalogue(self.language, self.own).gettext(english)
        if count >= 1000:  # noqa: PLR2004 - three digits make a group in all languages
            values["count"] = format_decimal(count, locale=_find_locale(self.language))
        return _interpolate(text, self._isolate(values)) if values else text

    def _isolate(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the values with marks around each one that runs in the other direction, or it may change the text's.

        They are FIRST STRONG ISOLATE and POP DIRECTIONAL ISOLATE (UAX #9), as `<bdi>`, but for texts in attributes,
        too.
        """
        other = _LEFT_TO_RIGHT if is_right_to_left(self.language) else _RIGHT_TO_LEFT
        return {
            name: value.__class__("\u2068") + value + "\u2069"
            if isinstance(value, str) and other.search(value.striptags() if isinstance(value, Markup) else value)
            else value
            for name, value in values.items()
        }

    def for_language(self, language: str) -> "Translator":
        """Return the translator for a text in `language`: this one, if there is no catalogue for it."""
        primary = language.partition("-")[0].lower()
        if not primary or primary == self.language.partition("-")[0].lower():
            return self
        is_known = primary == "en" or type(load_catalogue(language, self.own)) is GNUTranslations
        words = self.other_words.get(language, {})
        return Translator(language, words, self.own) if is_known or words else self


@cache
def _find_locale(language: str) -> Locale:
    """Return Babel's data for `language` ("ar", "he-IL"); those for English, if it has none."""
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")


@cache
def is_right_to_left(language: str) -> bool:
    """Return whether `language` ("ar", "he-IL") is written from right to left; False for an unknown one."""
    return _find_locale(language).character_order == "right-to-left"


def get_direction(language: str) -> str:
    """Return the value of HTML's attribute `dir` for a text in `language`: "rtl" or "ltr"."""
    return "rtl" if is_right_to_left(language) else "ltr"


ENGLISH = Translator()
"""Translates nothing."""


def gettext_noop(english: str) -> str:
    """Return `english`; marks it as a text that is translated elsewhere, where it is in a variable."""
    return english


def find_placeholders(text: str) -> frozenset[str]:
    """Return the names of the placeholders, such as %(title)s, in a text."""
    return frozenset(_PLACEHOLDER.findall(text))


def _interpolate(text: str, values: Mapping[str, Any]) -> str:
    if any(hasattr(value, "__html__") for value in values.values()):
        values = {name: escape(value) for name, value in values.items()}
        return Markup(_PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), escape(text)))  # noqa: S704
    return _PLACEHOLDER.sub(lambda match: str(values.get(match[1], match[0])), text)


@cache
def load_catalogue(language: str, own: tuple[SiteCatalogue, ...] = ()) -> NullTranslations:
    """Return the catalogue for `language` ("de-AT"): de_AT.po, else de.po, else one that translates nothing.

    The texts of the site's `own` catalogues come first.
    """
    names = [language.lower().replace("_", "-")]
    names += [names[0].partition("-")[0]] if "-" in names[0] else []
    sites = {catalogue.language.lower(): catalogue.path for catalogue in own}
    package = {file.stem.lower().replace("_", "-"): str(file) for file in CATALOGUES.glob("*.po")}
    paths = [sites[name] for name in names if name in sites] + [package[name] for name in names if name in package][:1]
    if not paths:
        return NullTranslations()
    catalogues = [_compile_catalogue(path) for path in paths]
    for catalogue, fallback in pairwise(catalogues):
        catalogue.add_fallback(fallback)
    return catalogues[0]


def _compile_catalogue(path: str) -> GNUTranslations:
    # Imported here because it takes 50 ms, and an English site has no catalogue.
    from babel.messages.mofile import write_mo  # noqa: PLC0415
    from babel.messages.pofile import read_po  # noqa: PLC0415

    compiled = BytesIO()
    with Path(path).open("rb") as source:
        write_mo(compiled, read_po(source, Path(path).stem.replace("-", "_"), charset="utf-8"))
    compiled.seek(0)
    return GNUTranslations(compiled)
