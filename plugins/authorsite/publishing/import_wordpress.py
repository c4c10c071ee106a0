"""Import a blog from WordPress: settings, questions, progress and printing around the package `importing`."""

import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from ..importing.media_import import FETCH
from ..importing.plan import SiteFacts
from ..importing.report import Report
from ..importing.run import TEXT_REPORT, Import, ImportOptions
from ..problems import CommandError
from ..site_build import get_build_time, get_site
from ..slug_adapter import make_slug
from .atomic_swap import exclusive_lock
from .new import load_site_settings

_OWN_ADDRESSES = frozenset(
    """404 archives assets atom blog books buy category events feed feeds files go images index pagefind press
    references robots sample search series sitemap subscribe tag theme""".split()
)
"""The first parts of the paths of the pages that the generator writes, beside those that settings name."""

_SHOWN = 15
_BAR_WIDTH = 30


def import_wordpress(
    settings_file: Path, exports: Sequence[str], media: str = "", *, dry_run: bool = False, with_private: bool = False
) -> int:
    """Import the files `exports`, print what became of everything, and return the exit status.

    `media` is a folder or a tar archive of the media library, or "fetch". The status is 1 if the inventory of what was
    found does not add up.
    """
    if media not in {"", FETCH} and not Path(media).exists():
        raise CommandError("no such folder or tar archive - give that of the media library, or --media fetch", media)
    settings = load_site_settings(settings_file)
    site, content = get_site(settings), Path(settings["PATH"])
    options = ImportOptions(tuple(map(Path, exports)), media, dry_run, with_private)
    zone = ZoneInfo(settings["TIMEZONE"] or "UTC")
    with exclusive_lock(settings_file.parent):
        report = Import(options, content, make_site_facts(settings), site, zone, _ask, _show_progress).run()
    _print_report(report, content, dry_run=dry_run)
    errors = list(report.inventory.find_errors())
    for error in errors:
        print(f"error: the numbers above are wrong: {error} - report this bug of authorsite", file=sys.stderr)
    return 1 if errors else 0


def make_site_facts(settings: Mapping[str, Any]) -> SiteFacts:
    """Return what an import must know, from Pelican's settings."""
    site = get_site(settings)
    names = (key for key in settings if key.endswith("_SAVE_AS") and not key.startswith("DRAFT_"))
    first_parts = {re.split(r"[/{.]", str(settings[name]).lstrip("/"))[0].lower() for name in names} - {""}
    return SiteFacts(
        article_url=settings["ARTICLE_URL"].lstrip("/"),
        page_url=settings["PAGE_URL"].lstrip("/"),
        category_url=settings["CATEGORY_URL"].lstrip("/"),
        tag_url=settings["TAG_URL"].lstrip("/"),
        slugify=lambda name: make_slug(name, settings),
        own_addresses=_OWN_ADDRESSES | first_parts,
        posts_folder=settings["ARTICLE_PATHS"][0],
        pages_folder=settings["PAGE_PATHS"][0],
        author=str(settings.get("AUTHOR") or ""),
        url=site.url,
        default_category=str(settings.get("DEFAULT_CATEGORY") or ""),
        root=urlsplit(site.url).path,
        reblog_words=site.reblog_words,
        now=get_build_time(settings).replace(tzinfo=None),
    )


def _ask(host: str, count: int) -> str | None:
    """Ask who writes at a host; None, to be asked again, if nobody can answer."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return None
    try:
        return input(f"{count} reblogs from {host}: who writes there? (Enter leaves the name out) ").strip()
    except EOFError:
        return None


def _show_progress(label: str, done: int, total: int) -> None:
    """Redraw the progress bar on the terminal's current line."""
    if sys.stderr.isatty() and total:
        bar = "#" * (_BAR_WIDTH * done // total)
        end = "\n" if done == total else ""
        print(f"\r{label:<8} [{bar:<{_BAR_WIDTH}}] {done:,}/{total:,}", end=end, file=sys.stderr, flush=True)


def _print_report(report: Report, content: Path, *, dry_run: bool) -> None:
    print("\n".join(report.iter_summary(_SHOWN)))
    if dry_run:
        print("\nNothing was written (--dry-run).")
    else:
        print(f"\nEverything, line by line: {content.name}/{TEXT_REPORT}")
