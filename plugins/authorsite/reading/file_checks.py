"""Checks of the files in content/ before they are read: what cannot be read, and what nothing would read."""

import os
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatch
from pathlib import PurePath
from shlex import quote
from typing import Any

from ..problems import UNPRINTABLE
from ..site_build import get_log, list_contents
from ..urls import MAX_NAME_BYTES, is_valid_name
from ..validation import did_you_mean, find_line
from .links import SOURCE_SUFFIXES
from .parsed import get_parsed

_RENAMED = (".txt", ".text", ".mdx")
_CONVERTED = (".docx", ".doc", ".odt", ".rtf", ".org", ".ipynb", ".adoc", ".tex", ".epub")
_RECORD_FOLDERS = ("books", "events", "samples")


def suggest_markdown(name: str) -> str:
    """Return how to make a Markdown file of the file `name`."""
    stem, suffix = os.path.splitext(name)  # noqa: PTH122 - "a.md.txt" keeps its first suffix
    target = stem if stem.endswith(SOURCE_SUFFIXES) else f"{stem}.md"
    if suffix.lower() in _RENAMED:
        return f"rename it to {target}" + (", and remove the JSX" if suffix == ".mdx" else "")
    return f"convert it: pandoc -s -t markdown -o {quote(target)} {quote(name)}"


def check_files(pelican: Any) -> None:
    """Report files that cannot be read or published, and texts that would be ignored (signal: initialized).

    The former end the build, before anything is read.
    """
    settings, log = pelican.settings, get_log(pelican.settings)
    paths = list(_walk(settings["PATH"], settings["IGNORE_FILES"]))
    for path in paths:
        name = os.path.basename(path)  # noqa: PTH119 - thousands of files
        if os.path.islink(path) and not _leads_inside(path, os.path.realpath(settings["PATH"])):  # noqa: PTH114 - the same
            hint = "copy what it points to into content/, in place of the link"
            message = "this is a symbolic link that leads outside content/, nowhere or in a circle"
            log.error(path, 0, message, hint, kind="file")
        elif not os.path.isfile(path) and not os.path.islink(path):  # noqa: PTH113, PTH114 - the same
            log.error(path, 0, "this is not a regular file", "remove it from content/", kind="file")
        elif UNPRINTABLE.search(name):
            hint = "rename it, with letters, digits and hyphens only"
            log.error(path, 0, "the file name is not UTF-8, or has a control character", hint, kind="file")
        elif len(os.fsencode(name)) > MAX_NAME_BYTES and not is_valid_name(os.path.splitext(name)[0]):  # noqa: PTH122
            log.error(path, 0, f"the file name is longer than {MAX_NAME_BYTES} bytes", "shorten it", kind="file")
    log.stop_if_failed()
    for path in paths:
        message, hint = _check_text(PurePath(os.path.relpath(path, settings["PATH"])), settings)
        if message:
            log.warning(path, 0, message, hint, kind="front-matter")


def _walk(root: str, ignored: Sequence[str]) -> Iterator[str]:
    """Yield the paths of all files and of links to folders below `root`, without names that are `ignored`."""
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if not any(fnmatch(name, pattern) for pattern in ignored))
        for name in sorted([*files, *(name for name in folders if os.path.islink(f"{folder}/{name}"))]):  # noqa: PTH114
            if not any(fnmatch(name, pattern) for pattern in ignored):
                yield f"{folder}/{name}"


def _leads_inside(link: str, root: str) -> bool:
    """Return whether a symbolic link leads to a file or folder below `root` that it is not itself in."""
    target, folder = os.path.realpath(link), os.path.realpath(os.path.dirname(link))  # noqa: PTH120 - thousands of files
    return target.startswith(f"{root}/") and os.path.exists(target) and not f"{folder}/".startswith(f"{target}/")  # noqa: PTH110


def _check_text(path: PurePath, settings: Mapping[str, Any]) -> tuple[str, str]:
    """Return message and hint for a text, at `path` below content/, that would be ignored; "" for any other file."""
    suffix, parent = path.suffix.lower(), path.parent
    read = [PurePath(folder) for key in ("ARTICLE_PATHS", "PAGE_PATHS") for folder in settings[key]]
    is_read = any(parent.is_relative_to(folder) for folder in read) or parent.as_posix() in _RECORD_FOLDERS
    if suffix in SOURCE_SUFFIXES and not is_read:
        if any(parent.is_relative_to(folder) for folder in settings["STATIC_PATHS"]) or path.stem.lower() == "readme":
            return "", ""
        return "this file is in no folder that is read", "move it into content/posts or content/pages"
    if suffix in (*_RENAMED, *_CONVERTED) and is_read:
        return "this file is ignored: only Markdown files are read", suggest_markdown(path.name)
    return "", ""


def check_templates(generators: list[Any]) -> None:
    """Report templates of posts and pages that do not exist (signal: all_generators_finalized)."""
    names: set[str] = set()
    for content in list_contents(generators[0].context):
        template = get_parsed(content).record.template
        if not template:
            continue
        names = names or {name.removesuffix(".html") for name in generators[0].env.list_templates(["html"])}
        if template not in names:
            path, hint = str(content.source_path), did_you_mean(template, names, "put it into theme_overrides/")
            message = f"there is no template `{template}.html`"
            get_log(generators[0].settings).error(path, find_line(path, "template:"), message, hint, kind="template")
