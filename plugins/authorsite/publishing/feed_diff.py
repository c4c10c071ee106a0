"""What publishing now would do to subscribers, without publishing."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
from pelican.settings import read_settings

from ..feeds.diff import check
from ..problems import ProblemLog
from ..settings import NAME
from .build import build
from .feeds import feeds_at, feeds_in


def feed_diff(settings_file: Path, against: str = "") -> int:
    """Build the site elsewhere, print how its feeds differ from those `against`, and return the exit status.

    `against` is a folder or the live site's address; left out, the output folder of the last build. The status is 1
    when a strict build would fail over it.
    """
    with TemporaryDirectory() as folder:
        built = build(settings_file, {"OUTPUT_PATH": f"{folder}/output"})
        new = feeds_in(Path(folder, "output"))
    if built.failed:
        built.problems.print()
        return 1
    settings = read_settings(str(settings_file))
    log = ProblemLog(root=settings_file.parent, strict=True)
    try:
        web = against.startswith(("http://", "https://"))
        old = feeds_at(against, new) if web else feeds_in(Path(against or settings["OUTPUT_PATH"]))
    except httpx.HTTPError as error:
        log.error(against, 0, f"the site cannot be asked: {error}", "check the address and the network", kind="feed")
        old = {}
    diffs = check(old, new, log, settings[NAME].get("feeds", {}).get("allow", {}))
    for diff in diffs:
        print(diff)
    gone, added = sorted(old.keys() - new.keys()), sorted(new.keys() - old.keys())
    print("\n".join([*(f"{path}: a new feed" for path in added), *(f"{path}: this feed is gone" for path in gone)]))
    if not (diffs or gone or added):
        print("Nothing changes for subscribers.")
    log.print(stream=sys.stdout)
    return int(log.failed)
