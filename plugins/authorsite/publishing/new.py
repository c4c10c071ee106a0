"""Create a new content file with valid front matter."""

import os
import re
import shlex
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import yaml
from lxml import etree, html

from ..commands import format_command
from ..markup import count_words
from ..problems import BuildFailed, CommandError, ProblemLog
from ..reading.reblogs import sanitize
from ..site_build import BUILD_KEY, SiteBuild, get_build_time, load_settings
from ..slug_adapter import make_slug
from .open_library import fetch_book
from .settings_file import read_settings_file

KINDS = ("post", "page", "book", "event", "reblog", "review")
_WORDS = "words"
"""The kind whose title is a language: its file is a catalogue of the site's texts."""

_FOLDERS = {"page": "pages", "book": "books", "event": "events"}
_PLACEHOLDERS = {
    "post": "Write here.\n",
    "page": "Write here.\n",
    "book": "What the book is, for somebody who may buy it.\n",
    "event": "What will happen, and for whom.\n",
    "reblog": "The opening paragraphs of the original.\n",
    "review": "What the book is about, and whether to read it.\n",
}
_ALLOWED_TAGS = set("p a em strong b i blockquote ul ol li h2 h3 h4 code pre br".split())
_DROPPED_TAGS = set("script style nav header footer aside form".split())
_BLOCKS: dict[str, str] = {"h1": "h2", "h5": "h4", "h6": "h4", "figcaption": "p"} | dict.fromkeys(
    "address article caption dd details div dl dt fieldset figure hr main section summary table td th tr".split(), ""
)
"""Tags that are not allowed but begin a line of their own, and the tags that take their place."""

_METADATA_SOURCES = {
    "title": ("og:title", "//title", "//h1"),
    "author": ("author", "article:author", "dc.creator", "//a[contains(concat(' ', @rel, ' '), ' author ')]"),
    "site": ("og:site_name",),
    "url": ("//link[@rel='canonical']/@href", "og:url"),
}
"""Where a saved page states its metadata: names of meta elements or XPaths; the first that is not empty is used."""

_SAVED_FROM = re.compile(rb"saved from url=\(\d+\)(\S+)")
"""The comment that browsers write into a saved page."""


def new(settings_file: Path, title: str, kind: str = "post", saved: str = "", isbn: str = "") -> int:
    """Create the file, print its path and, in a terminal, open it in $EDITOR; return the exit status.

    `saved` is the path of a saved web page, `isbn` that of a book to look up (see create).
    """
    path = create(settings_file, title, kind, Path(saved) if saved else None, isbn)
    print(path)
    if isbn:
        print("From Open Library, which anyone may edit: check each line, the format above all, before you publish.")
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if editor and sys.stdin.isatty() and sys.stdout.isatty():
        try:
            return subprocess.run([*shlex.split(editor), str(path)], check=False).returncode
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            raise CommandError(f"the file was created, but $EDITOR did not start: {reason}: {editor}") from None
    return 0


def create(settings_file: Path, title: str, kind: str = "post", saved: Path | None = None, isbn: str = "") -> Path:
    """Create a new file of `kind` and return its path; raises CommandError and never overwrites a file.

    With the kind `words`, `title` is a language: the file is a catalogue with all texts to translate.
    `saved` is a page saved from the web; a reblog copies its title, author, site, URL and text. `isbn` is that of a
    book, whose record is filled in with what Open Library knows of it.
    """
    if kind not in (*KINDS, _WORDS):
        raise CommandError(f"unknown kind `{kind}` - use --kind with one of {', '.join((*KINDS, _WORDS))}")
    if saved and kind != "reblog":
        raise CommandError("--from works only for reblogs - add --kind reblog")
    if isbn and kind != "book":
        raise CommandError("--isbn works only for books - add --kind book")
    if title.startswith("--"):
        example = format_command("new", '"The title"', "--kind page")
        raise CommandError(f"the title begins with `--` - put the title first: {example}")
    if kind == _WORDS:
        return _create_catalogue(settings_file, title)
    original, text = _read_saved_page(saved) if saved else ({}, _PLACEHOLDERS[kind])
    if isbn:
        original = fetch_book(isbn)
    title = " ".join((title or original.get("title", "")).split())
    if not title:
        example = format_command("new", '"The title"')
        raise CommandError(f"the title is missing - run: {example}")
    settings = load_site_settings(settings_file)
    slug = make_slug(title, settings).strip("-")
    if not slug:
        raise CommandError(f"cannot make a slug from the title `{title}` - use letters or digits")
    data = _make_front_matter(kind, title, slug, settings, original)
    path = Path(settings["PATH"]) / _FOLDERS.get(kind, "posts") / f"{slug}.md"
    front = yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=10_000)
    return _write_new_file(path, f"---\n{front}---\n{text}")


def _create_catalogue(settings_file: Path, language: str) -> Path:
    from ..i18n.site_catalogues import FOLDER, format_new_catalogue  # noqa: PLC0415 - it takes 50 ms

    try:
        text = format_new_catalogue(language)
    except ValueError:
        example = format_command("new", "fr", "--kind words")
        raise CommandError(f"`{language}` is not a language - run: {example}") from None
    return _write_new_file(Path(load_site_settings(settings_file)["PATH"]) / FOLDER / f"{language}.po", text)


def _write_new_file(path: Path, text: str) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise CommandError("the file already exists - choose another title", str(path)) from None
    except OSError as error:
        raise CommandError(f"cannot write the file: {error.strerror}", str(path)) from None
    return path


def load_site_settings(settings_file: Path) -> dict[str, Any]:
    """Return Pelican's settings with the validated site settings and the build time."""
    log = ProblemLog(root=settings_file.parent, deferred=True)
    pelican = SimpleNamespace(settings={**read_settings_file(settings_file), BUILD_KEY: SiteBuild(log)})
    try:
        load_settings(pelican)
    except BuildFailed:
        raise CommandError(str(next(iter(log)))) from None
    settings: dict[str, Any] = pelican.settings
    return settings


def _make_front_matter(
    kind: str, title: str, slug: str, settings: dict[str, Any], original: dict[str, Any]
) -> dict[str, Any]:
    """Return the front matter of a new file; `original` is the record from a saved page or Open Library."""
    now = get_build_time(settings)
    post = {"date": f"{now:%Y-%m-%dT%H:%M}", "status": "draft", "category": settings["DEFAULT_CATEGORY"], "tags": []}
    author = {"name": settings.get("AUTHOR") or "The author", "role": "author"}
    start = f"{now + timedelta(days=28):%Y-%m-%dT19:00}"
    source = {"author": "The original's author", "site": "", "url": "https://example.org/the-post", **original}
    fields: dict[str, dict[str, Any]] = {
        "post": {**post, "summary": ""},
        "page": {"status": "draft", "summary": ""},
        "book": {"contributors": [author], "language": settings["DEFAULT_LANG"], "description": ""},
        "event": {"status": "draft", "start": start, "place": "", "address": "", "summary": ""},
        "reblog": {**post, "summary": "", "reblog": {"title": title, **source}},
        "review": {**post, "summary": "", "review_of": {"title": title, "author": "", "isbn": ""}},
    }
    if kind == "book":
        fields[kind].update((key, value) for key, value in original.items() if key != "title")
    return {"title": title, "slug": slug, **fields[kind]}


def _read_saved_page(saved: Path) -> tuple[dict[str, Any], str]:
    """Return the reblog record and the sanitized HTML of a saved page."""
    try:
        data = saved.read_bytes()
        page = html.document_fromstring(data, html.HTMLParser(encoding="utf-8"))
    except OSError as error:
        raise CommandError(f"cannot read the page: {error.strerror}", str(saved)) from None
    except etree.LxmlError:
        raise CommandError("the page has no text - save it again as HTML", str(saved)) from None
    metas: dict[str, str] = {}
    for meta in page.iter("meta"):
        metas.setdefault((meta.get("property") or meta.get("name") or "").lower(), meta.get("content", ""))
    record: dict[str, Any] = {}
    for key, sources in _METADATA_SOURCES.items():
        values = (page.xpath(f"string({source})") if "/" in source else metas.get(source, "") for source in sources)
        record[key] = next(filter(None, (" ".join(value.split()) for value in values)), "")
    comment = _SAVED_FROM.search(data[:2000])
    record["url"] = record["url"] or (comment[1].decode("utf-8", "replace") if comment else "")
    if not re.match(r"https?://[^\s/]+", record["url"]):
        del record["url"]
    body = (page.xpath("//article") or page.xpath("//main") or page.xpath("//body") or [page])[0]
    _separate_blocks(body, record["title"])
    text = sanitize(
        html.tostring(body, encoding="unicode", with_tail=False), _ALLOWED_TAGS, {"a": {"href"}}, _DROPPED_TAGS
    )
    words = count_words(text)
    if not words:
        raise CommandError("the page has no text - save it again as HTML", str(saved))
    record = {key: value for key, value in record.items() if value}
    return {**record, "words": words}, re.sub(r"\n\s*\n+", "\n\n", text).strip() + "\n"


def _separate_blocks(body: Any, title: str) -> None:
    """Drop the heading that is the title, and let no other text run into the next when its tags are removed."""
    for element in list(body.iter(*_BLOCKS)):
        if element.tag == "h1" and " ".join(element.text_content().split()) == title:
            element.drop_tree()
            continue
        element.tail = f"\n\n{element.tail or ''}"
        if _BLOCKS[element.tag]:
            element.tag = _BLOCKS[element.tag]
        else:
            element.text = f"\n\n{element.text or ''}"
