"""Problems of imported posts: what an import cannot know is no reason not to publish, and fits on one screen.

The old blog's pictures without alt texts, its dead links and its references that nothing cites are many, and were
public before. They are counted by kind, with one example each.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from .commands import format_command

REPORT_FILE = "imported/report.json"
"""The report of an import. The keys of its `files` are what it has written, as paths below content/, as this one."""

IMPORTED = "imported "
"""In the setting `allow`, `imported image` is the kind `image` in imported posts alone."""

_REASON = "as on the old blog"


class ImportedFiles:
    """The files that imports have written, as paths that begin with `shown`, the content folder's name in messages.

    The report is read when a problem first asks for it. A missing or damaged one names no files.
    """

    def __init__(self, content: Path, shown: str) -> None:
        self._content, self._shown = content, shown

    def __contains__(self, path: object) -> bool:
        return path in self._paths

    @cached_property
    def _paths(self) -> frozenset[str]:
        try:
            files = json.loads((self._content / REPORT_FILE).read_text("utf-8"))["files"]
            return frozenset(f"{self._shown}/{name}" for name in files)
        except (OSError, ValueError, TypeError, KeyError):
            return frozenset()


def summarize(problems: Iterable[Any], ignorable: frozenset[str]) -> Iterator[str]:
    """Yield the lines that say what is to be done in imported posts: errors first, then the least work first.

    `ignorable` are the kinds of problems that may be left as they are.
    """
    groups: Mapping[tuple[str, str], list[Any]] = defaultdict(list)
    for problem in problems:
        groups[str(problem.severity), problem.kind].append(problem)
    ranked = sorted(groups.items(), key=lambda group: (group[0][0] != "error", len(group[1]), group[0]))
    if not ranked:
        return
    yield "In imported posts, the least work first:"
    for (severity, kind), group in ranked:
        yield f"{severity}: {kind} ({len(group)}): {group[0]}"
    yield f"To list all of a kind: {format_command('check', '--kind', ranked[-1][0][1])}"
    if kinds := [kind for (_, kind), _ in ranked if kind in ignorable]:
        yield 'To leave some as they are, add their lines to "allow" in AUTHORSITE:'
        yield from (f'    "{IMPORTED}{kind}": "{_REASON}",' for kind in dict.fromkeys(kinds))
