"""Decides if a filter, test or global is pure: its result depends only on its arguments, settings and code."""

import dis
import functools
import re
import types
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, TypeVar

_TRUSTED_PREFIXES = ("pelican.", "jinja2.")
_CONSTANT_TYPES = (str, bytes, int, float, complex, type(None), re.Pattern, date, timedelta, Decimal)
_BUILTIN_TYPES = (types.BuiltinFunctionType, types.MethodDescriptorType, types.WrapperDescriptorType)
_Function = TypeVar("_Function", bound=Callable[..., Any])
_PURE_MODULES = frozenset(
    "re math cmath html json itertools functools operator string textwrap unicodedata urllib.parse markupsafe "
    "collections decimal fractions base64 hashlib binascii colorsys statistics difflib datetime calendar posixpath "
    "builtins numbers typing enum dataclasses jinja2.utils zlib".split()
)
_IMPURE_NAMES = frozenset(
    "open input print exec eval compile globals locals vars id hash object iter next setattr delattr __import__ "
    "breakpoint memoryview super now today utcnow time ctime localtime gmtime read_text read_bytes read write "
    "write_text write_bytes readline readlines stat lstat exists is_file is_dir iterdir glob rglob getmtime listdir "
    "cwd home expanduser resolve absolute environ getenv urlopen run Popen check_output random choice shuffle sample "
    "randint uuid1 uuid4 fromtimestamp cache_info __dict__ __globals__ __subclasses__ "
    "append extend insert pop remove clear update setdefault popitem add discard sort reverse".split()
)
"""Names through which a function may return another result next time, or change its arguments."""

_IMPURE_OPCODES = frozenset("STORE_GLOBAL DELETE_GLOBAL STORE_ATTR STORE_SUBSCR STORE_DEREF IMPORT_NAME SEND".split())


def pure(function: _Function) -> _Function:
    """Declare that a filter, test or global depends on its arguments, settings and code alone (decorator)."""
    function.__pure__ = True  # type: ignore[attr-defined]
    return function


def is_pure(value: Any, depth: int = 5) -> bool:
    """Return whether `value` is a constant or a pure function: declared so, or proved by its code.

    The code must use nothing but its arguments, plain constants, pure functions (`depth` calls down) and modules such
    as re and math, and no name that reads files, the clock or random numbers, or changes its arguments.
    """
    if isinstance(value, (tuple, frozenset)) and not callable(value):
        return all(is_pure(item, depth) for item in value)
    if isinstance(value, types.ModuleType):
        return value.__name__ in _PURE_MODULES
    if (isinstance(value, _CONSTANT_TYPES) and not callable(value)) or getattr(value, "__pure__", False):
        return True
    if isinstance(value, functools.partial):
        return is_pure((value.func, *value.args, *value.keywords.values()), depth)
    if isinstance(value, types.FunctionType):
        return depth > 0 and _has_pure_code(value, depth - 1)
    owner = getattr(value, "__self__", None)
    if isinstance(value, types.MethodType):
        return type(owner).__module__.startswith(_TRUSTED_PREFIXES) or is_pure(value.__func__, depth)
    if isinstance(value, (type, *_BUILTIN_TYPES)):
        # A type, a method of a value or of a built-in type, or a function of a module.
        module = getattr(value, "__module__", None) or getattr(value, "__objclass__", str).__module__
        is_bound = owner is not None and not isinstance(owner, types.ModuleType)
        return value.__name__ not in _IMPURE_NAMES and (is_bound or module in _PURE_MODULES)
    return callable(value) and type(value).__module__.startswith(_TRUSTED_PREFIXES)  # macros, loops, DateFormatter


def _has_pure_code(function: types.FunctionType, depth: int) -> bool:
    values = [*get_closure_values(function), *(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()]
    codes = [function.__code__]
    for code in codes:
        codes += [constant for constant in code.co_consts if isinstance(constant, types.CodeType)]
        values += [function.__globals__[name] for name in code.co_names if name in function.__globals__]
        opcodes = {instruction.opname for instruction in dis.get_instructions(code)}
        if not _IMPURE_NAMES.isdisjoint(code.co_names) or not _IMPURE_OPCODES.isdisjoint(opcodes):
            return False
    return all(value is function or is_pure(value, depth) for value in values)


def get_closure_values(function: types.FunctionType) -> list[Any]:
    """Return the values of the variables that `function` takes from the functions around it."""
    return [cell.cell_contents for cell in function.__closure__ or () if cell != types.CellType()]
