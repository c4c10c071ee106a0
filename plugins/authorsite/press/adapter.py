"""Pelican's generator for press kits."""

from functools import partial
from typing import Any
from urllib.parse import quote, unquote

from pelican.generators import Generator

from .. import output
from ..archives import make_zip
from ..books.views import BookView
from ..images.adapter import get_picture, read_published_image
from ..images.picture import Picture
from ..images.registry import ImageRegistry
from ..site_build import get_build, get_site
from .kit import (
    PressKit,
    PressPicture,
    choose_talks,
    list_biographies,
    list_descriptions,
    make_texts,
    name_picture,
)


class PressGenerator(Generator):
    """Writes the press kit of each book, and the page that lists them; runs after ImagesGenerator."""

    def generate_context(self) -> None:
        """Prepare the author's portrait."""
        self.site = get_site(self.settings)
        profile = self.site.author
        used_at = ("pelicanconf.py", 0)
        self.portrait = get_picture(self.settings, profile.portrait, profile.alt, used_at) if profile.portrait else None
        self.context["AUTHOR_PORTRAIT"] = self.portrait

    def generate_output(self, writer: Any) -> None:
        """Write pages and archives; nothing if there are no books."""
        books: tuple[BookView, ...] = self.context["books"]
        if not books:
            return
        write_page = partial(output.write_page, self, writer, section="books")
        write_page("press", "press/", kit=self._make_kit(None, "press/"), press_books=books)
        for book in books:
            kit = self._make_kit(book, f"{book.url}press/")
            write_page("press_kit", kit.url, book=book, kit=kit)
            output.write(self.context, kit.archive, self._make_archive(kit))

    def _make_kit(self, book: BookView | None, url: str) -> PressKit:
        pictures = [("portrait", self.portrait, self.site.author.credit)]
        if book:
            pictures.insert(0, ("cover", book.cover, ""))
        return PressKit(
            url=url,
            book=book,
            biographies=list_biographies(self.site.author),
            descriptions=list_descriptions(book) if book else (),
            pictures=tuple(self._make_picture(name, picture, credit) for name, picture, credit in pictures if picture),
            talks=choose_talks(self.context.get("events", ()), book, self.context["main_book"]),
        )

    def _make_picture(self, name: str, picture: Picture, credit: str) -> PressPicture:
        registry = get_build(self.context).get(ImageRegistry)
        url = quote(registry.output_paths.get(picture.path, picture.path))
        return PressPicture(name, picture, url, credit)

    def _make_archive(self, kit: PressKit) -> bytes:
        assert kit.book
        translate = self.site.translate
        facts = [(translate(name), value) for name, value in kit.book.details]
        facts += [(edition.name, ", ".join(edition.facts)) for edition in kit.book.editions]
        author = ", ".join(kit.book.record.authors) or str(self.context.get("AUTHOR", ""))
        files: dict[str, str | bytes] = dict(make_texts(kit, author, facts, translate))
        for each in kit.pictures:
            data = read_published_image(self.context, unquote(each.url))
            if data:
                files[name_picture(each.picture, each.name)] = data
        if self.site.contact:
            files["contact.txt"] = f"{self.site.contact}\n{self.site.url}/\n"
        return make_zip({f"{kit.book.slug}-press-kit/{name}": data for name, data in sorted(files.items())})
