"""The development server's other process: keeps the site in memory and builds it when asked."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ..building.adapter import Build
from ..discovery.adapter import DiscoveryGenerator
from .build import Built, build


def answer() -> None:
    """Build once for every line that comes in, and answer each with one line of JSON; argv: settings file, drafts.

    A line is the JSON of the paths that changed. Where that is one post, its page goes before, in a line of its own.
    """
    settings_file, drafts = Path(sys.argv[1]), sys.argv[2] == "drafts"
    # Whatever plugins print must not be taken for an answer.
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    share = Build(kept=True)
    for line in sys.stdin:
        changed = json.loads(line)
        if len(changed) == 1 and (place := share.preview(Path(changed[0]))):
            out.write(json.dumps({"early": place}) + "\n")
            out.flush()
        DiscoveryGenerator.search_may_wait = share.reading is not None
        share = Build(kept=True, reading=share.reading)
        built = build(settings_file, drafts=drafts, share=share)
        out.write(json.dumps(_told(built, share), ensure_ascii=False) + "\n")
        out.flush()
        share.rest()


def _told(built: Built, share: Build) -> dict[str, Any]:
    told: dict[str, Any] = {
        "problems": [asdict(problem) for problem in built.problems],
        "changed": sorted(share.tally.changed),
        "summary": f"{share.tally} in {built.seconds:.2f} s" if not built.failed else built.problems.summary(),
    }
    if share.settings:
        names = [share.settings["PATH"], share.settings["THEME"], *share.settings["THEME_TEMPLATES_OVERRIDES"]]
        watched = {
            str(Path(name).resolve()) for name in (*names, *share.settings["PLUGIN_PATHS"]) if Path(name).is_dir()
        }
        told |= {"output": str(built.output), "prefix": share.settings["SITEURL"], "watch": sorted(watched)}
    return told
