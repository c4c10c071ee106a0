"""Audio of a post, page, event or book: what its author writes, and what a file tells of its type and length."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from .strict_model import StrictModel, require
from .urls import WebUrl
from .validation import InvalidValue

MAX_SIZE = 50_000_000
"""The bytes from which on a build gives a notice: many hosts take no larger files, and listeners pay for them."""

_MEDIA_TYPE = re.compile(r"audio/[a-z0-9][a-z0-9.+-]*")


@dataclass(frozen=True, slots=True)
class AudioFormat:
    """A format that browsers play: its name for people, its media type (IANA), and the suffixes of its files."""

    name: str
    type: str
    suffixes: tuple[str, ...]


FORMATS: Mapping[str, AudioFormat] = {
    "MP3": AudioFormat("MP3", "audio/mpeg", (".mp3",)),
    "MP4": AudioFormat("M4A", "audio/mp4", (".m4a", ".m4b")),
    "OggVorbis": AudioFormat("Ogg", "audio/ogg", (".ogg", ".oga")),
    "OggOpus": AudioFormat("Opus", "audio/ogg", (".opus", ".ogg", ".oga")),
    "FLAC": AudioFormat("FLAC", "audio/flac", (".flac",)),
    "WAVE": AudioFormat("WAV", "audio/wav", (".wav",)),
}
"""The formats by the name of mutagen's class."""

_NAMES = {"audio/x-m4a": "M4A", **{each.type: each.name for each in [*FORMATS.values()][::-1]}}


class AudioSource(StrictModel):
    """The front matter `audio`: a file as text, or the URL, size in bytes and media type of one on another host."""

    file: str = ""
    url: WebUrl | None = None
    size: int | None = Field(default=None, ge=1)
    type: Annotated[str, require(_MEDIA_TYPE.fullmatch, "an audio type", "write it as audio/mpeg")] = ""

    @model_validator(mode="before")
    @classmethod
    def _wrap(cls, value: Any) -> Any:
        if isinstance(value, list):
            raise InvalidValue("`audio` cannot be a list", "name one file: audio: files/talk.mp3")
        if not isinstance(value, str):
            return value
        if re.match(r"(?i)[a-z]+://", value.strip()):
            hint = f"write audio: {{url: {value.strip()}, size: 1234567, type: audio/mpeg}}"
            raise InvalidValue("the URL of `audio` needs its size in bytes and its type", hint)
        return {"file": value}

    @model_validator(mode="after")
    def _check_completeness(self) -> Self:
        missing = [key for key in ("url", "size", "type") if not getattr(self, key)]
        if self.file and len(missing) < 3:  # noqa: PLR2004 - all of them
            raise InvalidValue("`audio` has a file and more", "write the path alone: audio: files/talk.mp3")
        if not self.file and missing:
            hint = "write audio: files/talk.mp3, or audio: {url: https://…, size: 1234567, type: audio/mpeg}"
            raise InvalidValue(f"`audio` has no {missing[0]}", hint)
        return self


@dataclass(frozen=True, slots=True)
class Audio:
    """Audio for templates and feeds.

    `url` is absolute. `path` is the URL relative to the site's root, without a leading slash; "" for a file on another
    host. `source_path` is that of the file below content/. `size` is in bytes; `seconds` is 0 if it is unknown.
    """

    url: str
    type: str
    size: int
    path: str = ""
    source_path: str = ""
    seconds: int = 0
    format: str = ""

    @property
    def duration(self) -> str:
        """The length as "12:34" or "1:02:03"; "" if it is unknown."""
        minutes, seconds = divmod(self.seconds, 60)
        hours, minutes = divmod(minutes, 60)
        start = f"{hours}:{minutes:02}" if hours else str(minutes)
        return f"{start}:{seconds:02}" if self.seconds else ""

    @property
    def size_text(self) -> str:
        """The size as "12 MB" or "640 kB"."""
        kilobytes = max(1, round(self.size / 1000))
        return f"{kilobytes} kB" if kilobytes < 1000 else f"{round(self.size / 1_000_000)} MB"  # noqa: PLR2004

    @property
    def host(self) -> str:
        """The host of `url`."""
        return self.url.split("/")[2]


def build_audio_jsonld(audio: Audio | None) -> dict[str, Any] | None:
    """Return the object of JSON-LD (https://schema.org/AudioObject); None without audio."""
    if audio is None:
        return None
    return {
        "@type": "AudioObject",
        "contentUrl": audio.url,
        "encodingFormat": audio.type,
        "contentSize": str(audio.size),
        "duration": f"PT{audio.seconds}S" if audio.seconds else "",
    }


def make_audio_link(source: AudioSource) -> Audio:
    """Return the audio on another host, as its author describes it."""
    assert source.url
    assert source.size
    return Audio(source.url, source.type, source.size, format=_NAMES.get(source.type, source.type))


def inspect_audio(file: Path) -> tuple[AudioFormat, int]:
    """Return the format and the length in seconds of an audio file, by its content.

    Raises InvalidValue for a file that is no audio, or none that browsers play, and for one whose suffix is another
    format's.
    """
    # Imported here, as most sites have no audio.
    from mutagen import File  # noqa: PLC0415
    from mutagen.flac import FLAC  # noqa: PLC0415
    from mutagen.mp3 import MP3  # noqa: PLC0415
    from mutagen.mp4 import MP4  # noqa: PLC0415
    from mutagen.oggopus import OggOpus  # noqa: PLC0415
    from mutagen.oggvorbis import OggVorbis  # noqa: PLC0415
    from mutagen.wave import WAVE  # noqa: PLC0415

    if not file.stat().st_size:
        raise InvalidValue("is empty", "export it again")
    names = "MP3, M4A, Ogg, Opus, FLAC or WAV"
    try:
        audio: Any = File(file, [MP3, MP4, OggVorbis, OggOpus, FLAC, WAVE])
    except Exception:  # noqa: BLE001 - a damaged file makes the library raise errors of many kinds
        audio = None
    # "sketchy": the library found what may be one frame of an MP3, and none after it.
    if audio is None or getattr(audio.info, "sketchy", False):
        raise InvalidValue("is not audio that browsers play", f"export it as {names}")
    kind, seconds = FORMATS[type(audio).__name__], float(audio.info.length)
    if file.suffix.lower() not in kind.suffixes:
        raise InvalidValue(f"is {kind.name} audio", f"rename it to {file.stem}{kind.suffixes[0]}, here and there")
    if seconds <= 0:
        raise InvalidValue("has no sound: its length is zero", "export it again")
    return kind, max(1, round(seconds))
