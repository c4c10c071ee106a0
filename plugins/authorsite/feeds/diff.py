"""Compare the feeds of two builds: what a publish would change for subscribers."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import unquote, urlsplit

from ..commands import format_command
from ..problems import ProblemLog
from .guid import find_former_url, make_fix_hint
from .parsing import Item, parse_feed

MASS_CHANGE_LIMIT = 5
"""This many items that change, or appear with an old date, at once are reported as a mass change."""

_REDATED_BY = timedelta(days=1)
_MASS_CHANGE = "mass change"
_NEW_URL = "new url"


@dataclass(frozen=True, slots=True)
class FeedDiff:
    """The changes of one feed. Pairs are an item before and after; `common` counts the items in both feeds.

    `reannounced` items come under another guid, so readers show them again; `redated` ones change their date by a day
    or more; `backdated` ones are new, but older than the newest item before.
    """

    path: str
    new: tuple[Item, ...] = ()
    changed: tuple[Item, ...] = ()
    reannounced: tuple[tuple[Item, Item], ...] = ()
    removed: tuple[Item, ...] = ()
    redated: tuple[tuple[Item, Item], ...] = ()
    backdated: tuple[Item, ...] = ()
    common: int = 0

    @property
    def mass_change(self) -> str:
        """A description of the mass change, "" if there is none."""
        if len(self.changed) >= MASS_CHANGE_LIMIT and 2 * len(self.changed) > self.common:
            return f"{len(self.changed)} of {self.common} items change at once"
        count = len(self.backdated)
        return f"{count} new items are older than the newest published one" if count >= MASS_CHANGE_LIMIT else ""

    def issues(self) -> Iterator[tuple[str, str, str]]:
        """Yield what would disturb subscribers: the name by which settings allow it, message, hint."""
        former = {pair: find_former_url(pair[0].guid, pair[1].guid) for pair in self.reannounced}
        for base in sorted(set(filter(None, former.values()))):
            message = f"subscribers would see all items again: their guids no longer begin with {base}"
            yield _NEW_URL, message, f'set "former_url": "{base}" in AUTHORSITE'
        for (before, after), base in former.items():
            # A tag: URI of this site (see make_atom_id) contains its host, and changes with it.
            tag = before.guid.partition(",2005:")[2]
            if base or (tag and tag == after.guid.partition(",2005:")[2] and any(former.values())):
                continue
            message = f"subscribers would see “{after.title}” again under a new guid"
            yield after.path, message, make_fix_hint(before.guid, after.url)
        for before, after in self.redated:
            message = f"the date of “{after.title}” changes from {before.published} to {after.published}"
            yield after.path, message, "restore the date, and use `modified:` to mark an update"
        if self.mass_change:
            yield _MASS_CHANGE, self.mass_change, f"run `{format_command('feed-diff')}` to see them"

    def __str__(self) -> str:
        parts = (("+", self.new), ("~", self.changed), ("-", self.removed))
        lines = [f"{sign} {item.title} ({item.url})" for sign, items in parts for item in items]
        lines += [f"! {message}; {hint}" for _, message, hint in self.issues()]
        return "\n".join([f"{self.path}: {len(lines) or 'no'} differences", *(f"  {line}" for line in lines)])


def compare_feed(path: str, old: bytes, new: bytes, new_guids: Mapping[str, str] | None = None) -> FeedDiff:
    """Return the changes from the feed `old` to the feed `new`. Raises ValueError that says which one is invalid.

    An item under a new guid is recognized by `new_guids` (old guid to new one) or else by its URL, text or title.
    """
    before, after = _parse_by_guid(old, "published"), _parse_by_guid(new, "new")
    new_guids = new_guids or {}
    # An item whose page still has its guid was pushed out by newer ones.
    missing = [item for guid, item in before.items() if guid not in after and new_guids.get(guid) != guid]
    removed = _find_removed(missing, after.values(), len(before))
    # Titles and texts match removed items only: a new post may have those of an old one that newer items pushed out.
    candidates = {(key, getattr(i, key)): i for key in ("url", "content_hash") for i in reversed(missing)}
    candidates |= {(key, getattr(i, key)): i for key in ("title", "text_hash") for i in reversed(removed)}
    by_guid = {item.guid: item for item in missing}
    candidates |= {("guid", new_guid): by_guid[guid] for guid, new_guid in new_guids.items() if guid in by_guid}
    reannounced: dict[Item, Item] = {}
    added = [item for guid, item in after.items() if guid not in before]
    # The surest first, over all items: two posts may have the same text.
    for key in ("guid", "url", "content_hash", "title", "text_hash"):
        unmatched = []
        for item in added:
            value = getattr(item, key)
            match = candidates.get((key, value)) if value else None
            if match and match not in reannounced:
                reannounced[match] = item
            else:
                unmatched.append(item)
        added = unmatched
    common = [(before[guid], item) for guid, item in after.items() if guid in before]
    newest = max((item.published for item in before.values() if item.published), default=None)
    return FeedDiff(
        path,
        new=tuple(added),
        changed=tuple(item for old_item, item in common if old_item.content_hash != item.content_hash),
        reannounced=tuple(reannounced.items()),
        removed=tuple(item for item in removed if item not in reannounced),
        redated=tuple(pair for pair in (*common, *reannounced.items()) if _is_redated(*pair)),
        backdated=tuple(item for item in added if newest and item.published and item.published < newest),
        common=len(common),
    )


def _parse_by_guid(data: bytes, which: str) -> dict[str, Item]:
    try:
        return {item.guid: item for item in parse_feed(data)}
    except ValueError as error:
        raise ValueError(f"the {which} feed is invalid: {error}") from error


def _is_redated(before: Item, after: Item) -> bool:
    return bool(before.published and after.published and abs(after.published - before.published) >= _REDATED_BY)


def _find_removed(missing: Iterable[Item], after: Iterable[Item], size: int) -> list[Item]:
    """Return the `missing` items without those that newer items pushed out of a feed of `size` items."""
    remaining = list(after)
    oldest = min((item.published for item in remaining if item.published), default=None)
    is_full = len(remaining) >= size
    return [i for i in missing if not (is_full and oldest and i.published and i.published < oldest)]


def compare_feeds(
    old: Mapping[str, bytes],
    new: Mapping[str, bytes],
    log: ProblemLog,
    allow: Iterable[str],
    new_guids: Mapping[str, str] | None = None,
) -> list[FeedDiff]:
    """Compare feeds by path, log what would disturb subscribers, and return the diffs of the feeds in both.

    `allow` names what is not to be reported: URLs or paths of items and feeds, "mass change". A tag's feed may go with
    the tag. `new_guids` as in compare_feed.
    """
    allowed = {unquote(urlsplit(name).path) for name in allow}
    reported: set[str] = set()
    diffs = []

    def report(path: str, name: str, message: str, hint: str) -> None:
        # A mass change in one feed shows up in others too, with other numbers.
        key = name if name == _MASS_CHANGE else message
        if name not in allowed and key not in reported:
            reported.add(key)
            hint = f'{hint}; or allow it: "feeds": {{"allow": {{"{name}": "why"}}}}'
            log.warning(path, 0, message, hint, kind="feed")

    for path in sorted(path for path in old.keys() - new.keys() if not path.startswith("tag/")):
        hint = "keep a post, book or event in it, and check feeds.tags"
        report(path, f"/{path}", f"the feed /{path} would be removed", hint)
    for path in sorted(old.keys() & new.keys(), key=lambda name: (name.count("/"), name)):
        if old[path] == new[path]:
            continue
        try:
            diffs.append(compare_feed(path, old[path], new[path], new_guids))
        except ValueError as error:
            log.warning(path, 0, str(error), "open it in a browser to find the error", kind="feed")
            continue
        for name, message, hint in diffs[-1].issues():
            report(path, name, message, hint)
    return diffs
