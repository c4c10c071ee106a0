"""The guid of a feed entry: the ID by which feed readers recognize it. A new guid announces an old entry again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import unquote, urlsplit

from ..problems import ProblemLog
from ..validation import find_line


def make_guid(content: Any, absolute_url: Callable[[str], str]) -> tuple[str, bool]:
    """Return the guid of a post, book or event, and whether it is a permalink (a URL of this site).

    The guid is `guid:` from the front matter, else the URL of the first alias, else the URL of `content`. The build
    stores no guids: the `aliases:` line that redirects a moved post also keeps its guid.
    """
    guid, aliases = getattr(content.record, "guid", ""), getattr(content.record, "aliases", ())
    return guid or absolute_url(aliases[0] if aliases else content.url), not guid


def check_unique_guids(guids: Iterable[tuple[str, str]], log: ProblemLog) -> None:
    """Report each `guid:` that an earlier file has already: feed readers would show only one of them.

    `guids` are pairs of the guid ("" for none) and the path of the source file.
    """
    first: dict[str, str] = {}
    for guid, path in guids:
        other = first.setdefault(guid, path)
        if guid and other != path:
            line = find_line(path, "guid:")
            message = f"duplicate guid `{guid}`, also in {log.display_path(other)}"
            log.error(path, line, message, "use another guid or remove the line", kind="front-matter")


def fix_hint(old_guid: str, new_url: str) -> str:
    """Return advice on the front matter that gives the entry at `new_url` its old guid back."""
    old, new = urlsplit(old_guid), urlsplit(new_url)
    if old.netloc == new.netloc and old.path and not old.query:
        return f"add its old URL as the first alias in its front matter: `aliases: [{unquote(old.path)}]`"
    return f"add its old guid to its front matter: `guid: {old_guid}`"
