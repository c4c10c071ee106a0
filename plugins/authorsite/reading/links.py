"""Links between the author's own files: resolve source paths to URLs, check anchors, follow aliases."""

import posixpath
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from urllib.parse import SplitResult, quote, unquote, urlsplit

from ..markup import Token, rewrite_tags
from ..validation import did_you_mean, find_similar

_PELICAN_LINK = re.compile(r"^[{|](filename|static|attach)[|}](.*)$")
_ID = re.compile(r"""\s(?:id|name)=["']([^"']+)["']""")
_ATTRIBUTES = ("href", "src", "poster")
_UNCHANGED = tuple(f'{name}="{start}' for name in _ATTRIBUTES for start in ("http://", "https://", "mailto:", "#"))
_LOCAL_ANCHOR = re.compile(r'href="#([^"]*)"')
_CANDIDATE = re.compile(r"([^\s,]\S*[^\s,])(\s+[\d.]+[wxh])?(?=\s*(?:,|$))")
"""An image candidate in `srcset`: its URL, and its width or density."""

_TAGS = frozenset(("a", "img", "source", "video", "audio", "iframe"))
_SAFE = "/~@!$&'()*+,;=:-._"
SOURCE_SUFFIXES = (".md", ".markdown", ".mkd", ".mdown")

LinkIssueCallback = Callable[[str, str, str], None]
"""Called with the link as written, message and hint."""


@dataclass(frozen=True)
class LinkTarget:
    """A page of the site: its URL relative to the root, and its body (None: not known yet)."""

    url: str
    html: str | None = None

    @cached_property
    def ids(self) -> frozenset[str] | None:
        """The ids in the body; None while the body is not known."""
        return None if self.html is None else collect_ids(self.html)


@dataclass(frozen=True)
class LinkResolver:
    """Resolves links to pages by source path, to files by path (both relative to content/), and to aliases.

    `redirects` maps aliases to URLs; `unpublished` holds the paths of drafts and scheduled posts, `invalid` those of
    files with errors, links to which are not reported again; `root` is the path of the site on its host.
    `pending_anchor_checks` collects the URLs of pages that are not rendered yet, each with the function to call with
    the page's ids, and `site_links` URL paths that may have no page, each with the function to call with a hint then.
    """

    targets: Mapping[str, LinkTarget]
    files: Mapping[str, str] = field(default_factory=dict)
    redirects: Mapping[str, str] = field(default_factory=dict)
    unpublished: frozenset[str] = frozenset()
    invalid: frozenset[str] = frozenset()
    root: str = ""
    site_links: list[tuple[str, Callable[[str], None]]] = field(default_factory=list)
    pending_anchor_checks: list[tuple[str, Callable[[frozenset[str]], None]]] = field(default_factory=list)

    def resolve(self, html: str, source_path: str, report: LinkIssueCallback) -> str:
        """Return `html`, the body of `source_path`, with links to source files, images and aliases replaced by URLs.

        Broken links are reported and left unchanged.
        """
        ids = collect_ids(html)

        def change(tag: Token) -> Token | None:
            changed = {}
            for name in _ATTRIBUTES:
                link = tag.attributes.get(name)
                url = self._resolve_link(link, source_path, ids, report) if link else None
                if url is not None and url != link:
                    changed[name] = url
            if candidates := tag.attributes.get("srcset"):
                changed["srcset"] = _CANDIDATE.sub(
                    lambda m: (self._resolve_link(m[1], source_path, ids, report) or m[1]) + (m[2] or ""), candidates
                )
            return tag.with_attributes(**changed) if changed else None

        return rewrite_tags(html, _TAGS, change)

    def _resolve_link(self, link: str, source_path: str, ids: frozenset[str], report: LinkIssueCallback) -> str | None:
        """Return the URL for `link`; None to leave it unchanged."""
        pelican_link = _PELICAN_LINK.match(unquote(link[:12]) + link[12:])
        if pelican_link:
            return self._resolve_path(link, pelican_link[2], source_path, report)
        if link.startswith("#"):
            if len(link) > 1 and unquote(link[1:]) not in ids:
                hint = did_you_mean(unquote(link[1:]), ids, "a heading's anchor is its text in lowercase with hyphens")
                report(link, f"there is no `{link}` on this page", hint)
            return None
        try:
            parts = urlsplit(link)
        except ValueError:
            report(link, f"`{link}` is not a valid URL", "correct it")
            return None
        if parts.scheme or parts.netloc or not parts.path:
            return None
        if parts.path.startswith("/"):
            return self._resolve_alias(parts.path, link, report)
        path = posixpath.normpath(posixpath.join(posixpath.dirname(source_path), unquote(parts.path)))
        if path.endswith(SOURCE_SUFFIXES) or path in self.files or path in self.targets:
            return self._resolve_path(link, link, source_path, report)
        if unquote(parts.path) in self.files:  # relative to content/, as that of a featured image
            return self._resolve_path(link, f"/{link}", source_path, report)
        if re.search(r"\.[A-Za-z0-9]{2,5}$", path):
            hint = self._suggest_path(path, source_path, "check the spelling of the path")
            report(link, f"there is no content/{path}", hint)
        return None

    @cached_property
    def _paths_by_name(self) -> dict[str, str]:
        """All paths by the name of their file; the first one in order, if several files have one name."""
        return {posixpath.basename(path).lower(): path for path in sorted([*self.targets, *self.files], reverse=True)}

    def _suggest_path(self, path: str, source_path: str, default: str) -> str:
        """Return a hint for a link to a missing file: where one with its name is, else the most similar path."""
        name = posixpath.basename(path).lower()
        if moved := self._paths_by_name.get(name):
            return f"write {posixpath.relpath(moved, posixpath.dirname(source_path) or '.')}: it is in content/{moved}"
        stem, suffix = posixpath.splitext(name)
        stems = {other.removesuffix(suffix): p for other, p in self._paths_by_name.items() if other.endswith(suffix)}
        similar = find_similar(stem, stems)
        return f"did you mean `{stems[similar]}`?" if similar else default

    def _resolve_alias(self, path: str, link: str, report: LinkIssueCallback) -> str:
        url = self.redirects.get(path) or self.redirects.get(path.rstrip("/") + "/")
        if url is None:
            message = f"broken link `{link}`: no such page or file in this site"
            self.site_links.append((path, partial(report, link, message)))
        return f"{self.root}{f'/{url}' + link[len(path) :] if url is not None else link}"

    def _resolve_path(self, link: str, reference: str, source_path: str, report: LinkIssueCallback) -> str | None:
        """Return the URL of the file at `reference`, a path with or without fragment; None if there is none."""
        parts = urlsplit(reference)
        path = unquote(parts.path)
        base = "" if path.startswith("/") else posixpath.dirname(source_path)
        path = posixpath.normpath(posixpath.join(base, path.lstrip("/")))
        if path.startswith(("../", "/")):
            report(link, *describe_outside(path))
            return None
        if path in self.files:
            return f"{self.root}/{quote(self.files[path], _SAFE)}{_get_suffix(parts)}"
        target = self.targets.get(path)
        if target is None:
            if path in self.unpublished:
                report(link, f"{path} is not published yet", "publish it too, or remove the link until then")
            elif path not in self.invalid:
                hint = self._suggest_path(path, source_path, "paths are relative to this file")
                report(link, f"there is no content/{path}", hint)
            return None
        fragment = unquote(parts.fragment)

        def check(ids: frozenset[str]) -> None:
            if fragment not in ids:
                report(link, f"{path} has no `#{fragment}`", did_you_mean(fragment, ids, "check its headings"))

        if fragment and target.ids is None:
            self.pending_anchor_checks.append((target.url, check))
        elif fragment:
            check(target.ids or frozenset())
        return f"{self.root}/{target.url}{_get_suffix(parts)}"


def _get_suffix(parts: SplitResult) -> str:
    """Return the query and the fragment of a link, as written."""
    return (f"?{parts.query}" if parts.query else "") + (f"#{parts.fragment}" if parts.fragment else "")


def describe_outside(path: str) -> tuple[str, str]:
    """Return message and hint for a link to a file that is not below content/."""
    return f"{path} is outside content/", "copy the file into content/ and link to that"


def may_have_internal_links(html: str) -> bool:
    """Return whether any link of a body may need LinkResolver; counting strings is fastest."""
    anchors = set(_LOCAL_ANCHOR.findall(html))
    if anchors and not anchors <= collect_ids(html):
        return True
    lowercase = html.lower()
    return sum(map(lowercase.count, _ATTRIBUTES)) != sum(map(lowercase.count, _UNCHANGED))


def collect_ids(html: str) -> frozenset[str]:
    """Return the values of all id and name attributes in `html`."""
    return frozenset(_ID.findall(html))
