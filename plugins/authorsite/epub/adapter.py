"""Pelican's generator for the samples of books as EPUB."""

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from pelican.generators import Generator

from .. import output
from ..books.views import BookView
from ..feeds.sanitizing import sanitize_for_feed
from ..images.adapter import read_published_image
from ..site_build import get_site
from .writer import IMAGE_TYPES, Chapter, Epub, build_epub

_IMAGE = re.compile(r'<img\b[^>]*?\bsrc="([^"]+)"')
_NO_DATE = date(2000, 1, 1)
"""The date of the last change of a book that has no date: that of the build would change the file every day."""


class EpubGenerator(Generator):
    """Writes the sample of each book as EPUB; runs after ImagesGenerator."""

    def generate_output(self, _writer: Any) -> None:
        """Write the files, with the pictures that the site publishes."""
        for book in self.context.get("books", ()):
            if book.sample:
                output.write(self.context, book.sample.epub, build_epub(_make_epub(book, self.context)))


def _make_epub(book: BookView, context: Mapping[str, Any]) -> Epub:
    assert book.sample
    site = get_site(context)
    chapters = [
        Chapter(part.title, sanitize_for_feed(part.body, f"{site.url}/{part.url}")[0]) for part in book.sample.parts
    ]
    cover = book.cover
    cover_url = f"{site.url}{cover.src.removeprefix(site.root)}" if cover else ""
    urls = [cover_url, *(url for chapter in chapters for url in _IMAGE.findall(chapter.html))]
    images = dict(_read_images(urls, site.url, context))
    return Epub(
        identifier=f"{site.url}/{book.sample.epub}",
        title=site.translate("A sample of %(title)s", title=book.title),
        language=book.record.language,
        authors=book.record.authors,
        chapters=chapters,
        modified=book.last_updated or _NO_DATE,
        contents=site.translate("Contents"),
        accessibility=site.translate("A text in reading order with a table of contents; images have descriptions."),
        images=images,
        cover=(images[cover_url][0], cover.alt) if cover and cover_url in images else ("", ""),
    )


def _read_images(
    urls: Iterable[str], site_url: str, context: Mapping[str, Any]
) -> Iterator[tuple[str, tuple[str, bytes]]]:
    """Yield each of the URLs that is an image of the site, with its file name in the EPUB and its content."""
    for url in dict.fromkeys(urls):
        save_as = output.output_file_for(url.removeprefix(site_url)) if url.startswith(f"{site_url}/") else ""
        suffix = posixpath.splitext(save_as)[1].lower()
        if suffix in IMAGE_TYPES and (data := read_published_image(context, save_as)):
            yield url, (output.fingerprint(f"images/image{suffix}", data), data)
