"""A keyed store of texts that is safe to delete, safe when damaged, bounded in size, and no pickle.

Two builds may use one at once: each takes what it finds, and what it adds under a key is the same whoever adds it.
"""

import contextlib
import json
import os
import sqlite3
import sys
from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Any
from zlib import crc32

_MAKE = "CREATE TABLE IF NOT EXISTS texts (key TEXT PRIMARY KEY, crc INTEGER NOT NULL, text TEXT NOT NULL)"
_FIND = "SELECT key, crc, text FROM texts WHERE key IN (SELECT value FROM json_each(?))"
_DROP = "DELETE FROM texts WHERE key NOT IN (SELECT value FROM json_each(?))"


def digest(*parts: bytes | str) -> str:
    """Return 32 hex digits for `parts`; where one part ends and the next begins makes a difference."""
    text = "".join([f"{len(part)}:{part if isinstance(part, str) else part.decode('latin-1')}" for part in parts])
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def versions() -> list[str]:
    """Return Python's version, and the names, with versions, of all installed packages."""
    folders = (folder for folder in sys.path if folder.endswith("-packages") and Path(folder).is_dir())
    names = (name for folder in folders for name in sorted(os.listdir(folder)))  # noqa: PTH208 - names alone
    return [sys.version, *(name for name in names if name.endswith((".dist-info", ".egg-info")))]


class Store:
    """Texts by key in an SQLite file; over `limit` bytes only those in use are kept.

    A file that can't be used is begun anew; a folder that can't be written to means that nothing is kept. Keys must
    be digests of all that their text was made of: a text is never asked whether it is still right.
    """

    def __init__(self, file: Path, limit: int = 256 * 2**20) -> None:
        self.file, self.limit = file, limit
        self._base = self._open()

    def _open(self, *, again: bool = True) -> sqlite3.Connection | None:
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            base = sqlite3.connect(self.file, timeout=20)
            # No write-ahead log: its shared memory would bring a build down when a file is cut short under it.
            base.executescript(f"PRAGMA journal_mode = DELETE; PRAGMA synchronous = OFF; {_MAKE};")
        except (sqlite3.DatabaseError, OSError) as error:
            if not again or "locked" in str(error):
                return None
            self._remove()
            return self._open(again=False)
        return base

    def find(self, keys: Iterable[str]) -> dict[str, str]:
        """Return the texts that are kept for `keys` and undamaged."""
        rows: list[Any] = []
        with self._careful() as base:
            rows = base.execute(_FIND, (json.dumps([*keys]),)).fetchall()
        return {key: text for key, crc, text in rows if crc == crc32(text.encode("utf-8", "surrogatepass"))}

    def add(self, texts: Mapping[str, str]) -> None:
        """Keep `texts`."""
        with self._careful() as base, base:
            rows = [(key, crc32(text.encode("utf-8", "surrogatepass")), text) for key, text in texts.items()]
            base.executemany("INSERT OR REPLACE INTO texts VALUES (?, ?, ?)", rows)

    def trim(self, used: Iterable[str]) -> None:
        """Drop the texts that this build did not use, if the file has grown over the limit."""
        with self._careful() as base:
            if self.file.exists() and self.file.stat().st_size > self.limit:
                with base:
                    base.execute(_DROP, (json.dumps([*used]),))
                base.execute("VACUUM")

    @contextlib.contextmanager
    def _careful(self) -> Iterator[sqlite3.Connection]:
        """Do nothing without a file, and go on without it when it is damaged."""
        try:
            yield self._base or sqlite3.connect(":memory:")
        except (sqlite3.DatabaseError, UnicodeEncodeError, ValueError):
            self.close()
            self._remove()

    def _remove(self) -> None:
        for name in (self.file.name, f"{self.file.name}-journal"):
            with contextlib.suppress(OSError):
                self.file.with_name(name).unlink(missing_ok=True)

    def close(self) -> None:
        """Close the file."""
        if self._base is not None:
            with contextlib.suppress(sqlite3.Error):
                self._base.close()
            self._base = None
