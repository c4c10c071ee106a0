"""Compare two texts by what a reader gets: words, links, pictures, headings, lists, tables, code and emphasis.

No differences are: white space, typographic quotes and dashes, paragraphs that only wrap an item or a cell, the order
in which inline elements nest, and what our reader adds to references, code and tables.
"""

import re
import unicodedata

from .dom import BLOCKS, Node, get_text
from .shortcodes import BRACKET

Event = tuple[object, ...]
"""What a reader meets: ("open", tag, …), ("close", tag), ("text", words, formats), ("pre", code), ("hr",)."""

_STRUCTURE = frozenset(
    "blockquote ul ol li table tr td th h1 h2 h3 h4 h5 h6 dl dt dd figure figcaption details summary caption".split()
)
_FORMATS = {"b": "strong", "i": "em"} | {
    name: name for name in "em strong code s del ins u sub sup small mark kbd samp var abbr cite q dfn bdo".split()
}
_HIDDEN = frozenset("colgroup col head title script style template".split())
_PLAIN = str.maketrans(
    {
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‘’‚‛′´", "'"),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys("\xa0\u202f\u2003\u2002\u2009\t\r\f", " "),
        **dict.fromkeys("\u200b\ufeff\u2060\u00ad", None),
        "…": "...",
        BRACKET: "[",
    }
)
_DASHES = re.compile("--+")
_IMAGE = "\ufffc"


def is_same(one: Node, other: Node) -> bool:
    """Return whether two texts give a reader the same."""
    return list_events(one) == list_events(other)


def list_events(root: Node) -> list[Event]:
    """Return what a reader meets in `root`, in order."""
    reader = _Reader()
    reader.read_children(root, frozenset())
    reader.end_text()
    return reader.events


def normalize_text(text: str) -> str:
    """Return text as it would be typed on a plain keyboard, with single spaces."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text).replace("«\u202f", '"').replace("\u202f»", '"').translate(_PLAIN)
    text = text.replace("`", "'")
    if "--" in text:
        text = _DASHES.sub("-", text)
    if "''" in text:
        text = text.replace("''", '"')
    words = " ".join(text.split())  # faster than a pattern
    return f"{' ' * text[:1].isspace()}{words}{' ' * text[-1:].isspace()}" if words else text[:1] and " "


def _normalize_url(url: str) -> str:
    return re.sub(r"&#0?38;|&amp;", "&", url.strip()).replace(" ", "%20")


class _Reader:
    def __init__(self) -> None:
        self.events: list[Event] = []
        self.parts: list[str] = []
        self.formats: list[tuple[int, frozenset[Event]]] = []  # where each format starts, in characters without space
        self.length = 0

    def add(self, text: str, formats: frozenset[Event]) -> None:
        count = len(text) - text.count(" ") - text.count("\n")
        if count and (not self.formats or self.formats[-1][1] != formats):
            self.formats.append((self.length, formats))
        self.length += count
        self.parts.append(text)

    def end_text(self) -> None:
        if self.parts:
            text = _SPACE_RUN.sub(" ", "".join(self.parts)).strip()
            if "\n" in text:
                text = re.sub(r" ?\n[ \n]*", "\n", text)
            if text:
                # Quotes and dashes may meet where two texts do.
                self.events.append(("text", _DASHES.sub("-", text).replace("''", '"'), tuple(self.formats)))
            self.parts, self.formats, self.length = [], [], 0

    def read_children(self, node: Node, formats: frozenset[Event]) -> None:
        for child in node.children:
            if isinstance(child, str):
                self.add(normalize_text(child), formats)
            else:
                self.read(child, formats)

    def read(self, node: Node, formats: frozenset[Event]) -> None:
        tag, attributes = node.tag, node.attributes
        css_class = attributes.get("class", "")
        if tag == "br":
            self.add("\n", formats)
        elif tag == "img":
            alt = normalize_text(attributes.get("alt", "")).strip()
            self.add(_IMAGE, formats | {("img", _normalize_url(attributes.get("src", "")), alt)})
        elif tag in BLOCKS:
            self.end_text()
            self.read_block(node, css_class, formats)
            self.end_text()
        elif tag == "note" or (tag == "sup" and attributes.get("id", "").startswith("fnref")):
            number = attributes.get("number") or get_text(node)
            self.add(_IMAGE, formats | {("note", number)})
        elif tag == "notes":
            self.end_text()
            self.read_notes(node)
        elif css_class not in {"citation-back", "footnote-backref", "own-book"} and tag not in _HIDDEN:
            if tag == "a" and css_class != "citation" and "href" in attributes:
                formats |= {("a", _normalize_url(attributes["href"]), normalize_text(attributes.get("title", "")))}
            elif tag in _FORMATS:
                formats |= {(_FORMATS[tag], attributes.get("title", ""))}
            self.read_children(node, formats)

    def read_block(self, node: Node, css_class: str, formats: frozenset[Event]) -> None:
        tag = node.tag
        if tag in {"hr", "more"}:
            self.events.append((tag,))
        elif tag == "pre":
            text = re.sub(r"[ ]+\n", "\n", get_text(node).expandtabs(4).replace(BRACKET, "["))
            marks = tuple(inner.tag for inner in node.iterate() if inner.tag in _FORMATS and inner.tag != "code")
            self.events.append(("pre", text.strip("\n").rstrip(), () if css_class == "highlight" else marks))
        elif css_class == "footnote":
            self.read_notes(next((each for each in node.elements() if each.tag == "ol"), node))
        elif tag == "p" and (caption := _get_caption(node)):
            self.read(Node("figure", {}, [*node.children, Node("figcaption", {}, [caption])]), formats)
        elif tag in _STRUCTURE:
            detail = tuple(attributes for name in _DETAILS.get(tag, ()) if (attributes := node.attributes.get(name)))
            if tag in {"td", "th"}:
                detail += tuple(name for name in node.classes if name.startswith("align-"))
            self.events.append(("open", tag, detail))
            self.read_children(node, frozenset() if tag == "th" else formats)
            self.end_text()
            self.events.append(("close", tag))
        else:
            self.read_children(node, formats)

    def read_notes(self, items: Node) -> None:
        for item in items.elements():
            self.events.append(("open", "note", ()))
            self.read_children(item, frozenset())
            self.end_text()
            self.events.append(("close", "note"))


_SPACE_RUN = re.compile("  +")
_DETAILS = {"ol": ("start", "reversed", "type"), "td": ("colspan", "rowspan"), "th": ("colspan", "rowspan")}


def _get_caption(paragraph: Node) -> str:
    """Return the title of an image that is alone in its paragraph: our reader makes it a figure's caption."""
    shown = [child for child in paragraph.children if not (isinstance(child, str) and not child.strip())]
    if len(shown) == 1 and isinstance(shown[0], Node) and shown[0].tag == "img":
        return shown[0].attributes.get("title", "")
    return ""
