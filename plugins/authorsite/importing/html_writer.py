"""Write elements as HTML that our reader takes as it is."""

import re
from html import escape

from ..markup import VOID_ELEMENTS
from .dom import Child, Node, is_block
from .shortcodes import BRACKET

_NEWLINE_AFTER = frozenset("table thead tbody tfoot tr ul ol dl li dt dd figure details blockquote summary".split())
_PRIVATE = frozenset(("offer", "language", "small", "verse"))
"""What the converter notes of elements beside their attributes."""


def write_html(node: Node) -> str:
    """Return a block as HTML that our reader takes as it is."""
    return serialize(_to_html(node)).replace(BRACKET, "[").strip()


def _to_html(node: Node) -> Node:
    if node.tag == "note":
        return Node("sup", {}, [node.attributes["number"]])
    if node.tag == "notes":
        return Node("ol", {}, [_to_html(item) for item in node.elements()])
    children = [child if isinstance(child, str) else _to_html(child) for child in node.children]
    attributes = {name: value for name, value in node.attributes.items() if name not in _PRIVATE}
    if node.tag == "pre" and "language" in node.attributes:
        children = [Node("code", {"class": f"language-{node.attributes['language']}"}, children)]
    return Node(node.tag, attributes, children)


def serialize(child: Child) -> str:
    """Return a child as HTML without blank lines, those of `pre` excepted."""
    if isinstance(child, str):
        return escape(re.sub(r"\s*\n\s*", "\n", child), quote=False)
    return _serialize(child)


def _serialize(node: Node) -> str:
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in node.attributes.items())
    start = f"<{node.tag}{attributes}>"
    if node.tag in VOID_ELEMENTS:
        return start
    if node.tag == "pre":
        return f"{start}{''.join(map(_serialize_code, node.children))}</pre>"
    if node.tag in _NEWLINE_AFTER and any(map(is_block, node.children)):
        parts = [serialize(c).strip() if isinstance(c, str) or is_block(c) else serialize(c) for c in node.children]
        return "\n".join([start, *(part for part in parts if part), f"</{node.tag}>"])
    return f"{start}{''.join(map(serialize, node.children))}</{node.tag}>"


def _serialize_code(child: Child) -> str:
    if isinstance(child, str):
        return escape(child, quote=False)
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in child.attributes.items())
    if child.tag in VOID_ELEMENTS:
        return f"<{child.tag}{attributes}>"
    return f"<{child.tag}{attributes}>{''.join(map(_serialize_code, child.children))}</{child.tag}>"
