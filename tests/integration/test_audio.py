"""Audio of posts, pages, events and books: the player, the enclosures of feeds, and what the build reports."""

import json
import os

import feedparser
import sounds
from authorsite.reading import audio_files
from conftest import post
from feed_rules import check_feed

TALK = "content/files/talk.mp3"
URL = "https://example.org/files/talk.mp3"
EVENT = "---\ntitle: A talk\nstart: 2020-01-20T19:00\naudio: files/talk.mp3\n---\nWhat was said.\n"
BOOK = """---
title: A made-up guide
published: 2019-01-01
contributors: [{name: Ann Author}]
audio: files/talk.mp3
sample: samples/one.md
---
Text.
"""


def test_a_file_gets_a_player_and_an_enclosure_of_true_length_everywhere(make_site):
    sound = sounds.make_mp3(65)
    site = make_site(
        {
            TALK: sound,
            "content/posts/a.md": post("A post", slug="a", audio="files/talk.mp3"),
            "content/posts/b/b.md": post("Beside", "2019-03-02", slug="b", audio="own sound.m4a"),
            "content/posts/b/own sound.m4a": sounds.make_m4a(3),
            "content/pages/p.md": "---\ntitle: A page\nslug: p\naudio: files/talk.mp3\n---\nText.\n",
            "content/events/e.md": EVENT,
            "content/books/g.md": BOOK,
            "content/samples/one.md": "# One\n\nText of one.\n",
        }
    )
    result = site.build(strict=True)
    assert not result.failed, [*map(str, result.problems)]
    player = '<audio controls preload="none" src="/files/talk.mp3" aria-label="Listen to A post"></audio>'
    assert player in site.output("2019/03/01/a/index.html")
    link = '<a href="/files/talk.mp3" type="audio/mpeg" download>Download the audio</a> (1:05, MP3, 1 MB)'
    assert link in site.output("2019/03/01/a/index.html")
    for page in ("p", "events/e", "books/g", "books/g/sample"):
        assert site.output(f"{page}/index.html").count('<audio controls preload="none" src="/files/talk.mp3"') == 1
    assert "<audio" not in site.output("books/g/sample/one/index.html")
    assert (site.root / "output/2019/03/02/b/own sound.m4a").is_file()
    assert 'src="/2019/03/02/b/own%20sound.m4a"' in site.output("2019/03/02/b/index.html")
    expected = {"href": URL, "type": "audio/mpeg", "length": str(len(sound))}
    for name in ("feed.xml", "atom.xml", "events/feed.xml", "books/feed.xml"):
        data = (site.root / "output" / name).read_bytes()
        assert check_feed(name, data) == []
        entry = feedparser.parse(data).entries[-1]
        assert [dict(each) for each in entry.enclosures] in ([expected], [expected | {"rel": "enclosure"}])
        assert entry.get("itunes_duration", "65") == "65"
        assert "<audio" not in entry.content[0].value
    assert "itunes" not in site.output("atom.xml")
    assert feedparser.parse(site.output("feed.xml")).entries[0].itunes_duration == "3"
    (beside, first) = json.loads(site.output("feed.json"))["items"]
    assert check_feed("feed.json", site.output("feed.json").encode()) == []
    assert first["attachments"] == [
        {"url": URL, "mime_type": "audio/mpeg", "size_in_bytes": len(sound), "duration_in_seconds": 65}
    ]
    assert beside["attachments"][0]["url"] == "https://example.org/2019/03/02/b/own%20sound.m4a"
    for page in ("2019/03/01/a", "events/e", "books/g"):
        data = site.output(f"{page}/index.html").split('<script type="application/ld+json">')[1]
        assert f'{{"@type":"AudioObject","contentUrl":"{URL}"' in data.partition("</script>")[0]


def test_a_file_elsewhere_is_linked_and_the_page_asks_its_host_for_nothing(make_site):
    source = "{url: https://cdn.example/a.mp3, size: 64000000, type: audio/mpeg}"
    site = make_site({"content/posts/a.md": post(slug="a", audio=source)})
    assert not site.build(strict=True).failed
    page = site.output("2019/03/01/a/index.html")
    assert "<audio" not in page
    assert '<a href="https://cdn.example/a.mp3" type="audio/mpeg" rel="noopener">Listen at cdn.example</a>' in page
    assert "(MP3, 64 MB)" in page
    (enclosure,) = feedparser.parse(site.output("feed.xml")).entries[0].enclosures
    assert dict(enclosure) == {"href": "https://cdn.example/a.mp3", "type": "audio/mpeg", "length": "64000000"}
    assert "itunes" not in site.output("feed.xml")
    attachment = {"url": "https://cdn.example/a.mp3", "mime_type": "audio/mpeg", "size_in_bytes": 64_000_000}
    assert json.loads(site.output("feed.json"))["items"][0]["attachments"] == [attachment]


def test_a_changed_file_of_the_same_name_changes_page_and_feeds(make_site):
    site = make_site({TALK: sounds.make_mp3(2), "content/posts/a.md": post(slug="a", audio="files/talk.mp3")})
    site.build()
    for seconds in (3, 30):
        site.write({TALK: sounds.make_mp3(seconds)})
        os.utime(site.root / TALK, (1_500_000_000, 1_500_000_000))
        site.build()
        (entry,) = feedparser.parse(site.output("feed.xml")).entries
        assert (entry.enclosures[0].length, entry.itunes_duration) == (str(len(sounds.make_mp3(seconds))), str(seconds))
        assert f'length="{len(sounds.make_mp3(seconds))}"' in site.output("atom.xml")
        assert json.loads(site.output("feed.json"))["items"][0]["attachments"][0]["duration_in_seconds"] == seconds
    assert "(0:30, MP3, 479 kB)" in site.output("2019/03/01/a/index.html")
    assert (site.root / "output/files/talk.mp3").read_bytes() == (site.root / TALK).read_bytes()
    built = site.tree()
    site.write({"content/posts/a.md": post(slug="a")})
    site.build()
    assert "<audio" not in site.output("2019/03/01/a/index.html")
    assert "enclosure" not in site.output("feed.xml")
    site.write({"content/posts/a.md": post(slug="a", audio="files/talk.mp3")})
    site.build()
    assert site.tree() == built


def test_each_problem_of_an_audio_file_is_one_line(make_site, monkeypatch):
    monkeypatch.setattr(audio_files, "MAX_SIZE", 100_000)
    names = {
        "missing": "files/none.mp3",
        "outside": "../../secret.mp3",
        "text": "files/text.mp3",
        "empty": "files/empty.mp3",
        "silent": "files/silent.wav",
        "other": "files/other.ogg",
    }
    site = make_site(
        {f"content/posts/{name}.md": post(name, slug=name, audio=file) for name, file in names.items()}
        | {
            "secret.mp3": sounds.make_mp3(),
            "content/files/text.mp3": b"Not audio.",
            "content/files/empty.mp3": b"",
            "content/files/silent.wav": sounds.make_wav(0),
            "content/files/other.ogg": sounds.make_mp3(),
            "content/files/big.mp3": sounds.make_mp3(10),
            "content/events/big.md": EVENT.replace("talk.mp3", "big.mp3"),
            "content/books/g.md": BOOK.replace("sample: samples/one.md\n", ""),
        }
    )
    result = site.build()
    lines = [str(problem) for problem in result.problems]
    export = "export it as MP3, M4A, Ogg, Opus, FLAC or WAV"
    missing = "put it into content/files/, and write: audio: files/talk.mp3"
    outside = "copy the file into content/ and link to that"
    bitrate = "export it with fewer kilobits per second (64 are enough for speech), or keep it on another host"
    assert sorted(lines) == sorted(
        [
            f"content/posts/missing.md:5: there is no audio file content/files/none.mp3 - {missing}",
            f"content/posts/outside.md:5: ../../secret.mp3 is outside content/ - {outside}",
            f"content/posts/text.md:5: content/files/text.mp3 is not audio that browsers play - {export}",
            "content/posts/empty.md:5: content/files/empty.mp3 is empty - export it again",
            "content/posts/silent.md:5: content/files/silent.wav has no sound: its length is zero - export it again",
            "content/posts/other.md:5: content/files/other.ogg is MP3 audio - rename it to other.mp3, here and there",
            f"content/events/big.md:4: content/files/big.mp3 has 0 MB - {bitrate}",
            f"content/books/g.md:5: there is no audio file content/files/talk.mp3 - {missing}",
        ]
    )
    assert result.failed
    assert {problem.severity for problem in result.problems if "big.mp3" in problem.message} == {"notice"}


def test_the_file_of_a_draft_stays_out_unless_a_published_page_plays_it(make_site):
    files = {
        "content/posts/a.md": post("A draft", status="draft", audio="files/draft.mp3", body="[b](../files/talk.mp3)"),
        "content/posts/b.md": post("Published", audio="files/talk.mp3"),
        "content/files/draft.mp3": sounds.make_mp3(),
        TALK: sounds.make_mp3(),
    }
    site = make_site(files)
    assert not site.build(strict=True).failed
    assert (site.root / "output/files/talk.mp3").is_file()
    assert not (site.root / "output/files/draft.mp3").exists()
