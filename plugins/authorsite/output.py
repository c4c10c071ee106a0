"""The output folder: path-checked, atomic writes that are reported to the build engine, and the URLs of its files."""

import hashlib
import os
import posixpath
import re
import shutil
from collections.abc import MutableMapping
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from pelican_incremental.files import atomic_write, content_equals, mark_current

_LITERAL_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")


class PathOutsideOutput(ValueError):
    """Raised for a path that leads out of the output folder."""


def resolve_output_path(context: MutableMapping[str, Any], save_as: str) -> Path:
    """Return the absolute path of `save_as` in the output folder; raises PathOutsideOutput if it is not below it."""
    root = _resolve(str(context["OUTPUT_PATH"]))
    path = root / save_as.lstrip("/")
    # resolve() reads every folder above, so that it is cached by folder where the path allows it.
    path = path.resolve() if ".." in path.parts or path.is_symlink() else _resolve(str(path.parent)) / path.name
    if not path.is_relative_to(root) or path == root:
        raise PathOutsideOutput(f"{save_as} is outside the output folder")
    return path


@lru_cache(maxsize=50_000)
def _resolve(folder: str) -> Path:
    return Path(folder).resolve()


def write(context: MutableMapping[str, Any], save_as: str, content: str | bytes) -> Path:
    """Write `content` to `save_as`, a path relative to the output folder, and mark the file as current.

    A file with the same content is left alone, so that its modification time says when it changed.
    """
    data = content.encode() if isinstance(content, str) else content
    path = resolve_output_path(context, save_as)
    mark_current(context, path)
    if not content_equals(path, data):
        atomic_write(path, data)
    return path


def write_page(generator: Any, writer: Any, template: str, url: str, **variables: Any) -> None:
    """Write the page at `url` with Pelican's writer, from a template and the context of `generator`."""
    page = generator.get_template(template)
    writer.write_file(f"{url}index.html", page, generator.context, url=url, **variables)


def link_or_copy(context: MutableMapping[str, Any], save_as: str, source: Path) -> Path:
    """Put the file `source` at `save_as`, as a hard link if the file system allows it, and mark it as current."""
    path = resolve_output_path(context, save_as)
    mark_current(context, path)
    if not _is_same(path, source):
        try:
            os.link(source, path)  # the usual case: no file is there yet
        except OSError:
            atomic_write(path, lambda temporary: _link_or_copy(source, temporary))
    return path


def _is_same(path: Path, source: Path) -> bool:
    """Return whether both are one file or have the same content."""
    try:
        stat, source_stat = os.stat(path), os.stat(source)  # noqa: PTH116 - hot
    except FileNotFoundError:
        return False
    return os.path.samestat(stat, source_stat) or content_equals(path, source.read_bytes())


def _link_or_copy(source: Path, temporary: Path) -> None:
    temporary.unlink()
    try:
        os.link(source, temporary)
    except OSError:
        shutil.copyfile(source, temporary)


def fingerprint(save_as: str, data: bytes) -> str:
    """Return `save_as` with a digest of `data` in its name, so that browsers may cache the file forever."""
    stem, suffix = posixpath.splitext(save_as)
    return f"{stem}.{hashlib.sha256(data).hexdigest()[:10]}{suffix}"


def url_for(save_as: str) -> str:
    """Return the root-relative URL of an output file, without leading slash: "blog/" for "blog/index.html"."""
    folder, name = posixpath.split(save_as)
    path = f"{folder}/" if name == "index.html" and folder else "" if name == "index.html" else save_as
    return quote(path, safe="/~@!$&'()*+,;=:-._")


def output_file_for(url_path: str) -> str:
    """Return the output file served at `url_path` (from the root); "/old/" and "/old" give the same file."""
    path = unquote(url_path).lstrip("/")
    if not path or path.endswith("/"):
        return f"{path}index.html"
    return path if "." in posixpath.basename(path) else f"{path}/index.html"


def quote_path(path: str) -> str:
    """Percent-encode a URL path; what is encoded already stays as it is."""
    return quote(_LITERAL_PERCENT.sub("%25", path), safe="/%:@!$&()*+,;=~")
