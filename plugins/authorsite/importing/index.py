"""The first pass over an export: what each item is, and what becomes of it; small enough to keep for 30,000 posts."""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from enum import StrEnum
from sys import intern
from urllib.parse import unquote, urlsplit

from .body_model import Attachment
from .names import clean_name, get_host, parse_number
from .reblogs import find_reblog_host
from .wxr_model import Channel, RawItem


class Fate(StrEnum):
    """What becomes of an item."""

    CONTENT = "content"
    PRIVATE = "private"
    MEDIA = "media"
    MENU = "menu"
    SKIPPED = "skipped"
    UNKNOWN = "unknown"


_SKIPPED_TYPES = {
    "revision": "an earlier version",
    "feedback": "a letter from a contact form",
    **dict.fromkeys(("custom_css", "customize_changeset", "wp_global_styles", "amp_validated_url"), "of the old theme"),
    **dict.fromkeys(
        ("wp_template", "wp_template_part", "wp_navigation", "wp_font_family", "wp_font_face"), "of the old theme"
    ),
    **dict.fromkeys(
        ("oembed_cache", "jp_pay_order", "jp_mem_plan", "user_request", "scheduled-action"), "internal to WordPress"
    ),
    "wp_block": "a reusable block: it is written into the posts that use it",
}
_SKIPPED_STATUSES = {"trash": "in the trash", "auto-draft": "never saved", "spam": "spam"}
_STATUSES = {"publish", "future", "draft", "pending", "inherit", "private"}
_UPLOAD = re.compile(
    r"https?://[^\s\"'<>()\[\]/]+/(?:wp-content/uploads/|files/)?\d{4}/\d\d/[^\s\"'<>()\[\]/?#]+\.\w{2,5}"
)
"""The URL of an uploaded file."""

_PERMALINK_ID = re.compile(r"(?:^|&)(?:p|page_id|attachment_id)=(\d+)")


@dataclass(slots=True)
class IndexedItem:
    """An item as the other passes need it; `sequence` counts the items of the export.

    `link` is its permalink, or the address of an attachment's file.
    """

    sequence: int
    id: str
    type: str
    status: str
    fate: Fate
    why: str
    title: str
    slug: str
    date: str
    parent: str
    link: str
    digest: str
    file: str
    line: int
    category: str = ""
    tags: tuple[str, ...] = ()
    old_slugs: tuple[str, ...] = ()
    old_dates: tuple[str, ...] = ()
    guid: str = ""
    comments: int = 0

    @property
    def is_published(self) -> bool:
        """Whether readers could see it, or will on its date."""
        return self.fate is Fate.CONTENT and self.status in {"publish", "future", "inherit"}


@dataclass
class Index:
    """What the first pass collects.

    `items` are by key: WordPress's number, unless two blogs have the same. The last one counts; `duplicates` are those
    that come again later. `keys` are those of all items in their order. `attachments` is the media library; `children`
    are the files of each post, with their places in its gallery.
    """

    channel: Channel = field(default_factory=Channel)
    items: dict[str, IndexedItem] = field(default_factory=dict)
    duplicates: list[IndexedItem] = field(default_factory=list)
    attachments: dict[int, Attachment] = field(default_factory=dict)
    attached_paths: dict[int, str] = field(default_factory=dict)
    children: dict[str, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    reusable_blocks: dict[int, str] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)
    menu: dict[str, RawItem] = field(default_factory=dict)
    sticky: list[str] = field(default_factory=list)
    reblog_hosts: Counter[str] = field(default_factory=Counter)
    meta_keys: Counter[str] = field(default_factory=Counter)
    terms: dict[tuple[str, str], str] = field(default_factory=dict)
    linked_files: dict[str, None] = field(default_factory=dict)
    found_items: int = 0
    found_comments: int = 0

    def add(self, raw: RawItem) -> None:
        """Add an item; one with the same number as an earlier one takes its place."""
        self.found_items += 1
        self.found_comments += len(raw.comments)
        self.meta_keys.update(key for key, _ in raw.meta)
        raw.id = self._make_key(raw)
        self.keys.append(raw.id)
        item = self._make_item(raw)
        if before := self.items.pop(item.id, None):
            self.duplicates.append(before)
        self.items[item.id] = item
        for taxonomy, slug, name in raw.terms:
            self.terms.setdefault((taxonomy, unquote(slug) or name), clean_name(name))
        self.linked_files |= dict.fromkeys(_UPLOAD.findall(raw.content))
        number = parse_number(item.id)
        number = -self.found_items if number is None else number
        if item.fate is Fate.MEDIA:
            self._add_attachment(number, raw)
        elif item.type == "wp_block":
            self.reusable_blocks[number] = raw.content
        elif item.fate is Fate.MENU:
            self.menu[item.id] = raw
        elif item.fate in {Fate.CONTENT, Fate.PRIVATE}:
            if raw.sticky.strip() == "1":
                self.sticky.append(item.id)
            if host := find_reblog_host(raw):
                self.reblog_hosts[host] += 1

    def _make_item(self, raw: RawItem) -> IndexedItem:
        fate, why = decide_fate(raw)
        # Interned: thousands of items share them.
        terms = [(taxonomy, slug, intern(clean_name(name) or slug)) for taxonomy, slug, name in raw.terms]
        groups = [name for taxonomy, slug, name in terms if taxonomy == "category" and slug != "uncategorized"]
        tags = [name for taxonomy, _, name in terms if taxonomy in {"post_tag", "tag"}]
        return IndexedItem(
            sequence=self.found_items,
            id=raw.id,
            type=intern(raw.type),
            status=intern(raw.status),
            fate=fate,
            why=why,
            # The report names items, and is committed with the site: letters are titled with their senders.
            title="" if raw.type == "feedback" else clean_name(raw.title)[:200],
            slug=raw.slug,
            date=next((date for date in (raw.date, raw.date_gmt, raw.pub_date) if date.strip("0-: ")), ""),
            parent=raw.parent.strip(),
            link=(raw.attachment_url.strip() or raw.guid.strip()) if fate is Fate.MEDIA else raw.link.strip(),
            digest=raw.digest(),
            file=raw.file,
            line=raw.line,
            category=groups[0] if groups else "",
            tags=tuple(dict.fromkeys([*groups[1:], *tags])),
            old_slugs=tuple(value for key, value in raw.meta if key == "_wp_old_slug"),
            old_dates=tuple(value for key, value in raw.meta if key == "_wp_old_date"),
            guid=raw.guid.strip(),
            comments=len(raw.comments),
        )

    def _make_key(self, raw: RawItem) -> str:
        """Return the number of an item, or with its type and slug if another blog's item has that number."""
        key = raw.id.strip() or f"line {raw.line}"
        other = self.items.get(key)
        if other is not None and other.guid != raw.guid.strip() and (other.type, other.slug) != (raw.type, raw.slug):
            return f"{key} {raw.type} {raw.slug}"
        return key

    def _add_attachment(self, number: int, raw: RawItem) -> None:
        alt, caption = raw.get_meta("_wp_attachment_image_alt"), raw.excerpt
        url = raw.attachment_url.strip() or raw.guid.strip()
        self.attachments[number] = Attachment(url, clean_name(alt), caption, clean_name(raw.title))
        self.attached_paths[number] = raw.get_meta("_wp_attached_file").strip()
        order = parse_number(raw.menu_order) or 0
        self.children[raw.parent.strip()].append((order, number))

    def list_own_attachments(self, item_id: str) -> list[int]:
        """Return the attachments of a post in the order of its gallery."""
        return [number for _, number in sorted(self.children.get(item_id, ()))]

    def find_by_link(self, url: str) -> str:
        """Return the number that a link such as https://old.example/?p=12 names, "" if it names none."""
        match = _PERMALINK_ID.search(urlsplit(url).query)
        return match[1] if match and match[1] in self.items else ""

    def drop_addresses(self) -> None:
        """Free what only the plan needs."""
        for item in self.items.values():
            if item.fate in {Fate.CONTENT, Fate.PRIVATE}:
                item.link = item.slug = item.guid = ""
        self.linked_files.clear()

    def count_terms(self) -> int:
        """Return how many categories, tags and other terms there are."""
        channel = self.channel
        terms = {("category", unquote(slug)) for slug in channel.categories}
        terms |= {("tag", unquote(slug)) for slug in channel.tags}
        terms |= {("tag" if taxonomy == "post_tag" else taxonomy, slug) for taxonomy, slug in self.terms}
        return len(terms | {(taxonomy, unquote(slug)) for taxonomy, slug in channel.other_terms})

    def list_hosts(self) -> frozenset[str]:
        """Return the hosts of the export: that of the blog, and those of its files on WordPress.com."""
        channel = self.channel
        blog = {get_host(url).removeprefix("www.") for url in (channel.url or channel.link, channel.site_url)}
        blog -= {"", "wordpress.com"}
        files = {get_host(file.url) for file in self.attachments.values()}
        files = {host for host in files if host.endswith((".wordpress.com", ".wp.com"))}
        return frozenset(blog | {f"www.{host}" for host in blog} | files)


def decide_fate(raw: RawItem) -> tuple[Fate, str]:
    """Return what becomes of an item, and why if it isn't written as a post or page that is published."""
    if reason := _SKIPPED_STATUSES.get(raw.status):
        return Fate.SKIPPED, reason
    if raw.type == "attachment":
        return Fate.MEDIA, ""
    if raw.type == "nav_menu_item":
        return Fate.MENU, "the menu is printed as lines for the settings"
    if reason := _SKIPPED_TYPES.get(raw.type):
        return Fate.SKIPPED, reason
    if raw.type not in {"post", "page"}:
        return Fate.UNKNOWN, f"the type `{raw.type}` comes from a plugin: copy what you need by hand"
    if raw.password:
        return Fate.PRIVATE, "it has a password"
    if raw.status == "private":
        return Fate.PRIVATE, "it is private"
    return Fate.CONTENT, "" if raw.status in _STATUSES else f"its status `{raw.status}` is unknown here: it is a draft"
