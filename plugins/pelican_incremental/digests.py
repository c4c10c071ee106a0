"""Digests of the values that templates read: equal values have equal digests in every process and build."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from enum import Enum
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any

from pelican.contents import Content
from pelican.paginator import Page, Paginator
from pelican.urlwrappers import URLWrapper

from .store import digest

_MAX_INLINE_STR, MAX_INLINE, _MAX_UNCACHED = 64, 400, 8
"""Longer strings and longer texts are hashed (characters); digests of longer lists and mappings are cached (items)."""

_SCALARS = (str, int, float, complex, bytes, bool, type(None))
_BY_REPR = (date, time, timedelta, tzinfo, Decimal, range, type(...))
_URL_WRAPPER_ATTRIBUTES = frozenset(("settings", "_name", "name", "_slug", "slug", "_slug_from_name"))


class NotComparable(Exception):
    """Raised for a value that can't be compared with that of the last build."""


class TrackedListing(list[Any]):
    """The contents of one category, tag or author; calls `on_read` when a template reads its items.

    `in` looks an item up in a set: Pelican asks `article in listing` for each article and each list.
    """

    name = ""
    on_read: Any = staticmethod(bool)
    _ids: frozenset[int] = frozenset()

    def __contains__(self, item: object) -> bool:
        if len(self._ids) != list.__len__(self):
            self._ids = frozenset(map(id, list.__iter__(self)))
        return id(item) in self._ids


def _tracked(method: str) -> Any:
    original = getattr(list, method)

    def call(self: TrackedListing, *args: Any) -> Any:
        self.on_read()
        return original(self, *args)

    return call


for _method in "__iter__ __len__ __getitem__ __reversed__ __eq__ __lt__ __add__ __mul__ copy index count".split():
    setattr(TrackedListing, _method, _tracked(_method))
TrackedListing.__radd__ = lambda self, other: other + list(self)  # type: ignore[attr-defined]


class Digester:
    """Digests values; caches those of long lists and mappings, and of tags, by identity, for one build."""

    def __init__(self) -> None:
        self._cache: dict[int, tuple[str, Any]] = {}
        self._in_progress: set[int] = set()
        self._cycles = 0

    def digest(self, value: Any) -> str:
        """Return a text, short or hashed, that is equal for equal values; raises NotComparable.

        A Content object or a listing counts by its name alone: what a template reads of it is tracked separately.
        """
        kind = type(value)
        if kind is str:
            return repr(value) if len(value) <= _MAX_INLINE_STR else digest(value)
        if kind in _SCALARS:
            return f"{kind.__name__} {value!r}"
        cached = self._cache.get(id(value))
        if cached is not None:
            return cached[0]
        if isinstance(value, Content) and value.source_path:
            return f"{kind.__name__} {value.source_path}"
        if kind is TrackedListing and value.name:
            return f"listing {value.name}"
        if id(value) in self._in_progress:
            self._cycles += 1
            return "itself"
        cycles_before = self._cycles
        self._in_progress.add(id(value))
        try:
            result = self._digest_compound(value)
        finally:
            self._in_progress.discard(id(value))
        is_large = isinstance(value, (list, tuple, dict)) and len(value) > _MAX_UNCACHED
        if self._cycles == cycles_before and (is_large or isinstance(value, URLWrapper)):  # posts share their tags
            self._cache[id(value)] = result, value  # the reference keeps the id from being reused
        return result

    def _digest_compound(self, value: Any) -> str:
        name = type(value).__qualname__
        if isinstance(value, URLWrapper):
            added = [part for pair in vars(value).items() if pair[0] not in _URL_WRAPPER_ATTRIBUTES for part in pair]
            return self._join(name, added, repr(value.name), repr(value.slug))
        if isinstance(value, (list, tuple)):
            return self._join(name, value)
        if isinstance(value, datetime):
            return f"{name} {value.isoformat()} {value.tzinfo} {value.fold}"
        if isinstance(value, re.Pattern):
            return self._join(name, (value.pattern, value.flags))
        if isinstance(value, (Enum, *_BY_REPR)):
            return f"{name} {value!r}"
        if isinstance(value, Mapping):
            return self._join(name, (part for pair in value.items() for part in pair))
        if isinstance(value, (set, frozenset)):
            return self._join(name, (), *sorted(map(self.digest, value)))
        names: Iterable[str] = getattr(type(value), "model_fields", getattr(type(value), "__dataclass_fields__", ()))
        if isinstance(value, Page):
            names = (name for name in vars(value) if name != "settings")
        elif isinstance(value, Paginator):
            names = ("name", "url", "object_list", "per_page", "orphans", "count")
        if names:
            return self._join(name, (getattr(value, name, None) for name in names))
        if isinstance(value, _SCALARS):
            return f"{name} {value!r}"
        if isinstance(value, (FunctionType, BuiltinFunctionType, MethodType, type)):
            # Whether a call is safe is checked when it is called; its code is part of the site's digest.
            bound_to = [value.__self__] if isinstance(value, MethodType) else []
            return self._join(f"{value.__module__} {value.__qualname__}", bound_to)
        raise NotComparable(f"a {name} cannot be compared with the last build's")

    def _join(self, name: str, values: Iterable[Any], *texts: str) -> str:
        text = f"{name}({','.join([*texts, *map(self.digest, values)])})"
        return text if len(text) <= MAX_INLINE else digest(text)
