"""The feed cache: remembers the inputs of each feed, so that a build writes only feeds that changed."""

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from pelican_incremental.files import atomic_write
from pelican_incremental.store import digest, installed_versions

from .. import i18n, markup
from .models import Entry, Feed
from .rendering import EntryRenderer


class FeedCache:
    """A JSON file that maps each feed's path to the hash of its inputs and the size and mtime of its output file.

    A missing or damaged file counts as an empty cache.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self.current: dict[str, str] = {}
        try:
            self.previous: dict[str, str] = dict(json.loads(file.read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            self.previous = {}

    def is_current(self, path: str, input_hash: str, output_file: Path) -> bool:
        """Return whether the file is unchanged since the feed `path` was generated from this input hash."""
        if self.previous.get(path) != _cache_value(input_hash, output_file):
            return False
        self.current[path] = self.previous[path]
        return True

    def store(self, path: str, input_hash: str, output_file: Path) -> None:
        """Record the feed `path` after its file was written."""
        self.current[path] = _cache_value(input_hash, output_file)

    def save(self) -> None:
        """Write the feeds of this build to the cache file."""
        if self.current != self.previous:
            atomic_write(self.file, json.dumps(self.current).encode())


def _cache_value(input_hash: str, file: Path) -> str:
    try:
        stat = file.stat()
    except OSError:
        return ""
    return f"{input_hash} {stat.st_size} {stat.st_mtime_ns}"


def hash_inputs(feed: Feed, entries: Sequence[Entry], renderer: EntryRenderer) -> str:
    """Return a hash of everything that determines the bytes of a feed."""
    return digest(_code_digest(), repr(feed), repr((renderer.full_text, renderer.footer)), *map(repr, entries))


@cache
def _code_digest() -> str:
    """Return a digest of the code and the catalogues that generate feeds, and of the installed versions."""
    files = [
        *sorted(Path(__file__).parent.glob("*.py")),
        *sorted(i18n.CATALOGUES.glob("*.p[oy]")),
        Path(markup.__file__),
    ]
    return digest(*(file.read_bytes() for file in files), *installed_versions())
