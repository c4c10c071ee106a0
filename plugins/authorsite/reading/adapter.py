"""The Markdown reader that replaces Pelican's: front matter by schema, and a cacheable parsing step."""

from collections.abc import Callable
from dataclasses import asdict
from html import escape
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pelican.contents import Author, Category, Tag
from pelican.readers import MarkdownReader, parse_path_metadata
from pelican_incremental.readers import CacheableReader, Parsed

from ..problems import AlreadyReported
from ..site_build import content_relative_path, get_build, get_build_time, get_log, get_site, list_contents
from ..slug_adapter import make_slug
from ..urls import is_valid_name
from ..validation import Loc, did_you_mean, find_line_for_loc, validate
from .bibliography import Reference
from .body_checks import find_inline_styles
from .custom_urls import CUSTOM_URL, get_custom_url, split_headers
from .drafts import is_unpublished
from .file_checks import suggest_markdown
from .languages_adapter import check_language, make_language_url
from .links import may_have_internal_links
from .markdown import MarkdownRenderer, make_summary, smarten_punctuation
from .parsed import ParsedContent
from .reading_time import estimate_word_count
from .reblogs import render_reblog, sanitize
from .schemas import BaseMetadata, PageMetadata, PostMetadata, Status
from .sources import parse_file


# Not a direct subclass of BaseReader: Pelican enables those on every site.
class FrontMatterReader(CacheableReader, MarkdownReader):
    """Reads posts and pages and validates their front matter.

    `parse` depends only on the file's bytes and the settings, so the build engine can run it in any process and cache
    the result; `build_metadata` validates it and builds Pelican's metadata.
    """

    def __init__(self, settings: dict[str, Any]) -> None:
        super().__init__(settings)
        self._renderer = MarkdownRenderer(get_site(settings).translate)
        self._url_wrappers: dict[tuple[type, str], Any] = {}

    def get_url_wrapper(self, kind: type, name: str) -> Any:
        """Return the tag, category or author `name`; shared by all posts, so that its slug is computed once."""
        if (kind, name) not in self._url_wrappers:
            self._url_wrappers[kind, name] = kind(name, self.settings)
        return self._url_wrappers[kind, name]

    def read(self, source_path: str) -> tuple[str, dict[str, Any]]:
        """Return a file's HTML and Pelican's metadata; raises AlreadyReported after logging its problems."""
        log = get_log(self.settings)
        log.current = source_path
        try:
            return super().read(source_path)
        finally:
            log.current = ""

    def parse(self, raw: bytes, path: str) -> Parsed:
        """Return the body as HTML; front matter, line numbers, issues, toc, references and summary as JSON."""
        del path
        errors: list[tuple[int, str, str]] = []
        source = parse_file(raw, lambda *error: errors.append(error))
        if source is None:
            return Parsed("", {"errors": errors})
        data = source.data
        language = str(data.get("lang") or get_site(self.settings).language)
        body = self._renderer.render(source.body, self._make_id_prefix(data), language)
        texts = {key: data[key] for key in ("title", "summary") if isinstance(data.get(key), str)}
        data = data | {key: smarten_punctuation(text, language) for key, text in texts.items()}
        is_reblog = isinstance(data.get("reblog"), dict)
        # Those of a reblog are another author's, and are removed.
        issues = [*body.issues, *(() if is_reblog else find_inline_styles(body.html, source.body))]
        parsed: dict[str, Any] = {
            "errors": errors,
            "front_matter": data,
            "pelican_headers": source.pelican_headers,
            "lines": [[list(loc), line] for loc, line in source.lines.items()],
            "issues": [[i.get_line_in_file(source.body_line), i.message, i.hint, i.kind] for i in issues],
            "toc": body.toc,
            "references": [asdict(reference) for reference in body.references],
            "summary": make_summary(body.html),
        }
        html = body.html
        if is_reblog:
            html = self._render_reblog(html, data["reblog"], language)
            parsed |= {key: sanitize(parsed[key]) for key in ("toc", "summary")}
        return Parsed(
            html, parsed | {"words": estimate_word_count(html), "has_internal_links": may_have_internal_links(html)}
        )

    def cache_key(self) -> str:
        """Return the settings that `parse` depends on; the build engine adds the code and the packages."""
        site = get_site(self.settings)
        translators = [site.get_translator(language) for language in (site.language, *site.languages)]
        return repr((site.reblog_words, translators, self.settings["SLUG_REGEX_SUBSTITUTIONS"]))

    def build_metadata(self, path: str, parsed: Parsed) -> tuple[str, dict[str, Any]]:
        """Return HTML and metadata; raises AlreadyReported after logging every problem of the front matter."""
        html, data = parsed.html, parsed.data
        log = get_log(self.settings)
        for line, message, hint in data["errors"]:
            log.error(path, line, message, hint, kind="front-matter")
        if "front_matter" not in data:
            raise AlreadyReported(path)
        lines: dict[Loc, int] = {tuple(loc): line for loc, line in data["lines"]}
        model: type[BaseMetadata] = PageMetadata if _is_page(path, self.settings) else PostMetadata
        zone = ZoneInfo(self.settings["TIMEZONE"] or "UTC")
        front_matter, other_headers = split_headers(model, data["front_matter"], all_keys=not data["pelican_headers"])
        for key in other_headers.keys() - {*CUSTOM_URL, "translation"}:  # Pelican's own
            if hint := did_you_mean(key, model.model_fields):
                log.warning(path, find_line_for_loc((key,), lines), f"unknown key `{key}`", hint, kind="front-matter")
        from_path = parse_path_metadata(path, self.settings)
        front_matter = {key: value for key, value in from_path.items() if key in model.model_fields} | front_matter

        def report_url(key: str, message: str, hint: str) -> None:
            log.error(path, find_line_for_loc((key,), lines), message, hint, kind="front-matter")

        custom_url = get_custom_url(other_headers, report_url)
        meta = validate(model, front_matter, log, path, lines, context={"zone": zone})
        if meta is None:
            raise AlreadyReported(path)
        if problem := check_language(meta.lang, self.settings):
            log.error(path, find_line_for_loc(("lang",), lines), *problem, kind="front-matter")
            raise AlreadyReported(path)
        slug = self._make_id_prefix({"slug": meta.slug, "title": meta.title})
        if not slug or not is_valid_name(slug):
            fault = "is too long" if slug else "has no letters or digits"
            message, hint = f"the title {fault} to make a slug from", "add a line such as slug: a-post"
            log.error(path, find_line_for_loc(("title",), lines), message, hint, kind="front-matter")
            raise AlreadyReported(path)
        draft = is_unpublished(meta, get_build_time(self.settings))
        if draft and not get_site(self.settings).drafts:
            get_build(self.settings).unpublished.add(path)
            get_build(self.settings).unpublished_slugs.add(slug)
            return "", {"title": meta.title, "status": "skip"}
        for line, message, hint, kind in data["issues"]:
            # Without this body the page would be empty, so the error stops preview builds too.
            (log.error if kind == "markdown" else log.warning)(path, line, message, hint, kind=kind)
        if meta.image and not meta.image_alt:
            hint = "add a line such as image_alt: A round table"
            log.warning(
                path, find_line_for_loc(("image",), lines), "the featured image has no alt text", hint, kind="image"
            )
        metadata = _to_pelican_metadata(meta, data["summary"], self.settings, self.get_url_wrapper)
        metadata |= custom_url
        metadata["parsed"] = ParsedContent(
            record=meta,
            headers=other_headers,
            draft=draft,
            toc=data["toc"],
            references=tuple(Reference(**reference) for reference in data["references"]),
            words=data["words"],
            has_internal_links=data["has_internal_links"],
        )
        return html, metadata

    def _make_id_prefix(self, data: dict[str, Any]) -> str:
        """Return the post's slug and language, which keep ids apart where several posts share a page."""
        name = data.get("slug") or data.get("title") or ""
        slug = make_slug(str(name), self.settings)
        return f"{slug}-{data['lang']}" if data.get("lang") else slug

    def _render_reblog(self, html: str, reblog: dict[str, Any], language: str) -> str:
        site = get_site(self.settings)
        # The front matter is validated later, so any value must be accepted here.
        fields = {key: str(reblog.get(key) or "") for key in ("title", "author", "site", "url", "words")}
        words = fields.pop("words")
        return render_reblog(
            html,
            **fields,
            words=int(words) if words.isdecimal() else None,
            limit=site.reblog_words,
            translate=site.get_translator(site.choose_language(language)),
        )


def _is_page(path: str, settings: dict[str, Any]) -> bool:
    relative = content_relative_path(path, settings)
    return any(f"{relative}/".startswith(f"{folder}/" if folder else "") for folder in settings["PAGE_PATHS"])


def _to_pelican_metadata(
    meta: BaseMetadata, summary: str, settings: dict[str, Any], get_url_wrapper: Callable[[type, str], Any]
) -> dict[str, Any]:
    """Translate front matter into Pelican's metadata; `summary` (HTML) is used where the author wrote none."""
    status = "hidden" if meta.status is Status.HIDDEN else "published"
    metadata: dict[str, Any] = {"title": meta.title, "status": status}
    metadata |= {key: getattr(meta, key) for key in ("slug", "modified", "template") if getattr(meta, key)}
    metadata["summary"] = f"<p>{escape(meta.summary, quote=False)}</p>" if meta.summary else summary
    if getattr(meta, "date", None):
        metadata["date"] = meta.date  # type: ignore[attr-defined]  # posts and pages both have it
    metadata |= make_language_url(meta, settings)
    if isinstance(meta, PostMetadata):
        metadata["tags"] = [get_url_wrapper(Tag, tag) for tag in meta.tags]
        if meta.category:
            metadata["category"] = get_url_wrapper(Category, meta.category)
        if authors := [get_url_wrapper(Author, name) for name in meta.authors or meta.author if name]:
            metadata["authors"] = authors
    return metadata


class _UnsupportedFormatReader(MarkdownReader):
    """Reports a file that is not Markdown, and does not read it: other formats are not validated."""

    def read(self, source_path: str) -> tuple[str, dict[str, Any]]:
        hint = suggest_markdown(Path(source_path).name)
        get_log(self.settings).error(source_path, 0, "only Markdown files are supported", hint, kind="front-matter")
        raise AlreadyReported(source_path)


def cache_urls(generators: list[Any]) -> None:
    """Store each post's and page's URL, which Pelican would compute on every access (all_generators_finalized)."""
    for content in list_contents(generators[0].context):
        content.override_url = content.url


def register_readers(readers: Any) -> None:
    """Register FrontMatterReader for Markdown, and an error for all other formats (signal: readers_init)."""
    others = {extension for extension, reader in readers.reader_classes.items() if reader} - {"static"}
    readers.reader_classes |= dict.fromkeys(others, _UnsupportedFormatReader)
    for extension in FrontMatterReader.file_extensions:
        readers.reader_classes |= {extension: FrontMatterReader, extension.upper(): FrontMatterReader}
