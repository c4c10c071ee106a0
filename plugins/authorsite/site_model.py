"""What the package adds to Pelican's posts, pages, categories and tags: one frozen view of each, set in one step.

Templates read the fields of a view as attributes of Pelican's object: `article.reading_minutes`. The list for authors
of themes is in docs/theme.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from .audio import Audio
from .books.views import BookView
from .comments.views import CommentView
from .images.picture import Picture
from .reading.bibliography import Reference
from .reading.schemas import BaseMetadata, PostMetadata


@dataclass(frozen=True, slots=True)
class Breadcrumb:
    """One step from the home page to a page; `url` is relative to the site's root ("" for the home page)."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class PageMeta:
    """The metadata of one page, which templates read as `head`.

    `url` is absolute; `canonical` is the original's URL, if that is another page. `type` is Open Graph's ("article",
    "website", "book"). `published` and `modified` are ISO 8601 or "". `author` holds one name per line. `data` is
    JSON-LD, safe inside `<script>`. `alternates` are language and absolute URL of the page and its translations, none
    if there are none. `breadcrumbs` are those of a list, without the list itself; posts have their own.
    """

    title: str
    url: str
    description: str = ""
    type: str = "website"
    picture: Picture | None = None
    published: str = ""
    modified: str = ""
    author: str = ""
    data: str = ""
    robots: str = ""
    canonical: str = ""
    breadcrumbs: tuple[Breadcrumb, ...] = ()
    alternates: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class FeedLink:
    """A feed as page heads and the list of feeds name it; `section` is "" for a feed that fits every page."""

    title: str
    url: str
    type: str
    section: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageView:
    """A page, or what posts and pages have in common.

    `record` is the front matter, `headers` other `Key: value` lines of Pelican's. `draft` is true for drafts and
    scheduled posts, which only previews show. `picture` is the featured image, `audio` what there is to hear.
    `bibtex_url` is "" without references. `comments` are threads, `mentions` other sites' pages, `comment_count` counts
    the comments in all threads.
    """

    record: BaseMetadata
    headers: Mapping[str, Any]
    draft: bool
    toc: str
    references: tuple[Reference, ...]
    bibtex_url: str
    translations: tuple[Any, ...]
    picture: Picture | None
    audio: Audio | None
    breadcrumbs: tuple[Breadcrumb, ...]
    words: int
    reading_minutes: int
    comments: tuple[CommentView, ...]
    mentions: tuple[CommentView, ...]
    comment_count: int
    head: PageMeta


@dataclass(frozen=True, slots=True, kw_only=True)
class PostView(PageView):
    """A post; `book` is the book that it is about; `byline` names its authors, unless the site's author wrote it alone.

    `previous` and `next` are its neighbors by date, None at the ends and for hidden posts; `related` are the nearest
    first; `series_posts` are those of its series, itself included, by date. All are Pelican's articles.
    """

    record: PostMetadata
    byline: tuple[str, ...]
    book: BookView | None
    previous: Any
    next: Any
    related: tuple[Any, ...]
    series_posts: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class GroupView:
    """A category or a tag; `feeds` is empty where it has none."""

    feeds: tuple[FeedLink, ...]


def set_view(target: Any, view: PageView | GroupView) -> None:
    """Set the fields of `view` as attributes of Pelican's object."""
    for field in fields(view):
        setattr(target, field.name, getattr(view, field.name))
