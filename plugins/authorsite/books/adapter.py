"""Pelican's generator for books: reads the records, and writes their pages, short links and export files."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pelican.generators import Generator

from .. import output
from ..cached_files import CachedTexts
from ..commands import format_command
from ..i18n import Translator
from ..images.adapter import find_image, get_picture, make_social_card, process_body_images
from ..language_versions import list_posts
from ..markup import text_content
from ..problems import ProblemLog
from ..reading.audio_files import get_audio
from ..reading.link_pass import resolve_html
from ..reading.markdown import MarkdownRenderer, smarten_punctuation
from ..reading.parsed import get_post_record
from ..reading.person_names import parse_name
from ..reading.sources import ParsedSource, read_source, render_body
from ..site_build import get_build, get_build_time, get_log, get_site
from ..slug_adapter import make_slug
from ..validation import did_you_mean, find_line_for_loc
from .buy_script import build_script
from .exports import build_export_files, citations
from .exports.jsonld import build_book_jsonld, build_series_jsonld
from .go_links import list_go_links, list_go_redirects, make_go_url
from .model import Book
from .presenter import BookPresenter
from .record_checks import check_chapters, check_post_books, check_series, check_trade_faults, check_unique_isbns
from .samples_adapter import check_samples, find_sample, resolve_sample
from .series import SeriesView, group_series
from .shops import check_offers, load_shops
from .views import BookView

FOLDER = "books"

LINK_STATUS = "data/link-status.json"
_INVALID_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class BooksGenerator(Generator):
    """Reads content/books/*.md and writes each book's page, purchase page, short links and export files."""

    def generate_context(self) -> None:
        """Read the records, set `books` and `main_book` in the context, and link books with the posts about them."""
        self.log: ProblemLog = get_log(self.settings)
        self.site = get_site(self.settings)
        self.author = str(self.settings.get("AUTHOR") or self.settings["SITENAME"])
        self.presenter = BookPresenter(
            site=self.site,
            today=get_build_time(self.settings).date(),
            shops=load_shops(Path(self.path) / "data" / "shops.yaml", self.log),
            link_status=_load_link_status(Path(self.path) / LINK_STATUS, self.log),
        )
        sources = [s for path in sorted((Path(self.path) / FOLDER).glob("*.md")) if (s := self._read(path))]
        check_unique_isbns(sources, self.log)
        slugs = [_get_slug(source) for source in sources]
        self.main_slug = self.site.main_book or "".join(slugs[:1])
        is_missing = self.main_slug and self.main_slug not in slugs
        if is_missing and not self.log.is_consequence(self.main_slug, "pelicanconf.py"):
            hint = did_you_mean(self.main_slug, slugs, "use the name of a file in content/books, without .md")
            message = f"main_book: there is no book `{self.main_slug}`"
            self.log.error("pelicanconf.py", 0, message, hint, kind="settings")
        elif not is_missing:
            check_post_books(list_posts(self.context), slugs, self.main_slug, self.log)
        views = [self._build_view(source) for source in sources]
        check_samples([view.sample for view in views], self.context)
        views.sort(key=lambda book: (book.published is None, book.published, book.title), reverse=True)
        _add_to_context(self.context, views, self.main_slug)
        self.script = build_script(views, self.presenter.today)
        self.context["BUY_SCRIPT"] = output.fingerprint("theme/buy.js", self.script.encode())
        for book in views:
            get_build(self.context).redirects.extend(list_go_redirects(book, self.site.root))

    def generate_output(self, writer: Any) -> None:
        """Write the pages and files of all books; nothing if there are no books."""
        books: Sequence[BookView] = self.context["books"]
        if not books:
            return
        texts = CachedTexts(Path(self.settings["CACHE_PATH"]) / "books.json")
        output.write(self.context, self.context["BUY_SCRIPT"], self.script)
        write_page = partial(output.write_page, self, writer, section="books")
        write_page("books", "books/", books=books)
        write_page("buy_all", "buy/", books=books)
        series: Mapping[str, SeriesView] = self.context["BOOK_SERIES"]
        for group in series.values():
            write_page("series", group.url, series=group, structured=build_series_jsonld(group, self.site.url))
        for book in books:
            data = build_book_jsonld(book, self.site.url, self.author)
            first = citations.build_csl_items(book, self.site.url)[0]
            cited = citations.format_citations(first, self.site.language, texts)
            variables = {"structured": data, "citations": cited, "series": series.get(book.series_url)}
            write_page("book", book.url, book=book, **variables)
            write_page("buy", book.buy_url, book=book, structured=data)
            for link in list_go_links(book, self.site.root):
                write_page("go", link.url, book=book, offer=link.offer, to=link.target)
            # Links to shops that the record no longer names may be in print, and not every host obeys `_redirects`.
            page = Path(self.output_path, book.go_url, "index.html").read_bytes()
            for shop in sorted({*self.presenter.shops} - {offer.shop for offer in book.shop_offers}):
                output.write(self.context, f"{make_go_url(book.slug, shop)}index.html", page)
            for path, text in build_export_files(book, self.site.url, texts).items():
                output.write(self.context, path, text)
            _write_sample(book, write_page)
            if book.onix:
                output.write(self.context, book.onix, self._render_onix(book))
        texts.save()

    def _render_onix(self, book: BookView) -> str:
        host = urlsplit(self.site.id_url).netloc
        variables = {"author": self.author, "host": host, "today": self.presenter.today, "parse_name": parse_name}
        text = self.env.get_template("onix.xml").render(book=book, site=self.site, **variables)
        return _INVALID_IN_XML.sub("", text)

    def _slugify(self, name: str) -> str:
        return make_slug(name, self.settings)

    def _read(self, path: Path) -> ParsedSource[Book] | None:
        source = read_source(path, Book, self.log, ZoneInfo(self.settings["TIMEZONE"] or "UTC"))
        if source:
            check_offers(source, self.presenter.shops, self.log)
            check_series(source, self._slugify, self.log)
            check_trade_faults(source, self.log)
        return source

    def _build_view(self, source: ParsedSource[Book]) -> BookView:
        book, slug = source.record, _get_slug(source)
        posts = [post for post in self.context.get("articles", []) if self._is_about(post, slug)]
        check_chapters(posts, book, self.log)
        html = render_body(source, MarkdownRenderer(self.site.translate), self.log, slug)
        cover = None
        if book.cover:
            src = find_image(book.cover.src, source.path, self.context) or book.cover.src
            line = find_line_for_loc(("cover", "src"), source.lines)
            cover = get_picture(self.context, src, book.cover.alt, (source.path, line))
        return BookView(
            record=book,
            source_path=source.path,
            slug=slug,
            url=f"books/{slug}/",
            buy_url=f"books/{slug}/buy/",
            go_url=make_go_url(slug),
            title=smarten_punctuation(book.title, book.language),
            subtitle=smarten_punctuation(book.subtitle, book.language),
            published=book.published,
            forthcoming=bool(book.published and book.published > self.presenter.today),
            last_updated=book.get_last_updated(self.presenter.today),
            tagline=book.hook or book.description or text_content(html)[:200],
            html=html,
            editions=self.presenter.present_editions(book, slug),
            posts=tuple(posts),
            sample=find_sample(source, slug, self.context),
            cover=cover,
            series_label=_label_series(book, self.site.translate),
            card=make_social_card(
                self.context, f"book-{slug}", book.title, ", ".join(book.authors), cover, source.path
            ),
        )

    def _is_about(self, post: Any, slug: str) -> bool:
        record = get_post_record(post)
        # A post that names a chapter but no book is about the main book.
        return slug == (record.book or (self.main_slug if record.chapter is not None else ""))


def _label_series(book: Book, translate: Translator) -> str:
    """Return "Book 2 of …"; "" for a book in no series."""
    if not book.series:
        return ""
    if book.series.number is None:
        return translate("A book of %(series)s", series=book.series.name)
    return translate("Book %(number)s of %(series)s", number=book.series.number, series=book.series.name)


def _write_sample(book: BookView, write_page: Callable[..., None]) -> None:
    """Write the contents page of a sample that has several parts or is a Markdown file, and the file's chapters."""
    if not book.sample or book.sample.url == book.sample.parts[0].url:
        return
    write_page("sample", book.sample.url, book=book)
    for part in book.sample.parts:
        if part.page is None:
            write_page("sample_chapter", part.url, book=book, part=part)


def _get_slug(source: ParsedSource[Book]) -> str:
    return source.record.slug or Path(source.path).stem


def _load_link_status(path: Path, log: ProblemLog) -> Mapping[str, Mapping[str, Any]]:
    if not path.is_file():
        return {}
    try:
        statuses = json.loads(path.read_text("utf-8"))
        for status in statuses.values():
            datetime.fromisoformat(status.get("worked", "2019-01-01"))
        return dict(statuses)
    except (ValueError, TypeError, AttributeError):
        hint = f"delete it and run `{format_command('check-links')}`"
        log.warning(str(path), 0, "not results of a link check", hint, kind="book")
        return {}


def _add_to_context(context: Any, books: Sequence[BookView], main_slug: str) -> None:
    """Set in the context: `books`, `main_book`; `BOOK_SERIES` by URL; `SAMPLE_BOOKS`, by the URL of a sample's page."""
    groups = group_series(books, partial(make_slug, settings=context))
    urls = {book.slug: group.url for group in groups.values() for book in group.books}
    books = tuple(replace(book, series_url=urls.get(book.slug, "")) for book in books)
    context["books"] = books
    context["BOOK_SERIES"] = {group.url: group for group in groups.values()}
    samples = [(book, part) for book in books if book.sample for part in book.sample.parts if part.page is not None]
    context["SAMPLE_BOOKS"] = {part.url: book for book, part in samples}
    context["main_book"] = next((book for book in books if book.slug == main_slug), None)


def finalize_html(generators: list[Any]) -> None:
    """Resolve links, images and audio of the books (all_generators_finalized, after prepare_links)."""
    context = generators[0].context
    main = context.get("main_book")
    books = []
    for book in context.get("books", ()):
        html = process_body_images(resolve_html(book.html, book.source_path, context), book.source_path, context)
        audio = get_audio(book.record.audio, book.source_path, context)
        books.append(replace(book, html=html, sample=resolve_sample(book.sample, context), audio=audio))
    _add_to_context(context, books, main.slug if main else "")
