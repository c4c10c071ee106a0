"""Links, anchors and orphans of a built tree: every address that a page names must answer."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from lxml import etree, html

from ..problems import ProblemLog
from ..validation import did_you_mean

_PARSER = html.HTMLParser(encoding="utf-8", huge_tree=True)
_FOLLOWED, _NAMED, _SRCSETS, _ANCHORS, _UNLISTED = (
    etree.XPath(path, smart_strings=False)
    for path in (
        "//a/@href | //area/@href",
        "//@href | //@src | //@poster | //@action",
        "//@srcset",
        "//@id | //a/@name",
        (
            "boolean(//meta[translate(@http-equiv, 'REFSH', 'refsh')='refresh']"
            " | //meta[translate(@name, 'ROBTS', 'robts')='robots' and contains(@content, 'noindex')])"
        ),
    )
)
_BY_ITSELF = re.compile(r"(?:\d{4}/(?:\d\d/)?)?index\.html|404\.html")
"""Pages found without a link: the home page, the one for missing pages, and archives that an address is cut down to."""


@dataclass(slots=True)
class PageLinks:
    """What a page names and offers: addresses, those of them that a reader may follow, anchors, and flags."""

    addresses: set[str] = field(default_factory=set)
    followed: set[str] = field(default_factory=set)
    anchors: set[str] = field(default_factory=set)
    unlisted: bool = False


def page_links(page: bytes) -> PageLinks:
    """Read the links and anchors of a page; `unlisted` is a page that redirects, or that asks not to be indexed."""
    try:
        root = html.document_fromstring(page, _PARSER)
    except etree.ParserError:
        return PageLinks()
    followed = {address.strip() for address in _FOLLOWED(root)}
    named = {address.strip() for address in _NAMED(root)}
    named.update(part.split()[0] for srcset in _SRCSETS(root) for part in srcset.split(",") if part.strip())
    return PageLinks(named, followed, set(_ANCHORS(root)), unlisted=_UNLISTED(root))


@dataclass(frozen=True, slots=True)
class Tree:
    """A built site: the files by their paths, the links of each page, and the address the site lives at."""

    files: frozenset[str]
    pages: dict[str, PageLinks]
    url: str

    @classmethod
    def read(cls, root: Path, url: str) -> Tree:
        """Read the tree below `root`, which is published at `url`."""
        files = frozenset(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())
        pages = {
            name: page_links((root / name).read_bytes())
            for name in sorted(files)
            if name.endswith(".html") and not name.startswith("pagefind/")
        }
        return cls(files, pages, url.rstrip("/"))

    def address(self, name: str) -> str:
        """Return the public address of a file."""
        return f"{self.url}/{name.removesuffix('index.html') if posixpath.basename(name) == 'index.html' else name}"

    def resolve(self, page: str, link: str) -> tuple[str, str] | None:
        """Return path below the site and anchor that `link` on `page` leads to; None when it leaves the site."""
        try:
            whole = urlsplit(urljoin(self.address(page), link))
        except ValueError:
            return link, ""
        own = urlsplit(self.url)
        if whole.scheme not in {"http", "https"} or whole.netloc.lower() != own.netloc.lower():
            return None
        path = unquote(whole.path)
        if path == own.path:
            path += "/"
        if not path.startswith(own.path + "/"):
            return None if own.path else (path, "")
        return path[len(own.path) + 1 :], unquote(whole.fragment)

    def file_at(self, path: str) -> str | None:
        """Return the file that answers at a path below the site."""
        tries = [f"{path}index.html"] if not path or path.endswith("/") else [path, f"{path}/index.html"]
        return next((name for name in tries if name in self.files), None)


def check_tree(root: Path, url: str, log: ProblemLog, shown: str = "output") -> Tree:
    """Report broken links, missing anchors and orphan pages of the tree below `root`, as files below `shown`.

    Each broken address is reported once, at the first page that names it. A tree with a sitemap has orphans only
    among the pages that the sitemap lists.
    """
    tree = Tree.read(root, url)
    broken: dict[tuple[str, str], list[str]] = defaultdict(list)
    reached: set[str] = set()
    for page, links in tree.pages.items():
        for link, message, target in _followed(tree, page, links):
            if message:
                broken[link, message].append(page)
            elif target != page and link in links.followed:
                reached.add(target)
    for (link, message), pages in sorted(broken.items()):
        more = f" (and {len(pages) - 1} more pages)" if len(pages) > 1 else ""
        hint = did_you_mean(link, {tree.address(p).removeprefix(url) for p in tree.pages}, "mend or remove the link")
        what = f"`{link}` {message}{more}"
        log.error(posixpath.join(shown, pages[0]), 0, what, hint, kind="link")
    for page in _orphans(root, tree, reached):
        hint = "link to it from a post, a page or the menu, or hide it with `status: hidden`"
        log.warning(posixpath.join(shown, page), 0, "no page links to this one", hint, kind="orphan")
    return tree


def _followed(tree: Tree, page: str, links: PageLinks) -> Iterator[tuple[str, str, str]]:
    """Give each internal link of a page with what is wrong about it, or "" and the file it leads to."""
    for link in sorted(links.addresses):
        if link.startswith(("mailto:", "tel:", "data:", "javascript:")):
            continue
        place = tree.resolve(page, link)
        if place is None:
            continue
        path, anchor = place
        target = tree.file_at(path)
        if target is None:
            yield link, "leads to no page of this site", ""
        elif anchor and target in tree.pages and anchor not in tree.pages[target].anchors | {"top"}:
            yield link, f"leads to a page without an anchor `{anchor}`", ""
        else:
            yield link, "", target


def _orphans(root: Path, tree: Tree, reached: set[str]) -> list[str]:
    sitemap = root / "sitemap.xml"
    listed = None
    if sitemap.exists():
        listed = {unescape(found) for found in re.findall(r"<loc>\s*(.*?)\s*</loc>", sitemap.read_text("utf-8"))}
    return [
        page
        for page, links in tree.pages.items()
        if page not in reached
        and not _BY_ITSELF.fullmatch(page)
        and not links.unlisted
        and (listed is None or tree.address(page) in listed)
    ]
