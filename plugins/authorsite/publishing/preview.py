"""Render the page of an edited post before the next build, which then renders it again."""

import functools
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from blinker import signal
from pelican import signals
from pelican.contents import Article
from pelican.generators import ArticlesGenerator
from pelican_incremental.patches import patch_pelican
from pelican_incremental.processes import collect_warnings
from pelican_incremental.session import BuildSession

from ..language_versions import get_versions

content_edited: Any = signal("content_edited")
"""Sent with an edited post and the context, so that plugins process its text as they do all texts during a build."""

_LISTS = ("articles", "translations", "hidden_articles", "hidden_translations")


def preview(session: BuildSession, path: Path) -> str:
    """Write the page of the edited post at `path` and return the page's path below the output folder.

    Returns "" if only a full build can handle the post: it is new, moved, withdrawn, or has problems. `session` is that
    of the last build; it can be used for one preview.
    """
    generators, session.generators = session.generators, []
    if not generators or session.manifest is None or session.output != Path(session.manifest.root):
        return ""
    try:
        return _preview(session, generators, path)
    except Exception:  # noqa: BLE001 - the next build reports it
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
    warnings: list[Any] = []
    with patch_pelican(manifest), collect_warnings(warnings):
        before = session.count_messages()
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
        # Keep equal objects: plugins may have added attributes to a category or a tag.
        old = vars(content)
        old.update({k: v for k, v in vars(fresh).items() if k != "translations" and (k not in old or old[k] != v)})
        content_edited.send(content, context=context)
        if warnings or session.count_messages() != before:
            return ""
        page = manifest.get_name(os.path.join(generator.output_path, content.save_as))  # noqa: PTH118 - as Pelican's
        manifest.previous.pop(page, None)
        session.writer._fingerprint = lambda *_: ("", [], "")  # type: ignore[method-assign]  # noqa: SLF001 - the next build renders it anyway
        write = functools.partial(session.writer.write_file, relative_urls=context["RELATIVE_URLS"])
        version = get_versions(context).get(content.record.lang)
        _write_page(version.articles_generator if version else generator, content, write)
        return page


def _write_page(generator: Any, content: Article, write: Callable[..., None]) -> None:
    """Let `generator` write only the page of `content`."""
    lists = {name: getattr(generator, name) for name in _LISTS}
    try:
        for name in _LISTS:
            setattr(generator, name, [content] if name == "articles" else [])
        generator.generate_articles(write)
    finally:
        for name, value in lists.items():
            setattr(generator, name, value)
