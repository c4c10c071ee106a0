"""What a resident server keeps between builds: Content objects as they were when read, and compiled templates."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from typing import Any

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from pelican import signals

from ..problems import KEY


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


class Residents(logging.Handler):
    """Content objects by file. Kept are those whose reading said nothing: what is said must be said in every build.

    It hears, as a logging handler, what is said. Nothing is kept until `begin` is called, nor while a plugin listens to
    objects being read.
    """

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.memory: Memory | None = None
        self._salt = ""
        self._kept: dict[str, tuple[Any, Any, dict[str, Any]]] = {}
        self._heard = 0
        self._log: Any = ()
        self._before: tuple[Any, int] = (None, 0)

    def begin(self, salt: str, settings: Mapping[str, Any]) -> None:
        """Begin a build; what was read under another salt is forgotten."""
        if salt != self._salt:
            self._kept, self.memory = {}, Memory()
        self._salt = salt
        self._log = settings.get(KEY)

    def emit(self, record: logging.LogRecord) -> None:  # noqa: ARG002 - that something was said is enough
        """Count it."""
        self._heard += 1

    def _said(self) -> int:
        return self._heard + (self._log.size if self._log is not None else 0)

    def take(self, path: str, context: Any, settings: Any) -> Any:
        """Return the object of `path`, as it was when read, in a new `context`; None when it must be read."""
        if self.memory is None or any(signal.receivers for signal in _LISTENED):
            return None
        self._before = (stamp(path), self._said())
        kept = self._kept.get(path)
        if kept is None or kept[0] != self._before[0]:
            return None
        _, content, given = kept
        content.__dict__.clear()
        content.__dict__.update(_copied(given))
        content._context, content.settings = context, settings  # noqa: SLF001 - set anew as Pelican set them
        return content

    def keep(self, path: str, content: Any) -> None:
        """Keep `content`, just read from `path`."""
        moment, said = self._before
        finished = getattr(content, "status", "") == "published" and not getattr(content, "draft", False)
        if self.memory is not None and moment is not None and finished and said == self._said():
            self._kept[path] = (moment, content, _copied(vars(content)))


_LISTENED = (
    signals.content_object_init,
    signals.article_generator_preread,
    signals.article_generator_context,
    signals.page_generator_preread,
    signals.page_generator_context,
)


def _copied(given: dict[str, Any]) -> dict[str, Any]:
    return {key: value.copy() if type(value) in {list, dict} else value for key, value in given.items()}


def stamp(path: str) -> tuple[int, int, int] | None:
    """Return what changes when a file does; None when it cannot be looked at."""
    try:
        stat = os.stat(path)  # noqa: PTH116 - ten thousand times a build
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size, stat.st_ctime_ns
