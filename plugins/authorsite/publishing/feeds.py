"""The feeds of a published tree, or of the live site."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import httpx

_PLACES = ("feed.xml", "atom.xml", "feed.json", "*/feed.xml", "category/*/feed.xml", "tag/*/feed.xml")
_PATIENCE = 20.0
"""Seconds for each feed of a live site."""


def feeds_in(output: Path) -> dict[str, bytes]:
    """Return the feeds below `output` by their paths; none for a folder that is not there."""
    files = (file for place in _PLACES for file in output.glob(place))
    return {file.relative_to(output).as_posix(): file.read_bytes() for file in files}


def feeds_at(site: str, paths: Iterable[str]) -> dict[str, bytes]:
    """Return those of the feeds `paths` that the live `site` has; raises httpx.HTTPError when it cannot be asked."""
    with httpx.Client(timeout=_PATIENCE, follow_redirects=True) as client:
        answers = {path: client.get(f"{site.rstrip('/')}/{path}") for path in sorted(paths)}
    return {path: answer.content for path, answer in answers.items() if answer.is_success}
