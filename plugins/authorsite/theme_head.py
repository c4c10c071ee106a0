"""Put metadata into the head of pages whose theme offers no place for it; their rendered HTML is changed, once."""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from .markup import tokenize

OWN_TEMPLATES = "!authorsite/"
"""The prefix by which the package asks for its own templates, as Pelican's `!theme/` is that of the theme's."""

_START, _END = "<!--authorsite-head-->", "<!--/authorsite-head-->"
"""What is between these two in the package's own pages belongs into the head (see templates/own_page.html)."""

_HEAD_END = re.compile(r"</head\s*>", re.IGNORECASE)
_ELEMENT = re.compile(
    r"<!--.*?-->|<(script|style|noscript|template)\b.*?</\1\s*>"
    r"|(?P<title><title\b[^>]*>.*?</title\s*>)|(?P<tag><(?:meta|link)\b(?:[^>\"']|\"[^\"]*\"|'[^']*')*>)",
    re.DOTALL | re.IGNORECASE,
)
"""The elements of a head. Comments and scripts are matched so that nothing in them is taken for an element."""


_METADATA_BLOCK = re.compile(r"\{%[-+]?\s*block\s+metadata\b")


def includes_metadata(theme: str | Path) -> bool:
    """Return whether the theme in this folder includes the package's metadata: base.html has a block `metadata`."""
    base = f"{theme}/templates/base.html"
    with suppress(OSError):
        return _has_metadata_block(base, os.stat(base).st_mtime_ns)  # noqa: PTH116 - asked for each page
    return False


@lru_cache(8)
def _has_metadata_block(template: str, _modified: int) -> bool:
    return bool(_METADATA_BLOCK.search(Path(template).read_text("utf-8", "replace")))


def move_head(page: str) -> str:
    """Move what the package's own page has for its head from its content to there."""
    before, start, rest = page.partition(_START)
    head, end, after = rest.partition(_END)
    return merge_head(before + after, head) if start and end else page


def has_own_head(page: str) -> bool:
    """Return whether the page is one of the package's own, with metadata to move."""
    return _START in page


def merge_head(page: str, metadata: str) -> str:
    """Add `metadata`, HTML, to the end of the page's head, in place of the elements there that say the same.

    A page without a head stays as it is.
    """
    match = _HEAD_END.search(page)
    if match is None:
        return page
    said = {_get_key(element) for element in _ELEMENT.finditer(metadata)} - {None}

    def drop(element: re.Match[str]) -> str:
        return "" if _get_key(element) in said else element[0]

    head = _ELEMENT.sub(drop, page[: match.start()])
    lines = "\n".join(_strip_lines(metadata))
    return f"{head}{lines}\n{page[match.start() :]}"


def _strip_lines(text: str) -> Iterator[str]:
    return filter(None, map(str.strip, text.splitlines()))


def _get_key(element: re.Match[str]) -> tuple[str, str] | None:
    """Return what an element says, such as ("meta", "description"), where a page says it once; None for any other."""
    if element["title"]:
        return "title", ""
    if not element["tag"]:
        return None
    token = tokenize(element["tag"])[0]
    values = {name: (value or "").strip() for name, value in token.attributes.items()}
    if token.name == "meta":
        name = (values.get("property") or values.get("name") or "").lower()
        return ("meta", name) if name else None
    if values.get("rel", "").lower() == "canonical":
        return "canonical", ""
    return "link", values.get("href", "")
