"""Digests of what a post's file is made from: while they stay the same, the file would."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .. import comments, reading
from .items import ItemConverter


def hash_context(converter: ItemConverter) -> str:
    """Return a digest of all that a post's file depends on beside the post: the plan, the files, the code."""
    digest = hashlib.blake2b(_hash_code().encode(), digest_size=8)
    for part in _iter_context(converter):
        digest.update(repr(part).encode("utf-8", "replace"))
    return digest.hexdigest()


def _iter_context(converter: ItemConverter) -> Iterator[Any]:
    site, index = converter.site, converter.index
    yield site.article_url, site.page_url, site.author, site.url, site.reblog_words, str(converter.zone)
    yield index.channel.url, index.channel.link, sorted(index.channel.authors.items())
    yield sorted(converter.settings.words.items()), converter.settings.language
    yield from sorted(converter.names.names.items())
    yield from sorted(converter.media.paths.items())
    yield from sorted(converter.redirects.items())
    yield from sorted(converter.reblog_authors.items())
    yield from sorted(index.attachments.items())
    yield from sorted(index.children.items())
    yield from sorted(index.reusable_blocks.items())
    for item, target in sorted(converter.plan.targets.items()):
        yield item, target, index.items[item].is_published


def _hash_code() -> str:
    """Return a digest of the code that makes posts: another version may write them otherwise."""
    folders = [Path(module.__file__ or "").parent for module in (reading, comments)] + [Path(__file__).parent]
    digest = hashlib.sha256()
    for file in sorted(file for folder in folders for file in folder.glob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()
