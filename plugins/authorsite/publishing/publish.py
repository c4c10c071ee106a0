"""Check and publish the site: build in a staging folder, check it, confirm, swap it in, upload, verify."""

import os
import re
import sys
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

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
from .build import BuildResult, StagedBuild, build
from .build_report import check_format
from .placeholders import report_placeholders
from .published import compare, compare_offline
from .targets import Target, make_target
from .targets.commands import redact_credentials
from .targets.folder import LocalTree
from .tree_diff import TreeDiff
from .verification import describe_first_step, ping_hub, verify

Reporter = Callable[[str], None]

_EXAMPLE_HOST = re.compile(r"(?:.*\.)?example\.(?:com|net|org)")
"""Names that belong to nobody (RFC 2606); a new site's settings begin with one."""


def check(settings_file: Path, report_format: str = "text", kind: str = "") -> int:
    """Report every problem that would stop a publish, and what a publish would change; return the exit status.

    With `kind`, the report lists all problems of that kind, and no others.
    """
    summaries: list[str] = []

    def approve(staged: StagedBuild) -> bool:
        run_checks(staged)
        if example := find_example_url(staged):
            staged.problems.notice(example.path, example.line, example.message, example.hint, kind="settings")
        _check_placeholders(staged)
        if comparison := compare_offline(staged, settings_file):
            summaries.append("\n".join(filter(None, (f"Compared with {comparison.summary}.", comparison.upgrade))))
        return False

    check_format(report_format)
    result = build(settings_file, progress=True, approve=approve)
    result.problems.print(report_format, sys.stderr if report_format == "text" else sys.stdout, kind)
    if report_format == "text" and summaries:
        print(summaries[0])
    if report_format == "text" and not result.failed:
        is_ready = all(problem.kind != "settings" for problem in result.problems)
        print("Ready to publish: no problems found." if is_ready else "No problems found. To publish, see the notices.")
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


def _check_placeholders(staged: StagedBuild) -> None:
    """Add notices for texts of a new site in its settings file, book records and pages."""
    root, content = staged.problems.root, Path(staged.settings["PATH"])
    folders = (content / "books", content / "pages")
    records = [path for folder in folders for path in sorted(folder.glob("*.md")) if path.is_file()]
    settings = [path for path in (root / "pelicanconf.py",) if path.is_file()]
    report_placeholders([*settings, *records], staged.problems)


def find_example_url(staged: StagedBuild) -> Problem | None:
    """Return what is wrong if the site's URL is still that of an example, and the site is to be uploaded."""
    site, root = get_site(staged.settings), staged.problems.root
    host = urlsplit(site.url).hostname or ""
    if site.publish is None or not _EXAMPLE_HOST.fullmatch(host):
        return None
    message, hint = f"`url` is still that of an example, {site.url}", "write the URL of your own site"
    line_pattern = re.compile(rf"""["']url["']\s*:\s*["']https?://{re.escape(host)}""")
    for path in sorted(root.glob("*.py")):
        if match := line_pattern.search(text := path.read_text("utf-8", "replace")):
            return Problem(path.name, text.count("\n", 0, match.start()) + 1, message, hint)
    return Problem(SETTINGS_KEY, 0, message, hint)


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
                return run.upload_and_verify(result) if run.approved else run.status
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
        if example := find_example_url(staged):
            raise CommandError(str(example))
        run_checks(staged)
        _check_placeholders(staged)
        if staged.problems.failed:
            return False
        self.site = get_site(staged.settings)
        self.target = make_target(self.site, self.root, Path(staged.settings["CACHE_PATH"]))
        comparison = compare(staged, self.target or LocalTree(staged.output))
        self.diff = comparison.files
        self.report(f"{comparison.summary}.")
        if comparison.upgrade:
            self.report(comparison.upgrade)
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

    def upload_and_verify(self, built: BuildResult) -> int:
        """Upload the new output if it differs, verify the live site and notify the hub; return the exit status.

        Without a difference, this retries what failed after the last upload. After the first upload, a live site that
        is not reachable yet is no failure: the hosting service may have to be switched on.
        """
        tree = built.output
        if self.target is None or self.site.publish is None:
            self.report(f"The site is in {tree}. To upload it, set a target in {SETTINGS_KEY}['publish'].")
            return 0
        self.target.others = built.carried
        feeds = self._update_pending_pings()
        if self.diff:
            self.target.upload(tree, self.report)
        is_first = "index.html" in self.diff.new
        if is_first and self.target.compare(tree):
            raise CommandError(f"{self.target.name} does not have all files yet - publish again")
        if self.site.publish.verify:
            self.report("Checking the live site …")
            step = describe_first_step(self.site.publish, self.site.url) if is_first else ""
            if mismatch := verify(tree, self.site.url, self.site.publish.verify, self.report, step):
                if is_first:
                    self.report(f"Published to {self.target.name}, but it is not live yet: {mismatch}.")
                    self.report(f"Next step: {step}. Then publish again, which checks the live site.")
                    return 0
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
