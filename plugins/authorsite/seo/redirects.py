"""Old addresses: pages that lead on, and lines for hosts that can do it better."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from .urls import file_of


@dataclass(frozen=True, slots=True)
class Alias:
    """An old address (from the root), where its page stands now (an address below the root), and in which file."""

    old: str
    url: str
    title: str
    source: str


def checked(
    aliases: Iterable[Alias], taken: Mapping[str, str], report: Callable[[Alias, str, str], None]
) -> dict[str, Alias]:
    """Return aliases by output file; those that cannot lead anywhere go to `report(alias, message, hint)`.

    `taken` names, by output file, what stands there.
    """
    found: dict[str, Alias] = {}
    for alias in aliases:
        file = file_of(alias.old)
        there = taken.get(file) or (found[file].source if file in found else "")
        if "?" in alias.old or "#" in alias.old:
            report(alias, "holds a `?` or `#`", "an alias is a path: files cannot answer to more")
        elif there:
            report(alias, f"is taken by {there}", "remove the alias, or move that")
        else:
            found[file] = alias
    return found


def lines(aliases: Iterable[Alias], others: Iterable[tuple[str, str, int]], root: str) -> str:
    """Return the `_redirects` file: aliases, then what other rooms lead elsewhere (from, to, status)."""
    ours = sorted(f"{root}{quote(a.old, safe='/%~@!$&()*+,;=:-._')} {root}/{a.url} 301" for a in aliases)
    given = sorted(f"{old} {new} {status}" for old, new, status in others)
    # The first rule that fits counts: one for a whole folder comes after those for what is in it.
    ordered = sorted(dict.fromkeys([*ours, *given]), key=lambda line: "*" in line.split()[0])
    return "".join(f"{line}\n" for line in ordered)
