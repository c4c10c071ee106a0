"""What a press kit holds, and its texts as files."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..author_profile import AuthorProfile
from ..books.views import BookView
from ..events.views import EventView
from ..i18n import Translator, gettext_noop
from ..images.picture import Picture
from ..markup import count_words, text_content


@dataclass(frozen=True, slots=True)
class PressText:
    """A text in one of several lengths: its name in English, and its paragraphs."""

    name: str
    paragraphs: tuple[str, ...]

    @property
    def words(self) -> int:
        """How many words it has."""
        return sum(map(count_words, self.paragraphs))


@dataclass(frozen=True, slots=True)
class PressPicture:
    """A picture to print: the original without its metadata, at `url` (below the site's root), and its credit."""

    name: str
    picture: Picture
    url: str
    credit: str = ""


@dataclass(frozen=True, slots=True)
class PressKit:
    """The press kit of a book, or of the author alone (`book` is None). What the records lack is empty."""

    url: str
    book: BookView | None
    biographies: tuple[PressText, ...]
    descriptions: tuple[PressText, ...]
    pictures: tuple[PressPicture, ...]
    talks: tuple[EventView, ...]

    @property
    def archive(self) -> str:
        """The URL of the archive; "" for the kit of the author alone."""
        return f"{self.url}{self.book.slug}-press-kit.zip" if self.book else ""


def list_biographies(profile: AuthorProfile) -> tuple[PressText, ...]:
    """Return the biographies that the author has written, the shortest first."""
    return _list_texts(
        (gettext_noop("Short biography"), profile.bio_short),
        (gettext_noop("Biography"), profile.bio),
        (gettext_noop("Long biography"), profile.bio_long),
    )


def list_descriptions(book: BookView) -> tuple[PressText, ...]:
    """Return the descriptions of a book, the shortest first."""
    blocks = book.html.replace("</p>", "\n\n").replace("</li>", "\n\n").replace("</h2>", "\n\n")
    long = "\n\n".join(text_content(block) for block in blocks.split("\n\n"))
    return _list_texts(
        (gettext_noop("In a sentence"), book.record.hook),
        (gettext_noop("In a paragraph"), book.record.description),
        (gettext_noop("In full"), long),
    )


def make_texts(kit: PressKit, author: str, facts: Sequence[tuple[str, str]], translate: Translator) -> dict[str, str]:
    """Return the text files of a kit's archive by name: about the book, and about its author."""
    texts = {"about-the-author.txt": [author, *_format_texts(kit.biographies, translate)] if kit.biographies else []}
    if kit.book:
        record = kit.book.record
        lines = [kit.book.full_title, "\n".join(f"{name}: {value}" for name, value in facts)]
        lines += _format_texts(kit.descriptions, translate)
        praise = [f"“{each.quote}” – {each.by}" for each in record.endorsements]
        for name, values in (
            (gettext_noop("Praise"), praise),
            (gettext_noop("Quotations to use"), [f"“{quote}”" for quote in record.press.quotes]),
            (gettext_noop("Questions to ask"), record.press.questions),
        ):
            lines += [translate(name).upper(), *values] if values else []
        texts["about-the-book.txt"] = lines
    return {name: "\n\n".join(filter(None, lines)) + "\n" for name, lines in texts.items() if lines}


def _format_texts(texts: Sequence[PressText], translate: Translator) -> list[str]:
    lines = list[str]()
    for text in texts:
        words = translate("%(count)s word", "%(count)s words", count=text.words)
        lines += [f"{translate(text.name)} ({words})".upper(), *text.paragraphs]
    return lines


def _list_texts(*texts: tuple[str, str]) -> tuple[PressText, ...]:
    split = (
        (name, tuple(" ".join(part.split()) for part in text.split("\n\n") if part.strip())) for name, text in texts
    )
    return tuple(PressText(name, paragraphs) for name, paragraphs in split if paragraphs)


def choose_talks(
    events: Sequence[EventView], book: BookView | None, main_book: BookView | None
) -> tuple[EventView, ...]:
    """Return the past events about a book, newest first; one that names no book is about the main book."""
    main = main_book.slug if main_book else ""
    return tuple(
        event
        for event in events
        if event.past and not event.record.cancelled and (book is None or event.record.get_book(main) == book.slug)
    )


def name_picture(picture: Picture, stem: str) -> str:
    """Return the name of a picture's file in the archive."""
    return f"{stem}.{picture.path.rpartition('.')[2].lower()}"
