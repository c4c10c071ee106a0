"""One build of a site: settings, date, log and what packages share, all under one key of Pelican's settings."""

import atexit
import os
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from pelican_incremental.code_digests import TRANSIENT_KEY

from .i18n import SiteCatalogue
from .imported_files import ImportedFiles
from .problems import BuildFailed, ProblemLog
from .settings import SETTINGS_KEY, Feature, SiteSettings
from .theme_head import includes_metadata
from .validation import validate

BUILD_KEY = "AUTHORSITE_BUILD"
"""The key of the SiteBuild in Pelican's settings and context."""

SITE_DATE_KEY = "SITE_DATE"
"""The key, in Pelican's settings and in the environment, of the date that the build takes as today."""

LOCAL_URL = "http://localhost:8000"
"""The URL of a site that has not got any yet: where `pelican --listen` serves it."""

OTHER_LANGUAGES_KEY = "CONTENTS_IN_OTHER_LANGUAGES"
"""The key of Pelican's context that lists posts and pages in other languages, if the site has several."""

CONTENT_LISTS = ("articles", "hidden_articles", "pages", "hidden_pages", OTHER_LANGUAGES_KEY)
"""The keys of Pelican's context that list all posts and pages."""

DeferredTasks = list[Callable[[Callable[[], bool]], bool]]
"""Each task gets a function that returns true when it must stop, and returns whether it succeeded."""

Part = TypeVar("Part")


@dataclass
class SiteBuild:
    """The state of one build that its packages share.

    `cleanup` is closed when the build ends or fails. `deferred_tasks` is a list for tasks that may run after all pages
    are written, None where they may not. `unpublished` holds the paths of drafts and scheduled posts that are left
    out, `unpublished_slugs` their slugs, `redirects` tuples of (from, to, status). `site` and `time` are set by
    load_settings.
    """

    log: ProblemLog
    cleanup: ExitStack = field(default_factory=ExitStack)
    deferred_tasks: DeferredTasks | None = None
    unpublished: set[str] = field(default_factory=set)
    unpublished_slugs: set[str] = field(default_factory=set)
    redirects: list[tuple[str, str, int]] = field(default_factory=list)
    _site: SiteSettings | None = None
    _time: datetime | None = None
    _parts: dict[type, Any] = field(default_factory=dict)

    @property
    def site(self) -> SiteSettings:
        """The validated settings."""
        if self._site is None:
            raise TypeError("the settings are not validated yet")
        return self._site

    @property
    def time(self) -> datetime:
        """The build's date and time, zone included. Everything that depends on "today" uses it."""
        if self._time is None:
            raise TypeError("SITE_DATE is not parsed yet")
        return self._time

    def set(self, part: Part) -> Part:
        """Share `part`, the only one of its class, with other packages, and return it."""
        self._parts[type(part)] = part
        return part

    def get(self, kind: type[Part]) -> Part:
        """Return the shared object of this class; raises KeyError before it is set."""
        part: Part = self._parts[kind]
        return part

    def find(self, kind: type[Part]) -> Part | None:
        """Return the shared object of this class, None before it is set."""
        return self._parts.get(kind)


def get_build(settings: Mapping[str, Any]) -> SiteBuild:
    """Return the build from Pelican's settings or context."""
    build = settings[BUILD_KEY]
    if not isinstance(build, SiteBuild):
        raise TypeError(f"{BUILD_KEY} is not a SiteBuild")
    return build


def get_log(settings: Mapping[str, Any]) -> ProblemLog:
    """Return the build's log from Pelican's settings or context."""
    return get_build(settings).log


def get_site(settings: Mapping[str, Any]) -> SiteSettings:
    """Return the validated settings from Pelican's settings or context; those of its language (see language_versions).

    The settings for pages in the main language are those of `get_build(settings).site`.
    """
    site = settings.get(SETTINGS_KEY)
    return site if isinstance(site, SiteSettings) else get_build(settings).site


def get_build_time(settings: Mapping[str, Any]) -> datetime:
    """Return the build's date and time from Pelican's settings or context."""
    return get_build(settings).time


def uses(settings: Mapping[str, Any], feature: Feature) -> bool:
    """Return whether the site uses this feature of the package, from Pelican's settings or context."""
    return feature in get_site(settings).use


def list_contents(context: Mapping[str, Any]) -> list[Any]:
    """Return all posts and pages of a Pelican context, hidden ones included."""
    return [content for key in CONTENT_LISTS for content in context.get(key, ())]


def list_records(context: Mapping[str, Any]) -> list[Any]:
    """Return the views of all books and events of a Pelican context."""
    return [*context.get("books", ()), *context.get("events", ())]


def list_bodies(context: Mapping[str, Any]) -> list[str]:
    """Return the HTML of all posts, pages, books and events, as it is now: links are URLs after the link pass."""
    contents = [content._content or "" for content in list_contents(context)]  # noqa: SLF001 - `content` renders it
    return contents + [view.html for view in list_records(context)]


def content_relative_path(path: str, context: Mapping[str, Any]) -> str:
    """Return a source file's path relative to content/."""
    root = f"{context['PATH']}{os.sep}"
    if path.startswith(root) and os.sep == "/" and ".." not in path:
        return path.removeprefix(root)
    return Path(path).resolve().relative_to(Path(root).resolve()).as_posix()


def load_settings(pelican: Any) -> None:
    """Validate AUTHORSITE, and store the SiteBuild in Pelican's settings (signal: initialized).

    AUTHORSITE becomes a SiteSettings, for templates. Raises BuildFailed if a setting is not valid.
    """
    settings: dict[str, Any] = pelican.settings
    if BUILD_KEY not in settings:
        settings[BUILD_KEY] = SiteBuild(ProblemLog(root=Path(settings["PATH"]).resolve().parent))
        atexit.register(settings[BUILD_KEY].cleanup.close)
    build = get_build(settings)
    value, log = settings.get(SETTINGS_KEY), build.log
    if not isinstance(value, SiteSettings):
        value = _add_url(value or {}, settings)
        value = validate(SiteSettings, value, log, "pelicanconf.py", kind="settings")
    time = parse_site_date(settings, log)
    if value is None or time is None:
        log.stop_if_failed()
        raise BuildFailed
    value.use_catalogues(_load_catalogues(Path(settings["PATH"]) / "data" / "words", log))
    # For the build engine: pages depend on the settings.
    settings["AUTHORSITE_WORDS"] = [catalogue.digest for catalogue in value.translate.own]
    log.allowed, log.strict = value.allow, value.strict
    log.imported = ImportedFiles(Path(settings["PATH"]), log.get_display_path(settings["PATH"]))
    build._site, build._time = value, time  # noqa: SLF001 - of this module
    settings[SETTINGS_KEY] = value
    settings[TRANSIENT_KEY] = [*settings.get(TRANSIENT_KEY, ()), BUILD_KEY, SITE_DATE_KEY]
    folders = [feature for feature in ("books", "events") if feature in value.use]
    for key in ("ARTICLE_EXCLUDES", "PAGE_EXCLUDES"):  # Pelican reads the whole of content/ by default
        settings[key] = [*settings.get(key, ()), *folders]
    # The theme of this package links to its pages from the root; others want what Pelican's users set.
    if not settings.get("SITEURL") or includes_metadata(settings["THEME"]):
        settings["SITEURL"] = value.root


def _load_catalogues(folder: Path, log: ProblemLog) -> tuple[SiteCatalogue, ...]:
    if not folder.is_dir():
        return ()
    from .i18n.site_catalogues import load_site_catalogues  # noqa: PLC0415 - it takes 50 ms

    return load_site_catalogues(folder, log)


def _add_url(value: Any, settings: Mapping[str, Any]) -> Any:
    """Return AUTHORSITE with a `url`: SITEURL by default. A site of Pelican's user has none while it is written."""
    if not isinstance(value, Mapping) or value.get("url"):
        return value
    url = str(settings.get("SITEURL") or "")
    return {**value, "url": url or LOCAL_URL} if url or "use" in value else value


def parse_site_date(settings: Mapping[str, Any], log: ProblemLog) -> datetime | None:
    """Return SITE_DATE from the environment or the settings (ISO 8601), else the current minute; None if invalid."""
    zone = ZoneInfo(settings.get("TIMEZONE") or "UTC")
    value = os.environ.get(SITE_DATE_KEY) or settings.get(SITE_DATE_KEY)
    try:
        date = datetime.fromisoformat(str(value)) if value else datetime.now(zone).replace(second=0, microsecond=0)
    except ValueError:
        log.error("pelicanconf.py", 0, f"SITE_DATE `{value}` is not a date", "write 2019-03-01", kind="settings")
        return None
    return date.replace(tzinfo=zone) if date.tzinfo is None else date.astimezone(zone)
