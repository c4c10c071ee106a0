"""What all pages, or all conversions, depend on: settings, code and versions."""

from __future__ import annotations

import locale
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment
from jinja2.defaults import DEFAULT_NAMESPACE
from jinja2.filters import FILTERS
from jinja2.tests import TESTS

from .code_digests import CodeDigester, file_digest, is_steady, module_digest
from .digests import Unknowable, digest

_VOLATILE = frozenset(
    "OUTPUT_PATH SITE_DATE AUTHORSITE_PROBLEMS AUTHORSITE_WRITTEN AUTHORSITE_PICTURES CACHE_PATH "
    "DELETE_OUTPUT_DIRECTORY OUTPUT_RETENTION LOG_FILTER LOAD_CONTENT_CACHE CACHE_CONTENT "
    "BIND PORT VERBOSITY DEBUG".split()
)
"""Settings that no page shows unless its template names them."""


def salt_of(settings: Mapping[str, Any], plugins: list[Any]) -> str:
    """Return the digest of all that may change any page: settings, plugin code, versions of Python and packages.

    Where a setting cannot be told from its value and code, the digest is another each time: everything is rendered.
    """
    code = CodeDigester()
    given = {key: value for key, value in settings.items() if key not in _VOLATILE}
    try:
        told = code.whole({key: given[key] for key in sorted(given)})
    except (Unknowable, RecursionError):
        told = f"unknowable {time.time_ns()}"
    environment = (locale.setlocale(locale.LC_ALL), *time.tzname)
    return digest(
        told, *map(_plugin_digest, plugins), _package_digest(Path(__file__).parents[1]), *environment, *versions()
    )


def conversion_salt() -> str:
    """Return the digest of what converting a body depends on beside the file and the reader's own settings."""
    return digest(*(module_digest(f"{__package__}.{name}") for name in ("reading", "two_steps", "inline")), *versions())


def environment_of(environment: Environment) -> tuple[str, frozenset[str]]:
    """Return the digest of what an environment adds to Jinja's own ("": unknowable), and the names to distrust."""
    unsteady, parts, code = {"random", "lipsum"}, [], CodeDigester()
    groups: tuple[tuple[Mapping[str, Any], Mapping[str, Any]], ...] = (
        (environment.filters, FILTERS),
        (environment.tests, TESTS),
        (environment.globals, DEFAULT_NAMESPACE),
    )
    options = (
        "autoescape",
        "trim_blocks",
        "lstrip_blocks",
        "keep_trailing_newline",
        "newline_sequence",
        "block_start_string",
    )
    parts += [repr(getattr(environment, name)) for name in options if not callable(getattr(environment, name))]
    parts += [repr(environment.undefined), repr(environment.finalize), repr(sorted(environment.extensions))]
    for number, (given, own) in enumerate(groups):
        for name, value in sorted(given.items()):
            if own.get(name) is value:
                continue
            if getattr(value, "jinja_pass_arg", None) is not None or (callable(value) and not is_steady(value)):
                unsteady.add(name)
            try:
                parts.append(f"{number} {name} {code.whole(value)}")
            except (Unknowable, RecursionError):
                unsteady.add(name)
    return digest(*parts), frozenset(unsteady)


def _plugin_digest(plugin: Any) -> str:
    name = plugin.__name__ if hasattr(plugin, "__path__") else getattr(plugin, "__module__", plugin.__name__)
    folder = next(iter(getattr(plugin, "__path__", ())), None)
    return digest(
        str(name),
        _package_digest(Path(folder))
        if folder
        else module_digest(getattr(plugin, "__name__", name)) or module_digest(name),
    )


def _package_digest(folder: Path) -> str:
    files = sorted(str(path) for path in folder.rglob("*") if path.suffix in {".py", ".json", ".csl", ".yaml"})
    return digest(*(f"{os.path.relpath(file, folder)} {file_digest(file)}" for file in files))


def versions() -> list[str]:
    """Return Python's version and the names (with versions) of all installed packages."""
    found = [sys.version]
    for folder in sys.path:
        if folder.endswith("-packages") and os.path.isdir(folder):  # noqa: PTH112 - sys.path holds texts
            found.extend(sorted(name for name in os.listdir(folder) if name.endswith((".dist-info", ".egg-info"))))  # noqa: PTH208
    return found
