"""Quotation marks by language: Python-Markdown's smart punctuation, which writes English ones, writes these marks."""

import re
from collections.abc import Mapping

from markdown.extensions.smarty import substitutions

# Private characters in the place of “ ” ‘ ’ until the language is known.
_MARKS = "\ue030\ue031\ue032\ue033"
_DOUBLE_START, _DOUBLE_END, _SINGLE_START, _SINGLE_END = tuple(_MARKS)

SUBSTITUTIONS: Mapping[str, str] = {
    **substitutions,
    "left-double-quote": _DOUBLE_START,
    "right-double-quote": _DOUBLE_END,
    "left-single-quote": _SINGLE_START,
    "right-single-quote": _SINGLE_END,
}
"""What smart punctuation is to write, for `localize_quotes`."""

_ENGLISH = "“”‘’"
_QUOTES = {
    language: quotes
    for quotes, names in {
        "„“‚‘": "bg cs da de de-LI et hr is lt sk sl",
        "„”‚’": "hu pl ro",
        "«»‹›": "de-CH fr-CH it-CH rm",
        "«»“”": "el es it pt-PT ca",
        "«»‘’": "nb nn no",
        "«»„“": "be ru uk",
        "””’’": "fi sv",
        "”“’‘": "ar",
        "”„’‚": "he",
        "「」『』": "ja",
    }.items()
    for language in names.split()
}
"""Marks that differ from the English ones: double, then single. Source: Unicode CLDR 45, delimiters."""

_FRENCH = ("«\u202f", "\u202f»", "“", "”")
_QUOTED = re.compile(rf"{_SINGLE_START}([^{_MARKS}]*){_SINGLE_END}(?!\w)")


def _find_quotes(language: str) -> tuple[str, ...]:
    name = language if language in _QUOTES else language.partition("-")[0]
    return _FRENCH if name == "fr" else tuple(_QUOTES.get(name, _ENGLISH))


def localize_quotes(text: str, language: str, *, as_entities: bool = True) -> str:
    """Return `text`, written with SUBSTITUTIONS, with the quotation marks of `language` ("de-AT").

    English marks are written as entities if `as_entities`. A single closing mark without an opening one is an
    apostrophe, the same in all languages.
    """
    if not any(mark in text for mark in _MARKS):
        return text
    quotes = _find_quotes(language)
    if quotes != tuple(_ENGLISH):
        text = _QUOTED.sub(rf"{quotes[2]}\1{quotes[3]}", text)
    names = ("&ldquo;", "&rdquo;", "&lsquo;", "&rsquo;") if as_entities else tuple(_ENGLISH)
    marks = [name if mark == english else mark for mark, english, name in zip(quotes, _ENGLISH, names, strict=True)]
    for mark, new in zip(_MARKS, [*marks[:2], *names[2:]], strict=True):  # ten times as fast as str.translate
        text = text.replace(mark, new)
    return text
