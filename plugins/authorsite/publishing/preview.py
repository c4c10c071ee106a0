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
from pelican_incremental.patches import patched
from pelican_incremental.processes import hearing
from pelican_incremental.session import BuildSession

content_edited: Any = signal("content_edited")
"""Sent with a post that was read again and the context: what is done to all texts in a build is to be done to this."""

_LISTS = ("articles", "translations", "hidden_articles", "hidden_translations")


def preview(session: BuildSession, path: Path) -> str:
    """Write the page of the edited post at `path` before the next build does; return its place below the output folder.

    Returns "" where only a build can tell what becomes of the post: it is new, moves, is withdrawn, or has problems.
    `session` is that of the last build, and good for one preview.
    """
    generators, session.generators = session.generators, []
    if not generators or session.manifest is None or session.output != Path(session.manifest.root):
        return ""
    try:
        return _preview(session, generators, path)
    except Exception:  # noqa: BLE001 - the build meets it again, and reports it
        return ""


def _preview(session: BuildSession, generators: list[Any], path: Path) -> str:
    context, manifest = session.context, session.manifest
    assert manifest is not None
    assert session.writer is not None
    name = path.relative_to(context["PATH"]).as_posix() if path.is_relative_to(context["PATH"]) else ""
    content = context["generated_content"].get(name)
    if type(content) is not Article:
        return ""
    generator = next(g for g in generators if isinstance(g, ArticlesGenerator))
    heard: list[Any] = []
    with patched(manifest), hearing(heard):
        before = session.messages()
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
        if heard or session.messages() != before:
            return ""
        place = manifest.name(os.path.join(generator.output_path, content.save_as))  # noqa: PTH118 - as Pelican's
        manifest.before.pop(place, None)
        session.writer._made_of = lambda *_: ("", [], "")  # type: ignore[method-assign]  # noqa: SLF001 - the next build renders it anyway
        write = functools.partial(session.writer.write_file, relative_urls=context["RELATIVE_URLS"])
        _only(generator, content, write)
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
