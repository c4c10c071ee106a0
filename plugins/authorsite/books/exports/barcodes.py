"""SVG for scanners: the EAN-13 barcode of an ISBN and the QR code of a URL."""

import io
from html import escape

import segno

# EAN-13 (ISO/IEC 15420): the seven modules of each digit in the left half with odd parity (set L). The sets R and G
# follow from it.
_ODD = "0001101 0011001 0010011 0111101 0100011 0110001 0101111 0111011 0110111 0001011".split()
_RIGHT = ["".join("10"[int(module)] for module in code) for code in _ODD]
_EVEN = [code[::-1] for code in _RIGHT]
# The first digit is encoded in the sets (L or G) of the six digits on the left.
_PARITY = "LLLLLL LLGLGG LLGGLG LLGGGL LGLLGG LGGLLG LGGGLL LGLGLG LGLGGL LGGLGL".split()
_GUARD_BARS = (0, 2, 46, 48, 92, 94)
"""Positions of the bars that are longer than the others."""

# In modules.
_QUIET_ZONE, _BAR_HEIGHT, _GUARD_HEIGHT, _TOP = 11, 50, 55, 12
_WIDTH, _BASELINE = 95 + 2 * _QUIET_ZONE, _TOP + _GUARD_HEIGHT + 4


def _encode_modules(number: str) -> str:
    """Return the 95 modules of 13 digits as "1" (bar) and "0" (space), left to right."""
    parity = _PARITY[int(number[0])]
    left = "".join((_ODD if p == "L" else _EVEN)[int(d)] for d, p in zip(number[1:7], parity, strict=True))
    right = "".join(_RIGHT[int(digit)] for digit in number[7:])
    return f"101{left}01010{right}101"


def render_ean13(number: str, caption: str) -> str:
    """Return the barcode of 13 digits on white, with `caption` above it and the digits below."""
    bars = "".join(
        f"M{position + _QUIET_ZONE} {_TOP}h1v{_GUARD_HEIGHT if position in _GUARD_BARS else _BAR_HEIGHT}h-1z"
        for position, module in enumerate(_encode_modules(number))
        if module == "1"
    )
    digits = "".join(
        f'<text x="{x}" y="{_BASELINE}"{attributes}>{group}</text>'
        for x, group, attributes in (
            (2, number[0], ""),
            (_QUIET_ZONE + 24, number[1:7], ' text-anchor="middle" textLength="38"'),
            (_QUIET_ZONE + 71, number[7:], ' text-anchor="middle" textLength="38"'),
        )
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_BASELINE + 2}" width="{2 * _WIDTH}" '
        f'height="{2 * (_BASELINE + 2)}" font-family="monospace" font-size="9"><title>{escape(caption)}</title>'
        f'<path fill="#fff" d="M0 0h{_WIDTH}v{_BASELINE + 2}H0z"/>'
        f'<text x="{_WIDTH / 2}" y="9" text-anchor="middle" textLength="95">{escape(caption)}</text>'
        f'<path d="{bars}"/>{digits}</svg>\n'
    )


def render_qr(url: str, title: str) -> str:
    """Return the QR code of `url`, black on white, with its quiet zone; `title` is the text for screen readers."""
    out = io.BytesIO()
    code = segno.make(url, error="m", micro=False)
    code.save(
        out, kind="svg", scale=4, light="#fff", dark="#000", title=title, xmldecl=False, svgclass=None, lineclass=None
    )
    return out.getvalue().decode("utf-8")
