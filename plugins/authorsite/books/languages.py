"""The books that the pages in each language of a site show: those written in it."""

from typing import Any

from ..language_versions import get_versions
from ..site_build import get_log
from ..validation import did_you_mean


def choose_books(generators: list[Any]) -> None:
    """Set `books` and `main_book` for each language but the main one (all_generators_finalized, after finalize_html).

    The main book is that of the settings, in whatever language it is, else the first one in the language.
    """
    context = generators[0].context
    books = context.get("books", ())
    for language, version in get_versions(context).items():
        primary = language.partition("-")[0]
        listed = tuple(book for book in books if book.record.language.partition("-")[0] == primary)
        slug = version.context["AUTHORSITE"].main_book
        chosen = next((book for book in books if book.slug == slug), None) if slug else next(iter(listed), None)
        if slug and chosen is None:
            hint = did_you_mean(
                slug, [book.slug for book in books], "use the name of a file in content/books, without .md"
            )
            message = f"languages: main_book of `{language}`: there is no book `{slug}`"
            get_log(context).error("pelicanconf.py", 0, message, hint, kind="settings")
        version.context.own.update(books=listed, main_book=chosen)
