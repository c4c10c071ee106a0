"""Check the links of a built site: broken links, missing anchors, and orphan pages."""

import posixpath
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Self
from urllib.parse import unquote, urljoin, urlsplit

from lxml import etree, html

from ..problems import ProblemLog, pluralize
from ..validation import did_you_mean

_PARSER = html.HTMLParser(encoding="utf-8", huge_tree=True)
_HYPERLINKS, _URLS, _SRCSETS, _ANCHORS, _IS_UNLISTED = (
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
_ENTRY_PAGES = re.compile(r"(?:\d{4}/(?:\d\d/)?)?index\.html|404\.html")
"""Pages that need no link: the home page, the 404 page, and the year and month archives (reached by editing a URL)."""


@dataclass(slots=True)
class PageLinks:
    """The links and anchors of a page.

    `urls` are all URLs in the page, `hyperlinks` those that a reader can follow, `anchors` the names that fragments may
    refer to. `is_unlisted` is true for a redirect or a page with noindex.
    """

    urls: set[str] = field(default_factory=set)
    hyperlinks: set[str] = field(default_factory=set)
    anchors: set[str] = field(default_factory=set)
    is_unlisted: bool = False


def parse_links(page: bytes) -> PageLinks:
    """Parse the links and anchors of an HTML page."""
    try:
        root = html.document_fromstring(page, _PARSER)
    except etree.ParserError:
        return PageLinks()
    hyperlinks = {url.strip() for url in _HYPERLINKS(root)}
    urls = {url.strip() for url in _URLS(root)}
    urls.update(part.split()[0] for srcset in _SRCSETS(root) for part in srcset.split(",") if part.strip())
    return PageLinks(urls, hyperlinks, set(_ANCHORS(root)), is_unlisted=_IS_UNLISTED(root))


@dataclass(frozen=True, slots=True)
class BuiltSite:
    """A built site: the paths of its files, the links of each page, and the site's public URL."""

    files: frozenset[str]
    pages: dict[str, PageLinks]
    url: str

    @classmethod
    def read(cls, root: Path, url: str) -> Self:
        """Read the site in the folder `root`, published at `url`.

        A feed at the address of a page, such as WordPress's /feed/, is no page.
        """
        files = frozenset(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())
        names = (name for name in sorted(files) if name.endswith(".html") and not name.startswith("pagefind/"))
        texts = ((name, (root / name).read_bytes()) for name in names)
        pages = {name: parse_links(text) for name, text in texts if not text.startswith(b"<?xml")}
        return cls(files, pages, url.rstrip("/"))

    def get_url(self, name: str) -> str:
        """Return the public URL of a file."""
        return f"{self.url}/{name.removesuffix('index.html') if posixpath.basename(name) == 'index.html' else name}"

    def resolve(self, page: str, link: str) -> tuple[str, str] | None:
        """Return the path below the site and the anchor that `link` on `page` leads to; None for an external link."""
        try:
            target = urlsplit(urljoin(self.get_url(page), link))
        except ValueError:
            return link, ""
        site = urlsplit(self.url)
        if target.scheme not in {"http", "https"} or target.netloc.lower() != site.netloc.lower():
            return None
        path = unquote(target.path)
        if path == site.path:
            path += "/"
        if not path.startswith(site.path + "/"):
            return None if site.path else (path, "")
        return path[len(site.path) + 1 :], unquote(target.fragment)

    def find_file(self, path: str) -> str | None:
        """Return the file that a web server sends for a URL path below the site, if there is one."""
        candidates = [f"{path}index.html"] if not path or path.endswith("/") else [path, f"{path}/index.html"]
        return next((name for name in candidates if name in self.files), None)


def check_built_site(
    root: Path,
    url: str,
    log: ProblemLog,
    shown: str = "output",
    is_generated: Callable[[str], bool] = lambda _: False,
    sources: Sequence[Path] = (),
) -> None:
    """Report broken links, missing anchors and orphan pages of the site in `root`, with paths below `shown`.

    Each broken link is reported once: in the first of the files `sources` that has it, else at the first page. If
    there is a sitemap, only pages in it can be orphans; so can no page that `is_generated`: the author has not written
    it, and may not want a link to it.
    """
    site = BuiltSite.read(root, url)
    broken: dict[tuple[str, str], list[str]] = defaultdict(list)
    reached: set[str] = set()
    for page, links in site.pages.items():
        for link, message, target in _check_links(site, page, links):
            if message:
                broken[link, message].append(page)
            elif target != page and link in links.hyperlinks:
                reached.add(target)
    texts = {source: source.read_text("utf-8", "replace") for source in sources} if broken else {}
    for (link, message), pages in sorted(broken.items()):
        more = f" (also on {pluralize(len(pages) - 1, 'other page')})" if len(pages) > 1 else ""
        hint = did_you_mean(link, {site.get_url(p).removeprefix(url) for p in site.pages}, "fix or remove the link")
        path, line = _find_source(link.removeprefix(urlsplit(site.url).path), texts)
        if line:
            log.error(path, line, f"broken link `{link}`: {message}", hint, kind="link")
        else:
            log.error(posixpath.join(shown, pages[0]), 0, f"broken link `{link}`: {message}{more}", hint, kind="link")
    for page in (page for page in _find_orphans(root, site, reached) if not is_generated(page)):
        hint = "link to it from a post, a page or the menu, or hide it with `status: hidden`"
        log.warning(posixpath.join(shown, page), 0, "no other page links to this page", hint, kind="orphan")


def _find_source(link: str, texts: Mapping[Path, str]) -> tuple[Path | str, int]:
    """Return the first file, of `texts` by path, in which a link stands, and its line; ("", 0) if there is none."""
    pattern = re.compile(rf"""(?:[("'<\[]|[:=]\s*){re.escape(link)}(?=[)"'>\],\s]|$)""", re.MULTILINE)
    for source, text in texts.items():
        if link in text and (match := pattern.search(text)):
            return source, text.count("\n", 0, match.end()) + 1
    return "", 0


def _check_links(site: BuiltSite, page: str, links: PageLinks) -> Iterator[tuple[str, str, str]]:
    """Yield each internal link of a page with an error message and "", or with "" and the file it leads to."""
    for link in sorted(links.urls):
        if link.startswith(("mailto:", "tel:", "data:", "javascript:")):
            continue
        target = site.resolve(page, link)
        if target is None:
            continue
        path, anchor = target
        file = site.find_file(path)
        if file is None:
            yield link, "no such page or file in this site", ""
        elif anchor and file in site.pages and anchor not in site.pages[file].anchors | {"top"}:
            yield link, f"the page has no anchor `{anchor}`", ""
        else:
            yield link, "", file


def _find_orphans(root: Path, site: BuiltSite, reached: set[str]) -> list[str]:
    sitemap = root / "sitemap.xml"
    listed = None
    if sitemap.exists():
        listed = {unescape(url) for url in re.findall(r"<loc>\s*(.*?)\s*</loc>", sitemap.read_text("utf-8"))}
    return [
        page
        for page, links in site.pages.items()
        if page not in reached
        and not _ENTRY_PAGES.fullmatch(page)
        and not links.is_unlisted
        and (listed is None or site.get_url(page) in listed)
    ]
