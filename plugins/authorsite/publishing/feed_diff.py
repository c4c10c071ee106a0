"""Show what publishing would change for feed subscribers, without publishing."""

import sys
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
from pelican_incremental.session import BuildSession

from ..feeds.diff import compare_feeds, read_feeds
from ..problems import CommandError, ProblemLog
from ..settings import SETTINGS_KEY
from .build import build
from .settings_file import read_settings_file


def feed_diff(settings_file: Path, against: str = "") -> int:
    """Build the site in a temporary folder, print how its feeds differ from the old ones, and return the exit status.

    `against` says where the old feeds are: a folder or the URL of the live site; by default, the output folder of the
    last build. The status is 1 if a strict build would fail because of the differences.
    """
    is_url = against.startswith(("http://", "https://"))
    if against and not is_url and not Path(against).is_dir():
        raise CommandError("no such folder - use --against with a folder or the URL of the live site", against)
    session = BuildSession()
    with TemporaryDirectory() as folder:
        result = build(settings_file, {"OUTPUT_PATH": f"{folder}/output"}, session=session)
        new = read_feeds(Path(folder, "output"))
    if result.failed:
        result.problems.print()
        return 1
    log = ProblemLog(root=settings_file.parent, strict=True)
    try:
        local = read_feeds(Path((not is_url and against) or read_settings_file(settings_file)["OUTPUT_PATH"]))
        # The live site has no list of its feeds: also fetch those of the last output, in case one is to be removed.
        old = _fetch_feeds(against, {*new, *local}) if is_url else local
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise CommandError(f"cannot fetch the feeds: {error} - check the URL and your connection", against) from None
    diffs = compare_feeds(old, new, log, session.settings[SETTINGS_KEY].feeds.allow)
    for diff in diffs:
        print(diff)
    for path in sorted(old.keys() ^ new.keys()):
        print(f"{path}: {'new feed' if path in new else 'feed removed'}")
    if not diffs and old.keys() == new.keys():
        print("Nothing changes for subscribers.")
    log.print(stream=sys.stdout)
    return int(log.failed)


def _fetch_feeds(site: str, paths: Iterable[str]) -> dict[str, bytes]:
    """Fetch the feeds at `paths` from the live `site`, without those that are missing; raises httpx.HTTPError."""
    with httpx.Client(timeout=20, follow_redirects=True) as client:
        responses = {path: client.get(f"{site.rstrip('/')}/{path}") for path in sorted(paths)}
    return {path: response.content for path, response in responses.items() if response.is_success}
