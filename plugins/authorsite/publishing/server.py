"""The development server's face to the browser: files of the output, and a line that tells pages what happened."""

from __future__ import annotations

import json
import queue
import re
import threading
from collections.abc import Iterator
from contextlib import suppress
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

OWN = "/_serve/"
"""Addresses below this are the server's own."""

_CLIENT = Path(__file__).with_name("client.js")
_TYPES = {
    ".avif": "image/avif",
    ".ics": "text/calendar",
    ".js": "text/javascript",
    ".json": "application/json",
    ".md": "text/markdown",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
    ".xml": "application/xml",
    ".xsl": "text/xsl",
}
_RANGE = re.compile(r"bytes=(?!-$)(\d*)-(\d*)")
_BEAT = 15.0
"""Seconds after which a silent line to the browser is used, so that a closed one is noticed."""


class Channel:
    """Tells every open page what happened, and those that come later what holds now."""

    def __init__(self) -> None:
        self._listeners: list[queue.Queue[str]] = []
        self._lock = threading.Lock()
        self.problems: list[dict[str, Any]] = []

    def tell(self, kind: str, data: Any) -> None:
        """Send an event to every open page."""
        if kind == "problems":
            self.problems = data
        with self._lock:
            for listener in self._listeners:
                listener.put(_event(kind, data))

    def listen(self) -> Iterator[str]:
        """Give the events of one page, beginning with the problems that stand; a comment when there was none."""
        mine: queue.Queue[str] = queue.Queue()
        with self._lock:
            self._listeners.append(mine)
        try:
            yield _event("problems", self.problems)
            while True:
                try:
                    yield mine.get(timeout=_BEAT)
                except queue.Empty:
                    yield ": still here\n\n"
        finally:
            with self._lock:
                self._listeners.remove(mine)


def _event(kind: str, data: Any) -> str:
    return f"event: {kind}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


class Server(ThreadingHTTPServer):
    """Serves `output` below the address `prefix` ("" or "/folder"), to this machine alone."""

    daemon_threads = True

    def __init__(self, output: Path, port: int = 8000, prefix: str = "") -> None:
        self.output, self.prefix, self.channel = output, prefix, Channel()
        for attempt in (*range(port, min(port + 20, 2**16)), 0):
            try:
                super().__init__(("127.0.0.1", attempt), Handler)
                break
            except OSError:
                continue

    @property
    def address(self) -> str:
        """Return the site's address in the browser."""
        return f"http://127.0.0.1:{self.server_port}{self.prefix}/"

    def tell_changed(self, places: list[str]) -> None:
        """Tell all open pages that the files at `places` changed."""
        if places:
            self.channel.tell("changed", [f"{self.prefix}/{place}" for place in places])

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a page that was closed half-way is no fault."""


class Handler(SimpleHTTPRequestHandler):
    """Answers one browser."""

    protocol_version = "HTTP/1.1"
    extensions_map = {**SimpleHTTPRequestHandler.extensions_map, **_TYPES}  # noqa: RUF012 - as the library has it
    server: Server
    timeout = 60

    def log_message(self, *_: object) -> None:
        """Say nothing of each request: the terminal shows what is built."""

    def do_HEAD(self) -> None:
        """Answer with headers alone."""
        self.do_GET()

    def do_GET(self) -> None:
        """Answer with a file, a redirection to a folder's address, or the site's own page for what is not there."""
        prefix, address = self.server.prefix, unquote(urlsplit(self.path).path)
        # A page elsewhere may point its own name at this address: the name must be ours.
        if self.headers.get("Host") not in {
            f"{n}:{self.server.server_port}" for n in ("127.0.0.1", "localhost", "[::1]")
        }:
            self._send(HTTPStatus.FORBIDDEN, b"This server answers to 127.0.0.1 and localhost.", "text/plain")
        elif address == f"{OWN}events":
            self._events()
        elif address == f"{OWN}client.js":
            self._send(HTTPStatus.OK, _CLIENT.read_bytes(), "text/javascript")
        elif not address.startswith(f"{prefix}/"):
            self._redirect(f"{prefix}/")
        else:
            self._file(self.path.removeprefix(prefix))

    def _file(self, asked: str) -> None:
        self.directory = str(self.server.output)
        path = Path(self.translate_path(asked))
        address, _, query = self.path.partition("?")
        if path.is_dir() and not address.endswith("/"):
            self._redirect(f"{address}/{'?' if query else ''}{query}")
            return
        try:
            data = (path / "index.html" if address.endswith("/") else path).read_bytes()
        except (OSError, ValueError):
            page = self.server.output / "404.html"
            data = page.read_bytes() if page.is_file() else b"<!DOCTYPE html><title>Not found</title><p>Not found</p>"
            self._send(HTTPStatus.NOT_FOUND, with_client(data), "text/html")
            return
        kind = "text/html" if address.endswith("/") else self.guess_type(str(path))
        if kind == "text/html":
            self._send(HTTPStatus.OK, with_client(data), kind)
        else:
            self._part(data, kind)

    def _part(self, data: bytes, kind: str) -> None:
        """Send a file, or the range of it that is asked for, so that a film can be wound."""
        found, size = _RANGE.fullmatch(self.headers.get("Range", "")), len(data)
        if not found:
            self._send(HTTPStatus.OK, data, kind, {"Accept-Ranges": "bytes"})
            return
        if found[1]:
            first, last = int(found[1]), min(int(found[2] or size), size - 1)
        else:
            first, last = max(size - int(found[2]), 0), size - 1
        if first <= last:
            there = {"Accept-Ranges": "bytes", "Content-Range": f"bytes {first}-{last}/{size}"}
            self._send(HTTPStatus.PARTIAL_CONTENT, data[first : last + 1], kind, there)
        else:
            self._send(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, b"", kind, {"Content-Range": f"bytes */{size}"})

    def _redirect(self, address: str) -> None:
        # Never "//host": a browser would leave this server.
        self._send(HTTPStatus.MOVED_PERMANENTLY, b"", "text/plain", {"Location": "/" + address.lstrip("/")})

    def _send(self, status: HTTPStatus, body: bytes, kind: str, headers: dict[str, str] | None = None) -> None:
        if kind.startswith("text/") or kind.endswith(("xml", "json")):
            kind += "; charset=utf-8"
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _events(self) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        with suppress(OSError):
            for text in self.server.channel.listen():
                self.wfile.write(text.encode())
                self.wfile.flush()


def with_client(page: bytes) -> bytes:
    """Return `page` with the script that listens to this server."""
    script = f'<script src="{OWN}client.js"></script>'.encode()
    head, found, tail = page.rpartition(b"</body>")
    return head + script + found + tail if found else page + script
