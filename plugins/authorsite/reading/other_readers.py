"""Posts and pages that Pelican's own readers read: what the package must know of them, from their metadata."""

import re
from html import unescape
from typing import Any

from .parsed import ParsedContent
from .reading_time import estimate_word_count
from .schemas import PageMetadata, PostMetadata, Status

_INLINE_TAG = re.compile(r"</?(?:em|strong|code|cite|span|i|b|sub|sup|tt|small|abbr)\b[^<>]*>")


def make_parsed(content: Any, *, is_post: bool) -> ParsedContent:
    """Return what FrontMatterReader would know of a post or page that another reader has read.

    Nothing is validated: whatever the reader takes is right. A draft is taken as hidden, since it has a page.
    """
    fields: dict[str, Any] = {
        "title": make_plain_title(str(content.title)),
        "slug": content.slug,
        "status": Status.PUBLISHED if content.status == "published" else Status.HIDDEN,
        "date": getattr(content, "date", None),
        "modified": getattr(content, "modified", None),
        "lang": str(content.metadata.get("lang") or ""),
    }
    if is_post:
        fields["guid"] = str(content.metadata.get("guid") or "")
    record = (PostMetadata if is_post else PageMetadata).model_construct(**fields)
    return ParsedContent(
        record=record,
        headers={},
        draft=content.status == "draft",
        toc="",
        references=(),
        words=estimate_word_count(content._content or ""),  # noqa: SLF001 - `content` would resolve its links too early
        has_internal_links=False,
    )


def make_plain_title(title: str) -> str:
    """Return a title without markup: reStructuredText and Typogrify write HTML, Markdown what the author wrote."""
    return unescape(_INLINE_TAG.sub("", title)).strip()
