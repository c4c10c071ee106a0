"""Image files without what cameras and programs write into them; the picture itself stays byte for byte."""

from __future__ import annotations

import struct
from collections.abc import Iterator

_PNG_DROPPED = {b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"}
_GIF_KEPT = {b"NETSCAPE2.0", b"ANIMEXTS1.0"}


class Damaged(ValueError):
    """The file ends, or says something else, where its format wants more."""


def without_metadata(data: bytes, kind: str) -> bytes:
    """Return an image (jpeg, png, webp or gif) without EXIF, XMP, IPTC, comments and whatever follows its end.

    Colour profiles stay. Raises Damaged.
    """
    strip = {"jpeg": _jpeg, "png": _png, "webp": _webp, "gif": _gif}.get(kind)
    if strip is None:
        return data
    try:
        return b"".join(strip(data))
    except (IndexError, struct.error) as error:
        raise Damaged("the file is cut off") from error


def _jpeg(data: bytes) -> Iterator[bytes]:
    yield data[:2]
    at = 2
    while True:
        marker = data[at + 1]
        if data[at] != 0xFF:  # noqa: PLR2004 - what a marker begins with
            raise Damaged("a marker is missing")
        if marker == 0xFF:  # noqa: PLR2004 - a marker may be padded
            at += 1
            continue
        if marker == 0xD9:  # noqa: PLR2004 - the end: previews and films that phones hang on are left out
            yield data[at : at + 2]
            return
        end = at + 2 + struct.unpack_from(">H", data, at + 2)[0]
        if end > len(data):
            raise Damaged("the file is cut off")
        profile = marker == 0xE2 and data[at + 4 : at + 16] == b"ICC_PROFILE\0"  # noqa: PLR2004 - APP2
        kept = marker not in {*range(0xE1, 0xF0), 0xFE} or marker == 0xEE or profile  # noqa: PLR2004 - Adobe's colours
        if kept:
            yield data[at:end]
        at = end
        if marker == 0xDA:  # noqa: PLR2004 - a scan: its data goes on to the next real marker
            at = _after_scan(data, end)
            yield data[end:at]


def _after_scan(data: bytes, at: int) -> int:
    while True:
        at = data.find(b"\xff", at)
        if at < 0 or at + 1 >= len(data):
            raise Damaged("the file is cut off")
        if data[at + 1] != 0 and not 0xD0 <= data[at + 1] <= 0xD7:  # noqa: PLR2004 - restart marks belong to the scan
            return at
        at += 2


def _png(data: bytes) -> Iterator[bytes]:
    yield data[:8]
    at = 8
    while True:
        length, name = struct.unpack_from(">I4s", data, at)
        end = at + 12 + length
        if end > len(data):
            raise Damaged("the file is cut off")
        if name not in _PNG_DROPPED:
            yield data[at:end]
        if name == b"IEND":
            return
        at = end


def _webp(data: bytes) -> Iterator[bytes]:
    whole = 8 + struct.unpack_from("<I", data, 4)[0]
    if whole > len(data):
        raise Damaged("the file is cut off")
    kept, at = [], 12
    while at < whole:
        name, length = struct.unpack_from("<4sI", data, at)
        end = at + 8 + length + length % 2
        chunk = data[at:end]
        if name == b"VP8X":
            chunk = chunk[:8] + bytes([chunk[8] & ~0x0C]) + chunk[9:]  # the flags that announce EXIF and XMP
        if name not in {b"EXIF", b"XMP "}:
            kept.append(chunk)
        at = end
    body = b"WEBP" + b"".join(kept)
    yield b"RIFF" + struct.pack("<I", len(body)) + body


def _gif(data: bytes) -> Iterator[bytes]:
    at = 13 + _gif_colours(data[10])
    yield data[:at]
    while data[at] != 0x3B:  # noqa: PLR2004 - the end
        start = at
        if data[at] == 0x21:  # noqa: PLR2004 - an extension
            label, name = data[at + 1], data[at + 3 : at + 14]
            at = _after_blocks(data, at + 2)
            kept = label not in {0xFE, 0xFF} or name in _GIF_KEPT
        else:
            at = _after_blocks(data, at + 11 + _gif_colours(data[at + 9]))
            kept = True
        if kept:
            yield data[start:at]
    yield b"\x3b"


def _gif_colours(flags: int) -> int:
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _after_blocks(data: bytes, at: int) -> int:
    while data[at]:
        at += data[at] + 1
    return at + 1
