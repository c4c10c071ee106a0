"""Readers whose results are cached from build to build, parsed on all cores.

Saves 35 of 52 seconds of a build of 10,000 posts in which little changed, and a third of a first one on two cores.
"""

import json
from collections.abc import Iterable, Mapping, Sized
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, NamedTuple

from docutils.parsers.rst import directives, roles
from pelican import readers as pelican_readers

from .code_digests import SettingsDigester
from .processes import WorkerPool, count_usable_cores, may_fork
from .quick_markdown import is_resettable
from .store import Store, digest

MAX_SERIAL_FILES = 48  # more are parsed by workers; for fewer, starting these would take longer
_BATCH_SIZE = 250  # texts written to the store at once; an interrupted build keeps those written before


class Parsed(NamedTuple):
    """A parsed file: its body, any JSON value, and the paths of other files that were read to parse it."""

    html: str
    data: Any = None
    includes: tuple[str, ...] = ()
    includes_digest: str = ""  # set by the engine


class CacheableReader:
    """Mixin before a reader class of Pelican's, as in `class MyReader(CacheableReader, MarkdownReader)`.

    `parse` is pure, may run in any process, and is cached by the digest of the file; `build_metadata` runs in each
    build. Without a running engine the reader does both for each file.
    """

    parse_cache: "ParseCache | None" = None

    def parse(self, raw: bytes, path: str) -> Parsed:
        """Parse the bytes of a file; the result must depend on them and `cache_key` alone."""
        raise NotImplementedError

    def build_metadata(self, path: str, parsed: Parsed) -> tuple[str, dict[str, Any]]:
        """Return the content and metadata that Pelican expects of the file at `path`."""
        raise NotImplementedError

    def cache_key(self) -> str:
        """Return a digest of what `parse` depends on besides the file, such as settings; "" turns caching off.

        The reader's class, the plugins' code and the versions of all installed packages count anyway.
        """
        raise NotImplementedError

    def read(self, source_path: str) -> tuple[str, dict[str, Any]]:
        """Return content and metadata of the file at `source_path`."""
        cache = self.parse_cache
        parsed = cache.load(self, source_path) if cache else self.parse(Path(source_path).read_bytes(), source_path)
        return self.build_metadata(source_path, parsed)


class ParseCache:
    """The parsed files of one build, loaded from a store or parsed; `parse_count` counts the latter.

    `environment_key` is part of every key. `warnings` grows by whatever is logged: a file that adds to it isn't cached.
    """

    def __init__(self, store: Store, environment_key: str = "", warnings: Sized = (), cores: int = 0) -> None:
        self.store, self.environment_key = store, environment_key
        self.cores, self.parse_count = cores or count_usable_cores(), 0
        self._warnings, self._used_keys = warnings, set[str]()
        self._loaded, self._unsaved = dict[str, str](), dict[str, str]()  # texts: by path, by key
        self._reader_keys: dict[CacheableReader, str] = {}

    def prefetch(self, files: Iterable[tuple[CacheableReader, str]]) -> None:
        """Load what is stored of files, each with its reader; parse the others on all cores if there are many."""
        keys = {}
        for reader, path in files:
            with suppress(OSError):
                if reader_key := self._get_reader_key(reader):
                    keys[reader, path] = digest(reader_key, Path(path).read_bytes())
        self._used_keys.update(keys.values())
        stored = self.store.find(keys.values())
        self._loaded |= {path: stored[key] for (_, path), key in keys.items() if key in stored}
        missing = [file for file, key in keys.items() if key not in stored]
        if len(missing) <= MAX_SERIAL_FILES or self.cores == 1 or not may_fork():
            return
        workers = WorkerPool(self.cores, lambda index: self._parse_in_worker(*missing[index]))
        with closing(workers), suppress(BrokenProcessPool):
            for (_, path), (key, text) in zip(missing, workers.map(range(len(missing))), strict=True):
                if key:
                    self._loaded[path] = self._save(key, text)

    def load(self, reader: CacheableReader, path: str) -> Parsed:
        """Return the parsed file at `path`, from the cache if its files have not changed."""
        with suppress(ValueError, TypeError):
            parsed = Parsed(*json.loads(self._loaded.pop(path, "")))
            if parsed.includes_digest == _digest_includes(path, parsed.includes):
                return parsed
        key, text, parsed = self._parse(reader, path)
        self.parse_count += not key
        # Decode what was stored: this build gets the same types as the next one.
        return Parsed(*json.loads(self._save(key, text))) if key else parsed

    def _get_reader_key(self, reader: CacheableReader) -> str:
        if reader not in self._reader_keys:
            key = reader.cache_key()
            self._reader_keys[reader] = key and digest(self.environment_key, repr(type(reader)), key)
        return self._reader_keys[reader]

    def _parse(self, reader: CacheableReader, path: str) -> tuple[str, str, Parsed]:
        """Return the key, the text to store, and the parsed file; the key is "" if it must not be stored."""
        raw, reader_key, warnings_before = Path(path).read_bytes(), self._get_reader_key(reader), len(self._warnings)
        parsed = reader.parse(raw, path)
        # A warning must be logged in each build, and a file that changed meanwhile may have been read again.
        if not reader_key or len(self._warnings) > warnings_before or Path(path).read_bytes() != raw:
            return "", "", parsed
        complete = parsed._replace(includes_digest=_digest_includes(path, parsed.includes))
        return digest(reader_key, raw), json.dumps(complete, ensure_ascii=False), parsed

    def _parse_in_worker(self, reader: CacheableReader, path: str) -> tuple[str, str]:
        """Parse a file in a worker; one that fails or logs a warning is parsed again by the main process."""
        with suppress(Exception):
            return self._parse(reader, path)[:2]
        return "", ""

    def _save(self, key: str, text: str) -> str:
        self.parse_count += 1
        self._used_keys.add(key)
        self._unsaved[key] = text
        if len(self._unsaved) >= _BATCH_SIZE:
            self.store.add(self._unsaved)
            self._unsaved = {}
        return text

    def close(self) -> None:
        """Write new texts, trim the store and close it."""
        self.store.add(self._unsaved)
        if self.parse_count:
            self.store.trim(self._used_keys)
        self.store.close()
        self._loaded, self._unsaved = {}, {}


def _digest_includes(path: str, includes: Iterable[str]) -> str:
    """Return the digest of the files that the one at `path` includes; "" for none."""
    files = [file.read_bytes() if file.is_file() else "" for file in map(Path, includes)]
    return digest(path, *files) if files else ""


class _TwoStepReader(CacheableReader):
    """Parses as the Pelican reader it is mixed into, but leaves `process_metadata` to `build_metadata`."""

    _raw_fields: list[tuple[str, Any]] | None = None
    _dependencies: Any = None
    _key_settings: tuple[str, ...] = ()  # names of the settings that are part of the cache key

    def process_metadata(self, name: str, value: Any) -> Any:
        """Return the value that Pelican makes of a field; while parsing, record the raw value and return it."""
        if self._raw_fields is None:
            return super().process_metadata(name, value)  # type: ignore[misc]  # of the Pelican reader
        self._raw_fields.append((name, value))
        return value

    def parse(self, raw: bytes, path: str) -> Parsed:
        """Let Pelican's reader read the file, and record its fields."""
        del raw
        self._raw_fields = []
        try:
            html, fields = super(CacheableReader, self).read(path)  # type: ignore[misc]  # of the Pelican reader
            others = {name: value for name, value in fields.items() if (name, value) not in self._raw_fields}
            return Parsed(html, [self._raw_fields, others], tuple(getattr(self._dependencies, "list", ())))
        finally:
            self._raw_fields = None

    def build_metadata(self, path: str, parsed: Parsed) -> tuple[str, dict[str, Any]]:
        """Let Pelican's reader process the fields."""
        del path
        raw_fields, others = parsed.data
        return parsed.html, {name: self.process_metadata(name, value) for name, value in raw_fields} | others

    def cache_key(self) -> str:
        """Return the digest of the settings that count."""
        settings: Mapping[str, Any] = self.settings  # type: ignore[attr-defined]  # of the Pelican reader
        return SettingsDigester().digest([settings.get(name) for name in self._key_settings])


# The class names are Pelican's because they are part of the metadata.
class MarkdownReader(_TwoStepReader, pelican_readers.MarkdownReader):
    """Caches converted Markdown, unless an extension keeps state or may read other files."""

    _key_settings = ("MARKDOWN", "FORMATTED_FIELDS")

    def cache_key(self) -> str:
        """Return the digest of the Markdown settings; "" if an extension may keep state or read other files."""
        return super().cache_key() if is_resettable(self.settings["MARKDOWN"]) else ""


class RstReader(_TwoStepReader, pelican_readers.RstReader):
    """Caches converted reStructuredText, with the files that it includes."""

    _key_settings = ("DOCUTILS_SETTINGS", "DEFAULT_LANG", "FORMATTED_FIELDS", "PYGMENTS_RST_OPTIONS")

    def cache_key(self) -> str:
        """Return the digest of docutils' settings; "" if a plugin added directives or roles, which may read files."""
        registered = (*directives._directives.values(), *roles._roles.values())  # noqa: SLF001 - the only list
        added = [each for each in registered if not each.__module__.startswith(("docutils.", "pelican.rst"))]
        return "" if added else super().cache_key()

    def _get_publisher(self, source_path: str) -> Any:
        publisher = super()._get_publisher(source_path)
        self._dependencies = publisher.settings.record_dependencies
        return publisher


class HTMLReader(_TwoStepReader, pelican_readers.HTMLReader):
    """Caches parsed HTML files."""


def use_cached_readers(readers: Any) -> None:
    """Replace Pelican's own readers by cached ones; those of plugins stay (signal: readers_init)."""
    cached: dict[type, type] = {reader.__bases__[1]: reader for reader in (MarkdownReader, RstReader, HTMLReader)}
    for extension, reader in readers.reader_classes.items():
        readers.reader_classes[extension] = cached.get(reader, reader)
