"""Text on social cards: fonts, letters joined as Arabic joins them, lines, and the order in which a line is drawn.

Pillow's basic layout draws one glyph for each character, from left to right, the same on every machine; its Raqm needs
FriBidi, which a machine may not have. The two fonts in the folder `font` are DejaVu Serif Condensed (Latin, Greek,
Cyrillic, Armenian, Georgian) and, for a text with letters that it lacks, a part of DejaVu Sans Condensed (also Arabic
and Hebrew).
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

_FOLDER = Path(__file__).parent / "font"
SERIF, SANS = _FOLDER / "DejaVuSerifCondensed.ttf", _FOLDER / "DejaVuSansCondensed.ttf"

RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
"""A character of Hebrew, Arabic, or another script that is written from right to left."""

_OF_OTHER_SCRIPTS = re.compile("[^\0-\u06ff\u0750-\u077f\u10a0-\u10ff\u1e00-\u20bf\ufb1d-\ufdff\ufe70-\ufefc]")
"""A character outside of the blocks of the fonts' scripts: a quick test before a slow one."""

_DROPPED_CATEGORIES = frozenset(("So", "Sk", "Cf", "Mn", "Mc", "Me"))
"""Unicode categories of characters, such as emoji, that are dropped when the font lacks them."""

_VOWEL_MARK = re.compile("[\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed](?<![\u05be\u05c0\u05c3\u05c6])")
"""Marks that the basic layout cannot place; Hebrew and Arabic are usually written without them."""

_PAIRS = dict(zip("([{«‹<", ")]}»›>", strict=True))
_MIRRORED = _PAIRS | {close: opening for opening, close in _PAIRS.items()}


@dataclass(frozen=True, slots=True)
class CardText:
    """A text in the order in which it is read, Arabic letters joined; "" if no font has its letters."""

    text: str
    face: Path = SERIF
    right_to_left: bool = False


@lru_cache(256)
def prepare_text(text: str) -> CardText:
    """Return what can be drawn of `text`: emoji and marks that the font lacks are left out."""
    text = unicodedata.normalize("NFC", text)
    if drawable := _keep_known(text, SERIF):
        return CardText(drawable)
    if RIGHT_TO_LEFT.search(text):
        # Imported here because it takes 20 ms.
        from arabic_reshaper import reshape  # noqa: PLC0415

        text = reshape(_VOWEL_MARK.sub("", text))
    return CardText(_keep_known(text, SANS), SANS, _is_right_to_left(text))


def find_unknown_letter(text: str) -> str:
    """Return the first letter of `text` that no font has, so that nothing of it can be drawn; "" if there is none."""
    if not _OF_OTHER_SCRIPTS.search(text):
        return ""
    letters = (char for char in text if unicodedata.category(char) not in _DROPPED_CATEGORIES)
    return next((char for char in letters if not _has_glyph(char, SERIF) and not _has_glyph(char, SANS)), "")


def _is_right_to_left(text: str) -> bool:
    """Return whether the first letter is of a script that is written from right to left (UAX #9, P2 and P3)."""
    directions = (unicodedata.bidirectional(char) for char in text)
    return next((direction for direction in directions if direction in {"L", "R", "AL"}), "L") != "L"


def _keep_known(text: str, face: Path) -> str:
    """Return `text` without emoji and marks that the font lacks; "" if it lacks a letter."""
    missing = {char for char in text if not _has_glyph(char, face)}
    if any(unicodedata.category(char) not in _DROPPED_CATEGORIES for char in missing):
        return ""
    return " ".join("".join(char for char in text if char not in missing).split())


@lru_cache(2048)
def _has_glyph(char: str, face: Path) -> bool:
    missing = bytes(load_font(32, face).getmask("\ue123"))
    return char.isspace() or bytes(load_font(32, face).getmask(char)) not in {b"", missing}


@lru_cache(16)
def load_font(size: int, face: Path = SERIF) -> ImageFont.FreeTypeFont:
    """Return a font in a size in pixels."""
    # Not Raqm, even where it is installed: it spaces some pairs of letters differently.
    return ImageFont.truetype(face, size, layout_engine=ImageFont.Layout.BASIC)


def wrap(text: str, font: ImageFont.FreeTypeFont, width: int, max_lines: int) -> list[str]:
    """Break `text` into at most `max_lines` lines of `width` pixels, with an ellipsis where it is cut."""
    lines: list[str] = []
    for word in text.split():
        if lines and font.getlength(longer := f"{lines[-1]} {word}") <= width:
            lines[-1] = longer
        else:
            lines.append(_truncate(word, font, width))
    if len(lines) > max_lines:
        lines = [*lines[: max_lines - 1], _truncate(f"{lines[max_lines - 1]}…", font, width)]
    return lines


def _truncate(text: str, font: ImageFont.FreeTypeFont, width: int) -> str:
    end = ""
    while text and font.getlength(text + end) > width:
        text, end = text[:-1].rstrip(), "…"
    return text + end


def order_line(line: str, *, right_to_left: bool) -> str:
    """Return the characters of a line from left to right, as they are drawn (UAX #9); brackets are mirrored."""
    if not RIGHT_TO_LEFT.search(line):
        return line
    from bidi import get_display  # noqa: PLC0415 - few sites need it

    return _mirror_brackets(str(get_display(line, base_dir="R" if right_to_left else "L")), mirror_single=right_to_left)


def _mirror_brackets(line: str, *, mirror_single: bool) -> str:
    """Return a line in drawing order with mirrored brackets where its text runs from right to left (UAX #9, L4).

    There the closing bracket of a pair stands before the opening one. A bracket without a partner is mirrored if the
    whole line runs from right to left.
    """
    chars, waiting = list(line), list[int]()
    swapped = set[int]()
    for index, char in enumerate(chars):
        if char not in _MIRRORED:
            continue
        partner = next((i for i in reversed(waiting) if chars[i] == _MIRRORED[char]), None)
        if partner is None:
            waiting.append(index)
            continue
        del waiting[waiting.index(partner) :]
        if char in _PAIRS:
            swapped |= {partner, index}
    swapped |= set(waiting) if mirror_single else set()
    return "".join(_MIRRORED[char] if index in swapped else char for index, char in enumerate(chars))
