"""The sitemap: every page that readers may find, with the date of what stands on it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape

_UNLISTED = ("404.html", "go/", "search/")
_LISTS = ("page_name", "period", "category", "tag", "author")
"""Names that Pelican gives to pages that list articles."""


def lists(save_as: str, local: Mapping[str, Any]) -> bool:
    """Whether the page written to `save_as` with the names `local` is one that readers may find."""
    content = local.get("article") or local.get("page")
    head = getattr(content, "head", None)
    hidden = bool(head and head.robots) or bool(local.get("noindex"))
    return save_as.endswith(".html") and not save_as.startswith(_UNLISTED) and not hidden


def last_change(local: Mapping[str, Any]) -> datetime | None:
    """Return when the page of the names `local` last changed, as its content says; None when nothing says it."""
    content = local.get("article") or local.get("page")
    if content is not None:
        return getattr(content, "modified", None) or getattr(content, "date", None)
    listed = local.get("articles_page")
    if listed is not None:
        return _newest(listed.object_list)
    return _newest(local.get("articles", ())) if any(name in local for name in _LISTS) else None


def _newest(articles: Any) -> datetime | None:
    dates = (getattr(article, "modified", None) or article.date for article in articles)
    return max(dates, default=None)


def sitemap(pages: Mapping[str, datetime | None]) -> str:
    """Return the sitemap of `pages`: absolute addresses, each with its last change."""
    lines = ['<?xml version="1.0" encoding="utf-8"?>', '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">']
    for url, changed in sorted(pages.items()):
        date = f"<lastmod>{changed.isoformat(timespec='seconds')}</lastmod>" if changed else ""
        lines.append(f"<url><loc>{escape(url)}</loc>{date}</url>")
    return "\n".join([*lines, "</urlset>", ""])
