"""WordPress.com's reblogs: the author's note is the body, and the original is kept in a meta value."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from ..markup import count_words, text_content, truncate_html
from ..urls import parse_web_url
from ..validation import InvalidValue
from .names import get_host
from .php import InvalidPhp, unserialize
from .wxr_model import RawItem

_PERMALINK = re.compile(r'"permalink";s:\d+:"(https?://[^"\s]{1,2000})"')


@dataclass(frozen=True, slots=True)
class Reblog:
    """The original of a reblog; `html` is its opening, `words` the length of all of it."""

    title: str
    url: str
    site: str
    words: int
    html: str


def find_reblog_host(raw: RawItem) -> str:
    """Return the host of the original, "" if the item is no reblog."""
    if raw.get_meta("is_reblog") != "1":
        return ""
    match = _PERMALINK.search(raw.get_meta("reblog_snapshot"))
    return get_host(match[1]) if match else ""


def parse_reblog(raw: RawItem, limit: int) -> Reblog | str | None:
    """Return the original with its first `limit` words; None if the item is no reblog, else why it cannot be read."""
    if raw.get_meta("is_reblog") != "1":
        return None
    try:
        data = unserialize(raw.get_meta("reblog_snapshot"))
        data = data if isinstance(data, Mapping) else {}
        url = parse_web_url(_get_text(data, "permalink"))
    except (InvalidPhp, InvalidValue) as error:
        return f"the original of the reblog cannot be read ({error})"
    title = " ".join(unescape(text_content(_get_text(data, "title"))).split())
    html = _get_text(data, "content").replace("\r\n", "\n")
    opening = truncate_html(html, limit)
    host = urlsplit(url).netloc.lower()
    return Reblog(title or url, url, host.removeprefix("www."), count_words(html), opening.html)


def _get_text(data: Mapping[Any, Any], key: str) -> str:
    value = data.get(key)
    return value if isinstance(value, str) else ""
