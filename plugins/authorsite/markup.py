"""HTML as a stream of tokens: text, tags and attributes read, cut and rewritten without building a tree."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import escape, unescape
from html.parser import HTMLParser

VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
"""Elements that have no end tag."""

_BLOCKS = frozenset(
    "address article aside blockquote br dd div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header hr li main "
    "nav ol p pre section table td th tr ul".split()
)
_UNSEEN = frozenset(("script", "style", "template"))
_TAG = re.compile(r"</?([A-Za-z][A-Za-z0-9]*)(?:\s(?:[^<>\"']|\"[^\"]*\"|'[^']*')*)?/?>")
_OPEN_ENTITY = re.compile(r"&(?:#?[A-Za-z0-9]+(?![A-Za-z0-9;])|#?[A-Za-z0-9]+$)")
_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of HTML: `kind` is start, end, text or other (comments, doctypes); `raw` is how it is written.

    Of a start tag, `name` is in small letters and `attributes` are unescaped; a bare attribute has the value None.
    """

    kind: str
    raw: str
    name: str = ""
    attributes: dict[str, str | None] = field(default_factory=dict)

    def with_attributes(self, **changed: str | None) -> Token:
        """Return this start tag with attributes set, or removed where None; `srcset_` stands for any keyword."""
        named = {key.rstrip("_").replace("_", "-"): value for key, value in changed.items()}
        kept = {
            key: value
            for key, value in {**self.attributes, **named}.items()
            if key not in named or named[key] is not None
        }
        return start(self.name, kept)


def start(name: str, attributes: dict[str, str | None]) -> Token:
    """Return a start tag; a value of None writes a bare attribute."""
    written = "".join(f" {k}" if v is None else f' {k}="{escape(v)}"' for k, v in attributes.items())
    return Token("start", f"<{name}{written}>", name, attributes)


class BoundedTags:
    """Lets an HTML parser look for the end of a tag only where one follows."""

    rawdata: str
    _read, _last_end = "", -1

    def check_for_whole_start_tag(self, i: int) -> int:
        """Return where the start tag ends that begins at `i`, -1 where it does not."""
        if self.rawdata is not self._read:
            self._read, self._last_end = self.rawdata, self.rawdata.rfind(">")
        found: int = super().check_for_whole_start_tag(i) if i < self._last_end else -1  # type: ignore[misc]
        return found


class _Tokens(BoundedTags, HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.found: list[Token] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(Token("start", self.get_starttag_text() or "", tag, dict(attrs)))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        self.found.append(Token("end", f"</{tag}>", tag))

    def handle_data(self, data: str) -> None:
        self.found.append(Token("text", data))

    def handle_entityref(self, name: str) -> None:
        self.found.append(Token("text", f"&{name};"))

    def handle_charref(self, name: str) -> None:
        self.found.append(Token("text", f"&#{name};"))

    def handle_comment(self, data: str) -> None:
        self.found.append(Token("other", f"<!--{data}-->"))

    def handle_decl(self, decl: str) -> None:
        self.found.append(Token("other", f"<!{decl}>"))

    def handle_pi(self, data: str) -> None:
        self.found.append(Token("other", f"<?{data}>"))

    def unknown_decl(self, data: str) -> None:
        self.found.append(Token("other", f"<![{data}]>"))


def tokens(html: str) -> list[Token]:
    """Return the tokens of `html` in order; never raises."""
    parser = _Tokens()
    parser.feed(html)
    parser.close()
    return parser.found


def written(stream: Iterator[Token] | list[Token]) -> str:
    """Return tokens as HTML."""
    return "".join(token.raw for token in stream)


def edit_tags(html: str, names: frozenset[str] | set[str], change: Callable[[Token], Token | str | None]) -> str:
    """Return `html` with each start tag in `names` replaced by `change(tag)`; None leaves the tag as it is."""
    if not any(f"<{name}" in html for name in names):
        return html
    parts = []
    for token in tokens(html):
        new = change(token) if token.kind == "start" and token.name in names else None
        parts.append(token.raw if new is None else new.raw if isinstance(new, Token) else new)
    return "".join(parts)


def without(html: str, drop: Callable[[Token], bool], unwrap: Callable[[Token], bool] = lambda _: False) -> str:
    """Return `html` without the elements that `drop` names (content and all), and those of `unwrap` without tags."""
    kept: list[str] = []
    dropped = 0
    open_: defaultdict[str, list[bool]] = defaultdict(list)  # by name: whether its start tag was left out
    for token in tokens(html):
        if token.kind == "start":
            gone = dropped or drop(token)
            hidden = gone or unwrap(token)
            if token.name not in VOID:
                open_[token.name].append(bool(hidden))
                dropped += bool(gone)
            if not hidden:
                kept.append(token.raw)
        elif token.kind == "end":
            hidden = bool(open_[token.name]) and open_[token.name].pop()
            if dropped:
                dropped -= 1
            elif not hidden:
                kept.append(token.raw)
        elif not dropped:
            kept.append(token.raw)
    return "".join(kept)


def plain(html: str) -> str:
    """Return the text a reader sees, entities resolved, white space folded, block elements apart."""
    quick = _plain_of_tags(html)
    return _plain_of_tokens(html) if quick is None else quick


def _plain_of_tags(html: str) -> str | None:
    """Do it with one pattern where there is nothing but tags and text, as in nearly every body; else None."""
    if "<!" in html or "<?" in html or _OPEN_ENTITY.search(html):
        return None
    pieces = _TAG.split(html)
    for number in range(1, len(pieces), 2):
        name = pieces[number].lower()
        if name in _UNSEEN:
            return None
        pieces[number] = " " if name in _BLOCKS else ""
    texts = pieces[::2]
    if any("<" in text for text in texts):
        return None
    pieces[::2] = [unescape(text) if "&" in text else text for text in texts]
    return " ".join("".join(pieces).split())


def _plain_of_tokens(html: str) -> str:
    parts: list[str] = []
    unseen = 0
    for token in tokens(html):
        if token.name in _UNSEEN:
            unseen += {"start": 1, "end": -1}.get(token.kind, 0)
        elif token.kind == "text" and unseen <= 0:
            parts.append(unescape(token.raw))
        elif token.name in _BLOCKS:
            parts.append(" ")
    return " ".join("".join(parts).split())


def count_words(html: str) -> int:
    """Return how many runs of non-space text a reader sees."""
    return len(plain(html).split())


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The kept HTML, every element closed, and how many words were left out (0: nothing was cut)."""

    html: str
    words_left: int


def _close(open_: list[str], names: Counter[str], name: str) -> None:
    """Close the innermost element of that name, and all within it."""
    closed = ""
    while closed != name:
        closed = open_.pop()
        names[closed] -= 1


def excerpt(html: str, limit: int) -> Excerpt:
    """Cut `html` after `limit` words at a word boundary, closing every open element.

    Words are runs of non-space text outside tags. Raises ValueError when limit < 1.
    """
    if limit < 1:
        raise ValueError("an excerpt has at least one word")
    kept: list[str] = []
    open_: list[str] = []
    names: Counter[str] = Counter()  # of what is open: a long list is not searched for each end tag
    count = 0
    for token in tokens(html):
        if token.kind == "text":
            found = list(_WORD.finditer(token.raw))
            if count + len(found) > limit:
                kept.append(token.raw[: found[limit - count - 1].end()] if limit > count else "")
                closing = "".join(f"</{name}>" for name in reversed(open_))
                return Excerpt("".join(kept).rstrip() + closing, max(count_words(html) - limit, 0))
            count += len(found)
        elif token.kind == "start" and token.name not in VOID:
            if count >= limit:
                break
            open_.append(token.name)
            names[token.name] += 1
        elif token.kind == "end" and names[token.name]:
            _close(open_, names, token.name)
        kept.append(token.raw)
    closing = "".join(f"</{name}>" for name in reversed(open_))
    return Excerpt("".join(kept) + closing, max(count_words(html) - count, 0))
