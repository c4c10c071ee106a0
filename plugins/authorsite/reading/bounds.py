"""Python-Markdown without the steps whose time grows with the square of a text; what it makes stays the same.

It looks for the end of every open bracket up to the end of the paragraph, and for the end tags of all open elements
after every comment. Here each is looked for once.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from markdown import Markdown
from markdown.extensions.md_in_html import HTMLExtractorExtra
from markdown.inlinepatterns import LinkInlineProcessor
from markdown.preprocessors import Preprocessor

_BRACKET = re.compile(r"[\[\]]")
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_END_TAG = re.compile(r"</\s*([^\s<>]+)\s*>")
_NEAR = 100


def bound(markdown: Markdown) -> Markdown:
    """Bound the time that `markdown` takes; returns it."""
    brackets = _Brackets()
    for pattern in markdown.inlinePatterns:
        if isinstance(pattern, LinkInlineProcessor):
            pattern.getText = brackets.text  # type: ignore[method-assign]  # five classes inherit it
            pattern.getLink = _link_of(pattern)  # type: ignore[method-assign, assignment]
    markdown.preprocessors.register(_Blocks(markdown), "html_block", 20)
    return markdown


def _link_of(pattern: LinkInlineProcessor) -> Callable[[str, int], tuple[str, str | None, int, bool]]:
    own = pattern.getLink

    def link(data: str, index: int) -> tuple[str, str | None, int, bool]:
        """Look for an address in parentheses only where one is closed."""
        return own(data, index) if data.find(")", index) >= 0 else ("", None, index, False)

    return link


class _Brackets:
    """Finds the ends of brackets: near ones at once, far ones by one pass over the text."""

    def __init__(self) -> None:
        self._data = ""
        self._ends: dict[int, int] = {}

    def text(self, data: str, index: int) -> tuple[str, int, bool]:
        """Return what stands in the bracket that opens before `index`, the place after it, and whether it closes."""
        depth = 1
        for found in _BRACKET.finditer(data, index, index + _NEAR):
            depth += 1 if found[0] == "[" else -1
            if not depth:
                return data[index : found.start()], found.end(), True
        end = self._end(data, index)
        return (data[index:], len(data), False) if end < 0 else (data[index:end], end + 1, True)

    def _end(self, data: str, index: int) -> int:
        if data != self._data:
            self._data, self._ends = data, _ends_of(data)
        return self._ends.get(index, -1)


def _ends_of(data: str) -> dict[int, int]:
    """Return the place of the closing bracket by the place after the opening one."""
    ends: dict[int, int] = {}
    open_: list[int] = []
    for found in _BRACKET.finditer(data):
        if found[0] == "[":
            open_.append(found.end())
        elif open_:
            ends[open_.pop()] = found.start()
    return ends


class _Blocks(Preprocessor):
    """The step that sets HTML apart."""

    def run(self, lines: list[str]) -> list[str]:
        parser = _Extractor(self.md)
        parser.feed("\n".join(lines))
        parser.close()
        return "".join(parser.cleandoc).split("\n")


class _Extractor(HTMLExtractorExtra):
    """Knows, of each paragraph, where the last end tag of each name stands."""

    def reset(self) -> None:
        self._paragraph_end = -1
        self._last: dict[str, int] = {}
        super().reset()

    def inline_close_follows(self, text: str) -> bool:
        """Return whether an open inline element is closed in the same paragraph, after the comment `text`."""
        if not self.inline_stack:
            return False
        at = self.line_offset + self.offset + len(text)
        if at > self._paragraph_end:
            found = _BLANK_LINE.search(self.rawdata, at)
            self._paragraph_end = found.start() if found else len(self.rawdata)
            ends = _END_TAG.finditer(self.rawdata, at, self._paragraph_end)
            self._last = {end[1].lower(): end.start() for end in ends}
        return any(place >= at and tag in self.inline_stack for tag, place in self._last.items())
