"""content/redirects.yaml: the old addresses of feeds, categories, tags and uploaded files."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

import yaml

from .front_matter import quote_text
from .index import Index
from .media import BroughtMedia, MediaFile
from .names import get_host, get_path, is_alias, normalize_path
from .plan import Plan, SiteFacts
from .terms import TermNames, list_redirects

REDIRECTS = "redirects.yaml"

_FEEDS = {
    "/feed/": "/feed.xml",
    "/feed/rss2/": "/feed.xml",
    "/feed/rss/": "/feed.xml",
    "/feed/atom/": "/atom.xml",
}
_HEADER = "# Old addresses, and where they lead now: written by import-wordpress. Lines that you add or change stay.\n"


def make_redirects(
    index: Index, plan: Plan, site: SiteFacts, names: TermNames, files: Iterable[MediaFile], media: BroughtMedia
) -> dict[str, str]:
    """Return the new path by old path, in order; none of the old ones is a page or an alias of one."""
    redirects: dict[str, str] = {}
    taken = {normalize_path(target.url) for target in plan.targets.values()}
    taken |= {normalize_path(alias) for target in plan.targets.values() for alias in target.aliases}
    pairs = [*(_FEEDS.items() if names.has_posts else ()), *list_redirects(index, site, names)]
    for old, new in (*pairs, *_list_uploads(index, files, media)):
        path = old.removeprefix(site.root)
        if is_alias(path) and normalize_path(path) not in taken:
            taken.add(normalize_path(path))
            redirects[path] = new
    return dict(sorted(redirects.items()))


def _list_uploads(index: Index, files: Iterable[MediaFile], media: BroughtMedia) -> Iterator[tuple[str, str]]:
    """Yield (old path, new path) of the files whose old address was on the blog's own host."""
    host = get_host(index.channel.url or index.channel.link).removeprefix("www.")
    for file in files:
        if get_host(file.url).removeprefix("www.") == host and (path := media.find(file.url)):
            yield get_path(file.url), f"/{path}"


def merge_redirects(text: str, redirects: Mapping[str, str], written: Iterable[str]) -> str:
    """Return the file's `text` with the lines of `redirects` that it lacks.

    Those whose old path is one of `written`, which the last import wrote, stay out: the author has removed them.
    """
    present = set(_read(text)) | set(written)
    lines = [f"{_quote(old)}: {_quote(new)}\n" for old, new in redirects.items() if old not in present]
    return f"{text.rstrip()}\n{''.join(lines)}" if text.strip() else f"{_HEADER}{''.join(lines)}"


def format_redirects(redirects: Mapping[str, str]) -> str:
    """Return the whole file."""
    return merge_redirects("", redirects, ())


def _quote(path: str) -> str:
    return path if all(c.isascii() and (c.isalnum() or c in "/-._~") for c in path) else quote_text(path)


def _read(text: str) -> Mapping[str, Any]:
    """Return the lines that the author has; damaged YAML counts as none, which the build reports."""
    with suppress(yaml.YAMLError):
        data = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - it makes texts only
        if isinstance(data, Mapping):
            return data
    return {}
