"""The search index: builds it with Pagefind in a child process, and caches it.

Pagefind gets the content alone, not the pages, so that menus and footers are not indexed.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from html import escape
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any

from pelican_incremental.files import load_json, save_json

from ..cached_files import is_intact, record_file

OUTPUT_FOLDER = "pagefind"
_TIMEOUT_SECONDS = 900
_EXPIRY_SECONDS = 60
"""A cached index is removed when unused for this long; another build may still be copying a newer one."""

_UNFINISHED_PREFIX = "tmp-"
_MANIFEST = "stamps.json"
_ENTRY_FILE = "pagefind-entry.json"
"""The file of an index that names the others."""

BATCH_SIZE = 25
"""Files to write between two calls of `should_stop`."""


def _find_pagefind_command() -> list[str]:
    """Return the command that runs Pagefind; calling its binary directly saves 0.2 s over `python -m pagefind`."""
    for name in ("pagefind_bin_extended", "pagefind_bin"):
        with suppress(ImportError, FileNotFoundError):
            return [str(import_module(name).get_executable()), "--service"]
    return [sys.executable, "-m", "pagefind", "--service"]


_COMMAND = _find_pagefind_command()


class SearchIndexError(RuntimeError):
    """Pagefind failed; the message is its own error message."""


@dataclass(frozen=True, slots=True)
class Document:
    """A post, page or book to index; `url` is below the site's root, `language` "" for the site's."""

    url: str
    title: str
    html: str
    language: str = ""


class SearchIndex:
    """The index of `documents`, built only if they changed, and cached in the folder `cache`.

    Pagefind runs in a child process from start() to build() or close(). `is_published` says whether the last build's
    copy of a file, by its path below the output folder, is unmodified: other files of the cache are verified.
    """

    def __init__(
        self,
        documents: Iterable[Document],
        language: str,
        cache: Path,
        is_published: Callable[[str], bool] = bool,
    ) -> None:
        # The index numbers its pages, so the order must be the same in each build.
        self._documents = sorted(documents, key=lambda document: document.url)
        self._language, self._cache, self._is_published = language, cache, is_published
        key = hashlib.sha256(f"2 {version('pagefind')} {language}".encode())
        for document in self._documents:
            language = f"{document.language}\0" if document.language else ""
            key.update(f"{document.url}\0{document.title}\0{document.html}\0{language}".encode("utf-8", "replace"))
        self._folder = cache / key.hexdigest()[:20]
        self._pagefind: _Pagefind | None = None

    @cached_property
    def _names(self) -> list[str]:
        """The names of the index's files; none before it is built, unless it is cached. They are verified once."""
        return self._list_intact_files(self._folder)

    def start(self) -> None:
        """Start Pagefind, unless the index is cached; raise SearchIndexError if it cannot be started."""
        if self._pagefind is None and self._documents and not self._names:
            self._cache.mkdir(parents=True, exist_ok=True)
            self._pagefind = _Pagefind(list(_make_requests(self._documents, self._language)), self._cache)

    def is_ready(self) -> bool:
        """Return whether build() would not have to wait for Pagefind."""
        return self._pagefind is None or self._pagefind.is_ready()

    def build(self, should_stop: Callable[[], bool] = bool) -> list[tuple[str, Path]]:
        """Build the index if it is not cached, and return its files: (output path, cached file), the entry file last.

        Return no files if `should_stop` returned true. Raise SearchIndexError if Pagefind fails.
        """
        try:
            if not self._names and self._documents:
                self.start()
                assert self._pagefind is not None
                self._pagefind.wait()
                if not should_stop():
                    self._pagefind.move_files(self._folder)
                    self._names = list(load_json(self._folder / _MANIFEST))
        finally:
            self.close()
        return self._use(self._folder, self._names)

    def list_stale_files(self) -> list[tuple[str, Path]]:
        """Return the files of the last used index, as build() does; none if the index of `documents` is cached."""
        if not self._names:
            for folder in sorted(self._cache.glob("*"), key=_get_last_use, reverse=True):
                if names := self._list_intact_files(folder):
                    return self._use(folder, names)
        return []

    def _list_intact_files(self, folder: Path) -> list[str]:
        """Return the names of a cached index's files; none if any was changed or is missing."""
        records = load_json(folder / _MANIFEST)
        is_whole = all(
            is_intact(folder / name, record, will_be_read=not self._is_published(f"{OUTPUT_FOLDER}/{name}"))
            for name, record in records.items()
        )
        return list(records) if is_whole else []

    def _use(self, folder: Path, names: Iterable[str]) -> list[tuple[str, Path]]:
        """Mark the index in `folder` as used, remove expired ones, and list its files."""
        for other in self._cache.glob("*"):
            is_unfinished = other.name.startswith(_UNFINISHED_PREFIX)
            if other == folder:
                os.utime(other)
            elif time.time() - _get_last_use(other) > (_TIMEOUT_SECONDS if is_unfinished else _EXPIRY_SECONDS):
                shutil.rmtree(other, ignore_errors=True)
        ordered = sorted(names, key=lambda name: (name == _ENTRY_FILE, name))
        return [(f"{OUTPUT_FOLDER}/{name}", folder / name) for name in ordered]

    def close(self) -> None:
        """Stop Pagefind, finished or not."""
        if self._pagefind is not None:
            self._pagefind.close()
            self._pagefind = None


class _Pagefind:
    """A Pagefind process that works through `requests`, then writes the index to a new folder in `cache`.

    It exits when its standard input closes: on close(), or when this process ends. Raises SearchIndexError if it cannot
    be started.
    """

    def __init__(self, requests: list[dict[str, Any]], cache: Path) -> None:
        self._folder = tempfile.TemporaryDirectory(dir=cache, prefix=_UNFINISHED_PREFIX, ignore_cleanup_errors=True)
        self._bundle = Path(self._folder.name, "bundle")
        requests = [*requests, {"type": "WriteFiles", "index_id": 0, "output_path": str(self._bundle)}]
        self._request_count, self._response_count, self._offset = len(requests), 0, 0
        self._deadline = time.monotonic() + _TIMEOUT_SECONDS
        self._stdout, self._stderr = tempfile.TemporaryFile(), tempfile.TemporaryFile()  # noqa: SIM115 - see close
        try:
            self._process = subprocess.Popen(_COMMAND, stdin=subprocess.PIPE, stdout=self._stdout, stderr=self._stderr)
        except OSError as error:
            self._folder.cleanup()
            raise SearchIndexError(str(error)) from error
        lines = (b64encode(json.dumps({"message_id": n, "payload": r}).encode()) for n, r in enumerate(requests))
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):  # it has exited: wait() reports why
            self._process.stdin.write(b",".join([*lines, b""]))
            self._process.stdin.flush()

    def is_ready(self) -> bool:
        """Return whether it has answered all requests, has exited or has timed out."""
        ended = self._process.poll() is not None or time.monotonic() > self._deadline
        output = _read_from(self._stdout, self._offset)  # each response ends with a comma
        self._offset, self._response_count = self._offset + len(output), self._response_count + output.count(b",")
        return ended or self._response_count == self._request_count

    def wait(self) -> None:
        """Wait for the last response; raise SearchIndexError on failure."""
        while not self.is_ready():
            time.sleep(0.02)
        if self._response_count < self._request_count:
            errors, status = _read_from(self._stderr).decode("utf-8", "replace"), self._process.poll()
            reason = f"it took longer than {_TIMEOUT_SECONDS} seconds" if status is None else f"status {status}"
            raise SearchIndexError(" ".join(errors.split())[-200:] or reason)
        last = json.loads(b64decode(_read_from(self._stdout).split(b",")[-2]))["payload"]
        if last["type"] == "Error":
            raise SearchIndexError(str(last.get("message")))

    def move_files(self, folder: Path) -> None:
        """Move the index to `folder`, all files or none, without Pagefind's own interfaces (see search.js)."""
        for file in self._bundle.glob("pagefind-*"):
            if file.name not in {_ENTRY_FILE, "pagefind-worker.js"}:
                file.unlink()
        names = sorted(str(file.relative_to(self._bundle)) for file in self._bundle.rglob("*") if file.is_file())
        save_json(self._bundle / _MANIFEST, {name: record_file(self._bundle / name) for name in names})
        shutil.rmtree(folder, ignore_errors=True)
        with suppress(OSError):  # another build has written it meanwhile
            self._bundle.rename(folder)

    def close(self) -> None:
        """Kill the process, and remove what it wrote."""
        self._process.kill()
        self._process.communicate()
        self._stdout.close()
        self._stderr.close()
        self._folder.cleanup()


def _read_from(file: IO[bytes], offset: int = 0) -> bytes:
    """Read a file that a child process is writing, without moving the file position: the two processes share it."""
    return os.pread(file.fileno(), os.fstat(file.fileno()).st_size - offset, offset)


def _make_requests(documents: list[Document], language: str) -> Iterator[dict[str, Any]]:
    yield {"type": "NewIndex"}
    for document in documents:
        file = f"{document.url}index.html" if document.url.endswith("/") else document.url or "index.html"
        yield {"type": "AddFile", "index_id": 0, "file_path": file, "file_contents": _render_html(document, language)}


def _render_html(document: Document, language: str) -> str:
    language = escape(document.language or language)
    return (
        f'<!doctype html><html lang="{language}"><head><title>{escape(document.title)}</title></head>'
        f"<body><main data-pagefind-body><h1>{escape(document.title)}</h1>{document.html}</main></body></html>"
    )


def _get_last_use(folder: Path) -> float:
    try:
        return folder.stat().st_mtime
    except OSError:
        return 0
