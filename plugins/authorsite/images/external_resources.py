"""What a browser asks other hosts for, to show a tag of HTML or SVG."""

from __future__ import annotations

import re
from collections.abc import Mapping

_LOADED = frozenset(("src", "srcset", "poster", "data", "background", "href"))
_LINKS = frozenset(("a", "area", "base"))
_WHOLE = re.compile(r"^\s*((?:https?:)?//\S+)", re.IGNORECASE)
_IN_LIST = re.compile(r"(?:^|[\s,])((?:https?:)?//[^\s,]+)", re.IGNORECASE)
_IN_CSS = re.compile(r"""(?:url\(|@import)\s*["']?\s*((?:https?:)?//[^\s"');]+)""", re.IGNORECASE)

SUSPICIOUS = re.compile(r"<(?!/|a\s)[^<>]*//|<style", re.IGNORECASE)
"""Finds every HTML that may ask for something, and some that does not."""


def asked(tag: str, attributes: Mapping[str, str | None], text: str = "") -> list[str]:
    """Return the addresses, scheme and all, that showing a tag asks for; `text` is what a `<style>` holds.

    Where links lead, nobody is asked for before a reader follows them.
    """
    found = _IN_CSS.findall(text) if tag == "style" else []
    for name, value in attributes.items():
        loaded = name in _LOADED and not (name == "href" and tag in _LINKS)
        found += (_IN_LIST if name == "srcset" else _WHOLE if loaded else _IN_CSS).findall(value or "")
    return found
