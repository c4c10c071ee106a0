"""Sanitize HTML for feed readers: absolute URLs, plain references, closed elements, no scripts, forms or styles."""

import re
from html import escape
from urllib.parse import urljoin

import nh3

from ..markup import Token, remove_elements, rewrite_tags

_ALLOWED_TAGS = nh3.ALLOWED_TAGS | set("audio video source track picture figure figcaption section main".split())
_REMOVED_WITH_CONTENT = set("form script style template object svg math button select textarea dialog".split())
_ALLOWED_ATTRIBUTES = {
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
_URL_ATTRIBUTES = frozenset(("href", "src", "poster", "cite"))
_URL_SCHEMES = {"http", "https", "mailto", "tel"}
_INVALID_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
# A URL may contain commas, but neither start nor end with one (HTML spec, "srcset attributes").
_SRCSET_CANDIDATE = re.compile(r"([^\s,](?:\S*[^\s,])?)(?:\s+([\d.]+[wxh]))?\s*(?:,|$)")
# Feed readers such as Newsboat number links: a linked [1] would show as [1][1].
_REFERENCE_LINK = re.compile(r"""class=["'][^"']*\b(?:citation|citation-back|headerlink)\b""")


def sanitize_for_feed(html: str, base_url: str) -> tuple[str, list[str]]:
    """Return the `html` of the page at `base_url` sanitized for feed readers, and the invalid characters removed.

    The latter are code points ("U+0008") that XML forbids. Links from a citation to its reference become plain text,
    links back from the reference are removed, and iframes become links.
    """
    html, removed = strip_invalid_xml(html)
    if _REFERENCE_LINK.search(html):
        html = remove_elements(
            html, lambda tag: bool(_get_classes(tag) & {"citation-back", "headerlink"}), _is_citation
        )
    html = rewrite_tags(html, {"iframe", "embed"}, lambda tag: _iframe_to_link(tag, base_url))
    html = _clean(html, base_url)
    # Again, as nh3 has turned references such as &#8; into characters. Nothing changes the HTML after it is cleaned.
    html, more = strip_invalid_xml(html)
    return (_clean(html, base_url) if more else html).strip(), sorted({*removed, *more})


def _clean(html: str, base_url: str) -> str:
    return nh3.clean(
        html,
        tags=_ALLOWED_TAGS,
        clean_content_tags=_REMOVED_WITH_CONTENT,
        attributes=_ALLOWED_ATTRIBUTES,
        url_schemes=_URL_SCHEMES,
        link_rel=None,
        attribute_filter=lambda _, name, value: _filter_attribute(name, value, base_url),
    )


def strip_invalid_xml(text: str) -> tuple[str, list[str]]:
    """Return `text` without the characters that XML forbids, and their code points ("U+0008")."""
    removed = sorted({f"U+{ord(character):04X}" for character in _INVALID_XML.findall(text)})
    return _INVALID_XML.sub("", text), removed


def _get_classes(tag: Token) -> set[str]:
    return set((tag.attributes.get("class") or "").split())


def _is_citation(tag: Token) -> bool:
    return "citation" in _get_classes(tag)


def _iframe_to_link(tag: Token, base_url: str) -> str:
    url = _resolve_url(tag.attributes.get("src") or "", base_url)
    return f'<a href="{escape(url)}">{escape(tag.attributes.get("title") or url)}</a>'


def _filter_attribute(name: str, value: str, base_url: str) -> str | None:
    if name in _URL_ATTRIBUTES:
        return _resolve_url(value, base_url)
    if name == "srcset":
        candidates = ((_resolve_url(url, base_url), size) for url, size in _SRCSET_CANDIDATE.findall(value))
        return ", ".join(f"{url} {size}".strip() for url, size in candidates if url.startswith("http")) or None
    return value


def _resolve_url(url: str, base_url: str) -> str:
    try:
        return urljoin(base_url, url.strip())
    except ValueError:
        return base_url
