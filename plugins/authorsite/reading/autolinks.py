"""A Python-Markdown extension for URLs in running text: they become links, and typography leaves them alone."""

import re
from collections import Counter
from html import escape
from typing import Any
from xml.etree import ElementTree as ET

from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from markdown.util import ETX, HTML_PLACEHOLDER_RE, INLINE_PLACEHOLDER_RE, STX, AtomicString

URL_PATTERN = re.compile(r"https?://[^\s<>”»]+")
"""Finds a URL in plain text, with what may follow it directly: see trim_url."""

_URL = rf"(?<![\w/])https?://(?:[^\s<>”»{STX}{ETX}]|{INLINE_PLACEHOLDER_RE.pattern})+"
_ESCAPED = re.compile(rf"{STX}\d+{ETX}")
_LINK_OR_CODE_TAG = re.compile(r"<(/?)(?:a|code|kbd|samp|var|tt|pre|button)\b", re.IGNORECASE)
_TAG_WINDOW = 500
"""How far before a URL the tag of a link or code around it is searched for, in characters."""

_PUNCTUATION = frozenset("?!.,:;*_~'\"’")
_CLOSING = {")": "(", "]": "["}
_ENTITY = re.compile(r"&\w{2,8};$")


def trim_url(text: str) -> str:
    """Return the part of `text`, which starts with a URL and has no spaces, that belongs to the URL.

    Punctuation at its end doesn't, nor do closing brackets that it doesn't open. Source: GitHub Flavored Markdown,
    section 6.9.
    """
    end, counts = len(text), Counter(text)
    while end:
        last = text[end - 1]
        if last in _CLOSING and counts[last] > counts[_CLOSING[last]]:
            counts[last] -= 1
        elif last == ";" and (entity := _ENTITY.search(text, max(0, end - 12), end)):
            end = entity.start() + 1
        elif last not in _PUNCTUATION:
            break
        end -= 1
    return text[:end]


class AutolinkExtension(Extension):
    """Links URLs in running text; those in the text of a link stay as they are."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's name
        """Register after links, code and HTML (90), but before emphasis (60)."""
        md.inlinePatterns.register(_UrlProcessor(_URL, md), "url", 85)


class _UrlProcessor(InlineProcessor):
    def handleMatch(self, m: re.Match[str], data: str) -> Any:  # type: ignore[override]  # noqa: N802 - theirs
        """Return a link; its class marks links whose text is their URL: print styles need not repeat it."""
        source = trim_url(m[0][: self._find_end(m[0])])
        url = self.unescape(source)
        if self._is_in_link_or_code(data[max(0, m.start() - _TAG_WINDOW) : m.start()]):
            return self.md.htmlStash.store(escape(url, quote=False)), m.start(), m.start() + len(source)
        link = ET.Element("a", {"class": "address", "href": url})
        link.text = AtomicString(url)
        return link, m.start(), m.start() + len(source)

    def _find_end(self, text: str) -> int | None:
        """Return where the first thing starts that is no escaped character, such as code or a tag."""
        return next((at for at, node in self._list_stashed(text) if not _ESCAPED.fullmatch(node)), None)

    def _is_in_link_or_code(self, before: str) -> bool:
        inline: Any = self.md.treeprocessors["inline"]
        blocks = self.md.htmlStash.rawHtmlBlocks
        stashed = (HTML_PLACEHOLDER_RE.fullmatch(node) for _, node in self._list_stashed(before))
        tags = [_LINK_OR_CODE_TAG.match(str(blocks[int(match[1])])) for match in stashed if match]
        last = next((tag for tag in reversed(tags) if tag), None)
        return "a" in inline.ancestors or (last is not None and not last[1])

    def _list_stashed(self, text: str) -> list[tuple[int, str]]:
        """List the positions of placeholders in `text`, with the text they stand for ("" for an element)."""
        inline: Any = self.md.treeprocessors["inline"]
        nodes = ((match.start(), inline.stashed_nodes.get(match[1])) for match in INLINE_PLACEHOLDER_RE.finditer(text))
        return [(at, node if isinstance(node, str) else "") for at, node in nodes]
