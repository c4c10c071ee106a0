"""Paragraphs and line breaks of WordPress's classic editor, which saves neither.

Written from what WordPress documents of `wpautop`: blank lines separate paragraphs, a line break is `<br>`, block
elements stay as they are, and nothing in `pre`, `script` or `style` changes.
"""

import re
from collections import Counter

from ..markup import VOID_ELEMENTS

_BLOCKS = frozenset(
    "table thead tfoot tbody caption colgroup col tr td th div dl dd dt ul ol li pre form map area blockquote address "
    "style script p h1 h2 h3 h4 h5 h6 hr fieldset legend section article aside hgroup header footer nav main figure "
    "figcaption details menu summary".split()
)
_LISTS = frozenset("table thead tfoot tbody colgroup tr dl ul ol menu map details".split())
"""Blocks that hold other blocks and no text."""

_CELLS = frozenset("td th li dd dt div figcaption caption legend summary form fieldset address figure".split())
"""Blocks whose text is a paragraph only if there are several."""

_LINES = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6"))
_OPAQUE_BLOCKS = frozenset(("pre", "script", "style"))
_OPAQUE = _OPAQUE_BLOCKS | frozenset("textarea svg math object video audio iframe select button canvas".split())
"""Elements in which line breaks mean nothing, or what they are."""

_MARKUP = re.compile(r"<!--|<(/?)([a-zA-Z][a-zA-Z0-9:-]*)[^<>]*>")
_HELD = "\ufdd3"
"""In the place of a line break in a tag, which is none of the text's."""

_PARAGRAPHS = re.compile(r"\n[ \t]*\n\s*|<br\b[^<>]*>(?:\s*<br\b[^<>]*>)+\s*")
# The lookbehind keeps this linear: each run of spaces is matched once, from its start.
_LINE_BREAK = re.compile(r"(?:<br\b[^<>]*>)?(?<![ \t])[ \t]*\n")
_URL_LINE = re.compile(r"(?m)^[ \t]*(https?://[^\s<>\"]+)[ \t]*$")
_ONLY_COMMENTS = re.compile(r"(?:<!--(?:(?!-->)[^\0])*-->\s*)+")


def add_paragraphs(text: str) -> str:
    """Return `text` of the classic editor as HTML, in linear time. A URL on a line of its own is a paragraph."""
    return _Paragraphs(text.replace("\r\n", "\n").replace("\r", "\n").replace(_HELD, "")).run()


class _Paragraphs:
    def __init__(self, text: str) -> None:
        self.text = text
        self.out: list[str] = []
        self.inline: list[str] = []
        self.open: list[str] = []
        self.counts: Counter[str] = Counter()
        self.unclosed: set[str] = set()

    def run(self) -> str:
        text, at = self.text, 0
        while match := _MARKUP.search(text, at):
            self.inline.append(text[at : match.start()])
            at = match.end()
            if match[0] == "<!--":
                end = text.find("-->", at)
                at = end + 3 if end >= 0 else len(text)
                self.hold(text[match.start() : at])
                continue
            is_end, name = bool(match[1]), match[2].lower()
            if name in _OPAQUE and not is_end and name not in self.unclosed:
                at = self.skip(name, match)
            elif name in _BLOCKS:
                self.end_paragraph()
                self.out.append(match[0])
                self.step(name, is_end=is_end)
            else:
                self.hold(match[0])
        self.inline.append(text[at:])
        self.end_paragraph()
        return "".join(self.out)

    def skip(self, name: str, match: re.Match[str]) -> int:
        """Copy the opaque element that starts with `match`; return where it ends."""
        closing = re.compile(rf"</{name}\s*>", re.IGNORECASE).search(self.text, match.end())
        if closing is None:
            self.unclosed.add(name)
        end = closing.end() if closing else match.end()
        if name in _OPAQUE_BLOCKS:
            self.end_paragraph()
            self.out.append(self.text[match.start() : end])
        else:
            self.hold(self.text[match.start() : end])
        return end

    def hold(self, markup: str) -> None:
        self.inline.append(markup.replace("\n", _HELD))

    def step(self, name: str, *, is_end: bool) -> None:
        """Keep track of the open blocks."""
        if name in VOID_ELEMENTS:
            return
        if not is_end:
            self.open.append(name)
            self.counts[name] += 1
        elif self.counts[name]:
            closed = ""
            while closed != name:
                closed = self.open.pop()
                self.counts[closed] -= 1

    def end_paragraph(self) -> None:
        """Write the text since the last block as paragraphs, as the block around it has them."""
        text = "".join(self.inline)
        self.inline.clear()
        if not text.strip():
            self.out.append("\n" if text else "")
            return
        container = self.open[-1] if self.open else ""
        if container not in _LISTS and "http" in text:
            text = _URL_LINE.sub(r"\n\n\1\n\n", text)
        paragraphs = [part for each in _PARAGRAPHS.split(text) if (part := each.strip())]
        paragraphs = [_LINE_BREAK.sub("<br />\n", part) if "\n" in part else part for part in paragraphs]
        if container in _LISTS:
            new = "\n".join(paragraphs)
        elif container in _LINES:
            new = ("</p>\n<p>" if container == "p" else "<br />\n").join(paragraphs)
        elif container in _CELLS and len(paragraphs) == 1:
            new = paragraphs[0]
        else:
            new = "\n".join(each if _ONLY_COMMENTS.fullmatch(each) else f"<p>{each}</p>" for each in paragraphs)
        self.out.append(new.replace(_HELD, "\n"))
