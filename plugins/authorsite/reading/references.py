"""A Python-Markdown extension for numbered references: links from `[1]` in the text to the list at its end, and back.

The list has a heading such as "References", or it is an ordered list at the end of a text that cites it. Text without
such a list stays unchanged, and so do code and links.
"""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

from ..i18n import Translator, gettext_noop
from ..validation import LineFinder
from .bibliography import Reference, parse_entry

HEADINGS = (
    gettext_noop("References"), gettext_noop("Reference"), gettext_noop("Sources"), gettext_noop("Bibliography"),
    gettext_noop("Works cited"), gettext_noop("Notes and references"),
)  # fmt: skip
"""Headings of a list of references, whatever their case; those in the site's language count too."""

_NUMBERS = r"\d{1,3}(?:\s*[-–]\s*\d{1,3})?"
_CITATION = re.compile(rf"\[({_NUMBERS}(?:\s*,\s*{_NUMBERS})*)\]")
_SKIPPED_TAGS = frozenset(("a", "code", "pre", "script", "style"))
_ITEM = re.compile(r"^ {0,3}\d+[.)][ \t]+(.*)$")


@dataclass(frozen=True, slots=True)
class BodyIssue:
    """A problem in a body: its line, counted from 1 (0: the whole body), kind, message and hint."""

    line: int
    kind: str
    message: str
    hint: str

    def get_line_in_file(self, body_line: int) -> int:
        """Return the line in a file whose body starts at `body_line`; 0 stays 0."""
        return body_line + self.line - 1 if self.line else 0


class CitationExtension(Extension, Treeprocessor):
    """Links citations and entries; `prefix` (a slug) keeps ids unique where several posts share a page.

    After a conversion, `entries` holds the references and `issues` their problems.
    """

    def __init__(self, translate: Translator) -> None:
        super().__init__()
        self.site_translate = self.translate = translate
        self.headings = _list_headings(translate)

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's name
        """Register after inline patterns and footnotes."""
        md.treeprocessors.register(self, "references", 4)

    def prepare(self, prefix: str, body: str, language: str = "") -> None:
        """Reset the results; set the id prefix, the Markdown source and its language for the next conversion."""
        self.prefix, self.body = prefix, body
        translate = self.site_translate.for_language(language)
        if translate != self.translate:
            self.translate, self.headings = translate, _list_headings(self.site_translate) | _list_headings(translate)
        self.entries: list[Reference] = []
        self.issues: list[BodyIssue] = []
        self.last_number = 0
        self.citation_counts: Counter[int] = Counter()
        self.unknown_numbers: list[int] = []

    def run(self, root: ET.Element) -> None:
        """Link citations and entries in the element tree, and report images without alt text."""
        self._check_alt_texts(root)
        heading, entries = _find_reference_list(root, self.headings)
        if entries is None:
            return
        items = [item for item in entries if item.tag == "li"]
        self.last_number = len(items)
        for element in root:
            if element is not entries and element is not heading:
                _replace_matches(element, _CITATION, self._make_citation)
        if heading is None and not self.citation_counts:
            return
        for number in dict.fromkeys(self.unknown_numbers):
            size = f"{len(items)} entr{'y' if len(items) == 1 else 'ies'}"
            match = re.search(rf"\[[^\[\]]*\b{number}\b[^\[\]]*\]", self.body)
            line = self.body.count("\n", 0, match.start()) + 1 if match else 0
            hint = f"the list has {size}: add one, or correct the number"
            self._report(line, f"reference [{number}] has no entry", hint)
        sources = _find_list_items(self.body, len(items))
        for number, item in enumerate(items, 1):
            count = self.citation_counts[number]
            url = next((url for a in item.iter("a") if re.match("https?://", url := a.get("href", ""))), "")
            self._link_back(item, number, count)
            text, line = sources[number - 1] if sources else ("", 0)
            self.entries.append(parse_entry(number, text or "".join(item.itertext()), url))
            if not count:
                self._report(line, f"reference {number} is never cited", f"cite it as [{number}], or remove it")
        _wrap_in_section(root, heading, entries, self.translate("References"))

    def _report(self, line: int, message: str, hint: str, kind: str = "reference") -> None:
        self.issues.append(BodyIssue(line, kind, message, hint))

    def _check_alt_texts(self, root: ET.Element) -> None:
        lines = LineFinder(self.body)
        for image in root.iter("img"):
            if not (image.get("alt") or "").strip():
                src = image.get("src") or ""
                hint = "describe what it shows: ![A round table](…)"
                self._report(lines.find_line(src), f"the image {src} has no alt text", hint, "image")

    def _make_citation(self, match: re.Match[str]) -> ET.Element | None:
        """Return the element for `[2, 4-6]`; None if it is no citation or the list has none of its numbers."""
        ranges = [_parse_range(part) for part in match[1].split(",")]
        # A range must ascend and start in the list: [10-12] is no citation of a list with two entries.
        if any((len(r) > 1 and not (1 <= r[0] <= self.last_number)) or not r for r in ranges):
            return None
        unknown = [n for r in ranges for n in r if not 1 <= n <= self.last_number]
        self.unknown_numbers.extend(unknown)
        return None if all(r[0] in unknown for r in ranges) else self._make_citation_group(ranges)

    def _make_citation_group(self, ranges: list[range]) -> ET.Element:
        """Return `[2, 4–6]` with a link for each number shown, and an invisible anchor for those within a range."""
        group = ET.Element("span", {"class": "citations"})
        group.text = "["
        for index, numbers in enumerate(ranges):
            for number in numbers:
                is_shown = number in (numbers[0], numbers[-1])
                separator = "–" if number == numbers[0] and len(numbers) > 1 else ""
                if number == numbers[-1]:
                    separator = "]" if index == len(ranges) - 1 else ", "
                if 1 <= number <= self.last_number:
                    self._append_citation(group, number, is_shown=is_shown)
                    is_shown = False
                _append_text(group, f"{number if is_shown else ''}{separator}")
        return group

    def _append_citation(self, group: ET.Element, number: int, *, is_shown: bool) -> None:
        self.citation_counts[number] += 1
        anchor = f"cite-{self.prefix}-{number}-{self.citation_counts[number]}"
        citation = ET.SubElement(group, "a" if is_shown else "span", {"id": anchor})
        if is_shown:
            citation.text = str(number)
            citation.attrib |= {
                "class": "citation",
                "href": f"#source-{self.prefix}-{number}",
                "aria-label": self.translate("Reference %(number)s", number=number),
            }

    def _link_back(self, item: ET.Element, number: int, count: int) -> None:
        """Set the entry's id, and append links back to its `count` citations."""
        item.set("id", f"source-{self.prefix}-{number}")
        parent = item[-1] if len(item) and item[-1].tag == "p" else item
        # The link pass replaces it by a purchase link for the author's own book. No comment: reblogs have none.
        last = ET.SubElement(parent, "span", {"class": f"entry-{number}"})
        for index in range(1, count + 1):
            last.tail = "\N{NO-BREAK SPACE}"
            values = {"number": number, "place": index}
            if count > 1:
                label = self.translate("Back to reference %(number)s in the text, place %(place)s", **values)
            else:
                label = self.translate("Back to reference %(number)s in the text", **values)
            href = f"#cite-{self.prefix}-{number}-{index}"
            last = ET.SubElement(parent, "a", {"class": "citation-back", "href": href, "aria-label": label})
            last.text = "↩"


def _parse_range(text: str) -> range:
    """Parse `4` or `4-6`; the range of `6-4` is empty."""
    first, last = (int(number) for number in (re.split("[-–]", text) * 2)[:2])
    return range(first, last + 1)


def _append_text(element: ET.Element, text: str) -> None:
    if len(element):
        element[-1].tail = (element[-1].tail or "") + text
    else:
        element.text = (element.text or "") + text


def _list_headings(translate: Translator) -> frozenset[str]:
    return frozenset(text.lower() for name in HEADINGS for text in (name, translate(name)))


def _find_reference_list(root: ET.Element, headings: frozenset[str]) -> tuple[ET.Element | None, ET.Element | None]:
    """Return the heading and the list of the references; None for what the text does not have."""
    blocks = [e for e in root if not (e.tag == "div" and e.get("class") == "footnote")]
    for heading, entries in zip(blocks[-2::-1], blocks[:0:-1], strict=False):
        title = "".join(heading.itertext()).strip().strip(":").lower()
        if entries.tag == "ol" and re.fullmatch("h[1-6]", str(heading.tag)) and title in headings:
            return heading, entries
    return None, blocks[-1] if blocks and blocks[-1].tag == "ol" else None


def _wrap_in_section(root: ET.Element, heading: ET.Element | None, entries: ET.Element, label: str) -> None:
    """Put heading and list into a section; `label` names it for screen readers if there is no heading."""
    section = ET.Element("section", {"class": "references"})
    if heading is None:
        section.set("aria-label", label)
    elif heading.get("id"):
        section.set("aria-labelledby", heading.get("id", ""))
    root.insert(list(root).index(entries), section)
    for part in (heading, entries):
        if part is not None:
            root.remove(part)
            section.append(part)
    section.tail = "\n"


def _replace_matches(
    element: ET.Element, pattern: re.Pattern[str], make: Callable[[re.Match[str]], ET.Element | None]
) -> None:
    """Replace each match in the text of `element` by the element that `make` returns; skip None, code and links."""
    if not isinstance(element.tag, str) or element.tag in _SKIPPED_TAGS:
        return
    children, text, element.text = list(element), element.text or "", None
    element[:] = []
    for child in (None, *children):
        if child is not None:
            _replace_matches(child, pattern, make)
            text, child.tail = child.tail or "", None
            element.append(child)
        end = 0
        for match in pattern.finditer(text):
            if (new := make(match)) is not None:
                _append_text(element, text[end : match.start()])
                element.append(new)
                end = match.end()
        _append_text(element, text[end:])


def _find_list_items(body: str, count: int) -> list[tuple[str, int]]:
    """Return text and line of the last `count` items of ordered lists in `body`; [] if there are fewer."""
    items: list[tuple[list[str], int]] = []
    for number, line in enumerate(body.split("\n"), 1):
        if match := _ITEM.match(line):
            items.append(([match[1]], number))
        elif items and line.strip():
            texts, start = items[-1]
            # A line that is not indented continues the item if it follows directly and is no heading.
            if line[0] in " \t" or (start + len(texts) == number and not line.startswith("#")):
                texts.append(line.strip())
    return [(" ".join(texts), start) for texts, start in items[-count:]] if len(items) >= count else []
