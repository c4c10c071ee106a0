"""Python-Markdown without the steps whose time grows with the square of a text; what it makes stays the same.

It looks for the end of every open bracket, tag and fence up to the end of the text, for the end tags of all open
elements after every comment, and for a heading in all that follows each line. Here each is looked for once. What is
left is bounded by the length of a paragraph, and that has a limit.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from markdown import Markdown
from markdown.extensions.footnotes import FootnoteExtension
from markdown.extensions.md_in_html import HTMLExtractorExtra
from markdown.inlinepatterns import LinkInlineProcessor
from markdown.preprocessors import Preprocessor

from ..markup import BoundedTags

CHARACTERS = 200_000
LINES = 5_000
"""How much may stand together; a fenced block of code, or HTML, counts as one line."""

_BRACKET = re.compile(r"[\[\]]")
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_END_TAG = re.compile(r"</\s*([^\s<>]+)\s*>")
_FENCE = re.compile(r"^(~{3,}|`{3,})", re.MULTILINE)
_CLOSING = re.compile(r"^(~{3,}|`{3,})[ ]*$", re.MULTILINE)
_NEAR = 100
_LINK = 1_000
_Link = tuple[str, str | None, int, bool]


class TooLong(Exception):
    """Raised for a paragraph, a list or code that goes on for too long: how it begins."""


def bound(markdown: Markdown) -> Markdown:
    """Bound the time that `markdown` takes; returns it."""
    brackets = _Brackets()
    for pattern in markdown.inlinePatterns:
        if isinstance(pattern, LinkInlineProcessor):
            pattern.getText = brackets.text  # type: ignore[method-assign]  # five classes inherit it
            pattern.getLink = _link_of(pattern)  # type: ignore[method-assign, assignment]
    markdown.preprocessors.register(_Blocks(markdown), "html_block", 20)
    markdown.preprocessors.register(_Limit(markdown), "limit", 10)
    parts: Any = markdown
    fences, attributes = parts.preprocessors["fenced_code_block"], parts.treeprocessors["attr_list"]
    fences.FENCED_BLOCK_RE = _Fences(fences.FENCED_BLOCK_RE)
    attributes.HEADER_RE = _Braces(attributes.HEADER_RE)
    for processor in parts.parser.blockprocessors:
        for name in ("RE", "SEARCH_RE"):
            if hasattr(processor, name):
                setattr(processor, name, _Once(getattr(processor, name)))
    smarty = parts.treeprocessors["smarty"]
    smarty.run = _without_blanks(smarty.run)
    table = parts.parser.blockprocessors["table"]
    table.test = _table_test(table.test)
    for extension in parts.registeredExtensions:
        if isinstance(extension, FootnoteExtension):
            extension.unique_ref = _numbered(extension)  # type: ignore[method-assign, assignment]
    return markdown


class _Limit(Preprocessor):
    """Refuses what takes too long: within one block some steps' time grows with the square of its length."""

    def run(self, lines: list[str]) -> list[str]:
        begin = length = 0
        blank = False
        for number, line in enumerate(lines):
            # Indented lines belong to what stands before the empty ones.
            if blank and line.strip() and not line.startswith(("    ", "\t")):
                begin, length = number, 0
            length += len(line)
            blank = not line.strip()
            if length > CHARACTERS or number - begin >= LINES:
                raise TooLong(lines[begin][:60])
        return lines


class _Pattern:
    """Stands in for a compiled pattern; a class of these knows when `search` must fail."""

    def __init__(self, own: re.Pattern[str]) -> None:
        self.own = own

    def __getattr__(self, name: str) -> Any:
        return getattr(self.own, name)


class _Once(_Pattern):
    """A pattern for whole lines that was not found in some lines is not looked for in the last of them again."""

    failed = ""

    def search(self, text: str) -> re.Match[str] | None:
        if self.failed.endswith(text) and self.failed[-len(text) - 1 : -len(text)] in ("", "\n"):
            return None
        found = self.own.search(text)
        if found is None:
            self.failed = text
        return found


class _Braces(_Pattern):
    """Attributes end with a brace, and so does the text."""

    def search(self, text: str) -> re.Match[str] | None:
        return self.own.search(text) if text.rstrip().endswith("}") else None


class _Fences(_Pattern):
    """A fence is one only where the same follows, alone on its line."""

    def search(self, text: str, index: int = 0) -> re.Match[str] | None:
        if index == 0:
            # From the end: what stands before `index` has changed when the next one is looked for.
            self.last = {closing[1]: len(text) - closing.start() for closing in _CLOSING.finditer(text)}
        for fence in _FENCE.finditer(text, index):
            if len(text) - fence.start() > self.last.get(fence[1], len(text)):
                found = self.own.match(text, fence.start())
                if found:
                    return found
        return None


def _table_test(own: Callable[[Any, str], bool]) -> Callable[[Any, str], bool]:
    def test(parent: Any, block: str) -> bool:
        """Look at all rows only where the first two can be a table's."""
        end = block.find("\n")
        second = block[end + 1 : block.find("\n", end + 1) if block.find("\n", end + 1) > 0 else len(block)]
        return end > 0 and "|" in block[:end] and set(second) <= set("|:- ") and own(parent, block)

    return test


def _without_blanks(own: Callable[..., Any]) -> Callable[..., Any]:
    def run(root: Any, *given: Any) -> Any:
        """Leave out the ends of lines between blocks: for text after an element, its place among all is counted."""
        blanks = [(element, element.tail) for element in root.iter() if element.tail and element.tail.isspace()]
        for element, _ in blanks:
            element.tail = None
        made = own(root, *given)
        for element, tail in blanks:
            element.tail = tail
        return made

    return run


def _numbered(notes: FootnoteExtension) -> Callable[[str, bool], str]:
    def unique_ref(reference: str, found: bool = False) -> str:
        """Return the id of a place that leads to a note: the second one's begins with `fnref2`."""
        if not found:
            return reference
        times = notes.found_refs[reference] = notes.found_refs.get(reference, 0) + 1
        return reference if times == 1 else f"fnref{times}{reference.removeprefix('fnref')}"

    return unique_ref


def _link_of(pattern: LinkInlineProcessor) -> Callable[[str, int], _Link]:
    own = pattern.getLink

    def link(data: str, index: int) -> _Link:
        """Look for an address and a title in parentheses near by, or as far as the first end of parentheses."""
        end = data.find(")", index)
        if end < 0 or (end > index + _LINK and data.find("(", index + 1, end) > 0):
            return "", None, index, False
        href, title, length, handled = own(data[index : max(index + _LINK, end + 1)], 0)
        # Python-Markdown gives -1 for some unpaired quotes, and eats all text between.
        return (href, title, index + length, handled) if length >= 0 else ("", None, index, False)

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


class _Extractor(BoundedTags, HTMLExtractorExtra):
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
