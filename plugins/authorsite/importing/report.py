"""The report of an import: report.json for programs, report.txt for people, and what the command prints."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .inventory import Inventory, Kind, Line, Result
from .written_files import Outcome, WrittenFiles

VERSION = 1
_SHOWN = 20
_COLUMNS = "{:<10} {:>8} {:>8} {:>8} {:>13}"


@dataclass
class Report:
    """All that an import says. `remarks` are lines for the author; `menu` are lines for the settings."""

    inventory: Inventory
    written: WrittenFiles
    exports: list[str] = field(default_factory=list)
    menu: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    offered_reblogs: list[tuple[str, str]] = field(default_factory=list)
    reblog_authors: Mapping[str, str] = field(default_factory=dict)
    redirects: Iterable[str] = ()

    def iter_json(self) -> Iterator[str]:
        """Yield report.json, one line for each file and each thing: two reports can be compared line by line."""
        head: dict[str, Any] = {
            "version": VERSION,
            "exports": self.exports,
            "totals": {kind: self._count(kind) for kind in Kind},
            "reblog_authors": self.reblog_authors,
            "redirects": list(self.redirects),
        }
        yield "{\n" + "".join(f"{_dump(key)}: {_dump(value)},\n" for key, value in head.items())
        yield '"files": {'
        for number, (path, entry) in enumerate(self.written.iter_entries()):
            yield f"{',' * bool(number)}\n{_dump(path)}: {_dump(entry.to_json())}"
        yield '\n},\n"inventory": {'
        for place, kind in enumerate(Kind):
            yield f"{',' * bool(place)}\n{_dump(kind)}: ["
            for number, line in enumerate(self.inventory.sort(kind)):
                yield f"{',' * bool(number)}\n{_dump(_to_json(line))}"
            yield "\n]"
        yield "\n}\n}\n"

    def _count(self, kind: Kind) -> dict[str, int]:
        counts = self.inventory.count(kind)
        return {"found": self.inventory.found[kind], **{result: counts[result] for result in Result}}

    def format_totals(self) -> str:
        """Return the inventory as a table."""
        rows = [_COLUMNS.format("", "found", *Result)]
        rows += [_COLUMNS.format(kind, *self._count(kind).values()) for kind in Kind]
        return "\n".join(row.rstrip() for row in rows) + "\n"

    def format_files(self) -> str:
        """Return how many files were written, renewed and left alone."""
        names = {
            Outcome.NEW: "new",
            Outcome.RENEWED: "renewed",
            Outcome.UNCHANGED: "unchanged",
            Outcome.EDITED: "edited by you and left alone",
            Outcome.DELETED: "deleted by you and left out",
            Outcome.FOREIGN: "in the way and left alone",
        }
        counts = self.written.counts
        return "Files: " + (
            ", ".join(f"{counts[key]:,} {name}" for key, name in names.items() if counts[key]) or "none"
        )

    def iter_summary(self, limit: int) -> Iterator[str]:
        """Yield the lines for the terminal: of each list no more than `limit`."""
        yield from self._iter_main(limit)
        skipped = self._group_skipped()
        lines = [
            f"- {why}: {len(names)}"
            for why, names in sorted(skipped.items(), key=lambda group: (-len(group[1]), group[0]))
        ]
        yield from self._iter_section("Skipped:", lines, limit)

    def iter_text(self) -> Iterator[str]:
        """Yield all lines for people, with the name of everything that was skipped."""
        limit = 10**9
        yield from self._iter_main(limit)
        for why, names in sorted(self._group_skipped().items(), key=lambda group: (-len(group[1]), group[0])):
            yield from self._iter_section(f"Skipped: {why} ({len(names)})", [f"    {name}" for name in names], limit)

    def _iter_main(self, limit: int) -> Iterator[str]:
        yield self.format_totals()
        yield self.format_files()
        yield from self._iter_section(
            "To paste into `menu` in the settings:", [f"    {line}" for line in self.menu], limit
        )
        yield from self._iter_section("Remarks:", [f"- {line}" for line in self.remarks], limit)
        offers = [f"{path}: {text}" for path, text in sorted(self.offered_reblogs)]
        yield from self._iter_section("Quotations that may be reblogs (see `reblog` in the docs):", offers, limit)
        yield from self._iter_section("Needs a look:", self._list_looks(), limit)

    def _iter_section(self, title: str, lines: list[str], limit: int) -> Iterator[str]:
        if lines:
            yield f"\n{title}"
            yield from lines[:limit]
            if len(lines) > limit:
                yield f"    … and {len(lines) - limit} more"

    def _list_looks(self) -> list[str]:
        """Return what to look at, what occurs most first; each kind of thing by its reason."""
        found: dict[str, list[str]] = defaultdict(list)
        for kind in Kind:
            for line in self.inventory.sort(kind):
                for why in line.why if line.result is Result.LOOK else ():
                    found[why].append(line.path or line.name or line.key)
        rows = []
        for why, paths in sorted(found.items(), key=lambda group: (-len(group[1]), group[0])):
            shown = ", ".join(paths[:_SHOWN]) + (f" … and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else "")
            rows.append(f"- {why}: {shown}")
        return rows

    def _group_skipped(self) -> dict[str, list[str]]:
        groups: dict[str, list[str]] = defaultdict(list)
        for kind in Kind:
            for line in self.inventory.sort(kind):
                if line.result is Result.SKIPPED:
                    groups[f"{kind}, {'; '.join(line.why)}"].append(
                        line.name if line.name.startswith(line.key) else f"{line.key} {line.name}".strip()
                    )
        return groups


def _to_json(line: Line) -> dict[str, Any]:
    data = {"key": line.key, "result": line.result, "why": list(line.why), "name": line.name, "path": line.path}
    return {key: value for key, value in data.items() if value}


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
