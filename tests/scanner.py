"""Reads printed codes back from their drawings, from the standards alone: EAN-13 bars and QR modules in an SVG."""

import re
from itertools import groupby

# Widths of the four runs of a digit, space first, in the left half with odd parity; even parity is this backwards.
WIDTHS = ["3211", "2221", "2122", "1411", "1132", "1231", "1114", "1312", "1213", "3112"]
PARITIES = ["OOOOOO", "OOEOEE", "OOEEOE", "OOEEEO", "OEOOEE", "OEEOOE", "OEEEOO", "OEOEOE", "OEOEEO", "OEEOEO"]


class Unreadable(ValueError):
    """A scanner would not beep."""


def read_ean13(svg):
    """Return the 13 digits that the bars of a drawing stand for."""
    bars = {int(x) + n for x, w in re.findall(r"M(\d+) \d+h(\d+)v\d+h-\d+z", svg) for n in range(int(w))}
    if not bars or min(bars) < 11 or max(bars) > int(re.search(r'viewBox="0 0 (\d+)', svg)[1]) - 8:
        raise Unreadable("there is no quiet zone")
    row = [x in bars for x in range(min(bars), max(bars) + 1)]
    runs = "".join(str(len(list(run))) for _, run in groupby(row))
    if len(runs) != 59 or (runs[:3], runs[27:32], runs[56:]) != ("111", "11111", "111"):
        raise Unreadable("the guards are not where they belong")
    left, parity, right = "", "", ""
    for place in range(3, 27, 4):
        code = runs[place : place + 4]
        parity += "O" if code in WIDTHS else "E"
        left += digit(code if code in WIDTHS else code[::-1])
    for place in range(32, 56, 4):
        right += digit(runs[place : place + 4])
    if parity not in PARITIES:
        raise Unreadable("no first digit")
    digits = f"{PARITIES.index(parity)}{left}{right}"
    if sum(int(d) * (3 if place % 2 else 1) for place, d in enumerate(digits)) % 10:
        raise Unreadable("the check digit is wrong")
    return digits


def digit(code):
    if code not in WIDTHS:
        raise Unreadable(f"no digit has the widths {code}")
    return str(WIDTHS.index(code))


# By level and version from 1: the data bytes of each block, and the correcting bytes.
BLOCKS = {
    "M": [([16], 10), ([28], 16), ([44], 26), ([32] * 2, 18), ([43] * 2, 24), ([27] * 4, 16)],
    "Q": [([13], 13), ([22], 22), ([17] * 2, 18), ([24] * 2, 26), ([15, 15, 16, 16], 18), ([19] * 4, 24)],
    "H": [([9], 17), ([16], 28), ([13] * 2, 22), ([9] * 4, 16), ([11, 11, 12, 12], 22), ([15] * 4, 28)],
}
MASKS = [
    lambda r, c: (r + c) % 2,
    lambda r, _c: r % 2,
    lambda _r, c: c % 3,
    lambda r, c: (r + c) % 3,
    lambda r, c: (r // 2 + c // 3) % 2,
    lambda r, c: r * c % 2 + r * c % 3,
    lambda r, c: (r * c % 2 + r * c % 3) % 2,
    lambda r, c: ((r + c) % 2 + r * c % 3) % 2,
]


def read_qr(svg):
    """Return the text that the modules of a drawing stand for: levels M to H, versions 1 to 6, bytes."""
    dark, size = modules(svg)
    form = int("".join(str(int((8, c) in dark)) for c in (0, 1, 2, 3, 4, 5, 7)), 2) ^ 0b1010100
    level, mask, version = "MLHQ"[form >> 5], MASKS[form >> 2 & 7], (size - 17) // 4
    if level not in BLOCKS or version > len(BLOCKS[level]):
        raise Unreadable(f"this reader knows no version {version} of level {level}")
    lengths, more = BLOCKS[level][version - 1]
    bits = [((r, c) in dark) ^ (not mask(r, c)) for r, c in path(size, version)]
    stream = [sum(bit << 7 - n for n, bit in enumerate(bits[at : at + 8])) for at in range(0, len(bits) - 7, 8)]
    blocks = [[] for _ in lengths]
    order = [n for place in range(max(lengths)) for n, length in enumerate(lengths) if place < length]
    for n, byte in zip(order + [*range(len(lengths))] * more, stream, strict=False):
        blocks[n].append(byte)
    if not all(intact(block, more) for block in blocks):
        raise Unreadable("a module is wrong")
    text = "".join(f"{byte:08b}" for block, length in zip(blocks, lengths, strict=True) for byte in block[:length])
    if text[:4] != "0100":
        raise Unreadable("not in bytes")
    length = int(text[4:12], 2)
    return bytes(int(text[12 + 8 * n : 20 + 8 * n], 2) for n in range(length)).decode()


def modules(svg):
    """Return the dark modules as (row, column), and how many a side has; the quiet zone of four modules is off."""
    side = int(re.search(r'<path fill="#fff" d="M0 0h(\d+)v', svg)[1])
    drawn = re.search(r'stroke="#000" d="([^"]+)"', svg)[1]
    dark, row, column = set(), 0, 0
    for command, x, y in re.findall(r"([Mmh])(-?[\d.]+)(?: ?(-?[\d.]+))?", drawn):
        if command == "h":
            dark |= {(int(row) - 4, column - 4 + n) for n in range(int(x))}
            column += int(x)
        else:
            column, row = (int(x), float(y)) if command == "M" else (column + int(x), row + float(y))
    return dark, side - 8


def path(size, version):
    """Give the modules that carry data, in order: two columns at a time, up and down, from the right."""
    centre = size - 7 if version > 1 else size + 9

    def reserved(r, c):
        finder = (r < 9 and (c < 9 or c >= size - 8)) or (r >= size - 8 and c < 9)
        return finder or 6 in (r, c) or (abs(r - centre) < 3 and abs(c - centre) < 3)

    up = True
    for right in [*range(size - 1, 6, -2), 5, 3, 1]:
        for r in range(size - 1, -1, -1) if up else range(size):
            yield from ((r, c) for c in (right, right - 1) if not reserved(r, c))
        up = not up


def intact(block, more):
    """Say whether the correcting bytes fit: the block, as a polynomial, is 0 at the first `more` powers of 2."""
    root = 1
    for _ in range(more):
        value = 0
        for byte in block:
            value = times(value, root) ^ byte
        if value:
            return False
        root = times(root, 2)
    return True


def times(a, b):
    """Multiply in the field of 256 elements that QR codes use."""
    product = 0
    while b:
        product ^= a if b & 1 else 0
        a = a << 1 ^ (0x11D if a & 0x80 else 0)
        b >>= 1
    return product
