"""Where Pelican reads Markdown: our reader in place of its own, in two steps of which the first is pure."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import asdict
from functools import cache
from html import escape
from importlib.metadata import version
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pelican.contents import Author, Category, Tag
from pelican.generators import Generator
from pelican.readers import MarkdownReader
from pelican.utils import slugify
from pelican_incremental.readers import CacheableReader, Parsed

from .. import output
from ..problems import AlreadySaid, log_of
from ..settings import now_of, site_of
from ..validation import Place, line_of, validate
from .bibliography import Reference, bibtex, collect
from .link_pass import LISTS, SITE_MAP, WAITING, below, text_of
from .links import ids_in
from .markdown import Converter, summary_of, typographic
from .reblogs import passed_on
from .schemas import Common, Page, Post, Status
from .sources import parse_file


class ContentNotValid(AlreadySaid):
    """Keeps Pelican from using a file whose problems are already in the log."""


# Not a direct subclass of BaseReader: Pelican takes those into every site, asked or not.
class AuthorReader(CacheableReader, MarkdownReader):
    """Reads posts and pages by their schemas.

    `parse` turns a file's bytes into HTML and JSON from them and the settings alone, in any process, so that the build
    engine may keep what it gives; `build_metadata` makes of that what Pelican wants.
    """

    def __init__(self, settings: dict[str, Any]) -> None:
        super().__init__(settings)
        self._converter = Converter()
        self._named: dict[tuple[type, str], Any] = {}

    def named(self, kind: type, name: str) -> Any:
        """Return the tag, category or author of this name: one object for all texts, which makes its slug once."""
        if (kind, name) not in self._named:
            self._named[kind, name] = kind(name, self.settings)
        return self._named[kind, name]

    def read(self, source_path: str) -> tuple[str, dict[str, Any]]:
        """Return body and metadata of one file as Pelican wants them; raises ContentNotValid after logging why."""
        log = log_of(self.settings)
        log.current = source_path
        try:
            return super().read(source_path)
        finally:
            log.current = ""

    def parse(self, raw: bytes, path: str) -> Parsed:
        """Return the body as HTML, and as JSON: front matter, lines, what was found, contents, references, summary."""
        del path
        said: list[tuple[int, str, str]] = []
        found = parse_file(raw, lambda *fault: said.append(fault))
        if found is None:
            return Parsed("", {"said": said})
        data = found.data
        made = self._converter.convert(found.body, self._prefix(data))
        if isinstance(data.get("summary"), str):
            data = data | {"summary": typographic(data["summary"])}
        found_in_it = {
            "said": said,
            "data": data,
            "old_style": found.old_style,
            "lines": [[list(place), line] for place, line in found.lines.items()],
            "faults": [[found.body_line + f.line - 1 if f.line else 0, f.message, f.hint, f.kind] for f in made.found],
            "toc": made.toc,
            "references": [asdict(reference) for reference in made.references],
            "summary": summary_of(made.html),
        }
        return Parsed(self._passed_on(made.html, data.get("reblog")), found_in_it)

    def cache_key(self) -> str:
        """Return a digest of all that `parse` depends on beside the file."""
        site = site_of(self.settings)
        chosen = repr((site.reblog_words, site.language, self.settings["SLUG_REGEX_SUBSTITUTIONS"]))
        return hashlib.sha256(f"{_code()}\0{chosen}".encode()).hexdigest()

    def build_metadata(self, path: str, parsed: Parsed) -> tuple[str, dict[str, Any]]:
        """Return content and metadata; raises ContentNotValid after logging every reason."""
        html, given = parsed.html, parsed.data
        log = log_of(self.settings)
        for line, message, hint in given["said"]:
            log.error(path, line, message, hint, kind="front-matter")
        if "data" not in given:
            raise ContentNotValid(path)
        lines: dict[Place, int] = {tuple(place): line for place, line in given["lines"]}
        model: type[Common] = Page if _is_page(path, self.settings) else Post
        zone = ZoneInfo(self.settings["TIMEZONE"] or "UTC")
        data, others = _known(model, given["data"]) if given["old_style"] else (given["data"], {})
        record = validate(model, data, log, path, lines, context={"zone": zone})
        if record is None:
            raise ContentNotValid(path)
        if not self._prefix({"slug": record.slug, "title": record.title}):
            hint = "add a line slug: a-post"
            log.error(
                path, line_of(("title",), lines), "no address can be made of the title", hint, kind="front-matter"
            )
            raise ContentNotValid(path)
        waiting = record.status is Status.DRAFT or (isinstance(record, Post) and record.date > now_of(self.settings))
        if waiting and not site_of(self.settings).drafts:
            self.settings.setdefault(WAITING, set()).add(path)
            return "", {"title": record.title, "status": "skip"}
        for line, message, hint, kind in given["faults"]:
            # A text that could not be converted is not there: that stops every build.
            (log.error if kind == "markdown" else log.warning)(path, line, message, hint, kind=kind)
        if record.image and not record.image_alt:
            hint = "add image_alt: what it shows"
            log.warning(path, line_of(("image",), lines), "the image has no description", hint, kind="image")
        metadata = (
            _metadata(record, given["summary"], self.settings, self.named) | {"headers": others} | _place_of(others)
        )
        references = tuple(Reference(**reference) for reference in given["references"])
        return html, metadata | {"toc": given["toc"], "draft": waiting, "record": record, "references": references}

    def _prefix(self, data: dict[str, Any]) -> str:
        """Return the slug that the post will have, so that ids differ where posts share a page."""
        wanted = data.get("slug") or data.get("title") or ""
        slug = str(slugify(str(wanted), regex_subs=self.settings["SLUG_REGEX_SUBSTITUTIONS"]))
        return f"{slug}-{data['lang']}" if data.get("lang") else slug

    def _passed_on(self, html: str, reblog: Any) -> str:
        if not isinstance(reblog, dict):
            return html
        site = site_of(self.settings)
        # Validation, later, says what is missing; until then nothing may run.
        told = {key: str(reblog.get(key) or "") for key in ("title", "author", "site", "url", "words")}
        words = told.pop("words")
        return passed_on(
            html,
            **told,
            words=int(words) if words.isdecimal() else None,
            limit=site.reblog_words,
            locale=site.language.replace("-", "_"),
        )


@cache
def _code() -> str:
    """Return a digest of the code and the libraries that make HTML of Markdown."""
    here = Path(__file__).parent
    files = sorted([*here.glob("*.py"), here.parent / "markup.py", here.parent / "validation.py"])
    versions = [version(name) for name in ("markdown", "nh3", "babel", "pygments", "pyyaml")]
    return hashlib.sha256(b"\0".join([*(path.read_bytes() for path in files), *map(str.encode, versions)])).hexdigest()


def _is_page(path: str, settings: dict[str, Any]) -> bool:
    place = below(path, settings)
    return any(f"{place}/".startswith(f"{folder}/" if folder else "") for folder in settings["PAGE_PATHS"])


def _known(model: type[Common], data: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Split old-style headers into those of `model` and others: a site that moves in has Pelican's and its themes'."""
    known = {key: value for key, value in data.items() if key in model.model_fields}
    return known, {key: value for key, value in data.items() if key not in known}


def _place_of(headers: dict[str, Any]) -> dict[str, Any]:
    """Return the address that old-style headers choose, where they name both it and its file, below the root."""
    url, file = (str(headers.get(key, "")).lstrip("/") for key in ("url", "save_as"))
    if not url or not file or ":" in url or ".." in Path(file).parts:
        return {}
    return {"url": url, "save_as": file}


def _lang_place(record: Common, settings: dict[str, Any]) -> dict[str, Any]:
    """Return the address of what is not in the site's language, by Pelican's settings for that.

    Pelican is not told the language: it would list the text nowhere.
    """
    kind = "ARTICLE" if isinstance(record, Post) else "PAGE"
    slug = record.slug or slugify(record.title, regex_subs=settings["SLUG_REGEX_SUBSTITUTIONS"])
    named = {"slug": slug, "lang": record.lang, "date": getattr(record, "date", None)}
    return {key: settings[f"{kind}_LANG_{key.upper()}"].format(**named) for key in ("url", "save_as")}


def _metadata(
    record: Common, summary: str, settings: dict[str, Any], named: Callable[[type, str], Any]
) -> dict[str, Any]:
    """Translate a record into Pelican's metadata; its HTML fields are escaped here."""
    status = "hidden" if record.status is Status.HIDDEN else "published"
    given: dict[str, Any] = {"title": record.title, "status": status}
    given |= {key: getattr(record, key) for key in ("slug", "modified", "template") if getattr(record, key)}
    given["summary"] = f"<p>{escape(record.summary, quote=False)}</p>" if record.summary else summary
    if getattr(record, "date", None):
        given["date"] = record.date  # type: ignore[attr-defined]  # posts and pages both have it
    if record.lang and record.lang != settings["DEFAULT_LANG"]:
        given |= _lang_place(record, settings)
    if isinstance(record, Post):
        given["tags"] = [named(Tag, tag) for tag in record.tags]
        if record.category:
            given["category"] = named(Category, record.category)
        if authors := [named(Author, name) for name in record.authors or (record.author,) if name]:
            given["authors"] = authors
    return given


class _NotMarkdown(MarkdownReader):
    """Says that a file is not read: what it holds is never checked, and so never published."""

    def read(self, source_path: str) -> tuple[str, dict[str, Any]]:
        hint = f"make Markdown of it: pandoc {Path(source_path).name} -s -t markdown"
        log_of(self.settings).error(source_path, 0, "only Markdown is read here", hint, kind="front-matter")
        raise ContentNotValid(source_path)


def hold_addresses(generators: list[Any]) -> None:
    """Let texts remember their addresses, which Pelican makes anew whenever it is asked (all_generators_finalized)."""
    context = generators[0].context
    for key in ("articles", "hidden_articles", "pages", "hidden_pages"):
        for content in context.get(key, ()):
            content.override_url = content.url


def add_reader(readers: Any) -> None:
    """Let AuthorReader read Markdown, and nothing read other texts (signal: readers_init)."""
    others = {extension for extension, reader in readers.reader_classes.items() if reader} - {"static"}
    readers.reader_classes |= dict.fromkeys(others, _NotMarkdown)
    for extension in AuthorReader.file_extensions:
        readers.reader_classes |= {extension: AuthorReader, extension.upper(): AuthorReader}


class ReferencesGenerator(Generator):
    """Writes the bibliography of the blog, and BibTeX for it and for each post."""

    def generate_context(self) -> None:
        """Set `sources`; each post gets `bibtex_url`, "" where it cites nothing."""
        posts = self.context.get("articles", [])
        for content in [content for name in LISTS for content in self.context.get(name, ())]:
            content.bibtex_url = f"{content.url}references.bib" if content.references else ""
        self.context["sources"] = collect(posts, self.context.get("books", ()))

    def generate_output(self, writer: Any) -> None:
        """Write /references/ and the .bib files; check the anchors of books and events, whose pages are there now."""
        for url, check in self.context[SITE_MAP].later:
            page = Path(self.output_path) / url / "index.html"
            check(ids_in(text_of(str(page)) if page.is_file() else ""))
        sources = self.context["sources"]
        if not sources:
            return
        writer.write_file(
            "references/index.html",
            self.get_template("references"),
            self.context,
            relative_urls=False,
            url="references/",
        )
        output.write(self.context, "references.bib", bibtex(source.reference for source in sources))
        for post in self.context.get("articles", []):
            if post.bibtex_url:
                output.write(self.context, post.bibtex_url, bibtex(post.references))


def get_generators(_pelican: Any) -> type:
    """Offer the bibliography's generator (signal: get_generators, after the books')."""
    return ReferencesGenerator
