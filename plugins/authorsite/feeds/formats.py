"""Serialize RSS 2.0 and Atom with feedgen, and JSON Feed 1.1 without: no maintained library does it.

Extensions add what feedgen lacks and correct what it gets wrong.
"""

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from typing import Any

from feedgen.entry import FeedEntry
from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator
from lxml import etree

from ..audio import Audio
from .browser_note import XHTML, add_browser_note
from .guid import make_atom_id
from .models import Entry, Feed

RSS_TYPE, ATOM_TYPE = "application/rss+xml", "application/atom+xml"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ATOM = "http://www.w3.org/2005/Atom"
_ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
_DC = "http://purl.org/dc/elements/1.1/"
_MEDIA = "http://search.yahoo.com/mrss/"
_MARKUP = re.compile(r"&(?=#?\w)|<(?=[a-z/!?])", re.IGNORECASE)
"""The characters that start markup in HTML: others need no escape, and readers that expect plain text show them."""


class _FeedExtension(BaseExtension):
    """Adds the hub's link to RSS (feedgen writes it to Atom only), the lastBuildDate, and what browsers show."""

    feed: Feed
    entries: Sequence[Entry]
    updated = _EPOCH
    is_atom = has_durations = False

    def extend_ns(self) -> dict[str, str]:
        # The prefixes that the W3C's checker knows. Atom declares XHTML where it is used.
        if self.is_atom:
            return {"media": _MEDIA, "dc": _DC}
        return {"media": _MEDIA, "dc": _DC, "xhtml": XHTML} | ({"itunes": _ITUNES} if self.has_durations else {})

    def extend_rss(self, root: Any) -> Any:
        if self.feed.hub:
            etree.SubElement(root[0], f"{{{_ATOM}}}link", rel="hub", href=self.feed.hub)
        etree.SubElement(root[0], "lastBuildDate").text = format_datetime(self.updated)
        add_browser_note(root[0], self.feed, self.entries, is_atom=False)
        return root

    def extend_atom(self, root: Any) -> Any:
        add_browser_note(root, self.feed, self.entries, is_atom=True)
        return root


class _EntryExtension(BaseEntryExtension):
    """Adds an entry's links, authors, image and date, which feedgen gets wrong.

    It writes Atom links without `rel`, no RSS author without an e-mail address, a single image as a media:group, and
    RSS dates by switching the locale of the whole process.
    """

    entry: Entry

    def extend_rss(self, item: Any) -> Any:
        etree.SubElement(item, "pubDate").text = format_datetime(self.entry.published)
        for name in self.entry.authors:
            etree.SubElement(item, f"{{{_DC}}}creator").text = name
        if self.entry.language:
            etree.SubElement(item, f"{{{_DC}}}language").text = self.entry.language
        if audio := self.entry.audio:
            etree.SubElement(item, "enclosure", url=audio.url, length=str(audio.size), type=audio.type)
            if audio.seconds:
                etree.SubElement(item, f"{{{_ITUNES}}}duration").text = str(audio.seconds)
        return self._add_image(item)

    def extend_atom(self, item: Any) -> Any:
        if self.entry.language:
            item.set("{http://www.w3.org/XML/1998/namespace}lang", self.entry.language)
        # No namespace, like all elements of feedgen: it writes xmlns to the root as an attribute.
        etree.SubElement(item, "link", rel="alternate", type="text/html", href=self.entry.url)
        if self.entry.reblog_of:
            etree.SubElement(item, "link", rel="via", type="text/html", href=self.entry.reblog_of.url)
        if audio := self.entry.audio:
            etree.SubElement(item, "link", rel="enclosure", type=audio.type, length=str(audio.size), href=audio.url)
        return self._add_image(item)

    def _add_image(self, item: Any) -> Any:
        image = self.entry.image
        if image:
            media = etree.SubElement(
                item, f"{{{_MEDIA}}}content", url=image.url, type=_guess_image_type(image.url), medium="image"
            )
            if image.width and image.height:
                media.attrib.update({"width": str(image.width), "height": str(image.height)})
            if image.alt:
                etree.SubElement(media, f"{{{_MEDIA}}}description", type="plain").text = image.alt
        return item


def _guess_image_type(url: str) -> str:
    # Not by `mimetypes`, whose table differs between machines.
    suffix = url.rpartition(".")[2].lower()
    return "image/" + {"jpg": "jpeg", "svg": "svg+xml"}.get(suffix, suffix)


def serialize(feed: Feed, entries: Sequence[Entry], stylesheet: str) -> bytes:
    """Return the bytes of `feed` in the format of its file name: *.json, atom.xml, else RSS."""
    if feed.path.endswith(".json"):
        return serialize_json_feed(feed, entries)
    return (serialize_atom if feed.path.endswith("atom.xml") else serialize_rss)(feed, entries, stylesheet)


def serialize_rss(feed: Feed, entries: Sequence[Entry], stylesheet: str = "") -> bytes:
    """Return `feed` as RSS 2.0: summaries in description, which is HTML, and full text in content:encoded."""
    generator = _make_generator(feed, entries, RSS_TYPE)
    for entry in entries:
        item = _add_entry(generator, entry)
        item.guid(entry.guid, permalink=entry.guid_is_permalink)
        item.link(href=entry.url)
        item.description(_MARKUP.sub(lambda match: escape(match[0]), entry.summary or entry.title))
        item.content(entry.html, type="CDATA")
        if entry.reblog_of:
            item.source(url=entry.reblog_of.url, title=entry.reblog_of.title)
    return _insert_stylesheet(generator.rss_str(), stylesheet)


def serialize_atom(feed: Feed, entries: Sequence[Entry], stylesheet: str = "") -> bytes:
    """Return `feed` as Atom: full text as type="html", plain-text titles and summaries."""
    generator = _make_generator(feed, entries, ATOM_TYPE)
    generator.id(f"{feed.id_url or feed.site_url}/{feed.path}")
    for entry in entries:
        item = _add_entry(generator, entry)
        item.id(make_atom_id(entry.guid, feed.id_url or feed.site_url))
        item.published(entry.published)
        item.updated(entry.updated)
        if entry.summary:
            item.summary(entry.summary)
        item.content(entry.html, type="html")
        item.author([{"name": name} for name in entry.authors])
    return _insert_stylesheet(generator.atom_str(), stylesheet)


def _make_generator(feed: Feed, entries: Sequence[Entry], mime_type: str) -> Any:
    generator = FeedGenerator()
    generator.register_extension("extension", _FeedExtension, _EntryExtension)
    generator.extension.entries = entries
    generator.extension.feed, generator.extension.is_atom = feed, mime_type == ATOM_TYPE
    generator.extension.has_durations = any(entry.audio and entry.audio.seconds for entry in entries)
    generator.title(feed.title)
    generator.description(feed.description or feed.title)
    generator.link(href=feed.url, rel="self", type=mime_type)
    if feed.hub:
        generator.link(href=feed.hub, rel="hub")
    # Last, as feedgen takes the last link as the link of the channel.
    generator.link(href=feed.home_url, rel="alternate", type="text/html")
    generator.author({"name": feed.author})
    generator.language(feed.language)
    if feed.rights:
        generator.rights(feed.rights)
    if feed.image:
        generator.image(url=feed.image, title=feed.title, link=feed.home_url)
        generator.logo(feed.image)
    generator.generator("authorsite")
    generator.docs("https://www.rssboard.org/rss-specification")
    updated = max((entry.updated for entry in entries), default=_EPOCH)
    generator.updated(updated)
    generator.extension.updated = updated
    # The extension writes it, without switching the locale.
    generator._FeedGenerator__rss_lastBuildDate = None  # noqa: SLF001 - no public way to omit it
    return generator


def _add_entry(generator: Any, entry: Entry) -> Any:
    item: FeedEntry = generator.add_entry(order="append")
    item.title(entry.title)
    item.category([{"term": name} for name in entry.categories])
    item.extension.entry = entry
    return item


def _insert_stylesheet(xml: bytes, stylesheet: str) -> bytes:
    """Insert the xml-stylesheet instruction below the XML declaration, and a line break before each entry."""
    declaration, _, rest = xml.partition(b"\n")
    for tag in (b"item", b"entry"):
        rest = rest.replace(b"<%s>" % tag, b"\n<%s>" % tag)
    url = escape(stylesheet).encode()
    instruction = b'<?xml-stylesheet type="text/css" href="%s"?>\n' % url if stylesheet else b""
    return declaration + b"\n" + instruction + rest + b"\n"


def serialize_json_feed(feed: Feed, entries: Sequence[Entry]) -> bytes:
    """Return `feed` as JSON Feed 1.1 in UTF-8 (https://www.jsonfeed.org/version/1.1/)."""
    body = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.home_url,
        "feed_url": feed.url,
        "description": feed.description,
        "icon": f"{feed.site_url}/icon-512.png",
        "favicon": f"{feed.site_url}/icon-192.png",
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
            "language": entry.language,
            "content_html": entry.html,
            "summary": entry.summary,
            "image": entry.image.url if entry.image else "",
            "date_published": entry.published.isoformat(),
            "date_modified": entry.updated.isoformat(),
            "authors": [{"name": name} for name in entry.authors],
            "tags": list(entry.categories),
            "attachments": [_make_attachment(entry.audio)] if entry.audio else [],
        }
    )


def _make_attachment(audio: Audio) -> dict[str, Any]:
    attachment = {"url": audio.url, "mime_type": audio.type, "size_in_bytes": audio.size}
    return attachment | ({"duration_in_seconds": audio.seconds} if audio.seconds else {})


def _drop_empty(body: dict[str, Any]) -> dict[str, Any]:
    """Return `body` without empty values, except for keys that JSON Feed requires."""
    return {key: value for key, value in body.items() if value not in ("", []) or key in {"items", "content_html"}}
