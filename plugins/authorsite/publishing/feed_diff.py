"""What publishing now would do to subscribers, without publishing."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from ..feeds.diff import check
from ..problems import ProblemLog, Refused
from ..settings import NAME
from .build import build
from .settings_file import read_conf
from .tree_diff import feeds_in


def feed_diff(settings_file: Path, against: str = "") -> int:
    """Build the site elsewhere, print how its feeds differ from those `against`, and return the exit status.

    `against` is a folder or the live site's address; left out, the output folder of the last build. The status is 1
    when a strict build would fail over it.
    """
    web = against.startswith(("http://", "https://"))
    if against and not web and not Path(against).is_dir():
        raise Refused("there is no such folder: name one, or the live site's address, with --against", against)
    with TemporaryDirectory() as folder:
        built = build(settings_file, {"OUTPUT_PATH": f"{folder}/output"})
        new = feeds_in(Path(folder, "output"))
    if built.failed:
        built.problems.print()
        return 1
    settings = read_conf(settings_file)
    log = ProblemLog(root=settings_file.parent, strict=True)
    try:
        there = feeds_in(Path(settings["OUTPUT_PATH"] if web else against or settings["OUTPUT_PATH"]))
        # A site does not list its feeds: those of the last output are asked for too, in case one is to vanish.
        old = _feeds_at(against, {*new, *there}) if web else there
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Refused(f"the site cannot be asked: {error}; check the address and the network", against) from None
    diffs = check(old, new, log, settings[NAME].get("feeds", {}).get("allow", {}))
    for diff in diffs:
        print(diff)
    for path in sorted(old.keys() ^ new.keys()):
        print(f"{path}: {'a new feed' if path in new else 'this feed is gone'}")
    if not diffs and old.keys() == new.keys():
        print("Nothing changes for subscribers.")
    log.print(stream=sys.stdout)
    return int(log.failed)


def _feeds_at(site: str, paths: Iterable[str]) -> dict[str, bytes]:
    """Return those of the feeds `paths` that the live `site` has; raises httpx.HTTPError when it cannot be asked."""
    with httpx.Client(timeout=20, follow_redirects=True) as client:
        answers = {path: client.get(f"{site.rstrip('/')}/{path}") for path in sorted(paths)}
    return {path: answer.content for path, answer in answers.items() if answer.is_success}
