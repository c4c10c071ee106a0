"""The block editor's comments: away, and what only they say becomes HTML."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any

from .autop import add_paragraphs

_BLOCK = re.compile(r"\s*(/?)wp:([a-z][a-z0-9_/-]*)\s*(\{.*\})?\s*(/?)\s*", re.DOTALL)
_PRE = re.compile(r"\s*<pre\b")
_CODE_BLOCKS = frozenset(("syntaxhighlighter/code", "code", "kevinbatdorf/code-block-pro"))
_SILENT = frozenset("nextpage spacer more separator post-content list-item footnotes".split())
"""Blocks without content that show nothing but what is taken care of here."""

_LOOKAHEAD = 2000
_MAX_NESTING, _MAX_INSERTED = 3, 100
"""How many reusable blocks may be within each other, and in one text."""

MORE = '<hr class="wp-more">'
FOOTNOTES = '<div class="wp-footnotes"></div>'


@dataclass(slots=True)
class Unblocked:
    """A body as HTML without comments, and the names of blocks that WordPress fills and that are left out."""

    html: str
    dynamic: list[str] = field(default_factory=list)
    page_breaks: int = 0
    inserted: int = 0


def render_blocks(text: str, reusable_blocks: Mapping[int, str] | None = None) -> Unblocked:
    """Return a body as HTML, in linear time: without comments, with paragraphs where the classic editor wrote it.

    `<!--more-->` becomes MORE, the place of footnotes FOOTNOTES. `reusable_blocks` are inserted where the text refers
    to them.
    """
    result = Unblocked("")
    result.html = _render(text.replace("\r\n", "\n"), reusable_blocks or {}, result, 0)
    return result


def _render(text: str, reusable: Mapping[int, str], result: Unblocked, nesting: int) -> str:
    out: list[str] = []
    free: list[str] = []  # text outside of blocks
    depth, at = 0, 0

    def end_free() -> None:
        joined = "".join(free)
        free.clear()
        if joined.strip():
            out.append(add_paragraphs(joined))

    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start + 4)) >= 0:
        target = out if depth else free
        target.append(text[at:start])
        comment, at = text[start + 4 : end], end + 3
        match = _BLOCK.fullmatch(comment) if "wp:" in comment[:20] else None
        if match is None:
            target.append(_convert_comment(comment, result))
            continue
        is_end, name, is_void = bool(match[1]), match[2].removeprefix("core/"), bool(match[4])
        if not depth:
            end_free()
        if is_end:
            depth = max(depth - 1, 0)
            continue
        attributes = _parse_attributes(match[3])
        out.append(_convert_block(name, attributes, reusable, result, nesting) if is_void else "")
        if not is_void:
            depth += 1
            if name in {"cover", "cover-image"}:
                out.append(_show_background(attributes, text[at : at + _LOOKAHEAD]))
            elif name in _CODE_BLOCKS and isinstance(language := attributes.get("language"), str):
                at = _name_language(text, at, language, out)
    (out if depth else free).append(text[at:])
    end_free()
    return "".join(out)


def _name_language(text: str, at: int, language: str, out: list[str]) -> int:
    """Add the language of code to its `pre`, if one starts at `at`; return where the text goes on."""
    match = _PRE.match(text, at)
    if match is None:
        return at
    out.append(f'<pre lang="language-{escape(language)}"')
    return match.end()


def _show_background(attributes: dict[str, Any], following: str) -> str:
    """Return the picture behind a cover, if only its style names it."""
    url = attributes.get("url")
    is_shown = "<img" in following.partition("<!--")[0] or attributes.get("backgroundType") == "video"
    return "" if is_shown or not isinstance(url, str) else f'<figure><img src="{escape(url)}" alt=""></figure>'


def _parse_attributes(text: str | None) -> dict[str, Any]:
    try:
        found = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _convert_comment(comment: str, result: Unblocked) -> str:
    """Return the HTML of a comment that is no block's."""
    text = comment.strip()
    if text == "nextpage":
        result.page_breaks += 1
        return "\n\n"
    return f"\n\n{MORE}\n\n" if text == "more" or text.startswith("more ") else ""


def _convert_block(
    name: str, attributes: dict[str, Any], reusable: Mapping[int, str], result: Unblocked, nesting: int
) -> str:
    """Return the HTML of a block without content."""
    number = attributes.get("ref")
    if name == "block" and isinstance(number, int) and number in reusable and nesting < _MAX_NESTING:
        result.inserted += 1
        if result.inserted > _MAX_INSERTED:
            return ""
        return _render(reusable[number].replace("\r\n", "\n"), reusable, result, nesting + 1)
    if name == "footnotes":
        return FOOTNOTES
    if name == "embed" and isinstance(url := attributes.get("url"), str):
        return f'<p><a href="{escape(url)}">{escape(url)}</a></p>'
    if name == "separator":
        return "<hr>"
    if name not in _SILENT:
        result.dynamic.append(name)
    return ""
