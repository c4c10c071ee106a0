"""The version of this package."""

import json
import tomllib
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path


@cache
def get_version() -> str:
    """Return the version of the installed package or, in the repository, that of pyproject.toml.

    That of a package installed from git names the commit: "0.2.0 (1a2b3c4)". pip notes it (PEP 610).
    """
    project = Path(__file__).parents[2] / "pyproject.toml"
    if project.is_file():
        return str(tomllib.loads(project.read_text("utf-8"))["project"]["version"])
    try:
        installed = distribution("authorsite")
    except PackageNotFoundError:
        return "unknown"
    origin = json.loads(installed.read_text("direct_url.json") or "{}")
    commit = origin.get("vcs_info", {}).get("commit_id", "")
    return f"{installed.version} ({commit[:7]})" if commit else installed.version
