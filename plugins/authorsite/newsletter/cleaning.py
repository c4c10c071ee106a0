"""Reduce the HTML of a post to what mail clients show: no scripts, forms or players, pictures of this site alone."""

from collections.abc import Callable, Iterator
from html import escape
from urllib.parse import urlsplit

import nh3

from ..feeds.sanitizing import sanitize_for_feed
from ..markup import Token, remove_elements, tokenize

CONTENT_WIDTH = 568
"""The width of a text in CSS pixels: an e-mail of 600 without its margins of 16."""

_PLAYERS = frozenset(("audio", "video"))
_REMOVED_TAGS = _PLAYERS | {"picture", "source", "track", "map", "area"}
_ATTRIBUTES = {
    "*": {"lang", "dir", "title"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start", "reversed", "type"},
    "td": {"colspan", "rowspan", "align"},
    "th": {"colspan", "rowspan", "align", "scope"},
}


def clean_for_email(html: str, url: str, site_url: str, player_label: str) -> str:
    """Return the `html` of the page at `url`, with absolute URLs and pictures that are no wider than the text.

    A player becomes a link with `player_label` to the page. SVG, which few mail clients draw, and pictures on other
    hosts, which would learn who reads the e-mail, become links. Links between a text and its footnotes, which
    would lead to the site, are dropped.
    """
    html = remove_elements(html, _has_class("footnote-backref"), _has_class("footnote-ref"))
    html, _ = sanitize_for_feed(html, url)
    link = f'<p><a href="{escape(url)}">{escape(player_label)}</a></p>'
    html = remove_elements(html, lambda tag: tag.name in _PLAYERS, mark=link)
    html = "".join(_replace_pictures(html, site_url))
    html = nh3.clean(
        html,
        tags=nh3.ALLOWED_TAGS - _REMOVED_TAGS | {"section", "main", "figure", "figcaption"},
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
    )
    # Those of highlighted code, which has no colors in an e-mail.
    return remove_elements(html, lambda _: False, lambda tag: tag.name == "span" and not tag.attributes).strip()


def _has_class(name: str) -> Callable[[Token], bool]:
    return lambda tag: name in (tag.attributes.get("class") or "").split()


def _replace_pictures(html: str, site_url: str) -> Iterator[str]:
    """Yield the pieces of `html` with each picture made to fit, or replaced by a link or, within one, by its text."""
    links = 0
    for token in tokenize(html):
        if token.name == "a":
            links += {"start": 1, "end": -1}.get(token.kind, 0)
        if token.kind != "start" or token.name != "img":
            yield token.raw
            continue
        source, alt = token.attributes.get("src") or "", token.attributes.get("alt") or ""
        if source.startswith(f"{site_url}/") and not urlsplit(source).path.lower().endswith(".svg"):
            yield _fit(token, alt).raw
        elif not source or links:
            yield escape(alt, quote=False)
        else:
            yield f'<a href="{escape(source)}">{escape(alt or source, quote=False)}</a>'


def _fit(image: Token, alt: str) -> Token:
    """Return an image that is no wider than the text: Outlook for Windows obeys the attributes alone."""
    sizes = [value or "" for value in map(image.attributes.get, ("width", "height"))]
    width, height = (int(value) if value.isascii() and value.isdigit() else 0 for value in sizes)
    if not width:
        return image.with_attributes(alt=alt, width=None, height=None)
    fitting = min(width, CONTENT_WIDTH)
    fitting_height = str(max(1, round(height * fitting / width))) if height else None
    return image.with_attributes(alt=alt, width=str(fitting), height=fitting_height)
