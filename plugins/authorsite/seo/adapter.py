"""Where pages meet what machines read about them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from pelican import signals
from pelican.generators import Generator
from pelican_incremental.code import pure

from .. import output
from ..images.adapter import accent, card, line_with
from ..problems import log_of
from ..settings import SiteSettings, site_of
from .head import Head, Site, as_json_ld, described, moment, posting
from .headers import headers, manifest
from .redirects import Alias, checked, lines
from .sitemap import last_change, lists, sitemaps
from .urls import address

ALIASES = "AUTHORSITE_ALIASES"
"""The name, in Pelican's context, of the old addresses by output file."""

HOME = "HOME_HEAD"
"""The name, in Pelican's context, of the home page's Head."""


def add_filters(pelican: Any) -> None:
    """Give templates `address`, a page's address from its output file, and `listing` (signal: initialized)."""
    settings = pelican.settings
    given = {"address": pure(address), "listing": _site(settings).listing}
    settings["JINJA_FILTERS"] = {**settings["JINJA_FILTERS"], **given}


def add_heads(generators: list[Any]) -> None:
    """Give posts, pages and the home page their Head (signal: all_generators_finalized, after links and pictures)."""
    context = generators[0].context
    site = _site(context)
    for article in (*context.get("articles", ()), *context.get("hidden_articles", ())):
        article.head = _post_head(article, context, site)
    for page in (*context.get("pages", ()), *context.get("hidden_pages", ())):
        page.head = _page_head(page, context, site)
    picture = card(context, "site", site.name, "", "")
    data = as_json_ld([site.website(), site.described_person()])
    context[HOME] = Head(site.name, f"{site.url}/", site.description, picture=picture, author=site.author, data=data)


def add_head(article: Any, context: dict[str, Any]) -> None:
    """Give one post its Head (signal: content_edited)."""
    article.head = _post_head(article, context, _site(context))


def _site(context: Mapping[str, Any]) -> Site:
    given = site_of(context)
    profiles = tuple(link.url for link in given.social)
    author, name = str(context.get("AUTHOR") or context["SITENAME"]), str(context["SITENAME"])
    return Site(name, given.url, given.description, given.language, author, given.author_bio, profiles)


def _post_head(article: Any, context: dict[str, Any], site: Site) -> Head:
    record, body = article.record, article._content or ""  # noqa: SLF001 - links need not be resolved
    authors = [str(author) for author in getattr(article, "authors", ())] or [site.author]
    section = str(getattr(article, "category", "") or "")
    head = Head(
        title=record.title,
        url=f"{site.url}/{article.url}",
        description=described(article.metadata["summary"], body),
        type="article",
        picture=card(
            context, article.slug, record.title, section, record.image if article.picture else "", article.picture
        ),
        published=moment(article.date),
        modified=moment(getattr(article, "modified", None)),
        author="\n".join(authors),
        robots="noindex" if article.draft or article.status == "hidden" else "",
        canonical=record.reblog.url if record.reblog else "",
    )
    more: dict[str, Any] = {
        "articleSection": section,
        "keywords": [tag.name for tag in getattr(article, "tags", ())],
        "wordCount": article.words,
        "isBasedOn": head.canonical,
    }
    if book := record.review_of:
        more["about"] = {"@type": "Book", "name": book.title, "author": book.author, "isbn": book.isbn}
    above = [(crumb.label, f"{site.url}/{crumb.url}") for crumb in article.breadcrumbs]
    graph = [posting(head, site, more), site.trail([*above, (record.title, head.url)])]
    return replace(head, data=as_json_ld(graph))


def _page_head(page: Any, context: dict[str, Any], site: Site) -> Head:
    record, body = page.record, page._content or ""  # noqa: SLF001 - links need not be resolved
    head = Head(
        title=record.title,
        url=f"{site.url}/{page.url}",
        description=described(page.metadata["summary"], body),
        picture=page.picture or card(context, page.slug, record.title),
        modified=moment(getattr(page, "modified", None)),
        robots="noindex" if page.draft or page.status == "hidden" else "",
    )
    return replace(head, data=as_json_ld([site.page(head)]))


class SeoGenerator(Generator):
    """Writes what helps to find pages, when all pages are written: register it last."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._pages: dict[str, datetime | None] = {}
        self._files: set[str] = set()
        signals.content_written.connect(self._note)

    def _note(self, path: str, context: Mapping[str, Any]) -> None:
        """Keep a page that was written (or left as it is): its place, and the date of what stands on it."""
        save_as = context.get("output_file") or os.path.relpath(path, self.output_path)
        self._files.add(save_as)
        if lists(save_as, context):
            self._pages[f"{self._site.url}/{address(save_as)}"] = last_change(context)

    @property
    def _site(self) -> SiteSettings:
        return site_of(self.settings)

    def generate_output(self, writer: Any) -> None:
        """Write redirects, sitemap, robots.txt, manifest, headers."""
        self._write_redirects(writer)
        root, url = self._site.root, self._site.url
        for name, text in sitemaps(self._pages, url).items():
            output.write(self.context, name, text)
        output.write(self.context, "robots.txt", f"User-agent: *\nAllow: /\n\nSitemap: {url}/sitemap.xml\n")
        made = manifest(str(self.settings["SITENAME"]), self._site.language, root, accent(self._site))
        output.write(self.context, "site.webmanifest", made)
        output.write(self.context, "_headers", headers(self._files, root))

    def _write_redirects(self, writer: Any) -> None:
        template = self.get_template("redirect")
        aliases: dict[str, Alias] = self.context[ALIASES]
        for file, alias in aliases.items():
            given = {"to": alias.url, "to_title": alias.title, "noindex": True}
            writer.write_file(file, template, self.context, url=address(file), **given)
        text = lines(aliases.values(), self.context.get("redirects", ()), self._site.root)
        output.write(self.context, "_redirects", text)


def check_aliases(generators: list[Any]) -> None:
    """Find out which old addresses lead where (signal: all_generators_finalized)."""
    context, log = generators[0].context, log_of(generators[0].settings)
    contents = [c for key in ("articles", "hidden_articles", "pages", "hidden_pages") for c in context.get(key, ())]
    aliases = [
        Alias(old, content.url, content.record.title, content.source_path)
        for content in contents
        for old in content.record.aliases
    ]
    books = context.get("books", ())
    aliases += [Alias(old, book.url, book.title, book.source_path) for book in books for old in book.record.aliases]
    taken = {}
    if aliases:
        taken = {content.save_as: log.shown(content.source_path) for content in contents}
        taken |= {f"{book.url}index.html": log.shown(book.source_path) for book in books}

    def report(alias: Alias, message: str, hint: str) -> None:
        line = line_with(alias.source, alias.old)
        log.error(alias.source, line, f"the alias {alias.old} {message}", hint, kind="link")

    context[ALIASES] = checked(aliases, taken, report)


def get_generators(_: Any) -> type[Generator]:
    """Return the generator (signal: get_generators; last)."""
    return SeoGenerator
