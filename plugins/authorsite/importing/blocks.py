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
_MAX_INSERTED = 100
"""How many reusable blocks are inserted into one text."""

MORE = '<hr class="wp-more">'


@dataclass(slots=True)
class Unblocked:
    """A body as HTML without comments, the names of blocks that WordPress fills, and the number of page breaks."""

    html: str = ""
    dynamic: list[str] = field(default_factory=list)
    page_breaks: int = 0
    inserted: int = 0


def render_blocks(text: str, reusable_blocks: Mapping[int, str] | None = None) -> Unblocked:
    """Return a body as HTML, in linear time: without comments, with paragraphs where the classic editor wrote it.

    `<!--more-->` becomes MORE. `reusable_blocks` are inserted where the text refers to them. Blocks that WordPress
    fills are left out.
    """
    result = Unblocked()
    result.html = _BlockRenderer(text, reusable_blocks or {}, result).run()
    return result


class _BlockRenderer:
    def __init__(self, text: str, reusable: Mapping[int, str], result: Unblocked) -> None:
        self.text, self.reusable, self.result = text, reusable, result
        self.out: list[str] = []
        self.free: list[str] = []  # text outside of blocks
        self.depth = self.at = 0

    def run(self) -> str:
        text = self.text
        while (start := text.find("<!--", self.at)) >= 0 and (end := text.find("-->", start + 4)) >= 0:
            self.add(text[self.at : start])
            comment, self.at = text[start + 4 : end], end + 3
            match = _BLOCK.fullmatch(comment) if "wp:" in comment[:20] else None
            if match is None:
                self.add(_convert_comment(comment, self.result))
            else:
                self.step(match)
        self.add(text[self.at :])
        self.end_free()
        return "".join(self.out)

    def add(self, html: str) -> None:
        (self.out if self.depth else self.free).append(html)

    def end_free(self) -> None:
        joined = "".join(self.free)
        self.free.clear()
        if joined.strip():
            self.out.append(add_paragraphs(joined))

    def step(self, match: re.Match[str]) -> None:
        """Take the comment that starts or ends a block, or is one."""
        if not self.depth:
            self.end_free()
        if match[1]:
            self.depth = max(self.depth - 1, 0)
            return
        name, attributes = match[2].removeprefix("core/"), _parse_attributes(match[3])
        if match[4]:
            self.out.append(self.convert_empty(name, attributes))
            return
        self.depth += 1
        if name in {"cover", "cover-image"}:
            self.out.append(_show_background(attributes, self.text[self.at : self.at + _LOOKAHEAD]))
        elif name in _CODE_BLOCKS and isinstance(language := attributes.get("language"), str):
            self.at = _name_language(self.text, self.at, language, self.out)

    def convert_empty(self, name: str, attributes: dict[str, Any]) -> str:
        """Return the HTML of a block without content."""
        number, url = attributes.get("ref"), attributes.get("url")
        if name == "block" and isinstance(number, int) and number in self.reusable:
            self.result.inserted += 1
            if self.result.inserted > _MAX_INSERTED:
                return ""
            others = {key: text for key, text in self.reusable.items() if key != number}
            return _BlockRenderer(self.reusable[number].replace("\r\n", "\n"), others, self.result).run()
        if name == "embed" and isinstance(url, str):
            return f'<p><a href="{escape(url)}">{escape(url)}</a></p>'
        if name not in _SILENT and name not in self.result.dynamic:
            self.result.dynamic.append(name)
        return "<hr>" if name == "separator" else ""


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
