"""The XML sitemap (sitemaps.org): which pages it lists, their last change, and its files."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape, quoteattr

_EXCLUDED_PREFIXES = ("404.html", "go/", "search/")
MAX_URLS = 50_000
"""The most URLs that one sitemap file may hold (sitemaps.org)."""

_LIST_VARIABLES = ("page_name", "period", "category", "tag", "author")
"""Template variables that Pelican sets on pages that list articles."""


def is_indexable(save_as: str, variables: Mapping[str, Any]) -> bool:
    """Return whether search engines may index the page written to `save_as` from these template variables."""
    content = get_content(variables)
    head = getattr(content, "head", None)
    hidden = bool(head and head.robots) or bool(variables.get("noindex"))
    return save_as.endswith(".html") and not save_as.startswith(_EXCLUDED_PREFIXES) and not hidden


def get_content(variables: Mapping[str, Any]) -> Any:
    """Return the post, page or event on the page with these template variables, or None."""
    return variables.get("article") or variables.get("page") or variables.get("event")


def find_lastmod(variables: Mapping[str, Any]) -> datetime | None:
    """Return the date of the newest content on the page with these template variables, or None if it has no date."""
    content = variables.get("article") or variables.get("page")
    if content is not None:
        return getattr(content, "modified", None) or getattr(content, "date", None)
    list_page = variables.get("articles_page")
    if list_page is not None:
        return _find_newest(list_page.object_list)
    return _find_newest(variables.get("articles", ())) if any(name in variables for name in _LIST_VARIABLES) else None


def _find_newest(articles: Any) -> datetime | None:
    dates = (getattr(article, "modified", None) or article.date for article in articles)
    return max(dates, default=None)


@dataclass(frozen=True, slots=True)
class SitemapPage:
    """A page's last change, and language and absolute URL of the page and its translations (none: no translation)."""

    changed: datetime | None
    alternates: tuple[tuple[str, str], ...] = ()


def build_sitemaps(pages: Mapping[str, SitemapPage], site_url: str) -> dict[str, str]:
    """Return the sitemap's files by name, for `pages` by absolute URL.

    With more than MAX_URLS pages, sitemap.xml is an index of numbered sitemaps.
    """
    entries = [_render_entry("url", url, pages[url]) for url in sorted(pages)]
    parts = [entries[start : start + MAX_URLS] for start in range(0, len(entries), MAX_URLS)]
    if len(parts) <= 1:
        return {"sitemap.xml": _render_file("urlset", entries)}
    files = {f"sitemap-{number}.xml": _render_file("urlset", part) for number, part in enumerate(parts, 1)}
    index = [_render_entry("sitemap", f"{site_url}/{name}", SitemapPage(None)) for name in files]
    return files | {"sitemap.xml": _render_file("sitemapindex", index)}


def _render_entry(kind: str, url: str, page: SitemapPage) -> str:
    date = f"<lastmod>{page.changed.isoformat(timespec='seconds')}</lastmod>" if page.changed else ""
    links = "".join(
        f'<xhtml:link rel="alternate" hreflang={quoteattr(language)} href={quoteattr(href)}/>'
        for language, href in page.alternates
    )
    return f"<{kind}><loc>{escape(url)}</loc>{date}{links}</{kind}>"


def _render_file(kind: str, entries: list[str]) -> str:
    links = ' xmlns:xhtml="http://www.w3.org/1999/xhtml"' if any("<xhtml:link" in entry for entry in entries) else ""
    start = f'<{kind} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"{links}>'
    return "\n".join(['<?xml version="1.0" encoding="utf-8"?>', start, *entries, f"</{kind}>", ""])
