"""Numbered references: `[1]` in the text and the list at its end, tied together both ways.

A Python-Markdown extension. The list stands under a heading "References" (or its like), or it is the ordered list that
closes a text which cites it. Text without such a list is left as it is; so are code and links.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

from .bibliography import ADDRESS, Reference, parse_entry
from .links import Lines

HEADINGS = frozenset(("references", "reference", "sources", "bibliography", "works cited", "notes and references"))
_NUMBERS = r"\d{1,3}(?:\s*[-–]\s*\d{1,3})?"
_CITED = re.compile(rf"\[({_NUMBERS}(?:\s*,\s*{_NUMBERS})*)\]")
_UNTOUCHED = frozenset(("a", "code", "pre", "script", "style"))
_ITEM = re.compile(r"^ {0,3}\d+[.)][ \t]+(.*)$")


@dataclass(frozen=True, slots=True)
class Found:
    """Something wrong in a body: its line there, counted from 1, the kind of problem, and the words for it."""

    line: int
    kind: str
    message: str
    hint: str


class References(Extension, Treeprocessor):
    """Ties citations to entries; `prefix` (a slug) keeps ids apart where several posts share a page.

    After a conversion, `entries` and `found` say what was there and what is wrong with it.
    """

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's name
        """Register after inline patterns and footnotes."""
        md.treeprocessors.register(self, "references", 4)

    def begin(self, prefix: str, body: str) -> None:
        """Set what the next conversion needs."""
        self.prefix, self.body = prefix, body
        self.entries: list[Reference] = []
        self.found: list[Found] = []
        self.last = 0
        self.cited: Counter[int] = Counter()
        self.unknown: list[int] = []

    def run(self, root: ET.Element) -> None:
        """Tie citations and entries together in the tree of a text."""
        self._missing_alternatives(root)
        parts = _list_place(root)
        if parts is None:
            return
        heading, entries = parts
        items = [item for item in entries if item.tag == "li"]
        self.last = len(items)
        for element in root:
            if element is not entries and element is not heading:
                _replace(element, _CITED, self._citation)
        if heading is None and not self.cited:
            return
        for number in dict.fromkeys(self.unknown):
            hint = f"the list has {len(items)} entr{'y' if len(items) == 1 else 'ies'}: add one, or mend the number"
            place = re.search(rf"\[[^\[\]]*\b{number}\b[^\[\]]*\]", self.body)
            line = self.body.count("\n", 0, place.start()) + 1 if place else 0
            self._say(line, f"reference [{number}] has no entry", hint)
        texts = _written_items(self.body, len(items))
        for number, item in enumerate(items, 1):
            self._tie(item, number, self.cited[number])
            text = texts[number - 1] if texts else ("", 0)
            self.entries.append(parse_entry(number, text[0] or "".join(item.itertext())))
            if not self.cited[number]:
                self._say(text[1], f"reference {number} is never cited", f"cite it as [{number}], or take it out")
        _wrap(root, heading, entries)

    def _say(self, line: int, message: str, hint: str, kind: str = "reference") -> None:
        self.found.append(Found(line, kind, message, hint))

    def _missing_alternatives(self, root: ET.Element) -> None:
        lines = Lines(self.body)
        for image in root.iter("img"):
            if not (image.get("alt") or "").strip():
                source = image.get("src") or ""
                hint = "say what it shows: ![A round table](…)"
                self._say(lines.of(source), f"the picture {source} has no description", hint, "image")

    def _citation(self, found: re.Match[str]) -> ET.Element | None:
        """Return what stands for `[2, 4-6]`; None where that is no citation, or the list has none of its numbers."""
        ranges = [_range(part) for part in found[1].split(",")]
        # From 1 up, and beginning in the list: anything else, as [10-12] of two entries, is no citation.
        if any((len(r) > 1 and not (1 <= r[0] <= self.last)) or not r for r in ranges):
            return None
        beyond = [n for r in ranges for n in r if not 1 <= n <= self.last]
        self.unknown.extend(beyond)
        return None if all(r[0] in beyond for r in ranges) else self._citations(ranges)

    def _citations(self, ranges: list[range]) -> ET.Element:
        """Return `[2, 4–6]` with links for the numbers written that the list has, and places for those between."""
        span = ET.Element("span", {"class": "citations"})
        span.text = "["
        for place, numbers in enumerate(ranges):
            for number in numbers:
                shown = number in (numbers[0], numbers[-1])
                after = "–" if number == numbers[0] and len(numbers) > 1 else ""
                if number == numbers[-1]:
                    after = "]" if place == len(ranges) - 1 else ", "
                if 1 <= number <= self.last:
                    self._cite(span, number, shown=shown)
                    shown = False
                _say_after(span, f"{number if shown else ''}{after}")
        return span

    def _cite(self, span: ET.Element, number: int, *, shown: bool) -> None:
        self.cited[number] += 1
        place = f"cite-{self.prefix}-{number}-{self.cited[number]}"
        here = ET.SubElement(span, "a" if shown else "span", {"id": place})
        if shown:
            here.text = str(number)
            here.attrib |= {
                "class": "citation",
                "href": f"#source-{self.prefix}-{number}",
                "aria-label": f"Reference {number}",
            }

    def _tie(self, item: ET.Element, number: int, times: int) -> None:
        item.set("id", f"source-{self.prefix}-{number}")
        _replace(item, ADDRESS, _address)
        inside = item[-1] if len(item) and item[-1].tag == "p" else item
        before: Any = ET.Comment(f"entry {number}")
        inside.append(before)
        for time in range(1, times + 1):
            before.tail = "\N{NO-BREAK SPACE}"
            label = f"Back to reference {number} in the text" + (f", place {time}" if times > 1 else "")
            link = ET.SubElement(
                inside,
                "a",
                {"class": "citation-back", "href": f"#cite-{self.prefix}-{number}-{time}", "aria-label": label},
            )
            link.text = "↩"
            before = link


def _range(written: str) -> range:
    first, last = (int(number) for number in (re.split("[-–]", written) * 2)[:2])
    return range(first, last + 1)


def _say_after(span: ET.Element, text: str) -> None:
    if len(span):
        span[-1].tail = (span[-1].tail or "") + text
    else:
        span.text = (span.text or "") + text


def _list_place(root: ET.Element) -> tuple[ET.Element | None, ET.Element] | None:
    """Return heading (None: there is none) and list of the references; None where a text has no such list."""
    blocks = [e for e in root if not (e.tag == "div" and e.get("class") == "footnote")]
    for heading, entries in zip(blocks[-2::-1], blocks[:0:-1], strict=False):
        title = "".join(heading.itertext()).strip().strip(":").lower()
        if entries.tag == "ol" and re.fullmatch("h[1-6]", str(heading.tag)) and title in HEADINGS:
            return heading, entries
    return (None, blocks[-1]) if blocks and blocks[-1].tag == "ol" else None


def _wrap(root: ET.Element, heading: ET.Element | None, entries: ET.Element) -> None:
    section = ET.Element("section", {"class": "references"})
    if heading is None:
        section.set("aria-label", "References")
    elif heading.get("id"):
        section.set("aria-labelledby", heading.get("id", ""))
    root.insert(list(root).index(entries), section)
    for part in (heading, entries):
        if part is not None:
            root.remove(part)
            section.append(part)
    section.tail = "\n"


def _address(found: re.Match[str]) -> ET.Element:
    # The class says that the address can be read where it stands, on paper too.
    link = ET.Element("a", {"class": "address", "href": found[0]})
    link.text = found[0]
    return link


def _replace(element: ET.Element, pattern: re.Pattern[str], make: Callable[[re.Match[str]], ET.Element | None]) -> None:
    """Put what `make` gives for each match (None: nothing) in its place, but not in code and links."""
    if not isinstance(element.tag, str) or element.tag in _UNTOUCHED:
        return
    kept: list[ET.Element] = []
    for child in (None, *element):
        text = element.text if child is None else child.tail
        if child is not None:
            _replace(child, pattern, make)
            kept.append(child)
        end = 0
        for found in pattern.finditer(text or ""):
            new = make(found)
            if new is not None:
                _end_with(element, kept, found.string[end : found.start()])
                kept.append(new)
                end = found.end()
        if end and text:
            _end_with(element, kept, text[end:])
    if len(kept) > len(element):
        element[:] = kept


def _end_with(element: ET.Element, kept: list[ET.Element], text: str) -> None:
    if kept:
        kept[-1].tail = text
    else:
        element.text = text


def _written_items(body: str, count: int) -> list[tuple[str, int]]:
    """Return text and line of the last `count` items of an ordered list in `body`; [] where they are not found."""
    items: list[tuple[list[str], int]] = []
    for number, line in enumerate(body.split("\n"), 1):
        found = _ITEM.match(line)
        if found:
            items.append(([found[1]], number))
        elif items and line.strip() and (line[0] in " \t" or _goes_on(items[-1], number, line)):
            items[-1][0].append(line.strip())
    chosen = items[-count:] if count else []
    return [(" ".join(lines), line) for lines, line in chosen] if len(chosen) == count else []


def _goes_on(item: tuple[list[str], int], number: int, line: str) -> bool:
    """Whether a line without indent still belongs to the item: it follows at once and begins no heading."""
    return not line.startswith("#") and item[1] + len(item[0]) == number
