"""Short digests of values, as deep as a template can see them."""

from __future__ import annotations

import dataclasses
import functools
import inspect
import os
import sys
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from enum import Enum
from hashlib import blake2b
from pathlib import PurePath
from types import BuiltinFunctionType, CodeType, FunctionType, MethodType, ModuleType
from typing import Any

from .reach import ABSENT, ANY_PAGE, EACH, LENGTH, SAME, TRUTH, WHOLE, Touched

MISSING = object()
"""Stands for what is not there."""

ALL = object()
"""Stands for a step that may look at all of the value before it."""

_SHORT, _LONG = 64, 400
_KINDS = frozenset((str, int, float, bool, bytes, type(None)))
_PLAIN = (str, int, float, complex, bytes, bool, type(None))
_BY_REPR = (date, time, timedelta, tzinfo, Decimal, PurePath, range, type(...))


class Unknowable(Exception):
    """A value whose digest would not say whether it changed."""


def digest(*parts: bytes | str) -> str:
    """Return 32 hex digits for `parts`, each told apart from the next."""
    made = blake2b(digest_size=16)
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


class CodeDigester(Digester):
    """Digests what templates call and settings hold: functions and classes by the code of their modules."""

    def _composed(self, value: Any) -> str:
        if isinstance(value, functools.partial):
            return digest("partial", self.whole(value.func), self.whole(value.args), self.whole(value.keywords))
        if isinstance(value, MethodType):
            return digest("method", value.__name__, self.whole(value.__self__))
        if isinstance(value, FunctionType):
            held = [cell.cell_contents for cell in value.__closure__ or () if _is_filled(cell)]
            kept = (value.__defaults__, value.__kwdefaults__, held)
            return digest(
                value.__qualname__, module_digest(value.__module__), code_digest(value.__code__), self.whole(kept)
            )
        if isinstance(value, (type, ModuleType)):
            name = value.__name__ if isinstance(value, ModuleType) else value.__module__
            return digest(repr(value), module_digest(name))
        if isinstance(value, BuiltinFunctionType):
            return digest(repr(value.__name__), str(value.__module__))
        try:
            return super()._composed(value)
        except Unknowable:
            if not hasattr(value, "__dict__"):
                raise
            return digest(repr(type(value)), module_digest(type(value).__module__), self.whole(vars(value)))


def _is_filled(cell: Any) -> bool:
    try:
        return cell.cell_contents is not cell
    except ValueError:
        return False


def code_digest(code: CodeType) -> str:
    """Return the digest of compiled code and of the code within it."""
    constants = (
        code_digest(c) if isinstance(c, CodeType) else repr(c) for c in code.co_consts if not isinstance(c, frozenset)
    )
    return digest(code.co_code, repr(code.co_names), *constants)


@functools.lru_cache(maxsize=512)
def _file_digest(path: str, stamp: tuple[int, int]) -> str:  # noqa: ARG001 - the stamp makes a new entry
    with open(path, "rb") as file:  # noqa: PTH123 - hot
        return digest(file.read())


def module_digest(name: str | None) -> str:
    """Return the digest of a module's file; "" for one that is not a file."""
    module = sys.modules.get(name or "")
    path = inspect.getsourcefile(module) if module is not None and getattr(module, "__file__", None) else None
    return file_digest(path) if path else ""


def file_digest(path: str) -> str:
    """Return the digest of the file at `path`; "" when there is none."""
    try:
        stat = os.stat(path)  # noqa: PTH116 - hot
        return _file_digest(path, (stat.st_mtime_ns, stat.st_size))
    except OSError:
        return ""


# What makes a function's answer depend on more than its arguments.
_OUTSIDE = frozenset(
    "open read_text read_bytes now today utcnow time perf_counter random randint choice shuffle uuid4 environ getenv "
    "urlopen stat getmtime listdir glob rglob iterdir exists is_file run check_output Popen".split()
)


def is_steady(function: Any, depth: int = 3) -> bool:
    """Whether `function`, as far as its code shows, answers from its arguments alone.

    Looks at the names it uses, and at the functions of the same module that it calls, `depth` calls down.
    """
    if isinstance(function, functools.partial):
        return is_steady(function.func, depth)
    function = getattr(function, "__func__", function)
    if not isinstance(function, FunctionType):
        call = getattr(type(function), "__call__", None)  # noqa: B004 - its code is looked at, not asked for
        return is_steady(call, depth) if isinstance(call, FunctionType) else True
    names = set(_names(function.__code__))
    if names & _OUTSIDE:
        return False
    called = (function.__globals__.get(name) for name in names)
    nearby = [f for f in called if isinstance(f, FunctionType) and f.__module__ == function.__module__]
    return depth == 0 or all(is_steady(f, depth - 1) for f in nearby if f is not function)


def _names(code: CodeType) -> list[str]:
    inner = [name for c in code.co_consts if isinstance(c, CodeType) for name in _names(c)]
    return [*code.co_names, *inner]
