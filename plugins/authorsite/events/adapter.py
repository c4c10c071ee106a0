"""Events and annual dates in Pelican: read into its context, and written as pages and calendars."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pelican.generators import Generator

from .. import output
from ..images.adapter import get_picture, process_body_images
from ..images.picture import Picture
from ..language_versions import list_posts
from ..problems import ProblemLog
from ..reading.audio_files import get_audio
from ..reading.drafts import is_unpublished
from ..reading.link_pass import resolve_html
from ..reading.markdown import MarkdownRenderer, smarten_punctuation
from ..reading.parsed import get_parsed
from ..reading.schemas import Status
from ..reading.sources import ParsedSource, read_source, render_body
from ..site_build import get_build, get_build_time, get_log, get_site
from ..validation import InvalidValue, did_you_mean, find_line_for_loc
from .annual_dates import AnnualDate, compute_annual_date, parse_rule
from .model import Event
from .views import EventView, build_event_jsonld, format_when

FOLDER = "events"
CALENDAR = "events.ics"


class EventsGenerator(Generator):
    """Reads content/events/*.md; writes a page and an .ics file for each event, the list, and the calendar of all."""

    def generate_context(self) -> None:
        """Set `events`, upcoming ones first, and `observances` in the context."""
        self.log: ProblemLog = get_log(self.settings)
        self.site = get_site(self.settings)
        self.now = get_build_time(self.settings)
        self.renderer = MarkdownRenderer(self.site.translate)
        files = sorted((Path(self.path) / FOLDER).glob("*.md"))
        self.events = [event for path in files if (event := self._read_event(path))]
        self._set_context_events()
        self.context["observances"] = tuple(sorted(self._compute_annual_dates(), key=lambda d: (d.dates[0], d.name)))

    def _set_context_events(self) -> None:
        published = [event for event in self.events if event.record.status is Status.PUBLISHED]
        published.sort(key=lambda event: (event.record.start.value, event.slug))
        past = [event for event in reversed(published) if event.past]
        self.context["events"] = (*(event for event in published if not event.past), *past)

    def finalize(self) -> None:
        """Resolve links, images and audio of the events; all link targets are known now."""
        for number, event in enumerate(self.events):
            html = resolve_html(event.html, event.source_path, self.context)
            html = process_body_images(html, event.source_path, self.context)
            audio = get_audio(event.record.audio, event.source_path, self.context)
            self.events[number] = replace(event, html=html, audio=audio)
        self._set_context_events()

    def generate_output(self, writer: Any) -> None:
        """Write pages and calendars, unless there are no events."""
        if not self.events:
            return
        from .ics import render_calendar  # noqa: PLC0415 - a site without events does not import icalendar

        write_page = partial(output.write_page, self, writer, section="events")
        for event in self.events:
            variables = {"structured": build_event_jsonld(event, self.site.url), "own_book": self._find_book(event)}
            noindex = event.record.status is not Status.PUBLISHED
            write_page("event", event.url, event=event, noindex=noindex, **variables)
            if event.calendar:
                output.write(self.context, event.calendar, render_calendar([event], event.record.title, self.site.url))
        events = self.context["events"]
        if events:
            write_page("events", "events/")
            output.write(self.context, CALENDAR, render_calendar(events, self.settings["SITENAME"], self.site.url))

    def _read_event(self, path: Path) -> EventView | None:
        source = read_source(path, Event, self.log, ZoneInfo(self.settings["TIMEZONE"] or "UTC"))
        if source is None:
            return None
        if is_unpublished(source.record, self.now) and not self.site.drafts:
            get_build(self.settings).unpublished.add(str(path))
            return None
        self._check_book(source)
        event, slug = source.record, source.record.slug or path.stem
        url = f"{FOLDER}/{slug}/"
        return EventView(
            record=event,
            title=smarten_punctuation(event.title, self.site.language),
            slug=slug,
            url=url,
            guid=event.guid or self.site.id_url + (event.aliases[0] if event.aliases else f"/{url}"),
            html=render_body(source, self.renderer, self.log, slug),
            when=format_when(event.start, event.end, self.site.locale),
            notice=self.site.translate(event.notice),
            past=event.ends_at <= self.now,
            pictures=tuple(self._get_photos(source)),
            post=self._find_post(source),
            calendar="" if event.start.precision == "month" else f"{FOLDER}/{slug}.ics",
            source_path=str(path),
        )

    def _get_photos(self, source: ParsedSource[Event]) -> Iterator[tuple[Picture, str]]:
        """Yield the event's photos with their captions, skipping those that are reported as a problem."""
        for number, photo in enumerate(source.record.pictures):
            line = find_line_for_loc(("pictures", number), source.lines)
            if picture := get_picture(self.context, photo.src, photo.alt, (source.path, line)):
                yield picture, photo.caption

    def _find_post(self, source: ParsedSource[Event]) -> tuple[str, str]:
        """Return title and URL of the post about an event, by its slug or file name; empty strings without one."""
        name = source.record.post.strip("/").removesuffix(".md").rpartition("/")[2]
        if not name:
            return "", ""
        articles = list_posts(self.context)
        posts = {article.slug: article for article in articles}
        if name not in posts:
            posts = {Path(article.source_path).stem: article for article in articles} | posts
        if name not in posts:
            hint = did_you_mean(name, posts, "give the slug of a post")
            line = find_line_for_loc(("post",), source.lines)
            if not self.log.is_consequence(name, source.path):
                self.log.error(source.path, line, f"there is no post `{name}`", hint, kind="event")
            return "", ""
        post = posts[name]
        return get_parsed(post).record.title, post.url

    def _find_book(self, event: EventView) -> Any:
        """Return the book that an event is about; None without books."""
        main = self.context.get("main_book")
        books = {book.slug: book for book in self.context.get("books", ())}
        return books.get(event.record.get_book(main.slug if main else ""))

    def _check_book(self, source: ParsedSource[Event]) -> None:
        """Report an event about a book that does not exist."""
        name, slugs = source.record.book, [book.slug for book in self.context.get("books", ())]
        if name and name not in slugs and not self.log.is_consequence(name, source.path):
            line = find_line_for_loc(("book",), source.lines)
            hint = did_you_mean(name, slugs, "use the name of a file in content/books, without .md")
            self.log.error(source.path, line, f"there is no book `{name}`", hint, kind="event")

    def _compute_annual_dates(self) -> Iterator[AnnualDate]:
        for settings in self.site.observances:
            try:
                rule = parse_rule(settings.rule)
            except InvalidValue as error:
                self.log.error("pelicanconf.py", 0, f"observances: {error}", error.hint, kind="settings")
                continue
            url = self.site.root + settings.url if settings.url.startswith("/") else settings.url
            yield compute_annual_date(settings.name, rule, self.now.date(), self.site.locale, url, settings.text)


def finalize_html(generators: list[Any]) -> None:
    """Resolve links and images in the events' bodies (all_generators_finalized, after prepare_links)."""
    for generator in generators:
        if isinstance(generator, EventsGenerator):
            generator.finalize()
