"""What front matter says of audio, and what a file tells of its format and length."""

import pytest
import sounds
from authorsite.audio import Audio, AudioSource, build_audio_jsonld, inspect_audio, make_audio_link
from authorsite.problems import ProblemLog
from authorsite.strict_model import StrictModel
from authorsite.validation import InvalidValue, validate

AUDIO = Audio("https://example.org/files/a.mp3", "audio/mpeg", 32_000, "files/a.mp3", "files/a.mp3", 2, "MP3")


class Record(StrictModel):
    audio: AudioSource | None = None


@pytest.mark.parametrize(
    ("name", "make", "expected"),
    [
        ("a.mp3", sounds.make_mp3, ("MP3", "audio/mpeg")),
        ("A.MP3", sounds.make_mp3, ("MP3", "audio/mpeg")),
        ("a.m4a", sounds.make_m4a, ("M4A", "audio/mp4")),
        ("a.ogg", sounds.make_ogg, ("Ogg", "audio/ogg")),
        ("a.opus", sounds.make_opus, ("Opus", "audio/ogg")),
        ("a.ogg", sounds.make_opus, ("Opus", "audio/ogg")),
        ("a.flac", sounds.make_flac, ("FLAC", "audio/flac")),
        ("a.wav", sounds.make_wav, ("WAV", "audio/wav")),
    ],
)
def test_format_and_length_are_those_of_the_content(tmp_path, name, make, expected):
    file = tmp_path / name
    file.write_bytes(make(7))
    kind, seconds = inspect_audio(file)
    assert ((kind.name, kind.type), seconds) == (expected, 7)


@pytest.mark.parametrize(
    ("name", "data", "message", "hint"),
    [
        ("a.mp3", b"", "is empty", "export it again"),
        ("a.mp3", b"Not audio. " * 200, "is not audio that browsers play", "export it as MP3"),
        ("a.mp3", b"\xff\xfb\x90\x00" + bytes(9000), "is not audio that browsers play", "export it as MP3"),
        ("a.pdf", b"%PDF-1.4", "is not audio that browsers play", "export it as MP3"),
        ("a.wav", sounds.make_wav(0), "has no sound: its length is zero", "export it again"),
        ("a.ogg", sounds.make_mp3(), "is MP3 audio", "rename it to a.mp3"),
        ("a.mp3", sounds.make_ogg(), "is Ogg audio", "rename it to a.ogg"),
        ("a.m4a", sounds.make_m4a()[:60], "is not audio that browsers play", "export it as MP3"),
        ("a.flac", sounds.make_flac()[:20], "is not audio that browsers play", "export it as MP3"),
    ],
)
def test_a_file_that_browsers_would_not_play_is_an_error(tmp_path, name, data, message, hint):
    file = tmp_path / name
    file.write_bytes(data)
    with pytest.raises(InvalidValue) as error:
        inspect_audio(file)
    assert str(error.value) == message
    assert error.value.hint.startswith(hint)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("https://cdn.example/a.mp3", "the URL of `audio` needs its size in bytes and its type"),
        ({"url": "https://cdn.example/a.mp3", "size": 10}, "`audio` has no type"),
        ({"url": "https://cdn.example/a.mp3", "type": "audio/mpeg"}, "`audio` has no size"),
        ({"size": 10, "type": "audio/mpeg"}, "`audio` has no url"),
        ({}, "`audio` has no url"),
        ({"url": "ftp://cdn.example/a.mp3", "size": 10, "type": "audio/mpeg"}, "is not a URL"),
        ({"url": "https://cdn.example/a.mp3", "size": 0, "type": "audio/mpeg"}, "`audio.size` cannot be 0"),
        ({"url": "https://cdn.example/a.mp3", "size": 10, "type": "mp3"}, "`mp3` is not an audio type"),
        ({"file": "files/a.mp3", "size": 10}, "`audio` has a file and more"),
        ({"urls": "x"}, "unknown key `urls`"),
        (["files/a.mp3"], "`audio` cannot be a list"),
        (7, "`audio` must be a mapping"),
    ],
)
def test_front_matter_that_is_not_complete_is_one_error(value, message):
    log = ProblemLog()
    assert validate(Record, {"audio": value}, log, "a.md", {("audio",): 3}) is None
    (problem,) = log
    assert message in problem.message
    assert problem.hint
    assert problem.line == 3


def test_a_url_elsewhere_keeps_what_its_author_says_of_it():
    record = Record(audio={"url": "https://cdn.example/a.mp3", "size": 64_000_000, "type": "audio/mpeg"})
    audio = make_audio_link(record.audio)
    assert (audio.host, audio.format, audio.size_text, audio.duration, audio.path) == (
        "cdn.example",
        "MP3",
        "64 MB",
        "",
        "",
    )


@pytest.mark.parametrize(("seconds", "text"), [(0, ""), (5, "0:05"), (754, "12:34"), (3723, "1:02:03")])
def test_a_length_is_written_as_on_a_clock(seconds, text):
    assert Audio("https://a.example/a.mp3", "audio/mpeg", 1, seconds=seconds).duration == text


@pytest.mark.parametrize(("size", "text"), [(1, "1 kB"), (640_400, "640 kB"), (999_600, "1 MB"), (12_345_678, "12 MB")])
def test_a_size_is_written_in_kilobytes_or_megabytes(size, text):
    assert Audio("https://a.example/a.mp3", "audio/mpeg", size).size_text == text


def test_json_ld_describes_the_file():
    assert build_audio_jsonld(None) is None
    assert build_audio_jsonld(AUDIO) == {
        "@type": "AudioObject",
        "contentUrl": AUDIO.url,
        "encodingFormat": "audio/mpeg",
        "contentSize": "32000",
        "duration": "PT2S",
    }
