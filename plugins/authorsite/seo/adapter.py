"""Connects seo to Pelican: metadata of every page, aliases, and the generator of the SEO files."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from pelican import signals
from pelican.generators import Generator
from pelican_incremental.purity import pure

from .. import output
from ..images.adapter import find_line, get_accent_color, make_social_card
from ..problems import get_log
from ..settings import SiteSettings, get_site, list_contents
from .head import PageMeta, SiteMeta, blog_posting, isoformat, json_ld_graph, meta_description
from .headers import format_headers, format_webmanifest
from .redirects import Alias, format_redirects, validate_aliases
from .sitemap import build_sitemaps, is_indexable, lastmod
from .urls import url_for

ALIASES_KEY = "AUTHORSITE_ALIASES"
"""Context key of the aliases by output file."""

HOME_META_KEY = "HOME_HEAD"
"""Context key of the home page's PageMeta."""


def add_filters(pelican: Any) -> None:
    """Add the Jinja filters `url_for` (output file to URL) and `list_meta` (signal: initialized)."""
    settings = pelican.settings
    filters = {"url_for": pure(url_for), "list_meta": _site_meta(settings).list_meta}
    settings["JINJA_FILTERS"] = {**settings["JINJA_FILTERS"], **filters}


def add_meta(generators: list[Any]) -> None:
    """Set the metadata of posts, pages and the home page (signal: all_generators_finalized, after links and images)."""
    context = generators[0].context
    site = _site_meta(context)
    for article in (*context.get("articles", ()), *context.get("hidden_articles", ())):
        article.head = _post_meta(article, context, site)
    for page in (*context.get("pages", ()), *context.get("hidden_pages", ())):
        page.head = _page_meta(page, context, site)
    picture = make_social_card(context, "site", site.name, "", "")
    data = json_ld_graph([site.website(), site.author_profile()])
    context[HOME_META_KEY] = PageMeta(
        site.name, f"{site.url}/", site.description, picture=picture, author=site.author, data=data
    )


def add_post_meta(article: Any, context: dict[str, Any]) -> None:
    """Set the metadata of one post (signal: content_edited)."""
    article.head = _post_meta(article, context, _site_meta(context))


def _site_meta(context: Mapping[str, Any]) -> SiteMeta:
    settings = get_site(context)
    profiles = tuple(link.url for link in settings.social)
    author, name = str(context.get("AUTHOR") or context["SITENAME"]), str(context["SITENAME"])
    return SiteMeta(name, settings.url, settings.description, settings.language, author, settings.author_bio, profiles)


def _post_meta(article: Any, context: dict[str, Any], site: SiteMeta) -> PageMeta:
    record, body = article.record, article._content or ""  # noqa: SLF001 - links need not be resolved
    authors = [str(author) for author in getattr(article, "authors", ())] or [site.author]
    section = str(getattr(article, "category", "") or "")
    head = PageMeta(
        title=record.title,
        url=f"{site.url}/{article.url}",
        description=meta_description(article.metadata["summary"], body),
        type="article",
        picture=make_social_card(
            context, article.slug, record.title, section, record.image if article.picture else "", article.picture
        ),
        published=isoformat(article.date),
        modified=isoformat(getattr(article, "modified", None)),
        author="\n".join(authors),
        robots="noindex" if article.draft or article.status == "hidden" else "",
        canonical=record.reblog.url if record.reblog else "",
    )
    extra: dict[str, Any] = {
        "articleSection": section,
        "keywords": [tag.name for tag in getattr(article, "tags", ())],
        "wordCount": article.words,
        "isBasedOn": head.canonical,
    }
    if book := record.review_of:
        extra["about"] = {"@type": "Book", "name": book.title, "author": book.author, "isbn": book.isbn}
    crumbs = [(crumb.label, f"{site.url}/{crumb.url}") for crumb in article.breadcrumbs]
    graph = [blog_posting(head, site, extra), site.breadcrumb_list([*crumbs, (record.title, head.url)])]
    return replace(head, data=json_ld_graph(graph))


def _page_meta(page: Any, context: dict[str, Any], site: SiteMeta) -> PageMeta:
    record, body = page.record, page._content or ""  # noqa: SLF001 - links need not be resolved
    head = PageMeta(
        title=record.title,
        url=f"{site.url}/{page.url}",
        description=meta_description(page.metadata["summary"], body),
        picture=page.picture or make_social_card(context, page.slug, record.title),
        modified=isoformat(getattr(page, "modified", None)),
        robots="noindex" if page.draft or page.status == "hidden" else "",
    )
    return replace(head, data=json_ld_graph([site.web_page(head)]))


class SeoGenerator(Generator):
    """Writes redirects, sitemap, robots.txt, manifest and headers. Register it last: it needs all pages written."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._lastmods: dict[str, datetime | None] = {}
        self._files: set[str] = set()
        signals.content_written.connect(self._record_page)

    def _record_page(self, path: str, context: Mapping[str, Any]) -> None:
        """Record the output file, URL and last change of a page that was written, or was up to date."""
        save_as = context.get("output_file") or os.path.relpath(path, self.output_path)
        self._files.add(save_as)
        if is_indexable(save_as, context):
            self._lastmods[f"{self._site.url}/{url_for(save_as)}"] = lastmod(context)

    @property
    def _site(self) -> SiteSettings:
        return get_site(self.settings)

    def generate_output(self, writer: Any) -> None:
        """Write the files."""
        self._write_redirects(writer)
        name, root, url = str(self.settings["SITENAME"]), self._site.root, self._site.url
        for save_as, text in build_sitemaps(self._lastmods, url).items():
            output.write(self.context, save_as, text)
        output.write(self.context, "robots.txt", f"User-agent: *\nAllow: /\n\nSitemap: {url}/sitemap.xml\n")
        manifest = format_webmanifest(name, self._site.language, root, get_accent_color(self._site))
        output.write(self.context, "site.webmanifest", manifest)
        output.write(self.context, "_headers", format_headers(self._files, root))

    def _write_redirects(self, writer: Any) -> None:
        template = self.get_template("redirect")
        aliases: dict[str, Alias] = self.context[ALIASES_KEY]
        for file, alias in aliases.items():
            variables = {"to": alias.url, "to_title": alias.title, "noindex": True}
            writer.write_file(file, template, self.context, url=url_for(file), **variables)
        text = format_redirects(aliases.values(), self.context.get("redirects", ()), self._site.root)
        output.write(self.context, "_redirects", text)


def check_aliases(generators: list[Any]) -> None:
    """Validate the aliases of all content and keep them for the generator (signal: all_generators_finalized)."""
    context, log = generators[0].context, get_log(generators[0].settings)
    contents = list_contents(context)
    aliases = [
        Alias(path, content.url, content.record.title, content.source_path)
        for content in contents
        for path in content.record.aliases
    ]
    books = context.get("books", ())
    aliases += [Alias(path, book.url, book.title, book.source_path) for book in books for path in book.record.aliases]
    taken = {}
    if aliases:
        taken = {content.save_as: log.display_path(content.source_path) for content in contents}
        taken |= {f"{book.url}index.html": log.display_path(book.source_path) for book in books}

    def report(alias: Alias, message: str, hint: str) -> None:
        line = find_line(alias.source, alias.path)
        log.error(alias.source, line, f"the alias {alias.path} {message}", hint, kind="link")

    context[ALIASES_KEY] = validate_aliases(aliases, taken, report)


def get_generators(_: Any) -> type[Generator]:
    """Return the generator (signal: get_generators; last)."""
    return SeoGenerator
