"""The HTTP side of the development server: the output files, and server-sent events for live reload."""

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

INTERNAL_PREFIX = "/_serve/"
"""URL paths below this belong to the server itself."""

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
_KEEPALIVE = 15.0
"""Seconds after which an idle event stream is written to, so that a closed connection is noticed."""


class EventStream:
    """Sends events to all open pages, and the current problems to a page when it opens (text/event-stream)."""

    def __init__(self) -> None:
        self._listeners: list[queue.Queue[str]] = []
        self._lock = threading.Lock()
        self.problems: list[dict[str, Any]] = []

    def send(self, event: str, data: Any) -> None:
        """Send an event to every open page."""
        if event == "problems":
            self.problems = data
        with self._lock:
            for listener in self._listeners:
                listener.put(_format_event(event, data))

    def subscribe(self) -> Iterator[str]:
        """Yield the events for one page, starting with the current problems; a comment when idle."""
        events: queue.Queue[str] = queue.Queue()
        with self._lock:
            self._listeners.append(events)
        try:
            yield _format_event("problems", self.problems)
            while True:
                try:
                    yield events.get(timeout=_KEEPALIVE)
                except queue.Empty:
                    yield ": still here\n\n"
        finally:
            with self._lock:
                self._listeners.remove(events)


def _format_event(event: str, data: Any) -> str:
    return f"event: {event}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


class Server(ThreadingHTTPServer):
    """Serves `output` below the URL path `prefix` ("" or "/folder"), on 127.0.0.1 only."""

    daemon_threads = True

    def __init__(self, output: Path, port: int = 8000, prefix: str = "") -> None:
        self.output, self.prefix, self.events = output, prefix, EventStream()
        for candidate in (*range(port, min(port + 20, 2**16)), 0):
            try:
                super().__init__(("127.0.0.1", candidate), Handler)
                break
            except OSError:
                continue

    @property
    def url(self) -> str:
        """The site's URL in the browser."""
        return f"http://127.0.0.1:{self.server_port}{self.prefix}/"

    def send_changed(self, files: list[str]) -> None:
        """Tell all open pages that output files changed; `files` are paths below the output folder."""
        if files:
            self.events.send("changed", [f"{self.prefix}/{file}" for file in files])

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print nothing: a connection that the browser closes early is not an error."""


class Handler(SimpleHTTPRequestHandler):
    """Handles the requests of one connection."""

    protocol_version = "HTTP/1.1"
    extensions_map = {**SimpleHTTPRequestHandler.extensions_map, **_TYPES}  # noqa: RUF012 - as the library has it
    server: Server
    timeout = 60

    def log_message(self, *_: object) -> None:
        """Print nothing: the terminal shows the builds."""

    def do_HEAD(self) -> None:
        """Send only the headers."""
        self.do_GET()

    def do_GET(self) -> None:
        """Send a file, a redirect to a folder's URL, or the site's own 404 page."""
        prefix, path = self.server.prefix, unquote(urlsplit(self.path).path)
        # Against DNS rebinding: another site's name may resolve to this machine.
        if self.headers.get("Host") not in {
            f"{n}:{self.server.server_port}" for n in ("127.0.0.1", "localhost", "[::1]")
        }:
            self._send(HTTPStatus.FORBIDDEN, b"This server answers to 127.0.0.1 and localhost.", "text/plain")
        elif path == f"{INTERNAL_PREFIX}events":
            self._send_events()
        elif path == f"{INTERNAL_PREFIX}client.js":
            self._send(HTTPStatus.OK, _CLIENT.read_bytes(), "text/javascript")
        elif not path.startswith(f"{prefix}/"):
            self._redirect(f"{prefix}/")
        else:
            self._send_file(self.path.removeprefix(prefix))

    def _send_file(self, target: str) -> None:
        self.directory = str(self.server.output)
        file = Path(self.translate_path(target))
        path, _, query = self.path.partition("?")
        if file.is_dir() and not path.endswith("/"):
            self._redirect(f"{path}/{'?' if query else ''}{query}")
            return
        try:
            data = (file / "index.html" if path.endswith("/") else file).read_bytes()
        except (OSError, ValueError):
            page = self.server.output / "404.html"
            data = page.read_bytes() if page.is_file() else b"<!DOCTYPE html><title>Not found</title><p>Not found</p>"
            self._send(HTTPStatus.NOT_FOUND, inject_livereload(data), "text/html")
            return
        media_type = "text/html" if path.endswith("/") else self.guess_type(str(file))
        if media_type == "text/html":
            self._send(HTTPStatus.OK, inject_livereload(data), media_type)
        else:
            self._send_range(data, media_type)

    def _send_range(self, data: bytes, media_type: str) -> None:
        """Send a file or the requested byte range of it, for seeking in videos (RFC 9110, section 14)."""
        match, size = _RANGE.fullmatch(self.headers.get("Range", "")), len(data)
        if not match:
            self._send(HTTPStatus.OK, data, media_type, {"Accept-Ranges": "bytes"})
            return
        if match[1]:
            first, last = int(match[1]), min(int(match[2] or size), size - 1)
        else:
            first, last = max(size - int(match[2]), 0), size - 1
        if first <= last:
            headers = {"Accept-Ranges": "bytes", "Content-Range": f"bytes {first}-{last}/{size}"}
            self._send(HTTPStatus.PARTIAL_CONTENT, data[first : last + 1], media_type, headers)
        else:
            headers = {"Content-Range": f"bytes */{size}"}
            self._send(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, b"", media_type, headers)

    def _redirect(self, location: str) -> None:
        # Never "//host": a browser would leave this server.
        self._send(HTTPStatus.MOVED_PERMANENTLY, b"", "text/plain", {"Location": "/" + location.lstrip("/")})

    def _send(self, status: HTTPStatus, body: bytes, media_type: str, headers: dict[str, str] | None = None) -> None:
        if media_type.startswith("text/") or media_type.endswith(("xml", "json")):
            media_type += "; charset=utf-8"
        self.send_response(status)
        for name, value in {"Content-Type": media_type, "Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _send_events(self) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        with suppress(OSError):
            for event in self.server.events.subscribe():
                self.wfile.write(event.encode())
                self.wfile.flush()


def inject_livereload(page: bytes) -> bytes:
    """Return the HTML `page` with the live-reload script before its last </body>, or at its end."""
    script = f'<script src="{INTERNAL_PREFIX}client.js"></script>'.encode()
    head, end_tag, tail = page.rpartition(b"</body>")
    return head + script + end_tag + tail if end_tag else page + script
