"""The inventory of an import: every item, comment, file, term and meta key once, with what became of it."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What is counted."""

    ITEM = "items"
    COMMENT = "comments"
    FILE = "files"
    TERM = "terms"
    META_KEY = "meta keys"


class Result(StrEnum):
    """What became of a thing: written, left out, or written or left out in a way that the author should look at."""

    WRITTEN = "written"
    SKIPPED = "skipped"
    LOOK = "needs a look"


@dataclass(frozen=True, slots=True)
class Line:
    """What became of one thing: `key` tells it from others of its kind, `name` is for people, `path` is its file."""

    key: str
    result: Result
    why: tuple[str, ...] = ()
    name: str = ""
    path: str = ""


@dataclass
class Inventory:
    """What was found, counted while reading, and what became of it, line by line."""

    found: Counter[Kind] = field(default_factory=Counter)
    lines: dict[Kind, dict[str, Line]] = field(default_factory=lambda: defaultdict(dict))
    repeated: list[str] = field(default_factory=list)

    def add(self, kind: Kind, key: str, result: Result, *why: str, name: str = "", path: str = "") -> None:
        """Add a line; a second one for the same thing is an error of the inventory."""
        if key in self.lines[kind]:
            self.repeated.append(f"{kind}: {key}")
        self.lines[kind][key] = Line(key, result, tuple(filter(None, why)), name, path)

    def sort(self, kind: Kind) -> list[Line]:
        """Return the lines of a kind in an order that doesn't depend on how they came."""
        return sorted(self.lines[kind].values(), key=lambda line: (len(line.key), line.key))

    def count(self, kind: Kind) -> Counter[Result]:
        """Return how many things of a kind have which result."""
        return Counter(line.result for line in self.lines[kind].values())

    def find_errors(self) -> Iterator[str]:
        """Yield why the inventory does not add up; nothing if it does."""
        yield from (f"{key} is counted twice" for key in self.repeated)
        for kind in Kind:
            total = len(self.lines[kind])
            if self.found[kind] != total:
                yield f"{kind}: {self.found[kind]} found, {total} accounted for"
