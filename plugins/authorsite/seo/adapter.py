"""Connects seo to Pelican: metadata of every page, aliases, and the generator of the SEO files."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from types import SimpleNamespace
from typing import Any

from pelican import signals
from pelican.generators import Generator
from pelican_incremental.purity import pure

from .. import output
from ..audio import build_audio_jsonld
from ..images.adapter import get_accent_color, make_social_card
from ..language_versions import (
    get_versions,
    list_alternates,
    list_contexts,
)
from ..output_registry import GENERATED
from ..reading.drafts import is_hidden
from ..reading.schemas import Status
from ..site_build import get_build, get_log, get_site, list_contents, list_records, uses
from ..site_model import PageMeta, PageView, PostView
from ..templating import check_names
from ..theme_head import OWN_TEMPLATES, includes_metadata
from ..validation import find_line
from .head import SiteMeta, format_iso, make_blog_posting, make_description, serialize_graph
from .headers import format_headers, format_policy_meta, format_webmanifest
from .redirects import Alias, format_redirects, validate_aliases
from .redirects_adapter import copy_files, drop_dead_ends, list_redirects
from .site_meta import list_content_alternates, make_list_meta, make_site_meta
from .sitemap import SitemapPage, build_sitemaps, find_lastmod, get_content, is_indexable

_DRAFT = SimpleNamespace(status=Status.HIDDEN)

HOME_META_KEY = "HOME_HEAD"
"""Context key of the home page's PageMeta."""


def add_filters(pelican: Any) -> None:
    """Add the Jinja filters `url_for` and `policy_meta` (of an output file) and `list_meta` (signal: initialized)."""
    settings = pelican.settings
    form_origin = _get_form_origin(settings)

    def policy_meta(file: str, data: str = "") -> str:
        return format_policy_meta(file, data, form_origin)

    filters = {
        "url_for": pure(output.url_for),
        "policy_meta": pure(policy_meta),
        "list_meta": make_list_meta(settings),
    }
    check_names(settings, filters)
    settings["JINJA_FILTERS"] = {**settings["JINJA_FILTERS"], **filters}


def _get_form_origin(settings: Mapping[str, Any]) -> str:
    newsletter = get_site(settings).newsletter
    return newsletter.form.origin if newsletter else ""


def add_home_meta(generators: list[Any]) -> None:
    """Set the metadata of the home page in each language (signal: all_generators_finalized)."""
    context = generators[0].context
    context[HOME_META_KEY] = _make_home_meta(context, "site")
    for language, version in get_versions(context).items():
        version.context.own[HOME_META_KEY] = _make_home_meta(version.context, f"site-{language}")


def _make_home_meta(context: Mapping[str, Any], card: str) -> PageMeta:
    site, book = make_site_meta(context), context.get("main_book")
    return PageMeta(
        site.name,
        f"{site.url}/{site.home_url}",
        site.description,
        picture=make_social_card(context, card, site.name, picture=book.cover if book else None),
        author=site.author,
        data=serialize_graph([site.make_website(), site.make_author_profile()]),
        alternates=site.list_alternates.get(site.home_url, ()),
    )


def make_post_meta(article: Any, view: PostView, body: str, context: Mapping[str, Any], site: SiteMeta) -> PageMeta:
    """Return the metadata of a post with this view and body."""
    record = view.record
    authors = [str(author) for author in getattr(article, "authors", ())] or [site.author]
    section = str(getattr(article, "category", "") or "")
    picture = view.picture or (view.book.cover if view.book else None)
    head = PageMeta(
        title=record.title,
        url=f"{site.url}/{article.url}",
        description=make_description(article.metadata.get("summary", ""), body),
        type="article",
        picture=make_social_card(context, article.slug, record.title, section, picture, article.source_path),
        published=format_iso(article.date),
        modified=format_iso(getattr(article, "modified", None)),
        author="\n".join(authors),
        robots="noindex" if view.draft or is_hidden(record) else "",
        canonical=record.reblog.url if record.reblog else "",
        alternates=list_content_alternates(article, view, context),
    )
    extra: dict[str, Any] = {
        "articleSection": section,
        "keywords": [tag.name for tag in getattr(article, "tags", ())],
        "wordCount": view.words,
        "isBasedOn": head.canonical,
        "inLanguage": record.lang or site.language,
        "audio": build_audio_jsonld(view.audio),
    }
    if book := record.review_of:
        extra["about"] = {"@type": "Book", "name": book.title, "author": book.author, "isbn": book.isbn}
    crumbs = [(crumb.label, f"{site.url}/{crumb.url}") for crumb in view.breadcrumbs]
    graph = [make_blog_posting(head, site, extra), site.make_breadcrumb_list([*crumbs, (record.title, head.url)])]
    return replace(head, data=serialize_graph(graph))


def make_page_meta(page: Any, view: PageView, body: str, context: Mapping[str, Any], site: SiteMeta) -> PageMeta:
    """Return the metadata of a page with this view and body."""
    record, book = view.record, context.get("SAMPLE_BOOKS", {}).get(page.url)
    cover = book.cover if book else None
    card = view.picture or make_social_card(context, page.slug, record.title, "", cover, page.source_path)
    head = PageMeta(
        title=record.title,
        url=f"{site.url}/{page.url}",
        description=make_description(page.metadata.get("summary", ""), body),
        picture=card,
        modified=format_iso(getattr(page, "modified", None)),
        robots="noindex" if view.draft or is_hidden(record) else "",
        alternates=list_content_alternates(page, view, context),
    )
    return replace(head, data=serialize_graph([site.make_web_page(head, language=record.lang)]))


class SeoGenerator(Generator):
    """Writes redirects, sitemap, robots.txt, manifest and headers. Register it last: it needs all pages written."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._site = get_site(self.settings)
        self.aliases: dict[str, Alias] = {}
        self._pages: dict[str, SitemapPage] = {}
        self._files: set[str] = set()
        signals.content_written.connect(self._record_page)

    @cached_property
    def _list_alternates(self) -> dict[str, tuple[tuple[str, str], ...]]:
        return {url: found for each in list_contexts(self.context) for url, found in list_alternates(each).items()}

    def _record_page(self, path: str, context: Mapping[str, Any]) -> None:
        """Record the output file, URL and last change of a page that was written, or was up to date, unless hidden."""
        content = get_content(context)
        # Pelican writes pages of drafts, too; they have no view.
        if context.get("unlisted") or (content is not None and is_hidden(getattr(content, "record", _DRAFT))):
            return
        save_as = output.find_save_as(context, path)
        self._files.add(save_as)
        if is_indexable(save_as, context):
            path = output.url_for(save_as)
            alternates = self._list_alternates.get(path, ())
            if isinstance(getattr(content, "head", None), PageMeta):
                alternates = content.head.alternates
                # Where servers add ".html", a site of Pelican's readers leaves it out of its URLs.
                path = path if uses(self.settings, "posts") else content.url
            self._pages[f"{self._site.url}/{path}"] = SitemapPage(find_lastmod(context), alternates)

    def generate_output(self, writer: Any) -> None:
        """Write the files, but the manifest of icons and a policy of scripts for the package's own theme only."""
        for save_as in ("_headers", "_redirects"):  # they list the redirecting pages, which must not take their place
            if not self._is_authors(save_as):
                output.reserve(self.context, save_as)
        name, root, url = str(self.settings["SITENAME"]), self._site.root, self._site.url
        for save_as, text in build_sitemaps(self._pages, url).items():
            self._write(save_as, text)
        self._write("robots.txt", f"User-agent: *\nAllow: /\n\nSitemap: {url}/sitemap.xml\n")
        is_own_theme = includes_metadata(self.settings["THEME"])
        if is_own_theme:
            manifest = format_webmanifest(name, self._site.language, root, get_accent_color(self.settings))
            self._write("site.webmanifest", manifest)
        self._write_redirects(writer)
        files = self._files if is_own_theme else ()
        self._write("_headers", format_headers(files, root, _get_form_origin(self.settings)))

    def _write(self, save_as: str, text: str) -> None:
        if not self._is_authors(save_as):
            output.write(self.context, save_as, text)

    def _is_authors(self, save_as: str) -> bool:
        """Return whether a site with Pelican's readers has its own file of this name; with ours that is a problem."""
        owner = output.get_registry(self.context).owners.get(save_as, GENERATED)
        return bool(owner.path) and not uses(self.settings, "posts")

    def _write_redirects(self, writer: Any) -> None:
        template = self.get_template(OWN_TEMPLATES + "redirect")
        aliases = drop_dead_ends(self.aliases, self.context)
        copied = copy_files(aliases, self.context)
        for file, alias in aliases.items():
            if file not in copied and output.claim(self.context, file, alias.owner):
                variables = {"to": alias.url, "to_title": alias.title, "noindex": True, "unlisted": alias.hidden}
                writer.write_file(file, template, self.context, url=output.url_for(file), **variables)
        listed = (alias for alias in aliases.values() if not alias.hidden)
        text = format_redirects(listed, get_build(self.context).redirects, self._site.root)
        self._write("_redirects", text)


def check_aliases(generators: list[Any]) -> None:
    """Validate the aliases of all content and give them to the generator (signal: all_generators_finalized)."""
    context, log = generators[0].context, get_log(generators[0].settings)
    contents = [*list_contents(context), *list_records(context)]
    aliases = [
        Alias(path, c.url, c.record.title, c.source_path, hidden=is_hidden(c.record))
        for c in contents
        for path in c.record.aliases
    ]
    aliases += list_redirects(context)
    planned = output.get_registry(context).copy()  # generated files are claimed later, and aliases after them

    def report(alias: Alias, message: str, hint: str) -> None:
        line = find_line(alias.source, alias.owner.snippet)
        log.error(alias.source, line, f"the {alias.kind} {alias.path} {message}", hint, kind="link")

    aliases_by_file = validate_aliases(aliases, planned.claim, report)
    for generator in generators:
        if isinstance(generator, SeoGenerator):
            generator.aliases = aliases_by_file
