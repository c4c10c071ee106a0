"""Read feeds: which files of a site are feeds, and the items of one, whatever its format and generator."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from lxml import etree
from pelican_incremental.store import digest

from ..markup import text_content

_NAMES = ("feed.xml", "atom.xml", "feed.json")
_PATTERNS = (*_NAMES, "*/feed.xml", "category/*/feed.xml", "tag/*/feed.xml")


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a parsed feed; `content_hash` is a digest of title and text, `text_hash` of text and date, or ""."""

    guid: str
    url: str
    title: str
    published: datetime | None
    content_hash: str
    text_hash: str

    @property
    def path(self) -> str:
        """The path of its URL, which feeds.allow in the settings refers to."""
        return unquote(urlsplit(self.url).path)


def is_feed(path: str) -> bool:
    """Whether `path` is that of a feed."""
    return path.rpartition("/")[2] in _NAMES


def read_feeds(tree: Path) -> dict[str, bytes]:
    """Return the contents of the feeds below `tree` by path; empty if the folder does not exist."""
    files = (file for pattern in _PATTERNS for file in tree.glob(pattern))
    return {file.relative_to(tree).as_posix(): file.read_bytes() for file in files}


def parse_feed(data: bytes) -> list[Item]:
    """Return the items of an RSS, Atom or JSON feed from any generator. Raises ValueError."""
    if data.lstrip()[:1] == b"{":
        try:
            return [_parse_json_item(item) for item in json.loads(data)["items"]]
        except (AttributeError, KeyError, TypeError) as error:
            raise ValueError("it is not a JSON Feed") from error
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(str(error)) from error
    return [_parse_xml_item(element) for element in root.iter("{*}item", "{*}entry")]


def _parse_json_item(item: Mapping[str, Any]) -> Item:
    guid, url, title = (str(item.get(key) or "") for key in ("id", "url", "title"))
    text = item.get("content_html") or item.get("content_text") or ""
    return _make_item(guid, url, title, item.get("date_published"), text)


def _parse_xml_item(element: Any) -> Item:
    def find_text(*names: str) -> str:
        return next(filter(None, (element.findtext(f"{{*}}{name}") for name in names)), "")

    links = (link for link in element.iterfind("{*}link") if link.get("rel", "alternate") == "alternate")
    url = next((link.get("href") or link.text or "" for link in links), "").strip()
    date, text = find_text("pubDate", "published", "updated"), find_text("encoded", "content", "description", "summary")
    return _make_item(find_text("guid", "id").strip() or url, url, find_text("title"), date, text)


def _make_item(guid: str, url: str, title: str, date: str | None, html: str) -> Item:
    # The text alone: readers that compare texts ignore markup.
    text = text_content(html)
    return Item(
        guid, url, title, _parse_date(date), digest(title, text), digest(text, date or "") if text.strip() else ""
    )


def _parse_date(text: str | None) -> datetime | None:
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            date = parse((text or "").strip())
        except ValueError:
            continue
        return date if date.tzinfo else date.replace(tzinfo=UTC)
    return None
