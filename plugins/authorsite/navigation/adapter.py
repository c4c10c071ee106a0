"""Gives Pelican's articles and pages what connects them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator
from itertools import pairwise
from typing import Any

from .breadcrumbs import Crumb
from .reading_time import reading_minutes, words_in
from .related import related


def list_periods(generator: Any) -> None:
    """Let the pages of years and months find their posts in linear time (signal: article_generator_init).

    Pelican looks for every post in the list of every period: 1.5 s of each build of 10,000 posts.
    """
    plain = generator._build_period_archives  # noqa: SLF001 - no signal lies between this and what it takes

    def build(dates: list[Any], articles: list[Any], settings: Any) -> Any:
        archives = plain(dates, [], settings)
        rank = {id(article): number for number, article in enumerate(articles)}
        for archive in (archive for periods in archives.values() for archive in periods):
            archive["articles"] = [articles[n] for n in sorted(rank[id(a)] for a in archive["dates"] if id(a) in rank)]
        return archives

    generator._build_period_archives = build  # noqa: SLF001 - the same


def connect(generators: list[Any]) -> None:
    """Set previous, next, related, series_posts, reading_minutes and breadcrumbs (signal: all_generators_finalized).

    Posts know only listed posts as their neighbours: hidden ones have none, and are nobody's.
    """
    context = generators[0].context
    home = Crumb("Home", "")
    blog = Crumb("Blog", str(context.get("BLOG_URL", "blog/")))
    articles = sorted(context.get("articles", ()), key=lambda a: (a.date, a.url))
    for article in [*articles, *context.get("hidden_articles", ())]:
        article.previous = article.next = None
        article.related = article.series_posts = ()
        category = getattr(article, "category", None)
        under = (Crumb(str(category), category.url),) if category else ()
        article.breadcrumbs = (home, blog, *under)
        count(article)
    for page in [*context.get("pages", ()), *context.get("hidden_pages", ())]:
        page.breadcrumbs = (home,)
        count(page)
    for before, after in pairwise(articles):
        before.next, after.previous = after, before
    for article, found in zip(articles, related([frozenset(_features(a)) for a in articles]), strict=True):
        article.related = tuple(articles[number] for number in found)
    _connect_series(articles)


def count(content: Any, context: Any = None) -> None:  # noqa: ARG001 - the signal gives it
    """Set the number of words and the minutes that reading takes (signal: content_edited)."""
    content.words = words_in(content._content or "")  # noqa: SLF001 - links need not be resolved
    content.reading_minutes = reading_minutes(content.words)


def _features(article: Any) -> Iterator[Hashable]:
    """Give what a post may share with others: tags, sources, a book and its chapter."""
    record = article.record
    for tag in getattr(article, "tags", ()):
        yield ("tag", tag.slug)
    for reference in getattr(article, "references", ()):
        yield ("source", getattr(reference, "key", None) or str(reference))
    if record.book:
        yield ("book", record.book)
        if record.chapter is not None:
            yield ("chapter", record.book, record.chapter)
    if record.reblog:
        yield ("author", record.reblog.author)


def _connect_series(articles: list[Any]) -> None:
    """Give each post of a series all its posts, by date."""
    series: dict[str, list[Any]] = defaultdict(list)
    for article in articles:
        if article.record.series:
            series[" ".join(article.record.series.lower().split())].append(article)
    for posts in series.values():
        for article in posts:
            article.series_posts = tuple(posts)
