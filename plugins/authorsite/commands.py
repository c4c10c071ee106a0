"""How the author types a command, for messages that name one."""

import sys
from pathlib import Path

NAME = "authorsite"
"""The command of an installed package."""


def format_command(name: str, *arguments: str) -> str:
    """Return a command as it works in the current folder: `authorsite serve`, or `make serve` in the repository.

    Quotation marks in `arguments` are part of them: format_command("new", '"The title"').
    """
    if Path("tasks.py").is_file() and Path("plugins/authorsite").is_dir():
        options = f" ARGS='{' '.join(arguments)}'" if arguments else ""
        return f"make {name}{options}"
    # Not on the PATH, it was typed as `.venv/bin/authorsite`; the shell gives the full path of one that is.
    typed = Path(sys.argv[0])
    command = str(typed) if typed.stem == NAME and not typed.is_absolute() else NAME
    return " ".join([command, name, *arguments])
