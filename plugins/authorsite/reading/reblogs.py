"""A post passed on from another site: its opening, cleaned, with a way to the original."""

from __future__ import annotations

import re
from html import escape

import nh3
from babel.numbers import format_decimal

from ..markup import count_words, excerpt
from .markdown import typographic

_ATTRIBUTES = {**nh3.ALLOWED_ATTRIBUTES, "*": {"id", "class", "aria-label", "aria-labelledby", "lang", "dir"}}
_REFERENCES = re.compile(r'<section [^>]*class="references"')
_TAGS = nh3.ALLOWED_TAGS | {"section", "figure", "figcaption"}


def cleaned(html: str) -> str:
    """Return foreign HTML without anything that runs, loads or lays out: no script, style, form, frame or handler."""
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        link_rel=None,
        strip_comments=False,
        url_schemes={"http", "https", "mailto"},
    )


def passed_on(
    html: str, *, title: str, author: str, site: str, url: str, words: int | None, limit: int, locale: str
) -> str:
    """Return the reblog's body: attribution, the opening of `html` up to `limit` words, and the way to the rest.

    `words` counts the whole original, where `html` is only its opening. References at the end stay below the opening.
    """
    clean = cleaned(html)
    section = _REFERENCES.search(clean)
    text, references = (clean[: section.start()], clean[section.start() :]) if section else (clean, "")
    opening = excerpt(text, limit)
    kept = count_words(text) - opening.words_left
    left = max((words or count_words(text)) - kept, 0)
    address = escape(url)
    title, author, site = (escape(typographic(told), quote=False) for told in (title, author, site))
    where = f" on {site}" if site else ""
    more = "View original post"
    if left:
        more += f": {format_decimal(left, locale=locale)} more word{'' if left == 1 else 's'}"
    return (
        f'<p class="attribution">From <a class="u-repost-of" href="{address}">{title}</a>'
        f" by {author}{where}:</p>\n"
        f'<blockquote class="reblog" cite="{address}">\n{opening.html.strip()}\n</blockquote>\n'
        f'<p class="view-original"><a href="{address}">{more}</a></p>\n{references}'
    )
