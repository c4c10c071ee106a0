"""Split posts and pages by language, and write what each language but the main one has of its own.

Copies of Pelican's generators do the work: with the posts, the settings and the context of one language.
"""

import copy
from collections import defaultdict
from collections.abc import Iterable
from operator import attrgetter
from typing import Any

from pelican.generators import Generator

from ..language_versions import LanguageVersion, get_versions, make_versions
from ..reading.parsed import get_parsed
from ..site_build import OTHER_LANGUAGES_KEY
from .adapter import merge_groups


def split_posts(generator: Any) -> None:
    """Move posts in other languages to generators of their own (signal: article_generator_pretaxonomy)."""
    versions = make_versions(generator.context, generator.settings)
    kinds = ("articles", "hidden_articles")
    for version in versions.values():
        version.articles_generator = _copy_generator(generator, version, kinds)
    for kind in kinds if versions else ():
        setattr(generator, kind, [post for post in getattr(generator, kind) if not _get_language(post, versions)])
    merge_groups(generator)
    for version in versions.values():
        _make_lists(version.articles_generator, version)


def split_pages(generator: Any) -> None:
    """Move pages in other languages to generators of their own (signal: page_generator_finalized)."""
    versions = get_versions(generator.context)
    kinds = ("pages", "hidden_pages")
    for version in versions.values():
        version.pages_generator = _copy_generator(generator, version, kinds)
    for kind in kinds if versions else ():
        pages = [page for page in getattr(generator, kind) if not _get_language(page, versions)]
        setattr(generator, kind, pages)
        generator.context[kind] = pages


class LanguagesGenerator(Generator):
    """Writes posts, pages and lists in all languages but the main one."""

    def generate_output(self, writer: Any) -> None:
        """Write them as Pelican does those in the main language."""
        for version in get_versions(self.context).values():
            version.articles_generator.generate_pages(writer)
            version.pages_generator.generate_output(writer)


def _get_language(content: Any, versions: Iterable[str]) -> str:
    """Return the language of a post or page, "" for the main one."""
    language = get_parsed(content).record.lang
    return language if language in versions else ""


def _copy_generator(generator: Any, version: LanguageVersion, kinds: Iterable[str]) -> Any:
    """Return a copy of one of Pelican's generators, with those of its contents that are in the version's language."""
    own = copy.copy(generator)
    own.context, own.settings = version.context, version.settings
    # Pelican has sorted nothing in here: the front matter's `lang` is not Pelican's.
    others = (
        "translations",
        "hidden_translations",
        "drafts",
        "drafts_translations",
        "draft_pages",
        "draft_translations",
    )
    vars(own).update({name: [] for name in others if hasattr(own, name)})
    for kind in kinds:
        contents = [each for each in getattr(generator, kind) if _get_language(each, {version.language})]
        setattr(own, kind, contents)
        version.context.own[kind] = contents
        generator.context.setdefault(OTHER_LANGUAGES_KEY, []).extend(contents)
    return own


def _make_lists(generator: Any, version: LanguageVersion) -> None:
    """Make the lists of posts that ArticlesGenerator makes of all."""
    _translate_groups([*generator.articles, *generator.hidden_articles], version.settings)
    merge_groups(generator)
    tags, categories, authors = (defaultdict[Any, list[Any]](list) for _ in range(3))
    for post in generator.articles:
        for tag in getattr(post, "tags", ()):
            tags[tag].append(post)
        for author in getattr(post, "authors", ()):
            authors[author].append(post)
        if hasattr(post, "category"):
            categories[post.category].append(post)
    settings = version.settings
    generator.tags = tags
    generator.categories = sorted(categories.items(), reverse=settings["REVERSE_CATEGORY_ORDER"])
    generator.authors = sorted(authors.items())
    generator.dates = sorted(generator.articles, key=attrgetter("date"), reverse=settings["NEWEST_FIRST_ARCHIVES"])
    archives = generator._build_period_archives(generator.dates, generator.articles, settings)  # noqa: SLF001 - its own
    generator.period_archives = archives
    lists = {name: getattr(generator, name) for name in ("dates", "categories", "authors", "period_archives")}
    version.context.own.update(lists, tags=[*tags.items()])


def _translate_groups(posts: Iterable[Any], settings: dict[str, Any]) -> None:
    """Give posts the tags, category and authors of their language: its settings say what URLs these have."""
    groups: dict[tuple[str, str], Any] = {}

    def translate(group: Any) -> Any:
        key = type(group).__name__, group.name
        return groups.get(key) or groups.setdefault(key, type(group)(group.name, settings))

    for post in posts:
        for key in ("tags", "authors"):
            if hasattr(post, key):
                setattr(post, key, [translate(group) for group in getattr(post, key)])
        for key in ("category", "author"):
            if hasattr(post, key):
                setattr(post, key, translate(getattr(post, key)))
