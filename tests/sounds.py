"""Silent audio files in every format that the site publishes, made without any encoder."""

import struct
import wave
from io import BytesIO

from mutagen.ogg import OggPage

MP3_FRAME = b"\xff\xfb\x90\x00" + bytes(413)
"""A silent frame of MPEG-1 Layer III: 128 kbit/s, 44.1 kHz, stereo; it lasts 1152 / 44100 s."""


def make_mp3(seconds=2):
    return MP3_FRAME * round(seconds * 44100 / 1152)


def make_wav(seconds=2, rate=8000):
    data = BytesIO()
    with wave.open(data, "wb") as file:
        file.setparams((1, 1, rate, 0, "NONE", ""))
        file.writeframes(b"\x80" * (seconds * rate))
    return data.getvalue()


def make_flac(seconds=2):
    rate_channels_bits_samples = (44100 << 44) | (1 << 41) | (15 << 36) | (seconds * 44100)
    info = struct.pack(">HH3s3sQ16s", 4096, 4096, bytes(3), bytes(3), rate_channels_bits_samples, bytes(16))
    return b"fLaC\x80" + len(info).to_bytes(3, "big") + info


def _make_ogg(head, comment, position):
    packets = [(head, 0), (comment, 0), (bytes(8), position)]
    pages = []
    for number, (packet, granule) in enumerate(packets):
        page = OggPage()
        page.serial, page.sequence, page.position, page.packets = 1, number, granule, [packet]
        page.first, page.last = number == 0, number == len(packets) - 1
        pages.append(page.write())
    return b"".join(pages)


def make_opus(seconds=2):
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 0, 48000, 0, 0)
    return _make_ogg(head, b"OpusTags" + struct.pack("<II", 0, 0), seconds * 48000)


def make_ogg(seconds=2):
    head = b"\x01vorbis" + struct.pack("<IBIiiiBB", 0, 1, 44100, 0, 64000, 0, 0xB8, 1)
    return _make_ogg(head, b"\x03vorbis" + struct.pack("<IIB", 0, 0, 1), seconds * 44100)


def _box(name, *parts):
    data = b"".join(parts)
    return struct.pack(">I4s", len(data) + 8, name) + data


def make_m4a(seconds=2):
    mdhd = _box(b"mdhd", struct.pack(">IIIIIHH", 0, 0, 0, 1000, seconds * 1000, 0, 0))
    hdlr = _box(b"hdlr", struct.pack(">II4s12xx", 0, 0, b"soun"))
    return _box(b"ftyp", b"M4A ", bytes(4)) + _box(b"moov", _box(b"trak", _box(b"mdia", mdhd, hdlr)))
