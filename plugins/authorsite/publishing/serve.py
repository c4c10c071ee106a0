"""The development server: the site as it will be, rebuilt while you write, and shown without a reload by hand.

Three parts, so that no mistake in content, theme, settings or plugins can stop it: this process answers the browser and
watches the files; another (`rebuilding`) keeps the site in memory and builds; a script in the browser hears of both.
The script is put into pages as they are sent; no file of the output knows it.
"""

from __future__ import annotations

import json
import mimetypes
import queue
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from watchfiles import Change, DefaultFilter, watch

from ..problems import Refused

OWN = "/_serve/"
"""Addresses below this are the server's own."""

_CLIENT = Path(__file__).with_name("client.js")
_TYPES = {".xml": "application/xml", ".json": "application/json", ".js": "text/javascript", ".ics": "text/calendar"}
_TYPES |= {
    ".avif": "image/avif",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
    ".xsl": "text/xsl",
    ".md": "text/markdown",
}
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_BEAT = 15.0
"""Seconds after which a silent line to the browser is used, so that a closed one is noticed."""

_TICK = 0.02
"""Seconds by which a file's times may be behind the clock."""


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
        """Give the events of one page, beginning with the problems that stand; "" when there was none for a while."""
        mine: queue.Queue[str] = queue.Queue()
        with self._lock:
            self._listeners.append(mine)
        try:
            yield _event("problems", self.problems)
            while True:
                try:
                    yield mine.get(timeout=_BEAT)
                except queue.Empty:
                    yield ""
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
        for attempt in (*range(port, port + 20), 0) if port else (0,):
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


class Handler(BaseHTTPRequestHandler):
    """Answers one browser."""

    protocol_version = "HTTP/1.1"
    server: Server
    timeout = 60

    def log_message(self, *_: object) -> None:
        """Say nothing of each request: the terminal shows what is built."""

    def do_HEAD(self) -> None:
        """Answer with headers alone."""
        self.do_GET()

    def do_GET(self) -> None:
        """Answer with a file, a redirection to a folder's address, or the site's own page for what is not there."""
        if not self._is_local():
            self._send(HTTPStatus.FORBIDDEN, b"This server answers to 127.0.0.1 and localhost.", "text/plain")
            return
        address = unquote(urlsplit(self.path).path)
        if address == f"{OWN}events":
            self._events()
        elif address == f"{OWN}client.js":
            self._send(HTTPStatus.OK, _CLIENT.read_bytes(), "text/javascript; charset=utf-8")
        elif not address.startswith(f"{self.server.prefix}/"):
            self._redirect(f"{self.server.prefix}/")
        else:
            self._file(address.removeprefix(self.server.prefix))

    def _is_local(self) -> bool:
        # A page elsewhere may point its own name at this address: the name must be ours.
        host = self.headers.get("Host", "")
        return host in {f"{name}:{self.server.server_port}" for name in ("127.0.0.1", "localhost", "[::1]")}

    def _file(self, address: str) -> None:
        root = self.server.output.resolve()
        path = (root / address.lstrip("/")).resolve() if "\0" not in address else root / "\ufffd"
        if not path.is_relative_to(root):
            self._missing()
        elif path.is_dir() and not address.endswith("/"):
            query = urlsplit(self.path).query
            self._redirect(urlsplit(self.path).path + "/" + (f"?{query}" if query else ""))
        else:
            path = path / "index.html" if path.is_dir() else path
            if path.is_file() and not (address.endswith("/") and path.name != "index.html"):
                self._send_file(path)
            else:
                self._missing()

    def _missing(self) -> None:
        page = self.server.output / "404.html"
        body = page.read_bytes() if page.is_file() else b"<!DOCTYPE html><title>Not found</title><p>Not found</p>"
        self._send(HTTPStatus.NOT_FOUND, with_client(body), "text/html; charset=utf-8")

    def _send_file(self, path: Path) -> None:
        kind = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        if kind.startswith("text/") or kind.endswith(("xml", "json")):
            kind += "; charset=utf-8"
        try:
            data = path.read_bytes()
        except OSError:
            self._missing()
            return
        if kind.startswith("text/html"):
            self._send(HTTPStatus.OK, with_client(data), kind)
            return
        found = _RANGE.fullmatch(self.headers.get("Range", ""))
        if not found or found.groups() == ("", ""):
            self._send(HTTPStatus.OK, data, kind, {"Accept-Ranges": "bytes"})
            return
        first, last = _bounds(found[1], found[2], len(data))
        if first > last:
            self._send(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, b"", kind, {"Content-Range": f"bytes */{len(data)}"})
            return
        there = {"Content-Range": f"bytes {first}-{last}/{len(data)}", "Accept-Ranges": "bytes"}
        self._send(HTTPStatus.PARTIAL_CONTENT, data[first : last + 1], kind, there)

    def _redirect(self, address: str) -> None:
        # Never "//host": a browser would leave this server.
        self._send(HTTPStatus.MOVED_PERMANENTLY, b"", "text/plain", {"Location": "/" + address.lstrip("/")})

    def _send(self, status: HTTPStatus, body: bytes, kind: str, headers: dict[str, str] | None = None) -> None:
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
                self.wfile.write((text or ": still here\n\n").encode())
                self.wfile.flush()


def _bounds(first: str, last: str, size: int) -> tuple[int, int]:
    """Return the first and last byte that a range asks for; the first is greater when it asks for none."""
    if not first:
        return max(size - int(last), 0), size - 1
    return int(first), min(int(last), size - 1) if last else size - 1


def with_client(page: bytes) -> bytes:
    """Return `page` with the script that listens to this server."""
    script = f'<script src="{OWN}client.js"></script>'.encode()
    head, found, tail = page.rpartition(b"</body>")
    return head + script + found + tail if found else page + script


class Rebuilder:
    """The process that keeps the site in memory; begun anew when code changed or it came to an end."""

    def __init__(self, settings_file: Path, *, drafts: bool) -> None:
        self.settings_file, self.drafts = settings_file, drafts
        self.began = 0.0
        self._process: subprocess.Popen[bytes] | None = None
        self._said: Any = None

    def build(self, changed: Iterable[Path] = (), early: Callable[[str], None] = lambda _: None) -> dict[str, Any]:
        """Build, and return what the other process says: problems, changed files, output, paths to watch, summary.

        `early` is told the place of the page of the one post that `changed`, once that is written.
        """
        if self._process is None or self._process.poll() is not None:
            self._process = self._start()
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self.began = time.time()
        try:
            self._process.stdin.write(json.dumps([str(path) for path in changed]).encode() + b"\n")
            self._process.stdin.flush()
            answer: dict[str, Any] = json.loads(self._process.stdout.readline())
            if "early" in answer:
                early(answer["early"])
                answer = json.loads(self._process.stdout.readline())
        except (OSError, ValueError):
            self._process.wait(10)
            self._said.seek(0)
            answer = {"problems": [_fault(self._said.read().decode("utf-8", "replace"))]}
            self.forget()
        return answer

    def _start(self) -> subprocess.Popen[bytes]:
        package = str(Path(__file__).parents[2])
        code = f"import sys; sys.path.insert(0, {package!r}); import authorsite.publishing.rebuilding as r; r.answer()"
        options = [sys.executable, "-c", code, str(self.settings_file), "drafts" if self.drafts else ""]
        pipe, self._said = subprocess.PIPE, tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the process
        return subprocess.Popen(options, stdin=pipe, stdout=pipe, stderr=self._said, cwd=self.settings_file.parent)

    def forget(self) -> None:
        """End the process; the next build begins another, with the code as it is then."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
            for stream in (self._process.stdin, self._process.stdout, self._said):
                with suppress(OSError):
                    stream.close()  # type: ignore[union-attr]  # both pipes were asked for
            self._process = None


def _fault(trace: str) -> dict[str, Any]:
    """Return as a problem what ended the other process, placed at the last file and line of its traceback."""
    places = re.findall(r'File "([^"<]+)", line (\d+)', trace)
    path, line = places[-1] if places else ("(build)", "0")
    last = next((text for text in reversed(trace.splitlines()) if text.strip()), "the build ended without a word")
    hint = "mend it and save: the server goes on by itself"
    return {"path": path, "line": int(line), "message": last, "hint": hint, "severity": "error"}


class _Filter(DefaultFilter):
    """Leaves out what editors and tools drop beside files."""

    ignore_entity_patterns = (*DefaultFilter.ignore_entity_patterns, r"\.tmp$", r"^4913$", r"^#.*#$")


def changes(
    paths: Iterable[Path], settings: Iterable[Path], since: float, stop: threading.Event | None = None
) -> Iterator[set[Path]]:
    """Give sets of changed files below `paths`, soon after they change, and changed `settings` files.

    What changed after the time `since`, before anybody watched, comes with the first set.
    """
    there = [path for path in paths if path.exists()]
    stamps: dict[Path, int] | None = None
    for found in watch(
        *there, watch_filter=_Filter(), step=10, debounce=400, rust_timeout=300, yield_on_timeout=True, stop_event=stop
    ):
        now = _stamps(settings)
        changed = {Path(path) for _, path in found}
        if stamps is None:
            below = (path for folder in there for path in folder.rglob("*"))
            changed |= {path for path in (*there, *below, *now) if _changed_after(path, since)}
        else:
            changed |= {path for path in now if now[path] != stamps.get(path)}
        stamps = now
        if changed:
            yield changed


def _changed_after(path: Path, since: float) -> bool:
    """Return whether a file was written, or came by another name, after `since`; a folder's time tells of removals."""
    with suppress(OSError):
        return _Filter()(Change.modified, str(path)) and path.stat().st_ctime >= since - _TICK
    return False


def _stamps(files: Iterable[Path]) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in files if path.exists()}


def serve(
    settings_file: str | Path, port: int = 8000, *, drafts: bool = True, say: Callable[[str], None] = print
) -> None:
    """Build the site, serve it, and build again at every change, until interrupted."""
    settings_file = Path(settings_file).resolve()
    if not settings_file.is_file():
        raise Refused("there is no such file: name a settings file with --settings", str(settings_file))
    if not 0 <= port < 2**16:
        raise Refused(f"there is no port {port}: write --port with a number up to {2**16 - 1}")
    root = settings_file.parent
    rebuilder = Rebuilder(settings_file, drafts=drafts)
    say("Building …")
    answer = rebuilder.build()
    server = Server(Path(answer.get("output") or root / "output"), port, answer.get("prefix", ""))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    server.channel.tell("problems", answer["problems"])
    say(_told(answer))
    say(f"{server.address} shows the site; stop with Ctrl-C")
    try:
        while True:
            watched = [Path(p) for p in answer.get("watch") or ()] or [
                root / n for n in ("content", "theme", "plugins")
            ]
            answer = _until_paths_change(server, rebuilder, watched, root, say)
    except KeyboardInterrupt:
        say("")
    finally:
        server.shutdown()
        server.server_close()
        rebuilder.forget()


def _until_paths_change(
    server: Server, rebuilder: Rebuilder, watched: list[Path], root: Path, say: Callable[[str], None]
) -> dict[str, Any]:
    """Build at every change until a build says that other paths are to be watched; return what that one said."""
    for changed in changes(watched, sorted(root.glob("*.py")), rebuilder.began):
        started = time.perf_counter()
        if any(path.suffix == ".py" and path.parent != root for path in changed):
            rebuilder.forget()
        answer = rebuilder.build(changed, lambda place: server.tell_changed([place]))
        server.channel.tell("problems", answer["problems"])
        server.tell_changed(answer.get("changed", []))
        say(f"{_told(answer)} ({(time.perf_counter() - started) * 1000:.0f} ms)")
        if "output" in answer:
            server.output, server.prefix = Path(answer["output"]), answer["prefix"]
            if {Path(path) for path in answer["watch"]} != set(watched):
                return answer
    raise KeyboardInterrupt


def _told(answer: dict[str, Any]) -> str:
    lines = [
        f"{p['path']}:{p['line']}: {p['message']}" + (f" - {p['hint']}" if p["hint"] else "")
        for p in answer["problems"]
    ]
    return "\n".join([*lines, answer.get("summary", "not built")])
