"""Texts that `init` writes for the author to replace."""

from collections.abc import Iterable
from pathlib import Path

from ..problems import ProblemLog

DEFAULT_AUTHOR = "Your Name"
_REMEDIES = {
    DEFAULT_AUTHOR: "write your name, in the settings, in the book's record and on the page about you",
    "What the book is, for somebody who may buy it.": "write what your book is about",
}
"""What to do about each text of the starter folder that says nothing to readers."""


def report_placeholders(files: Iterable[Path], log: ProblemLog) -> None:
    """Add a notice for each text of a new site that is still in one of `files`, at its first place."""
    texts = [(path, path.read_text("utf-8", "replace")) for path in files]
    for placeholder, remedy in _REMEDIES.items():
        for path, text in texts:
            if (position := text.find(placeholder)) >= 0:
                line = text.count("\n", 0, position) + 1
                log.notice(path, line, f"`{placeholder}` is still the text of a new site", remedy)
                break
