"""Decode barcodes from SVG: EAN-13 (GS1 General Specifications, 5.2.1) and QR codes (ISO/IEC 18004)."""

import re
from itertools import groupby

# Widths of the four runs of a digit, space first, in the left half with odd parity; even parity is this backwards.
WIDTHS = ["3211", "2221", "2122", "1411", "1132", "1231", "1114", "1312", "1213", "3112"]
PARITIES = ["OOOOOO", "OOEOEE", "OOEEOE", "OOEEEO", "OEOOEE", "OEEOOE", "OEEEOO", "OEOEOE", "OEOEEO", "OEEOEO"]


class UnreadableCode(ValueError):
    """The code cannot be decoded; the message says why."""


def read_ean13(svg):
    """Return the 13 digits of an EAN-13 barcode."""
    bars = {int(x) + n for x, w in re.findall(r"M(\d+) \d+h(\d+)v\d+h-\d+z", svg) for n in range(int(w))}
    if not bars or min(bars) < 11 or max(bars) > int(re.search(r'viewBox="0 0 (\d+)', svg)[1]) - 8:
        raise UnreadableCode("no quiet zone")
    row = [x in bars for x in range(min(bars), max(bars) + 1)]
    runs = "".join(str(len(list(run))) for _, run in groupby(row))
    if len(runs) != 59 or (runs[:3], runs[27:32], runs[56:]) != ("111", "11111", "111"):
        raise UnreadableCode("no guard bars in the right places")
    left, parity, right = "", "", ""
    for index in range(3, 27, 4):
        code = runs[index : index + 4]
        parity += "O" if code in WIDTHS else "E"
        left += decode_digit(code if code in WIDTHS else code[::-1])
    for index in range(32, 56, 4):
        right += decode_digit(runs[index : index + 4])
    if parity not in PARITIES:
        raise UnreadableCode("no first digit")
    digits = f"{PARITIES.index(parity)}{left}{right}"
    if sum(int(d) * (3 if index % 2 else 1) for index, d in enumerate(digits)) % 10:
        raise UnreadableCode("the check digit is wrong")
    return digits


def decode_digit(code):
    if code not in WIDTHS:
        raise UnreadableCode(f"no digit has the widths {code}")
    return str(WIDTHS.index(code))


# By error correction level and version from 1: the data bytes of each block, and its error correction bytes.
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
    """Return the text of a QR code: levels M to H, versions 1 to 6, byte mode."""
    dark, size = parse_modules(svg)
    form = int("".join(str(int((8, c) in dark)) for c in (0, 1, 2, 3, 4, 5, 7)), 2) ^ 0b1010100
    level, mask, version = "MLHQ"[form >> 5], MASKS[form >> 2 & 7], (size - 17) // 4
    if level not in BLOCKS or version > len(BLOCKS[level]):
        raise UnreadableCode(f"version {version} of level {level} is not supported")
    lengths, ec_bytes = BLOCKS[level][version - 1]
    bits = [((r, c) in dark) ^ (not mask(r, c)) for r, c in iter_data_modules(size, version)]
    stream = [sum(bit << 7 - n for n, bit in enumerate(bits[at : at + 8])) for at in range(0, len(bits) - 7, 8)]
    blocks = [[] for _ in lengths]
    order = [n for index in range(max(lengths)) for n, length in enumerate(lengths) if index < length]
    for n, byte in zip(order + [*range(len(lengths))] * ec_bytes, stream, strict=False):
        blocks[n].append(byte)
    if not all(is_intact(block, ec_bytes) for block in blocks):
        raise UnreadableCode("error correction fails")
    text = "".join(f"{byte:08b}" for block, length in zip(blocks, lengths, strict=True) for byte in block[:length])
    if text[:4] != "0100":
        raise UnreadableCode("not in byte mode")
    length = int(text[4:12], 2)
    return bytes(int(text[12 + 8 * n : 20 + 8 * n], 2) for n in range(length)).decode()


def parse_modules(svg):
    """Return the dark modules as (row, column), and the number on a side, without the quiet zone of four modules."""
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


def iter_data_modules(size, version):
    """Yield the data modules in order: two columns at a time from the right, up and down in turn."""
    center = size - 7 if version > 1 else size + 9

    def is_reserved(r, c):
        finder = (r < 9 and (c < 9 or c >= size - 8)) or (r >= size - 8 and c < 9)
        return finder or 6 in (r, c) or (abs(r - center) < 3 and abs(c - center) < 3)

    up = True
    for right in [*range(size - 1, 6, -2), 5, 3, 1]:
        for r in range(size - 1, -1, -1) if up else range(size):
            yield from ((r, c) for c in (right, right - 1) if not is_reserved(r, c))
        up = not up


def is_intact(block, ec_bytes):
    """Return whether the block, as a polynomial over GF(256), is 0 at the first `ec_bytes` powers of 2."""
    root = 1
    for _ in range(ec_bytes):
        value = 0
        for byte in block:
            value = multiply(value, root) ^ byte
        if value:
            return False
        root = multiply(root, 2)
    return True


def multiply(a, b):
    """Multiply in GF(256) with the QR code's polynomial 0x11D."""
    product = 0
    while b:
        product ^= a if b & 1 else 0
        a = a << 1 ^ (0x11D if a & 0x80 else 0)
        b >>= 1
    return product
