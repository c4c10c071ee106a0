"""References: parsing list entries, merging them into the blog's bibliography, and formatting them as BibTeX."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .autolinks import URL_PATTERN, trim_url
from .bibtex import format_entry
from .person_names import format_bibtex_names

_LINK = re.compile(r"\[([^\[\]]*)\]\((?:[^\s()]|\([^\s()]*\))*\)|<(https?://[^\s<>]+)>")
_QUOTES = r"\"“”„«»"
_QUOTED = re.compile(
    rf"^(?P<author>[^{_QUOTES}]+?)[,،]\s*[{_QUOTES}]\s*(?P<title>[^{_QUOTES}]+?)[,،]?\s*[{_QUOTES}][,،]?\s*(?P<rest>.*)$",
    re.DOTALL,
)
_BOOK = re.compile(rf"^(?P<author>[^*{_QUOTES}]+?)[,،]\s*\*+(?P<title>[^*]+?)\*+\s*[.,،]?\s*(?P<rest>.*)$", re.DOTALL)
_YEAR = re.compile(r"\b(1[5-9]\d\d|20\d\d)\b")


@dataclass(frozen=True, slots=True)
class Reference:
    """An entry of a reference list; fields that could not be parsed are "".

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
        """Identify the source across posts: by its URL, else title and author, else the entry's text."""
        if self.url:
            return self.url.lower().rstrip("/").partition("://")[2].removeprefix("www.")
        return " ".join((f"{self.title} {self.author}" if self.title else self.text).lower().split())


def parse_entry(number: int, text: str, url: str = "") -> Reference:
    """Parse an entry in the style `Author, "Title", Container, Year, URL`; any other gets only `text` and `url`.

    Quotation marks and commas may be those of another language: `„Titel“`, `«titre»`, `آن، «سلالم»، 2018`.
    `text` is Markdown; `url` is that of its first link, else it is the first one in the text.
    """
    text = _LINK.sub(lambda match: match[1] or match[2] or "", " ".join(text.split()))
    url_match = URL_PATTERN.search(text)
    written = trim_url(url_match[0]) if url_match else ""
    url = url or written
    match = _QUOTED.match(text) or _BOOK.match(text)
    if not match:
        return Reference(number, text, url=url)
    rest = match["rest"].replace(written, "") if written else match["rest"]
    years = _YEAR.findall(rest)
    year = years[-1] if years else ""
    container = re.sub(r"[*_<>\[\]()]", "", rest.replace(year, "") if year else rest)
    container = re.sub(r"\s*([,،])(\s*[,،])+", r"\1", container).strip(" ,،.;")
    return Reference(number, text, match["author"].strip(), match["title"].strip(" ,،."), container, year, url)


@dataclass(frozen=True, slots=True)
class CitedSource:
    """A source and the posts that cite it, in input order; `book` is set if it is one of the author's own."""

    reference: Reference
    posts: tuple[Any, ...]
    book: Any = None


def match_own_book(reference: Reference, books: Sequence[Any]) -> Any:
    """Return the author's own book with the title of `reference`, with or without subtitle; None if there is none."""
    title = _normalize(reference.title)
    return next(
        (b for b in books if title and title in (_normalize(b.title), _normalize(f"{b.title} {b.subtitle}"))), None
    )


def build_bibliography(posts: Iterable[Any], books: Sequence[Any]) -> tuple[CitedSource, ...]:
    """Merge the `references` of `posts`; return the sources by author, year and title, each with its longest entry.

    An own book is one source, however its entries are written: with its subtitle or a URL, or without.
    """
    sources: dict[str | int, CitedSource] = {}
    for post in posts:
        for reference in post.references:
            book = match_own_book(reference, books)
            key = books.index(book) if book else reference.key
            source = sources.get(key)
            if source is None:
                sources[key] = CitedSource(reference, (post,), book)
            elif post not in source.posts:
                longest = max(source.reference, reference, key=lambda r: len(r.text))
                sources[key] = replace(source, reference=longest, posts=(*source.posts, post))
    return tuple(sorted(sources.values(), key=_get_sort_key))


def _get_sort_key(source: CitedSource) -> tuple[str, str, str]:
    reference = source.reference
    last_name = reference.author.split(",")[0].split(" and ")[0].strip().split(" ")[-1]
    return (last_name or reference.text).lower(), reference.year, reference.title.lower()


def _normalize(title: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in title.lower()).split())


def format_bibtex(references: Iterable[Reference]) -> str:
    """Return references as BibTeX; the text of one without a title becomes a note."""
    counts: dict[str, int] = {}
    entries = []
    for reference in references:
        last_name = re.sub(r"\W+", "", reference.author.split(",")[0].split(" ")[-1]).lower() or "source"
        base = f"{last_name}{reference.year}"
        counts[base] = counts.get(base, 0) + 1
        key = base if counts[base] == 1 else f"{base}-{counts[base]}"
        fields = {
            "author": format_bibtex_names(reference.author),
            "title": reference.title,
            "howpublished": reference.container,
            "year": reference.year,
            "url": reference.url,
            "note": "" if reference.title else reference.text,
        }
        entries.append(format_entry("misc", key, fields))
    return "\n".join(entries)
