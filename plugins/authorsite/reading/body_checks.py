"""Checks of Markdown bodies: what would not become what its author means, with the line."""

import re
from collections.abc import Iterator
from xml.etree import ElementTree as ET

from markdown import Markdown
from markdown.extensions import Extension
from markdown.extensions.footnotes import FootnoteExtension
from markdown.treeprocessors import Treeprocessor

from ..markup import tokenize
from ..validation import LineFinder
from .references import BodyIssue

_SHORTCODE = re.compile(
    r"(?<![\\{])(?:\{%-?\s*\w[^\n]{0,999}?%\}|\{\{[<%][^\n]{0,999}?[>%]\}\}|\{\{-?\s+[\w.]+[^\n{}]{0,999}\}\}"
    r"|\[/?(?:caption|gallery|embed|youtube|vimeo|audio|video|playlist|sourcecode|contact-form)\b[^\]\n(]{0,999}\](?![(\[:]))"
)
"""Liquid and Jinja tags and variables, Hugo's and WordPress's shortcodes; each has a bound, for linear time."""

_FENCE = re.compile(r"(`{3,}|~{3,})")
_INDENTED_FENCE = re.compile(r" {1,}(?:`{3,}|~{3,})")
_CODE_START = re.compile(r"[`<](?:(?<=`)`*|(?<=<)(?:!--|(?P<tag>code|pre|kbd|samp)\b))")  # a set comes first: fast
_ITEM = re.compile(r"( *)(?:[-+*]|\d{1,9}[.)])[ \t]+\S")
_INTERRUPTING = re.compile(r"[-+*]|1[.)]")
_HASH = re.compile(r"#{1,6}[^\s#]")
_MARK = re.compile(r"\[\^([\w-]+)\]")
_CODE_TAGS = frozenset(("code", "pre", "script", "style"))
_NESTED_INDENT = 4
"""How far Python-Markdown wants a nested list to be indented, in spaces."""


def find_body_issues(body: str) -> Iterator[BodyIssue]:
    """Yield what Python-Markdown reads otherwise than CommonMark, and the tags of other programs."""
    lines = _blank_code(body)
    for number, line in enumerate(lines):
        before = lines[number - 1] if number else ""
        for message, hint in _check_line(line, before):
            yield BodyIssue(number + 1, "syntax", message, hint)


def find_inline_styles(html: str, body: str) -> Iterator[BodyIssue]:
    """Yield the `style` attributes in `html`, the rendered `body`: the site's Content Security Policy blocks them."""
    lines = LineFinder(body)
    for token in tokenize(html) if "style" in html.lower() else ():
        value = token.attributes.get("style")
        if value is not None:
            line = lines.find_line(f'style="{value}"', f"style='{value}'", "style", "STYLE")
            hint = "use a class, and add its style to theme/css"
            yield BodyIssue(
                line, "syntax", f'style="{value}" has no effect: the site\'s security policy blocks it', hint
            )


def _blank_code(body: str) -> list[str]:
    """Return the lines of `body`, those of code and comments empty; the first line of a fence stays."""
    blanked = "".join(
        code if "```" in code else re.sub(r"[^\n]", "", code) if is_code else code
        for is_code, code in _split_code(body)
    )
    lines, closing = [], ""
    for line in blanked.split("\n"):
        stripped = line.strip()
        if closing:
            closing = "" if stripped.startswith(closing) and not stripped.strip(closing[0]) else closing
            lines.append("")
        elif match := _FENCE.match(stripped):
            closing = match[1]
            lines.append(line)
        else:
            lines.append("" if line.startswith(("    ", "\t")) and (not lines or not lines[-1].strip()) else line)
    return lines


def _split_code(body: str) -> Iterator[tuple[bool, str]]:
    """Yield the parts of `body`, each with whether it is code between backticks, an HTML comment or an HTML element.

    Takes linear time: what has no end once is not searched for again.
    """
    unclosed: set[str] = set()
    start = position = 0
    while match := _CODE_START.search(body, position):
        position, opening = match.end(), match[0]
        if opening in unclosed:
            continue
        tag = match["tag"]
        ending = rf"(?<!`){opening}(?!`)" if opening[0] == "`" else f"</{tag}>" if tag else "-->"
        end = re.compile(ending).search(body, position)
        if end is None:
            unclosed.add(opening)
            continue
        yield False, body[start : match.start()]
        yield True, body[match.start() : end.end()]
        start = position = end.end()
    yield False, body[start:]


def _check_line(line: str, before: str) -> Iterator[tuple[str, str]]:
    """Yield message and hint of each problem in a line."""
    for match in _SHORTCODE.finditer(line):
        message = f"readers would see `{match[0]}`: it belongs to another program"
        yield message, "write it as Markdown or HTML, or in backticks if you mean the text"
    if _INDENTED_FENCE.match(line):
        yield (
            "a code block between fences cannot be indented",
            "move its lines to the left, or indent the code by 8 spaces",
        )
    if _HASH.match(line):
        word = line.split(maxsplit=1)[0]
        yield f"`{word}` is a heading here, and text elsewhere", f"write `#` and a space for a heading, or \\{word}"
    item, item_before = _ITEM.match(line), _ITEM.match(before)
    if item and item_before and 0 < len(item[1]) - len(item_before[1]) < _NESTED_INDENT:
        hint = f"indent it by {len(item_before[1]) + _NESTED_INDENT} spaces"
        yield "this list item is not nested in the one above it", hint
    # In CommonMark, only a list that starts with 1 interrupts a paragraph: "2019. " may be wrapped text.
    elif item and _INTERRUPTING.match(line) and before.strip() and not item_before and before[0] not in " \t>|#<":
        yield "this list continues the paragraph above it", "put a blank line above it"


class FootnoteCheckExtension(Extension, Treeprocessor):
    """Reports footnotes without a mark in the text, and marks without a footnote; `issues` holds the problems."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's name
        """Register after the inline patterns and the footnotes."""
        self.md = md
        md.treeprocessors.register(self, "footnote-checks", 4.5)

    def prepare(self, body: str) -> None:
        """Set the source of the next conversion."""
        self.body = body
        self.issues: list[BodyIssue] = []

    def run(self, root: ET.Element) -> None:
        """Remove links back to marks that do not exist, and report both kinds of problems."""
        footnotes = next(e for e in self.md.registeredExtensions if isinstance(e, FootnoteExtension))
        ids = {name: footnotes.makeFootnoteRefId(name) for name in footnotes.footnotes}
        unused = {f"#{ref_id}": name for name, ref_id in ids.items() if ref_id not in footnotes.found_refs}
        for parent in list(root.iter()) if unused else ():
            for link in parent.findall("a[@class='footnote-backref']"):
                if link.get("href") in unused:
                    parent.remove(link)
        for name in unused.values():
            message, hint = f"nothing refers to the footnote [^{name}]", f"put [^{name}] into the text, or remove it"
            self._report(f"[^{name}]:", message, hint)
        for name in dict.fromkeys(name for text in _iter_texts(root) for name in _MARK.findall(text)):
            self._report(f"[^{name}]", f"the footnote [^{name}] has no text", f"add a line [^{name}]: …")

    def _report(self, snippet: str, message: str, hint: str) -> None:
        self.issues.append(BodyIssue(LineFinder(self.body).find_line(snippet), "reference", message, hint))


def _iter_texts(element: ET.Element) -> Iterator[str]:
    """Yield the texts of an element and of all within it, without code."""
    if element.tag not in _CODE_TAGS:
        yield element.text or ""
        for child in element:
            yield from _iter_texts(child)
            yield child.tail or ""
