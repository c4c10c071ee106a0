"""Which content stays out of a published site (drafts, and posts whose date is still to come) or of its lists."""

from datetime import datetime
from typing import Any

from .schemas import PostMetadata, Status


def is_unpublished(record: Any, build_time: datetime) -> bool:
    """Return whether the front matter of a post, page or event is that of a draft or of a scheduled post.

    A build leaves such a file out, with everything that only it uses, unless the setting `drafts` is on.
    """
    return record.status is Status.DRAFT or (isinstance(record, PostMetadata) and record.date > build_time)


def is_hidden(record: Any) -> bool:
    """Return whether the front matter is that of a hidden post, page or event.

    It has a page, for people who were given the link, and is in no list, feed, search or file for machines.
    """
    return getattr(record, "status", None) is Status.HIDDEN
