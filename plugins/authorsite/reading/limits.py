"""Limits that keep Python-Markdown's time linear in the length of a text instead of quadratic.

Python-Markdown searches the whole text for the end of every open bracket and fence, and starts again after every
heading. Texts that make it do so more often than any author would are rejected; for all others the output is the same.
"""

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

from ..markup import LinearTagScan

MAX_CHARACTERS = 200_000
MAX_LINES = 5_000
MAX_MARKERS = 1_000
"""Limits per block: characters, lines, and headings, rules and definitions. Fenced code or raw HTML is one line."""

MAX_OPEN = 100
"""The limit of open square or round brackets in a paragraph, and of open code fences in a text."""

MAX_MARKS = 20_000
"""The limit of quotes and emphasis marks in a paragraph: for each, the whole paragraph is copied."""

MAX_ATTRIBUTE_RATIO = 20
"""The limit of the total length of all attributes (URLs, titles), in lengths of the text."""

_LOOKAHEAD = 1_000
_MARKER = re.compile(r" *(?:#|[-=*_ ]+$|\*?\[[^\]]*\]:)")
_FENCE = re.compile(r"(~{3,}|`{3,})([ ]*$)?")
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_END_TAG = re.compile(r"</\s*([^\s<>]+)\s*>")
_Link = tuple[str, str | None, int, bool]


class TooComplex(Exception):
    """Raised for a text that would take too long, with its first line (`snippet`) and a hint."""

    def __init__(self, text: str, hint: str) -> None:
        super().__init__(text, hint)
        self.snippet, self.hint = text.strip().partition("\n")[0][:60], hint


def apply_limits(markdown: Markdown) -> Markdown:
    """Add the limits to `markdown` and return it; its `convert` then raises TooComplex."""
    for pattern in markdown.inlinePatterns:
        if isinstance(pattern, LinkInlineProcessor):
            pattern.getLink = _limit_lookahead(pattern.getLink)  # type: ignore[method-assign, assignment]
    markdown.preprocessors.register(_FenceLimit(markdown), "open-fences", 26)
    markdown.preprocessors.register(_HtmlBlockPreprocessor(markdown), "html_block", 20)
    markdown.preprocessors.register(_BlockLimit(markdown), "limit", 10)
    markdown.treeprocessors.register(_BracketLimit(markdown), "open-brackets", 21)
    markdown.treeprocessors.register(_AttributeLimit(markdown), "repeated", 6.5)
    smarty: Any = markdown.treeprocessors["smarty"]
    smarty.run = _skip_newline_tails(smarty.run)
    for extension in markdown.registeredExtensions:
        if isinstance(extension, FootnoteExtension):
            extension.unique_ref = _count_references(extension)  # type: ignore[method-assign, assignment]
    return markdown


class _FenceLimit(Preprocessor):
    """Limits unclosed code fences: for each, the whole text is searched."""

    def run(self, lines: list[str]) -> list[str]:
        fences = [(match, line) for line in lines if (match := _FENCE.match(line))]
        last_closing = {match[1]: index for index, (match, _) in enumerate(fences) if match[2] is not None}
        unclosed = [line for index, (match, line) in enumerate(fences) if last_closing.get(match[1], -1) < index]
        if len(unclosed) > MAX_OPEN:
            raise TooComplex(unclosed[0], "close each code block with the same fence, on a line of its own")
        return lines


class _BlockLimit(Preprocessor):
    """Limits the size of a block, since some steps take quadratic time in it."""

    def run(self, lines: list[str]) -> list[str]:
        start = length = markers = 0
        is_blank = False
        for number, line in enumerate(lines):
            # Indented lines continue the block before the blank lines.
            if is_blank and line.strip() and not line.startswith(("    ", "\t")):
                start, length, markers = number, 0, 0
            length += len(line)
            is_blank = not line.strip()
            markers += not is_blank and bool(_MARKER.match(line))
            if length > MAX_CHARACTERS or number - start >= MAX_LINES or markers > MAX_MARKERS:
                raise TooComplex(lines[start], "split it with blank lines")
        return lines


class _BracketLimit(Treeprocessor):
    """Limits open brackets: for each, the rest of the paragraph is searched."""

    def run(self, root: ET.Element) -> None:
        for element in root.iter():
            for text in (element.text, element.tail):
                if not text or isinstance(text, AtomicString):
                    continue
                if _has_too_many_brackets(text):
                    raise TooComplex(text, "close its brackets, or escape them with backslashes")
                if len(text) > MAX_MARKS and sum(map(text.count, "\"'*_`-.&")) > MAX_MARKS:
                    raise TooComplex(text, "split it with blank lines")


def _has_too_many_brackets(text: str) -> bool:
    # Every brace in a heading starts a new search, closed or not.
    return text.count("{") > MAX_MARKERS or _is_too_deep(text, "[", "]") or _is_too_deep(text, "(", ")")


def _is_too_deep(text: str, opening: str, closing: str) -> bool:
    depth = 0
    if text.count(opening) > MAX_OPEN:
        for character in text:
            depth = max(depth + (character == opening) - (character == closing), 0)
            if depth > MAX_OPEN:
                return True
    return False


class _AttributeLimit(Treeprocessor):
    """Limits the total length of attributes: a URL or title defined once is copied to each use."""

    def run(self, root: ET.Element) -> None:
        markdown: Any = self.md
        remaining = MAX_ATTRIBUTE_RATIO * sum(len(line) for line in markdown.lines) + MAX_CHARACTERS
        for element in root.iter():
            values = [value or "" for value in element.attrib.values()]  # None: an attribute without a value
            remaining -= sum(map(len, values))
            if remaining < 0:
                raise TooComplex(max(values, key=len), "shorten it, or refer to it less often")


def _skip_newline_tails(run_smarty: Callable[[ET.Element], Any]) -> Callable[[ET.Element], None]:
    def run(root: ET.Element) -> None:
        """Hide the newlines between blocks: for each, smarty searches all its siblings."""
        elements = [element for element in root.iter() if element.tail == "\n"]
        for element in elements:
            element.tail = None
        run_smarty(root)
        for element in elements:
            element.tail = "\n"

    return run


def _limit_lookahead(get_link: Callable[[str, int], _Link]) -> Callable[[str, int], _Link]:
    def get_nearby_link(data: str, index: int) -> _Link:
        """Search for a URL and title only in the next _LOOKAHEAD characters, or up to the first `)`."""
        href, title, end, handled = get_link(data[: max(index + _LOOKAHEAD, data.find(")", index) + 1)], index)
        # Python-Markdown returns -1 for some unpaired quotes, and drops all text between.
        return href, title, end, handled and end > index

    return get_nearby_link


def _count_references(footnotes: FootnoteExtension) -> Callable[[str, bool], str]:
    def unique_ref(reference: str, found: bool = False) -> str:
        """Return the id of a reference to a footnote, the second one's with the prefix `fnref2`; in constant time."""
        if not found:
            return reference
        count = footnotes.found_refs[reference] = footnotes.found_refs.get(reference, 0) + 1
        return reference if count == 1 else f"fnref{count}{reference.removeprefix('fnref')}"

    return unique_ref


class _HtmlBlockPreprocessor(Preprocessor):
    """Replaces Python-Markdown's extraction of raw HTML by one in linear time."""

    def run(self, lines: list[str]) -> list[str]:
        parser = _HtmlExtractor(self.md)
        parser.feed("\n".join(lines))
        parser.close()
        return "".join(parser.cleandoc).split("\n")


class _HtmlExtractor(LinearTagScan, HTMLExtractorExtra):
    def inline_close_follows(self, text: str) -> bool:
        """Return whether an open inline element is closed nearby in the same paragraph, after the comment `text`."""
        start = self.line_offset + self.offset + len(text)
        paragraph = _BLANK_LINE.split(self.rawdata[start : start + _LOOKAHEAD], maxsplit=1)[0]
        open_tags = self.inline_stack[-MAX_OPEN:]
        return any(tag.lower() in open_tags for tag in _END_TAG.findall(paragraph))
