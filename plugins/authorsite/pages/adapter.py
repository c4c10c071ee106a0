"""Finish posts and pages once everything is read: links, images, navigation and metadata, as one view each."""

from collections.abc import MutableMapping
from dataclasses import replace
from typing import Any

from markupsafe import escape
from pelican.contents import Article

from ..comments.adapter import get_discussion, read_comments
from ..images.adapter import get_featured_image, process_body_images
from ..language_versions import find_context, list_contexts
from ..navigation.breadcrumbs import make_breadcrumbs
from ..navigation.posts import PostLinks, link_posts
from ..reading.audio_files import get_audio
from ..reading.link_pass import resolve_body
from ..reading.parsed import get_parsed
from ..reading.reading_time import estimate_word_count, reading_time
from ..reading.translations import find_translations, find_works
from ..seo.adapter import make_page_meta, make_post_meta
from ..seo.head import SiteMeta
from ..seo.site_meta import make_site_meta
from ..site_build import list_contents
from ..site_model import PageMeta, PageView, PostView, set_view
from ..theme_head import includes_metadata

_NO_META = PageMeta("", "")


def finish_pages(generators: list[Any]) -> None:
    """Set the body and the view of each post and page (signal: all_generators_finalized, after books and events)."""
    context = generators[0].context
    read_comments(context)
    contents = list_contents(context)
    works = find_works(contents, context)
    translations = find_translations(contents, works)
    links = {key: each for own in list_contexts(context) for key, each in link_posts(own["articles"], works).items()}
    books = {id(post): book for book in context.get("books", ()) for post in book.posts}
    by_slug = {book.slug: book for book in context.get("books", ())}
    sites = {id(own): make_site_meta(own) for own in list_contexts(context)}
    for content in contents:
        record, book = get_parsed(content).record, books.get(id(content))
        own = find_context(context, record.lang)
        if own is not context:  # the page of a book lists the posts in the main language alone
            book = by_slug.get(getattr(record, "book", ""))
        _finish(content, translations[id(content)], links.get(id(content), PostLinks()), book, own, sites[id(own)])


def refresh_page(content: Any, context: dict[str, Any]) -> None:
    """Set body and view of one post again after an edit; its neighbors stay (signal: content_edited)."""
    links = PostLinks(content.previous, content.next, content.related, content.series_posts)
    own: Any = find_context(context, get_parsed(content).record.lang)
    _finish(content, content.translations, links, content.book, own, make_site_meta(own))


def _finish(
    content: Any,
    translations: tuple[Any, ...],
    links: PostLinks,
    book: Any,
    context: MutableMapping[str, Any],
    site: SiteMeta,
) -> None:
    parsed = get_parsed(content)
    picture = get_featured_image(content, parsed.record, context)
    html = resolve_body(content, context)
    html = process_body_images(html, content.source_path, context, eager_first=picture is None)
    # Captions and links to the author's books are words, too.
    words = parsed.words if html == content._content else estimate_word_count(html)  # noqa: SLF001 - the body as it was read
    content._content = html  # noqa: SLF001 - Pelican has no public way to change a body
    is_post, discussion = isinstance(content, Article), get_discussion(content, context)
    fields: dict[str, Any] = {
        "record": parsed.record,
        "headers": parsed.headers,
        "draft": parsed.draft,
        "toc": parsed.toc,
        "references": parsed.references,
        "bibtex_url": f"{content.url}references.bib" if parsed.references else "",
        "translations": translations,
        "picture": picture,
        "audio": get_audio(parsed.record.audio, content.source_path, context),
        "breadcrumbs": make_breadcrumbs(content if is_post else None, context),
        "words": words,
        "reading_minutes": reading_time(words),
        "comments": discussion.threads,
        "mentions": discussion.mentions,
        "comment_count": discussion.count,
        "head": _NO_META,
    }
    view: PageView
    if is_post:
        authors = tuple(author.name for author in getattr(content, "authors", ()))
        post = PostView(
            **fields,
            byline=() if authors == (site.author,) else authors,
            book=book,
            previous=links.previous,
            next=links.next,
            related=links.related,
            series_posts=links.series_posts,
        )
        view = replace(post, head=make_post_meta(content, post, html, context, site))
    else:
        page = PageView(**fields)
        view = replace(page, head=make_page_meta(content, page, html, context, site))
    del content.parsed, content.metadata["parsed"]  # the view says the same; 12 MB for 10,000 posts
    if not includes_metadata(context["THEME"]):
        content.title = escape(parsed.record.title)  # other themes print titles as HTML
    set_view(content, view)
