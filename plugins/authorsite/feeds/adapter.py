"""Which feeds the site has, and their entries out of what Pelican read."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

from pelican.generators import Generator

from .. import output
from ..problems import log_of
from ..reading.links import Lines
from ..settings import now_of, site_of
from ..validation import did_you_mean
from .entry_factory import Maker
from .models import Entry, Feed, FeedLink
from .rendering import KEPT, Kitchen, Shelf, told, written
from .xml_feeds import ATOM, RSS

JSON, CALENDAR = "application/feed+json", "text/calendar"
STYLESHEET = "feed.css"
SUBSCRIBE = "subscribe/"


class FeedsGenerator(Generator):
    """Names the site's feeds to every page, and writes those whose entries changed."""

    def generate_context(self) -> None:
        """Put FeedLinks where page heads find them: context["feeds"], and `.feeds` of categories and tags."""
        name = self.settings["SITENAME"]
        self.site = site_of(self.settings)
        feeds = [FeedLink(name, "feed.xml", RSS), FeedLink(name, "atom.xml", ATOM), FeedLink(name, "feed.json", JSON)]
        if self.context.get("books"):
            feeds.append(FeedLink(f"{name}: books", "books/feed.xml", RSS, "books"))
        if self.context.get("events"):
            feeds.append(FeedLink(f"{name}: events", "events/feed.xml", RSS, "events"))
            feeds.append(FeedLink(f"{name}: calendar", "events.ics", CALENDAR, "events"))
        self.context["feeds"] = tuple(feeds)
        self.groups = [*self._groups("categories", "category"), *self._groups("tags", "tag")]
        self._check_tags()
        self._check_guids()

    def _check_tags(self) -> None:
        """Name the tags in the settings that no post carries."""
        known = {name for tag, _ in self.context.get("tags", ()) for name in (tag.name, tag.slug)}
        for name in self.site.feeds.tags or ():
            if name not in known:
                hint = did_you_mean(name, known, "name a tag that a post has, or leave it out")
                message = f"feeds.tags: no post has the tag `{name}`"
                log_of(self.settings).warning("pelicanconf.py", 0, message, hint, kind="settings")

    def _check_guids(self) -> None:
        """Name the files whose `guid:` an older one has already: readers would show but one of them."""
        first: dict[str, Any] = {}
        posts, events = reversed(self.context.get("articles", ())), self.context.get("events", ())
        for content in (*posts, *self.context.get("books", ()), *sorted(events, key=lambda event: event.source_path)):
            guid = getattr(content.record, "guid", "")
            other = first.setdefault(guid, content)
            if guid and other is not content:
                log, path = log_of(self.settings), content.source_path
                line = Lines(Path(path).read_text("utf-8")).of("guid:")
                message = f"the guid `{guid}` is that of {log.shown(other.source_path)} too"
                log.error(path, line, message, "give this one another, or none", kind="front-matter")

    def _groups(self, name: str, folder: str) -> Iterable[tuple[FeedLink, Any, list[Any]]]:
        """Yield feed, category (or tag) and posts for each of them that has a feed."""
        wanted = self.site.feeds.tags if folder == "tag" else None
        for group, posts in self.context.get(name, ()):
            shown = [post for post in posts if not post.draft]
            link = FeedLink(f"{self.settings['SITENAME']}: {group.name}", f"{folder}/{group.slug}/feed.xml", RSS)
            served = bool(shown) and (wanted is None or group.name in wanted or group.slug in wanted)
            # A post's category is an object of its own, equal to this one.
            for named in (group, *(post.category for post in posts if folder == "category")):
                named.feeds = (link,) if served else ()
            if served:
                yield link, group, shown

    def generate_output(self, writer: Any) -> None:
        """Write the feeds, and the page that lists them."""
        site, now = self.site, now_of(self.settings)
        author = self.settings.get("AUTHOR") or self.settings["SITENAME"]
        self._maker = Maker(site.url, author)
        self._post = lru_cache(KEPT)(self._maker.post)
        book = self.context.get("main_book")
        cover = book.cover.url if book and book.cover else ""
        self._about = {"description": site.description, "language": site.language, "author": author, "site": site.url}
        self._about |= {"rights": site.feeds.copyright, "hub": site.feeds.hub, "image": cover}
        self._kitchen = Kitchen(log_of(self.settings), full=site.feeds.content == "full", line=self._book_line(book))
        self._shelf = Shelf(Path(self.settings["CACHE_PATH"]) / "feeds.json")
        output.write(self.context, STYLESHEET, Path(__file__).with_name(STYLESHEET).read_bytes())
        books = [item for item in self.context.get("books", ()) if item.published and item.published <= now.date()]
        events = [event for event in self.context.get("events", ()) if event.record.announced <= now]
        events.sort(key=lambda event: (event.record.announced, event.url), reverse=True)
        shown = {
            "": ("", self._newest(post for post in self.context.get("articles", ()) if not post.draft)),
            "books": ("books/", [self._maker.book(item, now.tzinfo) for item in books]),
            "events": ("events/", [self._maker.event(event) for event in events[: site.feeds.items or None]]),
        }
        for link in self.context["feeds"]:
            if link.type != CALENDAR:
                self._write(link, *shown[link.section])
        for link, group, posts in self.groups:
            self._write(link, group.url, self._newest(posts))
        self._shelf.save()
        every = (*self.context["feeds"], *(link for link, _, _ in self.groups))
        template = self.get_template("subscribe")
        writer.write_file(f"{SUBSCRIBE}index.html", template, self.context, every_feed=every, url=SUBSCRIBE)

    def _newest(self, posts: Iterable[Any]) -> list[Entry]:
        listed = list(posts)
        size = self.site.feeds.items or len(listed)
        return list(map(self._post, heapq.nlargest(size, listed, key=lambda post: (post.date, post.slug))))

    def _write(self, link: FeedLink, home: str, entries: Sequence[Entry]) -> None:
        """Write one feed, or leave it when it is there and what it is made of has not changed."""
        feed = Feed(link.url, link.title, home=home, **self._about)
        made_of = told(feed, entries, self._kitchen)
        there = output.target(self.context, link.url)
        if self._shelf.stands(link.url, made_of, there):
            output.keep(self.context, link.url)
            return
        readable = [self._kitchen.readable(entry) for entry in entries]
        output.write(self.context, link.url, written(feed, readable, f"{self.site.root}/{STYLESHEET}"))
        # What was reported is to be reported again by the next build.
        if self._kitchen.faulty.isdisjoint(entry.source for entry in entries):
            self._shelf.put(link.url, made_of, there)

    def _book_line(self, book: Any) -> str:
        """Return the quiet line under each entry: the author's own, else a link to the main book."""
        line = self.site.feeds.book_line
        if line is None and book:
            line = f'By the author of <a href="{self._maker.whole(book.url)}">{escape(book.title)}</a>.'
        return f"\n<p><small>{line}</small></p>" if line else ""


def get_generators(_pelican: Any) -> type:
    """Offer the feeds' generator (signal: get_generators)."""
    return FeedsGenerator
