"""The build process of the development server: keeps the site in memory and builds it on request."""

import gc
import json
import os
import select
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pelican_incremental.session import BuildSession

from ..problems import Severity
from ..site_build import DeferredTasks, get_site
from .build import BuildResult, build
from .build_report import format_counts
from .preview import preview

_LOCK_TIMEOUT = 600
"""Seconds to wait for another process, such as a publish, to finish."""

_IDLE_SECONDS = 3
"""Seconds without a save before deferred tasks start: they keep all cores busy."""


def serve_requests() -> None:
    """Build once for each line on stdin and answer with one line of JSON on stdout; argv: settings file, "drafts".

    A request is the JSON list of changed paths. If that is a single post, a line {"preview": path of its page} comes
    first, as soon as that page is written.
    """
    settings_file, drafts = Path(sys.argv[1]), sys.argv[2] == "drafts"
    # Plugins may print to stdout; that must not be mistaken for a response.
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    session, may_defer = BuildSession(), False
    for line in sys.stdin:
        changed = json.loads(line)
        if len(changed) == 1 and (page := preview(session, Path(changed[0]))):
            print(json.dumps({"preview": page}), file=out, flush=True)
        deferred_tasks: DeferredTasks = []
        session = BuildSession()
        result = build(
            settings_file,
            drafts=drafts,
            session=session,
            deferred_tasks=deferred_tasks if may_defer else None,
            lock_timeout=_LOCK_TIMEOUT,
        )
        print(json.dumps(_make_response(result, session), ensure_ascii=False), file=out, flush=True)
        release_memory(session)
        if not result.failed:
            may_defer = _run_deferred_tasks(session, deferred_tasks)


def release_memory(session: BuildSession) -> None:
    """Free what the next build does not need, while no request is waiting."""
    if session.writer is not None:
        session.writer._written_files.clear()  # noqa: SLF001 - Pelican refuses to write a file twice
        session.writer._overridden_files.clear()  # noqa: SLF001 - the same
        session.writer.tracker.reset()  # values may have changed
    gc.unfreeze()
    gc.collect()


def _run_deferred_tasks(session: BuildSession, tasks: DeferredTasks) -> bool:
    """Run the tasks that a build deferred until a request comes in; return False if one failed.

    After a failure, the next build must not defer tasks, so that it reports the error.
    """
    if not tasks or session.manifest is None or _has_request(_IDLE_SECONDS):
        return True
    session.manifest.open_journal()  # files written now are removed by the next build unless it writes them too
    return all(task(_has_request) for task in tasks)


def _has_request(timeout: float = 0.02) -> bool:
    """Return whether a request is waiting, or comes in within `timeout` seconds; False on Windows, which can't say."""
    if sys.platform == "win32":
        return False
    return bool(select.select([sys.stdin], [], [], timeout)[0])


def _make_response(result: BuildResult, session: BuildSession) -> dict[str, Any]:
    """Return problems, changed files and a summary and, once settings are read, output, URL prefix, paths to watch.

    Notices about imported posts are left out: there may be thousands, at each save.
    """
    imported = result.problems.imported
    summary = f"{format_counts(session.report)} in {result.seconds:.2f} s"
    response: dict[str, Any] = {
        "problems": [asdict(p) for p in result.problems if p.severity != Severity.NOTICE or p.path not in imported],
        "changed": sorted(session.report.changed),
        "summary": result.problems.summary() if result.failed else summary,
    }
    if settings := session.settings:
        names = (settings["PATH"], settings["THEME"], *settings["THEME_TEMPLATES_OVERRIDES"], *settings["PLUGIN_PATHS"])
        watched = sorted({str(Path(name).resolve()) for name in names if Path(name).is_dir()})
        response |= {"output": str(result.output), "prefix": get_site(settings).root, "watch": watched}
    return response
