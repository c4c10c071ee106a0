"""Reblogs: the sanitized opening of another site's post, with attribution and a link to the original."""

import re
from html import escape

import nh3
from babel.numbers import format_decimal
from markupsafe import Markup

from ..i18n import ENGLISH, Translator
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
    html: str,
    *,
    title: str,
    author: str,
    site: str,
    url: str,
    words: int | None,
    limit: int,
    translate: Translator = ENGLISH,
) -> str:
    """Return attribution, the first `limit` words of `html`, a link to the original at `url`, and any references.

    `words` is the length of the original; None if `html` is all of it.
    """
    html = sanitize(html)
    section = _REFERENCES.search(html)
    text, references = (html[: section.start()], html[section.start() :]) if section else (html, "")
    opening = truncate_html(text, limit)
    shown_words = count_words(text) - opening.remaining_words
    remaining_words = max((words or count_words(text)) - shown_words, 0)
    url = escape(url)
    title, author, site = (escape(smarten_punctuation(field), quote=False) for field in (title, author, site))
    names = {
        "title": Markup(f'<a class="u-repost-of" href="{url}">{title}</a>'),  # noqa: S704 - they are escaped
        "author": Markup(author),  # noqa: S704 - the same
        "site": Markup(site),  # noqa: S704 - the same
    }
    if site:
        attribution = translate("From %(title)s by %(author)s on %(site)s:", **names)
    else:
        attribution = translate("From %(title)s by %(author)s:", **names)
    link_text = translate("View original post")
    if remaining_words:
        link_text = translate(
            "View original post: %(words)s more word",
            "View original post: %(words)s more words",
            count=remaining_words,
            words=format_decimal(remaining_words, locale=translate.language.replace("-", "_")),
        )
    return (
        f'<p class="attribution">{attribution}</p>\n'
        f'<blockquote class="reblog" cite="{url}">\n{opening.html.strip()}\n</blockquote>\n'
        f'<p class="view-original"><a href="{url}">{escape(link_text, quote=False)}</a></p>\n{references}'
    )
