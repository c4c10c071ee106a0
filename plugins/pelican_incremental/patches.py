"""Names of Pelican that are replaced while a build runs: each could be sent upstream, and says what it saves.

Seconds are CPU seconds of a build of 10,000 posts with nothing changed, under the plain theme of the benchmark.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any

from pelican import contents, generators, readers, urlwrappers, utils
from pelican.contents import Content
from pelican.settings import DEFAULT_CONFIG

from .digests import Listing
from .manifest import Manifest
from .pelican_readers import reused
from .store import digest

_PLAIN_FORMAT = re.compile(r"(?:[ ,.:/A-Za-z0-9-]|%[aAbBdHIjmMpSyY])*")
_DATE = re.compile(r"([1-9]\d{3})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d))?)?")


@contextmanager
def patched(manifest: Manifest) -> Iterator[None]:
    """Replace the names while it lasts; may be entered again within."""
    slugify = _remembered_slugify(utils.slugify)
    replaced: list[tuple[Any, str, Any]] = [
        (utils, "copy_file", _noted_copy(utils.copy_file, manifest)),
        (generators, "process_translations", _grouped_translations(generators.process_translations)),
        (contents, "slugify", slugify),
        (urlwrappers, "slugify", slugify),
        (Content, "_update_content", _if_linked(Content._update_content, lambda _, text, __: text)),  # noqa: SLF001 - Pelican's
        (Content, "get_static_links", _if_linked(Content.get_static_links, lambda _: set())),
        (readers, "Markdown", reused(readers.Markdown)),
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

    Pelican asks for each article, and each tag, category and author, whether the one is in the list of the other.
    Saves 10 s.
    """
    for name in ("tags", "categories", "authors"):
        setattr(generator, name, _Listings())


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

    def slugify(value: Any, regex_subs: Any = (), *more: Any, **options: Any) -> str:
        # The substitutions are few lists of the settings, alive as long as the build.
        key = (str(value), id(regex_subs), more, *options.items())
        if key not in known:
            known[key] = plain(value, regex_subs, *more, **options)
        return known[key]

    return slugify


def _may_link(settings: Any, text: str) -> bool:
    """Return whether Pelican could find a link of its own kind, {filename}x or |filename|x, in `text`."""
    if settings["INTRASITE_LINK_REGEX"] != DEFAULT_CONFIG["INTRASITE_LINK_REGEX"]:
        return True
    return ("{" in text or "|" in text) and any(opening in text for opening in ('"{', "'{", '"|', "'|"))


def _if_linked(plain: Callable[..., Any], otherwise: Callable[..., Any]) -> Any:
    """Search texts for links, and for links to static files, only where there can be one: 0.4 s."""

    def search(self: Any, *args: Any) -> Any:
        return (plain if _may_link(self.settings, args[0] if args else self._content) else otherwise)(self, *args)

    return search


def _if_empty_alt(plain: Callable[[str, str], None]) -> Any:
    """Search texts for images without a description only where there can be one: 0.3 s."""

    def find_empty_alt(content: str, path: str) -> None:
        if 'alt=""' in content or "alt=''" in content:
            plain(content, path)

    return find_empty_alt


def _quick_strftime(plain: Callable[[Any, str], str]) -> Any:
    """Format a date without a search for non-ASCII text in the format: 0.3 s."""

    def strftime(date: Any, date_format: str) -> str:
        quick = isinstance(date, utils.SafeDatetime) and _PLAIN_FORMAT.fullmatch(date_format)
        return str(date.strftime(date_format, safe=False)) if quick else plain(date, date_format)

    return strftime


def _quick_date(plain: Callable[[str], Any]) -> Any:
    """Read dates such as 2019-03-01 10:00 without dateutil's guesses: 0.7 s."""
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
    """Look for translations only among contents of one id; Pelican looks up each one in a list: 0.9 s."""

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
