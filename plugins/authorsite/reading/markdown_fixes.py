"""Where Python-Markdown reads what an author means otherwise than everybody else, and can be brought to it."""

import re
from collections.abc import Iterator
from html import escape
from typing import Any
from xml.etree import ElementTree as ET

from markdown import Markdown
from markdown.extensions import Extension
from markdown.extensions.toc import slugify, slugify_unicode
from markdown.treeprocessors import Treeprocessor
from markdown.util import ETX, STX

_ATTRIBUTES = r"\{(?::[ ]*|[ ]*(?=[#.][\w-]|[\w:-]+=))([^\}\n ][^\n]*)\}"
"""An attribute list starts with `#`, `.`, `key=` or a colon: words in braces are text."""

_HEADING = re.compile(r"(?:^|\n)(?P<level>#{1,6})(?P<header>(?:\\.|[^\\])*?)(?:(?<=[ \t])#*[ \t]*)?(?:\n|$)")
_OLD_HEADING = re.compile(r"(?:^|\n)(?P<level>#{1,6})(?P<header>(?![ \t])(?:\\.|[^\\])*?)#*(?:\n|$)")
_RAW_HTML = re.compile(rf"({STX}wzxhzdk:\d+{ETX})")
_CODE_TAG = re.compile(r"<(/?)(?:code|kbd|samp|var|tt)\b", re.IGNORECASE)


def make_heading_id(text: str, separator: str) -> str:
    """Return the id of a heading: in ASCII, as ever, unless it has letters and none of them is in ASCII's alphabet."""
    slug = slugify(text, separator)
    if any(map(str.isalpha, slug)) or not any(map(str.isalpha, text)):
        return slug
    return slugify_unicode(text, separator)


class FixesExtension(Extension):
    """Words in braces and the `#` of C# stay text, and typography leaves code alone that is written as HTML."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's name
        """Register the code's protection before smart punctuation (6), and after all other inline patterns."""
        md.treeprocessors.register(_CodeProtector(md), "code-typography", 6.2)
        attributes: Any = md.treeprocessors["attr_list"]
        attributes.HEADER_RE = re.compile(rf"[ ]+{_ATTRIBUTES}[ ]*$")
        attributes.BLOCK_RE = re.compile(rf"\n[ ]*{_ATTRIBUTES}[ ]*$")
        attributes.INLINE_RE = re.compile(rf"^{_ATTRIBUTES}")
        headings: Any = md.parser.blockprocessors["hashheader"]
        headings.RE = _HeadingPattern()


class _HeadingPattern:
    """Finds a heading; `#` at its end belongs to it unless a space, or an old style `##Heading##`, says otherwise."""

    def search(self, block: str) -> re.Match[str] | None:
        match = _HEADING.search(block)
        old = match and not match["header"].startswith((" ", "\t")) and _OLD_HEADING.search(block)
        return old or match


class _CodeProtector(Treeprocessor):
    def run(self, root: ET.Element) -> None:
        """Store the text between the tags of code that is written as HTML, so that nothing changes it."""
        if any(isinstance(block, str) and _CODE_TAG.match(block) for block in self.md.htmlStash.rawHtmlBlocks):
            self._depth = 0
            self._protect(root)

    def _protect(self, element: ET.Element) -> None:
        if self.md.is_block_level(str(element.tag)):
            self._depth = 0
        element.text = self._store_code(element.text)
        for child in element:
            self._protect(child)
            child.tail = self._store_code(child.tail)

    def _store_code(self, text: str | None) -> str | None:
        if not text or (STX not in text and not self._depth):
            return text
        return "".join(self._replace(text))

    def _replace(self, text: str) -> Iterator[str]:
        for part in _RAW_HTML.split(text):
            if _RAW_HTML.fullmatch(part):
                tag = _CODE_TAG.match(str(self.md.htmlStash.rawHtmlBlocks[int(part[9:-1])]))
                self._depth = max(self._depth + (-1 if tag[1] else 1), 0) if tag else self._depth
                yield part
            else:
                yield self.md.htmlStash.store(escape(part, quote=False)) if self._depth and part.strip() else part
