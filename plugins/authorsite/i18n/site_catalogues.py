"""The site's own catalogues: content/data/words/fr.po translates pages and feeds to French, or changes German texts."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from gettext import c2py
from io import BytesIO, StringIO
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages import Catalog, Message
from babel.messages.plurals import get_plural
from babel.messages.pofile import PoFileError, read_po, write_po

from ..problems import ProblemLog, pluralize, shorten
from ..strict_model import CONTROL_CHARACTER
from . import CATALOGUES, SiteCatalogue, find_placeholders

FOLDER = "data/words"
"""The folder of catalogues, below content/."""

_KIND = "settings"


def load_site_catalogues(folder: Path, log: ProblemLog) -> tuple[SiteCatalogue, ...]:
    """Return the catalogues `fr.po`, `pt-BR.po` and so on in this folder, sorted; report what is wrong with them."""
    found = []
    for path in sorted(folder.glob("*.po")):
        try:
            Locale.parse(path.stem.replace("-", "_"))
        except (ValueError, UnknownLocaleError):
            message = f"`{path.stem}` is not a language"
            log.error(path, 0, message, "name the file fr.po or pt-BR.po", kind=_KIND)
            continue
        data = path.read_bytes()
        if _check_catalogue(path, data, log):
            found.append(SiteCatalogue(path.stem.replace("_", "-"), str(path), hashlib.sha256(data).hexdigest()))
    return tuple(found)


def _check_catalogue(path: Path, data: bytes, log: ProblemLog) -> bool:
    """Return whether a catalogue is valid; report each error with its line, and what is missing in a notice."""
    try:
        data.decode("utf-8")
        catalogue = _parse_catalogue(path.stem, data)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        log.error(path, line, "this is not UTF-8", "save the file as UTF-8", kind=_KIND)
        return False
    except PoFileError as error:
        reason = re.sub(r" on \d+$", "", str(error))
        log.error(path, error.lineno + 1, f"this is no catalogue of gettext: {shorten(reason)}", "", kind=_KIND)
        return False
    except ValueError as error:
        hint = "copy those of a new catalogue"
        log.error(path, 1, f"the header's lines are not valid: {shorten(str(error))}", hint, kind=_KIND)
        return False
    errors = [(message, *error) for message in catalogue for error in _find_errors(message, catalogue.num_plurals)]
    for message, reason, hint in errors:
        log.error(path, message.lineno or 0, reason, hint, kind=_KIND)
    if not errors:
        _report_gaps(path, catalogue, log)
    return not errors


def _parse_catalogue(name: str, data: bytes) -> Catalog:
    """Raise PoFileError, or ValueError if the header is wrong."""
    with redirect_stdout(StringIO()):  # Babel prints what it raises
        catalogue = read_po(BytesIO(data), name.replace("-", "_"), charset="utf-8", abort_invalid=True)
    if (charset := catalogue.charset or "").lower() != "utf-8":
        raise ValueError(f"charset={charset}")
    choose_form = c2py(catalogue.plural_expr)
    if not all(0 <= choose_form(count) < catalogue.num_plurals for count in range(1_000)):
        raise ValueError("Plural-Forms")
    return catalogue


def _find_errors(message: Message, plural_forms: int) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with one translation, and how to fix it."""
    if not message.id:  # the header
        return
    english, name = _list_texts(message.id), shorten(_get_key(message))
    translations = [text for text in _list_texts(message.string) if text]
    if message.pluralizable and translations and len(translations) != plural_forms:
        hint = f"`Plural-Forms` in the header says that it has {pluralize(plural_forms, 'form')}"
        yield f"`{name}` has {pluralize(len(translations), 'plural form')}", hint
        return
    known = find_placeholders("".join(english))
    needed = known - ({"count"} if message.pluralizable else set())  # a form may have the number in words
    for text in translations:
        if CONTROL_CHARACTER.search(text):
            yield f"the translation of `{name}` has a control character", "remove it"
        unknown = find_placeholders(text) - known
        for placeholder in sorted(unknown):
            yield f"`{name}` has no %({placeholder})s", "use the names of the English text"
        # A misspelt name is missing too: that is one mistake.
        for placeholder in sorted(() if unknown else needed - find_placeholders(text)):
            yield f"the translation of `{name}` lacks %({placeholder})s", "put it where it belongs"


def _report_gaps(path: Path, catalogue: Catalog, log: ProblemLog) -> None:
    texts = {_get_key(message) for message in catalogue if any(_list_texts(message.string)) and not message.fuzzy} - {
        ""
    }
    known = {_get_key(message) for message in _read_texts()} - {""}
    if unknown := sorted(texts - known):
        message = f"`{shorten(unknown[0])}` is no text of this version{_count_others(unknown)}"
        log.notice(path, 0, message, "remove it, or look for the new text", kind=_KIND)
    primary = path.stem.replace("_", "-").partition("-")[0]
    if not (CATALOGUES / f"{primary}.po").is_file() and primary != "en" and (missing := sorted(known - texts)):
        message = f"`{shorten(missing[0])}` is not translated{_count_others(missing)}"
        log.notice(path, 0, message, "it stays English", kind=_KIND)


def _count_others(texts: list[str]) -> str:
    return f", nor are {pluralize(len(texts) - 1, 'other')}" if len(texts) > 1 else ""


def _list_texts(value: str | Sequence[str] | None) -> list[str]:
    return [value or ""] if isinstance(value, str) or value is None else list(value)


def _get_key(message: Message) -> str:
    return _list_texts(message.id)[0]


def _read_texts() -> Catalog:
    """Return the German catalogue, which has every text, with comments."""
    with (CATALOGUES / "de.po").open("rb") as file:
        return read_po(file, "de")


def format_new_catalogue(language: str) -> str:
    """Return a catalogue with every English text, and no translation; raises ValueError for an unknown language."""
    try:
        locale = str(Locale.parse(language.replace("-", "_")))
    except UnknownLocaleError as error:
        raise ValueError(str(error)) from None
    plural = get_plural(locale)
    catalogue = Catalog(locale)
    for message in _read_texts():
        if message.id:
            empty = ("",) * plural.num_plurals if message.pluralizable else ""
            catalogue.add(message.id, empty, auto_comments=message.auto_comments)
    out = BytesIO()
    write_po(out, catalogue, width=0, omit_header=True)
    header = (
        "# Texts of the site. Write each translation into msgstr; %(names)s stay as they are.\n"
        'msgid ""\nmsgstr ""\n'
        f'"Language: {language}\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        f'"Content-Transfer-Encoding: 8bit\\n"\n"Plural-Forms: {plural.plural_forms}\\n"\n\n'
    )
    return header + out.getvalue().decode("utf-8").lstrip()
