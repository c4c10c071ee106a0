"""The comments of a post: which come along, and as what."""

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from ..comments.model import MAX_COMMENTS, MAX_HTML, Comment
from ..strict_model import CONTROL_CHARACTER
from ..urls import parse_web_url
from ..validation import InvalidValue
from .autop import add_paragraphs
from .names import clean_name, parse_date
from .wxr_model import RawComment

MAX_NAME = 200

_REBLOGGED = re.compile(r"\s*(?:<p>)?\s*Reblogged this on <a\b", re.IGNORECASE)
_LINK = re.compile(r"""<a\b[^>]*\bhref=["']([^"']+)["'][^>]*>(.*?)</a>""", re.IGNORECASE | re.DOTALL)
_MENTION_LIMIT = 4_000
"""How much of a mention is searched for its link, in characters."""

_MENTIONS = {"pingback", "trackback"}
_COMMENT_TYPES = {"", "comment"}
_STATES = {
    "0": "it was not approved",
    "spam": "it is spam",
    "trash": "it was in the trash",
    "post-trashed": "it was in the trash",
}


def convert_comments(raws: list[RawComment], zone: ZoneInfo) -> tuple[list[Comment], dict[int, str]]:
    """Return the comments to write, and why, by their place in `raws`, for the others.

    Comments that were approved come along: never the e-mail address or the IP address. A reply whose parent stays out
    replies to the one above it.
    """
    comments: list[Comment] = []
    skipped: dict[int, str] = {}
    parents = {raw.id: raw.parent for raw in raws}
    kept = {raw.id for raw in raws if raw.approved.strip() == "1"}
    seen: set[str] = set()
    for number, raw in enumerate(raws):
        reason = _find_reason(raw)
        if not reason and raw.id in seen:
            reason = "its number is that of another comment"
        if not reason and len(comments) >= MAX_COMMENTS:
            reason = f"a post has at most {MAX_COMMENTS} comments"
        if not reason:
            try:
                comments.append(_convert(raw, _find_parent(raw, parents, kept), zone))
                seen.add(raw.id)
            except ValidationError as error:
                reason = f"it is not valid: {error.errors()[0]['msg']}"
        if reason:
            skipped[number] = reason
    return comments, skipped


def _find_reason(raw: RawComment) -> str:
    state = raw.approved.strip()
    if state != "1":
        return _STATES.get(state, f"its status is `{state}`")
    if raw.type.strip() not in _COMMENT_TYPES | _MENTIONS:
        return f"the type `{raw.type.strip()}` comes from a plugin"
    return ""


def _find_parent(raw: RawComment, parents: Mapping[str, str], kept: set[str]) -> str:
    """Return the nearest comment above that comes along, "" if none does."""
    parent, seen = raw.parent, {raw.id}
    while parent in parents and parent not in kept and parent not in seen:
        seen.add(parent)
        parent = parents[parent]
    return parent if parent in kept and parent not in seen else ""


def _convert(raw: RawComment, parent: str, zone: ZoneInfo) -> Comment:
    name, url, content = clean_name(raw.author), _clean_url(raw.url), raw.content[:MAX_HTML].replace("\r\n", "\n")
    is_mention = raw.type.strip() in _MENTIONS
    if match := _LINK.search(content[:_MENTION_LIMIT]) if _REBLOGGED.match(content) else None:
        is_mention, name, url = True, clean_name(match[2]) or name, _clean_url(match[1]) or url
    html = "" if is_mention else add_paragraphs(content).strip()
    return Comment(
        id=raw.id.strip(),
        parent="" if is_mention else parent,
        name=CONTROL_CHARACTER.sub("", name)[:MAX_NAME],
        url=url,
        date=find_date(raw, zone),
        html=html[:MAX_HTML],
        kind="mention" if is_mention else "comment",
    )


def find_date(raw: RawComment, zone: ZoneInfo) -> datetime:
    """Return the date of a comment in the site's zone; 1970 if it has none."""
    if date := parse_date(raw.date_gmt):
        with suppress(OverflowError):  # in another zone, the first and last days of the calendar can be outside it
            return date.replace(tzinfo=UTC).astimezone(zone)
    local = parse_date(raw.date)
    return local.replace(tzinfo=zone) if local else datetime(1970, 1, 1, tzinfo=UTC)


def _clean_url(url: str) -> str:
    try:
        return parse_web_url(url.strip())
    except (InvalidValue, UnicodeError):
        return ""
