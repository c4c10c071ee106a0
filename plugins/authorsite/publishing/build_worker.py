"""The development server's other process: keeps the site in memory and builds it when asked."""

from __future__ import annotations

import gc
import json
import os
import select
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pelican_incremental.session import BuildSession

from ..settings import AFTERWARDS, Afterwards
from .build import Built, build, counted
from .preview import preview

_PATIENCE = 600
"""Seconds to wait for a publish to end, say."""

_QUIET = 3
"""Seconds without a save before what may be done afterwards is begun: it keeps all cores busy."""


def answer() -> None:
    """Build once for every line that comes in, and answer each with one line of JSON; argv: settings file, drafts.

    A line is the JSON of the paths that changed. Where that is one post, its page goes before, in a line of its own.
    """
    settings_file, drafts = Path(sys.argv[1]), sys.argv[2] == "drafts"
    # Whatever plugins print must not be taken for an answer.
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    share, may_put_off = BuildSession(), False
    for line in sys.stdin:
        changed = json.loads(line)
        if len(changed) == 1 and (place := preview(share, Path(changed[0]))):
            out.write(json.dumps({"early": place}) + "\n")
            out.flush()
        afterwards: Afterwards = []
        overrides = {AFTERWARDS: afterwards} if may_put_off else {}
        share = BuildSession()
        built = build(settings_file, overrides, drafts=drafts, share=share, patience=_PATIENCE)
        out.write(json.dumps(_told(built, share), ensure_ascii=False) + "\n")
        out.flush()
        rest(share)
        if not built.failed:
            may_put_off = _catch_up(share, afterwards)


def rest(share: BuildSession) -> None:
    """Let go of what the next build will not need, while nobody waits for one."""
    if share.writer is not None:
        share.writer._written_files.clear()  # noqa: SLF001 - Pelican refuses to write a file twice
        share.writer._overridden_files.clear()  # noqa: SLF001 - the same
        share.writer.tracker.forget()  # values may have changed
    gc.unfreeze()
    gc.collect()


def _catch_up(share: BuildSession, afterwards: Afterwards) -> bool:
    """Do what a build put off, until another is asked for; return False if that failed, and only a build can say so."""
    if not afterwards or share.manifest is None or _is_asked(_QUIET):
        return True
    share.manifest.begin()  # what is made now goes with the next build, unless that wants it
    return all(work(_is_asked) for work in afterwards)


def _is_asked(patience: float = 0.02) -> bool:
    """Return whether a line has come in, or comes in so many seconds."""
    return bool(select.select([sys.stdin], [], [], patience)[0])


def _told(built: Built, share: BuildSession) -> dict[str, Any]:
    told: dict[str, Any] = {
        "problems": [asdict(problem) for problem in built.problems],
        "changed": sorted(share.report.changed),
        "summary": f"{counted(share.report)} in {built.seconds:.2f} s"
        if not built.failed
        else built.problems.summary(),
    }
    if share.settings:
        names = [share.settings["PATH"], share.settings["THEME"], *share.settings["THEME_TEMPLATES_OVERRIDES"]]
        watched = {
            str(Path(name).resolve()) for name in (*names, *share.settings["PLUGIN_PATHS"]) if Path(name).is_dir()
        }
        told |= {"output": str(built.output), "prefix": share.settings["SITEURL"], "watch": sorted(watched)}
    return told
