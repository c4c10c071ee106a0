"""Make Pelican's period archives fast, and its tags and categories one for each name."""

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any


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


def merge_groups(generator: Any) -> None:
    """Make names that differ only in case or Unicode form one tag or category (signal: article_generator_pretaxonomy).

    The form that most posts use is shown. A hidden post keeps only the tags of other posts: its own have no page.
    """
    listed = [*generator.articles, *generator.translations]
    articles = [*listed, *generator.hidden_articles, *generator.hidden_translations]
    # Without a default category, a post may have none.
    in_category = [article for article in articles if hasattr(article, "category")]
    categories = _choose_names(article.category for article in in_category)
    tags = _choose_names(tag for article in articles for tag in getattr(article, "tags", ()))
    for article in in_category:
        category = categories[_normalize(article.category.name)]
        if category.name != article.category.name:
            article.category = category
    for article in articles:
        names = [_normalize(tag.name) for tag in getattr(article, "tags", ())]
        if names:
            article.tags = [tags[name] for name in dict.fromkeys(names)]
    shown = {tag.name for article in generator.articles for tag in getattr(article, "tags", ())}
    for article in (*generator.hidden_articles, *generator.hidden_translations):
        article.tags = [tag for tag in getattr(article, "tags", ()) if tag.name in shown]


def _normalize(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _choose_names(groups: Iterable[Any]) -> dict[str, Any]:
    """Return for each normalized name the tag or category whose name is the most frequent, then the first in order."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    by_name: dict[str, Any] = {}
    for group in groups:
        counts[_normalize(group.name)][group.name] += 1
        by_name.setdefault(group.name, group)
    return {key: by_name[min(names, key=lambda name: (-names[name], name))] for key, names in counts.items()}
