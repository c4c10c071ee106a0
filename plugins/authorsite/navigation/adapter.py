"""Add navigation and reading time to Pelican's articles and pages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator
from itertools import pairwise
from typing import Any

from .breadcrumbs import Breadcrumb
from .reading_time import reading_time, word_count
from .related import find_related


def optimize_period_archives(generator: Any) -> None:
    """Make Pelican's archives of years and months find their posts in linear time (signal: article_generator_init).

    Pelican searches the list of every period for every post: 1.5 s of each build of 10,000 posts.
    """
    original = generator._build_period_archives  # noqa: SLF001 - Pelican sends no signal between its input and output

    def build_period_archives(dates: list[Any], articles: list[Any], settings: Any) -> Any:
        archives = original(dates, [], settings)
        rank = {id(article): number for number, article in enumerate(articles)}
        for archive in (archive for periods in archives.values() for archive in periods):
            archive["articles"] = [articles[n] for n in sorted(rank[id(a)] for a in archive["dates"] if id(a) in rank)]
        return archives

    generator._build_period_archives = build_period_archives  # noqa: SLF001 - the same


def add_navigation(generators: list[Any]) -> None:
    """Set previous, next, related, series_posts, reading_minutes and breadcrumbs (signal: all_generators_finalized).

    Hidden posts have no previous or next post, and are never one.
    """
    context = generators[0].context
    home = Breadcrumb("Home", "")
    blog = Breadcrumb("Blog", str(context.get("BLOG_URL", "blog/")))
    articles = sorted(context.get("articles", ()), key=lambda a: (a.date, a.url))
    for article in [*articles, *context.get("hidden_articles", ())]:
        article.previous = article.next = None
        article.related = article.series_posts = ()
        category = getattr(article, "category", None)
        article.breadcrumbs = (home, blog, *((Breadcrumb(str(category), category.url),) if category else ()))
        set_reading_time(article)
    for page in [*context.get("pages", ()), *context.get("hidden_pages", ())]:
        page.breadcrumbs = (home,)
        set_reading_time(page)
    for before, after in pairwise(articles):
        before.next, after.previous = after, before
    for article, indexes in zip(articles, find_related([frozenset(_features(a)) for a in articles]), strict=True):
        article.related = tuple(articles[index] for index in indexes)
    _set_series_posts(articles)


def set_reading_time(content: Any, context: Any = None) -> None:  # noqa: ARG001 - the signal passes it
    """Set `words` and `reading_minutes` of an article or page (signal: content_edited)."""
    content.words = word_count(content._content or "")  # noqa: SLF001 - skips the replacing of links in `content`
    content.reading_minutes = reading_time(content.words)


def _features(article: Any) -> Iterator[Hashable]:
    """Yield what a post may have in common with others: tags, references, book, chapter, reblogged author."""
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


def _set_series_posts(articles: list[Any]) -> None:
    """Set `series_posts` of each post in a series to all posts of that series, by date."""
    series: dict[str, list[Any]] = defaultdict(list)
    for article in articles:
        if article.record.series:
            series[" ".join(article.record.series.lower().split())].append(article)
    for posts in series.values():
        for article in posts:
            article.series_posts = tuple(posts)
