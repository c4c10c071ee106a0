"""Keep the files of drafts out of a published site: pictures and documents that only drafts or scheduled posts use."""

import posixpath
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from .. import output
from ..images.registry import ImageRegistry
from ..reading.audio_files import list_audio_paths
from ..site_build import get_build, list_bodies, list_contents, list_records

_PATH = re.compile(r"""[^\s"'()<>\[\]{}|=,;]+\.\w{2,5}""")


def drop_unpublished_files(generators: list[Any]) -> None:
    """Leave out static files that no published page uses, but a draft (all_generators_finalized, after finish_pages).

    A file that nothing uses is published: a link from elsewhere may lead to it.
    """
    context = generators[0].context
    build = get_build(context)
    text = "\n".join(Path(path).read_text("utf-8", "replace") for path in sorted(build.unpublished))
    statics = {str(static.get_relative_source_path()): static for static in context.get("staticfiles", ())}
    used = list_audio_paths([*list_contents(context), *list_records(context)])
    candidates = set(_find_named(statics, text)) - build.get(ImageRegistry).list_used_paths() - used
    if candidates:
        bodies = [*list_bodies(context), repr(build.site)]
        for path in sorted(candidates):
            static = statics[path]
            urls = {f"/{static.url}", f"/{quote(static.url)}"}
            if not any(url in body for body in bodies for url in urls):
                context["staticfiles"].remove(static)
                output.get_registry(context).release(static.save_as)


def _find_named(paths: Iterable[str], text: str) -> Iterable[str]:
    """Yield those of `paths` that `text` names, by the whole path or the end of it."""
    text = f"{text}\n{unquote(text)}"
    named = {re.sub(r"^(\.{0,2}/)+", "", path) for path in _PATH.findall(text)}
    for path in paths:
        parts, name = path.split("/"), posixpath.basename(path)
        is_named = any("/".join(parts[start:]) in named for start in range(len(parts)))
        if is_named or (not _PATH.fullmatch(name) and name in text):
            yield path
