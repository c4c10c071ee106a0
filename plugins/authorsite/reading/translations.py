"""Which posts, and which pages, are one text in several languages: by their slug, or by `translation_of`."""

import posixpath
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..site_build import content_relative_path, get_build, get_log
from ..validation import did_you_mean, find_line
from .drafts import is_hidden
from .parsed import get_parsed

Report = Callable[[Any, str, str], None]
"""Reports a problem of a content: message and hint."""


def find_works(contents: Sequence[Any], context: Mapping[str, Any]) -> dict[int, Hashable]:
    """Return for each content, by its id(), a value that it shares with its translations; report what is wrong."""
    site, log = get_build(context).site, get_log(context)
    paths = {id(content): content_relative_path(content.source_path, context) for content in contents}

    def get_language(content: Any) -> str:
        language: str = get_parsed(content).record.lang
        return site.choose_language(language) if site.languages else language

    def report(content: Any, message: str, hint: str) -> None:
        line = find_line(content.source_path, "translation_of:")
        log.error(content.source_path, line, message, hint, kind="front-matter")

    def is_left_out(name: str, content: Any) -> bool:
        build = get_build(context)  # the original may be a draft, or have errors
        drafts = build.unpublished_slugs | {Path(path).stem for path in build.unpublished}
        is_draft = name in drafts or Path(name).stem in drafts
        return is_draft or log.is_consequence(name, content.source_path)

    works = join_translations(contents, paths, is_left_out, report)
    check_languages(contents, works, get_language, report)
    return works


def join_translations(
    contents: Sequence[Any], paths: Mapping[int, str], is_left_out: Callable[[str, Any], bool], report: Report
) -> dict[int, Hashable]:
    """Return for each content, by its id(), the (kind, slug) of the original; of itself if it is one.

    `paths` are the files' paths by id(). A missing original is reported, unless `is_left_out`.
    """
    own = {id(content): (type(content).__name__, content.slug) for content in contents}
    by_path = {paths[key]: own[key] for key in own}
    originals: dict[Hashable, Hashable] = {}

    def find_root(work: Hashable) -> Hashable:
        while work in originals:
            work = originals[work]
        return work

    known = set(own.values())
    for content in sorted(contents, key=lambda content: paths[id(content)]):
        name = get_parsed(content).record.translation_of.strip("/")
        if not name:
            continue
        kind, _ = own[id(content)]
        beside = posixpath.normpath(posixpath.join(posixpath.dirname(paths[id(content)]), name))
        files = (by_path.get(path + suffix) for path in (beside, name) for suffix in ("", ".md"))
        found = (kind, name) if (kind, name) in known else next(filter(None, files), (kind, name))
        if found not in known or found[0] != kind:
            noun = "post" if kind == "Article" else "page"
            slugs = {slug for other, slug in known if other == kind}
            hint = did_you_mean(name, slugs, "give the slug of the original, or its file, such as posts/a-post.md")
            if not is_left_out(name, content):
                report(content, f"there is no {noun} `{name}` to be a translation of", hint)
        elif (root := find_root(found)) != (work := find_root(own[id(content)])):
            originals[work] = root
    return {key: find_root(work) for key, work in own.items()}


def check_languages(
    contents: Iterable[Any], works: Mapping[int, Hashable], get_language: Callable[[Any], str], report: Report
) -> None:
    """Report translations in a language that the original, or another translation, is in already."""
    taken: dict[tuple[Hashable, str], Any] = {}
    # Originals first: a mistake is that of the translation.
    for content in sorted(contents, key=lambda c: (bool(get_parsed(c).record.translation_of), str(c.source_path))):
        other = taken.setdefault((works[id(content)], get_language(content)), content)
        if other is not content and get_parsed(content).record.translation_of:
            name = Path(other.source_path).name
            if get_parsed(other).record.translation_of:
                message, hint = f"it is in the same language as another translation, {name}", "remove one of the two"
            else:
                message, hint = f"it is in the same language as the original, {name}", "add a line such as lang: de"
            report(content, message, hint)


def find_translations(contents: Sequence[Any], works: Mapping[int, Hashable]) -> dict[int, tuple[Any, ...]]:
    """Return for each content, by its id(), its translations: those of the same work in another language.

    Hidden ones are left out.
    """
    by_work: dict[Hashable, list[Any]] = defaultdict(list)
    for content in sorted(contents, key=lambda c: str(c.source_path)):
        by_work[works[id(content)]].append(content)
    return {
        id(content): tuple(
            other
            for other in group
            if get_parsed(other).record.lang != get_parsed(content).record.lang
            and not is_hidden(get_parsed(other).record)
        )
        for group in by_work.values()
        for content in group
    }
