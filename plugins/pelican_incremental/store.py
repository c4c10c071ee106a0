"""A keyed store of texts that is safe to delete, safe when damaged, bounded in size, and no pickle.

Two builds may use one at once: each takes what it finds, and what it adds under a key is the same whoever adds it.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import sys
from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from pathlib import Path
from zlib import crc32

_AT_ONCE = 500


def digest(*parts: bytes | str) -> str:
    """Return 32 hex digits for `parts`; where one part ends and the next begins makes a difference."""
    data = [part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part for part in parts]
    return blake2b(repr([*map(len, data)]).encode() + b"".join(data), digest_size=16).hexdigest()


def versions() -> list[str]:
    """Return Python's version, and the names, with versions, of all installed packages."""
    found = [sys.version]
    for folder in sys.path:
        if folder.endswith("-packages") and os.path.isdir(folder):  # noqa: PTH112 - sys.path holds texts
            found.extend(sorted(name for name in os.listdir(folder) if name.endswith((".dist-info", ".egg-info"))))  # noqa: PTH208
    return found


class Store:
    """Texts by key in an SQLite file; `limit` bounds the bytes that are kept.

    A file that can't be used is begun anew; a folder that can't be written to means that nothing is kept. Keys must
    be digests of all that their text was made of: a text is never asked whether it is still right.
    """

    def __init__(self, file: Path, limit: int = 256 * 2**20) -> None:
        self.file, self.limit = file, limit
        self._base: sqlite3.Connection | None = None
        for _ in range(2):
            try:
                self._base = self._open()
                break
            except (sqlite3.DatabaseError, OSError) as error:
                if isinstance(error, sqlite3.OperationalError) and "locked" in str(error):
                    break
                self._remove()

    def _open(self) -> sqlite3.Connection:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        base = sqlite3.connect(self.file, timeout=20, isolation_level=None)
        # No write-ahead log: its shared memory would bring a build down when a file is cut short under it.
        base.execute("PRAGMA journal_mode = DELETE")
        base.execute("PRAGMA synchronous = OFF")
        base.execute("CREATE TABLE IF NOT EXISTS texts (key TEXT PRIMARY KEY, crc INTEGER NOT NULL, text TEXT NOT NULL)")
        return base

    def find(self, keys: Iterable[str]) -> dict[str, str]:
        """Return the texts that are kept for `keys` and undamaged."""
        found: dict[str, str] = {}
        wanted = sorted(set(keys))
        for start in range(0, len(wanted) if self._base else 0, _AT_ONCE):
            some = wanted[start : start + _AT_ONCE]
            try:
                assert self._base is not None
                marks = ",".join("?" * len(some))
                rows = self._base.execute(f"SELECT key, crc, text FROM texts WHERE key IN ({marks})", some)  # noqa: S608
                found.update((key, text) for key, crc, text in rows if crc == _crc(text))
            except (sqlite3.DatabaseError, ValueError, AttributeError):
                self._give_up()
                break
        return found

    def add(self, texts: Mapping[str, str]) -> None:
        """Keep `texts`."""
        if not texts or self._base is None:
            return
        try:
            with self._transaction() as base:
                rows = ((key, _crc(text), text) for key, text in texts.items())
                base.executemany("INSERT OR REPLACE INTO texts VALUES (?, ?, ?)", rows)
        except (sqlite3.DatabaseError, UnicodeEncodeError):
            self._give_up()

    def trim(self, used: Iterable[str]) -> None:
        """Drop the oldest texts that this build did not use, until the rest is within the limit."""
        if self._base is None:
            return
        try:
            total = self._base.execute("SELECT coalesce(sum(length(text)), 0) FROM texts").fetchone()[0]
            if total <= self.limit:
                return
            kept = set(used)
            with self._transaction() as base:
                for key, size in base.execute("SELECT key, length(text) FROM texts ORDER BY rowid").fetchall():
                    if total <= self.limit:
                        break
                    if key not in kept:
                        base.execute("DELETE FROM texts WHERE key = ?", (key,))
                        total -= size
            self._base.execute("VACUUM")
        except sqlite3.DatabaseError:
            self._give_up()

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        assert self._base is not None
        self._base.execute("BEGIN IMMEDIATE")
        try:
            yield self._base
            self._base.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                self._base.execute("ROLLBACK")
            raise

    def _remove(self) -> None:
        for name in (self.file.name, f"{self.file.name}-journal"):
            with contextlib.suppress(OSError):
                self.file.with_name(name).unlink(missing_ok=True)

    def _give_up(self) -> None:
        """Go on without the file, and let the next build begin it anew."""
        self.close()
        self._remove()

    def close(self) -> None:
        """Close the file."""
        if self._base is not None:
            with contextlib.suppress(sqlite3.Error):
                self._base.close()
            self._base = None


def _crc(text: str) -> int:
    return crc32(text.encode("utf-8", "surrogatepass"))
