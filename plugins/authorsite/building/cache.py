"""Converted bodies by digest: an SQLite file that is safe to delete, safe when damaged and bounded in size.

Two builds may use it at once: each takes what it finds, and what it adds is the same whoever adds it.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

LIMIT = 256 * 2**20
"""Bytes of bodies that are kept."""

_AT_ONCE = 500

Prepared = tuple[str, Any]
"""A body as HTML, and whatever else came out of its file, as JSON knows it."""


class Cache:
    """Prepared bodies by digest; an unusable file is begun anew, an unusable folder means no cache."""

    def __init__(self, file: Path, limit: int = LIMIT) -> None:
        self.file, self.limit = file, limit
        self._base: sqlite3.Connection | None = None
        self._inherited: sqlite3.Connection | None = None
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
        base.execute("CREATE TABLE IF NOT EXISTS bodies (key TEXT PRIMARY KEY, html TEXT NOT NULL, rest TEXT NOT NULL)")
        fields = "salt TEXT, path TEXT, stamp TEXT NOT NULL, body TEXT NOT NULL, record TEXT NOT NULL"
        base.execute(f"CREATE TABLE IF NOT EXISTS objects ({fields}, PRIMARY KEY (salt, path))")
        return base

    def reopen(self) -> None:
        """Use the file by a connection of this process's own, where another's came along by a fork."""
        if self._base is not None:
            self._inherited, self._base = self._base, self._open()

    def _remove(self) -> None:
        for name in (self.file.name, f"{self.file.name}-journal"):
            with contextlib.suppress(OSError):
                self.file.with_name(name).unlink(missing_ok=True)

    def find(self, keys: Iterable[str]) -> dict[str, Prepared]:
        """Return what is kept for `keys`."""
        try:
            return {key: (html, json.loads(rest)) for key, html, rest in self._bodies("key, html, rest", keys)}
        except ValueError:
            self._give_up()
            return {}

    def texts(self, keys: Iterable[str]) -> dict[str, str]:
        """Return the HTML that is kept for `keys`."""
        return dict(self._bodies("key, html", keys))

    def _bodies(self, columns: str, keys: Iterable[str]) -> Iterator[Any]:
        for some in _lots(sorted(set(keys))):
            marks = ",".join("?" * len(some))
            yield from self._rows(f"SELECT {columns} FROM bodies WHERE key IN ({marks})", some)  # noqa: S608

    def add(self, prepared: Mapping[str, Prepared]) -> None:
        """Keep `prepared`."""
        rows = [(key, html, json.dumps(rest, ensure_ascii=False)) for key, (html, rest) in prepared.items()]
        if not rows or self._base is None:
            return
        try:
            with self._transaction() as base:
                base.executemany("INSERT OR REPLACE INTO bodies VALUES (?, ?, ?)", rows)
        except (sqlite3.DatabaseError, UnicodeEncodeError):
            self._give_up()

    def objects(self, salt: str) -> list[tuple[str, str, str, str]]:
        """Return path, stamp, key of the body and record of each object kept under `salt`."""
        return self._rows("SELECT path, stamp, body, record FROM objects WHERE salt = ?", (salt,))

    def keep_objects(self, salt: str, fresh: Mapping[str, tuple[str, str, str]], gone: Iterable[str]) -> None:
        """Keep stamp, key of the body and record by path under `salt`, and drop what is `gone`.

        The objects of two salts are kept: those of the author's settings and of the published site's.
        """
        gone = sorted(gone)
        if self._base is None or not (fresh or gone):
            return
        try:
            with self._transaction() as base:
                base.executemany("DELETE FROM objects WHERE salt = ? AND path = ?", ((salt, path) for path in gone))
                rows = ((salt, path, *row) for path, row in fresh.items())
                base.executemany("INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?, ?)", rows)
                latest = "SELECT salt FROM objects GROUP BY salt ORDER BY max(rowid) DESC LIMIT 2"
                base.execute(f"DELETE FROM objects WHERE salt NOT IN ({latest})")  # noqa: S608
        except (sqlite3.DatabaseError, UnicodeEncodeError):
            self._give_up()

    def _rows(self, query: str, given: Sequence[str]) -> list[Any]:
        try:
            return self._base.execute(query, given).fetchall() if self._base else []
        except sqlite3.DatabaseError:
            self._give_up()
            return []

    def trim(self, used: Iterable[str]) -> None:
        """Drop the oldest bodies that this build did not use, until the rest is within the limit."""
        if self._base is None:
            return
        try:
            size = "length(html) + length(rest)"
            total = self._base.execute(f"SELECT coalesce(sum({size}), 0) FROM bodies").fetchone()[0]  # noqa: S608
            if total <= self.limit:
                return
            kept = set(used)
            with self._transaction() as base:
                for key, bytes_ in base.execute(f"SELECT key, {size} FROM bodies ORDER BY rowid").fetchall():  # noqa: S608
                    if total <= self.limit:
                        break
                    if key not in kept:
                        base.execute("DELETE FROM bodies WHERE key = ?", (key,))
                        total -= bytes_
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

    def _give_up(self) -> None:
        """Go on without the cache, and let the next build begin it anew."""
        self.close()
        self._remove()

    def close(self) -> None:
        """Close the file."""
        if self._base is not None:
            with contextlib.suppress(sqlite3.Error):
                self._base.close()
            self._base = None


def _lots(keys: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(keys), _AT_ONCE):
        yield keys[start : start + _AT_ONCE]
