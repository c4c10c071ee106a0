"""Names of Pelican that are replaced while a build runs: each could be sent upstream, and says what it saves.

Seconds are CPU seconds of a build of 10,000 posts with nothing changed, under the plain theme of the benchmark.
"""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any

from pelican import generators, readers, utils
from pelican.contents import Content

from .digests import Listing
from .manifest import Entry, Manifest
from .readers import reused
from .store import digest

_DATE = re.compile(r"([1-9]\d{3})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d))?)?")


@contextmanager
def patched(manifest: Manifest) -> Iterator[None]:
    """Replace the names while it lasts; may be entered again within."""
    replaced: list[tuple[Any, str, Any]] = [
        (utils, "copy_file", _noted_copy(utils.copy_file, manifest)),
        (generators, "process_translations", _grouped_translations(generators.process_translations)),
        (Content, "get_relative_source_path", _remembered_source_path(Content.get_relative_source_path)),
        (readers, "Markdown", reused(readers.Markdown)),
        (readers, "get_date", _quick_date(readers.get_date)),
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


def list_quickly(generator: Any, make: Callable[[str], Listing]) -> None:
    """Let an ArticlesGenerator list its articles in linear time, in lists by `make` (signal: article_generator_init).

    Pelican asks for each article, and each tag, category and author, whether the one is in the list of the other.
    Saves 10 s.
    """
    for kind in ("tags", "categories", "authors"):
        setattr(generator, kind, _Listings(kind, make))


class _Listings(dict[Any, Listing]):
    """What `defaultdict(list)` is to Pelican, with lists that know their key."""

    def __init__(self, kind: str, make: Callable[[str], Listing]) -> None:
        super().__init__()
        self._kind, self._make = kind, make

    def __missing__(self, key: Any) -> Listing:
        self[key] = listing = self._make(f"{self._kind} {key.slug}")
        return listing


def _noted_copy(plain: Callable[[str, str], None], manifest: Manifest) -> Callable[[str, str], None]:
    """Copy static files only if they changed, whole, and note all of them."""

    def copy_file(source: str, destination: str) -> None:
        if not destination.startswith(f"{manifest.root}/"):
            plain(source, destination)
            return
        name, stat = manifest.name(destination), os.stat(source)  # noqa: PTH116 - thousands of files
        made_of = digest("copy", source, str((stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size)))
        if name in manifest.entries or not manifest.leave(name, made_of):
            manifest.write(name, Path(source), Entry(digest=made_of))

    return copy_file


def _remembered_source_path(plain: Callable[..., Any]) -> Any:
    """Find the path below the content folder once, not eight times: 1.2 s."""
    known: dict[Any, Any] = {}

    def get_relative_source_path(self: Any, source_path: str | None = None) -> Any:
        key = (self.settings["PATH"], source_path or self.source_path)
        if key not in known:
            known[key] = plain(self, source_path)
        return known[key]

    return get_relative_source_path


def _quick_date(plain: Callable[[str], Any]) -> Any:
    """Read dates such as 2019-03-01 10:00 without dateutil's guesses: 0.7 s."""
    midnight = utils.SafeDatetime.now().replace(hour=0, minute=0, second=0, microsecond=0)

    def get_date(string: str) -> Any:
        with suppress(ValueError):
            if found := _DATE.fullmatch(string):
                names = ("year", "month", "day", "hour", "minute", "second")
                return midnight.replace(**{name: int(found[n] or 0) for n, name in enumerate(names, 1)})
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
                some, more = plain(group, translation_id)
                originals += some
                others += more
        return originals, others

    return process_translations
