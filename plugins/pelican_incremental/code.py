"""What all pages depend on, settings, code and versions; and which functions depend on nothing but their arguments."""

import dis
import functools
import locale
import re
import sys
import time
import types
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path, PurePath
from typing import Any, TypeVar

from .digests import Digester, Unknown
from .store import digest, versions

TRANSIENT = "INCREMENTAL_TRANSIENT"
"""Pelican setting: names of further settings that count only where a template reads them."""

_TRANSIENT = frozenset(
    "OUTPUT_PATH CACHE_PATH DELETE_OUTPUT_DIRECTORY OUTPUT_RETENTION LOG_FILTER LOAD_CONTENT_CACHE "
    "CACHE_CONTENT CHECK_MODIFIED_METHOD INCREMENTAL_TRANSIENT INCREMENTAL_CURRENT "
    "BIND PORT VERBOSITY DEBUG AUTORELOAD LISTEN".split()
)


def site_digest(settings: Mapping[str, Any], code: str) -> str:
    """Return the digest of all that any page may depend on: settings, `code`, locale, time zone."""
    passing = _TRANSIENT | set(settings.get(TRANSIENT, ()))
    told = SettingsDigester().of({key: settings[key] for key in sorted(settings) if key not in passing})
    return digest(told, code, locale.setlocale(locale.LC_ALL), *time.tzname)


def plugins_digest(plugins: Iterable[Any]) -> str:
    """Return the digest of the code of `plugins` and of this one, and of the versions of all packages."""
    return digest(*map(code_digest, (*map(_place_of, plugins), Path(__file__).parent)), *versions())


def functions_digest(functions: Iterable[Any]) -> str:
    """Return the digest of the modules of `functions` that belong to no installed package."""
    files = {function.__code__.co_filename for function in functions if isinstance(function, types.FunctionType)}
    own = [file for file in sorted(files) if "-packages" not in file and not file.startswith(sys.base_prefix)]
    return digest(*(code_digest(Path(file)) for file in own if Path(file).is_file()))


def code_digest(place: Path | None) -> str:
    """Return the digest of all files of a package's folder, or of a module's file and of the modules beside it."""
    if place is None:
        return ""
    found = place.rglob("*") if place.is_dir() else place.parent.glob("*.py")
    files = sorted(path for path in found if path.is_file() and "__pycache__" not in path.parts)
    return digest(*(part for path in files for part in (str(path.relative_to(place.parent)), path.read_bytes())))


def _place_of(plugin: Any) -> Path | None:
    """Return the folder of a plugin that is a package, the file of one that is a module."""
    module = plugin if isinstance(plugin, types.ModuleType) else sys.modules.get(getattr(plugin, "__module__", ""))
    file = next(iter(getattr(module, "__path__", ())), None) or getattr(module, "__file__", None)
    return Path(file) if file else None


class SettingsDigester(Digester):
    """Digests what settings may hold: also functions and modules, by their code, and objects by their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self._seen: dict[int, Any] = {}

    def _composed(self, value: Any) -> str:
        if id(value) in self._seen:
            return f"{type(value).__qualname__} {[*self._seen].index(id(value))}"
        if isinstance(value, functools.partial):
            return digest("partial", self.of(value.func), self.of(value.args), self.of(value.keywords))
        if isinstance(value, types.FunctionType):
            self._seen[id(value)] = value
            file = Path(value.__code__.co_filename)
            code = code_digest(file) if file.is_file() else digest(value.__code__.co_code)
            return digest(value.__qualname__, self.of([value.__defaults__, value.__kwdefaults__, _held(value)]), code)
        if isinstance(value, (type, types.ModuleType)):
            return digest(repr(value), code_digest(_place_of(value)))
        if isinstance(value, PurePath):
            return repr(value)
        try:
            return super()._composed(value)
        except Unknown:
            # Whatever else it may be: a page that reads it is rendered in each build.
            self._seen[id(value)] = value
            return self._joined(repr(type(value)), [*vars(value).items()] if hasattr(value, "__dict__") else [])


_OURS = ("pelican.", "jinja2.")
_CONSTANT = (str, bytes, int, float, complex, type(None), re.Pattern, date, timedelta, Decimal)
_BUILT_IN = (types.BuiltinFunctionType, types.MethodDescriptorType, types.WrapperDescriptorType)
_Function = TypeVar("_Function", bound=Callable[..., Any])
_PURE_MODULES = frozenset(
    "re math cmath html json itertools functools operator string textwrap unicodedata urllib.parse markupsafe "
    "collections decimal fractions base64 hashlib binascii colorsys statistics difflib datetime calendar posixpath "
    "builtins numbers typing enum dataclasses jinja2.utils zlib".split()
)
_IMPURE = frozenset(
    "open input print exec eval compile globals locals vars id hash object iter next setattr delattr __import__ "
    "breakpoint memoryview super now today utcnow time ctime localtime gmtime read_text read_bytes read write "
    "write_text write_bytes readline readlines stat lstat exists is_file is_dir iterdir glob rglob getmtime listdir "
    "cwd home expanduser resolve absolute environ getenv urlopen run Popen check_output random choice shuffle sample "
    "randint uuid1 uuid4 fromtimestamp cache_info __dict__ __globals__ __subclasses__ "
    "append extend insert pop remove clear update setdefault popitem add discard sort reverse".split()
)
"""Names by which a function may get another answer next time, or change what it is given."""

_CHANGING = frozenset("STORE_GLOBAL DELETE_GLOBAL STORE_ATTR STORE_SUBSCR STORE_DEREF IMPORT_NAME SEND".split())


def pure(function: _Function) -> _Function:
    """Declare that a filter, test or global answers from its arguments, settings and code alone (decorator)."""
    function.__pure__ = True  # type: ignore[attr-defined]
    return function


def is_pure(value: Any, depth: int = 5) -> bool:
    """Return whether `value` is a constant, or answers from its arguments alone: by declaration, or proved by its code.

    The code must use nothing but its arguments, plain constants, pure functions (`depth` calls down) and modules such
    as re and math, and no name that reads files, the clock or chance, or changes what it is given.
    """
    if isinstance(value, (tuple, frozenset)) and not callable(value):
        return all(is_pure(part, depth) for part in value)
    if isinstance(value, types.ModuleType):
        return value.__name__ in _PURE_MODULES
    if (isinstance(value, _CONSTANT) and not callable(value)) or getattr(value, "__pure__", False):
        return True
    if isinstance(value, functools.partial):
        return is_pure((value.func, *value.args, *value.keywords.values()), depth)
    if isinstance(value, types.FunctionType):
        return depth > 0 and _is_pure_code(value, depth - 1)
    owner = getattr(value, "__self__", None)
    if isinstance(value, types.MethodType):
        return type(owner).__module__.startswith(_OURS) or is_pure(value.__func__, depth)
    if isinstance(value, (type, *_BUILT_IN)):
        # A type, a method of a value or of a plain type, or a function of a module.
        home = getattr(value, "__module__", None) or getattr(value, "__objclass__", str).__module__
        of_a_value = owner is not None and not isinstance(owner, types.ModuleType)
        return value.__name__ not in _IMPURE and (of_a_value or home in _PURE_MODULES)
    return callable(value) and type(value).__module__.startswith(_OURS)  # macros, loops, Pelican's DateFormatter


def _is_pure_code(function: types.FunctionType, depth: int) -> bool:
    values = [*_held(function), *(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()]
    codes = [function.__code__]
    for code in codes:
        codes += [inner for inner in code.co_consts if isinstance(inner, types.CodeType)]
        values += [function.__globals__[name] for name in code.co_names if name in function.__globals__]
        steps = {step.opname for step in dis.get_instructions(code)}
        if not _IMPURE.isdisjoint(code.co_names) or not _CHANGING.isdisjoint(steps):
            return False
    return all(value is function or is_pure(value, depth) for value in values)


def _held(function: types.FunctionType) -> list[Any]:
    return [cell.cell_contents for cell in function.__closure__ or () if cell != types.CellType()]
