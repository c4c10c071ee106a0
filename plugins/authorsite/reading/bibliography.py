"""Every source of the blog, once, with the posts that cite it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .references import Reference


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
