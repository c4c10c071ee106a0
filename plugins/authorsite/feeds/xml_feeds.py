"""RSS 2.0 and Atom through feedgen, with what it gets wrong put right."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from typing import Any

from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator
from lxml import etree

from .entry import Entry, Feed, last_change

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ATOM = "http://www.w3.org/2005/Atom"
_MEDIA = "http://search.yahoo.com/mrss/"


class _Hub(BaseExtension):
    """The hub's link, which feedgen writes to Atom only."""

    address = ""

    def extend_rss(self, feed: Any) -> Any:
        if self.address:
            etree.SubElement(feed[0], f"{{{_ATOM}}}link", rel="hub", href=self.address)
        return feed


class _Picture(BaseEntryExtension):
    """media:content without the group that validators flag when it stands alone."""

    entry: Entry | None = None

    def extend_ns(self) -> dict[str, str]:
        return {"media": _MEDIA}

    def extend_rss(self, entry: Any) -> Any:
        return self._add(entry)

    def extend_atom(self, entry: Any) -> Any:
        return self._add(entry)

    def _add(self, element: Any) -> Any:
        image = self.entry.image if self.entry else None
        if image:
            media = etree.SubElement(element, f"{{{_MEDIA}}}content", url=image.url, type=image.type, medium="image")
            if image.alt:
                etree.SubElement(media, f"{{{_MEDIA}}}description", type="plain").text = image.alt
        return element


class _PictureFeed(BaseExtension):
    def extend_ns(self) -> dict[str, str]:
        return {"media": _MEDIA}


def rss(feed: Feed, entries: Sequence[Entry], stylesheet: str = "") -> bytes:
    """Return `feed` as RSS 2.0: full text in content:encoded, plain summary in description."""
    generator = _generator(feed, entries)
    for entry in entries:
        item = _item(generator, entry)
        item.guid(entry.guid, permalink=entry.permanent)
        item.link(href=entry.url)
        item.description(entry.summary)
        item.content(entry.html, type="CDATA")
        item.dc.dc_creator(list(entry.authors) or [feed.author])
        if entry.original:
            item.source(url=entry.original.url, title=entry.original.title)
    return _styled(generator.rss_str(pretty=True), stylesheet)


def atom(feed: Feed, entries: Sequence[Entry], stylesheet: str = "") -> bytes:
    """Return `feed` as Atom: full text as type html, titles and summaries as plain text."""
    generator = _generator(feed, entries)
    generator.id(feed.url)
    for entry in entries:
        item = _item(generator, entry)
        item.id(entry.guid)
        item.link(href=entry.url)
        item.summary(entry.summary)
        item.content(entry.html, type="html")
        item.author([{"name": name} for name in entry.authors or (feed.author,)])
        if entry.original:
            item.source(url=entry.original.url, title=entry.original.title)
    return _styled(generator.atom_str(pretty=True), stylesheet)


def _generator(feed: Feed, entries: Sequence[Entry]) -> Any:
    generator = FeedGenerator()
    generator.load_extension("dc", atom=False)
    generator.register_extension("hub", _Hub, None, atom=False)
    generator.register_extension("picture", _PictureFeed, _Picture)
    generator.hub.address = feed.hub
    generator.title(feed.title)
    generator.description(feed.description or feed.title)
    generator.link(href=feed.url, rel="self")
    if feed.hub:
        generator.link(href=feed.hub, rel="hub")
    # Last, since feedgen takes the last one set as the channel's link.
    generator.link(href=feed.home_url, rel="alternate")
    generator.author({"name": feed.author})
    generator.language(feed.language)
    if feed.rights:
        generator.rights(feed.rights)
    if feed.image:
        generator.image(url=feed.image, title=feed.title, link=feed.home_url)
        generator.logo(feed.image)
    generator.generator("authorsite")
    changed = last_change(entries) or _EPOCH
    generator.updated(changed)
    generator.lastBuildDate(changed)
    return generator


def _item(generator: Any, entry: Entry) -> Any:
    item = generator.add_entry(order="append")
    item.title(entry.title)
    item.published(entry.published)
    item.updated(entry.updated)
    item.category([{"term": name} for name in entry.categories])
    item.picture.entry = entry
    return item


def _styled(xml: bytes, stylesheet: str) -> bytes:
    """Put the stylesheet's instruction between the XML declaration and the root."""
    if not stylesheet:
        return xml
    declaration, _, rest = xml.partition(b"\n")
    return b'%s\n<?xml-stylesheet type="text/css" href="%s"?>\n%s' % (declaration, escape(stylesheet).encode(), rest)
