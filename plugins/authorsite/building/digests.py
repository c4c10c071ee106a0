"""Short digests of values, as deep as a template can see them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from enum import Enum
from hashlib import blake2b
from pathlib import PurePath
from typing import Any

from .touched import ABSENT, ANY_PAGE, EACH, LENGTH, SAME, TRUTH, WHOLE, Touched

MISSING = object()
"""Stands for what is not there."""

ALL = object()
"""Stands for a step that may look at all of the value before it."""

DIGITS = 32
"""Of a digest."""

_SHORT, _LONG = 64, 400
_KINDS = frozenset((str, int, float, bool, bytes, type(None)))
_PLAIN = (str, int, float, complex, bytes, bool, type(None))
_BY_REPR = (date, time, timedelta, tzinfo, Decimal, PurePath, range, type(...))


class Unknowable(Exception):
    """A value whose digest would not say whether it changed."""


def digest(*parts: bytes | str) -> str:
    """Return hex digits for `parts`, each told apart from the next."""
    made = blake2b(digest_size=DIGITS // 2)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        made.update(b"%d:" % len(data))
        made.update(data)
    return made.hexdigest()


class Digester:
    """Tells values apart by short texts; what it has seen it remembers by identity (and keeps alive).

    Attributes whose names are `watched` are read by `step`, which others override.
    """

    watched: frozenset[str] = frozenset()

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], tuple[str, Any]] = {}
        self._at_work: set[int] = set()
        self._place = ""

    def forget(self) -> None:
        """Drop what is remembered: values may have changed."""
        self._known.clear()

    def stand(self, place: str) -> None:
        """Say where the page stands whose values come next: bodies may hold links relative to it."""
        if place != self._place:
            self._place = place
            self.forget()

    def whole(self, value: Any) -> str:
        """Return a text for all of `value`; raises Unknowable."""
        kind = type(value)
        if kind is str:
            return repr(value) if len(value) <= _SHORT else digest(value)
        if kind in _KINDS:
            return f"{kind.__name__} {value!r}"
        if isinstance(value, datetime):
            return f"{kind.__name__} {value.isoformat()} {value.tzinfo} {value.fold}"
        return self._remembered(value, None)

    def touched(self, value: Any, node: Touched) -> str:
        """Return a text for what `node` touches of `value`; raises Unknowable."""
        if value is MISSING:
            return "missing"
        if ABSENT in node.uses:
            raise Unknowable("a name that was to be a macro's")
        if WHOLE in node.uses or type(value) in _KINDS:
            return self.whole(value)
        return self._remembered(value, node)

    def _walked(self, value: Any, node: Touched) -> str:
        uses, steps = node.plan
        parts = [f"{use}={self._used(value, use)}" for use in uses]
        for step, name, below, whole in steps:
            if name and name not in self.watched:
                found = getattr(value, name, MISSING)
                if found is MISSING:
                    found = _attribute(value, name)
            elif step is EACH or step == EACH:
                parts.append(f"({','.join([self.touched(item, below) for item in self._items(value)])})")
                continue
            elif step == ANY_PAGE:
                found = self.step(value, step)
                pages = (
                    [self.touched(page, below) for page in found] if isinstance(found, list) else [self.whole(value)]
                )
                parts.append(f"({','.join(pages)})")
                continue
            else:
                found = self.step(value, step)
            if type(found) is str:
                parts.append(repr(found) if len(found) <= _SHORT else digest(found))
            elif found is ALL:
                return self.whole(value)
            elif whole and found is not MISSING:
                parts.append(self.whole(found))
            else:
                parts.append(self.touched(found, below))
        return f"({','.join(parts)})"

    def _used(self, value: Any, use: str) -> str:
        if use == SAME:
            return self.whole(value)
        if use in {TRUTH, LENGTH} and hasattr(value, "__len__"):
            return str(len(value)) if use == LENGTH else str(bool(value))
        return f"{value is None} {bool(value)}"

    def _items(self, value: Any) -> Any:
        if isinstance(value, (list, tuple, dict)) or type(value).__name__ in {"dict_items", "odict_items"}:
            return value
        if isinstance(value, (set, frozenset)):
            return sorted(value, key=repr)
        if value is None:
            return []
        raise Unknowable(type(value))

    def step(self, value: Any, step: tuple[Any, ...]) -> Any:
        """Return the value one step further, as Jinja finds it; ALL when the step may look at all of `value`."""
        kind = step[0]
        if kind == "attr":
            return _attribute(value, step[1])
        if kind == "item":
            try:
                return value[step[1]]
            except (AttributeError, TypeError, LookupError):
                return _attribute(value, step[1]) if isinstance(step[1], str) else MISSING
        if kind == "slice" and isinstance(value, (list, tuple, str)):
            return value[slice(*step[1:])]
        if kind == "items" and isinstance(value, dict):
            return list(value.items())
        return ALL

    def _remembered(self, value: Any, node: Touched | None) -> str:
        key = (id(value), id(node))
        found = self._known.get(key)
        if found is not None:
            return found[0]
        if node is not None:
            made = self._walked(value, node)
        elif id(value) in self._at_work:
            return "again"
        else:
            self._at_work.add(id(value))
            try:
                made = self._composed(value)
            finally:
                self._at_work.discard(id(value))
        return self._remember(key, made, value)

    def _remember(self, key: tuple[int, int], made: str, value: Any) -> str:
        if len(made) > _LONG:
            made = digest(made)
        # Within a value that holds itself, what was found depends on where the search began.
        if not self._at_work:
            self._known[key] = (made, value)
        return made

    def _composed(self, value: Any) -> str:
        name = f"{type(value).__module__}.{type(value).__qualname__}"
        if isinstance(value, Enum):
            return digest(name, value.name)
        if isinstance(value, _BY_REPR):
            return digest(name, repr(value))
        if isinstance(value, Mapping):
            return digest(name, *(part for k, v in value.items() for part in (self.whole(k), self.whole(v))))
        if isinstance(value, (set, frozenset)):
            return digest(name, *sorted(self.whole(item) for item in value))
        if isinstance(value, (list, tuple)):
            return digest(name, *(self.whole(item) for item in value))
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return digest(name, *(self.whole(getattr(value, f.name)) for f in dataclasses.fields(value)))
        if hasattr(type(value), "model_fields"):
            return digest(name, *(self.whole(getattr(value, field)) for field in type(value).model_fields))
        if isinstance(value, _PLAIN):
            return digest(name, repr(value))
        if hasattr(value, "pattern") and hasattr(value, "flags"):
            return digest(name, repr(value.pattern), str(value.flags))
        raise Unknowable(name)


def _attribute(value: Any, name: str) -> Any:
    try:
        return getattr(value, name)
    except AttributeError:
        pass
    try:
        return value[name]
    except (TypeError, LookupError, AttributeError):
        return MISSING
