"""The development server: serves the site, rebuilds it after every change, and reloads open pages.

A mistake in content, theme, settings or plugins cannot stop it, because it has three parts: this process serves the
files (`server`) and watches the sources; a second process (`build_worker`) keeps the site in memory and builds it; a
script in the browser receives events. The script is injected into pages as they are sent, never into output files.
"""

import json
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from watchfiles import Change, DefaultFilter, watch

from ..problems import CommandError, Problem
from .server import Server
from .settings_file import require_settings_file

_CLOCK_TOLERANCE = 0.02
"""Seconds by which a file's timestamps may lag behind the clock."""


class BuildWorker:
    """The process that builds the site (see build_worker); restarted after a code change or a crash."""

    def __init__(self, settings_file: Path, *, drafts: bool) -> None:
        self.settings_file, self.drafts = settings_file, drafts
        self.build_started = 0.0
        self._process: subprocess.Popen[bytes] | None = None
        self._stderr: Any = None

    def build(self, changed: Iterable[Path] = (), on_preview: Callable[[str], None] = lambda _: None) -> dict[str, Any]:
        """Build and return the response: problems, changed files, output, paths to watch, summary.

        If `changed` is a single post, `on_preview` is called with the path of its page as soon as that is written.
        """
        if self._process is None or self._process.poll() is not None:
            self._process = self._start()
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self.build_started = time.time()
        try:
            self._process.stdin.write(json.dumps([str(path) for path in changed]).encode() + b"\n")
            self._process.stdin.flush()
            response: dict[str, Any] = json.loads(self._process.stdout.readline())
            if "preview" in response:
                on_preview(response["preview"])
                response = json.loads(self._process.stdout.readline())
        except (OSError, ValueError):
            self._process.wait(10)
            self._stderr.seek(0)
            response = {"problems": [_parse_crash(self._stderr.read().decode("utf-8", "replace"))]}
            self.stop()
        return response

    def _start(self) -> subprocess.Popen[bytes]:
        plugins = str(Path(__file__).parents[2])
        code = (
            f"import sys; sys.path.insert(0, {plugins!r})\n"
            "from authorsite.publishing.build_worker import serve_requests; serve_requests()"
        )
        command = [sys.executable, "-c", code, str(self.settings_file), "drafts" if self.drafts else ""]
        pipe, self._stderr = subprocess.PIPE, tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the process
        return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=self._stderr, cwd=self.settings_file.parent)

    def stop(self) -> None:
        """Kill the process; the next build starts another one, with the current code."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
            for stream in (self._process.stdin, self._process.stdout, self._stderr):
                with suppress(OSError):
                    stream.close()  # type: ignore[union-attr]  # both pipes were asked for
            self._process = None


def _parse_crash(stderr: str) -> dict[str, Any]:
    """Return the crash of the build process as a problem, located at the last frame of its traceback."""
    frames = re.findall(r'File "([^"<]+)", line (\d+)', stderr)
    path, line = frames[-1] if frames else ("(build)", "0")
    message = stderr.strip().rpartition("\n")[2] or "the build process ended without an error message"
    return asdict(Problem(path, int(line), message, "fix it and save: the server then builds again"))


class _SourceFilter(DefaultFilter):
    """Ignores temporary files of editors and tools."""

    ignore_entity_patterns = (*DefaultFilter.ignore_entity_patterns, r"\.tmp$", r"^4913$", r"^#.*#$")


def watch_changes(paths: Iterable[Path], settings: Iterable[Path], since: float) -> Iterator[set[Path]]:
    """Yield sets of changed files below `paths`, and changed `settings` files, soon after they change.

    The first set includes what changed after the time `since` (seconds since the epoch), before watching began.
    """
    folders = [path for path in paths if path.exists()]
    contents = (path for folder in folders for path in folder.rglob("*"))
    polled = [*folders, *contents, *settings]
    for events in watch(
        *folders, watch_filter=_SourceFilter(), step=10, debounce=400, rust_timeout=300, yield_on_timeout=True
    ):
        now = time.time()
        changed = {Path(path) for _, path in events} | {path for path in polled if _has_changed_since(path, since)}
        # Settings files are polled: watching the whole project folder would cost too much.
        polled, since = [*settings], now
        if changed:
            yield changed


def _has_changed_since(path: Path, since: float) -> bool:
    """Whether a file was written or renamed after `since`; a removal changes the time of its folder."""
    with suppress(OSError):
        return _SourceFilter()(Change.modified, str(path)) and path.stat().st_ctime >= since - _CLOCK_TOLERANCE
    return False


def serve(
    settings_file: str | Path, port: int = 8000, *, drafts: bool = True, report: Callable[[str], None] = print
) -> None:
    """Build the site, serve it, and rebuild it after every change, until interrupted; `report` prints progress."""
    settings_file = Path(settings_file).resolve()
    require_settings_file(settings_file)
    if not 0 <= port < 2**16:
        raise CommandError(f"invalid port {port} - use --port with a number up to {2**16 - 1}")
    root = settings_file.parent
    worker = BuildWorker(settings_file, drafts=drafts)
    report("Building …")
    response = worker.build()
    server = Server(Path(response.get("output") or root / "output"), port, response.get("prefix", ""))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    server.send_problems(response["problems"])
    report(_format_response(response))
    report(describe_address(server, port))
    try:
        while True:
            watched = response.get("watch") or [root / name for name in ("content", "theme", "plugins")]
            response = _rebuild_until_paths_change(server, worker, [*map(Path, watched)], root, report)
    except KeyboardInterrupt:
        report("")
    finally:
        server.shutdown()
        server.server_close()
        worker.stop()


def describe_address(server: Server, port: int) -> str:
    """Say where the site is shown, and why it is not at the `port` that was asked for."""
    is_other = port not in {0, server.server_port}
    reason = f" (port {port} is in use by another program)" if is_other else ""
    return f"{server.url} shows the site{reason}; stop with Ctrl-C"


def _rebuild_until_paths_change(
    server: Server, worker: BuildWorker, watched: list[Path], root: Path, report: Callable[[str], None]
) -> dict[str, Any]:
    """Build after every change until the paths to watch differ from `watched`; return the last response."""
    for changed in watch_changes(watched, sorted(root.glob("*.py")), worker.build_started):
        started = time.perf_counter()
        if any(path.suffix in {".py", ".po"} and path.parent != root for path in changed):
            worker.stop()
        response = worker.build(changed, lambda page: server.send_changed([page]))
        server.send_problems(response["problems"])
        server.send_changed(response.get("changed", []))
        report(f"{_format_response(response)} ({(time.perf_counter() - started) * 1000:.0f} ms)")
        if "output" in response:
            server.output, server.prefix = Path(response["output"]), response["prefix"]
            if {Path(path) for path in response["watch"]} != set(watched):
                return response
    raise KeyboardInterrupt


def _format_response(response: dict[str, Any]) -> str:
    return "\n".join([*(str(Problem(**p)) for p in response["problems"]), response.get("summary", "not built")])
