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


def link_posts(posts: Sequence[Any], works_by_id: Mapping[int, Hashable]) -> Mapping[int, PostLinks]:
    """Return the links of each of the published `posts`, by its id().

    A post and its translations, which have the same value in `works_by_id`, count as one: each links to its neighbors
    in its own language, where they have it.
    """
    works = _group_translations(sorted(posts, key=lambda post: (post.date, post.url)), works_by_id)
    series = _group_by_series(works)
    related = find_related([frozenset(f for post in work for f in _list_features(post)) for work in works])
    before, after = [[], *works[:-1]], [*works[1:], []]
    return {
        id(post): PostLinks(
            _choose(before[n], post),
            _choose(after[n], post),
            tuple(_choose(works[i], post) for i in related[n]),
            tuple(_choose(other, post) for other in series.get(_get_series(post), ())),
        )
        for n, work in enumerate(works)
        for post in work
    }


def _group_translations(posts: list[Any], works_by_id: Mapping[int, Hashable]) -> list[list[Any]]:
    """Return each post together with its translations, unless two are in one language."""
    by_work: dict[Hashable, list[Any]] = defaultdict(list)
    for post in posts:
        by_work[works_by_id[id(post)]].append(post)
    works: list[list[Any]] = []
    for group in by_work.values():
        is_translated = len({_get_language(post) for post in group}) == len(group)
        works += [group] if is_translated else [[post] for post in group]
    return sorted(works, key=lambda work: (work[0].date, work[0].url))


def _choose(work: list[Any], post: Any) -> Any:
    """Return the translation in the language of `post`, else the first; None if there is none."""
    return next((each for each in work if _get_language(each) == _get_language(post)), work[0] if work else None)


def _get_language(post: Any) -> str:
    return get_post_record(post).lang


def _get_series(post: Any) -> str:
    """Return the name of a post's series, whatever its case and spaces."""
    return " ".join(get_post_record(post).series.lower().split())


def _group_by_series(works: list[list[Any]]) -> dict[str, list[list[Any]]]:
    groups: dict[str, list[list[Any]]] = defaultdict(list)
    for work in works:
        for name in dict.fromkeys(map(_get_series, work)):
            if name:
                groups[name].append([post for post in work if _get_series(post) == name])
    return groups


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
    if record.reblog and record.reblog.author:
        yield ("author", record.reblog.author)
