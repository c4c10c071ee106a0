"""The search index: Pagefind's, made of the texts themselves, so that no menu or footer is ever found."""

from __future__ import annotations

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
from html import escape
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any

FOLDER = "pagefind"
_SECONDS = 900
_UNUSED_SECONDS = 60
"""An index that no build has used for so long is removed: another build may be copying it."""

_STAMPS = "stamps.json"
_ENTRY = "pagefind-entry.json"
LOT = 25
"""So many files are written before it is asked again whether to stop."""


def _command() -> list[str]:
    """Return Pagefind's own program where its package has it: a Python that starts it takes a fifth of a second."""
    for name in ("pagefind_bin_extended", "pagefind_bin"):
        with suppress(ImportError, FileNotFoundError):
            return [str(import_module(name).get_executable()), "--service"]
    return [sys.executable, "-m", "pagefind", "--service"]


_COMMAND = _command()
_SCRIPT = Path(__file__).with_name("search.js")


class SearchFailed(RuntimeError):
    """Pagefind did not do its work; the message says what it said."""


@dataclass(frozen=True, slots=True)
class Document:
    """A text to be found: its address below the site's root, title and HTML."""

    url: str
    title: str
    html: str


def script() -> tuple[str, bytes]:
    """Return place and bytes of the search page's script."""
    data = _SCRIPT.read_bytes()
    return f"assets/search.{hashlib.sha256(data).hexdigest()[:10]}.js", data


class SearchIndex:
    """The index of `documents`: kept in the folder `cache`, made anew only when a text has changed.

    Pagefind makes it in another process, from begin() on, and is ended by close().
    """

    def __init__(self, documents: Iterable[Document], language: str, cache: Path) -> None:
        # In one order, for the index numbers its pages.
        self._documents = sorted(documents, key=lambda document: document.url)
        self._language, self._cache = language, cache
        seen = hashlib.sha256(f"2 {version('pagefind')} {language}".encode())
        for document in self._documents:
            seen.update(f"{document.url}\0{document.title}\0{document.html}\0".encode("utf-8", "replace"))
        self._folder = cache / seen.hexdigest()[:20]
        self._pagefind: _Pagefind | None = None

    def begin(self) -> None:
        """Let Pagefind begin, unless the index is there; raises SearchFailed."""
        if self._pagefind is None and self._documents and not _whole(self._folder):
            self._pagefind = _Pagefind(list(_requests(self._documents, self._language)))

    def is_ready(self) -> bool:
        """Return whether files() need not wait for Pagefind."""
        return self._pagefind is None or self._pagefind.is_ready()

    def files(self, stop: Callable[[], bool] = bool) -> list[tuple[str, Path]]:
        """Return each file of the index with its place below the output folder; raises SearchFailed.

        `stop` is asked now and then; there are no files when it has said yes. The file that names the others is last.
        """
        try:
            if not _whole(self._folder) and self._documents:
                self.begin()
                assert self._pagefind is not None
                _keep(self._pagefind.files(), self._folder, stop)
        finally:
            self.close()
        return self._used(self._folder, _whole(self._folder))

    def older_files(self) -> list[tuple[str, Path]]:
        """Return the files of the index that was used last, while that of `documents` is not made; else none."""
        if not _whole(self._folder):
            for folder in sorted(self._cache.glob("*"), key=_last_use, reverse=True):
                if names := _whole(folder):
                    return self._used(folder, names)
        return []

    def _used(self, folder: Path, names: Iterable[str]) -> list[tuple[str, Path]]:
        for other in self._cache.glob("*"):
            if other == folder:
                os.utime(other)
            elif time.time() - _last_use(other) > _UNUSED_SECONDS:
                shutil.rmtree(other, ignore_errors=True)
        return [(f"{FOLDER}/{name}", folder / name) for name in sorted(names, key=lambda name: (name == _ENTRY, name))]

    def close(self) -> None:
        """End Pagefind, whether it is ready or not."""
        if self._pagefind is not None:
            self._pagefind.close()
            self._pagefind = None


class _Pagefind:
    """Pagefind at work on `requests`; raises SearchFailed if it cannot be started.

    It keeps all in memory, and ends when its input does: with close(), or with this process, however that ends.
    """

    def __init__(self, requests: list[dict[str, Any]]) -> None:
        self._wanted, self._answered, self._read = len(requests), 0, 0
        self._end = time.monotonic() + _SECONDS
        self._said, self._errors = tempfile.TemporaryFile(), tempfile.TemporaryFile()  # noqa: SIM115 - see close
        try:
            self._process = subprocess.Popen(_COMMAND, stdin=subprocess.PIPE, stdout=self._said, stderr=self._errors)
        except OSError as error:
            raise SearchFailed(str(error)) from error
        lines = (b64encode(json.dumps({"message_id": n, "payload": r}).encode()) for n, r in enumerate(requests))
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):  # it has ended: files() says why
            self._process.stdin.write(b",".join([*lines, b""]))
            self._process.stdin.flush()

    def is_ready(self) -> bool:
        """Return whether it has answered all requests, or has ended, or takes too long."""
        ended = self._process.poll() is not None or time.monotonic() > self._end
        said = _content(self._said, self._read)  # each answer ends with a comma
        self._read, self._answered = self._read + len(said), self._answered + said.count(b",")
        return ended or self._answered == self._wanted

    def files(self) -> dict[str, bytes]:
        """Wait for the last answer, and return the files that it holds; raises SearchFailed."""
        while not self.is_ready():
            time.sleep(0.02)
        if self._answered < self._wanted:
            said, status = _content(self._errors).decode("utf-8", "replace"), self._process.poll()
            failure = f"it took longer than {_SECONDS} seconds" if status is None else f"status {status}"
            raise SearchFailed(" ".join(said.split())[-200:] or failure)
        last = json.loads(b64decode(_content(self._said).split(b",")[-2]))["payload"]
        if "files" not in last:
            raise SearchFailed(str(last.get("message")))
        return {file["path"]: b64decode(file["content"]) for file in last["files"]}

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()
        self._said.close()
        self._errors.close()


def _content(file: IO[bytes], begin: int = 0) -> bytes:
    """Return what another process has written to a file; its place in the file is ours, and must not be moved."""
    return os.pread(file.fileno(), os.fstat(file.fileno()).st_size - begin, begin)


def _requests(documents: list[Document], language: str) -> Iterator[dict[str, Any]]:
    yield {"type": "NewIndex"}
    for document in documents:
        file = f"{document.url}index.html" if document.url.endswith("/") else document.url or "index.html"
        yield {"type": "AddFile", "index_id": 0, "file_path": file, "file_contents": _page(document, language)}
    yield {"type": "GetFiles", "index_id": 0}


def _page(document: Document, language: str) -> str:
    return (
        f'<!doctype html><html lang="{escape(language)}"><head><title>{escape(document.title)}</title></head>'
        f"<body><main data-pagefind-body><h1>{escape(document.title)}</h1>{document.html}</main></body></html>"
    )


def _keep(files: dict[str, bytes], folder: Path, stop: Callable[[], bool]) -> None:
    """Write the files to `folder`, all or none, but for Pagefind's own interfaces: ours is a tenth of them."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="making-", ignore_cleanup_errors=True) as name:
        stamps = {}
        for number, (place, data) in enumerate(files.items()):
            if number % LOT == 0 and stop():
                return
            if not place.startswith("pagefind-") or place in {_ENTRY, "pagefind-worker.js"}:
                path = Path(name, "bundle", place)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
                stamps[place] = _stamp(path)
        Path(name, "bundle", _STAMPS).write_text(json.dumps(stamps))
        if not _whole(folder):
            shutil.rmtree(folder, ignore_errors=True)
            with suppress(OSError):  # another build has made it meanwhile
                Path(name, "bundle").rename(folder)


def _whole(folder: Path) -> list[str]:
    """Return the names of an index's files; none if one of them was touched since it was made."""
    try:
        stamps = json.loads((folder / _STAMPS).read_text("utf-8"))
        return list(stamps) if all(_stamp(f"{folder}/{name}") == stamp for name, stamp in stamps.items()) else []
    except (OSError, ValueError, AttributeError):
        return []


def _stamp(path: str | Path) -> list[int]:
    stat = os.stat(path)  # noqa: PTH116 - hot
    return [stat.st_mtime_ns, stat.st_size]


def _last_use(folder: Path) -> float:
    try:
        return folder.stat().st_mtime
    except OSError:
        return 0
