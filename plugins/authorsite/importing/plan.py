"""Where each post and page goes: its file, its URL, and the old URLs that redirect to it."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import unquote

from .index import Fate, Index, IndexedItem
from .names import clean_slug, get_host, get_path, is_alias, normalize_path, parse_date

MAX_FILE_NAME_BYTES = 120
MAX_GUID = 2_000

_DATED_PATH = re.compile(r"/(\d{4})/(\d\d)/(\d\d)/")
_ARCHIVE = re.compile(r"\d{4}(?:/\d\d)?/?")
_PAGES_WITHOUT_OTHERS = frozenset(("404", "archives", "references", "search", "subscribe"))
"""Pages of the site itself with no others below them: /archives/12 may be an old permalink."""

_NO_DATE = datetime(1970, 1, 1)  # noqa: DTZ001 - the dates of WordPress are those of a wall clock


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """What an import must know of the site.

    The URLs are Pelican's patterns, without a slash at the start. `slugify` makes the slug of a category or tag from
    its name. `own_addresses` are the first parts of the paths that the site itself uses. `author` writes what names
    nobody else; `url` is the site's, and `root` its path on its host. Posts later than `now`, by the wall clock, are
    scheduled.
    """

    article_url: str
    page_url: str
    category_url: str
    tag_url: str
    slugify: Callable[[str], str]
    own_addresses: frozenset[str]
    posts_folder: str = "posts"
    pages_folder: str = "pages"
    author: str = ""
    url: str = ""
    root: str = ""
    default_category: str = ""
    reblog_words: int = 150
    now: datetime = datetime(9999, 1, 1)  # noqa: DTZ001 - a wall clock

    def is_own_address(self, url: str) -> bool:
        """Return whether the site itself has a page at `url`, or below its first part, or an archive of a year."""
        return url.lower().partition("/")[0] in self.own_addresses or bool(_ARCHIVE.fullmatch(url))

    def may_redirect(self, url: str) -> bool:
        """Return whether a redirect from `url` takes the place of no page of the site itself."""
        folder, _, rest = url.lower().strip("/").partition("/")
        return not self.is_own_address(url) or (bool(rest) and folder in _PAGES_WITHOUT_OTHERS)


@dataclass(frozen=True, slots=True)
class Target:
    """Where an item goes: `path` is relative to content/, `url` to the root of the site, without a slash at the start.

    `guid` is that of no other post; `notes` say what the author should know.
    """

    path: str
    url: str
    slug: str
    date: datetime
    aliases: tuple[str, ...] = ()
    guid: str = ""
    notes: tuple[str, ...] = ()


@dataclass
class Plan:
    """The targets by item, and the items by their old paths, as `normalize_path` returns them."""

    targets: dict[str, Target] = field(default_factory=dict)
    items_by_path: dict[str, str] = field(default_factory=dict)


def make_plan(
    index: Index, site: SiteFacts, previous: Mapping[str, str], private_folder: str, *, with_private: bool
) -> Plan:
    """Return where everything goes. `previous` maps items to their paths from an earlier import, which they keep.

    Private items go to `private_folder`, a path relative to content/, unless they come in as drafts.
    """
    plan = Plan()
    planner = _Planner(index, site, {path.lower(): item for item, path in previous.items()})
    for item in _sort_items(index.items.values()):
        folder = private_folder if item.fate is Fate.PRIVATE and not with_private else ""
        plan.targets[item.id] = planner.plan(item, folder)
        if old := normalize_path(get_path(item.link)):
            plan.items_by_path.setdefault(old, item.id)
    urls = {normalize_path(target.url) for target in plan.targets.values()}
    for item_id, target in plan.targets.items():
        item = index.items[item_id]
        if item.is_published:
            aliases = tuple(planner.list_aliases(item, target, urls))
            plan.targets[item_id] = replace(target, aliases=aliases)
            for alias in aliases:
                plan.items_by_path.setdefault(normalize_path(alias), item_id)
    return plan


def _sort_items(items: Iterable[IndexedItem]) -> list[IndexedItem]:
    """Return posts and pages in an order that doesn't depend on the files: what is published has its slug first."""
    texts = (item for item in items if item.fate in {Fate.CONTENT, Fate.PRIVATE})
    return sorted(texts, key=lambda item: (not item.is_published, item.date, len(item.id), item.id))


class _Planner:
    """Gives out paths and URLs, each once; `owners` maps the paths that are taken, in lowercase, to their items."""

    def __init__(self, index: Index, site: SiteFacts, owners: dict[str, str]) -> None:
        self.index, self.site, self.owners = index, site, owners
        self.urls: set[str] = set()
        self.guids: set[str] = set()
        self.aliases: set[str] = set()

    def plan(self, item: IndexedItem, private_folder: str) -> Target:
        is_page, notes = item.type == "page", []
        date = self._find_date(item)
        if date == _NO_DATE and not is_page:
            notes.append("it has no date: write one")
        slug = self._make_slug(item)
        free_slug, url = self._take_url(item, slug, date)
        if free_slug != slug:
            taken = self._format_url(item, slug, date)
            reason = "is an address of the site itself" if self.site.is_own_address(taken) else "is another one's URL"
            notes.append(f"its slug is {free_slug}: /{taken} {reason}")
        base = private_folder or (self.site.pages_folder if is_page else self.site.posts_folder)
        folder = base if is_page else f"{base}/{date.year:04}"
        guid = " ".join(item.guid.split())[:MAX_GUID] if item.is_published and not is_page else ""
        if guid in self.guids:
            notes.append("another post has its guid: feed readers may show it again")
            guid = ""
        self.guids |= {guid} - {""}
        path = self._take_path(item, folder, _shorten_name(free_slug))
        return Target(path, url, free_slug, date, guid=guid, notes=tuple(notes))

    def _find_date(self, item: IndexedItem) -> datetime:
        date = parse_date(item.date, self.index.channel.pub_date) or _NO_DATE
        if item.type != "page" and (match := _DATED_PATH.search(get_path(item.link))):
            day = parse_date("{}-{}-{} 00:00".format(*match.groups()))
            if day and abs((day - date.replace(hour=0, minute=0, second=0)).days) <= 1:
                # The blog's time zone has changed since: the permalink counts.
                return date.replace(day.year, day.month, day.day)
        return date

    def _make_slug(self, item: IndexedItem) -> str:
        name = unicodedata.normalize("NFC", unquote(item.slug)).rpartition("/")[2]
        return clean_slug(name) or clean_slug(self.site.slugify(item.title)) or clean_slug(f"{item.type}-{item.id}")

    def _format_url(self, item: IndexedItem, slug: str, date: datetime) -> str:
        pattern = self.site.page_url if item.type == "page" else self.site.article_url
        return pattern.format(slug=slug, date=date)

    def _take_url(self, item: IndexedItem, slug: str, date: datetime) -> tuple[str, str]:
        """Return the first free slug and its URL: `slug`, `slug-page` for an address of the site's own, or `slug-2`."""
        is_own = self.site.is_own_address(self._format_url(item, slug, date))
        for number in range(len(self.urls) + 3):
            suffix = "" if not number else "-page" if is_own and number == 1 else f"-{number + 1 - is_own}"
            url = self._format_url(item, f"{slug}{suffix}", date)
            if not self.site.is_own_address(url) and normalize_path(url) not in self.urls:
                break
        self.urls.add(normalize_path(url))
        return f"{slug}{suffix}", url

    def _take_path(self, item: IndexedItem, folder: str, name: str) -> str:
        number = 1
        while True:
            path = f"{folder}/{name}{f'-{number}' if number > 1 else ''}.md"
            if self.owners.setdefault(path.lower(), item.id) == item.id:
                return path
            number += 1

    def list_aliases(self, item: IndexedItem, target: Target, urls: set[str]) -> Iterator[str]:
        """Yield the old paths of an item that can redirect to its URL and to no other."""
        for path in self._list_old_paths(item, target):
            path = path.removeprefix(self.site.root)  # noqa: PLW2901 - as front matter has it
            key = normalize_path(path)
            if key and key not in urls | self.aliases and is_alias(path) and self.site.may_redirect(path[1:]):
                self.aliases.add(key)
                yield path

    def _list_old_paths(self, item: IndexedItem, target: Target) -> Iterator[str]:
        path = get_path(item.link) if get_host(item.link) else ""
        yield path
        if item.type == "page":
            yield f"/{self._make_page_path(item)}/"
        parts = path.rstrip("/").rpartition("/")
        for slug in item.old_slugs:
            yield f"{parts[0]}/{unquote(slug)}/" if path else ""
        for text in item.old_dates:
            if date := parse_date(f"{text.strip()} 00:00"):
                yield f"/{date:%Y/%m/%d}/{target.slug}/"

    def _make_page_path(self, item: IndexedItem) -> str:
        """Return the path of a page below its parents, as WordPress has it: "about/press"."""
        parts, seen = [unquote(item.slug).rpartition("/")[2]], {item.id}
        parent = self.index.items.get(item.parent)
        while parent is not None and parent.type == "page" and parent.id not in seen:
            parts.append(unquote(parent.slug).rpartition("/")[2])
            seen.add(parent.id)
            parent = self.index.items.get(parent.parent)
        return "/".join(reversed(parts))


def _shorten_name(name: str) -> str:
    return name.encode()[:MAX_FILE_NAME_BYTES].decode("utf-8", "ignore").rstrip("-.")
