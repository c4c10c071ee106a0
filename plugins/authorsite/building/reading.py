"""Files into prepared bodies: from memory, from the cache, or converted on all cores.

A reader takes part when it can work in two steps: one that is pure, gives JSON, may run in any process and is kept by
the digest of the file; and one that makes content and metadata of that. Pelican's own Markdown reader is taught to;
others may offer the methods of `TwoStep`; all the rest read as ever.
"""

from __future__ import annotations

import functools
import gc
import logging
import os
import threading
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from pelican.log import LimitLogger

from ..processes import shared_out
from .cache import Cache, Prepared
from .digests import digest
from .kept import stamp
from .objects import Objects
from .two_steps import TwoStep, two_step

FEW = 48
"""So many files are converted at once in this process: starting others would take longer."""


def cores() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass
class Reading:
    """Prepared bodies for one build; a resident server keeps it from build to build.

    `converted` counts the bodies that had to be converted.
    """

    cache: Cache
    cores: int = field(default_factory=cores)
    salt: str = ""
    converted: int = 0
    objects: Objects = field(init=False)
    used: set[str] = field(default_factory=set)
    _ready: dict[str, tuple[Any, str, Prepared]] = field(default_factory=dict)
    _stamps: dict[str, Any] = field(default_factory=dict)
    _with: dict[int, tuple[TwoStep, str]] = field(default_factory=dict)
    _fresh: dict[str, Prepared] = field(default_factory=dict)
    _coming: Generator[tuple[str, str, Prepared | None], None, None] | None = None
    _teachers: dict[str, TwoStep] = field(default_factory=dict)
    _texts: dict[str, str] = field(default_factory=dict)
    _asked: int = 0

    def __post_init__(self) -> None:
        self.objects = Objects(self.cache, self._text, self._read)

    def begin(self) -> None:
        """Begin another build: its readers are others."""
        self._with, self.used, self.converted = {}, set(), 0
        self._texts, self._asked = {}, 0

    def expect(self, reader: TwoStep, paths: Iterable[str]) -> None:
        """Make ready what `paths` will give: kept bodies now, the others converted on all cores, in this order."""
        self._receive(None)
        with_ = self._prepared_with(reader)
        keys: dict[str, str] = {}
        for path in paths:
            self._teachers[path] = reader
            if body := self.objects.knows(path):
                self.used.add(body)
                continue
            moment = (stamp(path), with_)
            known = self._ready.get(path)
            if known is not None and moment[0] is not None and known[0] == moment:
                self.used.add(known[1])
                continue
            try:
                with open(path, "rb") as file:  # noqa: PTH123 - ten thousand times a build
                    keys[path] = digest(with_, file.read())
            except OSError:
                continue
            self._stamps[path] = moment
        self.used.update(keys.values())
        found = self.cache.find(keys.values())
        self._ready.update((path, (self._stamps[path], key, found[key])) for path, key in keys.items() if key in found)
        missing = [path for path, key in keys.items() if key not in found]
        if len(missing) > FEW and self.cores > 1 and may_fork():
            prepare = functools.partial(_prepare, reader, with_)
            self._coming = shared_out(prepare, missing, self.cores - 1, fall_silent)

    def _prepared_with(self, reader: TwoStep) -> str:
        if id(reader) not in self._with:
            self._with[id(reader)] = (reader, digest(self.salt, reader.prepared_with()))
        return self._with[id(reader)][1]

    def take(self, reader: TwoStep, path: str) -> Prepared | None:
        """Return what the file at `path` gives; None: it must be read as ever."""
        with_ = self._prepared_with(reader)
        moment = (stamp(path), with_)
        self._receive(path, moment)
        known = self._ready.get(path)
        if known is not None and known[0] == moment:
            return known[2]
        try:
            raw = Path(path).read_bytes()
        except OSError:
            return None
        self._stamps[path] = moment
        with _Watch() as watch:
            prepared = reader.prepare(raw)
        if watch.heard:
            # What was said of it must be said in every build.
            return prepared
        self._keep(path, digest(with_, raw), prepared)
        return prepared

    def _read(self, path: str) -> tuple[str, str]:
        """Return the key and the HTML of a file that was just read; ("", "") when it was not read in two steps."""
        found = self._ready.get(path)
        return (found[1], found[2][0]) if found is not None else ("", "")

    def _text(self, path: str, key: str) -> str:
        """Return the HTML of a file whose object was kept."""
        found = self._ready.get(path)
        if found is not None and found[1] == key:
            return found[2][0]
        if key not in self._texts:
            self._asked += 1
            # Who asks for many will ask for all, and one answer costs less than thousands.
            self._texts |= self.cache.texts([key] if self._asked < _SINGLY else self.used - self._texts.keys())
        html = self._texts.get(key)
        if html is not None:
            return html
        # The cache was lost in the meantime.
        prepared = self._teachers[path].prepare(Path(path).read_bytes())
        return prepared[0] if prepared is not None else ""

    def _receive(self, path: str | None, moment: Any = None) -> None:
        """Take what the other processes have ready, up to `path` (None: all of it)."""
        while self._coming is not None:
            known = self._ready.get(path) if path is not None else None
            if known is not None and known[0] == moment:
                return
            come = next(self._coming, None)
            if come is None:
                self._coming = None
            else:
                self._keep(*come)

    def _keep(self, path: str, key: str, prepared: Prepared | None) -> None:
        self.converted += 1
        if prepared is None:
            return
        self._ready[path] = (self._stamps[path], key, prepared)
        self._fresh[key] = prepared
        self.used.add(key)
        if len(self._fresh) >= _AT_ONCE:
            self.save()

    def save(self) -> None:
        """Write what is new to the cache."""
        self.cache.add(self._fresh)
        self._fresh = {}

    def finish(self) -> None:
        """End the processes, write what is new and keep the cache within its bound."""
        if self._coming is not None:
            self._coming.close()
            self._coming = None
        grew = bool(self._fresh)
        self.save()
        self.objects.finish()
        self._texts = {}
        if grew:
            self.cache.trim(self.used | self.objects.shapes())


_SINGLY = 50
"""So many texts are looked up one by one: a feed needs no more."""

_AT_ONCE = 250
"""So many rows are written to the cache at once; a build cut short keeps those before."""


def _prepare(reader: TwoStep, with_: str, path: str) -> tuple[str, str, Prepared | None]:
    try:
        raw = Path(path).read_bytes()
        with _Watch(alone=True) as watch:
            prepared = reader.prepare(raw)
        return path, digest(with_, raw), None if watch.heard else prepared
    except Exception:  # noqa: BLE001 - read as ever, in the first process, it fails where it is reported
        return path, "", None


class _Watch(logging.Handler):
    """Hears, while it is entered, whether anything was said at warning level or above; if `alone`, nobody else does."""

    def __init__(self, *, alone: bool = False) -> None:
        super().__init__(logging.WARNING)
        self.heard, self.alone = False, alone
        self._others: list[logging.Handler] = []

    def emit(self, record: logging.LogRecord) -> None:  # noqa: ARG002 - that something was said is enough
        self.heard = True

    def __enter__(self) -> Self:
        root = logging.getLogger()
        self._others = root.handlers
        root.handlers = [self] if self.alone else [*root.handlers, self]
        if self.alone:
            # Pelican leaves out what it has seen before, but nobody has seen this.
            vars(LimitLogger.limit_filter)["filter"] = lambda _: True
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger().handlers = self._others
        vars(LimitLogger.limit_filter).pop("filter", None)


def fall_silent(*heard: logging.Handler) -> None:
    """Set up a copy of this process: nothing is collected, or said (a lock of a thread may be shut) but to `heard`."""
    gc.disable()
    logging.getLogger().handlers[:] = heard


def may_fork() -> bool:
    """Whether a fork is safe: no thread runs beside this one but the one that turns Pelican's spinner."""
    others = (t for t in threading.enumerate() if t is not threading.current_thread())
    return hasattr(os, "fork") and all(type(t).__module__.startswith("rich.") for t in others)


def teach(readers: Any, reading: Reading, salt: str) -> dict[str, TwoStep]:
    """Let the two-step readers among Pelican's `readers` read from `reading`; return them by file extension."""
    taught: dict[str, TwoStep] = {}
    reading.salt = salt
    if not readers._cache and not readers._cache_data_policy:  # noqa: SLF001 - Pelican's own cache is not in use
        readers.get_cached_data = lambda _, default=None: default
        readers.cache_data = lambda *_: None
    made: dict[int, TwoStep | None] = {}
    for extension, reader in readers.readers.items():
        if id(reader) not in made:
            made[id(reader)] = two_step(reader, salt)
        split = made[id(reader)]
        if split is not None:
            taught[extension] = split
            if not hasattr(reader, "_read_as_ever"):
                reader._read_as_ever = reader.read  # noqa: SLF001 - a name of ours
            reader.read = _reader(split, reader._read_as_ever, reading)  # noqa: SLF001 - the same
    return taught


def _reader(split: TwoStep, as_ever: Callable[[str], Any], reading: Reading) -> Callable[[str], Any]:
    def read(path: str) -> Any:
        prepared = reading.take(split, path)
        return as_ever(path) if prepared is None else split.read_prepared(path, prepared)

    return read
