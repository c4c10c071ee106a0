"""Events and observances into Pelican's context, and their pages and calendars out of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pelican.generators import Generator

from .. import output
from ..images.adapter import picture, pictured
from ..images.picture import Picture
from ..problems import ProblemLog, log_of
from ..reading.link_pass import resolved
from ..reading.links import Lines
from ..reading.markdown import Converter
from ..reading.schemas import Status
from ..reading.sources import Source, body_of, read_source
from ..settings import now_of, site_of
from ..validation import Fault, did_you_mean, line_of
from .annual_dates import Observance, observe, parse_rule
from .model import Event
from .views import EventView, event_jsonld, in_words

FOLDER = "events"
CALENDAR = "events.ics"


class EventsGenerator(Generator):
    """Reads content/events/*.md and writes the list, a page and a calendar file each, and the calendar of all."""

    def generate_context(self) -> None:
        """Set `events`, the next first and then the past ones, and `observances`."""
        self.log: ProblemLog = log_of(self.settings)
        self.site = site_of(self.settings)
        self.now = now_of(self.settings)
        self.converter = Converter()
        files = sorted((Path(self.path) / FOLDER).glob("*.md"))
        self.every = [view for path in files if (view := self._read(path))]
        self._keep_apart()
        self._list()
        self.context["observances"] = tuple(sorted(self._observances(), key=lambda o: (o.dates[0], o.name)))

    def _list(self) -> None:
        listed = [event for event in self.every if event.record.status is Status.PUBLISHED]
        coming = sorted((e for e in listed if not e.past), key=lambda e: (e.record.start.moment, e.slug))
        past = sorted((e for e in listed if e.past), key=lambda e: (e.record.start.moment, e.slug), reverse=True)
        self.context["events"] = (*coming, *past)

    def finish(self) -> None:
        """Resolve links and pictures in the texts, now that all that they may lead to is known."""
        self.every = [
            replace(
                event,
                html=pictured(resolved(event.html, event.source_path, self.context), event.source_path, self.context),
            )
            for event in self.every
        ]
        self._list()

    def generate_output(self, writer: Any) -> None:
        """Write pages and calendars, if there are events at all."""
        if not self.every:
            return
        from .ics import calendar  # noqa: PLC0415 - a site without events does not pay for icalendar

        for event in self.every:
            self._page(writer, "event", event.url, event=event, structured=event_jsonld(event, self.site.url))
            if event.calendar:
                output.write(self.context, event.calendar, calendar([event], event.record.title, self.site.url))
        events = self.context["events"]
        if events:
            self._page(writer, "events", "events/")
            output.write(self.context, CALENDAR, calendar(events, self.settings["SITENAME"], self.site.url))

    def _page(self, writer: Any, name: str, url: str, **local: Any) -> None:
        template = self.get_template(name)
        writer.write_file(f"{url}index.html", template, self.context, url=url, section="events", **local)

    def _read(self, path: Path) -> EventView | None:
        source = read_source(path, Event, self.log, ZoneInfo(self.settings["TIMEZONE"] or "UTC"))
        if source is None or (source.record.status is Status.DRAFT and not self.site.drafts):
            return None
        event, slug = source.record, source.record.slug or path.stem
        url = f"{FOLDER}/{slug}/"
        return EventView(
            record=event,
            slug=slug,
            url=url,
            guid=event.guid or self.site.url + (event.aliases[0] if event.aliases else f"/{url}"),
            html=body_of(source, self.converter, self.log, slug),
            when=in_words(event.start, event.end, self.site.locale),
            past=event.over <= self.now,
            pictures=tuple(self._pictures(source)),
            post=self._post(source),
            calendar="" if event.start.precision == "month" else f"{FOLDER}/{slug}.ics",
            source_path=str(path),
        )

    def _pictures(self, source: Source[Event]) -> Iterator[tuple[Picture, str]]:
        """Yield the pictures that are there, with their captions; what is not has become a problem."""
        for number, given in enumerate(source.record.pictures):
            line = line_of(("pictures", number), source.lines)
            if found := picture(self.context, given.src, given.alt, (source.path, line)):
                yield found, given.caption

    def _post(self, source: Source[Event]) -> tuple[str, str]:
        """Return title and address of the post about an event, by its slug or its file's name."""
        wanted = source.record.post.strip("/").removesuffix(".md").rpartition("/")[2]
        if not wanted:
            return "", ""
        posts = {Path(p.source_path).stem: p for p in self.context.get("articles", ())}
        posts |= {p.slug: p for p in self.context.get("articles", ())}
        if wanted not in posts:
            hint = did_you_mean(wanted, posts, "give the slug of a post")
            line = line_of(("post",), source.lines)
            self.log.error(source.path, line, f"there is no post `{wanted}`", hint, kind="event")
            return "", ""
        return str(getattr(posts[wanted].record, "title", posts[wanted].title)), posts[wanted].url

    def _keep_apart(self) -> None:
        first: dict[str, EventView] = {}
        for event in self.every:
            other = first.setdefault(event.slug, event)
            if other is not event:
                what = f"the address {event.url} is that of {self.log.shown(other.source_path)} too"
                line = Lines(Path(event.source_path).read_text("utf-8")).of("slug:")
                self.log.error(event.source_path, line, what, "give one of them another slug", kind="front-matter")
        self.every = list(first.values())

    def _observances(self) -> Iterator[Observance]:
        for given in self.site.observances:
            try:
                rule = parse_rule(given.rule)
            except Fault as fault:
                self.log.error("pelicanconf.py", 0, f"observances: {fault}", fault.hint, kind="settings")
                continue
            url = self.site.root + given.url if given.url.startswith("/") else given.url
            yield observe(given.name, rule, self.now.date(), self.site.locale, url, given.text)


def finish(generators: list[Any]) -> None:
    """Finish the events' texts (signal: all_generators_finalized, before pictures are made)."""
    for generator in generators:
        if isinstance(generator, EventsGenerator):
            generator.finish()


def get_generators(_pelican: Any) -> type:
    """Offer the events' generator (signal: get_generators)."""
    return EventsGenerator
