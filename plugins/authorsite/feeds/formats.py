"""Serialize feeds as RSS 2.0, Atom and JSON Feed 1.1."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from typing import Any

from lxml import etree
from lxml.builder import ElementMaker

from ..images.picture import Picture
from .models import Entry, Feed

RSS_TYPE, ATOM_TYPE = "application/rss+xml", "application/atom+xml"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NAMESPACES: dict[str | None, str] = {
    "media": "http://search.yahoo.com/mrss/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "h": "http://www.w3.org/1999/xhtml",
}
_IMAGE_TYPES = {"jpg": "jpeg", "svg": "svg+xml"}
"""Where a type is not the file's suffix. Not by `mimetypes`, whose table differs between machines."""

_ATOM_NAMESPACE, _CONTENT_NAMESPACE = "http://www.w3.org/2005/Atom", "http://purl.org/rss/1.0/modules/content/"
_RSS, _ATOM, _CONTENT = (ElementMaker(namespace=name) for name in (None, _ATOM_NAMESPACE, _CONTENT_NAMESPACE))
_MEDIA, _DC, _XHTML = (ElementMaker(namespace=name) for name in _NAMESPACES.values())


def serialize(feed: Feed, entries: Sequence[Entry], stylesheet: str = "") -> bytes:
    """Return the bytes of `feed` in the format of its file name: *.json, atom.xml, else RSS."""
    if feed.path.endswith(".json"):
        return serialize_json_feed(feed, entries)
    return (serialize_atom if feed.path.endswith("atom.xml") else serialize_rss)(feed, entries, stylesheet)


def serialize_rss(feed: Feed, entries: Sequence[Entry], stylesheet: str = "") -> bytes:
    """Return `feed` as RSS 2.0: plain-text summaries in description, full text in content:encoded."""
    channel = _RSS.channel(
        _RSS.title(feed.title),
        _RSS.link(feed.home_url),
        _RSS.description(feed.description or feed.title),
        _ATOM.link(href=feed.url, rel="self", type=RSS_TYPE),
        *([_RSS.copyright(feed.rights)] if feed.rights else ()),
        _RSS.docs("https://www.rssboard.org/rss-specification"),
        _RSS.generator("authorsite"),
        *([_RSS.image(_RSS.url(feed.image), _RSS.title(feed.title), _RSS.link(feed.home_url))] if feed.image else ()),
        _RSS.language(feed.language),
        *([_ATOM.link(rel="hub", href=feed.hub)] if feed.hub else ()),
        _RSS.lastBuildDate(format_datetime(_last_updated(entries))),
        _make_browser_note(feed),
    )
    namespaces = {**_NAMESPACES, "atom": _ATOM_NAMESPACE, "content": _CONTENT_NAMESPACE}
    root = etree.Element("rss", {"version": "2.0"}, nsmap=namespaces)
    root.append(channel)
    return _serialize_xml(root, channel, map(_make_rss_item, entries), stylesheet)


def _make_rss_item(entry: Entry) -> Any:
    return _RSS.item(
        _RSS.title(entry.title),
        _RSS.link(entry.url),
        _RSS.description(entry.summary or entry.title),
        _CONTENT.encoded(etree.CDATA(entry.html)),
        _RSS.guid(entry.guid, isPermaLink=str(entry.guid_is_permalink).lower()),
        *map(_RSS.category, entry.categories),
        *([_RSS.source(entry.reblog_of.title, url=entry.reblog_of.url)] if entry.reblog_of else ()),
        _RSS.pubDate(format_datetime(entry.published)),
        *map(_DC.creator, entry.authors),
        *_make_media(entry.image),
    )


def serialize_atom(feed: Feed, entries: Sequence[Entry], stylesheet: str = "") -> bytes:
    """Return `feed` as Atom (RFC 4287): full text as type="html", plain-text titles and summaries."""
    root = etree.Element(f"{{{_ATOM_NAMESPACE}}}feed", nsmap={**_NAMESPACES, None: _ATOM_NAMESPACE})
    root.set("{http://www.w3.org/XML/1998/namespace}lang", feed.language)
    root.extend(
        (
            _ATOM.id(feed.url),
            _ATOM.title(feed.title),
            _ATOM.updated(_last_updated(entries).isoformat()),
            _ATOM.author(_ATOM.name(feed.author)),
            _ATOM.link(href=feed.url, rel="self", type=ATOM_TYPE),
            *([_ATOM.link(href=feed.hub, rel="hub")] if feed.hub else ()),
            _ATOM.link(href=feed.home_url, rel="alternate", type="text/html"),
            _ATOM.generator("authorsite"),
            *([_ATOM.logo(feed.image)] if feed.image else ()),
            *([_ATOM.rights(feed.rights)] if feed.rights else ()),
            _ATOM.subtitle(feed.description or feed.title),
            _make_browser_note(feed),
        )
    )
    return _serialize_xml(root, root, map(_make_atom_entry, entries), stylesheet)


def _make_atom_entry(entry: Entry) -> Any:
    via = {"rel": "via", "type": "text/html", "href": entry.reblog_of.url} if entry.reblog_of else None
    return _ATOM.entry(
        _ATOM.id(entry.guid),
        _ATOM.title(entry.title),
        _ATOM.updated(entry.updated.isoformat()),
        *(_ATOM.author(_ATOM.name(name)) for name in entry.authors),
        _ATOM.content(entry.html, type="html"),
        *([_ATOM.summary(entry.summary)] if entry.summary else ()),
        *(_ATOM.category(term=name) for name in entry.categories),
        _ATOM.published(entry.published.isoformat()),
        _ATOM.link(rel="alternate", type="text/html", href=entry.url),
        *([_ATOM.link(via)] if via else ()),
        *_make_media(entry.image),
    )


def _last_updated(entries: Sequence[Entry]) -> datetime:
    return max((entry.updated for entry in entries), default=_EPOCH)


def _make_media(image: Picture | None) -> list[Any]:
    """Return the image as media:content (Media RSS)."""
    if not image:
        return []
    suffix = image.url.rpartition(".")[2].lower()
    attributes = {"url": image.url, "type": f"image/{_IMAGE_TYPES.get(suffix, suffix)}", "medium": "image"}
    if image.width and image.height:
        attributes |= {"width": str(image.width), "height": str(image.height)}
    return [_MEDIA.content(attributes, *([_MEDIA.description(image.alt, type="plain")] if image.alt else ()))]


def _make_browser_note(feed: Feed) -> Any:
    """Return what the stylesheet shows first when a feed is opened in a browser: XHTML, which feed readers ignore."""
    return _XHTML.div(
        _XHTML.p(
            "This is a feed. Copy this page's address into a feed reader, and what is new comes to you by itself: "
            "no account, no e-mail, and you can stop at any time. ",
            _XHTML.a("All feeds of this site", href=f"{feed.site_url}/subscribe/"),
            " · ",
            _XHTML.a("The pages it comes from", href=feed.home_url),
        )
    )


def _serialize_xml(root: Any, parent: Any, items: Iterable[Any], stylesheet: str) -> bytes:
    """Append `items` to `parent`, each on a new line, and return `root` as a document with the stylesheet."""
    for item in items:
        parent[-1].tail = "\n"
        parent.append(item)
    instruction = f'<?xml-stylesheet type="text/css" href="{escape(stylesheet)}"?>\n' if stylesheet else ""
    xml = etree.tostring(root, encoding="unicode")
    return f"<?xml version='1.0' encoding='UTF-8'?>\n{instruction}{xml}\n".encode()


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
        "items": [_make_json_item(entry) for entry in entries],
    }
    return (json.dumps(_drop_empty(body), ensure_ascii=False, indent=1) + "\n").encode()


def _make_json_item(entry: Entry) -> dict[str, Any]:
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
