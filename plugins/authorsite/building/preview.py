"""An edited post on its page at once, with all else as the last build left it; the next build has the last word."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from blinker import signal
from pelican import signals
from pelican.contents import Article
from pelican.generators import ArticlesGenerator

from .shortcuts import quick_content

content_edited: Any = signal("content_edited")
"""Sent with a post that was read again and the context: what is done to all texts in a build is to be done to this."""

_LISTS = ("articles", "translations", "hidden_articles", "hidden_translations")


def preview(engine: Any, path: Path) -> str:
    """Read the post at `path` again and write its page; return the page's place below the output folder.

    Returns "" where only a build can tell what becomes of it: when it is new, moves, is withdrawn, or has problems.
    """
    context, writer, objects = engine.context, engine.writer, engine.reading.objects
    name = path.relative_to(context["PATH"]).as_posix() if path.is_relative_to(context["PATH"]) else ""
    content = context["generated_content"].get(name)
    if type(content) is not Article:
        return ""
    generator = next(g for g in engine.generators if isinstance(g, ArticlesGenerator))
    with quick_content(objects), objects.listening():
        before = objects.said()
        fresh = generator.readers.read_file(
            base_path=generator.path,
            path=name,
            content_class=Article,
            context=context,
            preread_signal=signals.article_generator_preread,
            preread_sender=generator,
            context_signal=signals.article_generator_context,
            context_sender=generator,
        )
        if not isinstance(fresh, Article) or fresh.status != content.status or fresh.save_as != content.save_as:
            return ""
        # What is equal stays the same object: plugins may have said more about a category or a tag.
        own = vars(content)
        own.update({k: v for k, v in vars(fresh).items() if k != "translations" and (k not in own or own[k] != v)})
        content_edited.send(content, context=context)
        if objects.said() != before:
            return ""
        place: str = engine.ledger.forget(os.path.join(generator.output_path, content.save_as))  # noqa: PTH118 - as Pelican's
        _only(generator, content, functools.partial(writer.write_file, relative_urls=context["RELATIVE_URLS"]))
        return place


def _only(generator: Any, content: Article, write: Callable[..., None]) -> None:
    """Let `generator` write the page of `content` alone."""
    lists = {name: getattr(generator, name) for name in _LISTS}
    try:
        for name in _LISTS:
            setattr(generator, name, [content] if name == "articles" else [])
        generator.generate_articles(write)
    finally:
        for name, value in lists.items():
            setattr(generator, name, value)
