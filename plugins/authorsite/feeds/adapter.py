"""Which feeds the site has, and their entries out of Pelican's articles."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from .. import output
from ..markup import plain
from ..problems import log_of
from ..settings import site_of
from . import content
from .entry import Enclosure, Entry, Feed, Original, guid_of
from .json_feed import json_feed
from .xml_feeds import atom, rss

STYLESHEET = "feed.css"


@dataclass(frozen=True, slots=True)
class FeedLink:
    """What a page's head says of a feed."""

    title: str
    url: str
    type: str


class FeedsGenerator:
    """Writes the feeds after Pelican's generators have organised the posts."""

    def __init__(self, context: dict[str, Any], settings: dict[str, Any], *_: Any, **__: Any) -> None:
        self.context = context
        self.settings = settings
        self.site = site_of(settings)
        self.log = log_of(settings)
        self._entries: dict[str, Entry] = {}

    def generate_context(self) -> None:
        """Name the site's feeds for every page's head."""
        name = self.settings["SITENAME"]
        self.context["feeds"] = (
            FeedLink(name, "feed.xml", "application/rss+xml"),
            FeedLink(f"{name} (Atom)", "atom.xml", "application/atom+xml"),
            FeedLink(f"{name} (JSON)", "feed.json", "application/feed+json"),
        )

    def generate_output(self, _writer: Any) -> None:
        """Write the site's feeds and one for each category and tag."""
        posts = self.context.get("articles", [])
        name, about = self.settings["SITENAME"], self.site.description
        entries = self._entries_of(posts)
        sheet = f"{self.site.root}/{STYLESHEET}"
        output.write(self.context, STYLESHEET, _CSS)
        output.write(self.context, "feed.xml", rss(self._feed("feed.xml", name, about, ""), entries, sheet))
        output.write(self.context, "atom.xml", atom(self._feed("atom.xml", name, about, ""), entries, sheet))
        output.write(self.context, "feed.json", json_feed(self._feed("feed.json", name, about, ""), entries))
        for group, members in (*self.context.get("categories", []), *self.context.get("tags", [])):
            listed = sorted((m for m in members if m.status == "published"), key=lambda m: m.date, reverse=True)
            feed = self._feed(f"{group.url}feed.xml", f"{name}: {group.name}", about, group.url)
            output.write(self.context, feed.path, rss(feed, self._entries_of(listed), sheet))

    def _feed(self, path: str, title: str, description: str, home: str) -> Feed:
        site, feeds = self.site, self.site.feeds
        author = self.settings.get("AUTHOR") or self.settings["SITENAME"]
        cover = getattr(getattr(self.context.get("main_book"), "cover", None), "src", "")
        image = f"{site.url}/{cover}" if cover else ""
        return Feed(path, title, description, home, site.language, author, site.url, feeds.copyright, feeds.hub, image)

    def _entries_of(self, posts: Sequence[Any]) -> list[Entry]:
        return [self._entry(post) for post in posts[: self.site.feeds.items or None]]

    def _entry(self, post: Any) -> Entry:
        if post.save_as not in self._entries:
            self._entries[post.save_as] = self._made(post)
        return self._entries[post.save_as]

    def _made(self, post: Any) -> Entry:
        url = f"{self.site.url}/{post.url}"
        record = getattr(post, "record", None)
        guid, permanent = guid_of(getattr(record, "guid", ""), getattr(record, "aliases", ()), url, self.site.url)
        original = getattr(record, "reblog", None)
        summary = plain(post.summary)
        full = self.site.feeds.content == "full"
        return Entry(
            guid=guid,
            permanent=permanent,
            url=url,
            title=self._clean(plain(post.title), post),
            published=post.date,
            updated=getattr(post, "modified", None) or post.date,
            summary=self._clean(summary, post),
            html=self._clean(content.for_readers(post.content if full else post.summary, url), post)
            + self._book_line(),
            authors=tuple(author.name for author in getattr(post, "authors", ())),
            categories=tuple(_unique([post.category.name, *(tag.name for tag in getattr(post, "tags", ()))])),
            image=self._image(record),
            original=Original(original.title, original.url) if original else None,
        )

    def _image(self, record: Any) -> Enclosure | None:
        name = getattr(record, "image", "")
        if not name:
            return None
        kind = mimetypes.guess_type(name)[0] or "image/jpeg"
        return Enclosure(f"{self.site.url}/{name.lstrip('/')}", kind, alt=record.image_alt)

    def _book_line(self) -> str:
        return f"\n<p><small>{self.site.feeds.book_line}</small></p>" if self.site.feeds.book_line else ""

    def _clean(self, text: str, post: Any) -> str:
        clean, found = content.without_forbidden(text)
        if found:
            what = f"{', '.join(found)} cannot stand in a feed"
            self.log.warning(post.source_path, 0, what, "remove the character; the feed leaves it out", kind="feed")
        return clean


def _unique(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


_CSS = """@namespace atom "http://www.w3.org/2005/Atom";
:root { color-scheme: light dark; display: block; max-width: 42rem; margin: 0 auto; padding: 1.5rem 1rem;
  font: 1.0625rem/1.6 Georgia, "Times New Roman", serif; }
rss, channel, feed, item, entry, atom|feed, atom|entry { display: block; }
channel::before, atom|feed::before { display: block; padding: 1rem; margin-bottom: 1.5rem; border: 1px solid;
  content: "This is a feed. Copy this page's address into a feed reader, and new posts come to you by themselves:"
  " no account, no e-mail, and you can stop at any time."; }
channel > *, atom|feed > *, item > *, atom|entry > * { display: none; }
channel > title, atom|feed > atom|title { display: block; font-size: 1.75rem; font-weight: bold; line-height: 1.2; }
channel > description, atom|feed > atom|subtitle { display: block; margin: .5rem 0 1.5rem; }
channel > item, atom|feed > atom|entry { display: block; padding: .75rem 0; border-top: 1px solid; }
item > title, atom|entry > atom|title { display: block; font-weight: bold; }
item > pubDate, atom|entry > atom|published { display: block; font-size: .875rem; }
item > description, atom|entry > atom|summary { display: block; }
"""


def get_generators(_pelican: Any) -> type:
    """Offer the feeds' generator (signal: get_generators)."""
    return FeedsGenerator
