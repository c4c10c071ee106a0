"""What was last published: compare a new build with it, and find URLs and feeds that readers would lose.

Each publish stores the URLs of its pages by source file in the target (STATE_FILE), so that a page whose title, and
with it the URL, has changed is recognized.
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from ..feeds.diff import FeedDiff, compare_feeds
from ..feeds.guid import make_guid
from ..feeds.parsing import is_feed, parse_feed
from ..language_versions import HOME_URL, list_contexts
from ..output import output_file_for, quote_path
from ..problems import CommandError, ProblemLog, pluralize
from ..reading.drafts import is_hidden
from ..settings import SETTINGS_KEY
from ..site_build import content_relative_path, get_site, list_contents, list_records
from ..validation import LineFinder
from ..version import get_version
from .build import StagedBuild
from .targets import Target, make_target
from .targets.commands import OWNERSHIP_FILE as STATE_FILE
from .targets.commands import TargetNotReady
from .targets.folder import LocalTree
from .tree_diff import TreeDiff


class PublishedPage(NamedTuple):
    """A page's guid, its URL, its aliases, and the URLs of the pages that belong to it; URLs begin with a slash."""

    guid: str
    url: str
    aliases: Sequence[str] = ()
    others: Sequence[str] = ()

    @property
    def urls(self) -> list[str]:
        """All its URLs."""
        return [self.url, *self.aliases, *self.others]


State = Mapping[str, PublishedPage]
"""The published pages by the path of their source file below content/; a category, without a file, as `category NAME`.

Hidden pages are left out: everybody can read the file.
"""

_ARCHIVES = re.compile(r"(?:.*/)?(?:page/?)?\d+(?:/index)?\.html")
"""Pages of archives by date, and further pages of lists: they come and go with the posts on them."""

_CATEGORY = "category "

_MAX_LISTED = 50
"""How many URLs the report of an upgrade lists."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """How a build differs from what was last published: in files, in feeds, and in words.

    `upgrade` says which URLs and feeds differ, if another version of the generator has published the site; else "".
    """

    files: TreeDiff
    feeds: list[FeedDiff]
    summary: str
    upgrade: str = ""


def compare(staged: StagedBuild, target: Target | LocalTree, *, offline: bool = False) -> Comparison:
    """Compare a staged build with the target's files or, if `offline`, with what is known of them on this machine.

    What readers and subscribers would lose is added to the build's problems. The build gets its STATE_FILE.
    """
    tree, log, site = staged.tree, staged.problems, get_site(staged.settings)
    state = collect_state(staged.context)
    (tree / STATE_FILE).write_text(format_state(state), "utf-8")
    files = target.compare(tree, offline=offline)
    names = [name for name in files.changed if is_feed(name)]
    old_files = target.read_files([*names, STATE_FILE] if STATE_FILE in files.changed else names)
    # Without an old state, as after the first publish with one, only feeds can be compared.
    old_data = old_files.pop(STATE_FILE, b"")
    old_state = state if STATE_FILE not in files.changed else parse_state(old_data)
    lost = find_lost_urls(old_state, tree, site.gone)
    report_lost_urls(lost, old_state, state, Path(staged.settings["PATH"]), log)
    known = {url for urls in lost.values() for url in urls} | site.gone.keys()
    report_removed_pages(files.removed, known, log)
    # A page that is reported under its old URL is not reported again under its new guid.
    allowed = {*site.feeds.allow, *site.gone, *(f"{url}feed.xml" for url in known)}
    allowed |= {state[source].url for source in lost if source in state}
    new_guids = {old_state[source].guid: state[source].guid for source in old_state.keys() & state.keys()}
    old_feeds = old_files | {name: b"" for name in files.removed if is_feed(name)}
    new_feeds = {name: (tree / name).read_bytes() for name in names}
    feeds = compare_feeds(old_feeds, new_feeds, log, allowed, new_guids)
    new_items = sum(len(feed.new) for feed in feeds if feed.path == "feed.xml")
    if "feed.xml" in files.new:
        new_items = len(parse_feed((tree / "feed.xml").read_bytes()))
    summary = f"{target.name}: {files}; feed: {pluralize(new_items, 'new item')}"
    old_version = parse_version(old_data) if STATE_FILE in files.changed and old_state else get_version()
    return Comparison(files, feeds, summary, describe_upgrade(old_version, files, feeds))


def compare_offline(staged: StagedBuild, settings_file: Path) -> Comparison | None:
    """Compare with what is known of the target on this machine; None after a problem with the target's settings.

    A target that is not set up yet is a notice.

    A site without a target, which a hosting service builds, is compared with its output folder.
    """
    site, cache = get_site(staged.settings), Path(staged.settings["CACHE_PATH"])
    try:
        target = make_target(site, settings_file.resolve().parent, cache) or LocalTree(staged.output)
        return compare(staged, target, offline=True)
    except TargetNotReady as error:
        staged.problems.notice(error.path, error.line, error.reason, kind="settings")
        return None
    except CommandError as error:
        staged.problems.error(error.path or settings_file, error.line, error.reason, kind="settings")
        return None


def collect_state(context: Mapping[str, Any]) -> State:
    """Return the state of a build, from Pelican's context."""
    contents = [*list_contents(context), *list_records(context)]
    state = {
        content_relative_path(str(content.source_path), context): PublishedPage(
            make_guid(content, lambda url: f"{get_site(context).id_url}/{quote_path(url.lstrip('/'))}")[0],
            f"/{content.url}",
            content.record.aliases,
            [f"/{url}" for key in ("buy_url", "go_url") if (url := getattr(content, key, ""))],
        )
        for content in contents
        if not is_hidden(content.record)
    }
    for each in list_contexts(context):
        home = each.get(HOME_URL, "")
        categories = (category for category, _ in each.get("categories", ()) if category.save_as)
        state |= {f"{_CATEGORY}{home}{category.name}": PublishedPage("", f"/{category.url}") for category in categories}
    return state


def format_state(state: State) -> str:
    """Return the text of STATE_FILE: one line for each page, so that changes are small."""
    data = {"generator": get_version(), "pages": state}
    return json.dumps(data, ensure_ascii=False, indent=0, sort_keys=True) + "\n"


def parse_state(data: bytes) -> State:
    """Read STATE_FILE; it is empty if the author has made it to mark a folder, and may be damaged."""
    with suppress(ValueError, TypeError, KeyError, AttributeError):
        return {source: PublishedPage(*fields) for source, fields in json.loads(data)["pages"].items()}
    return {}


def parse_version(data: bytes) -> str:
    """Return the version of the generator that has written a STATE_FILE; "" if it does not say."""
    with suppress(ValueError, TypeError, KeyError):
        return str(json.loads(data)["generator"])
    return ""


def describe_upgrade(old_version: str, files: TreeDiff, feeds: Sequence[FeedDiff]) -> str:
    """Say which URLs and feeds differ since the site was published by another version of the generator; else ""."""
    if old_version == get_version():
        return ""
    pages = {"new": files.new, "gone": files.removed}
    urls = [
        f"  {word}: /{name.removesuffix('index.html')}"
        for word, names in pages.items()
        for name in names
        if name.endswith(".html") or is_feed(name)
    ]
    changed = [f"  {line}" for feed in feeds for line in str(feed).splitlines()]
    more = [f"  … and {len(urls) - _MAX_LISTED} more"] if len(urls) > _MAX_LISTED else []
    return "\n".join(
        [
            f"Published by authorsite {old_version or '(an earlier version)'}, built by {get_version()}. What differs:",
            *(urls[:_MAX_LISTED] or ["  no URL is new or gone"]),
            *more,
            *(changed or ["  no feed has changed"]),
        ]
    )


def find_lost_urls(old: State, tree: Path, gone: Collection[str]) -> dict[str, list[str]]:
    """Return, by source file, the published URLs that `tree` has no page or redirect for; without those `gone`."""
    lost = {}
    for source, page in sorted(old.items()):
        missing = [url for url in page.urls if not (tree / output_file_for(url)).is_file() and url not in gone]
        if missing:
            lost[source] = missing
    return lost


def report_lost_urls(lost: Mapping[str, list[str]], old: State, new: State, content: Path, log: ProblemLog) -> None:
    """Report each page that readers would not find any more at URLs that were published, and what prevents it."""
    for source, missing in lost.items():
        file, urls, word = content / source, ", ".join(missing), "URL" if len(missing) == 1 else "URLs"
        path, line = str(file), 0
        give_up = (
            f"if it is gone for good, add {' and '.join(f'`{url}`' for url in missing)} to `gone` in {SETTINGS_KEY}"
        )
        if source in new:
            kept = [alias for alias in old[source].aliases if alias not in missing]
            aliases = dict.fromkeys([*kept, *missing, *new[source].aliases])
            line = LineFinder(file).find_line("\naliases:", "\nslug:", "\ntitle:") + 1
            message = f"readers would not find it any more at its published {word} {urls}"
            hint = f"write `aliases: [{', '.join(aliases)}]`"
        elif source.startswith(_CATEGORY):
            path, message = missing[0], f"{source.replace(' ', ' “', 1)}” was published, and no post has it any more"
            hint = f"write `aliases: [{urls}]` in a page or post that replaces it"
        elif file.exists():
            message, hint = f"it was published at {urls}, and is left out now", "correct `status:` or `date:`"
        else:
            moved = [name for name in new if name not in old and PurePosixPath(name).name == file.name]
            successor = (
                log.get_display_path(str(content / moved[0])) if len(moved) == 1 else "the file that replaces it"
            )
            message = f"the file is missing, and readers would not find its published {word} {urls} any more"
            hint = f"write `aliases: [{urls}]` in {successor}"
        log.error(path, line, message, f"{hint} or, {give_up}", kind="url")


def report_removed_pages(removed: Collection[str], known: Collection[str], log: ProblemLog) -> None:
    """Give a notice of each page that would be removed, such as a tag's; not of those `known`, or below one."""
    for url in _list_removed_urls(removed):
        has_feed, is_tag = f"{url.lstrip('/')}feed.xml" in removed, url.startswith("/tag/")
        # Other feeds than a tag's are reported for themselves.
        if not url.startswith(tuple(known)) and (is_tag or not has_feed):
            feed = " and its feed" if has_feed else ""
            hint = f"nothing to do, unless others link to it: then add `aliases: [{url}]` to a page"
            log.notice(url, 0, f"this page{feed} would be removed", hint, kind="url")


def _list_removed_urls(removed: Collection[str]) -> Iterator[str]:
    for name in removed:
        if name.endswith(".html") and not _ARCHIVES.fullmatch(name):
            yield f"/{name.removesuffix('index.html')}"
