"""Redirects from old URLs: validation of aliases and of redirects.yaml, and `_redirects` for hosts that read it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ..output import output_file_for, quote_path
from ..output_registry import Owner
from ..urls import encode_url


@dataclass(frozen=True, slots=True)
class Alias:
    """An old URL (`path`, with leading slash) of the page at `url` (without one); `source` is its source file.

    `url` may also be that of another site. `snippet` finds the line in `source`, `kind` says what the author calls it.
    """

    path: str
    url: str
    title: str
    source: str
    hidden: bool = False
    snippet: str = ""
    kind: str = "alias"

    @property
    def owner(self) -> Owner:
        """The owner of the page that redirects."""
        subject = f"the {self.kind} {self.path} is already"
        return Owner(self.source, self.snippet or self.path, subject, f"remove the {self.kind}")

    @property
    def file(self) -> str:
        """The output file that it leads to, "" if that is not of this site; see `is_file`."""
        return "" if "://" in self.url else output_file_for(f"/{self.url.partition('#')[0].partition('?')[0]}")

    @property
    def is_file(self) -> bool:
        """Whether it leads to a feed, a picture or another file: a redirecting page cannot take that one's place."""
        return bool(self.file) and not self.file.endswith((".html", ".htm"))

    def get_location(self, root: str) -> str:
        """Return where it leads, as a path of the host or as a URL; `root` is the path of the site on its host."""
        return self.url if "://" in self.url else f"{root}/{self.url}"


def validate_aliases(
    aliases: Iterable[Alias], claim: Callable[[str, Owner], bool], report: Callable[[Alias, str, str], None]
) -> dict[str, Alias]:
    """Return the valid aliases by output file; pass the others to `report(alias, message, hint)`.

    `claim` reports an output file that has another owner.
    """
    valid: dict[str, Alias] = {}
    for alias in aliases:
        file = output_file_for(alias.path)
        if file == alias.file:
            continue  # the page's own URL, before the other aliases, so that its guid stays
        if "?" in alias.path or "#" in alias.path:
            report(alias, "contains `?` or `#`", "give the path only, such as /old-post/")
        elif claim(file, alias.owner):
            valid[file] = alias
    return valid


def format_redirects(aliases: Iterable[Alias], extra: Iterable[tuple[str, str, int]], root: str) -> str:
    """Return the `_redirects` file: aliases (301), then the `extra` redirects (from, to, status).

    `root` is the path of the site on its host.
    """
    alias_lines = sorted(_format_rule(f"{root}{_quote_alias(a.path)}", a.get_location(root), 301) for a in aliases)
    extra_lines = sorted(_format_rule(*redirect) for redirect in extra)
    # The first matching rule wins, so wildcards come last.
    return "".join(sorted(dict.fromkeys([*alias_lines, *extra_lines]), key=lambda line: "*" in line.split()[0]))


def _quote_alias(path: str) -> str:
    """Percent-encode a path, with what would make it a pattern: `*`, and a colon at the start of a part."""
    return quote_path(path).replace("*", "%2A").replace("/:", "/%3A")


def _format_rule(old: str, new: str, status: int) -> str:
    return f"{encode_url(old)} {encode_url(new)} {status}\n"
