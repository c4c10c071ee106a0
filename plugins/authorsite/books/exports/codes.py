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
_GUARD, _MIDDLE = "101", "01010"
_QUIET, _HEIGHT, _LONG, _TOP = 11, 50, 55, 12
_LEFT_TEXT, _RIGHT_TEXT = 24, 71


def ean13_modules(number: str) -> str:
    """Return the 95 modules of 13 digits, left to right; 1 is a bar."""
    parity = _PARITY[int(number[0])]
    left = "".join((_ODD if p == "L" else _EVEN)[int(d)] for d, p in zip(number[1:7], parity, strict=True))
    right = "".join(_RIGHT[int(digit)] for digit in number[7:])
    return f"{_GUARD}{left}{_MIDDLE}{right}{_GUARD}"


def ean13(number: str, words: str) -> str:
    """Return the barcode of 13 digits with `words` above and the digits below, on white, in modules as units."""
    modules = ean13_modules(number)
    middle = len(modules) // 2
    bars = []
    for place, module in enumerate(modules):
        if module == "1":
            guard = (
                place < len(_GUARD) or place >= len(modules) - len(_GUARD) or abs(place - middle) <= len(_MIDDLE) // 2
            )
            bars.append(f"M{place + _QUIET} {_TOP}h1v{_LONG if guard else _HEIGHT}h-1z")
    width, height, foot = len(modules) + 2 * _QUIET, _TOP + _LONG + 6, _TOP + _LONG + 4
    digits = (
        f'<text x="2" y="{foot}">{number[0]}</text>'
        f'<text x="{_QUIET + _LEFT_TEXT}" y="{foot}" text-anchor="middle" textLength="38">{number[1:7]}</text>'
        f'<text x="{_QUIET + _RIGHT_TEXT}" y="{foot}" text-anchor="middle" textLength="38">{number[7:]}</text>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{2 * width}" '
        f'height="{2 * height}" font-family="monospace" font-size="9"><title>{escape(words)}</title>'
        f'<path fill="#fff" d="M0 0h{width}v{height}H0z"/>'
        f'<text x="{width / 2}" y="9" text-anchor="middle" textLength="95">{escape(words)}</text>'
        f'<path d="{"".join(bars)}"/>{digits}</svg>\n'
    )


def qr(address: str, words: str) -> str:
    """Return the QR code of an address, black on white, with its quiet zone."""
    out = io.BytesIO()
    code = segno.make(address, error="m", micro=False)
    code.save(
        out, kind="svg", scale=4, light="#fff", dark="#000", title=words, xmldecl=False, svgclass=None, lineclass=None
    )
    return out.getvalue().decode("utf-8")
