"""Image files without what cameras and programs write into them; the picture itself stays byte for byte."""

from __future__ import annotations

import struct
from collections.abc import Iterator

_END, _SCAN, _ADOBE, _PROFILE = 0xD9, 0xDA, 0xEE, 0xE2
"""JPEG's markers; Adobe's says how the colors are meant."""

_JPEG_DROPPED = frozenset((*range(0xE1, 0xF0), 0xFE)) - {_ADOBE}
_NO_END_OF_SCAN = frozenset((0, *range(0xD0, 0xD8)))
_PNG_DROPPED = frozenset((b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"))
_WEBP_DROPPED = frozenset((b"EXIF", b"XMP "))


def without_metadata(data: bytes, kind: str) -> bytes:
    """Return an image (jpeg, png or webp) without EXIF, XMP, IPTC, comments and whatever follows its end.

    Colour profiles stay. Raises ValueError for a file that is cut off or otherwise damaged.
    """
    try:
        return b"".join({"jpeg": _jpeg, "png": _png, "webp": _webp}[kind](data))
    except (IndexError, struct.error) as error:
        raise ValueError("the file is cut off") from error


def _jpeg(data: bytes) -> Iterator[bytes]:
    """Give the parts to keep; what phones hang behind the end, such as films, is left out."""
    yield data[:2]
    at = 2
    while (marker := data[at + 1]) != _END:
        if data[at] != 0xFF:  # noqa: PLR2004 - what a marker begins with
            raise ValueError("a marker is missing")
        if marker == 0xFF:  # noqa: PLR2004 - a marker may be padded
            at += 1
            continue
        end = at + 2 + struct.unpack_from(">H", data, at + 2)[0]
        if marker == _SCAN:
            while data[end] != 0xFF or data[end + 1] in _NO_END_OF_SCAN:  # noqa: PLR2004 - the next marker
                end = data.find(b"\xff", end + 1)
                if end < 0:
                    raise ValueError("the file is cut off")
        if marker not in _JPEG_DROPPED or (marker == _PROFILE and data.startswith(b"ICC_PROFILE\0", at + 4)):
            yield data[at:end]
        at = end
    yield data[at : at + 2]


def _png(data: bytes) -> Iterator[bytes]:
    yield data[:8]
    at, name = 8, b""
    while name != b"IEND":
        length, name = struct.unpack_from(">I4s", data, at)
        if name not in _PNG_DROPPED:
            yield data[at : at + 12 + length]
        at += 12 + length


def _webp(data: bytes) -> Iterator[bytes]:
    whole = 8 + struct.unpack_from("<I", data, 4)[0]
    kept, at = b"WEBP", 12
    if whole > len(data):
        raise ValueError("the file is cut off")
    while at < whole:
        name, length = struct.unpack_from("<4sI", data, at)
        end = at + 8 + length + length % 2
        if name == b"VP8X":
            # Its flags announce EXIF and XMP.
            kept += data[at : at + 8] + bytes([data[at + 8] & ~0x0C]) + data[at + 9 : end]
        elif name not in _WEBP_DROPPED:
            kept += data[at:end]
        at = end
    yield b"RIFF" + struct.pack("<I", len(kept)) + kept
