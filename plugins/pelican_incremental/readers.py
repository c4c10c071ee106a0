"""Texts parsed on all cores and kept from build to build.

Saves 35 of 52 seconds of a build of 10,000 posts in which little changed, and a third of a first one on two cores.
"""

import json
from collections.abc import Iterable, Mapping, Sized
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, NamedTuple

from docutils.parsers.rst import directives, roles
from pelican import readers as plain

from .code import SettingsDigester
from .processes import Workers, may_fork, usable_cores
from .quick_markdown import is_resettable
from .store import Store, digest

FEW = 48
"""So many files are parsed in this process alone: starting others would take longer."""

_AT_ONCE = 250
"""So many texts are written to the store together; a build cut short keeps those before."""


class Parsed(NamedTuple):
    """What a file gives: `html`, the body; `data`, all else, as JSON knows it; `includes`, further files that it read.

    `included` is the engine's: the digest of these files.
    """

    html: str
    data: Any = None
    includes: tuple[str, ...] = ()
    included: str = ""


class CacheableReader:
    """Mixin before a class of Pelican's readers, `class MyReader(CacheableReader, MarkdownReader)`, in two steps.

    `parse` is pure, may run in any process, and is kept by the digest of the file; `build_metadata` runs in each build.
    Without a running engine the reader does both for each file.
    """

    texts: "Texts | None" = None

    def parse(self, raw: bytes, path: str) -> Parsed:
        """Return what a file that holds `raw` gives, from that and `cache_key` alone."""
        raise NotImplementedError

    def build_metadata(self, path: str, parsed: Parsed) -> tuple[str, dict[str, Any]]:
        """Return the content and metadata that Pelican wants of the file at `path`."""
        raise NotImplementedError

    def cache_key(self) -> str:
        """Return a digest of all that `parse` depends on beside the file: settings, code. "" means: keep nothing.

        The reader's class, the plugins' code and the versions of all installed packages count anyway.
        """
        raise NotImplementedError

    def read(self, source_path: str) -> tuple[str, dict[str, Any]]:
        """Return content and metadata of the file at `source_path`."""
        texts = self.texts
        parsed = texts.take(self, source_path) if texts else self.parse(Path(source_path).read_bytes(), source_path)
        return self.build_metadata(source_path, parsed)


class Texts:
    """Parsed files of one build; `parsed` counts those that had to be parsed.

    `salt` counts for all of them. `heard` fills with whatever is reported while one is parsed.
    """

    def __init__(self, store: Store, salt: str = "", heard: Sized = (), cores: int = 0) -> None:
        self.store, self.salt, self.cores, self.parsed = store, salt, cores or usable_cores(), 0
        self._heard, self._used = heard, set[str]()
        self._keys, self._stored, self._fresh = dict[str, str](), dict[str, str](), dict[str, str]()
        self._reader_keys: dict[CacheableReader, str] = {}

    def expect(self, files: Iterable[tuple[CacheableReader, str]]) -> None:
        """Find what is kept of files, each with its reader; parse the others on all cores, if there are many."""
        keys = {}
        for reader, path in files:
            with suppress(OSError):
                if with_ := self._key_of(reader):
                    keys[reader, path] = digest(with_, _read(path))
        self._keys |= {path: key for (_, path), key in keys.items()}
        self._used.update(keys.values())
        self._stored |= self.store.find(keys.values())
        missing = [file for file, key in keys.items() if key not in self._stored]
        if len(missing) <= FEW or self.cores == 1 or not may_fork():
            return
        workers = Workers(self.cores, lambda number: self._parse_alone(*missing[number]))
        with closing(workers), suppress(BrokenProcessPool):
            for (_, path), (key, text) in zip(missing, workers.map(range(len(missing))), strict=True):
                if key:
                    self._keys[path] = key
                    self._stored[key] = self._keep(key, text)

    def take(self, reader: CacheableReader, path: str) -> Parsed:
        """Return what the file at `path` gives."""
        with suppress(ValueError, TypeError):
            parsed = Parsed(*json.loads(self._stored.pop(self._keys.pop(path, ""), "")))
            if parsed.included == _digest_of(path, parsed.includes):
                return parsed
        key, text, parsed = self._parse(reader, path)
        self.parsed += not key
        # What is kept is JSON: this build has it as the next one will.
        return Parsed(*json.loads(self._keep(key, text))) if key else parsed

    def _key_of(self, reader: CacheableReader) -> str:
        if reader not in self._reader_keys:
            key = reader.cache_key()
            self._reader_keys[reader] = key and digest(self.salt, repr(type(reader)), key)
        return self._reader_keys[reader]

    def _parse(self, reader: CacheableReader, path: str) -> tuple[str, str, Parsed]:
        """Return the key, what is kept, and what the file gives; no key if that can't be kept."""
        raw, with_, before = _read(path), self._key_of(reader), len(self._heard)
        parsed = reader.parse(raw, path)
        # What was reported must be reported in each build, and what changed meanwhile was perhaps read later.
        if not with_ or len(self._heard) > before or _read(path) != raw:
            return "", "", parsed
        kept = parsed._replace(included=_digest_of(path, parsed.includes))
        return digest(with_, raw), json.dumps(kept, ensure_ascii=False), parsed

    def _parse_alone(self, reader: CacheableReader, path: str) -> tuple[str, str]:
        """Parse a file in another process; what fails or reports something is left to the first one."""
        with suppress(Exception):
            return self._parse(reader, path)[:2]
        return "", ""

    def _keep(self, key: str, text: str) -> str:
        self.parsed += 1
        self._used.add(key)
        self._fresh[key] = text
        if len(self._fresh) >= _AT_ONCE:
            self.store.add(self._fresh)
            self._fresh = {}
        return text

    def finish(self) -> None:
        """Write what is new, keep the store within its bound, close it."""
        self.store.add(self._fresh)
        if self.parsed:
            self.store.trim(self._used)
        self.store.close()
        self._stored, self._fresh = {}, {}


def _read(path: str) -> bytes:
    with open(path, "rb") as file:  # noqa: PTH123 - thousands of files
        return file.read()


def _digest_of(place: str, paths: Iterable[str]) -> str:
    """Return the digest of the files at `paths`, which stand where `place` sees them; "" for none."""
    files = [path.read_bytes() if path.is_file() else "" for path in map(Path, paths)]
    return digest(place, *files) if files else ""


class _TwoSteps(CacheableReader):
    """Parses as the reader beside it does, but for `process_metadata`, which is left to the second step."""

    _raw: list[tuple[str, Any]] | None = None
    _dependencies: Any = None
    _chosen: tuple[str, ...] = ()
    """Settings that count beside the reader's class."""

    def process_metadata(self, name: str, value: Any) -> Any:
        """Return the value as Pelican has it; in the first step, note what it is made of."""
        if self._raw is None:
            return super().process_metadata(name, value)  # type: ignore[misc]  # of the class beside it
        self._raw.append((name, value))
        return value

    def parse(self, raw: bytes, path: str) -> Parsed:
        """Let Pelican's reader read the file, and note its fields."""
        del raw
        self._raw = []
        try:
            html, fields = super(CacheableReader, self).read(path)  # type: ignore[misc]  # of the class beside it
            data = [self._raw, {name: value for name, value in fields.items() if (name, value) not in self._raw}]
        finally:
            self._raw = None
        return Parsed(html, data, tuple(getattr(self._dependencies, "list", ())))

    def build_metadata(self, path: str, parsed: Parsed) -> tuple[str, dict[str, Any]]:
        """Make metadata of the fields."""
        del path
        raw, others = parsed.data
        return parsed.html, {name: self.process_metadata(name, value) for name, value in raw} | others

    def cache_key(self) -> str:
        """Return the digest of the settings that count."""
        settings: Mapping[str, Any] = self.settings  # type: ignore[attr-defined]  # of the class beside it
        return SettingsDigester().of([settings.get(name) for name in self._chosen])


# Named as Pelican's: the name is part of the metadata.
class MarkdownReader(_TwoSteps, plain.MarkdownReader):
    """Keeps what Python-Markdown makes of a text, if its extensions keep and read nothing else."""

    _chosen = ("MARKDOWN", "FORMATTED_FIELDS")

    def cache_key(self) -> str:
        """Return the digest of the Markdown settings; "" with extensions that may keep or read anything."""
        return super().cache_key() if is_resettable(self.settings["MARKDOWN"]) else ""


class RstReader(_TwoSteps, plain.RstReader):
    """Keeps what docutils makes of reStructuredText, with the files that it includes."""

    _chosen = ("DOCUTILS_SETTINGS", "DEFAULT_LANG", "FORMATTED_FIELDS", "PYGMENTS_RST_OPTIONS")

    def cache_key(self) -> str:
        """Return the digest of docutils' settings; "" with directives and roles of others, which may read anything."""
        known = (*directives._directives.values(), *roles._roles.values())  # noqa: SLF001 - there is no other list
        others = [each for each in known if not each.__module__.startswith(("docutils.", "pelican.rst"))]
        return "" if others else super().cache_key()

    def _get_publisher(self, source_path: str) -> Any:
        publisher = super()._get_publisher(source_path)
        self._dependencies = publisher.settings.record_dependencies
        return publisher


class HTMLReader(_TwoSteps, plain.HTMLReader):
    """Keeps what is found in HTML files."""


_CACHED: dict[type, type] = {reader.__bases__[1]: reader for reader in (MarkdownReader, RstReader, HTMLReader)}


def use_cached_readers(readers: Any) -> None:
    """Put these readers in the place of Pelican's own; a plugin's stay (signal: readers_init)."""
    for extension, reader in readers.reader_classes.items():
        readers.reader_classes[extension] = _CACHED.get(reader, reader)
