"""Links between an author's own files: by source path, checked, and true after a move."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import unquote, urlsplit

from ..markup import Token, edit_tags
from ..validation import did_you_mean

_PELICAN = re.compile(r"^[{|](filename|static|attach)[|}](.*)$")
_ID = re.compile(r"""\s(?:id|name)=["']([^"']+)["']""")
_LINKED = ("href", "src", "poster")
_LEADS_AWAY = tuple(f'{name}="{start}' for name in _LINKED for start in ("http://", "https://", "mailto:", "#"))
_HERE = re.compile(r'href="#([^"]*)"')
_TAGS = frozenset(("a", "img", "source", "video", "audio", "iframe"))
_SOURCES = (".md", ".markdown", ".mkd", ".mdown")

Report = Callable[[str, str, str], None]
"""Called with the link as written, message and hint."""


@dataclass(frozen=True)
class Target:
    """A page of the site: its address below the root, and its text (None: not known)."""

    url: str
    html: str | None = None

    @cached_property
    def ids(self) -> frozenset[str] | None:
        """Return the ids that the text has."""
        return None if self.html is None else ids_in(self.html)


@dataclass(frozen=True)
class SiteMap:
    """Where links may lead: pages by source path below content/, files by path, and old addresses with their new ones.

    `root` is the path below which the site lives on its host; `drafts` are sources that are not published. `later`
    holds the addresses of pages that are not made yet, and what must be called with their ids.
    """

    sources: Mapping[str, Target]
    files: Mapping[str, str] = field(default_factory=dict)
    moved: Mapping[str, str] = field(default_factory=dict)
    drafts: frozenset[str] = frozenset()
    root: str = ""
    later: list[tuple[str, Callable[[frozenset[str]], None]]] = field(default_factory=list)

    def resolve(self, html: str, here: str, report: Report) -> str:
        """Return `html` of the file `here` with links to source files, pictures and old addresses made addresses.

        What leads nowhere is reported and left as it stands.
        """
        here_ids = set(_HERE.findall(html))
        own = ids_in(html) if here_ids else frozenset()
        if here_ids <= own and not _may_change(html):
            return html  # most bodies: all links lead away, or to a place that is there

        def change(tag: Token) -> Token | None:
            changed = {}
            for name in ("href", "src", "poster"):
                link = tag.attributes.get(name)
                new = self._resolved(link, here, own, report) if link else None
                if new is not None and new != link:
                    changed[name] = new
            return tag.with_attributes(**changed) if changed else None

        return edit_tags(html, _TAGS, change)

    def _resolved(self, link: str, here: str, own: frozenset[str], report: Report) -> str | None:
        marked = _PELICAN.match(unquote(link[:12]) + link[12:])
        if marked:
            return self._by_path(link, marked[2], here, report)
        if link.startswith("#"):
            if len(link) > 1 and unquote(link[1:]) not in own:
                hint = did_you_mean(unquote(link[1:]), own, "a heading's id is its words in small letters with hyphens")
                report(link, f"there is no `{link}` on this page", hint)
            return None
        try:
            parts = urlsplit(link)
        except ValueError:
            report(link, f"`{link}` is not an address", "mend it")
            return None
        if parts.scheme or parts.netloc or not parts.path:
            return None
        if parts.path.startswith("/"):
            return self._by_address(parts.path, link)
        path = posixpath.normpath(posixpath.join(posixpath.dirname(here), unquote(parts.path)))
        if path.endswith(_SOURCES) or path in self.files or path in self.sources:
            return self._by_path(link, link, here, report)
        if re.search(r"\.[A-Za-z0-9]{2,5}$", path):
            report(
                link, f"there is no content/{path}", did_you_mean(path, self.files, "check the path, letter by letter")
            )
        return None

    def _by_address(self, path: str, link: str) -> str:
        new = self.moved.get(path) or self.moved.get(path.rstrip("/") + "/")
        return f"{self.root}{f'/{new}' + link[len(path) :] if new is not None else link}"

    def _by_path(self, link: str, path: str, here: str, report: Report) -> str | None:
        parts = urlsplit(path)
        named = unquote(parts.path)
        base = "" if named.startswith("/") else posixpath.dirname(here)
        source = posixpath.normpath(posixpath.join(base, named.lstrip("/")))
        if source in self.files:
            return f"{self.root}/{self.files[source]}"
        target = self.sources.get(source)
        if target is None:
            if source in self.drafts:
                report(link, f"{source} is not published yet", "publish it too, or take the link out until then")
            else:
                hint = did_you_mean(source, [*self.sources, *self.files], "paths are relative to the file")
                report(link, f"there is no content/{source}", hint)
            return None
        fragment = unquote(parts.fragment)

        def check(ids: frozenset[str]) -> None:
            if fragment not in ids:
                report(link, f"{source} has no `#{fragment}`", did_you_mean(fragment, ids, "look at its headings"))

        if fragment and target.ids is None:
            self.later.append((target.url, check))
        elif fragment:
            check(target.ids or frozenset())
        return f"{self.root}/{target.url}" + (f"#{parts.fragment}" if parts.fragment else "")


def _may_change(html: str) -> bool:
    """Whether anything in `html` may be a link that leads neither away nor to a place in it; counting is quickest."""
    small = html.lower()
    return sum(map(small.count, _LINKED)) != sum(map(small.count, _LEADS_AWAY))


def ids_in(html: str) -> frozenset[str]:
    """Return the ids and anchors of `html`."""
    return frozenset(_ID.findall(html))


class Lines:
    """Finds the lines of what stands in a text, asked for in about the order in which it stands there."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._end, self._line = 0, 1

    def of(self, *forms: str) -> int:
        """Return the line of the next place, else the first, of one of `forms`; 0 where there is none."""
        for start in (self._end, 0):
            for form in forms:
                if form and (at := self.text.find(form, start)) >= 0:
                    before = self._line if start else 1
                    self._line = before + self.text.count("\n", start, at)
                    self._end = at + len(form)
                    return self._line
        return 0
