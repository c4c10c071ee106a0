"""Posts and pages of Pelican's own readers, in a site that takes only parts of the package: nothing shown changes."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from pelican.contents import Article

from ..navigation.breadcrumbs import make_breadcrumbs
from ..reading.other_readers import make_parsed
from ..reading.parsed import ParsedContent, get_parsed
from ..seo.adapter import make_page_meta, make_post_meta, make_site_meta
from ..site_build import get_site, list_contents
from ..site_model import PageMeta, PageView, PostView, add_view

_LISTS = ("articles", "pages", "hidden_articles", "hidden_pages", "drafts", "draft_pages", "translations")
_TRANSLATIONS = ("hidden_translations", "drafts_translations", "draft_translations")


def adopt_contents(generator: Any) -> None:
    """Give all posts or pages what FrontMatterReader gives its own (article_generator_finalized, and of pages)."""
    for content in (c for name in (*_LISTS, *_TRANSLATIONS) for c in getattr(generator, name, ())):
        if not isinstance(getattr(content, "parsed", None), ParsedContent):
            content.parsed = make_parsed(content, is_post=isinstance(content, Article))


def finish_contents(generators: list[Any]) -> None:
    """Set the view of each post and page, translations included (signal: all_generators_finalized, after books)."""
    context = generators[0].context
    site, needs_meta = make_site_meta(context), "seo" in get_site(context).use
    for content in _list_with_translations(context):
        parsed, body = get_parsed(content), str(content._content or "")  # noqa: SLF001 - its links stay as they are
        is_post = isinstance(content, Article)
        fields: dict[str, Any] = {
            "record": parsed.record,
            "headers": parsed.headers,
            "draft": parsed.draft,
            "toc": "",
            "references": (),
            "bibtex_url": "",
            "translations": tuple(content.translations),
            "picture": None,
            "breadcrumbs": make_breadcrumbs(content if is_post else None, context),
            "words": parsed.words,
            "reading_minutes": 0,
            "comments": (),
            "mentions": (),
            "comment_count": 0,
            "head": PageMeta("", ""),
        }
        view: PageView
        if is_post:
            view = post = PostView(
                **fields, byline=(), book=None, previous=None, next=None, related=(), series_posts=()
            )
            view = replace(post, head=make_post_meta(content, post, body, context, site)) if needs_meta else post
        else:
            view = PageView(**fields)
            view = replace(view, head=make_page_meta(content, view, body, context, site)) if needs_meta else view
        add_view(content, view)


def _list_with_translations(context: Any) -> Iterator[Any]:
    for content in list_contents(context):
        yield content
        yield from content.translations
