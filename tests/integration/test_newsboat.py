"""The feeds in a real feed reader, newsboat: what it shows, and which entries it takes for new."""

import os
import pty
import select
import shutil
import sqlite3
import subprocess
import time

import pytest
from conftest import post
from serving import serve_folder
from sounds import make_mp3

FEEDS = ("feed.xml", "atom.xml")


@pytest.fixture(scope="session")
def newsboat():
    path = shutil.which("newsboat")
    if path is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("no newsboat: apt-get install newsboat")
    return path


class Reader:
    """newsboat with its own cache for one feed."""

    def __init__(self, executable, home, url):
        home.mkdir(parents=True)
        (home / "urls").write_text(f"{url}\n")
        # HTTP dates have a resolution of one second, and these builds follow each other faster.
        queue = f'podcast-auto-enqueue yes\ndownload-path "{home}/"\n'
        (home / "config").write_text(f'always-download "{url}"\n{queue}')
        self.cache = home / "cache.db"
        files = ["-u", home / "urls", "-C", home / "config", "-c", self.cache]
        self.command = [executable, *files, "-x", "reload"]
        self.env = {**os.environ, "HOME": str(home), "XDG_CONFIG_HOME": str(home), "XDG_DATA_HOME": str(home)}

    def reload(self):
        result = subprocess.run(self.command, env=self.env, timeout=30, capture_output=True, check=False)
        assert result.returncode == 0, result.stderr.decode()
        return {item[0]: item for item in self.items()}

    def items(self):
        with sqlite3.connect(f"file:{self.cache}?mode=ro", uri=True) as database:
            return database.execute(
                "SELECT guid, title, url, content, unread FROM rss_item WHERE deleted = 0"
            ).fetchall()

    def mark_all_read(self):
        with sqlite3.connect(self.cache) as database:
            database.execute("UPDATE rss_item SET unread = 0")

    def unread_titles(self):
        return {title for _, title, _, _, unread in self.items() if unread}


def test_newsboat_shows_every_entry(newsboat, golden, tmp_path):
    with serve_folder(golden.root / "output") as url:
        names = [*FEEDS, "books/feed.xml", "events/feed.xml", "category/notes/feed.xml", "tag/ladders/feed.xml"]
        for name in names:
            items = Reader(newsboat, tmp_path / name, f"{url}/{name}").reload()
            expected = golden.output(name).count("</guid>") or golden.output(name).count("</entry>")
            assert len(items) == expected > 0, name
            for guid, title, link, content, _ in items.values():
                assert guid.startswith("https://example.org/") or guid == "https://old.example.org/?p=1234"
                assert title
                assert link.startswith("https://example.org/")
                assert "CDATA" not in content
                assert content.strip()


def test_newsboat_imports_every_feed_of_the_list(newsboat, golden, tmp_path):
    (tmp_path / "urls").write_text("")
    files = ["-u", tmp_path / "urls", "-c", tmp_path / "cache.db", "-i", golden.root / "output/feeds.opml"]
    subprocess.run([newsboat, *files], env={**os.environ, "HOME": str(tmp_path)}, timeout=30, check=True)
    output = golden.root / "output"
    names = {path.relative_to(output).as_posix() for path in output.rglob("feed.xml")}
    assert {"feed.xml", "books/feed.xml", "events/feed.xml", "tag/ladders/feed.xml"} <= names
    urls = (tmp_path / "urls").read_text().split()
    assert sorted(urls) == sorted(f"https://example.org/{name}" for name in names)
    assert 'href="/feeds.opml"' in golden.output("subscribe/index.html")


WORDPRESS_FEED = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>Old blog</title><link>{url}</link><description>d</description>
<item><title>Post 1</title><link>{url}/2019/03/01/post-1/</link><guid isPermaLink="false">http://old.example/?p=1</guid>
<description>One.</description><pubDate>Fri, 01 Mar 2019 00:00:00 +0000</pubDate></item>
</channel></rss>"""


def test_who_followed_a_wordpress_feed_sees_nothing_twice_after_the_move(newsboat, make_site):
    site = make_site(
        {
            "content/posts/1.md": post("Post 1", "2019-03-01", slug="post-1", guid="http://old.example/?p=1"),
            "content/redirects.yaml": "/feed/: /feed.xml\n",
        }
    )
    old = site.root / "output/feed/index.html"
    old.parent.mkdir(parents=True)
    with serve_folder(site.root / "output") as url:  # as text/html, which a host without rules calls /feed/
        old.write_text(WORDPRESS_FEED.format(url=url))
        reader = Reader(newsboat, site.root / "reader", f"{url}/feed/")
        assert len(reader.reload()) == 1
        reader.mark_all_read()
        assert not site.build(AUTHORSITE={"url": url}).failed
        reader.reload()
        assert not reader.unread_titles()
        site.write({"content/posts/2.md": post("Post 2", "2019-03-02")})
        assert not site.build(AUTHORSITE={"url": url}).failed
        reader.reload()
        assert reader.unread_titles() == {"Post 2"}


def test_only_a_new_post_is_unread_after_an_edit_a_new_post_and_a_new_slug(newsboat, make_site):
    site = make_site(
        {f"content/posts/{n}.md": post(f"Post {n}", f"2019-03-0{n}", slug=f"post-{n}") for n in range(1, 6)}
    )
    output = site.root / "output"
    output.mkdir()
    with serve_folder(output) as url:
        assert not site.build(AUTHORSITE={"url": url}).failed
        readers = [Reader(newsboat, site.root / "reader" / name, f"{url}/{name}") for name in FEEDS]
        for reader in readers:
            assert len(reader.reload()) == 5
            reader.mark_all_read()
        site.write(
            {
                "content/posts/1.md": post(
                    "Post 1, edited", "2019-03-01", slug="post-1", modified="2019-04-01", body="New."
                ),
                "content/posts/2.md": post("Post 2", "2019-03-02", slug="two", aliases="[/2019/03/02/post-2/]"),
                "content/posts/6.md": post("Post 6", "2019-03-06"),
            }
        )
        assert not site.build(AUTHORSITE={"url": url}).failed
        for reader in readers:
            items = reader.reload()
            assert len(items) == 6
            assert reader.unread_titles() == {"Post 6"}
            assert items[f"{url}/2019/03/02/post-2/"][2] == f"{url}/2019/03/02/two/"
            reader.mark_all_read()
        site.write({"content/posts/3.md": post("Post 3", "2019-03-03", slug="three")})
        assert not site.build(AUTHORSITE={"url": url}).failed
        for reader in readers:
            reader.reload()
            assert reader.unread_titles() == {"Post 3"}, "announced again, as the alias is missing"


def run_podboat(reader, home, file):
    """Run podboat in a terminal until it has downloaded its queue to `file`; 15 seconds at most."""
    terminal, side = pty.openpty()
    command = ["podboat", "-C", home / "config", "-q", home / ".newsboat/queue", "--autodownload"]
    env = {**reader.env, "TERM": "xterm"}
    with subprocess.Popen(command, env=env, stdin=side, stdout=side, stderr=side) as process:
        os.close(side)
        try:
            deadline = time.monotonic() + 15
            while process.poll() is None and time.monotonic() < deadline:
                if select.select([terminal], [], [], 0.1)[0]:
                    os.read(terminal, 65536)  # it waits for whoever does not read what it draws
                if file.exists():  # until then, its name ends with .part
                    os.write(terminal, b"q")
        except OSError:  # it has closed the terminal
            process.wait(5)
        finally:
            process.terminate()
            os.close(terminal)


def test_podboat_downloads_the_episode_that_newsboat_finds(newsboat, make_site):
    sound = make_mp3(3)
    site = make_site({"content/posts/1.md": post("Episode 1", audio="files/talk.mp3"), "content/files/talk.mp3": sound})
    home, output = site.root / "reader", site.root / "output"
    output.mkdir()
    with serve_folder(output) as url:
        assert not site.build(strict=True, AUTHORSITE={"url": url}).failed
        reader = Reader(newsboat, home, f"{url}/feed.xml")
        reader.reload()
        with sqlite3.connect(f"file:{reader.cache}?mode=ro", uri=True) as database:
            (found,) = database.execute("SELECT enclosure_url, enclosure_type FROM rss_item").fetchall()
        assert found == (f"{url}/files/talk.mp3", "audio/mpeg")
        run_podboat(reader, home, home / "talk.mp3")
    assert (home / "talk.mp3").read_bytes() == sound
    assert (home / ".newsboat/queue").read_text().split()[-1] == "downloaded"
