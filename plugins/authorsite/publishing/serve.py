"""The development server: the site as it will be, rebuilt while you write, and shown without a reload by hand.

Three parts, so that no mistake in content, theme, settings or plugins can stop it: this process answers the browser
(`server`) and watches the files; another (`rebuilding`) keeps the site in memory and builds; a script in the browser
hears of both. The script is put into pages as they are sent; no file of the output knows it.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from watchfiles import Change, DefaultFilter, watch

from ..problems import Refused
from .server import Server

_TICK = 0.02
"""Seconds by which a file's times may be behind the clock."""


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
        code = (
            f"import sys; sys.path.insert(0, {package!r}); import authorsite.publishing.build_worker as r; r.answer()"
        )
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


def changes(paths: Iterable[Path], settings: Iterable[Path], since: float) -> Iterator[set[Path]]:
    """Give sets of changed files below `paths`, soon after they change, and changed `settings` files.

    What changed after the time `since`, before anybody watched, comes with the first set.
    """
    there = [path for path in paths if path.exists()]
    below = (path for folder in there for path in folder.rglob("*"))
    looked_at = [*there, *below, *settings]
    for found in watch(*there, watch_filter=_Filter(), step=10, debounce=400, rust_timeout=300, yield_on_timeout=True):
        now = time.time()
        changed = {Path(path) for _, path in found} | {path for path in looked_at if _changed_after(path, since)}
        # Settings stand in the project's folder, which holds too much to be watched.
        looked_at, since = [*settings], now
        if changed:
            yield changed


def _changed_after(path: Path, since: float) -> bool:
    """Return whether a file was written, or came by another name, after `since`; a folder's time tells of removals."""
    with suppress(OSError):
        return _Filter()(Change.modified, str(path)) and path.stat().st_ctime >= since - _TICK
    return False


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
            watched = answer.get("watch") or [root / name for name in ("content", "theme", "plugins")]
            answer = _until_paths_change(server, rebuilder, [*map(Path, watched)], root, say)
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
