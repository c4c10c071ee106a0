"""The sitemap: every page that readers may find, with the date of what stands on it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape

_UNLISTED = ("404.html", "go/", "search/")
MOST = 50_000
"""As many addresses does one file of a sitemap hold at most."""

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


def sitemaps(pages: Mapping[str, datetime | None], home: str) -> dict[str, str]:
    """Return the files of the sitemap of `pages`: absolute addresses, each with its last change.

    More addresses than one file may hold are in files of their own, which sitemap.xml, at `home`, lists.
    """
    entries = [_entry("url", url, changed) for url, changed in sorted(pages.items())]
    parts = [entries[start : start + MOST] for start in range(0, len(entries), MOST)]
    if len(parts) <= 1:
        return {"sitemap.xml": _file("urlset", entries)}
    files = {f"sitemap-{number}.xml": _file("urlset", part) for number, part in enumerate(parts, 1)}
    index = [_entry("sitemap", f"{home}/{name}", None) for name in files]
    return files | {"sitemap.xml": _file("sitemapindex", index)}


def _entry(kind: str, url: str, changed: datetime | None) -> str:
    date = f"<lastmod>{changed.isoformat(timespec='seconds')}</lastmod>" if changed else ""
    return f"<{kind}><loc>{escape(url)}</loc>{date}</{kind}>"


def _file(kind: str, entries: list[str]) -> str:
    start = f'<{kind} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    return "\n".join(['<?xml version="1.0" encoding="utf-8"?>', start, *entries, f"</{kind}>", ""])
