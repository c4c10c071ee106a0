"""HTML as a stream of tokens: tokenize, extract text, truncate and rewrite tags without building a tree."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape, unescape
from html.parser import HTMLParser
from typing import Any

VOID_ELEMENTS = frozenset("area base br col embed hr img input link meta source track wbr".split())
"""Void elements: those without an end tag (HTML standard, section 13.1.2)."""

_BLOCKS = frozenset(
    "address article aside blockquote br dd div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header hr li main "
    "nav ol p pre section table td th tr ul".split()
)
_MARKUP = re.compile(
    r"<!--(?:-?>|.*?-->|.*)|<[!?][^>]*>?"
    r"|<(?P<hidden>script|style|template)(?=[\s/>])(?:.*?</(?P=hidden)\s*>|.*)"
    r"|</?(?P<tag>[a-z][^\s<>/]*)(?:\s(?:[^<>\"']|\"[^\"]*\"|'[^']*')*)?/?>",
    re.DOTALL | re.IGNORECASE,
)
"""Comments, hidden elements and tags. What is not closed extends to the end, as in a browser, and for linear time."""

_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of HTML: `kind` is start, end, text or other (comments, doctypes); `raw` is the source.

    `name` is a tag's name in lower case; `attributes` are a start tag's, unescaped, None for one without a value.
    """

    kind: str
    raw: str
    name: str = ""
    attributes: dict[str, str | None] = field(default_factory=dict)

    def with_attributes(self, **changed: str | None) -> "Token":
        """Return this start tag with attributes set, or removed if None; `class_` is class, `data_x` is data-x."""
        new = {key.rstrip("_").replace("_", "-"): value for key, value in changed.items()}
        attributes = {
            key: value for key, value in {**self.attributes, **new}.items() if key not in new or value is not None
        }
        return start_tag(self.name, attributes)


def start_tag(name: str, attributes: dict[str, str | None]) -> Token:
    """Return a start tag; an attribute with the value None is written without a value."""
    text = "".join(f" {k}" if v is None else f' {k}="{escape(v)}"' for k, v in attributes.items())
    return Token("start", f"<{name}{text}>", name, attributes)


class LinearTagScan:
    """Mixin for HTMLParser that keeps unclosed start tags from costing quadratic time."""

    rawdata: str
    _scanned, _last_end = "", -1

    def check_for_whole_start_tag(self, i: int) -> int:
        """Return the end of the start tag at `i`, -1 if it has none; searches only if a ">" follows at all."""
        if self.rawdata is not self._scanned:
            self._scanned, self._last_end = self.rawdata, self.rawdata.rfind(">")
        end: int = super().check_for_whole_start_tag(i) if i < self._last_end else -1  # type: ignore[misc]
        return end


def _append(kind: str, form: str) -> Any:
    """Return a method of HTMLParser that appends a token of this kind, with its argument in `form`."""
    return lambda self, data: self.tokens.append(Token(kind, form.format(data)))


class _Tokenizer(LinearTagScan, HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.tokens: list[Token] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tokens.append(Token("start", self.get_starttag_text() or "", tag, dict(attrs)))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        self.tokens.append(Token("end", f"</{tag}>", tag))

    handle_data = _append("text", "{}")
    handle_entityref = _append("text", "&{};")
    handle_charref = _append("text", "&#{};")
    handle_comment = _append("other", "<!--{}-->")
    handle_decl = _append("other", "<!{}>")
    handle_pi = _append("other", "<?{}>")
    unknown_decl = _append("other", "<![{}]>")


def tokenize(html: str) -> list[Token]:
    """Return the tokens of `html` in order. Never raises: malformed markup becomes text."""
    parser = _Tokenizer()
    parser.feed(html)
    parser.close()
    return parser.tokens


def rewrite_tags(html: str, names: frozenset[str] | set[str], change: Callable[[Token], Token | str | None]) -> str:
    """Return `html` with each start tag in `names` replaced by `change(tag)`; None keeps the tag."""
    if not any(f"<{name}" in html for name in names):
        return html
    parts = []
    for token in tokenize(html):
        new = change(token) if token.kind == "start" and token.name in names else None
        parts.append(token.raw if new is None else new.raw if isinstance(new, Token) else new)
    return "".join(parts)


def remove_elements(
    html: str, drop: Callable[[Token], bool], unwrap: Callable[[Token], bool] = lambda _: False, mark: str = ""
) -> str:
    """Return `html` with `mark` for the elements that `drop` matches, and without the tags that `unwrap` matches."""
    parts: list[str] = []
    depth = 0  # of dropped elements
    removed: defaultdict[str, list[bool]] = defaultdict(list)  # by name of the open elements: is its start tag removed?
    for token in tokenize(html):
        if token.kind == "start":
            is_dropped = depth > 0 or drop(token)
            is_removed = is_dropped or unwrap(token)
            if is_dropped and not depth:
                parts.append(mark)
            if token.name not in VOID_ELEMENTS:
                removed[token.name].append(is_removed)
                depth += is_dropped
            if not is_removed:
                parts.append(token.raw)
        elif token.kind == "end":
            is_removed = bool(removed[token.name]) and removed[token.name].pop()
            if depth:
                depth -= 1
            elif not is_removed:
                parts.append(token.raw)
        elif not depth:
            parts.append(token.raw)
    return "".join(parts)


def text_content(html: str) -> str:
    """Return the visible text: entities decoded, white space collapsed, a space between block elements."""
    text = _MARKUP.sub(lambda match: " " if (match["tag"] or "").lower() in _BLOCKS else "", html)
    return " ".join(unescape(text).split())


def count_words(html: str) -> int:
    """Return the number of words in the visible text: runs of characters other than white space."""
    return len(text_content(html).split())


def split_first_paragraph(html: str) -> tuple[str, str]:
    """Return the `<p>` that `html` starts with, "" if it starts with anything else, and the rest."""
    paragraph, end_tag, rest = html.partition("</p>") if html.startswith("<p>") else ("", "", html)
    return paragraph + end_tag, rest


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Truncated HTML with every element closed, and the number of words that were cut off (0: none)."""

    html: str
    remaining_words: int


def _close(open_names: list[str], counts: Counter[str], name: str) -> None:
    """Close the innermost open element of that name, and everything within it."""
    closed = ""
    while closed != name:
        closed = open_names.pop()
        counts[closed] -= 1


def truncate_html(html: str, limit: int) -> Excerpt:
    """Cut `html` after `limit` words and close every open element.

    Words are those of count_words. Raises ValueError if limit < 1.
    """
    if limit < 1:
        raise ValueError("an excerpt has at least one word")
    parts: list[str] = []
    open_names: list[str] = []
    counts: Counter[str] = Counter()  # of open_names: searching the list for each end tag would be quadratic
    word_count = 0
    in_word = False  # a tag or a character reference may be within a word
    for token in tokenize(html):
        text = (unescape(token.raw) if token.raw[:1] == "&" else token.raw) if token.kind == "text" else ""
        in_word = in_word and token.name not in _BLOCKS
        if token.kind == "start" and token.name not in VOID_ELEMENTS:
            if word_count >= limit and not in_word:
                break
            open_names.append(token.name)
            counts[token.name] += 1
        elif token.kind == "end" and counts[token.name]:
            _close(open_names, counts, token.name)
        words = list(_WORD.finditer(text))
        is_continued = in_word and bool(words) and words[0].start() == 0
        allowed = limit - word_count + is_continued
        if len(words) > allowed:
            parts = ["".join([*parts, text[: words[allowed - 1].end()] if allowed else ""]).rstrip()]
            word_count = limit
            break
        word_count += len(words) - is_continued
        if text:
            in_word = bool(words) and words[-1].end() == len(text)
        parts.append(token.raw)
    closing = "".join(f"</{name}>" for name in reversed(open_names))
    return Excerpt("".join(parts) + closing, max(count_words(html) - word_count, 0))
