"""Generate the site's feeds from Pelican's content, and the page that lists them."""

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from html import escape
from operator import itemgetter
from pathlib import Path
from typing import Any

from markupsafe import Markup
from pelican.generators import Generator
from pelican_incremental.files import load_json, mark_current, read_stamp, save_json

from .. import output
from ..language_versions import HOME_URL, get_versions, list_contexts, list_posts
from ..reading.parsed import get_parsed, get_post_record
from ..site_build import get_build_time, get_log, get_site
from ..site_model import FeedLink, GroupView, set_view
from ..validation import did_you_mean, report_duplicates
from .entry_factory import EntryFactory
from .formats import ATOM_TYPE, RSS_TYPE, serialize
from .models import Entry, Feed
from .opml import serialize_opml
from .rendering import CACHE_SIZE, EntryRenderer, hash_inputs

JSON_TYPE, CALENDAR_TYPE = "application/feed+json", "text/calendar"
STYLESHEET = "feed.css"
OPML = "feeds.opml"
"""The list of all feeds for feed readers."""


class FeedsGenerator(Generator):
    """Lists the site's feeds for templates and writes the feeds that changed."""

    def generate_context(self) -> None:
        """Set context["feeds"], and `feeds` of each category and tag, to tuples of FeedLink; in each language."""
        name = self.settings["SITENAME"]
        self.site, self.log = get_site(self.settings), get_log(self.settings)
        contexts = list_contexts(self.context)
        translate = self.site.translate
        feeds = _list_post_feeds(self.context)
        if self.context.get("books"):
            feeds.append(FeedLink(f"{name}: {translate('books')}", "books/feed.xml", RSS_TYPE, "books"))
        if self.context.get("events"):
            feeds.append(FeedLink(f"{name}: {translate('events')}", "events/feed.xml", RSS_TYPE, "events"))
            feeds.append(FeedLink(f"{name}: {translate('calendar')}", "events.ics", CALENDAR_TYPE, "events"))
        self.context["feeds"] = tuple(feeds)
        for version in get_versions(self.context).values():
            version.context.own["feeds"] = tuple(_list_post_feeds(version.context))
        kinds = (("categories", "category"), ("tags", "tag"))
        self.groups = [[g for kind in kinds for g in self._add_group_feeds(each, *kind)] for each in contexts]
        self._check_tags(contexts)
        # Feed readers show only one of several entries with the same guid. Oldest first: the later one is reported.
        guids = [(get_post_record(post).guid, post.source_path) for post in reversed(list_posts(self.context))]
        events = sorted(self.context.get("events", ()), key=lambda event: event.source_path)
        guids += [(event.record.guid, event.source_path) for event in events]
        hint = "use another guid or remove the line"
        report_duplicates(filter(itemgetter(0), guids), "guid", "guid `{}`", hint, self.log)

    def _check_tags(self, contexts: Iterable[Mapping[str, Any]]) -> None:
        """Report tags in feeds.tags that no post has."""
        tags = {name for each in contexts for tag, _ in each.get("tags", ()) for name in (tag.name, tag.slug)}
        for name in self.site.feeds.tags or ():
            if name not in tags and not self.log.is_consequence(name, "pelicanconf.py"):
                hint = did_you_mean(name, tags, "use the tag of a post, or remove it")
                message = f"feeds.tags: no post has the tag `{name}`"
                self.log.warning("pelicanconf.py", 0, message, hint, kind="settings")

    def _add_group_feeds(
        self, context: Mapping[str, Any], key: str, folder: str
    ) -> Iterator[tuple[FeedLink, Any, list[Any]]]:
        """Set `feeds` of each category (or tag) in context[key]; yield link, group and posts of those with a feed."""
        selected = self.site.feeds.tags if folder == "tag" else None
        name, home = context["SITENAME"], context.get(HOME_URL, "")
        for group, posts in context.get(key, ()):
            published = [post for post in posts if not get_parsed(post).draft]
            link = FeedLink(f"{name}: {group.name}", f"{home}{folder}/{group.slug}/feed.xml", RSS_TYPE)
            has_feed = bool(published) and (selected is None or group.name in selected or group.slug in selected)
            # Each post has a category object of its own, equal to `group`.
            for same_group in (group, *(post.category for post in posts if folder == "category")):
                set_view(same_group, GroupView(feeds=(link,) if has_feed else ()))
            if has_feed:
                yield link, group, published

    def generate_output(self, writer: Any) -> None:
        """Write the feeds, their stylesheet, and the page that lists them, in each language."""
        if self.settings["RELATIVE_URLS"]:  # links in posts are relative to the page that was written last
            self.context["localsiteurl"] = self.site.url
        stamps_file = Path(self.settings["CACHE_PATH"]) / "feeds.json"
        self._stamps = load_json(stamps_file)
        output.write(self.context, STYLESHEET, Path(__file__).with_name(STYLESHEET).read_bytes())
        listed: list[tuple[FeedLink, str]] = []
        for context, groups in zip(list_contexts(self.context), self.groups, strict=True):
            self._prepare(context)
            listed += self._write_feeds(context, groups)
        save_json(stamps_file, self._stamps)
        lines = [(link.title, f"{self.site.url}/{link.url}", f"{self.site.url}/{page}") for link, page in listed]
        output.write(self.context, OPML, serialize_opml(self.settings["SITENAME"], self._author, lines))
        for context, groups in zip(list_contexts(self.context), self.groups, strict=True):
            every_feed = (*context["feeds"], *(link for link, _, _ in groups))
            url = f"{context.get(HOME_URL, '')}subscribe/"
            output.write_page(self, writer, "subscribe", url, context, every_feed=every_feed)

    def _prepare(self, context: Mapping[str, Any]) -> None:
        """Set what the feeds in one language have in common."""
        site, main_book = get_site(context), context.get("main_book")
        self._author = author = self.settings.get("AUTHOR") or self.settings["SITENAME"]
        self._factory = EntryFactory(site.url, author, site.translate, site.former_url)
        self._post_entry = lru_cache(CACHE_SIZE)(self._factory.from_post)
        self._feed_fields = {
            "description": site.description,
            "language": site.language,
            "author": author,
            "site_url": site.url,
            "id_url": site.id_url,
            "translate": site.translate,
            "rights": site.feeds.copyright,
            "hub": site.feeds.hub,
            "image": main_book.cover.url if main_book and main_book.cover else "",
            "subscribe_path": f"{context.get(HOME_URL, '')}subscribe/",
        }
        self._renderer = EntryRenderer(
            self.log, full_text=site.feeds.content == "full", footer=self._make_footer(context, main_book)
        )

    def _write_feeds(
        self, context: Mapping[str, Any], groups: Iterable[tuple[FeedLink, Any, list[Any]]]
    ) -> list[tuple[FeedLink, str]]:
        """Write the feeds in one language; return those for the list of all, each with the page of the same content."""
        now, home = get_build_time(self.settings), context.get(HOME_URL, "")
        books = [book for book in context.get("books", ()) if book.published and book.published <= now.date()]
        events = [event for event in context.get("events", ()) if event.record.announced_at <= now]
        events.sort(key=lambda event: (event.record.announced_at, event.url), reverse=True)
        posts = context.get("articles", ())
        sections = {
            "": (home, self._make_newest_entries(post for post in posts if getattr(post, "draft", False) is not True)),
            "books": ("books/", [self._factory.from_book(book, now.tzinfo) for book in books]),
            "events": (
                "events/",
                [self._factory.from_event(event) for event in events[: self.site.feeds.items or None]],
            ),
        }
        for link in context["feeds"]:
            if link.type != CALENDAR_TYPE:
                self._write_feed(link, *sections[link.section])
        for link, group, posts in groups:
            self._write_feed(link, group.url, self._make_newest_entries(posts))
        # In one format only: feed readers subscribe to every feed of the list.
        listed = [(link, sections[link.section][0]) for link in context["feeds"] if link.type == RSS_TYPE]
        return [*listed, *((link, group.url) for link, group, _ in groups)]

    def _make_newest_entries(self, posts: Iterable[Any]) -> list[Entry]:
        posts = list(posts)
        size = self.site.feeds.items or len(posts)
        return list(map(self._post_entry, heapq.nlargest(size, posts, key=lambda post: (post.date, post.slug))))

    def _write_feed(self, link: FeedLink, home_path: str, entries: Sequence[Entry]) -> None:
        """Write a feed, unless its file exists and nothing in the feed has changed."""
        feed = Feed(link.url, link.title, home_path=home_path, **self._feed_fields)
        input_hash = hash_inputs(feed, entries, self._renderer)
        file = output.reserve(self.context, link.url)
        is_unmodified = file and mark_current(self.context, file)
        if file is None or (is_unmodified and self._stamps.get(link.url) == [input_hash, *read_stamp(file)]):
            return
        rendered = [self._renderer.render(entry) for entry in entries]
        output.write(self.context, link.url, serialize(feed, rendered, f"{self.site.root}/{STYLESHEET}"))
        # Without a cache entry, the next build renders the feed and reports the problem again.
        if self._renderer.reported_files.isdisjoint(entry.source_path for entry in entries):
            self._stamps[link.url] = [input_hash, *read_stamp(file)]

    def _make_footer(self, context: Mapping[str, Any], main_book: Any) -> str:
        """Return the HTML below each entry: feeds.book_line from the settings, else a link to the main book.

        The author has written the line in the main language.
        """
        line = self.site.feeds.book_line if HOME_URL not in context else None
        if line is None and main_book:
            url = self._factory.absolute_url(main_book.url)
            link = Markup(f'<a href="{url}">{escape(main_book.title)}</a>')  # noqa: S704 - both are escaped
            line = get_site(context).translate("By the author of %(book)s.", book=link)
        return f"\n<p><small>{line}</small></p>" if line else ""


def _list_post_feeds(context: Mapping[str, Any]) -> list[FeedLink]:
    """Return the feeds of all posts in one language."""
    name, home = context["SITENAME"], context.get(HOME_URL, "")
    types = (("feed.xml", RSS_TYPE), ("atom.xml", ATOM_TYPE), ("feed.json", JSON_TYPE))
    return [FeedLink(name, f"{home}{file}", kind) for file, kind in types]
