"""Digests of what every page depends on: settings, plugin code, installed versions, locale and time zone."""

import functools
import locale
import sys
import time
import types
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePath
from typing import Any

from .digests import Digester, NotComparable
from .purity import get_closure_values
from .store import digest, list_installed_versions

TRANSIENT_KEY = "INCREMENTAL_TRANSIENT"
"""Pelican setting: names of settings that change by themselves and count only where a template reads them."""

_STDLIB = str(Path(functools.__file__).parent)
_ALWAYS_TRANSIENT = frozenset(
    "OUTPUT_PATH CACHE_PATH DELETE_OUTPUT_DIRECTORY OUTPUT_RETENTION LOG_FILTER LOAD_CONTENT_CACHE "
    "CACHE_CONTENT CHECK_MODIFIED_METHOD INCREMENTAL_TRANSIENT INCREMENTAL_CURRENT "
    "BIND PORT VERBOSITY DEBUG AUTORELOAD LISTEN".split()
)


def digest_site(settings: Mapping[str, Any], plugins: str) -> str:
    """Return the digest of what any page may depend on: settings, locale, time zone, and the digest of the plugins."""
    transient = _ALWAYS_TRANSIENT | set(settings.get(TRANSIENT_KEY, ()))
    counted = SettingsDigester().digest({key: settings[key] for key in sorted(settings) if key not in transient})
    return digest(counted, plugins, locale.setlocale(locale.LC_ALL), *time.tzname)


def digest_plugins(plugins: Iterable[Any]) -> str:
    """Return the digest of the code of `plugins` and of this one, and of the versions of all packages."""
    return digest(*map(digest_code, (*map(_find_source, plugins), Path(__file__).parent)), *list_installed_versions())


def digest_functions(functions: Iterable[Any]) -> str:
    """Return the digest of the modules that define `functions`, without those of installed packages."""
    files = {function.__code__.co_filename for function in functions if isinstance(function, types.FunctionType)}
    own = (Path(file) for file in sorted(files) if "-packages" not in file and Path(file).is_file())
    return digest(*map(digest_code, {file.parent: file for file in own}.values()))  # siblings have one digest


def digest_code(path: Path | None) -> str:
    """Return the digest of a package's folder, or of a module and its siblings; "" for the standard library."""
    if path is None or (str(path).startswith(_STDLIB) and "-packages" not in str(path)):  # Python's version is digested
        return ""
    candidates = path.rglob("*") if path.is_dir() else path.parent.glob("*.py")
    files = sorted(file for file in candidates if file.is_file() and "__pycache__" not in file.parts)
    return digest(*(part for file in files for part in (str(file.relative_to(path.parent)), file.read_bytes())))


def _find_source(plugin: Any) -> Path | None:
    """Return the folder of a plugin that is a package, the file of one that is a module."""
    module = plugin if isinstance(plugin, types.ModuleType) else sys.modules.get(getattr(plugin, "__module__", ""))
    file = next(iter(getattr(module, "__path__", ())), None) or getattr(module, "__file__", None)
    return Path(file) if file else None


class SettingsDigester(Digester):
    """Digests the values of settings: also functions and modules, by their code, and objects, by their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self._seen: dict[int, Any] = {}
        self._digest_siblings = functools.cache(lambda folder: digest_code(folder / "any.py"))  # one for all of them

    def _digest_compound(self, value: Any) -> str:
        if id(value) in self._seen:
            return f"{type(value).__qualname__} {[*self._seen].index(id(value))}"
        if isinstance(value, functools.partial):
            return digest("partial", self.digest(value.func), self.digest(value.args), self.digest(value.keywords))
        if isinstance(value, types.FunctionType):
            self._seen[id(value)] = value
            file = Path(value.__code__.co_filename)
            code = self._digest_siblings(file.parent) if file.is_file() else digest(value.__code__.co_code)
            state = [value.__defaults__, value.__kwdefaults__, get_closure_values(value)]
            return digest(value.__qualname__, self.digest(state), code)
        if isinstance(value, (type, types.ModuleType)):
            return digest(repr(value), digest_code(_find_source(value)))
        if isinstance(value, PurePath):
            return repr(value)
        try:
            return super()._digest_compound(value)
        except NotComparable:
            # This may miss a change, but a page that reads such a value is rendered in every build.
            self._seen[id(value)] = value
            return self._join(repr(type(value)), [*vars(value).items()] if hasattr(value, "__dict__") else [])
