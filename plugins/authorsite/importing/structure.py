"""Bring the elements of a text into the order that Markdown has: blocks of blocks, or blocks of text."""

from collections.abc import Iterable, Iterator, Sequence

from .dom import BLOCKS, CONTAINERS, Child, Node, is_blank

_MERGED = frozenset("em strong u s del ins sub sup small mark code".split())


def contains_block(child: Child) -> bool:
    """Return whether `child` is a block, or an inline element with one in it."""
    return isinstance(child, Node) and (child.tag in BLOCKS or any(map(contains_block, child.children)))


def make_blocks(children: Iterable[Child]) -> list[Node]:
    """Return children as blocks: text becomes paragraphs, and containers give way to what is in them."""
    out: list[Node] = []
    run: list[Child] = []
    for child in _lift_blocks(children):
        if isinstance(child, str) or child.tag not in BLOCKS:
            run.append(child)
            continue
        out += make_paragraphs(run)
        run = []
        if child.tag in CONTAINERS:
            out += make_blocks(child.children)
        else:
            out.append(child)
    return out + make_paragraphs(run)


def _lift_blocks(children: Iterable[Child]) -> Iterator[Child]:
    """Yield children; an inline element around blocks is put into each of them instead."""
    for child in children:
        if isinstance(child, Node) and child.tag not in BLOCKS and contains_block(child):
            yield from _lift_blocks(_distribute(child))
        else:
            yield child


def _distribute(node: Node) -> list[Child]:
    out: list[Child] = []
    run: list[Child] = []

    def end_run() -> None:
        if run:
            out.append(Node(node.tag, dict(node.attributes), run.copy()))
            run.clear()

    for child in node.children:
        if isinstance(child, Node) and contains_block(child):
            end_run()
            if child.tag in BLOCKS:
                inner = Node(node.tag, dict(node.attributes), child.children)
                is_leaf = child.tag not in {"hr", "more", "pre", "table", "figure"}
                out.append(Node(child.tag, child.attributes, _distribute(inner)) if is_leaf else child)
            else:
                out += _distribute(Node(node.tag, dict(node.attributes), _distribute(child)))
        else:
            run.append(child)
    end_run()
    return out


def make_paragraphs(children: Sequence[Child]) -> list[Node]:
    """Return inline children as paragraphs: two line breaks end one, and empty ones are left out."""
    parts: list[list[Child]] = [[]]
    breaks = 0
    for child in children:
        if isinstance(child, Node) and child.tag == "br":
            breaks += 1
        elif not (isinstance(child, str) and not child.strip()):
            if breaks > 1:
                parts.append([])
            elif breaks:
                parts[-1].append(Node("br"))
            breaks = 0
            parts[-1].append(child)
        elif not breaks:
            parts[-1].append(child)
    return [Node("p", {}, trimmed) for part in parts if (trimmed := trim(part)) and not all(map(is_blank, trimmed))]


def trim(children: Sequence[Child]) -> list[Child]:
    """Return inline children without line breaks and space at both ends; like elements in a row become one."""
    start, end = 0, len(children)
    while start < end and _is_space(children[start]):
        start += 1
    while end > start and _is_space(children[end - 1]):
        end -= 1
    return merge_inline(children[start:end])


def _is_space(child: Child) -> bool:
    return not child.strip() if isinstance(child, str) else child.tag == "br"


def merge_inline(children: Sequence[Child]) -> list[Child]:
    """Return children, like elements joined that only space separates, as in `<em>a</em> <em>b</em>`; not code."""
    out: list[Child] = []
    for child in children:
        if isinstance(child, Node) and child.tag in _MERGED and not child.attributes and out:
            space = out[-1] if isinstance(out[-1], str) and not out[-1].strip(" \n\t") else ""
            before = out[-2 if space and len(out) > 1 else -1]
            is_alike = isinstance(before, Node) and before.tag == child.tag and not before.attributes
            if isinstance(before, Node) and is_alike and not (space and child.tag == "code"):
                before.children += [space, *child.children] if space else child.children
                del out[len(out) - bool(space) :]
                continue
        out.append(child)
    return out


def make_mixed(children: Sequence[Child]) -> list[Child]:
    """Return the children of an item or a cell: blocks, or text alone if that is all."""
    blocks = make_blocks(children)
    if len(blocks) == 1 and blocks[0].tag == "p" and not blocks[0].attributes:
        return blocks[0].children
    return list(blocks)


def split_images(paragraph: Node) -> list[Node]:
    """Return a paragraph, and before and after it the images that its text starts and ends with, on their own."""
    children = paragraph.children
    if paragraph.tag != "p" or not any(map(_is_image, children)):
        return [paragraph]
    start, end = 0, len(children)
    while start < end and (_is_image(children[start]) or _is_space(children[start])):
        start += 1
    while end > start and (_is_image(children[end - 1]) or _is_space(children[end - 1])):
        end -= 1
    parts = [[child] for child in children[:start] if _is_image(child)]
    parts += [trim(children[start:end])] + [[child] for child in children[end:] if _is_image(child)]
    return [Node("p", {}, part) for part in parts if part]


def _is_image(child: Child) -> bool:
    if isinstance(child, Node) and child.tag == "a" and len(child.children) == 1:
        child = child.children[0]
    return isinstance(child, Node) and child.tag == "img" and "small" not in child.attributes
