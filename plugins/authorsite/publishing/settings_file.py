"""Pelican's settings from their file, or one line about what is wrong with it."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pelican.settings import read_settings

from ..problems import Refused, place_of


def read_conf(file: Path, overrides: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the settings of `file`, `overrides` going before its own; raises Refused when it cannot be read."""
    if not file.is_file():
        raise Refused("there is no such file: name a settings file with --settings", str(file))
    # What settings import from beside them is read anew, as they are: it may have changed, or be another site's.
    for beside in {path.stem for path in file.parent.glob("*.py")} - sys.stdlib_module_names:
        sys.modules.pop(beside, None)
    try:
        # The machine's own locale may not even be installed, of which Pelican warns; nothing depends on it.
        wanted = {"LOCALE": ["C.UTF-8", "C"], **(overrides or {})}
        settings: dict[str, Any] = read_settings(str(file), override=wanted)
        ZoneInfo(settings.get("TIMEZONE") or "UTC")
    except Exception as error:
        path, line = place_of(error, lambda name: Path(name).parent == file.parent)
        what = f"{type(error).__name__}: {error}"
        if isinstance(error, SyntaxError):
            path, line, what = error.filename or path, error.lineno or 0, error.msg
        elif "path containing the content" in str(error):
            what = "there is no folder where PATH says that the content is"
        raise Refused(f"the settings cannot be read: {' '.join(what.split())}", path or str(file), line) from error
    return settings
