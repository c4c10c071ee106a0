"""A small tree of HTML elements whose children are text and elements in one list; parsed by lxml."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Union

from lxml import html as lxml_html

from ..markup import VOID_ELEMENTS

MAX_DEPTH = 100
"""How deeply elements may be nested: the functions here, and those that use the tree, are recursive."""

BLOCKS = frozenset(
    "p div section article header footer aside main nav address center hgroup fieldset form blockquote ul ol li dl dt "
    "dd table caption colgroup col thead tbody tfoot tr td th pre figure figcaption h1 h2 h3 h4 h5 h6 hr details "
    "summary more".split()
)
"""Elements that end a paragraph. `more` is WordPress's mark for the end of an excerpt."""

CONTAINERS = frozenset(
    "div section article header footer aside main nav address center hgroup fieldset form dialog search".split()
)
"""Blocks that mean nothing to a reader but what is in them."""

_CLOSED_BY_THE_NEXT = frozenset("p li dt dd td th tr thead tbody tfoot option".split())
"""Elements whose end tags may be left out (HTML standard, section 13.1.2.4)."""

_TAG = re.compile(r"<(/?)([a-zA-Z][\w:-]*)[^<>]*?(/?)>")


@dataclass(slots=True, eq=False)
class Node:
    """An element: its name in lower case, attributes and children."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Child"] = field(default_factory=list)

    @property
    def classes(self) -> list[str]:
        """The names in its class attribute."""
        return self.attributes.get("class", "").split()

    def elements(self) -> list["Node"]:
        """Return the children that are elements."""
        return [child for child in self.children if isinstance(child, Node)]

    def iterate(self) -> Iterator["Node"]:
        """Yield the element and all within it, in order."""
        yield self
        for child in self.children:
            if isinstance(child, Node):
                yield from child.iterate()

    def find(self, *tags: str) -> Union["Node", None]:
        """Return the first element within this one that has one of the names."""
        return next((node for node in self.iterate() if node.tag in tags and node is not self), None)


Child = str | Node


class TooDeep(Exception):
    """Raised for HTML whose elements are nested too deeply."""


def parse_html(html: str) -> Node:
    """Return a `div` with the elements and text of `html`; comments but `more` are left out. Raises TooDeep."""
    if not html.strip():
        return Node("div", {}, [html] if html else [])
    # A document would lose what libxml2 takes for the head's, and a text its paragraphs' order.
    root = lxml_html.fragment_fromstring(html, create_parent="div")
    return _convert(root, 0)


def _convert(element: lxml_html.HtmlElement, depth: int) -> Node:
    if depth > MAX_DEPTH:
        raise TooDeep
    node = Node(element.tag, dict(element.attrib))
    children = node.children
    if element.text:
        children.append(element.text)
    for child in element:
        if isinstance(child.tag, str):
            children.append(_convert(child, depth + 1))
        elif (child.text or "").strip() == "more":
            children.append(Node("more"))
        if child.tail:
            if children and isinstance(children[-1], str):
                children[-1] += child.tail
            else:
                children.append(child.tail)
    return node


def is_too_deep(html: str) -> bool:
    """Return whether more elements may be open at once than MAX_DEPTH, however wrong their end tags are."""
    counts: Counter[str] = Counter()
    depth = 0
    for match in _TAG.finditer(html):
        name = match[2].lower()
        if match[1]:
            if counts[name]:
                counts[name] -= 1
                depth -= 1
        elif name not in VOID_ELEMENTS and not match[3] and name not in _CLOSED_BY_THE_NEXT:
            counts[name] += 1
            depth += 1
            if depth > MAX_DEPTH:
                return True
    return False


def is_block(child: Child) -> bool:
    """Return whether `child` is an element that ends a paragraph."""
    return isinstance(child, Node) and child.tag in BLOCKS


def get_text(child: Child) -> str:
    """Return the text of a child and of all within it."""
    if isinstance(child, str):
        return child
    return "".join(map(get_text, child.children))


def is_blank(child: Child) -> bool:
    """Return whether `child` shows nothing: white space, or elements with nothing else in them."""
    if isinstance(child, str):
        return not child.strip()
    return child.tag not in _VISIBLE and not child.attributes.get("id") and all(map(is_blank, child.children))


_VISIBLE = frozenset("img hr iframe embed video audio more td th br".split())
