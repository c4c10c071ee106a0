"""Attributes of Content objects as JSON and back: exact, or not at all."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

from pelican.urlwrappers import Author, Category, Tag, URLWrapper
from pelican.utils import SafeDatetime

_PLAIN = frozenset((str, int, float, bool, type(None)))
_DATES = {kind.__name__: kind for kind in (SafeDatetime, datetime)}
_WRAPPERS = {kind.__name__: kind for kind in (Author, Category, Tag)}
_OF_A_WRAPPER = frozenset(("settings", "_name", "_slug", "_slug_from_name"))
_OWN = __name__.partition(".")[0]


class Unkeepable(Exception):
    """A value that JSON could not give back as it was."""


def encode(value: Any) -> Any:
    """Return `value` as JSON: plain values as they are, all others as a list that begins with their kind."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind in {list, tuple}:
        return [kind.__name__, *map(encode, value)]
    if kind is dict and all(type(key) is str for key in value):
        return ["dict", encode_fields(value)]
    if kind in _WRAPPERS.values() and vars(value).keys() <= _OF_A_WRAPPER:
        return [kind.__name__, value._name, value.slug, value._slug_from_name]  # noqa: SLF001 - all there is to it
    if kind in _DATES.values() and not value.fold:
        moment = value.timetuple()[:6]
        return [kind.__name__, encode(value.tzinfo), *moment, value.microsecond]
    if kind is ZoneInfo and value.key:
        return ["zone", value.key]
    if kind is timezone:
        return ["offset", value.utcoffset(None).total_seconds()]
    return [_named(kind), _members(value, kind)]


def encode_fields(fields: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what is plain of `fields`, and the rest as JSON."""
    plain = {name: value for name, value in fields.items() if type(value) in _PLAIN}
    return [plain, {name: encode(value) for name, value in fields.items() if name not in plain}]


def _named(kind: type) -> str:
    name = f"{kind.__module__}:{kind.__qualname__}"
    if _kind(name) is not kind:
        raise Unkeepable(name)
    return name


def _members(value: Any, kind: type) -> Any:
    if isinstance(value, Enum):
        return value.name
    if dataclasses.is_dataclass(value):
        return {field.name: encode(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if hasattr(kind, "model_fields"):
        return {name: encode(getattr(value, name)) for name in sorted(value.model_fields_set)}
    raise Unkeepable(kind)


def _kind(name: str) -> Any:
    """Return the class of this package that `name` ("module:class") means; None for all else: a cache may lie."""
    module, _, inside = name.partition(":")
    if module.partition(".")[0] != _OWN:
        return None
    found = getattr(sys.modules.get(module), inside, None)
    return found if isinstance(found, type) else None


class Decoder:
    """Makes values of what `encode` gave; `settings` go into wrappers of tags, categories and authors."""

    def __init__(self, settings: Any) -> None:
        self.settings = settings
        self._makers: dict[str, Callable[[list[Any]], Any]] = {
            "list": lambda given: [self.value(item) for item in given[1:]],
            "tuple": lambda given: tuple(self.value(item) for item in given[1:]),
            "dict": lambda given: self.fields(given[1]),
            "zone": lambda given: ZoneInfo(given[1]),
            "offset": lambda given: timezone(timedelta(seconds=given[1])),
            **{name: self._date(kind) for name, kind in _DATES.items()},
            **{name: self._wrapper(kind) for name, kind in _WRAPPERS.items()},
        }

    def fields(self, given: list[dict[str, Any]]) -> dict[str, Any]:
        """Return the fields that `encode_fields` was given."""
        plain, rest = given
        plain.update((name, self.value(item)) for name, item in rest.items())
        return plain

    def value(self, given: Any) -> Any:
        """Return the value; raises what a damaged record makes go wrong."""
        if type(given) is not list:
            return given
        make = self._makers.get(given[0])
        return make(given) if make is not None else self._record(_kind(given[0]), given[1])

    def _date(self, kind: Any) -> Callable[[list[Any]], Any]:
        return lambda given: kind(*given[2:], self.value(given[1]))

    def _wrapper(self, kind: type[URLWrapper]) -> Callable[[list[Any]], Any]:
        def make(given: list[Any]) -> URLWrapper:
            made: URLWrapper = object.__new__(kind)
            made.__dict__.update(settings=self.settings, _name=given[1], _slug=given[2], _slug_from_name=given[3])
            return made

        return make

    def _record(self, kind: Any, given: Any) -> Any:
        if issubclass(kind, Enum):
            return kind[given]
        fields = {name: self.value(item) for name, item in given.items()}
        return kind.model_construct(**fields) if hasattr(kind, "model_fields") else kind(**fields)
