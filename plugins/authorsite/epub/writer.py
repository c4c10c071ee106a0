"""EPUB 3.3 files (https://www.w3.org/TR/epub-33/), the same bytes for the same content."""

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from html import escape

from ..archives import make_zip
from ..i18n import is_right_to_left
from .xhtml import make_xhtml

IMAGE_TYPES = {
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
}
"""The core media types for images (section 3.2), by suffix."""

_CSS = """body { line-height: 1.5; }
img { max-width: 100%; height: auto; }
figure { margin: 1em 0; }
.cover { margin: 0; text-align: center; }
"""
_CONTAINER = """<?xml version="1.0" encoding="utf-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="book/package.opf" media-type="application/oebps-package+xml"/></rootfiles>
</container>
"""


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter: its title, and its text as sanitized HTML with absolute URLs."""

    title: str
    html: str


@dataclass(frozen=True, slots=True)
class Epub:
    """A book to write as EPUB.

    `identifier` is a URI, `modified` the date of the last change, `contents` the heading of the table of contents.
    `images` maps the URLs of images in the chapters to a file name and content; others become links to the image.
    `cover` is the name of the image among `images` that is the cover, with its alternative text.
    """

    identifier: str
    title: str
    language: str
    authors: tuple[str, ...]
    chapters: Sequence[Chapter]
    modified: date
    contents: str
    accessibility: str
    images: Mapping[str, tuple[str, bytes]] = field(default_factory=dict)
    cover: tuple[str, str] = ("", "")


def build_epub(book: Epub) -> bytes:
    """Return the bytes of the EPUB file."""
    pages = dict(_make_pages(book))
    files = {
        "META-INF/container.xml": _CONTAINER,
        "book/package.opf": _make_package(book, pages),
        "book/nav.xhtml": _make_nav(book),
        "book/style.css": _CSS,
        **{f"book/{name}": text for name, text in pages.items()},
    }
    images = {f"book/{name}": data for name, data in book.images.values()}
    # The first file says what the archive is, uncompressed (section 4.2.3).
    return make_zip({**files, **images}, stored={"mimetype": "application/epub+zip"})


def _make_pages(book: Epub) -> Iterator[tuple[str, str]]:
    name, alt = book.cover
    if name:
        body = f'<section class="cover" epub:type="cover"><img src="{escape(name)}" alt="{escape(alt)}"/></section>'
        yield "cover.xhtml", _make_page(book, book.title, body)
    for number, chapter in enumerate(book.chapters, 1):
        body = f"<h1>{escape(chapter.title)}</h1>\n{make_xhtml(chapter.html, book.images)}"
        yield f"chapter-{number}.xhtml", _make_page(book, chapter.title, f"<section>\n{body}\n</section>")


def _make_page(book: Epub, title: str, body: str) -> str:
    language = escape(book.language)
    direction = ' dir="rtl"' if is_right_to_left(book.language) else ""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n<html xmlns="http://www.w3.org/1999/xhtml"'
        f' xmlns:epub="http://www.idpf.org/2007/ops" lang="{language}" xml:lang="{language}"{direction}>\n'
        f'<head><title>{escape(title)}</title><link rel="stylesheet" href="style.css"/></head>\n'
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def _make_nav(book: Epub) -> str:
    items = "\n".join(
        f'<li><a href="chapter-{number}.xhtml">{escape(chapter.title)}</a></li>'
        for number, chapter in enumerate(book.chapters, 1)
    )
    body = f'<nav epub:type="toc">\n<h1>{escape(book.contents)}</h1>\n<ol>\n{items}\n</ol>\n</nav>'
    return _make_page(book, book.contents, body)


def _make_package(book: Epub, pages: Mapping[str, str]) -> str:
    """Return the package document (section 5), with the metadata of EPUB Accessibility 1.1, section 2."""
    metadata = [
        f'<dc:identifier id="id">{escape(book.identifier)}</dc:identifier>',
        f"<dc:title>{escape(book.title)}</dc:title>",
        f"<dc:language>{escape(book.language)}</dc:language>",
        *(f"<dc:creator>{escape(author)}</dc:creator>" for author in book.authors),
        f'<meta property="dcterms:modified">{book.modified:%Y-%m-%d}T00:00:00Z</meta>',
    ]
    modes = ["textual", "visual"] if book.images else ["textual"]
    features = ["structuralNavigation", "tableOfContents", "readingOrder", "displayTransformability"]
    facts = [
        *(("accessMode", mode) for mode in modes),
        ("accessModeSufficient", "textual"),
        *(("accessibilityFeature", name) for name in [*features, *(["alternativeText"] if book.images else [])]),
        ("accessibilityHazard", "none"),
        ("accessibilitySummary", book.accessibility),
    ]
    metadata += [f'<meta property="schema:{name}">{escape(value)}</meta>' for name, value in facts]
    items = [
        '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>',
        '<item id="css" href="style.css" media-type="text/css"/>',
        *(f'<item id="{name[:-6]}" href="{name}" media-type="application/xhtml+xml"/>' for name in pages),
    ]
    for number, (name, _) in enumerate(dict(book.images.values()).items(), 1):
        kind = IMAGE_TYPES[posixpath.splitext(name)[1].lower()]
        is_cover = ' properties="cover-image"' if name == book.cover[0] else ""
        items.append(f'<item id="image-{number}" href="{escape(name)}" media-type="{kind}"{is_cover}/>')
    spine = [name[:-6] for name in pages]
    spine.insert(1 if "cover" in spine else 0, "nav")
    return "\n".join(
        [
            '<?xml version="1.0" encoding="utf-8"?>',
            '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id">',
            '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">',
            *metadata,
            "</metadata>",
            "<manifest>",
            *items,
            "</manifest>",
            '<spine page-progression-direction="rtl">' if is_right_to_left(book.language) else "<spine>",
            *(f'<itemref idref="{name}"/>' for name in spine),
            "</spine>",
            "</package>\n",
        ]
    )
