"""A Content object as it was when read, and which of its attributes are as they were."""

from __future__ import annotations

import functools
import os
from dataclasses import dataclass
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
    given: dict[str, Any]
    meta: str
    summary: str
    body: str
    linked: bool
    text: int | None = None

    def unchanged(self, content: Content) -> frozenset[str]:
        """Return the names of the attributes of `content` that are as they were, computed ones included."""
        own, given = vars(content), self.given
        if not all(is_bare(wrapper) for wrapper in _wrappers(given)):
            return frozenset()
        html = own.get("_content")
        whole = not self.linked and (html is None or hash(html) == self.text) and "_get_content" not in own
        if given.items() <= own.items():
            return _names(tuple(given), whole)
        changed = {name for name, value in given.items() if name not in own or own[name] != value}
        computed = changed <= _SET_LATER
        return frozenset(given) - changed | (COMPUTED if computed else frozenset())


@functools.cache
def _names(given: tuple[str, ...], whole: bool) -> frozenset[str]:
    return frozenset(given) | COMPUTED | (OF_THE_TEXT if whole else frozenset())


def _wrappers(given: dict[str, Any]) -> list[Any]:
    found = [given[name] for name in ("category", "author") if name in given]
    return [*found, *given.get("tags", ()), *given.get("authors", ())]


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
