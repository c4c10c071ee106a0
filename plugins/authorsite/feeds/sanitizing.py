"""HTML as a feed reader needs it: whole addresses, plain references, every element closed, nothing that runs."""

from __future__ import annotations

import re
from html import escape
from urllib.parse import urljoin

import nh3

from ..markup import Token, edit_tags, without

_TAGS = nh3.ALLOWED_TAGS | set("audio video source track picture figure figcaption section main".split())
_WITH_ALL = set("form script style template object svg math button select textarea dialog".split())
_ATTRIBUTES = {
    "*": {"id", "lang", "dir", "title"},
    "a": {"href", "hreflang"},
    "img": {"src", "srcset", "alt", "width", "height"},
    "source": {"src", "srcset", "type", "media"},
    "track": {"src", "kind", "srclang", "label"},
    "video": {"src", "poster", "controls", "width", "height"},
    "audio": {"src", "controls"},
    "blockquote": {"cite"},
    "q": {"cite"},
    "ol": {"start", "reversed", "type"},
    "td": {"colspan", "rowspan", "align"},
    "th": {"colspan", "rowspan", "align", "scope"},
    "time": {"datetime"},
}
_ADDRESSES = frozenset(("href", "src", "poster", "cite"))
_SCHEMES = {"http", "https", "mailto", "tel"}
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
# What srcset holds, as HTML has it: addresses may hold commas, though not at their end.
_CANDIDATE = re.compile(r"([^\s,](?:\S*[^\s,])?)(?:\s+([\d.]+[wxh]))?\s*(?:,|$)")
# A reader numbers links itself: a linked [1] would show as [1][1].
_LINKED_REFERENCE = re.compile(r"""class=["'][^"']*\b(?:citation|citation-back|headerlink)\b""")


def for_readers(html: str, base: str) -> tuple[str, list[str]]:
    """Return `html` of the page at the absolute address `base` fit for any feed reader, and the characters left out.

    Those are the code points (U+0008) that XML forbids. Links between a reference and its entry become plain text.
    """
    html, left_out = without_forbidden(html)
    if _LINKED_REFERENCE.search(html):
        html = without(html, lambda tag: bool(_classes(tag) & {"citation-back", "headerlink"}), _is_citation)
    html = edit_tags(html, {"iframe", "embed"}, lambda tag: _frame_as_link(tag, base))
    html = nh3.clean(
        html,
        tags=_TAGS,
        clean_content_tags=_WITH_ALL,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel=None,
        attribute_filter=lambda _, name, value: _attribute(name, value, base),
    )
    # Once more: a reference such as &#8; is a character by now.
    html, more = without_forbidden(html)
    return html.strip(), sorted({*left_out, *more})


def without_forbidden(text: str) -> tuple[str, list[str]]:
    """Return `text` without the characters that XML forbids, and those as U+0008."""
    found = sorted({f"U+{ord(character):04X}" for character in _FORBIDDEN.findall(text)})
    return _FORBIDDEN.sub("", text), found


def _classes(tag: Token) -> set[str]:
    return set((tag.attributes.get("class") or "").split())


def _is_citation(tag: Token) -> bool:
    return "citation" in _classes(tag)


def _frame_as_link(tag: Token, base: str) -> str:
    address = _whole(tag.attributes.get("src") or "", base)
    return f'<a href="{escape(address)}">{escape(tag.attributes.get("title") or address)}</a>'


def _attribute(name: str, value: str, base: str) -> str | None:
    if name in _ADDRESSES:
        return _whole(value, base)
    if name == "srcset":
        whole = ((_whole(address, base), size) for address, size in _CANDIDATE.findall(value))
        return ", ".join(f"{address} {size}".strip() for address, size in whole if address.startswith("http")) or None
    return value


def _whole(address: str, base: str) -> str:
    try:
        return urljoin(base, address.strip())
    except ValueError:
        return base
