"""The HTTP side of the development server: the output files, and server-sent events for live reload."""

import json
import queue
import re
from contextlib import suppress
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from ..problems import Severity

INTERNAL_PREFIX = "/_serve/"
"""URL paths below this belong to the server itself."""

_CLIENT = Path(__file__).with_name("client.js")
_TYPES = {".ics": "text/calendar", ".js": "text/javascript", ".md": "text/markdown", ".webp": "image/webp"}
_TYPES |= {".woff2": "font/woff2", ".xml": "application/xml", ".xsl": "text/xsl"}
_POLICY = re.compile(rb'(<meta http-equiv="Content-Security-Policy" content=")([^"]*)')
_RANGE = re.compile(r"bytes=(?!-$)(\d*)-(\d*)")
_KEEPALIVE = 15.0
"""Seconds after which an idle event stream is written to, so that a closed connection is noticed."""


class Server(ThreadingHTTPServer):
    """Serves `output` below the URL path `prefix` ("" or "/folder"), on 127.0.0.1 only, and sends events to pages."""

    daemon_threads = True
    request_queue_size = 1024
    """Connections that may wait until they are accepted; with the library's 5, a page with many pictures loses some."""

    def __init__(self, output: Path, port: int = 8000, prefix: str = "") -> None:
        self.output, self.prefix = output, prefix
        self.listeners: list[queue.SimpleQueue[bytes]] = []
        self.problems = _format_event("problems", [])
        for candidate in (*range(port, min(port + 20, 2**16)), 0):
            with suppress(OSError):
                super().__init__(("127.0.0.1", candidate), Handler)
                break

    @property
    def url(self) -> str:
        """The site's URL in the browser."""
        return f"http://127.0.0.1:{self.server_port}{self.prefix}/"

    def send_problems(self, problems: list[dict[str, Any]]) -> None:
        """Show the problems on all open pages, and on those that are opened later; notices are for the terminal."""
        self.problems = _format_event("problems", [p for p in problems if p["severity"] != Severity.NOTICE])
        self._send_event(self.problems)

    def send_changed(self, files: list[str]) -> None:
        """Tell all open pages that output files changed; `files` are paths below the output folder."""
        if files:
            self._send_event(_format_event("changed", [f"{self.prefix}/{file}" for file in files]))

    def _send_event(self, event: bytes) -> None:
        for listener in [*self.listeners]:
            listener.put(event)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print nothing: a connection that the browser closes early is not an error."""


def _format_event(event: str, data: Any) -> bytes:
    """Return an event as text/event-stream (HTML standard, section 9.2)."""
    return f"event: {event}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


class Handler(SimpleHTTPRequestHandler):
    """Handles the requests of one connection; the base class sends the body that `send_head` returns."""

    protocol_version = "HTTP/1.1"
    extensions_map = {**SimpleHTTPRequestHandler.extensions_map, **_TYPES}  # noqa: RUF012 - as the library has it
    server: Server
    timeout = 60

    def log_message(self, *_: object) -> None:
        """Print nothing: the terminal shows the builds."""

    def send_head(self) -> BytesIO | None:
        """Send the headers of the answer and return its body; an unexpected error is answered with its message."""
        # The body of a request is not read: it must not be taken for the next request.
        self.close_connection |= "Content-Length" in self.headers or "Transfer-Encoding" in self.headers
        try:
            return self._answer()
        except OSError:  # the connection was closed
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the browser must not wait for an answer
            self.close_connection = True
            return self._send(
                HTTPStatus.INTERNAL_SERVER_ERROR, f"{type(error).__name__}: {error}".encode(), "text/plain"
            )

    def _answer(self) -> BytesIO:
        """Answer with a file, a redirect to a folder's URL, or the site's own 404 page."""
        self.path = re.sub("^https?://[^/?]*", "", self.path) or "/"  # a complete URL is allowed (RFC 9112, 3.2.2)
        prefix, path = self.server.prefix, unquote(self.path.partition("?")[0])
        # Against DNS rebinding: another site's name may resolve to this machine.
        if self.headers.get("Host") not in {
            f"{n}:{self.server.server_port}" for n in ("127.0.0.1", "localhost", "[::1]")
        }:
            return self._send(HTTPStatus.FORBIDDEN, b"This server answers to 127.0.0.1 and localhost.", "text/plain")
        if path == f"{INTERNAL_PREFIX}events":
            return self._send_events()
        if path == f"{INTERNAL_PREFIX}client.js":
            return self._send(HTTPStatus.OK, _CLIENT.read_bytes(), "text/javascript")
        if not path.startswith(f"{prefix}/"):
            return self._send(HTTPStatus.MOVED_PERMANENTLY, b"", "text/plain", {"Location": f"{prefix}/"})
        return self._send_file(self.path.removeprefix(prefix))

    def _send_file(self, target: str) -> BytesIO:
        self.directory = str(self.server.output)
        file, (path, mark, query) = Path(self.translate_path(target)), self.path.partition("?")
        try:
            if path.endswith("/"):
                file /= "index.html"
            elif file.is_dir():
                location = {"Location": f"{path}/{mark}{query}"}
                return self._send(HTTPStatus.MOVED_PERMANENTLY, b"", "text/plain", location)
            data = file.read_bytes() if file.is_file() else None
        except (OSError, ValueError):
            data = None
        if data is None:
            page = self.server.output / "404.html"
            data = page.read_bytes() if page.is_file() else b"<!DOCTYPE html><title>Not found</title><p>Not found</p>"
            return self._send(HTTPStatus.NOT_FOUND, inject_livereload(data), "text/html")
        media_type = self.guess_type(str(file))
        if media_type == "text/html":
            return self._send(HTTPStatus.OK, inject_livereload(data), media_type)
        return self._send_range(data, media_type)

    def _send_range(self, data: bytes, media_type: str) -> BytesIO:
        """Send a file or the byte range of it that is asked for, without which Safari plays no video (RFC 9110, 14)."""
        match, size = _RANGE.fullmatch(self.headers.get("Range", "")), len(data)
        # A number that is too long for int() is beyond the end even if it is cut off.
        first, last = (int(digits.lstrip("0")[:20] or 0) for digits in match.groups()) if match else (0, 0)
        if not match or (match[1] and match[2] and last < first):
            return self._send(HTTPStatus.OK, data, media_type, {"Accept-Ranges": "bytes"})
        start, stop = (first, last + 1 if match[2] else size) if match[1] else (max(size - last, 0), size)
        if not (part := range(size)[start:stop]):
            headers = {"Content-Range": f"bytes */{size}"}
            return self._send(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, b"", media_type, headers)
        headers = {"Accept-Ranges": "bytes", "Content-Range": f"bytes {part[0]}-{part[-1]}/{size}"}
        return self._send(HTTPStatus.PARTIAL_CONTENT, data[start:stop], media_type, headers)

    def _send(self, status: HTTPStatus, body: bytes, media_type: str, more: dict[str, str] | None = None) -> BytesIO:
        """Send the headers and return the body."""
        charset = "; charset=utf-8" if media_type.startswith("text/") or media_type.endswith(("xml", "json")) else ""
        headers = {"Content-Type": media_type + charset, "Content-Length": str(len(body)), "Cache-Control": "no-store"}
        self.send_response(status)
        for name, value in {**headers, **(more or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        return BytesIO(body)

    def _send_events(self) -> BytesIO:
        """Send events until the page is closed, beginning with the current problems; a comment when idle."""
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command == "HEAD":
            return BytesIO()
        events: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self.server.listeners.append(events)
        events.put(self.server.problems)
        try:
            while True:
                try:
                    self.wfile.write(events.get(timeout=_KEEPALIVE))
                except queue.Empty:
                    self.wfile.write(b": still here\n\n")
        finally:
            self.server.listeners.remove(events)


def inject_livereload(page: bytes) -> bytes:
    """Return the HTML `page` with the live-reload script before its last </body>, or at its end, and allowed to run."""
    page = _POLICY.sub(_allow_livereload, page, count=1)
    script = f'<script src="{INTERNAL_PREFIX}client.js"></script>'.encode()
    head, end_tag, tail = page.rpartition(b"</body>")
    return head + script + end_tag + tail if end_tag else page + script


def _allow_livereload(policy: re.Match[bytes]) -> bytes:
    """Let a page's policy allow what client.js needs: to be loaded, and to connect to the server."""
    allowed = policy[2].replace(b"script-src 'none'", b"script-src 'self'").replace(b"src 'sha", b"src 'self' 'sha")
    return policy[1] + allowed + (b"" if b"connect-src" in allowed else b"; connect-src 'self'")
