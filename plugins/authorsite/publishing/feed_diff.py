"""Show what publishing would change for feed subscribers, without publishing."""

import sys
from collections.abc import Iterable
from pathlib import Path

import httpx

from ..feeds.diff import FeedDiff, compare_feeds
from ..feeds.parsing import is_feed, read_feeds
from ..problems import CommandError
from ..site_build import get_site
from .build import StagedBuild, build
from .published import compare_offline


def feed_diff(settings_file: Path, against: str = "") -> int:
    """Build the site in a staging folder, print how its feeds differ from the old ones, and return the exit status.

    `against` says where the old feeds are: a folder or the URL of the live site; by default, what was last published,
    as far as this machine knows. The status is 1 if a publish would be refused.
    """
    is_url = against.startswith(("http://", "https://"))
    if against and not is_url and not Path(against).is_dir():
        raise CommandError("no such folder - use --against with a folder or the URL of the live site", against)

    compared = False

    def approve(staged: StagedBuild) -> bool:
        nonlocal compared
        compared = True
        if against:
            new = read_feeds(staged.tree)
            # The live site has no list of its feeds: also fetch those of the last output, in case one is to be removed.
            old = _fetch_feeds(against, {*new, *read_feeds(staged.output)}) if is_url else read_feeds(Path(against))
            allow = get_site(staged.settings).feeds.allow
            _print_diff(
                compare_feeds(old, new, staged.problems, allow), new.keys() - old.keys(), old.keys() - new.keys()
            )
        elif comparison := compare_offline(staged, settings_file):
            print(f"Compared with {comparison.summary}.")
            new_feeds, removed_feeds = (
                filter(is_feed, names) for names in (comparison.files.new, comparison.files.removed)
            )
            _print_diff(comparison.feeds, new_feeds, removed_feeds)
        return False

    result = build(settings_file, approve=approve)
    result.problems.print(stream=sys.stdout if compared else sys.stderr)
    return int(result.failed)


def _print_diff(diffs: list[FeedDiff], new: Iterable[str], removed: Iterable[str]) -> None:
    lines = [*map(str, diffs)]
    lines += [f"{path}: new feed" for path in sorted(new)] + [f"{path}: feed removed" for path in sorted(removed)]
    print("\n".join(lines) or "Nothing changes for subscribers.")


def _fetch_feeds(site: str, paths: Iterable[str]) -> dict[str, bytes]:
    """Fetch the feeds at `paths` from the live `site`, without those that are missing."""
    try:
        with httpx.Client(timeout=20, follow_redirects=True) as client:
            responses = {path: client.get(f"{site.rstrip('/')}/{path}") for path in sorted(paths)}
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise CommandError(f"cannot fetch the feeds: {error} - check the URL and your connection", site) from None
    return {path: response.content for path, response in responses.items() if response.is_success}
