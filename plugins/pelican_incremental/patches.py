"""Names of Pelican that are replaced while a build runs: each could be sent upstream, and says what it saves.

Seconds are CPU seconds of a build of 10,000 posts with nothing changed, under the plain theme of the benchmark.
"""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from string import Formatter
from typing import Any
from zoneinfo import ZoneInfo

from pelican import contents, generators, readers, urlwrappers, utils, writers
from pelican.contents import Content
from pelican.settings import DEFAULT_CONFIG

from .digests import Listing
from .manifest import Manifest
from .store import digest

_PLAIN_FORMAT = re.compile(r"(?:[ ,.:/A-Za-z0-9-]|%[aAbBdHIjmMpSyY])*")
_DATE = re.compile(r"([1-9]\d{3})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d))?)?")
_FIRST_PADDED_YEAR = 1000


@contextmanager
def patched(manifest: Manifest) -> Iterator[None]:
    """Replace the names while it lasts; may be entered again within."""
    slugify, join = _remembered_slugify(utils.slugify), _quick_join(utils.sanitised_join)
    replaced: list[tuple[Any, str, Any]] = [
        (utils, "copy_file", _noted_copy(utils.copy_file, manifest)),
        (generators, "process_translations", _grouped_translations(generators.process_translations)),
        (contents, "slugify", slugify),
        (urlwrappers, "slugify", slugify),
        (contents, "sanitised_join", join),
        (writers, "sanitised_join", join),
        (contents, "ZoneInfo", functools.lru_cache(ZoneInfo)),
        (Content, "get_relative_source_path", _remembered_source_path(Content.get_relative_source_path)),
        (Content, "_update_content", _if_linked(Content._update_content)),  # noqa: SLF001 - Pelican's
        (Content, "get_static_links", _if_any_linked(Content.get_static_links)),
        (Content, "_expand_settings", _quick_url(Content._expand_settings)),  # noqa: SLF001 - Pelican's
        (readers, "find_empty_alt", _if_empty_alt(readers.find_empty_alt)),
        (readers, "get_date", _quick_date(readers.get_date)),
        (utils, "strftime", _quick_strftime(utils.strftime)),
    ]
    before = [(owner, name, vars(owner)[name]) for owner, name, _ in replaced]
    for owner, name, value in replaced:
        setattr(owner, name, value)
    for memoized in (Content.get_content, Content.get_summary):
        memoized.cache.clear()  # Pelican keeps every article of every build in them
    try:
        yield
    finally:
        for owner, name, value in before:
            setattr(owner, name, value)


def list_quickly(generator: Any) -> None:
    """Let an ArticlesGenerator list its articles in linear time (signal: article_generator_init).

    Pelican asks for each article, and each tag, category, author and period, whether the one is in the list of the
    other. Saves 10 s.
    """
    for name in ("tags", "categories", "authors"):
        setattr(generator, name, _Listings())
    plain = generator._build_period_archives  # noqa: SLF001 - no signal lies between this and what it takes

    def build_period_archives(dates: list[Any], articles: list[Any], settings: Any) -> Any:
        archives = plain(dates, [], settings)
        rank = {id(article): number for number, article in enumerate(articles)}
        for archive in (archive for periods in archives.values() for archive in periods):
            archive["articles"] = [articles[n] for n in sorted(rank[id(a)] for a in archive["dates"] if id(a) in rank)]
        return archives

    generator._build_period_archives = build_period_archives  # noqa: SLF001 - the same


class _Listings(dict[Any, Listing]):
    """What `defaultdict(list)` is to Pelican."""

    def __missing__(self, key: Any) -> Listing:
        self[key] = listing = Listing()
        return listing


def name_listings(generator: Any, read: Callable[[Listing], None]) -> dict[str, Listing]:
    """Name the lists of categories, tags and authors, and let them tell `read` who looks into them; return them."""
    found: dict[str, Listing] = {}
    for kind in ("categories", "tags", "authors"):
        given = getattr(generator, kind)
        for key, listing in given.items() if isinstance(given, dict) else given:
            if isinstance(listing, Listing):
                listing.name, listing.read = f"{kind} {key.slug}", read
                found[listing.name] = listing
    return found


def _noted_copy(plain: Callable[[str, str], None], manifest: Manifest) -> Callable[[str, str], None]:
    """Copy static files only if they changed, whole, and note all of them."""

    def copy_file(source: str, destination: str) -> None:
        if not destination.startswith(f"{manifest.root}/"):
            plain(source, destination)
            return
        name, stat = manifest.name(destination), os.stat(source)  # noqa: PTH116 - thousands of files
        made_of = digest("copy", source, str((stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size)))
        if name in manifest.entries or not manifest.leave(name, made_of):
            manifest.write(name, Path(source), made_of)

    return copy_file


def _remembered_slugify(plain: Callable[..., str]) -> Callable[..., str]:
    """Make the slug of a text once: 0.5 s."""
    known: dict[Any, str] = {}

    def slugify(value: str, regex_subs: Any = (), preserve_case: bool = False, use_unicode: bool = False) -> str:
        if not isinstance(value, str):
            return plain(value, regex_subs, preserve_case, use_unicode)
        # The substitutions are few lists of the settings, alive as long as the build.
        key = (value, id(regex_subs) if regex_subs else 0, preserve_case, use_unicode)
        if key not in known:
            known[key] = plain(value, regex_subs, preserve_case, use_unicode)
        return known[key]

    return slugify


def _is_normal(path: str) -> bool:
    """Return whether none of the parts of `path`, but the first, is empty, "." or ".."."""
    odd = "//" in path or "/./" in path or "/../" in path or "\\" in path
    return not odd and not path.endswith(("/", "/.", "/..")) and os.sep == "/"


def _quick_join(plain: Callable[..., str]) -> Callable[..., str]:
    """Join an output folder and a normal path without a look at each part: 0.6 s."""
    bases: dict[str, str] = {}

    def join(base: str, *parts: str) -> str:
        if len(parts) != 1 or parts[0][:1] in {"", "/", "."} or not _is_normal(parts[0]):
            return plain(base, *parts)
        if base not in bases:
            bases[base] = os.path.abspath(base)  # noqa: PTH100 - as Pelican writes it
        return f"{bases[base]}/{parts[0]}"

    return join


def _remembered_source_path(plain: Callable[..., Any]) -> Any:
    """Find the path below the content folder once, not twelve times: 1.5 s."""
    known: dict[tuple[str, str], Any] = {}

    def get_relative_source_path(self: Any, source_path: str | None = None) -> Any:
        path = source_path or self.source_path
        if path is None:
            return None
        key = (self.settings["PATH"], path)
        if key not in known:
            root = f"{key[0]}/"
            below = path.startswith(root) and root.startswith("/") and _is_normal(path)
            known[key] = path.removeprefix(root) if below else plain(self, path)
        return known[key]

    return get_relative_source_path


def _may_link(settings: Any, text: str) -> bool:
    """Return whether Pelican could find a link of its own kind, {filename}x or |filename|x, in `text`."""
    if settings["INTRASITE_LINK_REGEX"] != DEFAULT_CONFIG["INTRASITE_LINK_REGEX"]:
        return True
    return ("{" in text or "|" in text) and any(opening in text for opening in ('"{', "'{", '"|', "'|"))


def _if_linked(plain: Callable[..., str]) -> Any:
    """Search texts for links only where there can be one: 0.8 s."""

    def _update_content(self: Any, content: str, siteurl: str) -> str:
        return plain(self, content, siteurl) if content and _may_link(self.settings, content) else content

    return _update_content


def _if_any_linked(plain: Callable[[Any], set[str]]) -> Any:
    """The same, for links to static files."""

    def get_static_links(self: Any) -> set[str]:
        return plain(self) if _may_link(self.settings, self._content) else set()

    return get_static_links


def _if_empty_alt(plain: Callable[[str, str], None]) -> Any:
    """Search texts for images without a description only where there can be one: 0.6 s."""

    def find_empty_alt(content: str, path: str) -> None:
        if 'alt=""' in content or "alt=''" in content:
            plain(content, path)

    return find_empty_alt


def _quick_strftime(plain: Callable[[Any, str], str]) -> Any:
    """Format a date without a search for non-ASCII text in the format: 0.5 s."""
    quick = {"%Y": "{0.year:04d}", "%m": "{0.month:02d}", "%d": "{0.day:02d}"}

    def strftime(date: Any, date_format: str) -> str:
        if date_format in quick and date.year >= _FIRST_PADDED_YEAR:
            return quick[date_format].format(date)
        if isinstance(date, utils.SafeDatetime) and _PLAIN_FORMAT.fullmatch(date_format):
            return str(date.strftime(date_format, safe=False))
        return plain(date, date_format)

    return strftime


def _quick_date(plain: Callable[[str], Any]) -> Any:
    """Read dates such as 2019-03-01 10:00 without dateutil's guesses: 0.8 s."""
    midnight = utils.SafeDatetime.now().replace(hour=0, minute=0, second=0, microsecond=0)

    def get_date(string: str) -> Any:
        found = _DATE.fullmatch(string)
        try:
            numbers = [int(part or 0) for part in found.groups()] if found else []
            names = ("year", "month", "day", "hour", "minute", "second")
            return midnight.replace(**dict(zip(names, numbers, strict=True))) if numbers else plain(string)
        except ValueError:
            return plain(string)

    return get_date


def _grouped_translations(plain: Callable[..., Any]) -> Any:
    """Look for translations only among contents of one id; Pelican looks up each one in a list: 0.3 s."""

    def process_translations(content_list: list[Any], translation_id: Any = None) -> Any:
        ids = {translation_id} if isinstance(translation_id, str) else set(translation_id or ())
        try:
            content_list.sort(key=attrgetter(*ids))
        except (TypeError, AttributeError):
            return plain(content_list, translation_id)
        originals: list[Any] = []
        others: list[Any] = []
        for _, items in groupby(content_list, attrgetter(*ids)):
            group = list(items)
            if len(group) == 1 and "translation" not in group[0].metadata:
                group[0].translations = []
                originals += group
            else:
                for all_, some in zip((originals, others), plain(group, translation_id), strict=True):
                    all_ += some
        return originals, others

    return process_translations


def _quick_url(plain: Callable[..., str]) -> Any:
    """Fill URL patterns that name only what is below, without a copy of all metadata: 2 s."""
    gives: dict[str, Callable[[Any], Any]] = {
        "slug": lambda content: getattr(content, "slug", ""),
        "lang": lambda content: getattr(content, "lang", "en"),
        "date": lambda content: content.date,
        "category": lambda content: content.category.slug if hasattr(content, "category") else "",
    }
    used: dict[str, tuple[str, ...]] = {}
    dated: dict[Any, str] = {}

    def _expand_settings(self: Any, key: str, klass: str | None = None) -> str:
        pattern = str(self.settings[f"{klass or self.__class__.__name__}_{key}".upper()])
        if pattern not in used:
            used[pattern] = tuple(sorted({name for _, name, _, _ in Formatter().parse(pattern) if name is not None}))
        names = used[pattern]
        if not gives.keys() >= set(names) or ("date" in names and not hasattr(self, "date")):
            return plain(self, key, klass)
        values = {name: gives[name](self) for name in names}
        # Dates of two zones can be equal and yet be written differently.
        own = (pattern, getattr(values.get("date"), "tzinfo", None), *values.values())
        if own not in dated:
            dated[own] = pattern.format(**values)
        return dated[own]

    return _expand_settings
