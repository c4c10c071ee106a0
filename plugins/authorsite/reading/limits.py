"""Bounds for the time that Python-Markdown takes: it grows with a text, not with the square of its length.

Python-Markdown looks for the end of every open bracket and fence as far as the text goes, and begins anew behind every
heading. Texts that make it do so more often than any author would are refused; all others become what they always do.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree as ET

from markdown import Markdown
from markdown.extensions.footnotes import FootnoteExtension
from markdown.extensions.md_in_html import HTMLExtractorExtra
from markdown.inlinepatterns import LinkInlineProcessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

from ..markup import BoundedTags

CHARACTERS = 200_000
LINES = 5_000
PARTS = 1_000
"""How much may stand together, and how many headings, rules and definitions; a fenced block, or HTML, is one line."""

OPEN = 100
"""How many square or round brackets may be open in a paragraph, and how many fences of code in a text."""

REPEATED = 20
"""How many times its text's length the addresses and titles of a post may have together."""

_NEAR = 1_000
_PART = re.compile(r" *(?:#|[-=*_ ]+$|\*?\[[^\]]*\]:)")
_FENCE = re.compile(r"(~{3,}|`{3,})([ ]*$)?")
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_END_TAG = re.compile(r"</\s*([^\s<>]+)\s*>")
_Link = tuple[str, str | None, int, bool]


class TooLong(Exception):
    """Raised for what would take too long: how the place begins, and what to do."""

    def __init__(self, text: str, hint: str) -> None:
        super().__init__(text, hint)
        self.begin, self.hint = text.strip().partition("\n")[0][:60], hint


def bound(markdown: Markdown) -> Markdown:
    """Bound the time that `markdown` takes; returns it."""
    for pattern in markdown.inlinePatterns:
        if isinstance(pattern, LinkInlineProcessor):
            pattern.getLink = _near(pattern.getLink)  # type: ignore[method-assign, assignment]  # five classes inherit it
    markdown.preprocessors.register(_Fences(markdown), "open-fences", 26)
    markdown.preprocessors.register(_Blocks(markdown), "html_block", 20)
    markdown.preprocessors.register(_Limit(markdown), "limit", 10)
    markdown.treeprocessors.register(_Brackets(markdown), "open-brackets", 21)
    markdown.treeprocessors.register(_Repeated(markdown), "repeated", 6.5)
    typography: Any = markdown.treeprocessors["smarty"]
    typography.run = _without_line_ends(typography.run)
    for extension in markdown.registeredExtensions:
        if isinstance(extension, FootnoteExtension):
            extension.unique_ref = _numbered(extension)  # type: ignore[method-assign, assignment]
    return markdown


class _Fences(Preprocessor):
    """A fence of code that no other closes is looked for to the end of the text."""

    def run(self, lines: list[str]) -> list[str]:
        found = [(fence, line) for line in lines if (fence := _FENCE.match(line))]
        closing = {fence[1]: place for place, (fence, _) in enumerate(found) if fence[2] is not None}
        open_ = [line for place, (fence, line) in enumerate(found) if closing.get(fence[1], -1) < place]
        if len(open_) > OPEN:
            raise TooLong(open_[0], "close each block of code with the signs that open it, alone on a line")
        return lines


class _Limit(Preprocessor):
    """Within one block some steps' time grows with the square of its length."""

    def run(self, lines: list[str]) -> list[str]:
        begin = length = parts = 0
        blank = False
        for number, line in enumerate(lines):
            # Indented lines belong to what stands before the empty ones.
            if blank and line.strip() and not line.startswith(("    ", "\t")):
                begin, length, parts = number, 0, 0
            length += len(line)
            blank = not line.strip()
            parts += not blank and bool(_PART.match(line))
            if length > CHARACTERS or number - begin >= LINES or parts > PARTS:
                raise TooLong(lines[begin], "part it by empty lines")
        return lines


class _Brackets(Treeprocessor):
    """Each open bracket's end is looked for to the end of the paragraph."""

    def run(self, root: ET.Element) -> None:
        for element in root.iter():
            for text in (element.text, element.tail):
                if text and not isinstance(text, AtomicString) and _many(text):
                    raise TooLong(text, "close its brackets, or write a backslash before them")


def _many(text: str) -> bool:
    # A brace in a heading is looked for again whether the last was closed or not.
    return text.count("{") > PARTS or _open(text, "[", "]") or _open(text, "(", ")")


def _open(text: str, opening: str, closing: str) -> bool:
    depth = 0
    if text.count(opening) > OPEN:
        for character in text:
            depth = max(depth + (character == opening) - (character == closing), 0)
            if depth > OPEN:
                return True
    return False


class _Repeated(Treeprocessor):
    """An address or a title is written once, and stands wherever its name does."""

    def run(self, root: ET.Element) -> None:
        markdown: Any = self.md
        left = REPEATED * sum(len(line) for line in markdown.lines) + CHARACTERS
        for element in root.iter():
            left -= sum(map(len, element.attrib.values()))
            if left < 0:
                raise TooLong(max(element.attrib.values(), key=len), "write it shorter, or use its name less often")


def _without_line_ends(own: Callable[[ET.Element], Any]) -> Callable[[ET.Element], None]:
    def run(root: ET.Element) -> None:
        """Leave out the line ends between blocks: each would be looked for among all elements beside it."""
        ends = [element for element in root.iter() if element.tail == "\n"]
        for element in ends:
            element.tail = None
        own(root)
        for element in ends:
            element.tail = "\n"

    return run


def _near(own: Callable[[str, int], _Link]) -> Callable[[str, int], _Link]:
    def link(data: str, index: int) -> _Link:
        """Look for an address and a title in parentheses near by, or as far as the first end of parentheses."""
        href, title, end, handled = own(data[: max(index + _NEAR, data.find(")", index) + 1)], index)
        # Python-Markdown gives -1 for some unpaired quotes, and eats all text between.
        return href, title, end, handled and end > index

    return link


def _numbered(notes: FootnoteExtension) -> Callable[[str, bool], str]:
    def unique_ref(reference: str, found: bool = False) -> str:
        """Return the id of a place that leads to a note: the second one's begins with `fnref2`."""
        if not found:
            return reference
        times = notes.found_refs[reference] = notes.found_refs.get(reference, 0) + 1
        return reference if times == 1 else f"fnref{times}{reference.removeprefix('fnref')}"

    return unique_ref


class _Blocks(Preprocessor):
    """The step that sets HTML apart."""

    def run(self, lines: list[str]) -> list[str]:
        parser = _Extractor(self.md)
        parser.feed("\n".join(lines))
        parser.close()
        return "".join(parser.cleandoc).split("\n")


class _Extractor(BoundedTags, HTMLExtractorExtra):
    def inline_close_follows(self, text: str) -> bool:
        """Return whether an open inline element is closed near by in the same paragraph, after the comment `text`."""
        at = self.line_offset + self.offset + len(text)
        near = _BLANK_LINE.split(self.rawdata[at : at + _NEAR], maxsplit=1)[0]
        open_ = self.inline_stack[-OPEN:]
        return any(tag.lower() in open_ for tag in _END_TAG.findall(near))
