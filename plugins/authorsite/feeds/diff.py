"""What publishing would do to subscribers: the feeds about to go out against those they have."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from html import unescape
from typing import Any
from urllib.parse import unquote, urlsplit

from lxml import etree
from pelican_incremental.store import digest

from ..problems import ProblemLog

MASS = 5
"""So many items that change, or come from the past, at once are an accident unless the author says otherwise."""

_JUMP = timedelta(days=1)
_MASS_CHANGE = "mass change"
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Item:
    """An item as a subscriber's reader has it; `told` is a digest of title and text."""

    guid: str
    url: str
    title: str
    published: datetime | None
    told: str

    @property
    def path(self) -> str:
        """Its address on the site, by which it may be allowed."""
        return unquote(urlsplit(self.url).path)


@dataclass(frozen=True, slots=True)
class FeedDiff:
    """What one feed would do; pairs are an item as it was and as it would be, `known` counts the items in both.

    `again` are items that readers would show a second time, `moved` those whose date jumps; `old_news` are new items
    older than known ones.
    """

    path: str
    new: tuple[Item, ...] = ()
    changed: tuple[Item, ...] = ()
    again: tuple[tuple[Item, Item], ...] = ()
    gone: tuple[Item, ...] = ()
    moved: tuple[tuple[Item, Item], ...] = ()
    old_news: tuple[Item, ...] = ()
    known: int = 0

    @property
    def mass(self) -> str:
        """Say what changes in the mass; "" when nothing does."""
        if len(self.changed) >= MASS and 2 * len(self.changed) > self.known:
            return f"{len(self.changed)} of {self.known} items change"
        return f"{len(self.old_news)} items from the past appear" if len(self.old_news) >= MASS else ""

    def troubles(self) -> Iterator[tuple[str, str, str]]:
        """Yield what would flood or confuse subscribers: the name that allows it, what it is, how to prevent it."""
        for was, item in self.again:
            yield item.path, f"subscribers would see “{item.title}” again under a new guid", remedy(was, item)
        for was, item in self.moved:
            what = f"“{item.title}” jumps from {was.published} to {item.published}"
            yield item.path, what, "put its date back; `modified:` says that it changed"
        if self.mass:
            yield _MASS_CHANGE, self.mass, "look at `invoke feed-diff`"

    def __str__(self) -> str:
        parts = (("+", self.new), ("~", self.changed), ("-", self.gone))
        lines = [f"{sign} {item.title} ({item.url})" for sign, items in parts for item in items]
        lines += [f"! {what}; {how}" for _, what, how in self.troubles()]
        return "\n".join([f"{self.path}: {len(lines) or 'no'} differences", *(f"  {line}" for line in lines)])


def compare(path: str, old: bytes, new: bytes) -> FeedDiff:
    """Return what replacing the feed `old` by `new` would do; raises ValueError when one cannot be read."""
    before = {item.guid: item for item in items_of(old)}
    after = {item.guid: item for item in items_of(new)}
    lost = [item for guid, item in before.items() if guid not in after]
    gone = _gone(lost, after.values(), len(before))
    # What newer items have pushed out is lost but not gone: a new post may bear the title of an old one.
    twins = {(same, getattr(i, same)): i for same in ("url", "told") for i in reversed(lost)}
    twins |= {("title", i.title): i for i in reversed(gone)}
    again: dict[Item, Item] = {}
    fresh: list[Item] = []
    for item in (item for guid, item in after.items() if guid not in before):
        found = (twins.get((same, getattr(item, same))) for same in ("url", "told", "title") if getattr(item, same))
        twin = next((was for was in found if was and was not in again), None)
        if twin:
            again[twin] = item
        else:
            fresh.append(item)
    both = [(before[guid], item) for guid, item in after.items() if guid in before]
    newest = max((item.published for item in before.values() if item.published), default=None)
    return FeedDiff(
        path,
        new=tuple(fresh),
        changed=tuple(item for was, item in both if was.told != item.told),
        again=tuple(again.items()),
        gone=tuple(item for item in gone if item not in again),
        moved=tuple((was, item) for was, item in (*both, *again.items()) if _jumps(was, item)),
        old_news=tuple(item for item in fresh if newest and item.published and item.published < newest),
        known=len(both),
    )


def remedy(before: Item, after: Item) -> str:
    """Return the line of front matter that gives the item its former guid back."""
    old, new = urlsplit(before.guid), urlsplit(after.url)
    if old.netloc == new.netloc and old.path and not old.query:
        return f"put `{unquote(old.path)}` first in its front matter: `aliases: [{unquote(old.path)}]`"
    return f"write in its front matter: `guid: {before.guid}`"


def _jumps(was: Item, item: Item) -> bool:
    return bool(was.published and item.published and abs(item.published - was.published) >= _JUMP)


def _gone(lost: Iterable[Item], after: Iterable[Item], size: int) -> list[Item]:
    """Return what is missing, but for what newer items have pushed out of the feed's end."""
    there = list(after)
    oldest = min((item.published for item in there if item.published), default=None)
    full = len(there) >= size
    return [i for i in lost if not (full and oldest and i.published and i.published < oldest)]


def items_of(data: bytes) -> list[Item]:
    """Return the items of a feed in any of the three formats, whoever made it; raises ValueError."""
    if data.lstrip()[:1] == b"{":
        return [_json_item(item) for item in json.loads(data).get("items", [])]
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(str(error)) from error
    return [_xml_item(element) for element in root.iter("{*}item", "{*}entry")]


def _json_item(item: Mapping[str, Any]) -> Item:
    text = item.get("content_html") or item.get("content_text") or ""
    return _item(str(item.get("id")), item.get("url", ""), item.get("title", ""), item.get("date_published"), text)


def _xml_item(element: Any) -> Item:
    found: dict[str, str] = {}
    for child in element:
        if isinstance(child.tag, str):
            name = etree.QName(child).localname
            if name == "link" and child.get("rel", "alternate") == "alternate":
                found.setdefault("link", child.get("href") or child.text or "")
            else:
                found.setdefault(name, child.text or "")
    url = found.get("link", "").strip()
    text = found.get("encoded") or found.get("content") or found.get("description") or found.get("summary") or ""
    guid = (found.get("guid") or found.get("id") or url).strip()
    date = found.get("pubDate") or found.get("published") or found.get("updated")
    return _item(guid, url, found.get("title", ""), date, text)


def _item(guid: str, url: str, title: str, date: str | None, text: str) -> Item:
    # Words, not markup: a reader that compares does not count a new attribute as news.
    words = " ".join(unescape(_TAG.sub(" ", text)).split())
    return Item(guid, url, title, _moment(date), digest(title, words))


def _moment(text: str | None) -> datetime | None:
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = read((text or "").strip())
        except ValueError:
            continue
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None


def check(old: Mapping[str, bytes], new: Mapping[str, bytes], log: ProblemLog, allow: Iterable[str]) -> list[FeedDiff]:
    """Compare feeds by path; log what must not happen unless allowed; return the differences of those in both.

    `allow` names what may pass: addresses of items and feeds, "mass change".
    """
    allowed = {unquote(urlsplit(name).path) for name in allow}
    said: set[str] = set()
    diffs = []

    def say(path: str, name: str, message: str, hint: str) -> None:
        # A mass change in one feed is one in others, with other numbers.
        key = name if name == _MASS_CHANGE else message
        if name not in allowed and key not in said:
            said.add(key)
            hint = f'{hint}; or allow it: "feeds": {{"allow": {{"{name}": "why"}}}}'
            log.warning(path, 0, message, hint, kind="feed")

    for path in sorted(old.keys() - new.keys()):
        say(path, f"/{path}", f"the feed is gone: /{path} answers no more", "bring back what it was made of")
    for path in sorted(old.keys() & new.keys(), key=lambda name: (name.count("/"), name)):
        if old[path] == new[path]:
            continue
        try:
            diffs.append(compare(path, old[path], new[path]))
        except ValueError as error:
            log.warning(path, 0, f"the feed cannot be compared: {error}", "look at it in a browser", kind="feed")
            continue
        for name, message, hint in diffs[-1].troubles():
            say(path, name, message, hint)
    return diffs
