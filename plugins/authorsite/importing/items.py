"""One post or page: its Markdown file, its comments file, and what the inventory says of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from pathlib import PurePosixPath
from posixpath import relpath
from typing import Any
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from ..comments.model import SUFFIX, format_comments
from ..markup import text_content
from ..reading.markdown import MarkdownRenderer
from ..reading.reblogs import ORIGINAL_MARK
from ..reading.schemas import MAX_NAMES
from ..settings import SiteSettings
from ..strict_model import CONTROL_CHARACTER, MAX_TEXT
from .body import convert_body
from .body_model import ConvertedBody
from .comments import convert_comments
from .findings import describe_findings
from .front_matter import format_front_matter
from .index import Fate, Index, IndexedItem
from .media import BroughtMedia
from .names import clean_name, get_host, get_path, normalize_path, parse_number
from .plan import Plan, SiteFacts, Target
from .reblogs import Reblog, parse_reblog
from .terms import TermNames
from .wxr_model import RawItem

MAX_TITLE = 300
_TITLE_WORDS = 8


@dataclass(frozen=True, slots=True)
class Job:
    """An item to convert, with all that is special to it: what a worker doesn't touch, it shares with the others."""

    raw: RawItem
    item: IndexedItem
    target: Target


@dataclass(frozen=True, slots=True)
class ItemFiles:
    """The files of an item by their path below content/ (`texts`), and what the inventory says.

    `look` are things that the author may want to look at; `comments` says why a comment stays out, by its place.
    """

    item: str
    texts: dict[str, str]
    look: tuple[str, ...] = ()
    comments: Mapping[int, str] = field(default_factory=dict)
    offered_reblogs: tuple[str, ...] = ()


@dataclass
class ItemConverter:
    """Converts items, whose ids are the keys of the index; workers share it.

    `reblog_authors` names who writes at a host, "" if nobody knows.
    """

    index: Index
    plan: Plan
    site: SiteFacts
    settings: SiteSettings
    names: TermNames
    media: BroughtMedia
    zone: ZoneInfo
    reblog_authors: Mapping[str, str]
    redirects: Mapping[str, str]

    @cached_property
    def _renderer(self) -> MarkdownRenderer:
        return MarkdownRenderer(self.settings.translate)

    @cached_property
    def _base_urls(self) -> tuple[str, ...]:
        channel = self.index.channel
        return tuple(dict.fromkeys(filter(None, (channel.url, channel.link))))

    @cached_property
    def _blog_hosts(self) -> frozenset[str]:
        hosts = {get_host(url).removeprefix("www.") for url in (*self._base_urls, self.site.url)} - {""}
        return frozenset(hosts | {f"www.{host}" for host in hosts})

    def convert(self, job: Job) -> ItemFiles:
        """Return the files of a post or page."""
        raw, item, target = job.raw, job.item, job.target
        look = [*target.notes, *([item.why] if item.fate is Fate.CONTENT and item.why else [])]
        reblog = parse_reblog(raw, self.site.reblog_words)
        if isinstance(reblog, str):
            look.append(reblog)
            reblog = None
        body = self._convert_body(raw.content, raw, target)
        parts = [body]
        markdown = body.markdown
        if reblog:
            quotation = self._convert_body(reblog.html, raw, target)
            parts.append(quotation)
            note = f"{markdown.strip()}\n\n{ORIGINAL_MARK}\n\n" if markdown.strip() else ""
            markdown = note + quotation.markdown
        front = self._make_front_matter(raw, item, target, body, reblog, look)
        head = format_front_matter(front)
        look += describe_findings(parts, head.count("\n"))
        texts = {target.path: head + markdown}
        comments, skipped = convert_comments(raw.comments, self.zone)
        if comments:
            texts[target.path.removesuffix(".md") + SUFFIX] = format_comments(comments)
        offers = tuple(f"{offer.url} ({offer.words} words)" for offer in body.offered_reblogs)
        return ItemFiles(item.id, texts, tuple(dict.fromkeys(look)), skipped, offers)

    def _convert_body(self, text: str, raw: RawItem, target: Target) -> ConvertedBody:
        return convert_body(
            text,
            lambda markdown: self._renderer.render(markdown, target.slug).html,
            base_urls=self._base_urls,
            attachments=self.index.attachments,
            own_attachments=self.index.list_own_attachments(raw.id),
            footnotes=raw.get_meta("footnotes"),
            reusable_blocks=self.index.reusable_blocks,
            rewrite_url=lambda url: self.rewrite_url(url, target.path),
        )

    def rewrite_url(self, url: str, path: str) -> str:
        """Return what the file at `path` says instead of an absolute URL: the path of a file, or of a page."""
        if file := self.media.find(url):
            base = str(PurePosixPath(path).parent)
            return quote(file if path.startswith("../") else relpath(file, base), safe="/~!$&'*+,;=:@-._")
        if get_host(url) not in self._blog_hosts:
            return url
        found = self.index.find_by_link(url)
        old = normalize_path(get_path(url))
        found = found or self.plan.items_by_path.get(old, "")
        item = self.index.items.get(found)
        if item is not None and item.is_published and found in self.plan.targets:
            new = f"/{self.plan.targets[found].url}"
        elif item is None and old in self.redirects:
            new = self.redirects[old]
        else:
            return url
        fragment = urlsplit(url).fragment
        return quote(new, safe="/~!$&'()*+,;=:@-._%") + (f"#{fragment}" if fragment else "")

    def _make_front_matter(
        self,
        raw: RawItem,
        item: IndexedItem,
        target: Target,
        body: ConvertedBody,
        reblog: Reblog | None,
        look: list[str],
    ) -> dict[str, Any]:
        is_post = item.type != "page"
        title = clean_text(item.title, MAX_TITLE) or (reblog.title if reblog else "") or _make_title(body.markdown)
        if not item.title and not (reblog and reblog.title):
            look.append(f"it has no title: it is called “{title}” here")
        front: dict[str, Any] = {"title": title, "date": target.date if is_post else None, "slug": target.slug}
        if item.status not in {"publish", "future", "inherit"} or item.fate is Fate.PRIVATE:
            front["status"] = "draft"
        if is_post:
            front |= self._make_groups(item, look)
            front["author"] = self._find_author(raw, look)
        front["summary"] = clean_text(text_content(raw.excerpt), MAX_TEXT - 100)
        front |= self._find_image(raw, look)
        front["aliases"] = list(target.aliases)
        if is_post:
            front["guid"] = target.guid
        if reblog:
            front["reblog"] = self._make_reblog(reblog)
        return front

    def _make_groups(self, item: IndexedItem, look: list[str]) -> dict[str, Any]:
        tags = list(dict.fromkeys(self.names.get("tag", tag) for tag in item.tags))
        if len(tags) > MAX_NAMES:
            look.append(f"it has {len(tags)} tags: the first {MAX_NAMES} came along")
        return {
            "category": self.names.get("category", item.category) if item.category else "",
            "tags": tags[:MAX_NAMES],
        }

    def _find_author(self, raw: RawItem, look: list[str]) -> str:
        """Return who wrote the post if the blog has several authors and it isn't the site's own."""
        authors = self.index.channel.authors
        if len(authors) < 2:  # noqa: PLR2004 - several
            return ""
        name = clean_text(clean_name(authors.get(raw.creator.strip(), "")), 200)
        if not name or "@" in name or name == raw.creator.strip():
            look.append("the export has no name for its author, only a login: write `author: …`")
            return ""
        return "" if name == self.site.author else name

    def _find_image(self, raw: RawItem, look: list[str]) -> dict[str, str]:
        number = parse_number(raw.get_meta("_thumbnail_id"))
        if number is None:
            return {}
        attachment = self.index.attachments.get(number)
        path = self.media.find(attachment.url) if attachment else ""
        if attachment is None or not path.startswith("images/"):
            look.append("its featured image did not come along")
            return {}
        return {"image": path, "image_alt": clean_text(attachment.alt, 1_000)}

    def _make_reblog(self, reblog: Reblog) -> dict[str, Any]:
        author = self.reblog_authors.get(get_host(reblog.url), "")
        fields = {"title": clean_text(reblog.title, MAX_TITLE), "author": author, "site": reblog.site}
        return {**fields, "url": reblog.url, "words": reblog.words or None}


def clean_text(text: str, limit: int) -> str:
    """Return a text on one line, without control characters, of at most `limit` characters."""
    text = " ".join(CONTROL_CHARACTER.sub("", text).split())
    return text if len(text) <= limit else text[:limit].rsplit(" ", 1)[0]


def _make_title(markdown: str) -> str:
    """Return the first words of a text."""
    words = text_content(escape(markdown, quote=False)).replace("*", "").split()
    plain = [word for word in words if any(character.isalnum() for character in word)]
    return " ".join(plain[:_TITLE_WORDS])[:80] + ("…" if len(plain) > _TITLE_WORDS else "") or "Untitled"
