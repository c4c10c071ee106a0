"""A staging folder that begins as the last output, without a second copy of its bytes."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from pelican_incremental.manifest import Manifest


def stage(output: Path, staging: Path, cache: Path) -> None:
    """Make `staging` anew with the files that the last build wrote to `output` and that are still as it wrote them.

    Pages and static files are hard links: the build engine writes them by renaming and never into the old file.
    Whatever else was noted is copied, for its makers may write as they like; all is, where there are no hard links.
    """
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    manifest = Manifest(cache, output)
    made: set[str] = set()
    for name, entry in manifest.before.items():
        if not manifest.is_as_written(name):
            continue
        source, target = f"{output}/{name}", f"{staging}/{name}"
        folder = os.path.dirname(target)  # noqa: PTH120 - ten thousand times a build
        if folder not in made:
            os.makedirs(folder, exist_ok=True)  # noqa: PTH103 - the same
            made.add(folder)
        try:
            (os.link if entry.digest else shutil.copy2)(source, target)
        except OSError:
            shutil.copy2(source, target)
