"""Attributes of Content objects as JSON and back: exact, or not at all."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from enum import Enum
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from pelican.contents import Article, Content, Page
from pelican.urlwrappers import Author, Category, Tag, URLWrapper
from pelican.utils import SafeDatetime

from .kept import Holding

KINDS = {kind.__name__: kind for kind in (Article, Page)}
"""The kinds of objects that are kept."""

_PLAIN = frozenset((str, int, float, bool, type(None)))
_DATES: dict[str, Any] = {kind.__name__: kind for kind in (SafeDatetime, datetime)}
_WRAPPERS = {kind.__name__: kind for kind in (Author, Category, Tag)}
_OF_A_WRAPPER = frozenset(("settings", "_name", "_slug", "_slug_from_name"))
_OF_A_DATE = 7
_OWN = __name__.partition(".")[0]


class Unkeepable(Exception):
    """A value that JSON could not give back as it was."""


def encode(value: Any, leaves: list[Any]) -> Any:
    """Add the plain values within `value` to `leaves`; return its shape: nested tuples with None for each of them.

    Many values have the same shape; it is kept once, and makes values of leaves without another look at itself.
    """
    kind = type(value)
    if kind in _PLAIN:
        leaves.append(value)
        return None
    if kind in {list, tuple}:
        return (kind.__name__, *[encode(item, leaves) for item in value])
    if kind is dict and all(type(key) is str for key in value):
        return ("dict", tuple(value), *[encode(item, leaves) for item in value.values()])
    if kind in _WRAPPERS.values() and vars(value).keys() <= _OF_A_WRAPPER:
        leaves += (value._name, value.slug, value._slug_from_name)  # noqa: SLF001 - all there is to it
        return (kind.__name__,)
    if kind in _DATES.values() and not value.fold:
        leaves += (*value.timetuple()[:6], value.microsecond)
        return (kind.__name__, encode(value.tzinfo, leaves))
    if kind is ZoneInfo and value.key:
        return ("zone", value.key)
    if kind is timezone:
        return ("offset", value.utcoffset(None).total_seconds())
    return (_named(kind), *_members(value, kind, leaves))


def _named(kind: type) -> str:
    name = f"{kind.__module__}:{kind.__qualname__}"
    if _kind(name) is not kind:
        raise Unkeepable(name)
    return name


def _members(value: Any, kind: type, leaves: list[Any]) -> tuple[Any, ...]:
    if isinstance(value, Enum):
        return (encode(value.name, leaves),)
    if dataclasses.is_dataclass(value):
        return (encode({field.name: getattr(value, field.name) for field in dataclasses.fields(value)}, leaves),)
    if hasattr(kind, "model_fields"):
        return (encode({name: getattr(value, name) for name in sorted(value.model_fields_set)}, leaves),)
    raise Unkeepable(kind)


def _kind(name: str) -> Any:
    """Return the class of this package that `name` ("module:class") means; None for all else: a cache may lie."""
    module, _, inside = name.partition(":")
    if module.partition(".")[0] != _OWN:
        return None
    found = getattr(sys.modules.get(module), inside, None)
    return found if isinstance(found, type) else None


Make = Callable[[Iterator[Any]], Any]
"""Makes a value of the leaves that come next; raises what a damaged record makes go wrong."""


class Decoder:
    """Makes values of what `encode` gave; `settings` go into wrappers of tags, categories and authors."""

    def __init__(self, settings: Any) -> None:
        self.settings = settings

    def maker(self, shape: Any) -> Make:
        """Return what makes values of `shape`, as JSON gives it back."""
        if shape is None:
            return next
        kind, *below = shape
        if kind in {"zone", "offset"}:
            zone = ZoneInfo(below[0]) if kind == "zone" else timezone(timedelta(seconds=below[0]))
            return lambda _: zone
        if kind == "dict":
            names, makers = [sys.intern(name) for name in below[0]], [self.maker(item) for item in below[1:]]
            if all(make is next for make in makers):
                return lambda leaves: dict(zip(names, islice(leaves, len(names)), strict=True))
            return lambda leaves: dict(zip(names, [make(leaves) for make in makers], strict=True))
        makers = [self.maker(item) for item in below]
        if kind == "list":
            return lambda leaves: [make(leaves) for make in makers]
        if kind == "tuple":
            return lambda leaves: tuple([make(leaves) for make in makers])
        if kind in _WRAPPERS:
            return self._wrapper(_WRAPPERS[kind])
        if kind in _DATES:
            date, zone_of = _DATES[kind], makers[0]
            return lambda leaves: date(*islice(leaves, _OF_A_DATE), zone_of(leaves))
        return self._record(_kind(kind), makers[0])

    def _wrapper(self, kind: type[URLWrapper]) -> Make:
        def make(leaves: Iterator[Any]) -> URLWrapper:
            made: URLWrapper = object.__new__(kind)
            name, slug, own_slug = next(leaves), next(leaves), next(leaves)
            made.__dict__ = {"settings": self.settings, "_name": name, "_slug": slug, "_slug_from_name": own_slug}
            return made

        return make

    def _record(self, kind: Any, inside: Make) -> Make:
        if issubclass(kind, Enum):
            return lambda leaves: kind[inside(leaves)]
        make = kind.model_construct if hasattr(kind, "model_fields") else kind
        return lambda leaves: make(**inside(leaves))


@dataclasses.dataclass
class Making:
    """Makes the attributes of objects of one shape; `shared` are those that the metadata hold too, by which name."""

    kind: type[Content]
    linked: bool
    shared: list[tuple[str, str]]
    metadata: Make
    others: Make
    holding: Holding | None = None


def making(shape: str, decoder: Decoder) -> Making | None:
    """Return what makes objects of `shape`, as JSON; None when it is damaged."""
    try:
        kind, linked, _, shared, metadata, others = json.loads(shape)
        pairs = [(sys.intern(name), sys.intern(key)) for name, key in shared]
        return Making(KINDS[kind], linked, pairs, decoder.maker(metadata), decoder.maker(others))
    except (ValueError, LookupError, TypeError, AttributeError):
        return None


def taken_apart(content: Any, given: dict[str, Any], leaves: list[Any], *, linked: bool) -> tuple[Any, str]:
    """Return the shape of the attributes, and by itself, for it changes with the text, the summary as JSON ("": none).

    What is plain of them goes to `leaves`.
    """
    metadata: dict[str, Any] = dict(given["metadata"])
    others = {name: value for name, value in given.items() if name != "metadata"}
    summary = ""
    if "summary" in metadata and metadata["summary"] is others.get("_summary"):
        summary = json.dumps(metadata.pop("summary"))
        del others["_summary"]
    keys = {id(value): key for key, value in metadata.items()}
    shared = tuple((name, keys[id(value)]) for name, value in others.items() if id(value) in keys)
    rest = {name: value for name, value in others.items() if id(value) not in keys}
    # That there is a summary is of the shape, too: objects of one shape have the same attributes.
    shape = (type(content).__name__, linked, bool(summary), shared, encode(metadata, leaves), encode(rest, leaves))
    return shape, summary
