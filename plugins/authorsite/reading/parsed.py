"""The result of reading a post or page, in addition to Pelican's metadata."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .bibliography import Reference
from .schemas import BaseMetadata, PostMetadata


@dataclass(frozen=True, slots=True)
class ParsedContent:
    """A post or page as it was read; see PageView for what the fields mean.

    `words` counts its body; `has_internal_links` is false if links need not be resolved.
    """

    record: BaseMetadata
    headers: Mapping[str, Any]
    draft: bool
    toc: str
    references: tuple[Reference, ...]
    words: int
    has_internal_links: bool


def get_parsed(content: Any) -> ParsedContent:
    """Return what was read of one of Pelican's articles or pages, until it has a view.

    Raises TypeError for those of other readers.
    """
    parsed = getattr(content, "parsed", None)
    if not isinstance(parsed, ParsedContent):
        raise TypeError(f"{getattr(content, 'source_path', content)} was not read by FrontMatterReader")
    return parsed


def get_post_record(post: Any) -> PostMetadata:
    """Return the front matter of one of Pelican's articles; raises TypeError for those of other readers."""
    record = get_parsed(post).record
    if not isinstance(record, PostMetadata):
        raise TypeError(f"{post.source_path} is not a post")
    return record
