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

_SHORT, LONG, _MANY = 64, 400, 8
_SCALARS = (str, int, float, complex, bytes, bool, type(None))
_BY_REPR = (date, time, timedelta, tzinfo, Decimal, range, type(...))
_OF_A_WRAPPER = frozenset(("settings", "_name", "name", "_slug", "slug", "_slug_from_name"))


class Unknown(Exception):
    """A value of which nobody can tell whether it is the last build's."""


class Listing(list[Any]):
    """The contents of one category, tag or author, which templates often pass over: `read` is told when one looks.

    Pelican asks `article in listing` for each article and each list; the answer comes from a set.
    """

    name = ""
    read: Any = staticmethod(bool)
    _ids: frozenset[int] = frozenset()

    def __contains__(self, item: object) -> bool:
        if len(self._ids) != list.__len__(self):
            self._ids = frozenset(map(id, list.__iter__(self)))
        return id(item) in self._ids


def _reported(method: str) -> Any:
    plain = getattr(list, method)

    def call(self: Listing, *args: Any) -> Any:
        self.read()
        return plain(self, *args)

    return call


for _method in "__iter__ __len__ __getitem__ __reversed__ __eq__ __lt__ __add__ __mul__ copy index count".split():
    setattr(Listing, _method, _reported(_method))
Listing.__radd__ = lambda self, other: other + list(self)  # type: ignore[attr-defined]


class Digester:
    """Digests values, and remembers those of long lists and mappings by their identity, for one build."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[str, Any]] = {}
        self._open: set[int] = set()
        self._circles = 0

    def of(self, value: Any) -> str:
        """Return a text that stands for all of `value`; raises Unknown.

        A Content object, or a listing of them, is told by its name alone: what is read of it is tracked elsewhere.
        """
        kind = type(value)
        if kind is str:
            return repr(value) if len(value) <= _SHORT else digest(value)
        if kind in _SCALARS:
            return f"{kind.__name__} {value!r}"
        known = self._known.get(id(value))
        if known is not None:
            return known[0]
        if isinstance(value, Content) and value.source_path:
            return f"{kind.__name__} {value.source_path}"
        if kind is Listing and value.name:
            return f"listing {value.name}"
        if id(value) in self._open:
            self._circles += 1
            return "itself"
        before = self._circles
        self._open.add(id(value))
        try:
            made = self._composed(value)
        finally:
            self._open.discard(id(value))
        if self._circles == before and isinstance(value, (list, tuple, dict)) and len(value) > _MANY:
            self._known[id(value)] = made, value  # held, so that its id stays its own
        return made

    def _composed(self, value: Any) -> str:
        name = type(value).__qualname__
        if isinstance(value, URLWrapper):
            more = [part for pair in vars(value).items() if pair[0] not in _OF_A_WRAPPER for part in pair]
            return self._joined(name, more, repr(value.name), repr(value.slug))
        if isinstance(value, (list, tuple)):
            return self._joined(name, value)
        if isinstance(value, datetime):
            return f"{name} {value.isoformat()} {value.tzinfo} {value.fold}"
        if isinstance(value, re.Pattern):
            return self._joined(name, (value.pattern, value.flags))
        if isinstance(value, (Enum, *_BY_REPR)):
            return f"{name} {value!r}"
        if isinstance(value, Mapping):
            return self._joined(name, (part for pair in value.items() for part in pair))
        if isinstance(value, (set, frozenset)):
            return self._joined(name, (), *sorted(map(self.of, value)))
        names: Iterable[str] = getattr(type(value), "model_fields", getattr(type(value), "__dataclass_fields__", ()))
        if isinstance(value, Page):
            names = (name for name in vars(value) if name != "settings")
        elif isinstance(value, Paginator):
            names = ("name", "url", "object_list", "per_page", "orphans", "count")
        if names:
            return self._joined(name, (getattr(value, name, None) for name in names))
        if isinstance(value, _SCALARS):
            return f"{name} {value!r}"
        if isinstance(value, (FunctionType, BuiltinFunctionType, MethodType, type)):
            # What it does when called is judged by the call; its code is part of the site's digest.
            bound = [value.__self__] if isinstance(value, MethodType) else []
            return self._joined(f"{value.__module__} {value.__qualname__}", bound)
        raise Unknown(f"a {name} cannot be compared with the last build's")

    def _joined(self, name: str, values: Iterable[Any], *texts: str) -> str:
        text = f"{name}({','.join([*texts, *map(self.of, values)])})"
        return text if len(text) <= LONG else digest(text)
