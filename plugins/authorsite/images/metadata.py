"""Removal of EXIF, XMP and other metadata from image files, without encoding the pixels again."""

import struct
from collections.abc import Iterator

_EOI, _SOS, _APP2, _APP14 = 0xD9, 0xDA, 0xE2, 0xEE
"""JPEG markers: end of image, start of scan, ICC profile, Adobe's color transform (without it, colors change)."""

_JPEG_DROPPED = frozenset((*range(0xE1, 0xF0), 0xFE)) - {_APP14}
_MARKERS_IN_SCAN = frozenset((0, *range(0xD0, 0xD8)))
"""What may follow 0xFF inside scan data: a stuffed zero or a restart marker."""

_PNG_DROPPED = frozenset((b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"))
_WEBP_DROPPED = frozenset((b"EXIF", b"XMP "))

_GIF_EXTENSION, _GIF_IMAGE, _GIF_CONTROL, _GIF_APPLICATION = 0x21, 0x2C, 0xF9, 0xFF
_GIF_KEPT_APPLICATIONS = frozenset((b"NETSCAPE2.0", b"ANIMEXTS1.0", b"ICCRGBG1012"))
"""Repetition of animations, and color profiles."""


def strip_metadata(data: bytes, image_format: str) -> bytes:
    """Return a JPEG, PNG, WebP or GIF file without EXIF, XMP, IPTC, comments and data after its end.

    Color profiles stay. Raises ValueError for a truncated or otherwise damaged file.
    """
    try:
        return b"".join(_STRIPPERS[image_format](data))
    except (IndexError, struct.error) as error:
        raise ValueError("the file is truncated") from error


def _strip_jpeg(data: bytes) -> Iterator[bytes]:
    """Yield the segments to keep; what phones append after the end, such as a video, is dropped."""
    yield data[:2]
    at = 2
    while (marker := data[at + 1]) != _EOI:
        if data[at] != 0xFF:  # noqa: PLR2004 - every marker begins with this byte
            raise ValueError("a marker is missing")
        if marker == 0xFF:  # noqa: PLR2004 - a marker may be padded
            at += 1
            continue
        end = at + 2 + struct.unpack_from(">H", data, at + 2)[0]
        if marker == _SOS:
            while data[end] != 0xFF or data[end + 1] in _MARKERS_IN_SCAN:  # noqa: PLR2004 - the next marker
                end = data.find(b"\xff", end + 1)
                if end < 0:
                    raise ValueError("the file is truncated")
        if marker not in _JPEG_DROPPED or (marker == _APP2 and data.startswith(b"ICC_PROFILE\0", at + 4)):
            yield data[at:end]
        at = end
    yield data[at : at + 2]


def _strip_png(data: bytes) -> Iterator[bytes]:
    yield data[:8]
    at, name = 8, b""
    while name != b"IEND":
        length, name = struct.unpack_from(">I4s", data, at)
        if name not in _PNG_DROPPED:
            yield data[at : at + 12 + length]
        at += 12 + length


def _strip_webp(data: bytes) -> Iterator[bytes]:
    file_end = 8 + struct.unpack_from("<I", data, 4)[0]
    body, at = b"WEBP", 12
    if file_end > len(data):
        raise ValueError("the file is truncated")
    while at < file_end:
        name, length = struct.unpack_from("<4sI", data, at)
        end = at + 8 + length + length % 2
        if name == b"VP8X":
            # Clear the flags that announce EXIF and XMP.
            body += data[at : at + 8] + bytes([data[at + 8] & ~0x0C]) + data[at + 9 : end]
        elif name not in _WEBP_DROPPED:
            body += data[at:end]
        at = end
    yield b"RIFF" + struct.pack("<I", len(body)) + body


def _strip_gif(data: bytes) -> Iterator[bytes]:
    """Yield the blocks to keep; what follows the last one is dropped."""
    at = 13 + _get_color_table_size(data[10])
    yield data[:at]
    while at < len(data) and (kind := data[at]) in {_GIF_EXTENSION, _GIF_IMAGE}:
        label = data[at + 1]
        end = at + 2 if kind == _GIF_EXTENSION else at + 11 + _get_color_table_size(data[at + 9])
        while data[end]:  # sub-blocks, each after its length
            end += 1 + data[end]
        is_application = label == _GIF_APPLICATION and data[at + 3 : at + 14] in _GIF_KEPT_APPLICATIONS
        if kind == _GIF_IMAGE or label == _GIF_CONTROL or is_application:
            yield data[at : end + 1]
        at = end + 1
    yield b";"


def _get_color_table_size(flags: int) -> int:
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


_STRIPPERS = {"jpeg": _strip_jpeg, "png": _strip_png, "webp": _strip_webp, "gif": _strip_gif}
