"""Check and publish: staging, checks, a summary, a question, the swap, the upload, and a look at what is live."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pelican.settings import read_settings

from ..checking.claims import check_claims
from ..checking.internal import check_tree
from ..feeds.diff import check as compare_feeds
from ..feeds.diff import items_of
from ..settings import NAME, SiteSettings, now_of, site_of
from .build import Built, Staged, build, telling
from .manifest import Changes, count, manifest
from .targets import Target, target_of
from .targets.programs import TargetFault
from .verify import ping, verify

Say = Callable[[str], None]
WHOLE = ("feed.xml", "books/feed.xml", "events/feed.xml")
STRICT = {"strict": True, "drafts": False}


def check(settings_file: Path, form: str = "text") -> int:
    """Report whatever a publish would refuse, and what it would change; return the exit status."""
    told: list[str] = []

    def judge(staged: Staged) -> bool:
        examine(staged)
        changes = Changes.between(manifest(staged.output), manifest(staged.tree))
        told.extend((str(changes), _feed(staged, changes, lambda name: _read(staged.output / name))))
        return False

    if form not in {"text", "json", "github"}:
        print(f"there is no format `{form}`: write --format text, json or github", file=sys.stderr)
        return 2
    if not _there(settings_file):
        return 1
    built = _build(settings_file, judge)
    built.problems.print(form, sys.stderr if form == "text" else sys.stdout)
    if form == "text" and told:
        print(f"Against {built.output}: {'; '.join(told)}.")
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
    if not _there(settings_file):
        return 1
    run = _Publish(settings_file.resolve().parent, yes, dry_run, say)
    try:
        say("Building …")
        built = _build(settings_file, run.judge)
        if built.failed:
            built.problems.print()
            print("Not published: the live site is as it was.", file=sys.stderr)
            return 1
        return run.upload(built.output) if run.wanted else run.status
    except TargetFault as fault:
        print(f"Not published: {fault}.", file=sys.stderr)
    except OSError as error:
        print(f"Not published: {error.strerror}: {error.filename}.", file=sys.stderr)
    except KeyboardInterrupt:
        print("\nStopped. Publish again to go on; until then the live site is whole.", file=sys.stderr)
        return 130
    return 1


def _build(settings_file: Path, judge: Callable[[Staged], bool]) -> Built:
    """Build strictly, whatever the settings file says."""
    try:
        given: Any = read_settings(str(settings_file)).get(NAME) or {}
    except Exception:  # noqa: BLE001 - the build reads it again, and says what is wrong with it
        given = {}
    overrides = {NAME: {**given, **STRICT}} if isinstance(given, dict) and given else {}
    return build(settings_file, overrides, share=telling(), judge=judge)


def _there(settings_file: Path) -> bool:
    if not settings_file.is_file():
        print(f"{settings_file} is not there: name a settings file with --settings", file=sys.stderr)
    return settings_file.is_file()


def _feed(staged: Staged, changes: Changes, held: Callable[[str], bytes | None]) -> str:
    """Say what the feed's subscribers get, as "feed: 1 new item"; what would trouble any joins the build's log.

    `held` gives a file as it is live: the feeds that hold everything are compared, of the others whether they stay.
    """
    names = [name for name in WHOLE if name in changes.changed]
    old = {name: held(name) or b"" for name in names} | dict.fromkeys(changes.removed_feeds, b"")
    new = {name: (staged.tree / name).read_bytes() for name in names}
    diffs = {d.path: d for d in compare_feeds(old, new, staged.problems, site_of(staged.settings).feeds.allow)}
    if "feed.xml" in changes.new:
        return f"feed: {count(len(items_of((staged.tree / 'feed.xml').read_bytes())), 'new item')}"
    return f"feed: {count(len(diffs['feed.xml'].new) if 'feed.xml' in diffs else 0, 'new item')}"


def _read(file: Path) -> bytes | None:
    return file.read_bytes() if file.is_file() else None


@dataclass
class _Publish:
    """One publish: what was decided over the staging tree, and what follows from it."""

    root: Path
    yes: bool
    dry_run: bool
    say: Say
    wanted: bool = False
    status: int = 0
    site: SiteSettings = field(init=False)
    target: Target | None = None
    changes: Changes = field(default_factory=Changes)

    def judge(self, staged: Staged) -> bool:
        """Check the tree, say what would change, and ask; False leaves everything as it is."""
        examine(staged)
        if staged.problems.failed:
            return False
        self.site = site_of(staged.settings)
        self.target = target_of(self.site, self.root)
        self._compare(staged)
        if staged.problems.failed:
            return False
        if self.dry_run:
            self.say("A dry run: nothing was swapped in or uploaded.")
            return False
        self.wanted = not self.changes or self.yes or self._agreed()
        if self.wanted:
            self.say("Swapping in the new tree …")
        return self.wanted

    def _compare(self, staged: Staged) -> None:
        where = self.target.name if self.target else str(staged.output)
        held = self.target.held if self.target else lambda name: _read(staged.output / name)
        if self.target:
            self.changes = self.target.changes(staged.tree)
        else:
            self.changes = Changes.between(manifest(staged.output), manifest(staged.tree))
        self.say(f"{where}: {self.changes}; {_feed(staged, self.changes, held)}.")

    def _agreed(self) -> bool:
        self.status = 1
        if not sys.stdin.isatty():
            print("Not published: there is no terminal to ask on; say --yes", file=sys.stderr)
            return False
        if input("Publish? [y/N] ").strip().lower() in {"y", "yes"}:
            return True
        self.say("Not published: the live site is as it was.")
        return False

    def upload(self, tree: Path) -> int:
        """Bring `tree` to the target, look at the live site, and tell the hub."""
        if self.target is None:
            self.say(f"{tree} holds the site. Name a target in {NAME}['publish'] to have it uploaded.")
            return 0
        if not self.changes:
            self.say(f"Nothing to publish: {self.target.name} holds this site already.")
            return 0
        self.target.upload(tree, self.say)
        seconds = self.site.publish.verify if self.site.publish else 0
        if seconds:
            self.say("Looking at the live site …")
            wrong = verify(tree, self.site.url, seconds, self.say)
            if wrong:
                print(f"Uploaded, but {wrong}. Look there in a few minutes.", file=sys.stderr)
                return 1
        hub, feeds = self.site.feeds.hub, self.changes.feeds
        deaf = ping(hub, self.site.url, feeds) if hub and feeds else ""
        if deaf:
            print(f"Published, but {deaf}: subscribers will find the news a little later.", file=sys.stderr)
        self.say("Published.")
        return 0
