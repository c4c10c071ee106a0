"""Find out what the generator was installed from, so that a site can install the same version again."""

import base64
import hashlib
import importlib.util
import json
import re
import sys
from importlib.metadata import Distribution, distribution
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from ..problems import CommandError
from .targets.commands import redact_credentials, run_command

WHEEL_FOLDER = "vendor"
"""The folder of a site that holds a wheel of the generator, if pip can't get it from anywhere else."""

_CHECKOUT = Path(__file__).parents[3]
"""The folder of the repository, if this is not an installed package."""

_PROGRAM_FILE = re.compile(r"(?:^|/)\.\.(?:/|$)|\.pyc$")
"""Files that pip makes from a wheel, outside the packages."""

_PIP_RECORDS = {"RECORD", "INSTALLER", "REQUESTED", "direct_url.json"}


def pin_generator(site: Path) -> str:
    """Return the line of requirements.txt for the running version of the generator.

    It is a git URL with its commit or a URL with its hash, as PEP 610 records them; or else a wheel, written to the
    folder `site`/vendor: built from the repository, or put together again from the installed files.
    """
    if (_CHECKOUT / "pyproject.toml").is_file():
        return format_wheel(build_wheel(_CHECKOUT, site / WHEEL_FOLDER))
    package = distribution("authorsite")
    origin = json.loads(package.read_text("direct_url.json") or "{}")
    return format_requirement(package.version, origin) or format_wheel(_pack_wheel(package, site / WHEEL_FOLDER))


def format_requirement(version: str, origin: dict[str, object], *, may_be_local: bool = False) -> str:
    """Return the requirement for a version whose `origin` is the content of direct_url.json.

    It is "" for a place on this machine, unless it `may_be_local`.
    """
    url = redact_credentials(str(origin.get("url", "")))
    match origin:
        case _ if url.startswith("file:") and not may_be_local:  # other machines don't have it
            return ""
        case {"vcs_info": {"vcs": vcs, "commit_id": commit}}:
            return f"authorsite @ {vcs}+{url}@{commit}"
        case {"archive_info": {"hashes": {"sha256": digest}}}:
            return f"authorsite @ {url}#sha256={digest}"
    return f"authorsite @ {url}" if url else f"authorsite=={version}"


def format_wheel(wheel: Path) -> str:
    """Return the line of requirements.txt for a wheel in vendor/; pip reads it in the site's folder."""
    return f"./{WHEEL_FOLDER}/{wheel.name}"


def build_wheel(checkout: Path, folder: Path) -> Path:
    """Build the wheel of a checkout into an empty folder; return its path."""
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(checkout)]
    # Without it, pip downloads hatchling for this build.
    command += ["--no-build-isolation"] * (importlib.util.find_spec("hatchling") is not None)
    run_command(*command)
    return next(folder.glob("*.whl"))


def _pack_wheel(package: Distribution, folder: Path) -> Path:
    """Put the wheel of an installed package together from its files, without those that pip has added."""
    names = sorted(str(path) for path in package.files or () if not _PROGRAM_FILE.search(path.as_posix()))
    info = f"authorsite-{package.version}.dist-info"
    names = [name for name in names if name not in {f"{info}/{record}" for record in _PIP_RECORDS}]
    if f"{info}/WHEEL" not in names:
        raise CommandError("cannot tell what authorsite was installed from - install it again from a wheel or with git")
    folder.mkdir(parents=True)
    wheel, lines = folder / f"authorsite-{package.version}-py3-none-any.whl", []
    with ZipFile(wheel, "w", ZIP_DEFLATED) as archive:
        for name in names:
            data = Path(str(package.locate_file(name))).read_bytes()
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            lines.append(f"{name},sha256={digest},{len(data)}")
            archive.writestr(_make_entry(name), data)
        archive.writestr(_make_entry(f"{info}/RECORD"), "\n".join([*lines, f"{info}/RECORD,,", ""]))
    return wheel


def _make_entry(name: str) -> ZipInfo:
    """Return an entry with a fixed date, so that the same files give the same wheel."""
    entry = ZipInfo(name)
    entry.compress_type, entry.external_attr = ZIP_DEFLATED, 0o644 << 16
    return entry
