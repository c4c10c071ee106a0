"""Content objects as they were when read: kept in the cache from build to build, and by a resident server in memory.

Kept are published objects whose files were read in two steps and whose reading said nothing: what is said must be said
in every build. Nothing is kept, nor taken, while a plugin listens to objects being read.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from pelican import signals
from pelican.contents import Content
from pelican.settings import DEFAULT_CONFIG

from ..problems import KEY
from .cache import Cache, Prepared
from .digests import DIGITS, digest
from .kept import COMPUTED, OF_THE_TEXT, Holding, Kept, Stamp, stamp
from .records import KINDS, Decoder, Making, Unkeepable, making, taken_apart

_RACY = 50_000_000
"""A file changed so few nanoseconds ago may change again within one tick of the file system's clock."""

_NOT_KEPT = frozenset(("settings", "_context", "_content"))
_LISTENED = (
    signals.content_object_init,
    signals.article_generator_preread,
    signals.article_generator_context,
    signals.page_generator_preread,
    signals.page_generator_context,
)


class Memory(BytecodeCache):
    """Compiled templates by name and text."""

    def __init__(self) -> None:
        self.codes: dict[str, tuple[str, Any]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give `bucket` what was compiled from just this text."""
        checksum, code = self.codes.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        self.codes[bucket.key] = (bucket.checksum, bucket.code)


class Objects(logging.Handler):
    """Kept objects by file. As a logging handler it hears what is said.

    `text_of` gives a file's text by path and digest; `read` the digest and the text of a file that was just read.
    """

    def __init__(
        self, cache: Cache, text_of: Callable[[str, str], str], read: Callable[[str], tuple[str, str]]
    ) -> None:
        super().__init__(logging.WARNING)
        self.memory: Memory | None = None
        self._cache, self._text_of, self._read = cache, text_of, read
        self._salt = ""
        self._rows: dict[str, tuple[str, str, str, str]] = {}
        self._stored: set[str] = set()
        self._kept: dict[str, Kept] = {}
        # Of this build: by the id of each object, which is held so that the id stays its own.
        self._now: dict[int, tuple[Kept, Content, frozenset[str] | None]] = {}
        self._fresh: dict[str, tuple[str, str, str]] = {}
        self._seen: set[str] = set()
        # Those that `knows` has found, for `take`.
        self._next: dict[str, Kept] = {}
        self._computing = False
        self._date = datetime.now(UTC)
        self._heard = 0
        self._log: Any = ()
        self._before: tuple[Stamp | None, int] = (None, 0)
        self._shapes: dict[Any, str] = {}
        self._fresh_shapes: dict[str, Prepared] = {}
        self._makers: dict[str, Making | None] = {}
        self._settings: Mapping[str, Any] = {}

    def begin(self, salt: str, settings: Mapping[str, Any], *, resident: bool) -> None:
        """Begin a build; what was read under another salt is forgotten."""
        if salt != self._salt:
            self._rows = {row[0]: row for row in self._cache.objects(salt)}
            self._stored, self._kept, self.memory = set(self._rows), {}, Memory() if resident else None
        self._salt, self._log, self._settings = salt, settings.get(KEY), settings
        shapes = self._cache.find({record[:DIGITS] for *_, record in self._rows.values()})
        # Shapes of objects that are in memory stay in use, but nothing is made of them any more.
        makers = {key: making(text, Decoder(settings)) for key, (text, _) in shapes.items()}
        self._makers = dict.fromkeys(self._makers) | makers
        self._now, self._fresh, self._seen, self._next = {}, {}, set(), {}
        self._computing = _are_pelicans()
        given = settings.get("SITE_DATE")
        self._date = given if isinstance(given, datetime) else datetime.now(UTC)

    def emit(self, record: logging.LogRecord) -> None:  # noqa: ARG002 - that something was said is enough
        """Count it."""
        self._heard += 1

    @contextmanager
    def listening(self) -> Iterator[None]:
        """While it lasts, hear what is said."""
        logging.getLogger().addHandler(self)
        try:
            yield
        finally:
            logging.getLogger().removeHandler(self)

    def said(self) -> int:
        """Return how much was said so far: in the report, and by whoever logs."""
        return self._heard + (self._log.size if self._log is not None else 0)

    def knows(self, path: str) -> str:
        """Return the digest of the text of `path` when its object need not be read; "" when it must."""
        kept = self._found(path, stamp(path))
        if kept is None:
            return ""
        self._next[path] = kept
        return kept.body

    def take(self, path: str, context: Any, settings: Any) -> Any:
        """Return the object of `path`, as it was when read, in a new `context`; None when it must be read."""
        kept = self._next.pop(path, None)
        if kept is None:
            self._before = (stamp(path), self.said())
            kept = self._found(path, self._before[0])
            if kept is None:
                return None
        content: Any = object.__new__(kept.kind)
        # Context and settings are set anew as Pelican set them.
        content.__dict__ = kept.given() | {"_context": context, "settings": settings}
        self._note(path, content, kept)
        if kept.linked:
            self.fill(content)
        return content

    def fill(self, content: Any) -> str:
        """Give `content`, taken without its text, its text, and return that."""
        kept = self._now[id(content)][0]
        html = content._content = self._text_of(content.source_path, kept.body)  # noqa: SLF001 - Pelican's own name
        kept.text = hash(html)
        return html

    def keep(self, path: str, content: Any, *, linked: bool) -> None:
        """Keep `content`, just read from `path`."""
        moment, said = self._before
        key, html = self._read(path)
        finished = getattr(content, "status", "") == "published" and not getattr(content, "draft", False)
        if moment is None or not key or not finished or said != self.said() or _listened():
            return
        if html is not content._content or type(content) not in KINDS.values():  # noqa: SLF001 - Pelican's own name
            return
        given = {name: value for name, value in vars(content).items() if name not in _NOT_KEPT}
        leaves: list[Any] = []
        try:
            shape, summary = taken_apart(content, given, leaves, linked=linked)
        except Unkeepable:
            return
        known, told = self._shape(shape), _JSON.encode(leaves)
        meta, of_summary = digest(known, told), digest(summary)
        values = tuple(value.copy() if type(value) in {list, dict} else value for value in given.values())
        kept = Kept(moment, type(content), Holding(given), values, meta, of_summary, key, linked, hash(html))
        self._kept[path] = kept
        self._note(path, content, kept)
        if time.time_ns() - moment[0] > _RACY:
            self._fresh[path] = (_text(moment), key, f"{known}\n{meta}\n{of_summary}\n[{told},[{summary}]]")

    def shapes(self) -> set[str]:
        """Return the digests of the shapes in use."""
        return {*self._makers, *self._shapes.values()}

    def _shape(self, shape: Any) -> str:
        """Return the digest by which `shape` is kept."""
        if shape not in self._shapes:
            text = _JSON.encode(shape)
            self._shapes[shape] = digest(text)
            self._fresh_shapes[self._shapes[shape]] = (text, None)
        return self._shapes[shape]

    def _note(self, path: str, content: Content, kept: Kept) -> None:
        self._now[id(content)] = (kept, content, None)
        self._seen.add(path)

    def _found(self, path: str, moment: Stamp | None) -> Kept | None:
        if moment is None or _listened():
            return None
        kept = self._kept.get(path)
        row = self._rows.pop(path, None)
        if kept is None and row is not None and row[1] == _text(moment):
            kept = self._decoded(moment, row[2], row[3])
            if kept is not None:
                self._kept[path] = kept
        if kept is None or kept.stamp != moment:
            return None
        # What was out may wait again, when the site's date or the clock was put back.
        date = kept.holding.date
        return None if date is not None and kept.values[date] > self._date else kept

    def _decoded(self, moment: Stamp, body: str, record: str) -> Kept | None:
        try:
            shape, meta, of_summary, told = record.split("\n")
            made = self._makers[shape]
            if made is None:
                return None
            (leaves, summary), _ = _JSON_BACK.raw_decode(told)
            coming = iter(leaves)
            metadata, given = made.metadata(coming), made.others(coming)
            for name, key in made.shared:
                given[name] = metadata[key]
            if summary:
                metadata["summary"] = given["_summary"] = summary[0]
            given["metadata"] = metadata
            if made.holding is None:
                made.holding = Holding(given)
            if tuple(given) != made.holding.names:
                return None
            values = tuple(given.values())
            return Kept(moment, made.kind, made.holding, values, meta, of_summary, body, made.linked)
        except (ValueError, LookupError, TypeError, AttributeError, StopIteration):
            return None

    def own(self, content: Content) -> tuple[Kept, frozenset[str]] | None:
        """Return what is kept of `content`, and the names of its attributes that are as they were when it was read."""
        found = self._now.get(id(content))
        if found is None or not self._computing:
            return None
        kept, _, names = found
        if names is None:
            names = kept.unchanged(content)
            self._now[id(content)] = (kept, content, names)
        return kept, names

    def finish(self) -> None:
        """Write what is new to the cache, and drop what is there no more."""
        self._cache.add(self._fresh_shapes)
        self._cache.keep_objects(self._salt, self._fresh, self._stored - self._seen)
        self._stored = (self._stored & self._seen) | set(self._fresh)
        self._fresh, self._fresh_shapes, self._now = {}, {}, {}


def may_link(settings: Any, text: str) -> bool:
    """Whether Pelican could find a link of its own kind, {filename}x or |filename|x, in `text`."""
    if settings["INTRASITE_LINK_REGEX"] != DEFAULT_CONFIG["INTRASITE_LINK_REGEX"]:
        return True
    if "{" not in text and "|" not in text:
        return False
    return '"{' in text or "'{" in text or '"|' in text or "'|" in text


def _listened() -> bool:
    for signal in _LISTENED:  # noqa: SIM110 - hot: a generator costs more than it
        if signal.receivers:
            return True
    return False


_JSON_BACK = json.JSONDecoder()
_JSON = json.JSONEncoder(ensure_ascii=False, check_circular=False)


def _are_pelicans() -> bool:
    """Whether the computed attributes are Pelican's own, not a plugin's."""
    names = (*COMPUTED, *OF_THE_TEXT)
    return all(getattr(kind, name).fget.__module__ == Content.__module__ for name in names for kind in KINDS.values())


def _text(moment: Stamp) -> str:
    return f"{moment[0]} {moment[1]} {moment[2]}"
