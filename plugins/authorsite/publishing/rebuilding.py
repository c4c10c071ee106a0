"""The development server's other process: keeps the site in memory and builds it when asked."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pelican_incremental.session import BuildSession

from ..discovery.adapter import DiscoveryGenerator
from .build import Built, build
from .preview import preview

_PATIENCE = 600
"""Seconds to wait for a publish to end, say."""


def answer() -> None:
    """Build once for every line that comes in, and answer each with one line of JSON; argv: settings file, drafts.

    A line is the JSON of the paths that changed. Where that is one post, its page goes before, in a line of its own.
    """
    settings_file, drafts = Path(sys.argv[1]), sys.argv[2] == "drafts"
    # Whatever plugins print must not be taken for an answer.
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    share = BuildSession()
    for line in sys.stdin:
        changed = json.loads(line)
        if len(changed) == 1 and (place := preview(share, Path(changed[0]))):
            out.write(json.dumps({"early": place}) + "\n")
            out.flush()
        DiscoveryGenerator.search_may_wait = bool(share.settings)
        share = BuildSession()
        built = build(settings_file, drafts=drafts, share=share, patience=_PATIENCE)
        out.write(json.dumps(_told(built, share), ensure_ascii=False) + "\n")
        out.flush()
        share.rest()


def _told(built: Built, share: BuildSession) -> dict[str, Any]:
    told: dict[str, Any] = {
        "problems": [asdict(problem) for problem in built.problems],
        "changed": sorted(share.report.changed),
        "summary": f"{share.report} in {built.seconds:.2f} s" if not built.failed else built.problems.summary(),
    }
    if share.settings:
        names = [share.settings["PATH"], share.settings["THEME"], *share.settings["THEME_TEMPLATES_OVERRIDES"]]
        watched = {
            str(Path(name).resolve()) for name in (*names, *share.settings["PLUGIN_PATHS"]) if Path(name).is_dir()
        }
        told |= {"output": str(built.output), "prefix": share.settings["SITEURL"], "watch": sorted(watched)}
    return told
