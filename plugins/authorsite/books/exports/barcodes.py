"""Codes for scanners: an ISBN's EAN-13 barcode and an address's QR code, as SVG."""

from __future__ import annotations

import io
from html import escape

import segno

# The seven modules of each digit in the left half with odd parity; the other two sets follow from it.
_ODD = "0001101 0011001 0010011 0111101 0100011 0110001 0101111 0111011 0110111 0001011".split()
_RIGHT = ["".join("10"[int(module)] for module in code) for code in _ODD]
_EVEN = [code[::-1] for code in _RIGHT]
# Which of the six digits on the left are even (G): that is how the first digit is told.
_PARITY = "LLLLLL LLGLGG LLGGLG LLGGGL LGLLGG LGGLLG LGGGLL LGLGLG LGLGGL LGGLGL".split()
_BARS_OF_GUARDS = (0, 2, 46, 48, 92, 94)
"""These reach further down than the others."""

_QUIET, _HEIGHT, _LONG, _TOP = 11, 50, 55, 12
_WIDTH, _FOOT = 95 + 2 * _QUIET, _TOP + _LONG + 4


def _modules(number: str) -> str:
    """Return the 95 modules of 13 digits, left to right; 1 is a bar."""
    parity = _PARITY[int(number[0])]
    left = "".join((_ODD if p == "L" else _EVEN)[int(d)] for d, p in zip(number[1:7], parity, strict=True))
    right = "".join(_RIGHT[int(digit)] for digit in number[7:])
    return f"101{left}01010{right}101"


def ean13(number: str, words: str) -> str:
    """Return the barcode of 13 digits with `words` above and the digits below, on white, in modules as units."""
    bars = "".join(
        f"M{place + _QUIET} {_TOP}h1v{_LONG if place in _BARS_OF_GUARDS else _HEIGHT}h-1z"
        for place, module in enumerate(_modules(number))
        if module == "1"
    )
    digits = "".join(
        f'<text x="{x}" y="{_FOOT}"{more}>{part}</text>'
        for x, part, more in (
            (2, number[0], ""),
            (_QUIET + 24, number[1:7], ' text-anchor="middle" textLength="38"'),
            (_QUIET + 71, number[7:], ' text-anchor="middle" textLength="38"'),
        )
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_FOOT + 2}" width="{2 * _WIDTH}" '
        f'height="{2 * (_FOOT + 2)}" font-family="monospace" font-size="9"><title>{escape(words)}</title>'
        f'<path fill="#fff" d="M0 0h{_WIDTH}v{_FOOT + 2}H0z"/>'
        f'<text x="{_WIDTH / 2}" y="9" text-anchor="middle" textLength="95">{escape(words)}</text>'
        f'<path d="{bars}"/>{digits}</svg>\n'
    )


def qr(address: str, words: str) -> str:
    """Return the QR code of an address, black on white, with its quiet zone."""
    out = io.BytesIO()
    code = segno.make(address, error="m", micro=False)
    code.save(
        out, kind="svg", scale=4, light="#fff", dark="#000", title=words, xmldecl=False, svgclass=None, lineclass=None
    )
    return out.getvalue().decode("utf-8")
