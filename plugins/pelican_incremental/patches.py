"""Names of Pelican that are replaced while a build runs: each could be sent upstream, and says what it saves.

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

from .manifest import Entry, Manifest
from .quick_markdown import reused
from .store import digest

_REPLACEABLE = re.compile(r"(markdown|pelican_incremental|pelican(?!\.plugins))\.")
_SLUG_AND_DATE = re.compile(r"(?:[^{}]|{slug}|{date:[^{}]*})*")
_DIRECTIVES = re.compile("(?:[ -$&-~]|%[aAbBdHIjmMpSyYZ])*")
_DATE = re.compile(r"[1-9]\d{3}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d)?)?")


@contextmanager
def patched(manifest: Manifest) -> Iterator[None]:
    """Replace the names while it lasts; may be entered again within."""
    slug = functools.cache(urlwrappers.slugify)
    below = functools.cache(lambda root, path: plain_path(SimpleNamespace(settings={"PATH": root}, source_path=path)))
    plain_path, plain_links = Content.get_relative_source_path, Content.get_static_links
    plain_update = Content._update_content  # noqa: SLF001 - there is no public name
    replaced: list[tuple[Any, str, Any]] = [
        (utils, "copy_file", _noted_copy(utils.copy_file, manifest)),
        (generators, "process_translations", _quick_translations(generators.process_translations)),
        # Where a text stands below the content folder, asked eight times for each: 1.2 s.
        (Content, "get_relative_source_path", lambda c, path=None: below(c.settings["PATH"], path or c.source_path)),
        # The slug of a tag or author, made for each text that names it: 0.5 s.
        (urlwrappers, "slugify", lambda *a, regex_subs=(), **k: slug(*a, regex_subs=(*map(tuple, regex_subs),), **k)),
        # Links to other texts are looked for only where they can be: 0.2 s.
        (Content, "get_static_links", lambda c: plain_links(c) if _may_link(c, c._content) else set()),  # noqa: SLF001
        (Content, "_update_content", lambda c, text, url: plain_update(c, text, url) if _may_link(c, text) else text),
        (utils, "strftime", _quick_strftime(utils.strftime)),
        (Content, "_expand_settings", _quick_url(Content._expand_settings)),  # noqa: SLF001
        (readers, "Markdown", reused(readers.Markdown)),
        (readers, "get_date", _quick_date(readers.get_date)),
    ]
    for memoized in (Content.get_content, Content.get_summary):
        memoized.cache.clear()  # Pelican keeps every article of every build in them
    with ExitStack() as stack:
        for owner, name, value in replaced:
            if _REPLACEABLE.match(vars(owner)[name].__module__):  # a plugin has not replaced it
                stack.callback(setattr, owner, name, vars(owner)[name])
                setattr(owner, name, value)
        yield


def _noted_copy(plain: Callable[[str, str], None], manifest: Manifest) -> Callable[[str, str], None]:
    """Copy static files only if they changed, whole, and note all of them."""

    def copy_file(source: str, destination: str) -> None:
        if not destination.startswith(f"{manifest.root}/"):
            plain(source, destination)
            return
        name, stat = manifest.name(destination), os.stat(source)  # noqa: PTH116 - thousands of files
        made_of = digest("copy", source, str((stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size)))
        if not manifest.leave(name, made_of):
            manifest.write(name, Path(source), Entry(digest=made_of))

    return copy_file


def _quick_url(plain: Callable[..., Any]) -> Any:
    """Format a URL pattern that uses only {slug} and {date} without a copy of all metadata: 0.2 s."""

    def expand(self: Any, key: str, klass: str | None = None) -> Any:
        pattern = str(self.settings[f"{klass or type(self).__name__}_{key}".upper()])
        own = getattr(getattr(type(self).url_format, "fget", None), "__module__", "") == "pelican.contents"
        if own and _SLUG_AND_DATE.fullmatch(pattern) and hasattr(self, "date"):
            for wrapper in ("author", "category"):
                getattr(getattr(self, wrapper, None), "slug", "")  # one that can't be made is reported
            return pattern.format(slug=getattr(self, "slug", ""), date=self.date)
        return plain(self, key, klass)

    return expand


def _may_link(content: Any, text: str) -> bool:
    usual = content.settings["INTRASITE_LINK_REGEX"] == DEFAULT_CONFIG["INTRASITE_LINK_REGEX"]
    return not (usual and text) or "{" in text or "|" in text


def _quick_strftime(plain: Callable[..., Any]) -> Any:
    """Format a date in one go, not each of its parts: 0.2 s."""

    def strftime(date: Any, how: str) -> Any:
        quick = type(date) in {datetime, utils.SafeDatetime} and _DIRECTIVES.fullmatch(how)
        return datetime.strftime(date, how) if quick else plain(date, how)

    return strftime


def _quick_date(plain: Callable[[str], Any]) -> Any:
    """Read dates such as 2019-03-01 10:00 without dateutil's guesses: 0.7 s."""

    def get_date(string: str) -> Any:
        with suppress(ValueError):
            if _DATE.fullmatch(string):
                return utils.SafeDatetime.fromisoformat(string)
        return plain(string)

    return get_date


def _quick_translations(plain: Callable[..., Any]) -> Any:
    """Look for translations only where two contents have one id; Pelican looks up each one in a list: 0.9 s."""

    def process_translations(contents: list[Any], translation_id: Any = None) -> Any:
        with suppress(TypeError, AttributeError):
            ids = [translation_id] if isinstance(translation_id, str) else [*(translation_id or ())]
            by_id = {attrgetter(*ids)(content): content for content in contents}
            if len(by_id) == len(contents) and not any("translation" in content.metadata for content in contents):
                for content in contents:
                    content.translations = []
                return [by_id[key] for key in sorted(by_id)], []
        return plain(contents, translation_id)

    return process_translations
