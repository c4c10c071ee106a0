"""The files of an export: XML files, ZIP archives of them, or folders with both; read as streams, never extracted."""

import codecs
import re
import stat
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import IO

from ..problems import CommandError
from ..strict_model import CONTROL_CHARACTER

MAX_FILE_BYTES = 4 * 2**30
"""The limit of one XML file, unpacked: WordPress.com splits exports into files of about 10 MB."""

CHUNK_BYTES = 2**18

_ENCODING = re.compile(rb"""<\?xml[^>]*\bencoding=["']([\w.:-]{1,40})["']""")
_REFERENCE = re.compile(r"&#(?:x([0-9A-Fa-f]{1,6})|(\d{1,7}));?")
_ALLOWED_CODES = ((9, 10), (13, 13), (0x20, 0x7E), (0xA0, 0xD7FF), (0xE000, 0xFFFD), (0x10000, 0x10FFFF))
"""The characters of XML without the control characters of ISO 8859-1."""

_CUT_REFERENCE = re.compile(r"&(?:#\w{0,8})?\Z")


@dataclass(frozen=True, slots=True)
class ExportFile:
    """One XML file of an export; `member` is its name in the ZIP archive at `path`, "" for a file of its own."""

    path: Path
    member: str = ""

    @property
    def name(self) -> str:
        """How messages name it."""
        return f"{self.path}/{self.member}" if self.member else str(self.path)

    def read_chunks(self) -> Iterator[bytes]:
        """Yield its bytes; raises CommandError if it cannot be read or is too large."""
        size = 0
        try:
            with self._open() as file:
                while chunk := file.read(CHUNK_BYTES):
                    size += len(chunk)
                    if size > MAX_FILE_BYTES:
                        raise CommandError("the file is larger than 4 GB - split the export", self.name)
                    yield chunk
        except OSError as error:
            raise CommandError(f"cannot read the file: {error.strerror or error}", self.name) from None
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as error:
            raise CommandError(f"the archive is damaged: {error} - download the export again", self.name) from None

    def _open(self) -> AbstractContextManager[IO[bytes]]:
        return zipfile.ZipFile(self.path).open(self.member) if self.member else self.path.open("rb")


def find_export_files(paths: Iterable[Path]) -> list[ExportFile]:
    """Return the XML files of an export, in the order of the names in each folder and archive.

    Raises CommandError if there is none. Links in folders are not followed: they may lead out of it.
    """
    files: dict[ExportFile, None] = {}
    for path in paths:
        found = list(_find(path))
        if not found:
            raise CommandError("there is no .xml file in it - give the file from Tools → Export", str(path))
        files |= dict.fromkeys(found)
    return list(files)


def _find(path: Path) -> Iterator[ExportFile]:
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise CommandError(f"cannot read the export: {error.strerror}", str(path)) from None
    if stat.S_ISDIR(mode):
        for file in sorted(path.iterdir()):
            if file.is_file() and not file.is_symlink() and file.suffix.lower() in {".xml", ".zip"}:
                yield from _find(file)
    elif zipfile.is_zipfile(path):
        try:
            with zipfile.ZipFile(path) as archive:
                names = sorted(name for name in archive.namelist() if _is_xml_member(name))
        except (zipfile.BadZipFile, OSError) as error:
            raise CommandError(f"the archive is damaged: {error} - download the export again", str(path)) from None
        yield from (ExportFile(path, name) for name in names)
    else:
        yield ExportFile(path)


def _is_xml_member(name: str) -> bool:
    # macOS adds a folder with a file of metadata for each file.
    return name.lower().endswith(".xml") and not name.startswith("__MACOSX/")


@dataclass
class TextCleaner:
    """Decodes an XML file and removes what XML forbids; counts what it replaces."""

    bad_bytes: int = 0
    control_characters: int = 0
    _rest: str = field(default="", repr=False)

    def clean(self, chunks: Iterable[bytes]) -> Iterator[str]:
        """Yield the text of `chunks`: bytes that are not text are replaced, control characters and references removed.

        The encoding is UTF-8 unless the XML declaration names another one.
        """
        decoder, self._rest = None, ""
        for chunk in chunks:
            if decoder is None:
                decoder = codecs.getincrementaldecoder(_find_encoding(chunk))("replace")
            yield self._clean(chunk.count(b"\xef\xbf\xbd"), decoder.decode(chunk))
        if decoder is not None:
            yield self._clean(0, decoder.decode(b"", final=True), is_last=True)

    def _clean(self, replacement_characters: int, text: str, *, is_last: bool = False) -> str:
        self.bad_bytes += max(text.count("\ufffd") - replacement_characters, 0)
        text = self._rest + text
        cut = None if is_last else _CUT_REFERENCE.search(text, max(len(text) - 10, 0))
        self._rest = text[cut.start() :] if cut else ""
        text = text[: cut.start()] if cut else text
        text, count = CONTROL_CHARACTER.subn("", text)
        self.control_characters += count
        return _REFERENCE.sub(self._replace_reference, text) if "&#" in text else text

    def _replace_reference(self, match: re.Match[str]) -> str:
        code = int(match[1], 16) if match[1] else int(match[2])
        if any(first <= code <= last for first, last in _ALLOWED_CODES):
            return match[0]
        # As browsers do: &#146; is an apostrophe, from Windows' character set.
        character = unescape(f"&#{code};")
        if character and character != "\ufffd" and not CONTROL_CHARACTER.search(character):
            return character
        self.control_characters += 1
        return ""


def _find_encoding(start: bytes) -> str:
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    match = _ENCODING.search(start[:300])
    name = match[1].decode("ascii") if match else "utf-8"
    try:  # what was found as ASCII is in no encoding that says something else
        is_possible = match is None or match[0].decode(name, "replace") == match[0].decode("ascii", "replace")
        name = codecs.lookup(name).name if is_possible else "utf-8"
    except (LookupError, UnicodeError):
        name = "utf-8"
    return "utf-8-sig" if name == "utf-8" else name
