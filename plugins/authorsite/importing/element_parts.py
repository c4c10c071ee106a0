"""Parts of the conversion of elements that depend on nothing but the element."""

import json
import re
from collections.abc import Sequence
from typing import Any

from ..reading.autolinks import URL_PATTERN, trim_url
from .dom import Child, Node, is_blank
from .structure import contains_block, make_blocks, make_mixed, trim

_ATTRIBUTES = {
    "abbr": ("title",),
    "dfn": ("title",),
    "bdo": ("dir",),
    "ol": ("start", "reversed", "type"),
    "td": ("colspan", "rowspan"),
    "th": ("colspan", "rowspan"),
    "details": ("open",),
}
_ALIGN = re.compile(r"text-align:\s*(left|right|center)|has-text-align-(left|right|center)|^(left|right|center)$")


def drop_button(node: Node) -> None:
    """Remove a button that downloads what another link leads to."""
    links = [child for child in node.elements() if child.tag == "a"]
    if len(links) > 1:
        buttons = [link for link in links if "wp-block-file__button" in link.classes]
        node.children = [child for child in node.children if child not in buttons]


def parse_notes(meta: str) -> dict[str, str]:
    """Return the block editor's footnotes by id from a post's meta value; {} for what is no such value."""
    try:
        found: Any = json.loads(meta or "[]")
    except (ValueError, RecursionError):
        return {}
    entries = [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
    return {str(each["id"]): str(each.get("content", "")) for each in entries if each.get("id")}


def pick_attributes(node: Node, tag: str) -> dict[str, str]:
    """Return the attributes of an element that a text needs."""
    names = _ATTRIBUTES.get(tag, ())
    found = {name: node.attributes[name] for name in names if name in node.attributes}
    return {name: value for name, value in found.items() if value != "1" and (value or name in {"open", "reversed"})}


def get_alignment(node: Node, tag: str) -> dict[str, str]:
    """Return the class for how a cell is aligned, as our reader writes it; {} to the left."""
    if tag not in {"td", "th"}:
        return {}
    told = (node.attributes.get(name, "") for name in ("style", "class", "align"))
    match = next((m for text in told if (m := _ALIGN.search(text))), None)
    side = (match[1] or match[2] or match[3]) if match else ""
    return {"class": f"align-{side}"} if side and side != "left" else {}


def make_heading(tag: str, children: list[Child]) -> list[Child]:
    """Return a heading on one line; paragraphs if it has blocks in it; nothing if it is empty."""
    flat = [" " if isinstance(child, Node) and child.tag == "br" else child for child in children]
    if any(map(contains_block, flat)):
        return list(make_blocks(flat))
    return [] if all(map(is_blank, flat)) else [Node(tag, {}, trim(flat))]


def make_list(tag: str, attributes: dict[str, str], children: list[Child]) -> list[Child]:
    """Return a list whose children are items: a list right in it belongs to the item before."""
    items: list[Node] = []
    for child in children:
        if isinstance(child, Node) and child.tag == "li":
            items.append(child)
        elif not is_blank(child):
            if items and isinstance(child, Node) and child.tag in {"ul", "ol"}:
                items[-1].children = make_mixed([*items[-1].children, child])
            else:
                items.append(Node("li", {}, make_mixed([child])))
    for item in items:
        first, *rest = item.children or [""]
        if isinstance(first, Node) and first.tag == "p" and all(_is_list(each) for each in rest):
            item.children = [*first.children, *rest]
    return [Node(tag, attributes, list(items))] if items else []


def _is_list(child: Child) -> bool:
    return isinstance(child, Node) and child.tag in {"ul", "ol"}


def join_lines(children: list[Child]) -> list[Child]:
    """Return the children of code with line breaks as text."""
    return ["\n" if isinstance(child, Node) and child.tag == "br" else child for child in children]


def break_lines(children: list[Child]) -> list[Child]:
    """Return children with a `<br>` for each line break in their text."""
    out: list[Child] = []
    for child in children:
        lines: Sequence[Child] = child.split("\n") if isinstance(child, str) else [child]
        for number, line in enumerate(lines):
            out += [Node("br")] if number else []
            out.append(line)
    return trim(out)


def link_urls(text: str) -> list[Child]:
    """Return text with its URLs as links, as our reader makes them."""
    if "://" not in text:
        return [text]
    out: list[Child] = []
    end = 0
    for match in URL_PATTERN.finditer(text):
        url = trim_url(match[0])
        if match.start() and (text[match.start() - 1].isalnum() or text[match.start() - 1] in "_/"):
            continue
        out += [text[end : match.start()], Node("a", {"href": url}, [url])]
        end = match.start() + len(url)
    return [*out, text[end:]]
