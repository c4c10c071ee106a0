"""Links between posts: previous, next, related, and the other posts of a series."""

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..reading.parsed import get_parsed, get_post_record
from .related import find_related


@dataclass(frozen=True, slots=True)
class PostLinks:
    """The posts that a post links to, as Pelican's articles; see PostView."""

    previous: Any = None
    next: Any = None
    related: tuple[Any, ...] = ()
    series_posts: tuple[Any, ...] = ()


def link_posts(posts: Sequence[Any]) -> Mapping[int, PostLinks]:
    """Return the links of each of the published `posts`, by its id()."""
    posts = sorted(posts, key=lambda post: (post.date, post.url))
    series = _group_by_series(posts)
    related = find_related([frozenset(_list_features(post)) for post in posts])
    before, after = [None, *posts[:-1]], [*posts[1:], None]
    return {
        id(post): PostLinks(before[n], after[n], tuple(posts[i] for i in related[n]), series.get(_get_series(post), ()))
        for n, post in enumerate(posts)
    }


def _get_series(post: Any) -> str:
    """Return the name of a post's series, whatever its case and spaces."""
    return " ".join(get_post_record(post).series.lower().split())


def _group_by_series(posts: list[Any]) -> dict[str, tuple[Any, ...]]:
    groups: dict[str, list[Any]] = defaultdict(list)
    for post in posts:
        if name := _get_series(post):
            groups[name].append(post)
    return {name: tuple(group) for name, group in groups.items()}


def _list_features(post: Any) -> Iterator[Hashable]:
    """Yield what a post may have in common with others: tags, references, book, chapter, reblogged author."""
    record = get_post_record(post)
    for tag in getattr(post, "tags", ()):
        yield ("tag", tag.slug)
    for reference in get_parsed(post).references:
        yield ("source", getattr(reference, "key", None) or str(reference))
    if record.book:
        yield ("book", record.book)
        if record.chapter is not None:
            yield ("chapter", record.book, record.chapter)
    if record.reblog:
        yield ("author", record.reblog.author)
