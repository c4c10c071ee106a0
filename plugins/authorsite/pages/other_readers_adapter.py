"""Posts and pages of Pelican's own readers, in a site that takes only parts of the package: nothing shown changes."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from pelican.contents import Article

from ..navigation.breadcrumbs import make_breadcrumbs
from ..reading.other_readers import make_parsed
from ..reading.parsed import ParsedContent, get_parsed
from ..seo.adapter import make_page_meta, make_post_meta
from ..seo.site_meta import make_site_meta
from ..site_build import list_contents, uses

_LISTS = ("articles", "pages", "hidden_articles", "hidden_pages", "drafts", "draft_pages", "translations")
_TRANSLATIONS = ("hidden_translations", "drafts_translations", "draft_translations")


def adopt_contents(generator: Any) -> None:
    """Give all posts or pages what FrontMatterReader gives its own (article_generator_finalized, and of pages)."""
    for content in (c for name in (*_LISTS, *_TRANSLATIONS) for c in getattr(generator, name, ())):
        if not isinstance(getattr(content, "parsed", None), ParsedContent):
            content.parsed = make_parsed(content, is_post=isinstance(content, Article))


def finish_contents(generators: list[Any]) -> None:
    """Set `record` and `head` of each post and page, translations included (signal: all_generators_finalized).

    Themes find none of the other fields of a PageView: those of their plugins may have the same names.
    """
    context = generators[0].context
    site, needs_meta = make_site_meta(context), uses(context, "seo")
    for content in _list_with_translations(context):
        parsed, is_post = get_parsed(content), isinstance(content, Article)
        content.record = parsed.record
        if needs_meta:
            view: Any = SimpleNamespace(
                record=parsed.record,
                draft=parsed.draft,
                picture=None,
                audio=None,
                book=None,
                words=parsed.words,
                breadcrumbs=make_breadcrumbs(content if is_post else None, context),
                translations=tuple(content.translations),
            )
            make_meta: Any = make_post_meta if is_post else make_page_meta
            content.head = make_meta(content, view, str(content._content or ""), context, site)  # noqa: SLF001 - `content` would resolve its links too early


def _list_with_translations(context: Any) -> Iterator[Any]:
    for content in list_contents(context):
        yield content
        yield from content.translations
