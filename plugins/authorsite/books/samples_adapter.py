"""Samples of books in Pelican: finds the pages, or reads the Markdown file, that a record names."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from ..images.adapter import process_body_images
from ..markup import text_content
from ..reading.front_matter import decode
from ..reading.link_pass import resolve_html
from ..reading.markdown import MarkdownRenderer
from ..reading.sources import ParsedSource, render_body
from ..site_build import OTHER_LANGUAGES_KEY, get_log, get_site
from ..slug_adapter import make_slug
from ..validation import find_line_for_loc
from .model import Book
from .samples import Sample, SamplePart, split_chapters

FOLDER = "samples"
"""The folder below content/ of samples that are no pages."""

SAMPLE_FILE = re.compile(rf"{FOLDER}/[^/]+\.md")


def find_sample(source: ParsedSource[Book], slug: str, context: Mapping[str, Any]) -> Sample | None:
    """Return the sample that a book's record names: pages or posts, or one Markdown file; None after a problem."""
    names, file = source.record.sample, ""
    if len(names) == 1 and names[0].endswith(".md"):
        file = names[0]
        parts = _read_chapters(source, file, slug, context)
    else:
        parts = _find_pages(source, context)
    if not parts:
        return None
    url = parts[0].url if len(parts) == 1 and not file else f"books/{slug}/sample/"
    return Sample(
        url=url,
        epub=f"books/{slug}/sample.epub",
        parts=tuple(parts),
        source_path=str(Path(context["PATH"], file)) if file else "",
    )


def resolve_sample(sample: Sample | None, context: Any) -> Sample | None:
    """Return a sample with the links and images of its Markdown file resolved; pages have theirs done elsewhere."""
    if sample is None or not sample.source_path:
        return sample
    path = sample.source_path
    return replace(
        sample,
        parts=tuple(
            replace(part, html=process_body_images(resolve_html(part.html, path, context), path, context))
            for part in sample.parts
        ),
    )


def check_samples(samples: Iterable[Sample | None], context: Mapping[str, Any]) -> None:
    """Report Markdown files in content/samples that no book names."""
    used = {sample.source_path for sample in samples if sample}
    for path in sorted(Path(context["PATH"], FOLDER).glob("*.md")):
        if str(path) not in used:
            hint = f"add `sample: {FOLDER}/{path.name}` to a book's record, or remove the file"
            get_log(context).warning(str(path), 0, "no book has this sample", hint, kind="book")


def _find_pages(source: ParsedSource[Book], context: Mapping[str, Any]) -> list[SamplePart]:
    log, parts = get_log(context), list[SamplePart]()
    keys = ("pages", "articles", "hidden_pages", OTHER_LANGUAGES_KEY)
    pages = [page for key in keys for page in context.get(key, ())]
    for index, sample in enumerate(source.record.sample):
        name = sample.strip("/")
        page = next((page for page in pages if name in (page.slug, page.url.strip("/"))), None)
        if page:
            parts.append(SamplePart(page.title, page.url, page=page))
        elif not log.is_consequence(name, source.path):
            line = find_line_for_loc(("sample", index), source.lines)
            hint = "use the slug of a page or post, or a Markdown file such as samples/one.md"
            log.error(source.path, line, f"sample: there is no page `{name}`", hint, kind="book")
    return parts


def _read_chapters(source: ParsedSource[Book], name: str, slug: str, context: Mapping[str, Any]) -> list[SamplePart]:
    site, log = get_site(context), get_log(context)
    path = Path(context["PATH"], name)
    if not SAMPLE_FILE.fullmatch(name) or not path.is_file():
        line = find_line_for_loc(("sample", 0), source.lines)
        hint = f"create content/{FOLDER}/one.md, and write: sample: {FOLDER}/one.md"
        log.error(source.path, line, f"sample: there is no file content/{name}", hint, kind="book")
        return []
    text = decode(path.read_bytes(), partial(log.error, str(path), kind="book"))
    renderer = MarkdownRenderer(site.translate)
    parts = list[SamplePart]()
    slugs = set[str]()
    for heading, start, body in split_chapters(text or ""):
        title = text_content(renderer.render(heading).html) if heading else ""
        name = make_slug(title, context)
        if not name or name in slugs:
            message = f"two chapters have the title `{title}`" if title else "the text has no chapter title above it"
            log.error(str(path), start, message, "begin each chapter with a line of its own: # Title", kind="book")
            continue
        slugs.add(name)
        chapter = ParsedSource(str(path), source.record, {}, body, start + 1 if heading else start)
        html = render_body(chapter, renderer, log, f"{slug}-{name}")
        parts.append(SamplePart(title, f"books/{slug}/sample/{name}/", html))
    return parts
