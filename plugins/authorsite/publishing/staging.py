"""Prepare a staging folder from the last output with hard links instead of copies."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from pelican_incremental.manifest import Manifest


def stage(output: Path, staging: Path, cache: Path) -> None:
    """Create `staging` with the files that the last build wrote to `output` and that are unmodified since.

    Pages and static files become hard links: the build engine replaces files by renaming and never writes into them.
    Files written by other plugins are copied, since those may write in place. Without hard links, all are copied.
    """
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    manifest = Manifest(cache, output)
    created: set[str] = set()
    for name, record in manifest.previous.items():
        if not manifest.is_unmodified(name):
            continue
        source, target = f"{output}/{name}", f"{staging}/{name}"
        folder = os.path.dirname(target)  # noqa: PTH120 - ten thousand times a build
        if folder not in created:
            os.makedirs(folder, exist_ok=True)  # noqa: PTH103 - the same
            created.add(folder)
        try:
            (os.link if record.fingerprint else shutil.copy2)(source, target)
        except OSError:
            shutil.copy2(source, target)
