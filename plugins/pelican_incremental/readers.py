"""Texts parsed on all cores and kept from build to build.

Saves 35 of 52 seconds of a build of 10,000 posts in which little changed, and a third of a first one on two cores.
"""

import functools
import gc
import json
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from docutils.parsers.rst import directives, roles
from docutils.utils import DependencyList
from markdown import Markdown
from pelican.log import LimitLogger
from pelican.readers import HTMLReader, MarkdownReader, RstReader

from .code import settings_digest
from .processes import Workers, may_fork, usable_cores
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
    """Parsed files of one build; `parsed` counts those that had to be parsed. `salt` counts for all of them."""

    def __init__(self, store: Store, salt: str = "", cores: int = 0) -> None:
        self.store, self.salt, self.cores, self.parsed = store, salt, cores or usable_cores(), 0
        self._used: set[str] = set()
        self._keys, self._stored, self._fresh = dict[str, str](), dict[str, str](), dict[str, str]()
        self._reader_keys: dict[int, tuple[str, CacheableReader]] = {}

    def expect(self, reader: CacheableReader, paths: Iterable[str]) -> None:
        """Find what is kept of the files at `paths`; parse the others on all cores, if there are many."""
        with_ = self._key_of(reader)
        if not with_:
            return
        keys = {}
        for path in paths:
            with suppress(OSError):
                keys[path] = digest(with_, Path(path).read_bytes())
        self._keys |= keys
        self._used.update(keys.values())
        self._stored |= self.store.find(keys.values())
        missing = [path for path, key in keys.items() if key not in self._stored]
        if len(missing) <= FEW or self.cores == 1 or not may_fork():
            return
        workers = Workers(self.cores, functools.partial(_parse_alone, reader, with_), fall_silent)
        with closing(workers), suppress(BrokenProcessPool):
            for path, (key, parsed) in zip(missing, workers.map(missing), strict=True):
                if key:
                    self._keys[path] = key
                    self._stored[key] = self._keep(key, parsed)

    def take(self, reader: CacheableReader, path: str) -> Parsed:
        """Return what the file at `path` gives."""
        with suppress(ValueError, TypeError):
            html, data, includes, included = json.loads(self._stored.pop(self._keys.pop(path, ""), ""))
            if included == _digest_of(includes):
                return Parsed(html, data, tuple(includes), included)
        key, parsed = _parse(reader, self._key_of(reader), path)
        self.parsed += not key
        if key:  # what is kept is JSON: this build has it as the next one will
            html, data, *_ = json.loads(self._keep(key, parsed))
            return Parsed(html, data)
        return parsed

    def _key_of(self, reader: CacheableReader) -> str:
        if id(reader) not in self._reader_keys:
            key = reader.cache_key()
            made = digest(self.salt, type(reader).__module__, type(reader).__qualname__, key) if key else ""
            self._reader_keys[id(reader)] = made, reader
        return self._reader_keys[id(reader)][0]

    def _keep(self, key: str, parsed: Parsed) -> str:
        self.parsed += 1
        self._used.add(key)
        text = self._fresh[key] = json.dumps(parsed._replace(included=_digest_of(parsed.includes)), ensure_ascii=False)
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


def _digest_of(paths: Iterable[str]) -> str:
    """Return the digest of the files at `paths`; "" for none."""
    files = [Path(path) for path in paths]
    return digest(*(file.read_bytes() if file.is_file() else "" for file in files)) if files else ""


def _parse(reader: CacheableReader, with_: str, path: str) -> tuple[str, Parsed]:
    """Return the key and what the file gives; no key if that can't be kept."""
    raw = Path(path).read_bytes()
    with hearing() as heard:
        parsed = reader.parse(raw, path)
    # What was reported must be reported in each build, and what changed meanwhile was perhaps read later.
    keeps = with_ and not heard and Path(path).read_bytes() == raw
    return digest(with_, raw) if keeps else "", parsed


def _parse_alone(reader: CacheableReader, with_: str, path: str) -> tuple[str, Parsed]:
    """Parse a file in another process; what fails or reports something is left to the first one."""
    with suppress(Exception):
        key, parsed = _parse(reader, with_, path)
        if key:
            return key, parsed
    return "", Parsed("")


@contextmanager
def hearing() -> Iterator[list[logging.LogRecord]]:
    """Give a list that fills with what is logged as a warning or worse, also what Pelican leaves out as repeated.

    A record may come twice.
    """
    heard: list[logging.LogRecord] = []
    limit, ear = LimitLogger.limit_filter, logging.Handler(logging.WARNING)
    ear.emit = heard.append  # type: ignore[method-assign, assignment]

    def filter_(record: logging.LogRecord) -> bool:
        heard.extend([record] * (record.levelno >= logging.WARNING))
        return bool(type(limit).filter(limit, record))

    outer = vars(limit).get("filter")
    logging.getLogger().addHandler(ear)
    vars(limit)["filter"] = filter_
    try:
        yield heard
    finally:
        logging.getLogger().removeHandler(ear)
        vars(limit).pop("filter") if outer is None else vars(limit).update(filter=outer)


def fall_silent() -> None:
    """Set up a copy of this process: nothing is collected, or logged, for a thread's lock may be shut."""
    gc.disable()
    logging.getLogger().handlers.clear()


_RESETTABLE = frozenset(
    "abbr admonition attr_list codehilite def_list extra fenced_code footnotes legacy_attrs legacy_em md_in_html meta "
    "nl2br sane_lists smarty tables toc wikilinks".split()
)
"""Python-Markdown's own extensions: a reset forgets all of the last text, and none reads other files."""


class _TwoSteps(CacheableReader):
    """Parses as the reader beside it does, but for `process_metadata`, which is left to the second step."""

    _raw: list[tuple[str, Any]] | None = None
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
        return Parsed(html, data, self._included())

    def build_metadata(self, path: str, parsed: Parsed) -> tuple[str, dict[str, Any]]:
        """Make metadata of the fields."""
        del path
        raw, others = parsed.data
        return parsed.html, {name: self.process_metadata(name, value) for name, value in raw} | others

    def cache_key(self) -> str:
        """Return the digest of the settings that count."""
        settings: Mapping[str, Any] = self.settings  # type: ignore[attr-defined]  # of the class beside it
        return settings_digest([settings.get(name) for name in self._chosen])

    def _included(self) -> tuple[str, ...]:
        return ()


class CachedMarkdownReader(_TwoSteps, MarkdownReader):
    """Keeps what Python-Markdown makes of a text, if its extensions keep and read nothing else."""

    _chosen = ("MARKDOWN", "FORMATTED_FIELDS")

    def cache_key(self) -> str:
        """Return the digest of the Markdown settings; "" with extensions that may keep or read anything."""
        return super().cache_key() if _is_resettable(self.settings["MARKDOWN"]) else ""


class CachedRstReader(_TwoSteps, RstReader):
    """Keeps what docutils makes of reStructuredText, with the files that it includes."""

    _chosen = ("DOCUTILS_SETTINGS", "DEFAULT_LANG", "FORMATTED_FIELDS", "PYGMENTS_RST_OPTIONS")
    _dependencies: Any = None

    def cache_key(self) -> str:
        """Return the digest of docutils' settings; "" with directives and roles of others, which may read anything."""
        known = (*directives._directives.values(), *roles._roles.values())  # noqa: SLF001 - there is no other list
        others = [each for each in known if not each.__module__.startswith(("docutils.", "pelican.rst"))]
        return "" if others else super().cache_key()

    def _get_publisher(self, source_path: str) -> Any:
        publisher = super()._get_publisher(source_path)
        self._dependencies = publisher.settings.record_dependencies
        return publisher

    def _included(self) -> tuple[str, ...]:
        found = self._dependencies
        return tuple(found.list) if isinstance(found, DependencyList) else ()


class CachedHTMLReader(_TwoSteps, HTMLReader):
    """Keeps what is found in HTML files."""


def _is_resettable(settings: Mapping[str, Any]) -> bool:
    """Return whether one Markdown object can convert text after text, and each gives the same alone."""
    names = {e.removeprefix("markdown.extensions.") if isinstance(e, str) else "" for e in settings["extensions"]}
    configs = settings["extension_configs"]
    notes = configs.get("markdown.extensions.footnotes") or configs.get("footnotes") or {}
    known = {"extensions", "extension_configs", "output_format", "tab_length"}
    return names <= _RESETTABLE and not notes.get("UNIQUE_IDS") and settings.keys() <= known


def reused(plain: type[Markdown]) -> Callable[..., Markdown]:
    """Return what makes Markdown objects for Pelican's reader: one for all files, saving a fifth of their time."""
    made: list[tuple[Any, Markdown, Any]] = []

    def make(**settings: Any) -> Markdown:
        if not _is_resettable(settings):
            return plain(**settings)
        if not made or made[0][0] != settings:
            markdown = plain(**settings)
            made[:] = [(settings, markdown, markdown.preprocessors["meta"])]
        _, markdown, meta = made[0]
        markdown.preprocessors.register(meta, "meta", 27)  # Pelican takes it out after the body
        return markdown.reset()

    return make


_CACHED: dict[type, type] = {
    # Named as Pelican's: the name is part of the metadata.
    plain: type(plain.__name__, (cached,), {"__module__": cached.__module__})
    for plain, cached in (
        (MarkdownReader, CachedMarkdownReader),
        (RstReader, CachedRstReader),
        (HTMLReader, CachedHTMLReader),
    )
}


def use_cached_readers(readers: Any) -> None:
    """Put these readers in the place of Pelican's own; a plugin's stay (signal: readers_init)."""
    for extension, reader in readers.reader_classes.items():
        readers.reader_classes[extension] = _CACHED.get(reader, reader)
