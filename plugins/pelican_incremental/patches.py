"""Functions of Pelican that are replaced while a build runs, with what each saves; each could be sent upstream.

Seconds are CPU seconds of a build of 10,000 posts with nothing changed, under the plain theme of the benchmark.
"""

import functools
import os
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from operator import attrgetter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from pelican import generators, readers, urlwrappers, utils
from pelican.contents import Content
from pelican.settings import DEFAULT_CONFIG

from .manifest import FileRecord, Manifest
from .quick_markdown import reuse_markdown
from .store import digest

_REPLACEABLE = re.compile(r"(markdown|pelican_incremental|pelican(?!\.plugins))\.")
_SLUG_AND_DATE = re.compile(r"(?:[^{}]|{slug}|{date:[^{}]*})*")
_DIRECTIVES = re.compile("(?:[ -$&-~]|%[aAbBdHIjmMpSyYZ])*")
_DATE = re.compile(r"[1-9]\d{3}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d)?)?")


@contextmanager
def patch_pelican(manifest: Manifest) -> Iterator[None]:
    """Replace the functions within the `with` block; may be nested."""
    slug = functools.cache(urlwrappers.slugify)
    below = functools.cache(lambda root, path: get_path(SimpleNamespace(settings={"PATH": root}, source_path=path)))
    get_path, get_links = Content.get_relative_source_path, Content.get_static_links
    update, expand = Content._update_content, Content._expand_settings  # noqa: SLF001 - there are no public names
    strftime, get_date, translate = utils.strftime, readers.get_date, generators.process_translations
    replacements: list[tuple[Any, str, Any]] = [
        (utils, "copy_file", _wrap_copy_file(utils.copy_file, manifest)),
        (generators, "process_translations", lambda *a, **k: _sort_untranslated(*a, **k) or translate(*a, **k)),
        # The path of a content below the content folder, asked for eight times for each: 1.2 s.
        (Content, "get_relative_source_path", lambda c, path=None: below(c.settings["PATH"], path or c.source_path)),
        # The slug of a tag or author, computed for each content that names it: 0.5 s.
        (urlwrappers, "slugify", lambda *a, regex_subs=(), **k: slug(*a, regex_subs=(*map(tuple, regex_subs),), **k)),
        # Links to other contents are searched for only where there can be some: 0.2 s.
        (Content, "get_static_links", lambda c: get_links(c) if _may_have_links(c, c._content) else set()),  # noqa: SLF001
        (Content, "_update_content", lambda c, text, url: update(c, text, url) if _may_have_links(c, text) else text),
        (utils, "strftime", lambda date, date_format: _format_date(date, date_format) or strftime(date, date_format)),
        (Content, "_expand_settings", lambda *a, **k: _expand_simple_pattern(*a, **k) or expand(*a, **k)),
        (readers, "Markdown", reuse_markdown(readers.Markdown)),
        (readers, "get_date", lambda string: _parse_date(string) or get_date(string)),
    ]
    for memoized in (Content.get_content, Content.get_summary):
        memoized.cache.clear()  # Pelican keeps every article of every build in them
    with ExitStack() as stack:
        for owner, name, replacement in replacements:
            if _REPLACEABLE.match(vars(owner)[name].__module__):  # a plugin has not replaced it
                stack.callback(setattr, owner, name, vars(owner)[name])
                setattr(owner, name, replacement)
        yield


def _wrap_copy_file(original: Callable[[str, str], None], manifest: Manifest) -> Callable[[str, str], None]:
    """Copy static files only if they changed, atomically, and record all of them."""

    def copy_file(source: str, destination: str) -> None:
        if not destination.startswith(f"{manifest.root}/"):
            original(source, destination)
            return
        name, stat = manifest.get_name(destination), os.stat(source)  # noqa: PTH116 - thousands of files
        fingerprint = digest("copy", source, str((stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size)))
        if not manifest.keep_if_current(name, fingerprint):
            manifest.write(name, Path(source), FileRecord(fingerprint=fingerprint))

    return copy_file


def _expand_simple_pattern(content: Any, key: str, klass: str | None = None) -> str:
    """Format a URL pattern that uses only {slug} and {date} without a copy of all metadata: 0.2 s; "" for others."""
    pattern = str(content.settings[f"{klass or type(content).__name__}_{key}".upper()])
    is_pelicans = getattr(getattr(type(content).url_format, "fget", None), "__module__", "") == "pelican.contents"
    if not (is_pelicans and _SLUG_AND_DATE.fullmatch(pattern) and hasattr(content, "date")):
        return ""
    for wrapper in ("author", "category"):
        getattr(getattr(content, wrapper, None), "slug", "")  # Pelican warns if no slug can be made
    return pattern.format(slug=getattr(content, "slug", ""), date=content.date)


def _may_have_links(content: Any, text: str) -> bool:
    is_default = content.settings["INTRASITE_LINK_REGEX"] == DEFAULT_CONFIG["INTRASITE_LINK_REGEX"]
    return not (is_default and text) or "{" in text or "|" in text


def _format_date(date: Any, date_format: str) -> str:
    """Format a date with one call, not one for each directive: 0.2 s; "" if Pelican must do it."""
    is_simple = type(date) in {datetime, utils.SafeDatetime} and _DIRECTIVES.fullmatch(date_format)
    return datetime.strftime(date, date_format) if is_simple else ""


def _parse_date(string: str) -> Any:
    """Parse a date such as 2019-03-01 10:00 without dateutil: 0.7 s; None if Pelican must do it."""
    with suppress(ValueError):
        return utils.SafeDatetime.fromisoformat(string) if _DATE.fullmatch(string) else None
    return None


def _sort_untranslated(contents: list[Any], translation_id: Any = None) -> Any:
    """Sort contents by id if no two share one, else return None; Pelican looks up each one in a list: 0.9 s."""
    with suppress(TypeError, AttributeError):
        ids = [translation_id] if isinstance(translation_id, str) else [*(translation_id or ())]
        by_id = {attrgetter(*ids)(content): content for content in contents}
        if len(by_id) == len(contents) and not any("translation" in content.metadata for content in contents):
            for content in contents:
                content.translations = []
            return [by_id[key] for key in sorted(by_id)], []
    return None
