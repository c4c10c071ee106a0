"""Series of books: which books of the site belong together, in reading order."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from .views import BookView


@dataclass(frozen=True, slots=True)
class SeriesView:
    """A series with at least two books on the site, in reading order; `url` has no leading slash."""

    name: str
    url: str
    books: tuple[BookView, ...]

    @property
    def next_book(self) -> BookView | None:
        """The first book that is still to come."""
        return next((book for book in self.books if book.forthcoming), None)

    def get_neighbors(self, slug: str) -> tuple[BookView | None, BookView | None]:
        """Return the books before and after the one with this slug."""
        index = [book.slug for book in self.books].index(slug)
        before = self.books[index - 1] if index else None
        return before, self.books[index + 1] if index + 1 < len(self.books) else None


def group_series(books: Iterable[BookView], slugify: Callable[[str], str]) -> dict[str, SeriesView]:
    """Return the series with several books by slug; books without a number come last, by date and title."""
    by_slug: dict[str, list[BookView]] = {}
    for book in books:
        if book.record.series:
            by_slug.setdefault(slugify(book.record.series.name), []).append(book)
    series = {}
    for slug, members in sorted(by_slug.items()):
        members.sort(key=_get_reading_order)
        if slug and len(members) > 1 and members[0].record.series:
            series[slug] = SeriesView(members[0].record.series.name, f"series/{slug}/", tuple(members))
    return series


def _get_reading_order(book: BookView) -> tuple[float, date, str]:
    number = book.record.series.number if book.record.series else None
    return (float("inf") if number is None else number, book.published or date.max, book.title)
