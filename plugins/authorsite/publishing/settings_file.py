"""Read Pelican's settings file; report errors in one line."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pelican.settings import read_settings

from ..exceptions import find_innermost_frame
from ..problems import CommandError
from ..validation import did_you_mean, find_line

DEFAULTS = "authorsite.defaults"
"""The module that settings files import."""


def require_settings_file(file: Path) -> None:
    """Raise CommandError if there is no settings file: the current folder is not that of a site."""
    if not file.is_file():
        raise CommandError("no such file - go to your site's folder, or use --settings with a settings file", str(file))


def read_settings_file(file: Path, overrides: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the settings of `file`; `overrides` take precedence. Raises CommandError if it cannot be read."""
    require_settings_file(file)
    # Forget modules from the same folder: they may have changed, or belong to another site. And the defaults: a
    # settings file may have changed their lists and mappings in place.
    for module in {*(path.stem for path in file.parent.glob("*.py")), DEFAULTS} - sys.stdlib_module_names:
        sys.modules.pop(module, None)
    try:
        # Nothing depends on the locale, and Pelican warns if the machine's own is not installed.
        settings: dict[str, Any] = read_settings(str(file), override={"LOCALE": ["C.UTF-8", "C"], **(overrides or {})})
        ZoneInfo(settings.get("TIMEZONE") or "UTC")
    except Exception as error:
        path, line = find_innermost_frame(error, lambda name: Path(name).parent == file.parent)
        message = f"{type(error).__name__}: {error}"
        if isinstance(error, SyntaxError):
            path, line, message = error.filename or path, error.lineno or 0, error.msg
        elif isinstance(error, ZoneInfoNotFoundError):
            name, line = str(error).split()[-1].strip("'\""), find_line(file, "TIMEZONE")
            hint = did_you_mean(name, available_timezones(), "write a name such as America/Chicago")
            message = f"TIMEZONE: `{name}` is not a time zone - {hint}"
        elif "path containing the content" in str(error):
            message = "the content folder PATH does not exist - correct PATH"
        raise CommandError(f"cannot read the settings: {' '.join(message.split())}", path or str(file), line) from error
    # Pelican makes other paths absolute; a relative one would depend on the current folder.
    templates = settings["THEME_TEMPLATES_OVERRIDES"]
    return {**settings, "THEME_TEMPLATES_OVERRIDES": [str(file.absolute().parent / path) for path in templates]}
