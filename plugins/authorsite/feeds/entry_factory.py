"""Entries of posts, books and events: what a feed says of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, tzinfo
from html import escape
from typing import Any
from urllib.parse import quote

from ..books.views import BookView
from ..events.views import EventView
from ..markup import plain
from .models import Entry

_ADDRESS = "/%:@!$&()*+,;=~?"


@dataclass(frozen=True)
class Maker:
    """Makes entries for the site at the address `site`; `author` is who writes where nobody is named."""

    site: str
    author: str

    def post(self, post: Any) -> Entry:
        """Return the entry of a post, or of a post that is passed on."""
        record = post.record
        names = [group.name for group in (getattr(post, "category", None), *getattr(post, "tags", ())) if group]
        return Entry(
            **self._addresses(post),
            title=record.title,
            published=post.date,
            updated=record.modified or post.date,
            summary=record.summary or plain(post.summary),
            html=post.content,
            authors=tuple(author.name for author in getattr(post, "authors", ())),
            categories=tuple(dict.fromkeys(names)),
            image=post.picture,
            original=record.reblog,
        )

    def book(self, book: BookView, zone: tzinfo | None) -> Entry:
        """Return the entry of a book that is out, dated the first midnight of that day in `zone`."""
        assert book.published
        published = datetime.combine(book.published, time(tzinfo=zone))
        return Entry(
            **self._addresses(book),
            title=book.title,
            published=published,
            updated=published,
            summary=book.record.description or book.hook,
            html=book.feed_html,
            authors=book.record.authors,
            categories=book.record.subjects,
            image=book.cover,
        )

    def event(self, event: EventView) -> Entry:
        """Return the entry of an event: when, where and how to take part, then what its page says."""
        record = event.record
        place = ", ".join(filter(None, (record.place, record.address)))
        facts = "".join(f"<p>{escape(fact)}</p>" for fact in (event.when, place) if fact)
        links = ((record.online, "On line"), (record.url, "More about it"), (record.recording, "Recording"))
        facts += "".join(f'<p><a href="{escape(link)}">{words}</a></p>' for link, words in links if link)
        return Entry(
            **self._addresses(event),
            title=record.title,
            published=record.announced,
            updated=max(record.modified or record.announced, record.announced),
            summary=record.summary or event.when,
            html=facts + event.html,
            authors=(self.author,),
            categories=("Events",),
        )

    def _addresses(self, item: Any) -> dict[str, Any]:
        """Return the address, and the guid: `guid:`, else the oldest alias, else the address.

        Nothing is remembered between builds: an author who moves a post writes its old address under `aliases:` for
        the redirect, and that same line keeps the guid.
        """
        given, aliases = getattr(item.record, "guid", ""), getattr(item.record, "aliases", ())
        url = self.whole(item.url)
        guid = given or (self.whole(aliases[0]) if aliases else url)
        return {"guid": guid, "permanent": not given, "url": url, "source": item.source_path}

    def whole(self, address: str) -> str:
        """Return an address of the site as readers need it."""
        return f"{self.site}/{quote(address.lstrip('/'), safe=_ADDRESS)}"
