"""Books into Pelican's context, and their pages out of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pelican.generators import Generator

from .. import output
from ..images.adapter import PICTURES, card, picture, pictured
from ..markup import plain
from ..problems import ProblemLog, log_of
from ..reading.adapter import resolved
from ..reading.documents import Source, body_of, parse_file, read_source
from ..reading.markdown import Converter
from ..settings import now_of, site_of
from ..validation import did_you_mean, line_of
from . import shops
from .exports import citations, files
from .exports.jsonld import book_jsonld
from .exports.onix import Sender
from .model import Book
from .views import BookView, ChapterView, CoverView, Desk, OfferView, best_offer, with_facts

FOLDER = "books"
REDIRECTS = "redirects"
"""The name, in Pelican's context, of the site's redirects: (from, to, status)."""

SCRIPT = Path(__file__).with_name("buy.js")
LINK_STATUS = "data/link-status.json"


class BooksGenerator(Generator):
    """Reads content/books/*.md and writes each book's page, its purchase page and its permanent links."""

    def generate_context(self) -> None:
        """Set `books` and `main_book`, and tie chapters and posts together."""
        self.log: ProblemLog = log_of(self.settings)
        self.site = site_of(self.settings)
        self.author = str(self.settings.get("AUTHOR") or self.settings["SITENAME"])
        catalogue = shops.with_own_shops(Path(self.path) / "data" / "shops.yaml", self.log)
        self.desk = Desk(
            locale=self.site.language.replace("-", "_"),
            site_url=self.site.url,
            today=now_of(self.settings).date(),
            shops=catalogue,
            contact=self.site.contact,
            links=_link_status(Path(self.path) / LINK_STATUS, self.log),
        )
        sources = [s for path in sorted((Path(self.path) / FOLDER).glob("*.md")) if (s := self._read(path))]
        self._keep_apart(sources)
        views = [self._view(source, sources) for source in sources]
        self.context["books"] = tuple(
            sorted(views, key=lambda b: (b.published is None, b.published, b.title), reverse=True)
        )
        self.context["main_book"] = self._main_book(views)
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
        for offer in _by_shop(book):
            yield offer.go_url, purchase if offer.dead or book.forthcoming else offer.url, offer

    def generate_output(self, writer: Any) -> None:
        """Write the pages, if there are books at all."""
        books: Sequence[BookView] = self.context["books"]
        if not books:
            return
        code = "\n".join(line.strip() for line in SCRIPT.read_text("utf-8").splitlines() if not line.startswith("//"))
        script = f"theme/buy.{sha256(code.encode()).hexdigest()[:10]}.js"
        output.write(self.context, script, code)
        sender = Sender(self.author, self.site.url, self.site.contact)
        self._page(writer, "books", "books/", books=books)
        self._page(writer, "buy_all", "buy/", books=books)
        for book in books:
            self._page(writer, "book", book.url, book=book)
            self._page(writer, "buy", book.buy_url, book=book, script=script)
            for place, to, offer in self._permanent(book):
                self._page(writer, "go", place, book=book, offer=offer, to=to)
            # A shop that the record no longer names may stand in print, and not every host heeds `_redirects`.
            to_purchase = Path(self.output_path, book.go_url, "index.html").read_bytes()
            for shop in sorted(self.desk.shops.keys() - {offer.shop for offer in _by_shop(book)}):
                output.write(self.context, f"{book.go_url}{shop}/index.html", to_purchase)
            for place, text in files(book, sender).items():
                output.write(self.context, place, text)

    def _page(self, writer: Any, template: str, url: str, **local: Any) -> None:
        writer.write_file(
            f"{url}index.html", self.get_template(template), self.context, url=url, section="books", **local
        )

    def _read(self, path: Path) -> Source[Book] | None:
        source = read_source(path, Book, self.log, ZoneInfo(self.settings["TIMEZONE"] or "UTC"))
        if source:
            self._check_offers(source)
        return source

    def _keep_apart(self, sources: Sequence[Source[Book]]) -> None:
        first: dict[str, Source[Book]] = {}
        for source in sources:
            for number, edition in enumerate(source.record.editions):
                other = first.setdefault(edition.isbn, source) if edition.isbn else source
                if other is not source:
                    line = line_of(("editions", number, "isbn"), source.lines)
                    what = f"{self.log.shown(other.path)} has this ISBN too"
                    self.log.error(source.path, line, what, "each edition has its own", kind="book")

    def _check_offers(self, source: Source[Book]) -> None:
        def error(place: tuple[str | int, ...], message: str, hint: str) -> None:
            self.log.error(source.path, line_of(place, source.lines), message, hint, kind="book")

        for number, offer in enumerate(source.record.offers):
            if offer.shop not in self.desk.shops:
                error(("offers", number, "shop"), *shops.unknown_shop(offer.shop, self.desk.shops))
            elif offer.shop == "author" and not offer.url:
                error(("offers", number, "shop"), "an offer from the author needs an address", "add url: https://…")
            if offer.country and not shops.is_country(offer.country):
                hint = "use two letters of ISO 3166: US, GB, DE"
                error(("offers", number, "country"), f"`{offer.country}` is not a country", hint)

    def _view(self, source: Source[Book], sources: Sequence[Source[Book]]) -> BookView:
        book, slug = source.record, _slug(source)
        editions = self.desk.editions(book, slug)
        places = {
            country: name
            for e in editions
            for o in e.offers
            for country, name in zip(o.countries, o.country_names, strict=True)
        }
        cover = self._cover(source)
        best, best_edition = best_offer(editions)
        posts = [post for post in self.context.get("articles", []) if self._is_about(post, slug, sources)]
        self._check_chapters(posts, source)
        html = body_of(source, Converter(), self.log, slug)
        view = BookView(
            record=book,
            slug=slug,
            url=f"books/{slug}/",
            buy_url=f"books/{slug}/buy/",
            go_url=f"go/{slug}/",
            title=book.title,
            subtitle=book.subtitle,
            authors=book.authors,
            hook=book.hook or book.description or plain(html)[:200],
            html=html,
            cover=cover,
            editions=editions,
            chapters=tuple(
                ChapterView(c.number, c.title, c.blurb, tuple(p for p in posts if p.record.chapter == c.number))
                for c in book.chapters
            ),
            posts=tuple(posts),
            forthcoming=bool(book.published and book.published > self.desk.today),
            published=book.published,
            sample=self._sample(source),
            best=best,
            best_edition=best_edition,
            source_path=source.path,
            details=self._details(book),
            told_on=book.told_on(self.desk.today),
            countries=tuple(sorted(places.items(), key=lambda place: place[1])),
            card=card(
                self.context,
                f"book-{slug}",
                book.title,
                ", ".join(book.authors),
                cover.src if cover else "",
                cover.picture if cover else None,
            ),
            feed_html=with_facts(html, editions, self.desk.locale),
        )
        view = replace(
            view,
            structured=book_jsonld(view, self.site.url, self.author),
            go_urls=tuple((offer.go_url, offer.name) for offer in _by_shop(view)),
            citations=citations.formatted(citations.csl_item(view, self.site.url), self.site.language),
        )
        for post in posts:
            post.book = view
        return view

    def _details(self, book: Book) -> tuple[tuple[str, str], ...]:
        by_role: dict[str, list[str]] = {}
        for contributor in book.contributors:
            by_role.setdefault(contributor.role, []).append(contributor.name)
        series = (
            f"{book.series.name}{f', number {book.series.number}' if book.series.number else ''}" if book.series else ""
        )
        rows = [(role.capitalize(), ", ".join(names)) for role, names in by_role.items()]
        rows += [("Series", series), ("Subjects", ", ".join(book.subjects))]
        return tuple((name, value) for name, value in rows if value)

    def _is_about(self, post: Any, slug: str, sources: Sequence[Source[Book]]) -> bool:
        record = getattr(post, "record", None)
        named = getattr(record, "book", "")
        if named:
            return bool(named == slug)
        chapter = getattr(record, "chapter", None)
        return chapter is not None and slug == (self.site.main_book or _slug(sources[0]))

    def _check_chapters(self, posts: Sequence[Any], source: Source[Book]) -> None:
        known = {chapter.number for chapter in source.record.chapters}
        for post in posts:
            chapter = post.record.chapter
            if chapter is not None and chapter not in known:
                numbers = ", ".join(map(str, sorted(known))) or "none"
                self.log.error(
                    post.source_path,
                    _line_of_key(post.source_path, "chapter"),
                    f"{source.record.title} has no chapter {chapter}",
                    f"it has: {numbers}",
                    kind="book",
                )

    def _main_book(self, views: Sequence[BookView]) -> BookView | None:
        named = self.site.main_book
        found = next((view for view in views if view.slug == named), None)
        if named and not found:
            hint = did_you_mean(named, [view.slug for view in views], "name a file of content/books without its .md")
            self.log.error("pelicanconf.py", 0, f"main_book: there is no book `{named}`", hint, kind="settings")
        return found or (views[0] if views and not named else None)

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

    def _cover(self, source: Source[Book]) -> CoverView | None:
        cover = source.record.cover
        if cover is None:
            return None
        line, src = line_of(("cover", "src"), source.lines), cover.src.lstrip("/")
        made = picture(self.context, src, cover.alt, (source.path, line))
        file = self.context[PICTURES].find(src) if made else None
        return CoverView(src, cover.alt, file.width, file.height, made) if file else None


def _by_shop(book: BookView) -> Sequence[OfferView]:
    """Return one offer for each shop: the first edition's, or the first that works."""
    every = [offer for edition in book.editions for offer in (*edition.offers, *edition.borrow)]
    found: dict[str, OfferView] = {}
    for offer in every:
        if offer.shop not in found or (found[offer.shop].dead and not offer.dead):
            found[offer.shop] = offer
    return tuple(found.values())


def _line_of_key(path: str, key: str) -> int:
    """Return the line of a key in a file's front matter; only what is faulty is read again."""
    found = parse_file(Path(path).read_bytes(), lambda *_: None)
    return line_of((key,), found.lines) if found else 0


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


def finish(generators: list[Any]) -> None:
    """Make the links and pictures in descriptions those of pages (signal: all_generators_finalized)."""
    context = generators[0].context
    for book in context.get("books", ()):
        html = pictured(resolved(book.html, book.source_path, context), book.source_path, context)
        if html != book.html:
            new = replace(book, html=html, feed_html=book.feed_html.replace(book.html, html))
            context["books"] = tuple(new if other is book else other for other in context["books"])
            context["main_book"] = new if context["main_book"] is book else context["main_book"]
            for post in book.posts:
                post.book = new


def get_generators(_pelican: Any) -> type:
    """Offer the books' generator (signal: get_generators)."""
    return BooksGenerator
