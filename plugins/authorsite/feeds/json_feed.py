"""JSON Feed 1.1, written by hand: no kept library does."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from .models import Entry, Feed


def json_feed(feed: Feed, entries: Sequence[Entry]) -> bytes:
    """Return `feed` as JSON Feed 1.1 in UTF-8 (https://www.jsonfeed.org/version/1.1/)."""
    body = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.home_url,
        "feed_url": feed.url,
        "description": feed.description,
        "icon": feed.image,
        "language": feed.language,
        "authors": [{"name": feed.author}],
        "hubs": [{"type": "WebSub", "url": feed.hub}] if feed.hub else [],
        "items": [_item(entry) for entry in entries],
    }
    return (json.dumps(_filled(body), ensure_ascii=False, indent=1) + "\n").encode()


def _item(entry: Entry) -> dict[str, Any]:
    return _filled(
        {
            "id": entry.guid,
            "url": entry.url,
            "external_url": entry.original.url if entry.original else "",
            "title": entry.title,
            "content_html": entry.html,
            "summary": entry.summary,
            "image": entry.image.url if entry.image else "",
            "date_published": entry.published.isoformat(),
            "date_modified": entry.updated.isoformat(),
            "authors": [{"name": name} for name in entry.authors],
            "tags": list(entry.categories),
        }
    )


def _filled(body: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is empty and may be left out."""
    return {key: value for key, value in body.items() if value not in ("", []) or key in {"items", "content_html"}}
