"""A Content object as it was when read, and which of its attributes are as they were."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from pelican.contents import Content
from pelican.urlwrappers import URLWrapper

Stamp = tuple[int, int, int]
"""Date of the content, size, date of the file: nanoseconds, bytes, nanoseconds."""

COMPUTED = frozenset(("url", "save_as", "status"))
OF_THE_TEXT = frozenset(("content", "summary"))
_SET_LATER = frozenset(("translations",))
"""What Pelican sets after reading, and no computed attribute depends on."""

_OWN_OF_WRAPPER = 4


@dataclass(slots=True)
class Kept:
    """One object as it was when read; `meta`, `summary` and `body` are digests of its attributes and of its texts.

    `linked`: its texts hold links of Pelican's, so that they depend on where they are shown. `text`: the hash, in this
    process, of its text; None until that is at hand.
    """

    stamp: Stamp
    kind: type[Content]
    holding: Holding
    values: tuple[Any, ...]
    meta: str
    summary: str
    body: str
    linked: bool
    text: int | None = None

    def given(self) -> dict[str, Any]:
        """Return the attributes; lists and dictionaries are new ones."""
        given = dict(zip(self.holding.names, self.values, strict=True))
        for name in self.holding.containers:
            given[name] = given[name].copy()
        return given

    def unchanged(self, content: Content) -> frozenset[str]:
        """Return the names of the attributes of `content` that are as they were, computed ones included."""
        own, holding = vars(content), self.holding
        for number in holding.wrapped:
            found = self.values[number]
            for wrapper in found if isinstance(found, (list, tuple)) else (found,):
                if len(vars(wrapper)) > _OWN_OF_WRAPPER and not is_bare(wrapper):
                    return frozenset()
        html = own.get("_content")
        whole = not self.linked and (html is None or hash(html) == self.text) and "_get_content" not in own
        if holding.are_in(own, self.values):
            return holding.whole if whole else holding.but_texts
        given = dict(zip(holding.names, self.values, strict=True))
        changed = {name for name, value in given.items() if name not in own or own[name] != value}
        computed = changed <= _SET_LATER
        return frozenset(given) - changed | (COMPUTED if computed else frozenset())


class Holding:
    """What objects with the same attributes have in common: their names, and which are to be treated how."""

    def __init__(self, given: dict[str, Any]) -> None:
        names = list(given)
        self.names = tuple(names)
        self.values_in: Callable[[dict[str, Any]], tuple[Any, ...]] = itemgetter(*names)
        self.containers = tuple(name for name in names if type(given[name]) in {list, dict})
        self.wrapped = tuple(names.index(name) for name in ("category", "author", "tags", "authors") if name in given)
        self.date = names.index("date") if "date" in given else None
        self.but_texts = frozenset(given) | COMPUTED
        self.whole = self.but_texts | OF_THE_TEXT

    def are_in(self, own: dict[str, Any], values: tuple[Any, ...]) -> bool:
        """Whether the attributes are there and have these values."""
        try:
            return self.values_in(own) == values
        except KeyError:
            return False


def is_bare(wrapper: URLWrapper) -> bool:
    """Whether a tag, category or author holds nothing but what Pelican gave it."""
    held = vars(wrapper)
    # `name` and `slug` are left there by Pelican when it makes an address.
    return len(held) - ("name" in held) - ("slug" in held) <= _OWN_OF_WRAPPER


def stamp(path: str) -> Stamp | None:
    """Return what changes when a file does; None when it cannot be looked at."""
    try:
        stat = os.stat(path)  # noqa: PTH116 - ten thousand times a build
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size, stat.st_ctime_ns
