"""Write a text's elements as Markdown for our reader."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from ..reading.autolinks import URL_PATTERN
from .dom import Child, Node, get_text
from .markdown_text import (
    HARD_BREAK,
    escape_text,
    finish_paragraph,
    indent,
    join_blocks,
    quote_code,
    quote_title,
    quote_url,
    surround,
    write_url,
)
from .shortcodes import BRACKET
from .structure import contains_block

_MARKS = {"em": "*", "strong": "**"}
_TAGS = frozenset("s del ins u sub sup small mark kbd samp var abbr cite q dfn bdo ruby rt rp em strong code".split())
_MORE = "<!-- more -->"


class CannotSay(Exception):
    """Raised for a block that Markdown has no form for."""


@dataclass(frozen=True, slots=True)
class MarkdownWriter:
    """Writes blocks as Markdown. If `use_tags`, emphasis is HTML within the text, for where stars would be ambiguous.

    If `escape_citations`, numbers in brackets stay text.
    """

    escape_citations: bool = False
    use_tags: bool = False

    def write_block(self, node: Node, *, nested: bool = False) -> str:
        """Return a block as Markdown; `nested` if it is within another one. Raises CannotSay."""
        match node.tag:
            case "p":
                return self.write_paragraph(node.children)
            case "h1" | "h2" | "h3" | "h4" | "h5" | "h6":
                return self.write_heading(node)
            case "ul" | "ol":
                return self.write_list(node)
            case "blockquote":
                return indent(self.write_blocks(node.children), "> ", "> ").replace("\n\n", "\n>\n")
            case "pre":
                return self.write_code(node, nested=nested)
            case "table":
                return self.write_table(node)
            case "figure":
                return self.write_figure(node)
            case "dl":
                return self.write_definitions(node)
            case "notes":
                return "\n".join(self.write_note(item, n) for n, item in enumerate(node.elements(), 1))
            case "hr":
                return "* * *"
            case "more":
                return _MORE
        raise CannotSay

    def write_blocks(self, children: Sequence[Child]) -> str:
        """Return the blocks in another one, or the text that it consists of."""
        if not any(map(contains_block, children)):
            return self.write_paragraph(children)
        texts = [self.write_block(child, nested=True) for child in children if isinstance(child, Node)]
        return join_blocks([(child.tag, text) for child, text in zip(children, texts, strict=True)])  # type: ignore[union-attr]

    def write_paragraph(self, children: Sequence[Child]) -> str:
        """Return text as a paragraph."""
        text = finish_paragraph(self.write_inline(children))
        if not text:
            raise CannotSay
        return text

    def write_heading(self, node: Node) -> str:
        """Return a heading, with its id if something links to it."""
        text = " ".join(self.write_inline(node.children).replace(HARD_BREAK, " ").split())
        text = re.sub(r"#$", r"\\#", text)
        name = node.attributes.get("id", "")
        mark = f" {{#{name}}}" if re.fullmatch(r"[A-Za-z][\w-]*", name) else ""
        if not text or (name and not mark):
            raise CannotSay
        return f"{'#' * int(node.tag[1])} {text}{mark}"

    def write_list(self, node: Node) -> str:
        """Return a list; with blank lines between its items if one has more than text and lists."""
        if node.attributes.keys() - {"start"}:
            raise CannotSay
        start = node.attributes.get("start", "1")
        if not re.fullmatch(r"\d{1,9}", start):
            raise CannotSay
        loose = any(
            isinstance(child, Node) and contains_block(child) and child.tag not in {"ul", "ol"}
            for item in node.elements()
            for child in item.children
        )
        items = []
        for number, item in enumerate(node.elements(), int(start)):
            mark = f"{number}. " if node.tag == "ol" else "- "
            items.append(indent(self.write_blocks(item.children) if loose else self.write_tight(item), mark))
        return ("\n\n" if loose else "\n").join(items)

    def write_tight(self, item: Node) -> str:
        """Return an item whose text is followed by nothing but lists."""
        lists = [child for child in item.children if isinstance(child, Node) and child.tag in {"ul", "ol"}]
        text = self.write_paragraph(item.children[: len(item.children) - len(lists)])
        return "\n".join([text, *map(self.write_block, lists)])

    def write_code(self, node: Node, *, nested: bool) -> str:
        """Return code between fences; indented if it is within another block, as our reader wants it."""
        code = get_text(node).replace(BRACKET, "[").strip("\n").rstrip()
        if not code.strip() or "verse" in node.attributes or any(not isinstance(child, str) for child in node.children):
            raise CannotSay
        if nested:
            return indent(code, "    ")
        fence = "`" * max(3, max((len(run) for run in re.findall("`+", code)), default=0) + 1)
        return f"{fence}{node.attributes.get('language', '')}\n{code}\n{fence}"

    def write_table(self, node: Node) -> str:
        """Return a table with a row of headings, nothing but text in its cells, and one alignment a column."""
        rows = [row.elements() for row in node.iterate() if row.tag == "tr"]
        is_plain = all(
            cell.tag == ("td" if number else "th")
            and not cell.attributes.keys() - {"class"}
            and not any(map(contains_block, cell.children))
            for number, row in enumerate(rows)
            for cell in row
        )
        columns = [{cell.attributes.get("class", "") for cell in column} for column in zip(*rows, strict=False)]
        if not rows or not is_plain or {len(row) for row in rows} != {len(columns)} or any(len(c) > 1 for c in columns):
            raise CannotSay
        if node.find("caption", "table") is not None or not columns:
            raise CannotSay
        rules = [{"align-right": "---:", "align-center": ":---:"}.get(column.pop(), "---") for column in columns]
        lines = [[self.write_cell(cell) for cell in row] for row in rows]
        return "\n".join("| " + " | ".join(line) + " |" for line in [lines[0], rules, *lines[1:]])

    def write_cell(self, cell: Node) -> str:
        """Return the text of a cell."""
        text = self.write_inline(cell.children).replace("|", "\\|")
        return " ".join(text.replace(HARD_BREAK, "<br>").split())

    def write_figure(self, node: Node) -> str:
        """Return an image whose title is its caption, which our reader makes a figure of."""
        image, caption = node.elements()[0], node.elements()[-1]
        text = get_text(caption)
        if image.tag != "img" or any(not isinstance(child, str) for child in caption.children) or not text.strip():
            raise CannotSay
        return self.write_image(Node("img", {**image.attributes, "title": text}))

    def write_definitions(self, node: Node) -> str:
        """Return a list of terms, each with its definitions."""
        out: list[str] = []
        before = ""
        for item in node.elements():
            if any(map(contains_block, item.children)) or (item.tag == "dt" and before == "dt"):
                raise CannotSay
            text = self.write_paragraph(item.children)
            is_term = item.tag == "dt"
            out.append(("\n" if out else "") + text if is_term else indent(text, ":   "))
            if "\n" in text and is_term:
                raise CannotSay
            before = item.tag
        if not out or node.elements()[0].tag != "dt" or before != "dd":
            raise CannotSay
        return "\n".join(out)

    def write_note(self, item: Node, number: int) -> str:
        """Return the text of a footnote."""
        return indent(self.write_blocks(item.children), f"[^{number}]: ")

    def write_inline(self, children: Sequence[Child]) -> str:
        """Return text and inline elements."""
        out: list[str] = []
        texts: list[str] = []
        for number, child in enumerate(children):
            if isinstance(child, str):
                texts.append(child)
                continue
            if texts:
                out.append(escape_text("".join(texts), escape_citations=self.escape_citations))
                texts = []
            after = children[number + 1] if number + 1 < len(children) else ""
            out.append(self.write_element(child, out[-1][-1:] if out else "", after if isinstance(after, str) else "*"))
        if texts:
            out.append(escape_text("".join(texts), escape_citations=self.escape_citations))
        return "".join(out)

    def write_element(self, node: Node, before: str, after: str) -> str:
        """Return an inline element; `before` is the character before it, `after` the text."""
        tag = node.tag
        if tag == "br":
            return HARD_BREAK
        if tag == "img":
            return self.write_image(node)
        if tag == "note":
            return f"[^{node.attributes['number']}]"
        if tag == "a":
            return self.write_link(node, before, after)
        if (
            tag == "code"
            and all(isinstance(c, str) and "\n" not in c for c in node.children)
            and get_text(node).strip()
        ):
            return quote_code(get_text(node))
        if tag not in _TAGS:
            raise CannotSay
        inner = self.write_inline(node.children)
        if tag in _MARKS and not self.use_tags:
            return surround(inner, _MARKS[tag], _MARKS[tag])
        attributes = "".join(f' {name}="{escape(value)}"' for name, value in node.attributes.items())
        return surround(inner, f"<{tag}{attributes}>", f"</{tag}>")

    def write_link(self, node: Node, before: str, after: str) -> str:
        """Return a link, an address that our reader links, or the place that a link leads to."""
        href = node.attributes.get("href")
        if href is None:
            return f'<a id="{escape(node.attributes.get("id", ""))}"></a>'
        title = f" {quote_title(node.attributes['title'])}" if node.attributes.get("title") else ""
        text = get_text(node)
        if not title and text.strip() == href and URL_PATTERN.fullmatch(href):
            lead, trail = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
            return f"{lead}{write_url(href, lead or before, trail or after)}{trail}"
        return surround(self.write_inline(node.children), "[", f"]({quote_url(href)}{title})")

    def write_image(self, node: Node) -> str:
        """Return an image."""
        title = f" {quote_title(node.attributes['title'])}" if node.attributes.get("title") else ""
        alt = escape_text(node.attributes.get("alt", "")).replace("\n", " ")
        return f"![{alt}]({quote_url(node.attributes['src'])}{title})"
