"""HTML as a feed reader needs it: whole addresses, plain references, nothing that runs."""

from __future__ import annotations

import re
from html import escape
from urllib.parse import urljoin

from ..markup import Token, start, tokens, without, written

_DROPPED = frozenset("script style form noscript template object embed input button select textarea dialog".split())
_ADDRESSES = {"href", "src", "poster", "cite", "data", "longdesc"}
_ATTRIBUTES_DROPPED = re.compile(r"on.+|style|sizes|loading|decoding|fetchpriority|data-.*")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def for_readers(html: str, base: str) -> str:
    """Return `html` of the page at the absolute address `base` fit for any feed reader.

    Links between a reference and its entry become plain text, since readers number links themselves.
    """
    kept = without(html, _is_dropped, _is_unwrapped)
    return written([_readable(token, base) for token in tokens(kept)]).strip()


def without_forbidden(text: str) -> tuple[str, list[str]]:
    """Return `text` without the characters that XML forbids, and their code points as U+0008."""
    found = sorted({f"U+{ord(character):04X}" for character in _FORBIDDEN.findall(text)})
    return _FORBIDDEN.sub("", text), found


def _classes(token: Token) -> list[str]:
    return (token.attributes.get("class") or "").split()


def _is_dropped(token: Token) -> bool:
    return token.name in _DROPPED or "citation-back" in _classes(token) or "headerlink" in _classes(token)


def _is_unwrapped(token: Token) -> bool:
    return "citation" in _classes(token)


def _readable(token: Token, base: str) -> Token:
    if token.kind == "end" and token.name == "iframe":
        return Token("text", "")
    if token.kind != "start":
        return token
    if token.name == "iframe":
        return _frame_as_link(token, base)
    kept = {k: v for k, v in token.attributes.items() if not _ATTRIBUTES_DROPPED.fullmatch(k)}
    for name, value in kept.items():
        if name in _ADDRESSES and value is not None:
            kept[name] = _whole(value, base)
        elif name == "srcset" and value:
            kept[name] = ", ".join(_whole_candidate(part, base) for part in value.split(", "))
    return start(token.name, kept)


def _frame_as_link(token: Token, base: str) -> Token:
    address = escape(_whole(token.attributes.get("src") or "", base))
    title = escape(token.attributes.get("title") or address)
    return Token("text", f'<a href="{address}">{title}</a>')


def _whole(address: str, base: str) -> str:
    try:
        whole = urljoin(base, address.strip())
    except ValueError:
        return base
    return "" if whole.lower().startswith(("javascript:", "vbscript:")) else whole


def _whole_candidate(candidate: str, base: str) -> str:
    address, _, size = candidate.strip().partition(" ")
    return f"{_whole(address, base)} {size}".strip()
