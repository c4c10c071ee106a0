"""Write HTML as the text part of an e-mail: wrapped lines, URLs in angle brackets, quotations behind `>`."""

import re
import textwrap
from collections.abc import Iterator
from typing import Any

from lxml import html as lxml_html

LINE_LENGTH = 72
"""Characters on a line; URLs and the rows of tables may be longer."""

_BLOCKS = frozenset(
    "address article aside blockquote details dd div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header hr li "
    "main ol p pre section summary table ul".split()
)
_BREAK = "\u2028"
"""Stands for `<br>` while white space is collapsed."""

_MIN_LENGTH = 24
"""The shortest line in nested quotations and lists."""

_SPACE = re.compile(r"[ \t\n\r\f]+")
_UNDERLINES = {"h1": "=", "h2": "-"}


def html_to_text(html: str, length: int = LINE_LENGTH) -> str:
    """Return sanitized `html` as text with lines of at most `length` characters, without a line break at its end."""
    root = lxml_html.fragment_fromstring(html or " ", create_parent="div")
    return "\n\n".join(_write_blocks(root, length))


def _write_blocks(element: Any, length: int) -> list[str]:
    """Return the blocks within `element`, each one or more lines; inline content between them is a block, too."""
    blocks: list[str] = []
    inline = element.text or ""
    for child in element:
        if child.tag in _BLOCKS:
            blocks += [*_wrap(inline, length), *_write_block(child, length)]
            inline = child.tail or ""
        else:
            inline += _write_inline(child) + (child.tail or "")
    return blocks + _wrap(inline, length)


def _write_block(element: Any, length: int) -> list[str]:
    name = element.tag
    if name == "hr":
        return ["* * *"]
    if name == "pre":
        return [textwrap.indent(element.text_content().strip("\n"), "    ")]
    if name == "table":
        return ["\n".join(_write_rows(element))]
    if name in {"ul", "ol"}:
        return _write_list(element, length)
    if name in {"blockquote", "dd"}:
        prefix = "> " if name == "blockquote" else "    "
        inner = "\n\n".join(_write_blocks(element, _shorten(length, prefix)))
        lines = [f"{prefix}{line}".rstrip(" ") for line in inner.split("\n")]
        return ["\n".join(lines)] if inner else []
    blocks = _write_blocks(element, length)
    if name in _UNDERLINES and blocks:
        blocks[-1] += "\n" + _UNDERLINES[name] * min(max(map(len, blocks[-1].split("\n"))), length)
    return blocks


def _write_list(element: Any, length: int) -> list[str]:
    """Return a list as one block or, if its items have paragraphs, each item as a block."""
    start = element.get("start", "1")
    number = int(start) if start.lstrip("-").isdigit() else 1
    is_loose = any(child.tag == "p" for item in element.iterchildren("li") for child in item)
    items = []
    for item in element.iterchildren("li"):
        mark = f"{number}. " if element.tag == "ol" else "- "
        number += 1
        blocks = ("\n\n" if is_loose else "\n").join(_write_blocks(item, _shorten(length, mark)))
        items.append(mark + textwrap.indent(blocks, " " * len(mark)).lstrip())
    return items if is_loose or not items else ["\n".join(items)]


def _write_rows(table: Any) -> Iterator[str]:
    for row in table.iter("tr"):
        cells = (_write_inline_content(cell).replace(_BREAK, " ") for cell in row.iterchildren("td", "th"))
        yield " | ".join(map(_collapse, cells))


def _write_inline(element: Any) -> str:
    """Return an inline element as text, its white space as it is."""
    if not isinstance(element.tag, str):
        return ""  # a comment
    if element.tag == "br":
        return _BREAK
    if element.tag == "img":
        alt = element.get("alt", "")
        return f"[{alt}]" if alt else ""
    text = _write_inline_content(element)
    if element.tag == "q":
        return f'"{text}"'
    if element.tag == "sup":
        return f"^{text}"
    url = element.get("href", "") if element.tag == "a" else ""
    if not url or not text.strip():
        return text
    is_url = _collapse(text).rstrip("/") in {url.rstrip("/"), url.partition("://")[2].rstrip("/"), url[7:]}
    return f"<{url}>" if is_url else f"{text.rstrip()} <{url}>"


def _write_inline_content(element: Any) -> str:
    text = element.text or ""
    for child in element:
        space = " " if child.tag in _BLOCKS else ""
        text += f"{space}{_write_inline(child)}{space}{child.tail or ''}"
    return text


def _wrap(inline: str, length: int) -> list[str]:
    """Return inline content as one block of wrapped lines, [] if it is blank."""
    lines = [line.strip(" \u00a0") for line in _collapse(inline).split(_BREAK)]
    wrapped = [textwrap.fill(line, length, break_long_words=False, break_on_hyphens=False) for line in lines]
    block = "\n".join(wrapped).strip("\n")
    return [block] if block else []


def _collapse(text: str) -> str:
    return _SPACE.sub(" ", text).strip(" \u00a0")


def _shorten(length: int, prefix: str) -> int:
    return max(length - len(prefix), _MIN_LENGTH)
