"""Bring another version of the generator to a site: only requirements.txt and vendor/ change, and what pip installs."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from pelican_incremental.files import atomic_write

from ..problems import CommandError
from .installed_from import WHEEL_FOLDER, build_wheel, format_requirement, format_wheel
from .targets.commands import redact_credentials, run_command

REQUIREMENTS = "requirements.txt"
_OWN_LINE = re.compile(r"\s*(?:authorsite(?![\w.-])|\S*authorsite-[^/\s]+\.whl\b)")
"""The line of requirements.txt that names the generator."""

_WHEEL = re.compile(r"authorsite-(?P<version>[^-]+)-.*\.whl")
_ASK = """
import json
from importlib.metadata import distribution
package = distribution("authorsite")
print(json.dumps([package.version, json.loads(package.read_text("direct_url.json") or "{}")]))
"""
_CHECK = "from authorsite.cli import main; main()"


class Installed(NamedTuple):
    """An installed version, and what pip notes about where it came from (PEP 610)."""

    version: str
    origin: dict[str, Any]


def upgrade(folder: Path, source: str = "") -> int:
    """Install the generator of the site in `folder` from `source`, then check the site; return the status of that.

    `source` is a git URL, the URL of a wheel, a wheel or a checkout; "" for what requirements.txt names. That file then
    names the version that was installed. Raises CommandError, and leaves everything as it was, if pip fails.
    """
    requirements = folder / REQUIREMENTS
    lines, number = _read_requirements(requirements)
    try:
        distribution("authorsite")
    except PackageNotFoundError:
        raise CommandError("authorsite is not installed here, but runs from its repository - use git pull") from None
    before = _ask_installed()
    if not source:
        _install(folder, lines[number], before, "-r", str(requirements))
    elif "://" in source:
        _install(folder, source, before, source)
        _write_line(requirements, lines, number, format_requirement(*_ask_installed(), may_be_local=True))
    else:
        _install_file(requirements, lines, number, Path(source).expanduser().resolve(), before)
    after = _ask_installed()
    change = f"was {before.version}" if after.version != before.version else "as before; it was installed again"
    print(f"authorsite is {after.version} now ({change}). {REQUIREMENTS} names it. Checking the site …", flush=True)
    # In a new process: this one has loaded the old version.
    return subprocess.run([sys.executable, "-c", _CHECK, "check"], cwd=folder, check=False).returncode


def _read_requirements(path: Path) -> tuple[list[str], int]:
    """Return the lines of requirements.txt and the index of the one that names the generator."""
    if not path.is_file():
        raise CommandError("no such file - go to your site's folder; `authorsite init` creates one", REQUIREMENTS)
    lines = path.read_text("utf-8").splitlines()
    for number, line in enumerate(lines):
        if _OWN_LINE.match(line):
            return lines, number
    raise CommandError("no line names authorsite - add one, such as `authorsite @ git+URL@COMMIT`", REQUIREMENTS)


def _install_file(requirements: Path, lines: list[str], number: int, source: Path, before: Installed) -> None:
    """Install a wheel, or one that is built from a checkout; it goes to vendor/, and the old one is removed."""
    with TemporaryDirectory() as temporary:
        if source.is_dir():
            print(f"Building {source} …")
            wheel = build_wheel(source, Path(temporary))
        elif source.is_file() and _WHEEL.fullmatch(source.name):
            wheel = source
        else:
            hint = "give a git URL (git+https://…), a wheel (authorsite-….whl) or a checkout of authorsite"
            raise CommandError(f"there is no such source - {hint}", str(source))
        with _vendored(wheel, requirements.parent) as path:
            line = format_wheel(path)
            _install(requirements.parent, line, before, line)
            _write_line(requirements, lines, number, line)
    old = requirements.parent / lines[number].strip()
    if old.parent == path.parent and _WHEEL.fullmatch(old.name) and old.name != path.name:
        old.unlink(missing_ok=True)


@contextmanager
def _vendored(wheel: Path, site: Path) -> Iterator[Path]:
    """Copy a wheel into the site's vendor/; after an exception, that folder is as it was."""
    path = site / WHEEL_FOLDER / wheel.name
    old = path.read_bytes() if path.exists() else None
    atomic_write(path, wheel.read_bytes())
    try:
        yield path
    except BaseException:
        if old is not None:
            atomic_write(path, old)
        else:
            path.unlink()
            with suppress(OSError):  # other wheels are in it
                path.parent.rmdir()
        raise


def _write_line(requirements: Path, lines: list[str], number: int, line: str) -> None:
    text = "\n".join([*lines[:number], line, *lines[number + 1 :]]) + "\n"
    atomic_write(requirements, text.encode())


def _install(folder: Path, name: str, before: Installed, *arguments: str) -> None:
    """Let pip install `arguments`; then `name` once more if its version is the installed one: pip would keep that."""
    print(f"Installing {redact_credentials(name)} …", flush=True)
    command = (sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    try:
        run_command(*command, *arguments, cwd=folder)
        if _ask_installed().version == before.version:
            run_command(*command, "--force-reinstall", "--no-deps", name, cwd=folder)
    except CommandError as error:
        reason = error.reason.partition(": ")[2].replace("ERROR: ", "")
        raise CommandError(f"pip could not install it, and nothing has changed: {reason}") from None


def _ask_installed() -> Installed:
    """Ask a new process what is installed: this one remembers what was."""
    version, origin = json.loads(run_command(sys.executable, "-c", _ASK))
    return Installed(version, origin)
