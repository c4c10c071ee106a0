"""Reblogs: the sanitized opening of another site's post, with attribution and a link to the original."""

from __future__ import annotations

import re
from html import escape

import nh3
from babel.numbers import format_decimal

from ..markup import count_words, truncate_html
from .markdown import smarten_punctuation

_ATTRIBUTES = {**nh3.ALLOWED_ATTRIBUTES, "*": {"id", "class", "aria-label", "aria-labelledby", "lang", "dir"}}
_REFERENCES = re.compile(r'<section [^>]*class="references"')
_TAGS = nh3.ALLOWED_TAGS | {"section", "figure", "figcaption"}


def sanitize(html: str) -> str:
    """Return another site's HTML without scripts, styles, forms, frames and event handlers."""
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        link_rel=None,
        strip_comments=False,
        url_schemes={"http", "https", "mailto"},
    )


def render_reblog(
    html: str, *, title: str, author: str, site: str, url: str, words: int | None, limit: int, locale: str
) -> str:
    """Return attribution, the first `limit` words of `html`, a link to the original at `url`, and any references.

    `words` is the length of the original; None if `html` is all of it. `locale` formats the count of words left.
    """
    html = sanitize(html)
    section = _REFERENCES.search(html)
    text, references = (html[: section.start()], html[section.start() :]) if section else (html, "")
    opening = truncate_html(text, limit)
    shown_words = count_words(text) - opening.remaining_words
    remaining_words = max((words or count_words(text)) - shown_words, 0)
    url = escape(url)
    title, author, site = (escape(smarten_punctuation(field), quote=False) for field in (title, author, site))
    on_site = f" on {site}" if site else ""
    link_text = "View original post"
    if remaining_words:
        count = format_decimal(remaining_words, locale=locale)
        link_text += f": {count} more word{'' if remaining_words == 1 else 's'}"
    return (
        f'<p class="attribution">From <a class="u-repost-of" href="{url}">{title}</a>'
        f" by {author}{on_site}:</p>\n"
        f'<blockquote class="reblog" cite="{url}">\n{opening.html.strip()}\n</blockquote>\n'
        f'<p class="view-original"><a href="{url}">{link_text}</a></p>\n{references}'
    )
