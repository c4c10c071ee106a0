"""Sanitize the HTML of a WordPress body, and parse it as browsers do."""

import re
from html import unescape

import nh3

from .dom import Node, TooDeep, is_too_deep, parse_html

_TAGS = nh3.ALLOWED_TAGS | set(
    "section main figure figcaption details summary iframe embed video audio source center font big tt strike u "
    "fieldset legend form dialog search".split()
)
_REMOVED = set(
    "script style template select textarea svg math canvas noscript noframes noembed applet frameset title head".split()
)
_ATTRIBUTES = {
    "*": {"id", "class", "dir", "title"},
    "a": {"href", "name", "rel"},
    "img": {"src", "alt", "width", "height", "data-link"},
    "iframe": {"src"},
    "embed": {"src"},
    "video": {"src"},
    "audio": {"src"},
    "source": {"src"},
    "ol": {"start", "reversed", "type"},
    "td": {"colspan", "rowspan", "align", "style"},
    "th": {"colspan", "rowspan", "align", "style"},
    "span": {"style"},
    "pre": {"lang"},
    "details": {"open"},
}
_PARAGRAPH_END = re.compile(r"</?(?:p|div|li|h[1-6]|tr|blockquote|br)\b[^<>]*>")
_MAX_GROWTH = 10
"""How much longer browsers' rules for unclosed elements may make a text."""


_LEFT_OUT = re.compile(r"<(script|form|input|select|textarea|svg|canvas|applet)\b", re.IGNORECASE)
_FORMULA = re.compile(r"<annotation\b[^<>]*x-tex[^<>]*>([^<>]*)", re.IGNORECASE)


def find_left_out(html: str) -> list[str]:
    """Return the names of elements that `clean_html` leaves out and that readers may miss, each once."""
    return list(dict.fromkeys(name.lower() for name in _LEFT_OUT.findall(html)))


def clean_html(html: str) -> Node | None:
    """Return HTML as a tree of harmless elements; None if it is too deeply nested for that.

    Scripts, styles, forms' fields and event handlers are gone, and URLs of other schemes than the web's and e-mail's.
    """
    if is_too_deep(html):
        return None
    html = _write_formulas(html)
    cleaned = nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        clean_content_tags=_REMOVED,
        link_rel=None,
        url_schemes={"http", "https", "mailto", "tel"},
    )
    if len(cleaned) > _MAX_GROWTH * len(html) + 1000:
        return None
    try:
        return parse_html(cleaned)
    except TooDeep:
        return None


def _write_formulas(html: str) -> str:
    """Return HTML with MathML as code: in TeX if it says so."""
    parts = re.split(r"(?i)<math\b", html)
    for number, part in enumerate(parts[1:], 1):
        formula, end, rest = part.partition("</math>")
        tex = _FORMULA.search(formula)
        text = tex[1] if tex else re.sub(r"<[^<>]*>", " ", formula.partition(">")[2])
        parts[number] = f"<code>{' '.join(text.split())}</code>{rest}" if end else f"<math{part}"
    return "".join(parts)


def extract_text(html: str) -> Node:
    """Return nothing but the text of HTML, as paragraphs in a `div`; in linear time."""
    text = re.sub(r"<[^<>]*>", "", _PARAGRAPH_END.sub("\n\n", html))
    paragraphs = (part.strip() for part in unescape(text).split("\n\n"))
    return Node("div", {}, [Node("p", {}, [part]) for part in paragraphs if part])
