"""JSON Feed 1.1, serialized here because no maintained library does it."""

import json
from collections.abc import Sequence
from typing import Any

from .models import Entry, Feed


def serialize_json_feed(feed: Feed, entries: Sequence[Entry]) -> bytes:
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
        "items": [_make_item(entry) for entry in entries],
    }
    return (json.dumps(_drop_empty(body), ensure_ascii=False, indent=1) + "\n").encode()


def _make_item(entry: Entry) -> dict[str, Any]:
    return _drop_empty(
        {
            "id": entry.guid,
            "url": entry.url,
            "external_url": entry.reblog_of.url if entry.reblog_of else "",
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


def _drop_empty(body: dict[str, Any]) -> dict[str, Any]:
    """Return `body` without empty values, except for keys that JSON Feed requires."""
    return {key: value for key, value in body.items() if value not in ("", []) or key in {"items", "content_html"}}
