"""While a build lasts, Pelican computes once what depends on nothing but its arguments; what comes out is the same."""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import groupby
from operator import attrgetter
from string import Formatter
from typing import Any
from zoneinfo import ZoneInfo

from pelican import contents, generators, readers, urlwrappers, utils, writers
from pelican.contents import Content

from .objects import Objects, may_link

_SIMPLE_FORMAT = re.compile(r"(?:[ ,.:/A-Za-z0-9-]|%[aAbBdHIjmMpSyY])*")
_DATE = re.compile(r"([1-9]\d{3})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d))?)?")


@contextmanager
def quick_content(objects: Objects) -> Iterator[None]:
    """While it lasts, Pelican computes once what depends on nothing but its arguments.

    What `objects` gives without its text gets it from there when that is first asked for.
    """
    undo: list[tuple[Any, str, Any]] = []

    def put(owner: Any, name: str, value: Any) -> None:
        undo.append((owner, name, owner.__dict__[name]))
        setattr(owner, name, value)

    for function in (Content.get_content, Content.get_summary):
        function.cache.clear()  # Pelican keeps every article of every build in them
    slugify = _quick_slugify(utils.slugify)
    join = quick_join(utils.sanitised_join)
    for module in (contents, urlwrappers):
        put(module, "slugify", slugify)
    for module in (contents, writers):
        put(module, "sanitised_join", join)
    put(contents, "ZoneInfo", functools.lru_cache(ZoneInfo))
    put(Content, "get_relative_source_path", _quick_source_path())
    put(Content, "_get_intrasite_link_regex", _quick_link_regex(Content._get_intrasite_link_regex))  # noqa: SLF001
    put(Content, "_update_content", _quick_update(Content._update_content))  # noqa: SLF001
    put(Content, "get_static_links", _quick_static_links(Content.get_static_links))
    put(readers, "find_empty_alt", _quick_empty_alt(readers.find_empty_alt))
    put(generators, "process_translations", _quick_translations(generators.process_translations))
    if objects.memory is not None:
        put(generators, "Environment", functools.partial(generators.Environment, bytecode_cache=objects.memory))
    put(readers, "get_date", _quick_date(readers.get_date))
    put(Content, "_expand_settings", _quick_address(Content._expand_settings))  # noqa: SLF001
    put(utils, "strftime", _quick_strftime(utils.strftime))
    Content._content = _Text(objects)  # noqa: SLF001 - found where an object has none
    try:
        yield
    finally:
        del Content._content  # noqa: SLF001 - the same
        for owner, name, value in reversed(undo):
            setattr(owner, name, value)


class _Text:
    """Stands for the text of objects that were taken without it."""

    def __init__(self, objects: Objects) -> None:
        self.objects = objects

    def __get__(self, content: Any, _: type) -> Any:
        return self if content is None else self.objects.fill(content)


def _quick_slugify(slugify: Callable[..., str]) -> Callable[..., str]:
    known: dict[Any, str] = {}

    def quick(value: str, regex_subs: Any = (), preserve_case: bool = False, use_unicode: bool = False) -> str:
        # The substitutions are few lists of the settings, alive as long as the build.
        key = (value, id(regex_subs) if regex_subs else 0, preserve_case, use_unicode)
        if key not in known or not isinstance(value, str):
            known[key] = slugify(value, regex_subs, preserve_case, use_unicode)
        return known[key]

    return quick


def _is_plain(path: str) -> bool:
    """Whether `path` can be written in no other way: none of its parts, but the first, is empty, "." or ".."."""
    odd = "//" in path or "/./" in path or "/../" in path or "\\" in path
    return not odd and not path.endswith(("/", "/.", "/..")) and os.sep == "/"


def quick_join(join: Callable[..., str]) -> Callable[..., str]:
    """Return what joins a folder and a path below it as `join` does, without a look at each part of a simple path."""
    bases: dict[str, str] = {}

    def quick(base: str, *parts: str) -> str:
        if len(parts) != 1 or parts[0][:1] in {"", "/", "."} or not _is_plain(parts[0]):
            return join(base, *parts)
        if base not in bases:
            bases[base] = os.path.abspath(base)  # noqa: PTH100 - as Pelican writes it
        return f"{bases[base]}/{parts[0]}"

    return quick


def _quick_source_path() -> Any:
    known: dict[tuple[str, str], str] = {}
    plain = Content.get_relative_source_path

    def get_relative_source_path(self: Any, source_path: str | None = None) -> Any:
        path = source_path or self.source_path
        if path is None:
            return None
        key = (self.settings["PATH"], path)
        found = known.get(key)
        if found is None:
            root = f"{key[0]}/"
            straight = path.startswith(root) and root.startswith("/") and _is_plain(path)
            found = known[key] = path.removeprefix(root) if straight else plain(self, path)
        return found

    return get_relative_source_path


def _quick_link_regex(plain: Callable[[Any], re.Pattern[str]]) -> Any:
    known: dict[str, re.Pattern[str]] = {}

    def get(self: Any) -> re.Pattern[str]:
        given = self.settings["INTRASITE_LINK_REGEX"]
        if given not in known:
            known[given] = plain(self)
        return known[given]

    return get


def _quick_update(plain: Callable[..., str]) -> Any:
    def _update_content(self: Any, content: str, siteurl: str) -> str:
        if not content or not may_link(self.settings, content):
            return content
        return plain(self, content, siteurl)

    return _update_content


def _quick_static_links(plain: Callable[[Any], set[str]]) -> Any:
    def get_static_links(self: Any) -> set[str]:
        # An object that was taken without its text has no links of Pelican's.
        return plain(self) if "_content" in vars(self) and may_link(self.settings, self._content) else set()

    return get_static_links


def _quick_empty_alt(plain: Callable[[str, str], None]) -> Any:
    def find_empty_alt(content: str, path: str) -> None:
        if 'alt=""' in content or "alt=''" in content:
            plain(content, path)

    return find_empty_alt


def _quick_strftime(plain: Callable[[Any, str], str]) -> Any:
    quick = {"%Y": "{0.year:04d}", "%m": "{0.month:02d}", "%d": "{0.day:02d}"}

    def strftime(date: Any, date_format: str) -> str:
        if date_format in quick and date.year > 999:  # noqa: PLR2004 - earlier years are padded by some systems only
            return quick[date_format].format(date)
        if isinstance(date, utils.SafeDatetime) and _SIMPLE_FORMAT.fullmatch(date_format):
            return str(date.strftime(date_format, safe=False))
        return plain(date, date_format)

    return strftime


def _quick_date(plain: Callable[[str], Any]) -> Any:
    midnight = utils.SafeDatetime.now().replace(hour=0, minute=0, second=0, microsecond=0)

    def get_date(string: str) -> Any:
        found = _DATE.fullmatch(string)
        if found is None:
            return plain(string)
        year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
        try:
            return midnight.replace(year=year, month=month, day=day, hour=hour, minute=minute, second=second)
        except ValueError:
            return plain(string)

    return get_date


def _quick_translations(plain: Callable[..., Any]) -> Any:
    """Find translations group by group: within one call every item is looked up in a list."""

    def process_translations(content_list: list[Any], translation_id: Any = None) -> Any:
        if not translation_id:
            return plain(content_list, translation_id)
        ids = {translation_id} if isinstance(translation_id, str) else set(translation_id)
        try:
            content_list.sort(key=attrgetter(*ids))
        except (TypeError, AttributeError):
            return plain(content_list, translation_id)
        index: list[Any] = []
        translations: list[Any] = []
        for _, items in groupby(content_list, attrgetter(*ids)):
            group = list(items)
            if len(group) == 1 and "translation" not in group[0].metadata:
                group[0].translations = []
                index += group
            else:
                originals, others = plain(group, translation_id)
                index += originals
                translations += others
        return index, translations

    return process_translations


def _quick_address(plain: Callable[..., str]) -> Any:
    """Fill address patterns that use only what is named below without gathering all that they might use."""
    gives: dict[str, Callable[[Any], Any]] = {
        "slug": lambda content: getattr(content, "slug", ""),
        "lang": lambda content: getattr(content, "lang", "en"),
        "date": lambda content: content.date,
        "category": lambda content: content.category.slug if hasattr(content, "category") else "",
    }
    settings: dict[Any, str] = {}
    used: dict[str, tuple[str, ...] | None] = {}
    dated: dict[Any, str] = {}

    def _expand_settings(self: Any, key: str, klass: str | None = None) -> str:
        place = (klass or self.__class__.__name__, key)
        if place not in settings:
            settings[place] = "_".join(place).upper()
        pattern = str(self.settings[settings[place]])
        if pattern not in used:
            names = {name for _, name, _, _ in Formatter().parse(pattern) if name is not None}
            used[pattern] = tuple(sorted(names)) if names <= set(gives) else None
        names_ = used[pattern]
        if names_ is None or ("date" in names_ and not hasattr(self, "date")):
            return plain(self, key, klass)
        if "date" not in names_:
            return pattern.format(**{name: gives[name](self) for name in names_})
        values = [gives[name](self) for name in names_]
        # Dates of two zones can be equal and yet be written differently.
        own = (pattern, self.date.tzinfo, *values)
        if own not in dated:
            dated[own] = pattern.format(**dict(zip(names_, values, strict=True)))
        return dated[own]

    return _expand_settings
