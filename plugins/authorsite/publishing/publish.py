"""Check and publish: staging, checks, a summary, a question, the swap, the upload, and a look at what is live."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

from ..checking.internal import check_tree
from ..checking.stale_records import check_claims
from ..feeds.diff import check as compare_feeds
from ..feeds.diff import items_of
from ..problems import Refused
from ..settings import NAME, SiteSettings, now_of, site_of
from .atomic_swap import alone
from .build import Staged, build, known
from .targets import Target, target_of
from .targets.commands import quiet
from .targets.folder import Tree
from .tree_diff import Changes, count, is_feed
from .verify import ping, verify

Say = Callable[[str], None]


def check(settings_file: Path, form: str = "text") -> int:
    """Report whatever a publish would refuse, and what it would change; return the exit status."""
    told: list[str] = []

    def judge(staged: Staged) -> bool:
        examine(staged)
        told.append(compare(staged, Tree(staged.output))[1])
        return False

    known(form)
    built = build(settings_file, progress=True, judge=judge)
    built.problems.print(form, sys.stderr if form == "text" else sys.stdout)
    if form == "text" and told:
        print(f"Against {told[0]}.")
    if form == "text" and not built.failed:
        print("Ready to publish: nothing is wrong.")
    return int(built.failed)


def examine(staged: Staged) -> None:
    """Check a staging tree as a published site must be; what is wrong joins the build's log."""
    shown = os.path.relpath(staged.output, staged.problems.root)
    check_tree(staged.tree, site_of(staged.settings).url, staged.problems, shown if ".." not in shown else "output")
    books = Path(staged.settings["PATH"]) / "books"
    check_claims(books, now_of(staged.settings).date(), staged.problems)


def publish(settings_file: Path, *, yes: bool = False, dry_run: bool = False, say: Say = print) -> int:
    """Publish the site of `settings_file`; return the exit status. Whatever fails, the live site is the old one."""
    with ExitStack() as until_done:
        run = _Publish(settings_file.resolve().parent, yes, dry_run, say, until_done)
        try:
            say("Building …")
            built = build(settings_file, progress=True, judge=run.judge)
            if not built.failed:
                return run.finish(built.output) if run.wanted else run.status
            built.problems.print()
            print("Not published: the live site is as it was.", file=sys.stderr)
        except Refused as refused:
            print(f"Not published: {refused}.", file=sys.stderr)
        except OSError as error:
            print(f"Not published: {error.filename or 'the system'}: {error.strerror or error}.", file=sys.stderr)
        except KeyboardInterrupt:
            print("\nStopped. Publish again to go on; until then the live site is whole.", file=sys.stderr)
            return 130
    return 1


def compare(staged: Staged, place: Target | Tree) -> tuple[Changes, str]:
    """Return how a staging tree differs from what a place holds, and that in words.

    What would trouble subscribers joins the build's log.
    """
    changes = place.changes(staged.tree)
    names = [name for name in changes.changed if is_feed(name)]
    old = place.held(names) | {name: b"" for name in changes.removed if is_feed(name)}
    new = {name: (staged.tree / name).read_bytes() for name in names}
    diffs = compare_feeds(old, new, staged.problems, site_of(staged.settings).feeds.allow)
    fresh = sum(len(diff.new) for diff in diffs if diff.path == "feed.xml")
    if "feed.xml" in changes.new:
        fresh = len(items_of((staged.tree / "feed.xml").read_bytes()))
    return changes, f"{place.name}: {changes}; feed: {count(fresh, 'new item')}"


@dataclass
class _Publish:
    """One publish: what was decided over the staging tree, and what follows from it.

    `until_done` keeps every other build out of the output folder: what one puts there must not be uploaded.
    `owed` notes the feeds whose change no hub has heard of, in a file, for the publish after a failed one.
    """

    root: Path
    yes: bool
    dry_run: bool
    say: Say
    until_done: ExitStack
    wanted: bool = False
    status: int = 0
    site: SiteSettings = field(init=False)
    owed: Path = field(init=False)
    target: Target | None = None
    changes: Changes = field(default_factory=Changes)

    def judge(self, staged: Staged) -> bool:
        """Check the tree, say what would change, and ask; False leaves everything as it is."""
        self.until_done.enter_context(alone(staged.output.parent))
        self.owed = Path(staged.settings["CACHE_PATH"]) / "untold-feeds"
        examine(staged)
        if staged.problems.failed:
            return False
        self.site = site_of(staged.settings)
        self.target = target_of(self.site, self.root)
        self.changes, told = compare(staged, self.target or Tree(staged.output))
        self.say(f"{told}.")
        if staged.problems.failed:
            return False
        if self.dry_run:
            self.say("A dry run: nothing was swapped in or uploaded.")
            return False
        self.wanted = not self.changes or self.yes or self._agreed()
        if self.wanted:
            self.say("Swapping in the new tree …")
        return self.wanted

    def _agreed(self) -> bool:
        self.status = 1
        if not sys.stdin.isatty():
            print("Not published: there is no terminal to ask on; say --yes", file=sys.stderr)
            return False
        with suppress(EOFError):
            if input("Publish? [y/N] ").strip().lower() in {"y", "yes"}:
                return True
        self.say("Not published: the live site is as it was.")
        return False

    def finish(self, tree: Path) -> int:
        """Bring `tree` to the target, look at the live site and tell the hub; also when only that is left to do."""
        if self.target is None or self.site.publish is None:
            self.say(f"{tree} holds the site. Name a target in {NAME}['publish'] to have it uploaded.")
            return 0
        untold = self._untold()
        if self.changes:
            self.target.upload(tree, self.say)
        if self.site.publish.verify:
            self.say("Looking at the live site …")
            wrong = verify(tree, self.site.url, self.site.publish.verify, self.say)
            if wrong:
                print(f"Uploaded, but {wrong}. Publish again in a few minutes to look once more.", file=sys.stderr)
                return 1
        if untold:
            deaf = ping(self.site.feeds.hub, self.site.url, untold)
            if deaf:
                print(f"Uploaded, but {quiet(deaf)}. Publish again to tell it.", file=sys.stderr)
                return 1
            self.owed.unlink()
            self.say("The hub was told of the feeds.")
        self.say("Published." if self.changes else f"Nothing to publish: {self.target.name} holds this site already.")
        return 0

    def _untold(self) -> list[str]:
        """Return the feeds that a hub is to hear of, and note them until it has."""
        if not self.site.feeds.hub:
            return []
        noted = self.owed.read_text("utf-8").split() if self.owed.exists() else []
        untold = sorted({*noted, *filter(is_feed, self.changes.new + self.changes.changed)})
        if untold:
            self.owed.parent.mkdir(parents=True, exist_ok=True)
            self.owed.write_text("\n".join(untold), "utf-8")
        return untold
