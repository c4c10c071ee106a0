"""Check and publish the site: build in a staging folder, check it, confirm, swap it in, upload, verify."""

import os
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from ..checking.internal import check_built_site
from ..checking.photo_locations import check_photo_locations
from ..checking.stale_records import check_stale_records
from ..exceptions import suggest_remedy
from ..feeds.parsing import is_feed
from ..output import get_registry
from ..problems import CommandError, Problem
from ..settings import SETTINGS_KEY, SiteSettings
from ..site_build import get_build_time, get_site
from .atomic_swap import exclusive_lock
from .build import StagedBuild, build, check_format
from .published import compare, compare_offline
from .targets import Target, make_target
from .targets.commands import redact_credentials
from .targets.folder import LocalTree
from .tree_diff import TreeDiff

Reporter = Callable[[str], None]

_REQUEST_TIMEOUT = 20.0
_MAX_PAUSE = 5.0
"""Seconds, at most, between two looks at the live site."""


def check(settings_file: Path, report_format: str = "text") -> int:
    """Report every problem that would stop a publish, and what a publish would change; return the exit status."""
    summaries: list[str] = []

    def approve(staged: StagedBuild) -> bool:
        run_checks(staged)
        if comparison := compare_offline(staged, settings_file):
            summaries.append(comparison.summary)
        return False

    check_format(report_format)
    result = build(settings_file, progress=True, approve=approve)
    result.problems.print(report_format, sys.stderr if report_format == "text" else sys.stdout)
    if report_format == "text" and summaries:
        print(f"Compared with {summaries[0]}.")
    if report_format == "text" and not result.failed:
        print("Ready to publish: no problems found.")
    return int(result.failed)


def run_checks(staged: StagedBuild) -> None:
    """Check links, orphan pages, records and photos of a staged build; add the problems to its log."""
    shown = os.path.relpath(staged.output, staged.problems.root)
    url = get_site(staged.settings).url
    is_generated = get_registry(staged.settings).is_generated
    content = Path(staged.settings["PATH"])
    sources = [*sorted(content.rglob("*.md")), *sorted(staged.problems.root.glob("*.py"))]
    shown = shown if ".." not in shown else "output"
    check_built_site(staged.tree, url, staged.problems, shown, is_generated, sources)
    books = content / "books"
    check_stale_records(books, get_build_time(staged.settings).date(), staged.problems)
    check_photo_locations(content, staged.problems)


def publish(settings_file: Path, *, yes: bool = False, dry_run: bool = False, report: Reporter = print) -> int:
    """Publish the site of `settings_file`; return the exit status. After any failure the live site still works.

    `yes` skips the confirmation; `dry_run` stops after the summary; `report` prints progress.
    """
    with ExitStack() as locks:
        run = _Publish(settings_file.resolve().parent, yes, dry_run, report, locks)
        try:
            report("Building …")
            result = build(settings_file, progress=True, approve=run.approve)
            result.problems.print()
            if not result.failed:
                return run.upload_and_verify(result.output) if run.approved else run.status
            print("Not published: the live site is unchanged.", file=sys.stderr)
        except CommandError as error:
            print(f"Not published: {error}.", file=sys.stderr)
        except OSError as error:
            problem = Problem(
                str(error.filename or "the system"), 0, error.strerror or str(error), suggest_remedy(error)
            )
            print(f"Not published: {problem}.", file=sys.stderr)
        except KeyboardInterrupt:
            print("\nStopped. Publish again to continue; until then the live site still works.", file=sys.stderr)
            return 130
    return 1


@dataclass
class _Publish:
    """One publish: what was decided about the staged build, and the steps that follow.

    `locks` holds the output folder's lock until the upload is done: another build must not change what is uploaded.
    `pending_pings` is a file with the changed feeds that no hub was notified of; the next publish retries them.
    """

    root: Path
    yes: bool
    dry_run: bool
    report: Reporter
    locks: ExitStack
    approved: bool = False
    status: int = 0
    site: SiteSettings = field(init=False)
    pending_pings: Path = field(init=False)
    target: Target | None = None
    diff: TreeDiff = field(default_factory=TreeDiff)

    def approve(self, staged: StagedBuild) -> bool:
        """Check the staged build, report what would change and ask; False leaves everything unchanged."""
        self.locks.enter_context(exclusive_lock(staged.output.parent))
        self.pending_pings = Path(staged.settings["CACHE_PATH"]) / "pending-pings"
        run_checks(staged)
        if staged.problems.failed:
            return False
        self.site = get_site(staged.settings)
        self.target = make_target(self.site, self.root, Path(staged.settings["CACHE_PATH"]))
        comparison = compare(staged, self.target or LocalTree(staged.output))
        self.diff = comparison.files
        self.report(f"{comparison.summary}.")
        if staged.problems.failed:
            return False
        if self.dry_run:
            self.report("Dry run: nothing was swapped in or uploaded.")
            return False
        self.approved = not self.diff or self.yes or self._confirm()
        if self.approved:
            self.report("Swapping in the new output …")
        return self.approved

    def _confirm(self) -> bool:
        self.status = 1
        if not sys.stdin.isatty():
            print("Not published: cannot ask without a terminal - use --yes", file=sys.stderr)
            return False
        with suppress(EOFError):
            if input("Publish? [y/N] ").strip().lower() in {"y", "yes"}:
                return True
        self.report("Not published: the live site is unchanged.")
        return False

    def upload_and_verify(self, tree: Path) -> int:
        """Upload `tree` if it differs, verify the live site and notify the hub; return the exit status.

        Without a difference, this retries what failed after the last upload.
        """
        if self.target is None or self.site.publish is None:
            self.report(f"The site is in {tree}. To upload it, set a target in {SETTINGS_KEY}['publish'].")
            return 0
        feeds = self._update_pending_pings()
        if self.diff:
            self.target.upload(tree, self.report)
        if self.site.publish.verify:
            self.report("Checking the live site …")
            if mismatch := verify(tree, self.site.url, self.site.publish.verify, self.report):
                print(f"Uploaded, but {mismatch}. Publish again in a few minutes to check again.", file=sys.stderr)
                return 1
        if feeds:
            if error := ping_hub(self.site.feeds.hub, self.site.url, feeds):
                print(f"Uploaded, but {redact_credentials(error)}. Publish again to retry.", file=sys.stderr)
                return 1
            self.pending_pings.unlink()
            self.report("The hub was notified of the changed feeds.")
        self.report("Published." if self.diff else f"Nothing to publish: {self.target.name} is up to date.")
        return 0

    def _update_pending_pings(self) -> list[str]:
        """Add the changed feeds to the file of pending pings; return all feeds that the hub must be notified of."""
        if not self.site.feeds.hub:
            return []
        pending = self.pending_pings.read_text("utf-8").split() if self.pending_pings.exists() else []
        feeds = sorted({*pending, *filter(is_feed, self.diff.new + self.diff.changed)})
        if feeds:
            self.pending_pings.parent.mkdir(parents=True, exist_ok=True)
            self.pending_pings.write_text("\n".join(feeds), "utf-8")
        return feeds


def verify(tree: Path, url: str, timeout: int, report: Reporter) -> str:
    """Fetch the home page and the feed until they are those of `tree`; return "", or what is wrong after `timeout`.

    `timeout` is in seconds.
    """
    deadline, pause = time.monotonic() + timeout, 0.2
    with httpx.Client(timeout=_REQUEST_TIMEOUT, follow_redirects=True, headers={"Cache-Control": "no-cache"}) as client:
        while (mismatch := _find_mismatch(client, tree, url)) and time.monotonic() + pause <= deadline:
            time.sleep(pause)
            pause = min(pause * 2, _MAX_PAUSE)
    if not mismatch:
        report(f"{url}/ shows the new site.")
    return mismatch


def _find_mismatch(client: httpx.Client, tree: Path, url: str) -> str:
    for path, name in (("/", "index.html"), ("/feed.xml", "feed.xml")):
        if not (tree / name).exists():
            continue
        try:
            response = client.get(url + path)
        except httpx.HTTPError as error:
            return f"{url}{path} does not respond: {error or type(error).__name__}"
        if not response.is_success:
            return f"{url}{path} returns status {response.status_code}"
        if response.content != (tree / name).read_bytes():
            return f"{url}{path} still shows the old version"
    return ""


def ping_hub(hub: str, url: str, feeds: Iterable[str]) -> str:
    """Notify a WebSub hub of changed feeds; return "", or what went wrong.

    `feeds` are paths below the site's `url`. The parameters are those of the W3C recommendation, section 7.
    """
    data = {"hub.mode": "publish", "hub.url": [f"{url}/{feed}" for feed in feeds]}
    try:
        response = httpx.post(hub, data=data, timeout=_REQUEST_TIMEOUT)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return f"the hub {hub} does not respond: {error or type(error).__name__}"
    return "" if response.is_success else f"the hub {hub} returns status {response.status_code}"
