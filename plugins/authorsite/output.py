"""The output folder: path-checked, atomic writes that are reported to the build engine, and the URLs of its files."""

import hashlib
import json
import os
import posixpath
import shutil
from collections.abc import Mapping, MutableMapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote, unquote

from pelican_incremental.files import atomic_write, content_equals, mark_current

from .output_registry import GENERATED, OutputRegistry, Owner
from .site_build import get_build
from .theme_head import OWN_TEMPLATES
from .urls import LITERAL_PERCENT

try:
    import fcntl
except ImportError:  # not a POSIX system
    fcntl = None  # type: ignore[assignment]

FILE_LIST = ".authorsite-files"
"""The file in the output folder that lists what the last build wrote. It is not published: it names hidden pages."""

_FICLONE = 0x40049409
"""The request of ioctl_ficlonerange(2): on Btrfs and XFS, a copy that shares its blocks until one side changes."""


class PathOutsideOutput(ValueError):
    """Raised for a path that leads out of the output folder."""


def resolve_output_path(context: Mapping[str, Any], save_as: str) -> Path:
    """Return the absolute path of `save_as` in the output folder; raises PathOutsideOutput if it is not below it.

    Every write and every copy goes through this function, Pelican's too (see output_adapter).
    """
    root = _resolve(os.path.abspath(context["OUTPUT_PATH"]))  # noqa: PTH100 - _resolve() follows its links
    folder, name = os.path.split(f"{root}/{save_as.lstrip('/')}")
    path = os.path.normpath(f"{_resolve(os.path.normpath(folder))}/{name}")
    if os.path.islink(path):  # noqa: PTH114 - thousands of files
        path = os.path.realpath(path)
    if not path.startswith(f"{root}/"):
        raise PathOutsideOutput(f"{save_as} is outside the output folder")
    return Path(path)


@lru_cache(maxsize=50_000)
def _resolve(folder: str) -> str:
    """Return the real path of an absolute one, as realpath() does, but looking at each folder above only once."""
    parent, name = os.path.split(folder)
    path = os.path.join(_resolve(parent), name) if name else folder  # noqa: PTH118 - thousands of folders
    return os.path.realpath(path) if os.path.islink(path) else path  # noqa: PTH114 - the same


def reserve(context: Mapping[str, Any], save_as: str, owner: Owner = GENERATED) -> Path | None:
    """Return the absolute path of `save_as` if `owner` may write it; None after a problem."""
    registry = get_registry(context)
    try:
        path = resolve_output_path(context, save_as)
    except PathOutsideOutput:
        registry.report_outside(save_as, owner)
        return None
    return path if registry.claim(posixpath.normpath(save_as.lstrip("/")), owner) else None


def claim(context: MutableMapping[str, Any], save_as: str, owner: Owner = GENERATED) -> Path | None:
    """Reserve `save_as`, and mark the file as current: call it before you write the file, or keep it as it is."""
    if path := reserve(context, save_as, owner):
        mark_current(context, path)
    return path


def get_registry(context: Mapping[str, Any]) -> OutputRegistry:
    """Return the registry of the build's output files."""
    build = get_build(context)
    return build.find(OutputRegistry) or build.set(OutputRegistry(build.log))


def find_save_as(context: Mapping[str, Any], path: str) -> str:
    """Return the path, relative to the output folder, of a page that Pelican has written from this context."""
    return context.get("output_file") or os.path.relpath(path, context["OUTPUT_PATH"])


def write(context: MutableMapping[str, Any], save_as: str, content: str | bytes) -> None:
    """Write `content` to `save_as`, a path relative to the output folder, and mark the file as current.

    A file with the same content is left alone, so that its modification time says when it changed.
    """
    data = content.encode() if isinstance(content, str) else content
    if (path := claim(context, save_as)) and not content_equals(path, data):
        atomic_write(path, data)


def write_page(
    generator: Any,
    writer: Any,
    template: str,
    url: str,
    context: Any = None,
    **variables: Any,
) -> None:
    """Write the page at `url` with Pelican's writer, from a template and a context: by default that of `generator`."""
    save_as, context = f"{url}index.html", generator.context if context is None else context
    record = variables.get("book") or variables.get("event")
    if claim(context, save_as, Owner(record.source_path) if record else GENERATED):
        page = generator.get_template(OWN_TEMPLATES + template)
        writer.write_file(save_as, page, context, url=url, **variables)


def copy(context: MutableMapping[str, Any], save_as: str, source: Path, owner: Owner = GENERATED) -> None:
    """Copy the file `source` to `save_as` unless it is there already, and mark it as current.

    The two share no inode: whoever writes into the output folder must not change the author's files or the cache.
    `source` is a file of the cache: one with the same date and size has the same content (see cached_files).
    """
    if path := reserve(context, save_as, owner):
        is_unmodified = mark_current(context, path)
        if not _is_copy(path, source, is_unmodified=is_unmodified):
            atomic_write(path, lambda temporary: _clone(source, temporary))


def read_file_list(folder: Path) -> frozenset[str]:
    """Return the names of the files that the last build wrote to an output folder; empty without a valid list."""
    with suppress(OSError, ValueError, TypeError):
        return frozenset(str(name) for name in json.loads((folder / FILE_LIST).read_text("utf-8")))
    return frozenset()


def is_unmodified(context: MutableMapping[str, Any], save_as: str) -> bool:
    """Return whether nobody has changed the output file `save_as` since the last build; marks it as current."""
    return mark_current(context, os.path.join(context["OUTPUT_PATH"], save_as))  # noqa: PTH118 - hot, and only read


def _is_copy(path: Path, source: Path, *, is_unmodified: bool) -> bool:
    """Return whether `path` is unmodified and has the date and size of `source`, or else its content."""
    try:
        stat, original = os.stat(path), os.stat(source)  # noqa: PTH116 - hot
    except FileNotFoundError:
        return False
    if os.path.samestat(stat, original):
        return False  # a link, which earlier versions made
    has_stamp = (stat.st_mtime_ns, stat.st_size) == (original.st_mtime_ns, original.st_size)
    return (is_unmodified and has_stamp) or content_equals(path, source)


def _clone(source: Path, copy: Path) -> None:
    """Copy content and date of a file, without using space where the file system can share it (FICLONE)."""
    with source.open("rb") as old, copy.open("wb") as new:
        if not _share_blocks(old, new):
            shutil.copyfileobj(old, new)
    stat = source.stat()
    os.utime(copy, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def _share_blocks(source: IO[bytes], copy: IO[bytes]) -> bool:
    if fcntl is None:
        return False
    try:
        fcntl.ioctl(copy, _FICLONE, source.fileno())
    except OSError:
        return False
    return True


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
    return quote(LITERAL_PERCENT.sub("%25", path), safe="/%:@!$&()*+,;=~")
