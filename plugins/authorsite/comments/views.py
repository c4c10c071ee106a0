"""What pages show of comments: threads, and the other sites' pages that mention a post."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from .model import Comment, sanitize_comment

MAX_DEPTH = 4
"""How deep replies are nested; deeper ones are shown beside the one that they reply to, so that they have room."""

_LINK_REL = "nofollow ugc"
"""Search engines must not take a commenter's links for the author's."""


@dataclass(frozen=True, slots=True)
class CommentView:
    """A comment as a page shows it, or another page that mentions it; `html` is safe, `replies` are by date."""

    id: str
    parent: str
    name: str
    url: str
    date: datetime
    html: str
    kind: Literal["comment", "mention"]
    replies: tuple["CommentView", ...] = ()


@dataclass(frozen=True, slots=True)
class Discussion:
    """The comments on one post or page by thread, the pages that mention it, and the number of comments."""

    threads: tuple[CommentView, ...] = ()
    mentions: tuple[CommentView, ...] = ()
    count: int = 0


NO_DISCUSSION = Discussion()


def make_view(comment: Comment) -> CommentView:
    """Return the view of a comment without its replies."""
    html = sanitize_comment(comment.html, link_rel=_LINK_REL)
    return CommentView(comment.id, comment.parent, comment.name, comment.url, comment.date, html, comment.kind)


def make_discussion(views: Sequence[CommentView]) -> Discussion:
    """Return the discussion of one file; `views` are in its order, each reply below its parent.

    A reply whose parent is no comment of the file begins a thread.
    """
    comments = [view for view in views if view.kind == "comment"]
    containers: dict[str, str] = {}  # the id of the comment below which each one is shown, "" for none
    depths = {"": -1}
    for view in comments:
        parent = view.parent if view.parent in depths else ""
        containers[view.id] = containers[parent] if depths[parent] == MAX_DEPTH else parent
        depths[view.id] = depths[containers[view.id]] + 1
    replies: dict[str, list[CommentView]] = defaultdict(list)
    for view in reversed(comments):  # a comment's replies are complete before it
        complete = replace(view, replies=_sort(replies[view.id]))
        replies[containers[view.id]].insert(0, complete)
    mentions = [view for view in views if view.kind == "mention"]
    return Discussion(_sort(replies[""]), _sort(mentions), len(comments))


def _sort(views: Iterable[CommentView]) -> tuple[CommentView, ...]:
    return tuple(sorted(views, key=lambda view: view.date))
