"""Which feeds the site has, and their entries out of what Pelican read."""

from __future__ import annotations

import heapq
import mimetypes
from collections.abc import Iterable, Sequence
from datetime import datetime, time
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin

from pelican.generators import Generator

from .. import output
from ..markup import plain
from ..problems import log_of
from ..reading.links import line_of_link
from ..settings import now_of, site_of
from ..validation import did_you_mean
from .entry import Enclosure, Entry, Feed, FeedLink, Original, guid_of
from .making import Kitchen, Shelf, code_digest, told, written
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
            guid = getattr(getattr(content, "record", None), "guid", "")
            other = first.setdefault(guid, content)
            if guid and other is not content:
                log, path = log_of(self.settings), content.source_path
                line = line_of_link(Path(path).read_text("utf-8"), "guid:")
                message = f"the guid `{guid}` is that of {log.shown(other.source_path)} too"
                log.error(path, line, message, "give this one another, or none", kind="front-matter")

    def _groups(self, name: str, folder: str) -> Iterable[tuple[FeedLink, Any, list[Any]]]:
        """Yield feed, category (or tag) and posts for each of them that has a feed."""
        wanted = self.site.feeds.tags if folder == "tag" else None
        for group, posts in self.context.get(name, ()):
            shown = [post for post in posts if not getattr(post, "draft", False)]
            link = FeedLink(f"{self.settings['SITENAME']}: {group.name}", f"{folder}/{group.slug}/feed.xml", RSS)
            served = bool(shown) and (wanted is None or group.name in wanted or group.slug in wanted)
            # A post's category is an object of its own, equal to this one.
            for named in (group, *(post.category for post in posts if folder == "category")):
                named.feeds = (link,) if served else ()
            if served:
                yield link, group, shown

    def generate_output(self, writer: Any) -> None:
        """Write the feeds of posts, and the page that lists every feed."""
        self._kitchen = Kitchen(log_of(self.settings), self.site.feeds.content == "full", self._book_line())
        self._shelf = Shelf.load(Path(self.settings["CACHE_PATH"]) / "feeds.json")
        self._code, self._digests = code_digest(), dict[str, str]()
        about = self.site.description
        output.write(self.context, STYLESHEET, Path(__file__).with_name(STYLESHEET).read_bytes())
        posts = self._newest(post for post in self.context.get("articles", ()) if not getattr(post, "draft", False))
        sections = {"": ("", posts), "books": ("books/", self._books()), "events": ("events/", self._events())}
        for link in self.context["feeds"]:
            if link.section in sections and link.type != CALENDAR:
                self._write(link, about, *sections[link.section])
        for link, group, listed in self.groups:
            self._write(link, about, group.url, self._newest(listed))
        self._shelf.save()
        every = (*self.context["feeds"], *(link for link, _, _ in self.groups))
        template = self.get_template("subscribe")
        writer.write_file(f"{SUBSCRIBE}index.html", template, self.context, every_feed=every, url=SUBSCRIBE)

    def _newest(self, posts: Iterable[Any]) -> list[Entry]:
        listed = list(posts)
        size = self.site.feeds.items or len(listed)
        newest = heapq.nlargest(size, listed, key=lambda post: (post.date, post.url))
        return [self._entry(post) for post in newest]

    def _write(self, link: FeedLink, about: str, home: str, entries: Sequence[Entry]) -> None:
        """Write one feed, or leave it when it is there and what it is made of has not changed."""
        site, feeds = self.site, self.site.feeds
        author = self.settings.get("AUTHOR") or self.settings["SITENAME"]
        image = self._cover()
        feed = Feed(
            link.url, link.title, about, home, site.language, author, site.url, feeds.copyright, feeds.hub, image
        )
        made_of = told(self._code, feed, entries, self._kitchen, self._digests)
        there = output.target(self.context, link.url)
        if self._shelf.stands(link.url, made_of, there):
            output.keep(self.context, link.url)
            return
        readable = [self._kitchen.readable(entry) for entry in entries]
        output.write(self.context, link.url, written(feed, readable, f"{site.root}/{STYLESHEET}"))
        self._shelf.put(link.url, made_of, there)

    def _address(self, url: str) -> str:
        return f"{self.site.url}/{quote(url.lstrip('/'), safe='/%:@!$&()*+,;=~')}"

    def _guid(self, record: Any, url: str) -> tuple[str, bool]:
        aliases = [quote(alias, safe="/%:@!$&()*+,;=~?") for alias in getattr(record, "aliases", ())]
        return guid_of(getattr(record, "guid", ""), aliases, url, self.site.url)

    def _entry(self, post: Any) -> Entry:
        record = getattr(post, "record", None)
        url = self._address(post.url)
        guid, permanent = self._guid(record, url)
        original = getattr(record, "reblog", None)
        names = [
            *(group.name for group in (getattr(post, "category", None),) if group),
            *(tag.name for tag in getattr(post, "tags", ())),
        ]
        return Entry(
            guid=guid,
            permanent=permanent,
            url=url,
            title=getattr(record, "title", None) or plain(post.title),
            published=post.date,
            updated=getattr(post, "modified", None) or post.date,
            summary=getattr(record, "summary", "") or plain(post.summary),
            html=post.content,
            authors=tuple(author.name for author in getattr(post, "authors", ())),
            categories=tuple(dict.fromkeys(names)),
            image=self._image(post, record),
            original=Original(original.title, original.url) if original else None,
            source=post.source_path,
        )

    def _books(self) -> list[Entry]:
        """Return an entry for each book that is out, newest first."""
        today = now_of(self.settings)
        midnight = time(tzinfo=today.tzinfo)
        out = [book for book in self.context.get("books", ()) if book.published and book.published <= today.date()]
        return [self._book(book, datetime.combine(book.published, midnight)) for book in out]

    def _book(self, book: Any, published: datetime) -> Entry:
        cover = book.cover
        image = (
            Enclosure(self._absolute(cover.src), _media_type(cover.src), cover.alt, cover.width, cover.height)
            if cover
            else None
        )
        url = self._address(book.url)
        guid, permanent = self._guid(book.record, url)
        return Entry(
            guid=guid,
            permanent=permanent,
            url=url,
            title=book.title,
            published=published,
            updated=published,
            summary=book.record.description or book.hook,
            html=book.feed_html,
            authors=tuple(book.authors),
            categories=tuple(book.record.subjects),
            image=image,
            source=book.source_path,
        )

    def _events(self) -> list[Entry]:
        """Return an entry for each event that is announced, the last announced first."""
        now = now_of(self.settings)
        told = [event for event in self.context.get("events", ()) if event.record.announced <= now]
        told.sort(key=lambda event: (event.record.announced, event.url), reverse=True)
        return [self._event(event) for event in told[: self.site.feeds.items or None]]

    def _event(self, event: Any) -> Entry:
        record, url = event.record, self._address(event.url)
        guid, permanent = self._guid(record, url)
        place = ", ".join(filter(None, (event.place, event.address)))
        facts = "".join(f"<p>{escape(fact)}</p>" for fact in (event.when, place) if fact)
        links = ((record.online, "On line"), (record.url, "More about it"), (record.recording, "Recording"))
        facts += "".join(f'<p><a href="{escape(link)}">{words}</a></p>' for link, words in links if link)
        return Entry(
            guid=guid,
            permanent=permanent,
            url=url,
            title=event.title,
            published=record.announced,
            updated=max(record.modified or record.announced, record.announced),
            summary=event.summary or event.when,
            html=facts + event.html,
            authors=(self.settings.get("AUTHOR") or self.settings["SITENAME"],),
            categories=("Events",),
            source=event.source_path,
        )

    def _image(self, post: Any, record: Any) -> Enclosure | None:
        name, picture = getattr(record, "image", ""), getattr(post, "picture", None)
        if not name:
            return None
        url = getattr(picture, "url", "") or self._absolute(name)
        size = (getattr(picture, "width", 0), getattr(picture, "height", 0))
        return Enclosure(url, _media_type(url), record.image_alt, *size)

    def _absolute(self, src: str) -> str:
        """Make a picture's address whole: below the site's root, or (from "/") the host's."""
        return urljoin(f"{self.site.url}/", quote(src, safe="/%:@!$&()*+,;=~?"))

    def _cover(self) -> str:
        src = getattr(getattr(self.context.get("main_book"), "cover", None), "src", "")
        return self._absolute(src) if src else ""

    def _book_line(self) -> str:
        """Return the quiet line under each entry: the author's own, else a link to the main book."""
        line, book = self.site.feeds.book_line, self.context.get("main_book")
        if line is None:
            url, title = getattr(book, "url", ""), getattr(book, "title", "")
            line = f'By the author of <a href="{self._address(url)}">{escape(title)}</a>.' if url and title else ""
        return f"\n<p><small>{line}</small></p>" if line else ""


def _media_type(url: str) -> str:
    return mimetypes.guess_type(url)[0] or "image/jpeg"


def get_generators(_pelican: Any) -> type:
    """Offer the feeds' generator (signal: get_generators)."""
    return FeedsGenerator
