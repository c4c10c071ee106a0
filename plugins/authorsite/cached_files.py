"""Files of the cache: recorded with a checksum, and verified before they are read; and a cache of texts.

A disk or a program may change a file without changing its date. So a file is trusted if even its ctime is as recorded,
and only as long as nothing is published from it: then its content is compared with the checksum.
"""

import hashlib
import os
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from pelican_incremental.code_digests import digest_code
from pelican_incremental.files import load_json, save_json
from pelican_incremental.store import digest, list_installed_versions

FileRecord = list[int | str]
"""Date (ns since the epoch), size and ctime of a file, and the SHA-256 of its content."""


def read_full_stamp(path: str | Path) -> list[int]:
    """Return date, size and ctime of a file; [] if there is none. The ctime changes even if the date is set back."""
    with suppress(OSError):
        stat = os.stat(path)  # noqa: PTH116 - thousands of files
        return [stat.st_mtime_ns, stat.st_size, stat.st_ctime_ns]
    return []


def record_file(path: Path) -> FileRecord:
    """Return the record of a file that has just been written."""
    return [*read_full_stamp(path), hashlib.sha256(path.read_bytes()).hexdigest()]


def is_intact(path: Path, record: object, *, will_be_read: bool) -> bool:
    """Return whether a file has the content of its `record`, which may come from a damaged file.

    The content is read if the file `will_be_read`, or was touched; it is intact then if the checksum is right.
    """
    if not isinstance(record, list) or not (stamp := read_full_stamp(path)):
        return False
    if not will_be_read and record[:-1] == stamp:
        return True
    try:
        return record[-1:] == [hashlib.sha256(path.read_bytes()).hexdigest()]
    except OSError:
        return False


@cache
def digest_package() -> str:
    """Return a digest of the package's code, and of the installed versions: part of the key of what they compute."""
    return digest(digest_code(Path(__file__).parent), *list_installed_versions())


class CachedTexts:
    """Texts that take long to make, in a JSON file; those that a build does not ask for are dropped."""

    def __init__(self, file: Path) -> None:
        self._file, self._known, self._used = file, load_json(file), dict[str, Any]()

    def get(self, make: Callable[..., str], *inputs: str) -> str:
        """Return `make(*inputs)`; it is called only if the inputs, the package's code or a library have changed."""
        key = digest(digest_package(), make.__qualname__, *inputs)
        text = self._used[key] = self._known.get(key) or make(*inputs)
        return str(text)

    def save(self) -> None:
        """Write the file, if the texts have changed."""
        save_json(self._file, self._used)
