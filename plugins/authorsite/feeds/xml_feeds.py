"""RSS 2.0 and Atom through feedgen, with what it leaves out or gets wrong put right by extensions of ours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from typing import Any

from feedgen.entry import FeedEntry
from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator
from lxml import etree

from .models import Entry, Feed

RSS, ATOM = "application/rss+xml", "application/atom+xml"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ATOM = "http://www.w3.org/2005/Atom"
_DC = "http://purl.org/dc/elements/1.1/"
_MEDIA = "http://search.yahoo.com/mrss/"
_XHTML = "http://www.w3.org/1999/xhtml"


class _FeedAdditions(BaseExtension):
    """What belongs to the feed: the hub's link, which feedgen writes to Atom only, the last change, a word to people.

    The last is what the stylesheet shows first in a browser; in a namespace of its own, so that readers pass it over.
    """

    feed: Feed
    changed = _EPOCH

    def extend_ns(self) -> dict[str, str]:
        return {"media": _MEDIA, "dc": _DC, "h": _XHTML}

    def extend_rss(self, root: Any) -> Any:
        if self.feed.hub:
            etree.SubElement(root[0], f"{{{_ATOM}}}link", rel="hub", href=self.feed.hub)
        etree.SubElement(root[0], "lastBuildDate").text = format_datetime(self.changed)
        self._to_people(root[0])
        return root

    def extend_atom(self, root: Any) -> Any:
        self._to_people(root)
        return root

    def _to_people(self, channel: Any) -> None:
        paragraph = etree.SubElement(etree.SubElement(channel, f"{{{_XHTML}}}div"), f"{{{_XHTML}}}p")
        paragraph.text = (
            "This is a feed. Copy this page's address into a feed reader, and what is new comes to you by itself: "
            "no account, no e-mail, and you can stop at any time. "
        )
        for address, words, after in (
            (f"{self.feed.site}/subscribe/", "All feeds of this site", " · "),
            (self.feed.home_url, "The pages it comes from", ""),
        ):
            link = etree.SubElement(paragraph, f"{{{_XHTML}}}a", href=address)
            link.text, link.tail = words, after


class _EntryAdditions(BaseEntryExtension):
    """What belongs to an entry.

    feedgen writes an Atom link without its rel, an RSS author without an e-mail not at all, a lone picture in a group,
    and RSS dates by switching the locale of the whole process.
    """

    entry: Entry

    def extend_rss(self, item: Any) -> Any:
        etree.SubElement(item, "pubDate").text = format_datetime(self.entry.published)
        for name in self.entry.authors:
            etree.SubElement(item, f"{{{_DC}}}creator").text = name
        return self._with_picture(item)

    def extend_atom(self, item: Any) -> Any:
        # Without a namespace, as all that feedgen makes: its root says xmlns as if that were an attribute.
        etree.SubElement(item, "link", rel="alternate", type="text/html", href=self.entry.url)
        if self.entry.original:
            etree.SubElement(item, "link", rel="via", type="text/html", href=self.entry.original.url)
        return self._with_picture(item)

    def _with_picture(self, item: Any) -> Any:
        image = self.entry.image
        if image:
            media = etree.SubElement(item, f"{{{_MEDIA}}}content", url=image.url, type=_type(image.url), medium="image")
            if image.width and image.height:
                media.attrib.update({"width": str(image.width), "height": str(image.height)})
            if image.alt:
                etree.SubElement(media, f"{{{_MEDIA}}}description", type="plain").text = image.alt
        return item


def _type(url: str) -> str:
    # Not by the machine's own list, which differs from one to the next.
    suffix = url.rpartition(".")[2].lower()
    return "image/" + {"jpg": "jpeg", "svg": "svg+xml"}.get(suffix, suffix)


def rss(feed: Feed, entries: Sequence[Entry], stylesheet: str = "") -> bytes:
    """Return `feed` as RSS 2.0: a plain summary as description, then the full text as content:encoded."""
    generator = _generator(feed, entries, RSS)
    for entry in entries:
        item = _item(generator, entry)
        item.guid(entry.guid, permalink=entry.permanent)
        item.link(href=entry.url)
        item.description(entry.summary or entry.title)
        item.content(entry.html, type="CDATA")
        if entry.original:
            item.source(url=entry.original.url, title=entry.original.title)
    return _styled(generator.rss_str(), stylesheet)


def atom(feed: Feed, entries: Sequence[Entry], stylesheet: str = "") -> bytes:
    """Return `feed` as Atom: full text as type html, titles and summaries as plain text."""
    generator = _generator(feed, entries, ATOM)
    generator.id(feed.url)
    for entry in entries:
        item = _item(generator, entry)
        item.id(entry.guid)
        item.published(entry.published)
        item.updated(entry.updated)
        if entry.summary:
            item.summary(entry.summary)
        item.content(entry.html, type="html")
        item.author([{"name": name} for name in entry.authors])
    return _styled(generator.atom_str(), stylesheet)


def _generator(feed: Feed, entries: Sequence[Entry], kind: str) -> Any:
    generator = FeedGenerator()
    generator.register_extension("additions", _FeedAdditions, _EntryAdditions)
    generator.additions.feed = feed
    generator.title(feed.title)
    generator.description(feed.description or feed.title)
    generator.link(href=feed.url, rel="self", type=kind)
    if feed.hub:
        generator.link(href=feed.hub, rel="hub")
    # Last, since feedgen takes the last one set as the channel's link.
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
    changed = max((entry.updated for entry in entries), default=_EPOCH)
    generator.updated(changed)
    generator.additions.changed = changed
    # Written by the extension instead, without touching the locale.
    generator._FeedGenerator__rss_lastBuildDate = None  # noqa: SLF001 - there is no public way to leave it out
    return generator


def _item(generator: Any, entry: Entry) -> Any:
    item: FeedEntry = generator.add_entry(order="append")
    item.title(entry.title)
    item.category([{"term": name} for name in entry.categories])
    item.additions.entry = entry
    return item


def _styled(xml: bytes, stylesheet: str) -> bytes:
    """Begin a line with each entry, and the stylesheet's instruction between the XML declaration and the root."""
    declaration, _, rest = xml.partition(b"\n")
    for tag in (b"item", b"entry"):
        rest = rest.replace(b"<%s>" % tag, b"\n<%s>" % tag)
    name = escape(stylesheet).encode()
    sheet = b'<?xml-stylesheet type="text/css" href="%s"?>\n' % name if stylesheet else b""
    return declaration + b"\n" + sheet + rest + b"\n"
