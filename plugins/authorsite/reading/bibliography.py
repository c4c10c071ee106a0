"""Sources: read from the entries of lists, gathered with the posts that cite them, and written as BibTeX."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

ADDRESS = re.compile(r"https?://[^\s<>\"”]+[^\s<>\"”.,;:)\]]")
_QUOTED = re.compile(r"^(?P<author>[^\"“”]+?),\s*[\"“](?P<title>[^\"“”]+?),?[\"”],?\s*(?P<rest>.*)$", re.DOTALL)
_BOOK = re.compile(r"^(?P<author>[^*\"“”]+?),\s*\*+(?P<title>[^*]+?)\*+\s*[.,]?\s*(?P<rest>.*)$", re.DOTALL)
_YEAR = re.compile(r"\b(1[5-9]\d\d|20\d\d)\b")


@dataclass(frozen=True, slots=True)
class Reference:
    """An entry of a list of references; what its words do not say is "".

    `text` is the entry as written, in Markdown; `number` counts from 1.
    """

    number: int
    text: str
    author: str = ""
    title: str = ""
    container: str = ""
    year: str = ""
    url: str = ""

    @property
    def key(self) -> str:
        """What is equal for the same source in different posts: its address, else its title and author, else all."""
        if self.url:
            return self.url.lower().rstrip("/").partition("://")[2].removeprefix("www.")
        return " ".join((f"{self.title} {self.author}" if self.title else self.text).lower().split())


def parse_entry(number: int, text: str) -> Reference:
    """Read an entry in the style `Author, "Title", Container, Year, address`; what does not parse stays text."""
    text = " ".join(text.split())
    address = ADDRESS.search(text)
    url = address[0] if address else ""
    found = _QUOTED.match(text) or _BOOK.match(text)
    if not found:
        return Reference(number, text, url=url)
    rest = found["rest"].replace(url, "") if url else found["rest"]
    years = _YEAR.findall(rest)
    year = years[-1] if years else ""
    container = re.sub(r"[*_<>\[\]()]", "", rest.replace(year, "") if year else rest)
    container = re.sub(r"\s*,(\s*,)+", ",", container).strip(" ,.;")
    return Reference(number, text, found["author"].strip(), found["title"].strip(" ,."), container, year, url)


@dataclass(frozen=True, slots=True)
class CitedSource:
    """A source, and the posts that cite it in the order in which they were given; `book` is the author's own."""

    reference: Reference
    posts: tuple[Any, ...]
    book: Any = None


def own_book(reference: Reference, books: Sequence[Any]) -> Any:
    """Return the one of the author's books that `reference` names, by its title; None for any other source."""
    title = _folded(reference.title)
    return next((book for book in books if title and title in (_folded(book.title), _whole(book))), None)


def collect(posts: Iterable[Any], books: Sequence[Any]) -> tuple[CitedSource, ...]:
    """Return the sources of `posts` (each with `references`) by author and title; the fullest entry stands for all."""
    found: dict[str, CitedSource] = {}
    for post in posts:
        for reference in post.references:
            known = found.get(reference.key)
            if known is None:
                found[reference.key] = CitedSource(reference, (post,), own_book(reference, books))
            elif post not in known.posts:
                better = reference if len(reference.text) > len(known.reference.text) else known.reference
                found[reference.key] = replace(known, reference=better, posts=(*known.posts, post))
    return tuple(sorted(found.values(), key=_order))


def _order(source: CitedSource) -> tuple[str, str, str]:
    reference = source.reference
    last = reference.author.split(",")[0].split(" and ")[0].strip().split(" ")[-1]
    return (last or reference.text).lower(), reference.year, reference.title.lower()


def _folded(title: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in title.lower()).split())


def _whole(book: Any) -> str:
    return _folded(f"{book.title} {book.subtitle}")


def bibtex(references: Iterable[Reference]) -> str:
    """Return references as BibTeX; those without a title are kept as notes."""
    keys: dict[str, int] = {}
    entries = []
    for reference in references:
        last = re.sub(r"\W+", "", reference.author.split(",")[0].split(" ")[-1]).lower() or "source"
        base = f"{last}{reference.year}"
        keys[base] = keys.get(base, 0) + 1
        key = base if keys[base] == 1 else f"{base}-{keys[base]}"
        fields = {
            "author": reference.author,
            "title": reference.title,
            "howpublished": reference.container,
            "year": reference.year,
            "url": reference.url,
            "note": "" if reference.title else reference.text,
        }
        lines = [
            f"  {name} = {{{value if name == 'url' else _latex(value)}}}" for name, value in fields.items() if value
        ]
        entries.append(f"@misc{{{key},\n" + ",\n".join(lines) + "\n}\n")
    return "\n".join(entries)


def _latex(text: str) -> str:
    for character in "\\{}":
        text = text.replace(character, "")
    return re.sub(r"([&%$#_])", r"\\\1", text)
