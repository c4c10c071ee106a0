"""Reblogs: the sanitized opening of another site's post, with attribution and a link to the original."""

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from html import escape
from urllib.parse import unquote

import nh3
from babel.numbers import format_decimal
from markupsafe import Markup

from ..i18n import ENGLISH, Translator
from ..markup import Token, count_words, rewrite_tags, truncate_html
from .markdown import smarten_punctuation

_TAGS = nh3.ALLOWED_TAGS | {"section", "figure", "figcaption"}
_ATTRIBUTES = {**nh3.ALLOWED_ATTRIBUTES, "*": {"id", "class", "aria-label", "aria-labelledby", "lang", "dir"}}
ORIGINAL_MARK = "<!-- original -->"
"""The line in the body of a reblog that separates the author's own note from the original."""

_ORIGINAL_MARK = re.compile(r"<!--\s*original\s*-->")
_REFERENCES = re.compile(r'<section [^>]*class="references"')
# "/\\example.org" and "https:x" too: browsers read both as URLs with a host. They ignore tabs and line breaks.
_EXTERNAL = re.compile(r"[\x00-\x20]*(?:[a-z][a-z\d+.-]*:|[/\\]{2})", re.IGNORECASE)
_IGNORED_IN_URLS = str.maketrans("", "", "\t\n\r")
_FILE_LINK = re.compile(r"[{|](?:filename|static|attach|author|category|tag|index)[|}]", re.IGNORECASE)


def sanitize(
    html: str,
    tags: AbstractSet[str] = _TAGS,
    attributes: Mapping[str, AbstractSet[str]] = _ATTRIBUTES,
    drop: AbstractSet[str] = frozenset(("script", "style")),
    link_rel: str | None = None,
) -> str:
    """Return other people's HTML with nothing but `tags` and `attributes`, and without the content of `drop`.

    It has no comments, loads nothing from other hosts (such an image becomes a link to it), and has no links to source
    files ({static} and the like). Links get the attribute rel=`link_rel`, if it is given. Whatever rewrites the result
    must sanitize it again.
    """

    def clean(html: str, *, is_last: bool) -> str:
        return nh3.clean(
            html,
            tags=set(tags),
            attributes={name: set(names) for name, names in attributes.items()},
            clean_content_tags=set(drop),
            attribute_filter=lambda _, name, value: _filter_attribute(name, value, keep_external=not is_last),
            link_rel=link_rel,
            url_schemes={"http", "https", "mailto"},
        )

    # Parsed and serialized before it is rewritten: the tokenizer need not agree with browsers on broken HTML.
    return clean(rewrite_tags(clean(html, is_last=False), {"img"}, _link_external_image), is_last=True)


def _is_external(url: str) -> bool:
    return bool(_EXTERNAL.match(url.translate(_IGNORED_IN_URLS)))


def _filter_attribute(name: str, value: str, *, keep_external: bool) -> str | None:
    if _FILE_LINK.search(unquote(value)) or (name == "src" and not keep_external and _is_external(value)):
        return None
    return value


def _link_external_image(tag: Token) -> str | None:
    """Return what replaces an image: nothing if it is on this site, else a link to it, or its alt text without one."""
    source, alt = tag.attributes.get("src") or "", tag.attributes.get("alt") or ""
    if source and not _is_external(source):
        return None
    return f'<a href="{escape(source)}">{escape(alt or source)}</a>' if source else escape(alt)


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

    The author's own note, which is above ORIGINAL_MARK, comes before them. `words` is the length of the original; None
    if `html` is all of it.
    """
    note, html = _split_note(html)
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
    if author and site:
        attribution = translate("From %(title)s by %(author)s on %(site)s:", **names)
    elif author:
        attribution = translate("From %(title)s by %(author)s:", **names)
    elif site:
        attribution = translate("From %(title)s on %(site)s:", **names)
    else:
        attribution = translate("From %(title)s:", **names)
    link_text = translate("View original post")
    if remaining_words:
        link_text = translate(
            "View original post: %(words)s more word",
            "View original post: %(words)s more words",
            count=remaining_words,
            words=format_decimal(remaining_words, locale=translate.language.replace("-", "_")),
        )
    return (
        f'{note}<p class="attribution">{attribution}</p>\n'
        f'<blockquote class="reblog" cite="{url}">\n{sanitize(opening.html.strip())}\n</blockquote>\n'
        f'<p class="view-original"><a href="{url}">{escape(link_text, quote=False)}</a></p>\n{sanitize(references)}'
    )


def _split_note(html: str) -> tuple[str, str]:
    """Return the author's note, every element of it closed, and the original."""
    mark = _ORIGINAL_MARK.search(html)
    return (f"{truncate_html(html[: mark.start()], 10**9).html.strip()}\n", html[mark.end() :]) if mark else ("", html)
