"""Make feed entries of posts, books and events."""

from dataclasses import dataclass
from datetime import datetime, time, tzinfo
from html import escape
from typing import Any

from ..audio import Audio
from ..books.views import BookView
from ..events.views import EventView
from ..i18n import ENGLISH, Translator
from ..images.picture import Picture
from ..markup import text_content
from ..output import quote_path
from .guid import make_guid
from .models import Entry


@dataclass(frozen=True)
class EntryFactory:
    """Makes entries for the site at `site_url`; `author` is the site's author, for events.

    `former_url` is the URL that guids keep; they are no permalinks then.
    """

    site_url: str
    author: str
    translate: Translator = ENGLISH
    former_url: str = ""

    def from_post(self, post: Any) -> Entry:
        """Return the entry of a post or a reblog."""
        record = post.record
        names = [group.name for group in (getattr(post, "category", None), *getattr(post, "tags", ())) if group]
        return Entry(
            **self._get_common_fields(post),
            title=record.title,
            published=post.date,
            updated=record.modified or post.date,
            summary=record.summary or text_content(post.summary),
            html=post.content,
            authors=tuple(author.name for author in getattr(post, "authors", ())),
            categories=tuple(dict.fromkeys(names)),
            image=picture if isinstance(picture := getattr(post, "picture", None), Picture) else None,
            reblog_of=record.reblog,
            language=record.lang,
        )

    def from_book(self, book: BookView, zone: tzinfo | None) -> Entry:
        """Return the entry of a published book, dated midnight of its publication day in `zone`."""
        assert book.published
        published = datetime.combine(book.published, time(tzinfo=zone))
        return Entry(
            **self._get_common_fields(book),
            title=book.record.title,
            published=published,
            updated=published,
            summary=book.record.description or book.tagline,
            html=book.feed_html,
            authors=book.record.authors,
            categories=book.record.keywords,
            image=book.cover,
        )

    def from_event(self, event: EventView) -> Entry:
        """Return the entry of an event: date, place and links, then the text of its page."""
        record = event.record
        place = ", ".join(filter(None, (record.place, record.address)))
        details = "".join(f"<p>{escape(detail)}</p>" for detail in (event.notice, event.when, place) if detail)
        translate = self.translate
        links = (
            (record.online, translate("On line")),
            (record.url, translate("More about it")),
            (record.recording, translate("Recording")),
        )
        details += "".join(f'<p><a href="{escape(url)}">{escape(label)}</a></p>' for url, label in links if url)
        return Entry(
            **self._get_common_fields(event),
            title=record.title,
            published=record.announced_at,
            updated=max(record.modified or record.announced_at, record.announced_at),
            summary=record.summary or event.when,
            html=details + event.html,
            authors=(self.author,),
            categories=(translate("Events"),),
        )

    def _get_common_fields(self, content: Any) -> dict[str, Any]:
        guid, is_permalink = make_guid(content, lambda path: self.absolute_url(path, self.former_url))
        is_permalink = is_permalink and not self.former_url
        url = self.absolute_url(content.url)
        return {
            "guid": guid,
            "guid_is_permalink": is_permalink,
            "url": url,
            "source_path": content.source_path,
            "audio": audio if isinstance(audio := getattr(content, "audio", None), Audio) else None,
        }

    def absolute_url(self, path: str, base: str = "") -> str:
        """Return the absolute, percent-encoded URL of a path on this site, or of one below the URL `base`."""
        return f"{base or self.site_url}/{quote_path(path.lstrip('/'))}"
