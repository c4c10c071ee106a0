"""A new file for an idea: front matter that passes the schemas, at a place that is free."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nh3
import yaml
from lxml import etree, html
from pelican.utils import slugify

from ..markup import count_words
from ..problems import KEY, BuildFailed, ProblemLog, Refused
from ..settings import load as load_settings
from ..settings import now_of
from .settings_file import read_conf

KINDS = ("post", "page", "book", "event", "reblog", "review")
_FOLDERS = {"page": "pages", "book": "books", "event": "events"}
_TEXTS = {
    "post": "Write here.\n",
    "page": "Write here.\n",
    "book": "What the book is, for somebody who may buy it.\n",
    "event": "What will happen, and for whom.\n",
    "reblog": "The opening paragraphs of the original.\n",
    "review": "What the book is about, and whether to read it.\n",
}
_TAGS = {"p", "a", "em", "strong", "b", "i", "blockquote", "ul", "ol", "li", "h2", "h3", "h4", "code", "pre", "br"}
_SAID = {
    "title": ("og:title", "//title", "//h1"),
    "author": ("author", "article:author", "dc.creator", "//a[contains(concat(' ', @rel, ' '), ' author ')]"),
    "site": ("og:site_name",),
    "url": ("//link[@rel='canonical']/@href", "og:url"),
}
"""Where a page may say what it is: the name of a meta element, or a path; the first that says something is right."""

_SAVED_FROM = re.compile(rb"saved from url=\(\d+\)(\S+)")
"""The note that browsers leave in a saved page."""


def new(settings_file: Path, title: str, kind: str = "post", saved: str = "") -> int:
    """Make the file, print its path, open it in $EDITOR when there is a terminal; return the exit status."""
    path = create(settings_file, title, kind, Path(saved) if saved else None)
    print(path)
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if editor and sys.stdin.isatty() and sys.stdout.isatty():
        try:
            return subprocess.run([*shlex.split(editor), str(path)], check=False).returncode
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else error
            raise Refused(f"the file is made, but $EDITOR did not start: {why}: {editor}") from None
    return 0


def create(settings_file: Path, title: str, kind: str = "post", saved: Path | None = None) -> Path:
    """Write a new file of `kind` and return its path; raises Refused, and never touches a file that is there.

    `saved` is a page saved from the web, whose title, author, site, address and text a reblog takes over.
    """
    if kind not in KINDS:
        raise Refused(f"there is no kind `{kind}`: write --kind with one of {', '.join(KINDS)}")
    if saved and kind != "reblog":
        raise Refused("--from reads the page of a reblog: add --kind reblog")
    original, text = _original(saved) if saved else ({}, _TEXTS[kind])
    title = " ".join((title or original.get("title", "")).split())
    if not title:
        raise Refused('a title is missing: invoke new "The title"')
    settings = _settings(settings_file)
    slug = slugify(title, regex_subs=settings["SLUG_REGEX_SUBSTITUTIONS"]).strip("-")
    if not slug:
        raise Refused(f"no address can be made of the title `{title}`: use some letters or digits")
    data = _front_matter(kind, title, slug, settings, original)
    path = Path(settings["PATH"]) / _FOLDERS.get(kind, "posts") / f"{slug}.md"
    front = yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=10_000)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(f"---\n{front}---\n{text}")
    except FileExistsError:
        raise Refused(f"{path} is there already: choose another title") from None
    except OSError as error:
        raise Refused(f"{path} cannot be written: {error.strerror}") from None
    return path


def _settings(settings_file: Path) -> dict[str, Any]:
    """Return the site's settings, with its date."""
    log = ProblemLog(root=settings_file.parent, held=True)
    holder = SimpleNamespace(settings={**read_conf(settings_file), KEY: log})
    try:
        load_settings(holder)
    except BuildFailed:
        raise Refused(str(next(iter(log)))) from None
    settings: dict[str, Any] = holder.settings
    return settings


def _front_matter(
    kind: str, title: str, slug: str, settings: dict[str, Any], original: dict[str, Any]
) -> dict[str, Any]:
    """Return the front matter of a new file: a draft wherever the kind has drafts."""
    now = now_of(settings)
    minute = f"{now:%Y-%m-%dT%H:%M}"
    data: dict[str, Any] = {"title": title, "slug": slug}
    if kind == "page":
        return {**data, "status": "draft", "summary": ""}
    if kind == "book":
        author = {"name": settings.get("AUTHOR") or "The author", "role": "author"}
        return {**data, "contributors": [author], "language": settings["DEFAULT_LANG"], "description": ""}
    if kind == "event":
        start = f"{now + timedelta(days=28):%Y-%m-%dT19:00}"
        return {**data, "status": "draft", "start": start, "place": "", "address": "", "summary": ""}
    data |= {"date": minute, "status": "draft", "category": settings["DEFAULT_CATEGORY"], "tags": [], "summary": ""}
    if kind == "review":
        data["review_of"] = {"title": title, "author": "", "isbn": ""}
    if kind == "reblog":
        empty = {"title": title, "author": "The original's author", "site": "", "url": "https://example.org/the-post"}
        data["reblog"] = {**empty, **original}
    return data


def _original(saved: Path) -> tuple[dict[str, Any], str]:
    """Return the reblog's record and the cleaned text of a saved page."""
    try:
        data = saved.read_bytes()
        page = html.document_fromstring(data, html.HTMLParser(encoding="utf-8"))
    except OSError as error:
        raise Refused(f"{saved} cannot be read: {error.strerror}") from None
    except etree.LxmlError:
        raise Refused(f"{saved} holds no text") from None
    metas: dict[str, str] = {}
    for meta in page.iter("meta"):
        metas.setdefault((meta.get("property") or meta.get("name") or "").lower(), meta.get("content", ""))
    record: dict[str, Any] = {}
    for key, ways in _SAID.items():
        found = (page.xpath(f"string({way})") if "/" in way else metas.get(way, "") for way in ways)
        record[key] = next(filter(None, (" ".join(text.split()) for text in found)), "")
    note = _SAVED_FROM.search(data[:2000])
    record["url"] = record["url"] or (note[1].decode("utf-8", "replace") if note else "")
    if not re.match(r"https?://[^\s/]+", record["url"]):
        del record["url"]
    bodies = page.xpath("//article") or page.xpath("//main") or page.xpath("//body") or [page]
    text = nh3.clean(
        html.tostring(bodies[0], encoding="unicode", with_tail=False),
        tags=_TAGS,
        clean_content_tags={"script", "style", "nav", "header", "footer", "aside", "form"},
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    )
    words = count_words(text)
    if not words:
        raise Refused(f"{saved} holds no text")
    kept = {key: value for key, value in record.items() if value}
    return {**kept, "words": words}, re.sub(r"\n\s*\n+", "\n\n", text).strip() + "\n"
