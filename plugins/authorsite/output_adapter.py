"""Pelican's output files: claimed before anything is written, path-checked when written, and removed when obsolete."""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from pelican import generators, writers

from . import output
from .language_versions import list_contexts
from .output_registry import GENERATED, Owner
from .site_build import get_build, get_log, list_contents, list_records, uses


def guard_writes(pelican: Any) -> None:
    """Let Pelican's writer and copier check their paths, too, until the build ends (signal: initialized)."""
    settings, log = pelican.settings, get_log(pelican.settings)
    if settings["STATIC_CREATE_LINKS"]:
        hint = "remove the line: whoever changes a file in output/ would change yours"
        log.error("pelicanconf.py", 0, "STATIC_CREATE_LINKS links output/ to your files", hint, kind="settings")
    log.stop_if_failed()
    context = {"OUTPUT_PATH": pelican.output_path}
    _replace(pelican, writers, "sanitised_join", lambda base, *names: _check(context, os.path.join(base, *names)))  # noqa: PTH118
    copy = generators.copy
    _replace(pelican, generators, "copy", lambda source, path, *more: copy(source, _check(context, path), *more))


def _replace(pelican: Any, module: Any, name: str, function: Callable[..., Any]) -> None:
    get_build(pelican.settings).cleanup.callback(setattr, module, name, getattr(module, name))
    setattr(module, name, function)


def _check(context: Mapping[str, Any], path: str) -> str:
    """Return the path of a file, or of a folder that files are copied into; raises PathOutsideOutput."""
    path = os.path.abspath(path)  # noqa: PTH100 - not resolved: the engine compares it with the output folder
    root = os.path.abspath(context["OUTPUT_PATH"])  # noqa: PTH100 - the same
    if path != root:
        output.resolve_output_path(context, os.path.relpath(path, root))
    return path


def claim_outputs(all_generators: list[Any]) -> None:
    """Claim the output files that are known before anything is written (signal: all_generators_finalized).

    These are Pelican's own, and the pages of books and events. Whatever is generated beside them is claimed when it is
    written. Aliases come last: they must not take the place of anything else.
    """
    context = all_generators[0].context
    contents = sorted(list_contents(context), key=lambda content: str(content.source_path))
    claims = [(content.save_as, Owner(str(content.source_path))) for content in contents]
    views = list_records(context)
    claims += [(f"{view.url}index.html", Owner(view.source_path)) for view in views]
    statics = sorted(context.get("staticfiles", ()), key=lambda static: str(static.source_path))
    claims += [(static.save_as, _own_static(static, context)) for static in statics]
    for each in list_contexts(context):
        claims += _list_lists(each)
    claims += [
        (context.get(key) or "", _own_feed(key)) for key in ("FEED_ALL_ATOM", "FEED_ALL_RSS", "FEED_ATOM", "FEED_RSS")
    ]
    for save_as, owner in claims:
        if save_as and uses(context, "posts"):
            output.reserve(context, save_as, owner)
        elif save_as:  # what Pelican itself takes is right; the package must not write over it
            output.get_registry(context).owners.setdefault(save_as, owner)


def _list_lists(context: Mapping[str, Any]) -> Iterator[tuple[str, Owner]]:
    """Yield output path and owner of the lists of posts in one language: groups, archives and direct templates."""
    yield from _list_groups(context)
    for archive in (archive for each in context.get("period_archives", {}).values() for archive in each):
        yield archive["save_as"], GENERATED
    for name in context["DIRECT_TEMPLATES"]:
        yield context.get(f"{name.upper()}_SAVE_AS", f"{name}.html"), GENERATED


def _own_feed(key: str) -> Owner:
    hint = "give Pelican's feed another path, or write None to leave this one to authorsite"
    return Owner("pelicanconf.py", "", f"{key}: its path is already", hint)


def _own_static(static: Any, context: Mapping[str, Any]) -> Owner:
    path = os.path.join(context["PATH"], static.source_path)  # noqa: PTH118 - thousands of files
    return Owner(path, "", f"its URL /{static.url} is already", "rename the file, or remove it")


def _list_groups(context: Mapping[str, Any]) -> Iterator[tuple[str, Owner]]:
    """Yield output path and owner of each category's and tag's page; of each name, if several have one URL."""
    seen = set()
    for article in sorted(context.get("articles", ()), key=lambda article: str(article.source_path)):
        categories = [article.category] if hasattr(article, "category") else []  # it has none without a default
        groups = [("category", group) for group in categories] + [("tag", tag) for tag in getattr(article, "tags", ())]
        for kind, group in groups:
            if (kind, group.name) not in seen:
                seen.add((kind, group.name))
                name = f"the {kind} `{group.name}`"
                hint = f"rename one of them, or give it a slug of its own in {kind.upper()}_REGEX_SUBSTITUTIONS"
                subject = f"{name} has the URL /{group.url}, which is already"
                yield group.save_as, Owner(str(article.source_path), group.name, subject, hint, name)


def record_page(path: str, context: Any) -> None:
    """Add a page that Pelican has written to the registry (signal: content_written)."""
    output.get_registry(context).owners.setdefault(output.find_save_as(context, path), GENERATED)


def remove_obsolete_files(pelican: Any) -> None:
    """Remove what an earlier build wrote and this one did not, and list what this one wrote (signal: finalized).

    The list is in the output folder: it is right whatever happens to the cache. Other files stay.
    """
    context = {**pelican.settings, "OUTPUT_PATH": pelican.output_path}
    root = Path(pelican.output_path)
    names = output.get_registry(context).owners.keys() - {output.FILE_LIST}
    for name in sorted(output.read_file_list(root) - names, reverse=True):
        with suppress(OSError, ValueError):  # it is gone, or the list is damaged
            file = output.resolve_output_path(context, name)
            file.unlink()
            for folder in file.relative_to(root.resolve()).parents[:-1]:
                (root.resolve() / folder).rmdir()
    output.write(context, output.FILE_LIST, json.dumps(sorted(names), ensure_ascii=False, indent=0) + "\n")
    with suppress(OSError):
        (root / output.FILE_LIST).chmod(0o600)  # where output/ itself is served: it names hidden pages
