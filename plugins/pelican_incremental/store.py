"""A key-value store of texts: bounded, checksummed, safe to delete, and without pickle."""

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

_CREATE = "CREATE TABLE IF NOT EXISTS texts (key TEXT PRIMARY KEY, crc INTEGER NOT NULL, text TEXT NOT NULL)"
_SELECT = "SELECT key, crc, text FROM texts WHERE key IN (SELECT value FROM json_each(?))"
_DELETE_UNUSED = "DELETE FROM texts WHERE key NOT IN (SELECT value FROM json_each(?))"


def digest(*parts: bytes | str) -> str:
    """Return 32 hex digits for `parts`; the boundaries between parts count."""
    text = "".join([f"{len(part)}:{part if isinstance(part, str) else part.decode('latin-1')}" for part in parts])
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def list_installed_versions() -> list[str]:
    """Return Python's version, and the names, with versions, of all installed packages."""
    folders = (folder for folder in sys.path if folder.endswith("-packages") and Path(folder).is_dir())
    names = (name for folder in folders for name in sorted(os.listdir(folder)))  # noqa: PTH208 - names alone
    return [sys.version, *(name for name in names if name.endswith((".dist-info", ".egg-info")))]


class Store:
    """Texts by key in an SQLite file; when the file is over `limit` bytes, `trim` drops the unused ones.

    A key must be the digest of everything its text depends on, for a text is never checked again; so two builds may
    use one store at once. A damaged file is created anew. If the folder isn't writable, nothing is stored.
    """

    def __init__(self, file: Path, limit: int = 256 * 2**20) -> None:
        self.file, self.limit = file, limit
        self._connection = self._open()

    def _open(self, *, retry: bool = True) -> sqlite3.Connection:
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(self.file, timeout=20)
            # No write-ahead log: its shared memory crashes the process when the file is truncated meanwhile.
            connection.executescript(f"PRAGMA journal_mode = DELETE; PRAGMA synchronous = OFF; {_CREATE};")
        except (sqlite3.DatabaseError, OSError) as error:
            if not retry or "locked" in str(error):
                return sqlite3.connect(":memory:")
            self._remove()
            return self._open(retry=False)
        return connection

    def find(self, keys: Iterable[str]) -> dict[str, str]:
        """Return the stored texts of `keys` whose checksums are right."""
        rows: list[Any] = []
        with self._guarded() as connection:
            rows = connection.execute(_SELECT, (json.dumps([*keys]),)).fetchall()
        return {key: text for key, crc, text in rows if crc == crc32(f"{key} {text}".encode("utf-8", "surrogatepass"))}

    def add(self, texts: Mapping[str, str]) -> None:
        """Store `texts` by key."""
        with self._guarded() as connection, connection:
            rows = [(key, crc32(f"{key} {text}".encode("utf-8", "surrogatepass")), text) for key, text in texts.items()]
            connection.executemany("INSERT OR REPLACE INTO texts VALUES (?, ?, ?)", rows)

    def trim(self, used: Iterable[str]) -> None:
        """Delete all texts but those of the keys `used`, if the file has grown over the limit."""
        with self._guarded() as connection:
            if self.file.exists() and self.file.stat().st_size > self.limit:
                with connection:
                    connection.execute(_DELETE_UNUSED, (json.dumps([*used]),))
                connection.execute("VACUUM")

    @contextlib.contextmanager
    def _guarded(self) -> Iterator[sqlite3.Connection]:
        """Yield the connection; delete the file if it turns out to be damaged."""
        try:
            yield self._connection
        except (sqlite3.DatabaseError, UnicodeEncodeError, ValueError):
            self.close()
            self._remove()

    def _remove(self) -> None:
        for name in (self.file.name, f"{self.file.name}-journal"):
            with contextlib.suppress(OSError):
                self.file.with_name(name).unlink(missing_ok=True)

    def close(self) -> None:
        """Close the file."""
        with contextlib.suppress(sqlite3.Error):
            self._connection.close()
