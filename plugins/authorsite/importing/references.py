"""Numbered references of a WordPress text, as those that our reader links: see docs/writing.md.

The list is the last thing in the text, or has a heading: an `<ol>`, or paragraphs that begin with their numbers.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..reading.references import HEADINGS
from .dom import Child, Node, get_text
from .structure import trim

_NUMBERS = r"\d{1,3}(?:\s*[-–]\s*\d{1,3})?"
_CITATION = re.compile(rf"\[\s*({_NUMBERS}(?:\s*[,;]\s*{_NUMBERS})*)\s*\]")
_DASH = re.compile(r"\s*[-–]\s*")
_ENTRY = re.compile(r"\s*(?:\[(\d{1,3})\]\.?|\((\d{1,3})\)|(\d{1,3})[.)])\s+")
_SKIPPED = frozenset(("code", "pre"))
_TITLES = frozenset(title.lower() for title in HEADINGS)


@dataclass(frozen=True, slots=True)
class References:
    """What was found: the number of entries (0: no references), and the numbers in brackets that have none."""

    entries: int = 0
    unmatched: tuple[int, ...] = ()
    has_list: bool = False


def convert_references(blocks: list[Node]) -> References:
    """Bring a list of references at the end of `blocks` into the form that our reader links; change nothing else.

    Only if the text cites by number and every number has an entry. Otherwise `has_list` says whether our reader would
    still take the list and some of the numbers for references.
    """
    found = _find_list(blocks)
    if found is None:
        return References()
    start, end, items = found
    text = [block for block in blocks[:start] if block.tag != "more"]
    numbers = list(dict.fromkeys(number for block in text for number in _list_citations(block)))
    unmatched = tuple(number for number in numbers if not 1 <= number <= len(items))
    is_list = blocks[end - 1].tag == "ol"
    if not numbers or unmatched:
        return References(unmatched=unmatched, has_list=is_list and bool(numbers))
    for block in text:
        _write_citations(block)
    heading = _make_heading(blocks[start - 1]) if start else None
    blocks[start:end] = [Node("ol", {}, list(items))]
    if heading is not None:
        blocks[start - 1] = heading
    return References(len(items), has_list=True)


def _find_list(blocks: Sequence[Node]) -> tuple[int, int, list[Node]] | None:
    """Return where the list starts and ends in `blocks`, and its entries as items."""
    end = len(blocks)
    while end and blocks[end - 1].tag == "notes":
        end -= 1
    titled = next((n for n in range(end - 1, 0, -1) if _make_heading(blocks[n - 1]) is not None), 0)
    if titled and blocks[titled].tag == "ol" and not blocks[titled].attributes:
        return titled, titled + 1, [_drop_number(item) for item in blocks[titled].elements()]
    if end and blocks[end - 1].tag == "ol" and not blocks[end - 1].attributes:
        return end - 1, end, [_drop_number(item) for item in blocks[end - 1].elements()]
    start, entries = end, list[Node]()
    while start and (lines := _read_entries(blocks[start - 1])):
        entries = lines + entries
        start -= 1
        if entries[0].attributes["number"] == "1":
            break
    numbers = [int(entry.attributes["number"]) for entry in entries]
    if start == end or numbers != list(range(1, len(numbers) + 1)) or not start:
        return None
    return start, end, [Node("li", {}, entry.children) for entry in entries]


def _read_entries(block: Node) -> list[Node]:
    """Return the entries that a paragraph consists of, one on each line, with their numbers; [] for other blocks."""
    if block.tag != "p":
        return []
    lines: list[list[Child]] = [[]]
    for child in block.children:
        if isinstance(child, Node) and child.tag == "br":
            lines.append([])
        else:
            lines[-1].append(child)
    entries: list[Node] = []
    for line in lines:
        text = get_text(Node("p", {}, line))
        match = _ENTRY.match(text)
        if match and isinstance(line[0], str) and len(match[0]) <= len(line[0]):
            number = match[1] or match[2] or match[3]
            entries.append(Node("entry", {"number": number}, [line[0][match.end() :], *line[1:]]))
        elif not entries:
            return []
        else:
            entries[-1].children += [Node("br"), *line]
    return [Node("entry", entry.attributes, trim(entry.children)) for entry in entries]


def _drop_number(item: Node) -> Node:
    """Return an item of a list without a number that its text repeats."""
    first = item.children[0] if item.children else ""
    match = re.match(r"\s*\[\d{1,3}\]\.?\s*", first) if isinstance(first, str) else None
    return Node("li", item.attributes, [first[match.end() :], *item.children[1:]]) if match else item  # type: ignore[index]


def _make_heading(block: Node) -> Node | None:
    """Return the heading of a list of references, from one or from a paragraph that is meant as one."""
    if get_text(block).strip().strip(":").strip().lower() not in _TITLES:
        return None
    if re.fullmatch("h[1-6]", block.tag):
        return block
    return Node("h2", {}, [get_text(block).strip().strip(":").strip()]) if block.tag == "p" else None


def _list_citations(node: Node) -> Iterator[int]:
    """Yield the numbers in brackets in the text of `node`; those at the ends of ranges, and within them."""
    for child in node.children:
        if isinstance(child, str):
            for match in _CITATION.finditer(child):
                yield from _parse_numbers(match[1])
        elif child.tag == "a" and not child.attributes.get("href", "").startswith("#"):
            continue
        elif child.tag not in _SKIPPED:
            yield from _list_citations(child)


def _parse_numbers(text: str) -> Iterator[int]:
    for part in re.split("[,;]", text):
        first, last = (int(number) for number in (re.split("[-–]", part) * 2)[:2])
        yield from range(first, last + 1) if last >= first else (0,)


def _write_citations(node: Node) -> None:
    """Write citations as our reader does; a link around one, to a place in the text, gives way to it."""
    new: list[Child] = []
    for child in node.children:
        if isinstance(child, str):
            new.append(_CITATION.sub(_format_citation, child))
            continue
        is_local = child.tag == "a" and child.attributes.get("href", "").startswith("#")
        if is_local and _CITATION.fullmatch(get_text(child).strip()):
            new.append(_CITATION.sub(_format_citation, get_text(child)))
        else:
            if child.tag not in {*_SKIPPED, "a"}:
                _write_citations(child)
            new.append(child)
    node.children = new


def _format_citation(match: re.Match[str]) -> str:
    parts = (_DASH.sub("–", part.strip()) for part in re.split("[,;]", match[1]))
    return f"[{', '.join(parts)}]"
