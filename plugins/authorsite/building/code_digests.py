"""Digests of code: of what templates call, of what settings hold, and whether a function answers from its arguments."""

from __future__ import annotations

import functools
import inspect
import os
import sys
from types import BuiltinFunctionType, CodeType, FunctionType, MethodType, ModuleType
from typing import Any

from .digests import Digester, Unknowable, digest


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
