"""A comments file: its model, reading it, and writing it.

`my-post.comments.yaml` beside `my-post.md` is a list of comments, each below the one that it replies to.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, field_validator

from ..problems import ProblemLog
from ..reading.front_matter import parse_yaml
from ..reading.reblogs import sanitize
from ..reading.schemas import ZonedDatetime
from ..strict_model import Paragraphs, StrictModel, require
from ..urls import parse_web_url
from ..validation import InvalidValue, Loc, validate

SUFFIX = ".comments.yaml"
"""How the name of a comments file ends; what comes before is the name of the post's file without `.md`."""

MAX_COMMENTS = 5_000
"""The limit of the comments on one post."""

MAX_HTML = 100_000
"""The limit of a comment's text, in characters."""

_TAGS = frozenset("a abbr b blockquote br cite code del em i li ol p pre q s strong sub sup ul".split())
_ATTRIBUTES = {"a": {"href", "hreflang"}, "abbr": {"title"}, "*": {"lang", "dir"}}

_ID = r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}"


def _accept_id(pattern: str) -> Any:
    return require(re.compile(pattern).fullmatch, "an id of a comment", "use letters, digits and hyphens")


_PLAIN = re.compile(r"(?!(?:null|true|false|yes|no|on|off)$)[^\W\d_][\w ]*[^\W_]", re.IGNORECASE)
"""Texts that are the same in YAML without quotes, whatever reads it."""

_COMMON_LINE = re.compile(
    r"(?:- |  )(?:id|parent|name|url|kind|date): (?:\"[^\"\\]*\"|[\w][\w :T+-]*)|  html: \|-|(?:    .*)?"
)
"""The lines that `format_comments` writes, without escapes; nothing else can stand where they are expected."""

_NOT_IN_BLOCK = re.compile("[^\n\x20-\x7e\xa0-\u2027\u2030-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]| \n|^[ \n]|[ \n]$")
"""What does not stay the same in a YAML text of several lines (`|-`)."""


class Comment(StrictModel):
    """A comment on a post or page, or (`kind: mention`) another site's link to it.

    `parent` is the id of the comment that it replies to; `url` is the commenter's site, or the page that mentions the
    post. `html` is sanitized whenever a comment is made, so it holds nothing but a few harmless elements.
    """

    id: Annotated[str, _accept_id(_ID)]
    parent: Annotated[str, _accept_id(f"({_ID})?")] = ""
    name: str = ""
    url: Annotated[str, AfterValidator(lambda url: url and parse_web_url(url))] = ""
    date: ZonedDatetime
    html: Annotated[Paragraphs, Field(max_length=MAX_HTML)] = ""
    kind: Literal["comment", "mention"] = "comment"

    @field_validator("html")
    @classmethod
    def _sanitize(cls, value: str) -> str:
        return sanitize_comment(value)


class CommentsFile(StrictModel):
    """The comments of one file, in its order."""

    comments: Annotated[tuple[Comment, ...], Field(max_length=MAX_COMMENTS)] = ()

    @field_validator("comments")
    @classmethod
    def _check_ids(cls, comments: tuple[Comment, ...]) -> tuple[Comment, ...]:
        known, seen = {comment.id for comment in comments}, set[str]()
        for number, comment in enumerate(comments):
            if comment.id in seen:
                raise InvalidValue(f"duplicate id `{comment.id}`", "give one of them another id", (number, "id"))
            # One whose parent is gone begins a thread: removing a comment takes one edit.
            if comment.parent in known and comment.parent not in seen:
                hint = "put a reply below the comment that it replies to"
                raise InvalidValue(f"`{comment.parent}` is not above its reply", hint, (number, "parent"))
            seen.add(comment.id)
        return comments


def sanitize_comment(html: str, *, link_rel: str | None = None) -> str:
    """Return a commenter's HTML with nothing but text, links, lists, quotations and code; images become links."""
    if "<img" in html.lower():  # those of other sites become links, the others go
        html = sanitize(html, _TAGS | {"img"}, {**_ATTRIBUTES, "img": {"src", "alt"}})
    return sanitize(html, _TAGS, _ATTRIBUTES, link_rel=link_rel).strip()


def parse_comments(text: str, log: ProblemLog, path: str, zone: ZoneInfo) -> tuple[Comment, ...] | None:
    """Return the comments of a file's `text`, in its order; None with every problem in `log`.

    Dates without a zone are in `zone`.
    """
    is_common = all(map(_COMMON_LINE.fullmatch, text.split("\n")))
    parsed = parse_yaml(text, partial(log.error, path, kind="front-matter"), is_common=is_common)
    if parsed is None:
        return None
    data, lines = parsed
    if data and not isinstance(data, list):
        hint = "begin each comment with a line such as `- id: 1`"
        log.error(path, 1, "this is not a list of comments", hint, kind="front-matter")
        return None
    comment_lines: dict[Loc, int] = {("comments", *loc): line for loc, line in lines.items()}
    file = validate(CommentsFile, {"comments": data or []}, log, path, comment_lines, context={"zone": zone})
    return file.comments if file else None


def format_comments(comments: Iterable[Comment]) -> str:
    """Return the text of a comments file: by date, with the replies to a comment right below it.

    `parse_comments` gives the same comments back, but for parents that form a circle.
    """
    return "\n".join(map(_format_comment, _sort_by_thread(comments))) or "[]\n"


def _sort_by_thread(comments: Iterable[Comment]) -> Iterator[Comment]:
    """Yield comments by date, each followed by its replies; parents that form a circle do not count."""
    by_date = sorted(comments, key=lambda comment: (comment.date, len(comment.id), comment.id))
    ids = {comment.id for comment in by_date}
    replies: dict[str, list[Comment]] = defaultdict(list)
    for comment in by_date:
        replies[comment.parent if comment.parent in ids else ""].append(comment)
    done = set[str]()
    for start in (*replies[""], *by_date):
        stack = [start if start.parent not in ids else start.model_copy(update={"parent": ""})]
        while stack:
            comment = stack.pop()
            if comment.id not in done:
                done.add(comment.id)
                yield comment
                stack += reversed(replies[comment.id])


def _format_comment(comment: Comment) -> str:
    fields = {key: getattr(comment, key) for key in ("id", "parent", "name", "url", "kind", "date")}
    fields["kind"] = "" if comment.kind == "comment" else comment.kind
    lines = [f"{key}: {_format_value(value)}" for key, value in fields.items() if value]
    if comment.html and not _NOT_IN_BLOCK.search(comment.html):
        lines += ["html: |-", *(f"  {line}" if line else "" for line in comment.html.split("\n"))]
    elif comment.html:
        lines.append(f"html: {_quote(comment.html)}")
    return "- " + "\n".join(f"  {line}" if line else "" for line in lines).lstrip() + "\n"


def _format_value(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    return value if _PLAIN.fullmatch(value) else _quote(value)


def _quote(text: str) -> str:
    """Return a text in double quotes, as YAML and JSON both write it."""
    text = json.dumps(text, ensure_ascii=False)
    return re.sub("[\x7f-\x9f\u2028\u2029\ufeff]", lambda match: f"\\u{ord(match[0]):04x}", text)
