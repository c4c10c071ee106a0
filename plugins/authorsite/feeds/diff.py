"""What publishing would do to subscribers: the feeds about to go out against those they have."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from html import unescape
from typing import Any
from urllib.parse import unquote, urlsplit

from lxml import etree

from ..building.digests import digest
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


@dataclass(frozen=True, slots=True)
class Again:
    """An item that readers would show a second time: as it was, as it would be, and the line that prevents it."""

    before: Item
    after: Item
    remedy: str


@dataclass(frozen=True, slots=True)
class FeedDiff:
    """What one feed would do: `moved` are items whose date jumps; `old_news` are new items older than known ones."""

    path: str
    new: tuple[Item, ...] = ()
    changed: tuple[Item, ...] = ()
    again: tuple[Again, ...] = ()
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

    def __str__(self) -> str:
        lines = [f"+ {item.title} ({item.url})" for item in self.new]
        lines += [f"~ {item.title} ({item.url})" for item in self.changed]
        lines += [f"! {a.after.title}: announced again; {a.remedy}" for a in self.again]
        lines += [f"! {old.title}: from {old.published} to {new.published}" for old, new in self.moved]
        lines += [f"- {item.title} ({item.url})" for item in self.gone]
        return "\n".join([f"{self.path}: {len(lines) or 'no'} differences", *(f"  {line}" for line in lines)])


def compare(path: str, old: bytes, new: bytes) -> FeedDiff:
    """Return what replacing the feed `old` by `new` would do; raises ValueError when one cannot be read."""
    before = {item.guid: item for item in items_of(old)}
    after = {item.guid: item for item in items_of(new)}
    unknown = [item for guid, item in after.items() if guid not in before]
    lost = {guid: item for guid, item in before.items() if guid not in after}
    again = []
    for item in unknown:
        twin = _twin(item, lost.values(), _gone(lost.values(), after.values(), len(before)))
        if twin:
            del lost[twin.guid]
            again.append(Again(twin, item, _remedy(twin, item)))
    seen = {a.after.guid for a in again}
    fresh = tuple(item for item in unknown if item.guid not in seen)
    both = [(before[guid], item) for guid, item in after.items() if guid in before]
    newest = max((item.published for item in before.values() if item.published), default=None)
    return FeedDiff(
        path,
        new=fresh,
        changed=tuple(item for was, item in both if was.told != item.told),
        again=tuple(again),
        gone=tuple(_gone(lost.values(), after.values(), len(before))),
        moved=tuple((was, item) for was, item in both if _jumps(was, item)),
        old_news=tuple(item for item in fresh if newest and item.published and item.published < newest),
        known=len(both),
    )


def _twin(item: Item, lost: Iterable[Item], gone: Iterable[Item]) -> Item | None:
    """Return what of `lost` the item was before: the same address, else the same text, else of `gone` the same title.

    What newer items have pushed out is lost but not gone: a new post may bear the title of an old one.
    """
    for same, among in (("url", lost), ("told", lost), ("title", gone)):
        for other in among:
            if getattr(other, same) and getattr(other, same) == getattr(item, same):
                return other
    return None


def _remedy(before: Item, after: Item) -> str:
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
        return moment if moment.tzinfo else moment.astimezone()
    return None


@dataclass
class Check:
    """The findings in all feeds of a publish; `allow` names what may pass: paths, "mass change"."""

    log: ProblemLog
    allow: frozenset[str]
    diffs: list[FeedDiff] = field(default_factory=list)
    _said: set[str] = field(default_factory=set)

    def feed(self, path: str, old: bytes, new: bytes) -> None:
        """Compare one feed, and log what would flood or confuse its subscribers; once for all feeds that say it."""
        try:
            diff = compare(path, old, new)
        except ValueError as error:
            self.log.warning(path, 0, f"the feed cannot be compared: {error}", "look at it in a browser", kind="feed")
            return
        self.diffs.append(diff)
        for again in diff.again:
            what = f"subscribers would see “{again.after.title}” again under a new guid"
            self._say(_path(again.after), path, what, again.remedy)
        for was, item in diff.moved:
            what = f"“{item.title}” jumps from {was.published} to {item.published}"
            self._say(_path(item), path, what, "put its date back; `modified:` says that it changed")
        if diff.mass:
            self._say(_MASS_CHANGE, path, diff.mass, "look at `invoke feed-diff`")

    def gone(self, path: str) -> None:
        """Log that a feed which people subscribed to is no more."""
        self._say(f"/{path}", path, f"the feed is gone: /{path} answers no more", "bring back what it was made of")

    def _say(self, name: str, path: str, message: str, hint: str) -> None:
        # A mass change in one feed is one in others, with other numbers.
        said = name if name == _MASS_CHANGE else message
        if said not in self._said and name not in self.allow:
            self._said.add(said)
            hint = f'{hint}; or allow it: "feeds": {{"allow": {{"{name}": "why"}}}}'
            self.log.warning(path, 0, message, hint, kind="feed")


def _path(item: Item) -> str:
    return unquote(urlsplit(item.url).path)


def check(
    old: Mapping[str, bytes], new: Mapping[str, bytes], log: ProblemLog, allow: Mapping[str, str]
) -> list[FeedDiff]:
    """Compare feeds by path; log what must not happen unless allowed; return the differences of those in both."""
    done = Check(log, frozenset(unquote(urlsplit(name).path) for name in allow))
    for path in sorted(old.keys() - new.keys()):
        done.gone(path)
    for path in sorted(old.keys() & new.keys(), key=lambda name: (name.count("/"), name)):
        if old[path] != new[path]:
            done.feed(path, old[path], new[path])
    return done.diffs
