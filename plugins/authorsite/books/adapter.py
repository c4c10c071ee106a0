"""Books into Pelican's context, and their pages out of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pelican.generators import Generator

from .. import output
from ..images.adapter import card, picture, pictured
from ..markup import plain
from ..problems import ProblemLog, log_of
from ..reading.link_pass import resolved
from ..reading.markdown import Converter
from ..reading.sources import Source, body_of, read_source
from ..settings import now_of, site_of
from ..validation import did_you_mean, line_of
from . import shops
from .checks import check_apart, check_chapters, check_offers
from .exports import citations, files
from .exports.jsonld import book_jsonld
from .model import Book
from .presenter import Desk
from .views import BookView, OfferView

FOLDER = "books"
REDIRECTS = "redirects"
"""The name, in Pelican's context, of the site's redirects: (from, to, status)."""

SCRIPT = Path(__file__).with_name("buy.js")
LINK_STATUS = "data/link-status.json"
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class BooksGenerator(Generator):
    """Reads content/books/*.md and writes each book's page, its purchase page and its permanent links."""

    def generate_context(self) -> None:
        """Set `books` and `main_book`, and tie chapters and posts together."""
        self.log: ProblemLog = log_of(self.settings)
        self.site = site_of(self.settings)
        self.author = str(self.settings.get("AUTHOR") or self.settings["SITENAME"])
        catalogue = shops.with_own_shops(Path(self.path) / "data" / "shops.yaml", self.log)
        self.desk = Desk(
            site=self.site,
            today=now_of(self.settings).date(),
            shops=catalogue,
            links=_link_status(Path(self.path) / LINK_STATUS, self.log),
        )
        sources = [s for path in sorted((Path(self.path) / FOLDER).glob("*.md")) if (s := self._read(path))]
        check_apart(sources, self.log)
        slugs = [_slug(source) for source in sources]
        self.main = self.site.main_book or "".join(slugs[:1])
        if self.main and self.main not in slugs:
            hint = did_you_mean(self.main, slugs, "name a file of content/books without its .md")
            self.log.error("pelicanconf.py", 0, f"main_book: there is no book `{self.main}`", hint, kind="settings")
        views = [self._view(source) for source in sources]
        views.sort(key=lambda book: (book.published is None, book.published, book.title), reverse=True)
        _share(self.context, views, self.main)
        self.context[REDIRECTS] = (*self.context.get(REDIRECTS, ()), *self._redirects())

    def _redirects(self) -> Iterator[tuple[str, str, int]]:
        root = self.site.root
        for book in self.context["books"]:
            yield from ((alias, f"{root}/{book.url}", 301) for alias in book.record.aliases)
            yield from ((f"{root}/{place}", to, 302) for place, to, _ in self._permanent(book))
            yield f"{root}/{book.go_url}*", f"{root}/{book.buy_url}", 302

    def _permanent(self, book: BookView) -> Iterator[tuple[str, str, OfferView | None]]:
        """Yield each permanent address of a book, where it leads to, and the offer."""
        purchase = f"{self.site.root}/{book.buy_url}"
        yield book.go_url, purchase, None
        for offer in book.shops:
            yield offer.go_url, purchase if offer.dead or book.forthcoming else offer.url, offer

    def generate_output(self, writer: Any) -> None:
        """Write the pages, if there are books at all."""
        books: Sequence[BookView] = self.context["books"]
        if not books:
            return
        code = "\n".join(line.strip() for line in SCRIPT.read_text("utf-8").splitlines() if not line.startswith("//"))
        script = f"theme/buy.{sha256(code.encode()).hexdigest()[:10]}.js"
        output.write(self.context, script, code)
        self._page(writer, "books", "books/", books=books)
        self._page(writer, "buy_all", "buy/", books=books)
        for book in books:
            data = book_jsonld(book, self.site.url, self.author)
            cited = citations.formatted(citations.csl_items(book, self.site.url)[0], self.site.language)
            self._page(writer, "book", book.url, book=book, structured=data, citations=cited)
            self._page(writer, "buy", book.buy_url, book=book, structured=data, script=script)
            for place, to, offer in self._permanent(book):
                self._page(writer, "go", place, book=book, offer=offer, to=to)
            # A shop that the record no longer names may stand in print, and not every host heeds `_redirects`.
            to_purchase = Path(self.output_path, book.go_url, "index.html").read_bytes()
            for shop in sorted(self.desk.shops.keys() - {offer.shop for offer in book.shops}):
                output.write(self.context, f"{book.go_url}{shop}/index.html", to_purchase)
            for place, text in files(book, self.site.url).items():
                output.write(self.context, place, text)
            if book.onix:
                output.write(self.context, book.onix, self._onix(book))

    def _onix(self, book: BookView) -> str:
        host = urlsplit(self.site.url).netloc
        text = self.env.get_template("onix.xml").render(book=book, site=self.site, author=self.author, host=host)
        return _NOT_XML.sub("", text)

    def _page(self, writer: Any, template: str, url: str, **local: Any) -> None:
        writer.write_file(
            f"{url}index.html", self.get_template(template), self.context, url=url, section="books", **local
        )

    def _read(self, path: Path) -> Source[Book] | None:
        source = read_source(path, Book, self.log, ZoneInfo(self.settings["TIMEZONE"] or "UTC"))
        if source:
            check_offers(source, self.desk.shops, self.log)
        return source

    def _view(self, source: Source[Book]) -> BookView:
        book, slug = source.record, _slug(source)
        posts = [post for post in self.context.get("articles", []) if self._is_about(post, slug)]
        check_chapters(posts, book, self.log)
        html = body_of(source, Converter(), self.log, slug)
        cover, src = None, ""
        if book.cover:
            src = book.cover.src.lstrip("/")
            cover = picture(self.context, src, book.cover.alt, (source.path, line_of(("cover", "src"), source.lines)))
        return BookView(
            record=book,
            source_path=source.path,
            slug=slug,
            url=f"books/{slug}/",
            buy_url=f"books/{slug}/buy/",
            go_url=f"go/{slug}/",
            title=book.title,
            subtitle=book.subtitle,
            published=book.published,
            forthcoming=bool(book.published and book.published > self.desk.today),
            told_on=book.told_on(self.desk.today),
            hook=book.hook or book.description or plain(html)[:200],
            html=html,
            editions=self.desk.editions(book, slug),
            posts=tuple(posts),
            sample=self._sample(source),
            cover=cover,
            card=card(self.context, f"book-{slug}", book.title, ", ".join(book.authors), src if cover else "", cover),
        )

    def _is_about(self, post: Any, slug: str) -> bool:
        record = getattr(post, "record", None)
        of_chapter = self.main if getattr(record, "chapter", None) is not None else ""
        return slug == (getattr(record, "book", "") or of_chapter)

    def _sample(self, source: Source[Book]) -> Any:
        wanted = source.record.sample.strip("/")
        pages = [
            *self.context.get("pages", []),
            *self.context.get("articles", []),
            *self.context.get("hidden_pages", []),
        ]
        found = next((page for page in pages if wanted and wanted in (page.slug, page.url.strip("/"))), None)
        if wanted and not found:
            line = line_of(("sample",), source.lines)
            self.log.error(source.path, line, f"there is no page `{wanted}`", "give the slug of a page", kind="book")
        return found


def _slug(source: Source[Book]) -> str:
    return source.record.slug or Path(source.path).stem


def _link_status(path: Path, log: ProblemLog) -> Mapping[str, Mapping[str, Any]]:
    if not path.is_file():
        return {}
    try:
        found = json.loads(path.read_text("utf-8"))
        return {url: status for url, status in found.items() if isinstance(status, dict)}
    except (ValueError, AttributeError):
        log.warning(str(path), 0, "cannot be read", "delete it, and run `invoke check-links`", kind="book")
        return {}


def _share(context: Any, books: Sequence[BookView], main: str) -> None:
    """Put the books into the context, and each at the posts about it."""
    context["books"] = tuple(books)
    context["main_book"] = next((book for book in books if book.slug == main), None)
    for book in books:
        for post in book.posts:
            post.book = book


def finish(generators: list[Any]) -> None:
    """Make the links and pictures in descriptions those of pages (signal: all_generators_finalized)."""
    context = generators[0].context
    main = context.get("main_book")
    books = []
    for book in context.get("books", ()):
        html = pictured(resolved(book.html, book.source_path, context), book.source_path, context)
        books.append(replace(book, html=html))
    _share(context, books, main.slug if main else "")


def get_generators(_pelican: Any) -> type:
    """Offer the books' generator (signal: get_generators)."""
    return BooksGenerator
