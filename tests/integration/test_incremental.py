"""Incremental builds leave, byte for byte, the output of a clean build without the engine."""

import itertools
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

import pelican
import pytest
from authorsite.publishing import build as building
from authorsite.publishing.build import build
from authorsite.publishing.build_report import explain
from authorsite.publishing.build_worker import release_memory
from authorsite.publishing.preview import preview
from conftest import ROOT, SITE_DATE
from pelican import Pelican
from pelican.settings import read_settings
from pelican_incremental.session import BuildSession
from PIL import Image

EDIT_COUNT, NIGHTLY_EDIT_COUNT = 40, 300
WORDS = "ladder orchard window river paper lamp stone garden letter winter bridge harbour".split()
LINKS = ["[up]({filename}%s)", "![seen]({static}/images/one.png)", "plain"]


class RandomSite:
    """A site whose files change at random; with `author`, posts have the front matter of this project."""

    def __init__(self, root, seed, *, author, theme):
        self.root, self.random, self.author, self.theme = root, random.Random(seed), author, theme
        self.today = SITE_DATE
        self.posts, self.settings, self.count = {}, {"SITENAME": "Site 0", "DEFAULT_PAGINATION": 3}, 0
        (root / "content/images").mkdir(parents=True)
        (root / "content/pages").mkdir()
        (root / "content/posts").mkdir()
        shutil.copytree(theme, root / "theme")
        self.write_image()
        for _ in range(7):
            self.add_post()
        for number in range(2):
            self.write_page(f"page-{number}")

    def word(self):
        return self.random.choice(WORDS)

    def words(self, low=2, high=5):
        return " ".join(self.word() for _ in range(self.random.randint(low, high)))

    def random_date(self):
        return f"20{self.random.randint(15, 19)}-0{self.random.randint(1, 9)}-{self.random.randint(10, 28)} 08:00"

    def write_post(self, name):
        post = self.posts[name]
        fields = "".join(f"{key}: {value}\n" for key, value in post.items() if key != "body" and value)
        text = f"---\n{fields}---\n{post['body']}\n" if self.author else f"{fields}\n{post['body']}\n"
        (self.root / "content/posts" / name).write_text(text)

    def pick_post(self):
        return self.random.choice(sorted(self.posts))

    # The edits.

    def add_post(self):
        self.count += 1
        name = f"{self.word()}-{self.count}.md"
        self.posts[name] = {
            "title": f"{self.words().capitalize()} {self.count}",
            "date": self.random_date(),
            "tags": self.random_tags(),
            "category": self.random.choice(["News", "Letters", "Craft"]),
            "summary": self.random.choice(["", self.words(3, 8)]),
            "body": f'# {self.words()}\n\n{self.words(10, 40)}\n\nMore *{self.word()}* "{self.words()}".',
        }
        self.write_post(name)

    def random_tags(self):
        names = sorted(set(self.random.choices(["one", "two", "three", "four"], k=2)))
        return f"[{', '.join(names)}]" if self.author else ", ".join(names)

    def change(self, key, value):
        name = self.pick_post()
        self.posts[name][key] = value
        self.write_post(name)

    def edit_body(self):
        link = self.random.choice(LINKS)
        link = link % self.pick_post() if "%s" in link else link
        self.change("body", f"{self.words(8, 30)}\n\n{link}\n\n* {self.words()}\n")

    def delete_post(self):
        if len(self.posts) > 3:
            name = self.pick_post()
            del self.posts[name]
            (self.root / "content/posts" / name).unlink()

    def rename_post(self):
        self.count += 1
        old, new = self.pick_post(), f"renamed-{self.count}.md"
        self.posts[new] = self.posts.pop(old)
        (self.root / "content/posts" / old).rename(self.root / "content/posts" / new)

    def retitle(self):
        self.count += 1
        self.change("title", f"{self.words().capitalize()} {self.count}")

    def redate(self):
        self.change("date", self.random_date())

    def retag(self):
        self.change("tags", self.random_tags())

    def recategorise(self):
        self.change("category", self.random.choice(["News", "Letters", "Essays"]))

    def summarise(self):
        self.change("summary", self.random.choice(["", self.words(3, 8)]))

    def change_status(self):
        self.change("status", self.random.choice(["draft", "hidden", "published"]))

    def edit_template(self):
        files = sorted((self.root / "theme/templates").rglob("*.html"))
        path = self.random.choice([f for f in files if "{% block content %}" in f.read_text()])
        path.write_text(path.read_text().replace("{% block content %}", "{% block content %}\n" + self.word(), 1))

    def change_setting(self):
        self.count += 1
        key = self.random.choice(["SITENAME", "SITESUBTITLE", "DEFAULT_PAGINATION"])
        self.settings[key] = self.random.randint(2, 5) if key == "DEFAULT_PAGINATION" else f"{self.word()} {self.count}"

    def write_image(self):
        picture = Image.frombytes("RGB", (4, 4), self.random.randbytes(48))
        picture.save(self.root / "content/images/one.png")

    def write_stylesheet(self):
        folder = self.root / "theme/static/css"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "more.css").write_text(f"/* {self.words()} */")

    def write_page(self, name=""):
        name = name or self.random.choice(["page-0", "page-1", "page-2"])
        head = f"title: {name} {self.word()}\n"
        head = f"---\n{head}---\n" if self.author else f"{head}\n"
        (self.root / f"content/pages/{name}.md").write_text(head + self.words(5, 10))

    def change_today(self):
        """Change the build date, so that scheduled posts appear or published ones are scheduled again."""
        self.today = self.random.choice([SITE_DATE, "2018-01-01"])

    def translate(self):
        self.count += 1
        slug, name = self.pick_post()[:-3], f"translated-{self.count}.md"
        if any(slug in {other[:-3] if "lang" in post else "", post.get("slug")} for other, post in self.posts.items()):
            return
        fields = {"title": self.words(), "date": self.random_date(), "lang": "de"}
        self.posts[name] = {**fields, "slug": slug, "body": self.words()}
        self.write_post(name)

    def change_relative_urls(self):
        self.settings["RELATIVE_URLS"] = self.random.choice([True, False])

    EDITS = (
        "edit_body edit_body add_post delete_post rename_post retitle redate retag recategorise summarise "
        "change_status edit_template change_setting write_image write_stylesheet write_page"
    ).split()

    def change_something(self):
        edits = [*self.EDITS, *(["change_today"] if self.author else ["translate", "change_relative_urls"])]
        chosen = self.random.choices(edits, k=self.random.choice([1, 1, 1, 2, 4]))
        for name in chosen:
            getattr(self, name)()
        return chosen

    # The builds.

    def build(self, output, *, engine):
        settings = {
            "PATH": str(self.root / "content"),
            "OUTPUT_PATH": str(self.root / output),
            "CACHE_PATH": str(self.root / f"{output}.cache"),
            "THEME": str(self.root / "theme"),
            "BUILD_ENGINE": engine,
            **self.settings,
        }
        os.environ["SITE_DATE"] = self.today
        if self.author:
            allowed = {"link": "random edits break links", "image": "the same"}
            site = {"url": "https://example.org", "allow": allowed}
            settings |= {"AUTHORSITE": site, "PAGINATED_TEMPLATES": {"blog": 3, "tag": 3}}
            session = BuildSession()
            result = build(ROOT / "tests/sites/pelicanconf.py", settings, root=self.root, session=session)
            assert not result.failed, [str(p) for p in result.problems]
            return result.files
        settings |= {
            "ARTICLE_PATHS": ["posts"],
            "PAGE_PATHS": ["pages"],
            "TIMEZONE": "UTC",
            "SITEURL": "https://example.org",
            "YEAR_ARCHIVE_SAVE_AS": "{date:%Y}/index.html",
            "PLUGIN_PATHS": [str(ROOT / "plugins")],
            "PLUGINS": ["pelican_incremental"],
        }
        Pelican(read_settings(override=settings)).run()
        return None

    def compare(self, when):
        self.build("incremental", engine=True)
        shutil.rmtree(self.root / "clean", ignore_errors=True)
        self.build("clean", engine=False)
        actual, expected = read_files(self.root / "incremental"), read_files(self.root / "clean")
        assert (sorted(actual.keys() - expected.keys()), sorted(expected.keys() - actual.keys())) == ([], []), when
        assert [name for name in expected if actual[name] != expected[name]] == [], when


def read_files(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def compare_after_edits(site, count):
    site.compare("before the first edit")
    for number in range(count):
        edits = site.change_something()
        site.compare(f"after edit {number}: {edits}")


def pelican_theme(name):
    return ROOT.joinpath(pelican.__path__[0], "themes", name)


THEMES = [("authorsite", True, lambda: ROOT / "theme")] + [
    (name, False, lambda name=name: pelican_theme(name)) for name in ("simple", "notmyidea")
]


@pytest.mark.parametrize(("name", "author", "theme"), THEMES, ids=[t[0] for t in THEMES])
def test_random_edits_give_the_output_of_a_clean_build(tmp_path, name, author, theme):
    compare_after_edits(RandomSite(tmp_path, f"{name} 1", author=author, theme=theme()), EDIT_COUNT)


@pytest.mark.nightly
@pytest.mark.parametrize(("name", "author", "theme"), THEMES, ids=[t[0] for t in THEMES])
def test_many_random_edits_give_the_output_of_a_clean_build(tmp_path, name, author, theme):
    compare_after_edits(
        RandomSite(tmp_path, f"{name} {time.time_ns()}", author=author, theme=theme()), NIGHTLY_EDIT_COUNT
    )


@pytest.mark.parametrize("rounds", [4, pytest.param(24, marks=pytest.mark.nightly)])
@pytest.mark.parametrize(("name", "author", "theme"), THEMES[:2], ids=[t[0] for t in THEMES[:2]])
def test_a_damaged_cache_does_not_change_the_output(tmp_path, name, author, theme, rounds):
    site = RandomSite(tmp_path, name, author=author, theme=theme())
    for number in range(rounds):
        site.edit_body()
        site.build("incremental", engine=True)
        with sqlite3.connect(tmp_path / "incremental.cache/texts.sqlite") as connection:
            for row, text in connection.execute("SELECT rowid, text FROM texts").fetchall():
                at = site.random.randint(0, len(text))
                damaged = [text[:at], text[at:], text.replace("<p>", "<b>", 1), text.replace("[", "[[", 1)]
                connection.execute("UPDATE texts SET text = ? WHERE rowid = ?", (damaged[(number + row) % 4], row))
        connection.close()
        for file in (tmp_path / "incremental.cache").glob("output-*.json"):
            data = file.read_text()
            at = site.random.randint(0, len(data))
            file.write_text(
                [data[:at], data.replace('"sets":[[', '"sets":[', 1), data.replace(',"', ',["', 1)][number % 3]
            )
        site.compare("with a damaged cache")


def test_explain_says_why_a_page_was_rendered_or_skipped_or_is_missing(tmp_path):
    site = RandomSite(tmp_path, "why", author=True, theme=ROOT / "theme")
    settings = {"AUTHORSITE": {"url": "https://example.org"}, "PATH": str(tmp_path / "content")}
    settings |= {"OUTPUT_PATH": str(tmp_path / "output"), "CACHE_PATH": str(tmp_path / "cache")}
    name = min(site.posts)
    build(ROOT / "tests/sites/pelicanconf.py", settings)
    site.posts[name]["body"] += "\n\nOne more."
    site.write_post(name)
    done = build(ROOT / "tests/sites/pelicanconf.py", settings)
    posts = (tmp_path / "output").glob("20*/*/*/*/index.html")
    (place,) = [str(p.relative_to(tmp_path / "output")) for p in posts if "<p>One more.</p>" in p.read_text()]
    address = "/" + place.removesuffix("index.html")
    assert explain(done, address) == f"{place} was rendered: changed: posts/{name}."
    assert explain(done, str(tmp_path / "output" / place)) == f"{place} was rendered: changed: posts/{name}."
    assert explain(done, "/about/") == "/about/: no such page in this build."
    assert explain(done, "/archives/").startswith("archives/index.html was skipped")


def test_a_slow_build_prints_its_progress(tmp_path, monkeypatch, capsys):
    clock = itertools.count(0, 0.7)
    monkeypatch.setattr(building.time, "monotonic", lambda: next(clock))
    monkeypatch.setattr(building.sys.stderr, "isatty", lambda: True)
    RandomSite(tmp_path, "slow", author=True, theme=ROOT / "theme")
    settings = {"AUTHORSITE": {"url": "https://example.org"}, "PATH": str(tmp_path / "content")}
    settings |= {"OUTPUT_PATH": str(tmp_path / "output"), "CACHE_PATH": str(tmp_path / "cache")}
    build(ROOT / "tests/sites/pelicanconf.py", settings, progress=True)
    assert "pages …" in capsys.readouterr().err
    build(ROOT / "tests/sites/pelicanconf.py", settings)
    assert "pages …" not in capsys.readouterr().err


def test_an_edited_body_renders_only_its_own_page(tmp_path):
    site = RandomSite(tmp_path, "few", author=True, theme=ROOT / "theme")
    site.build("incremental", engine=True)
    again = site.build("incremental", engine=True)
    assert (again.written, again.removed) == (0, 0)
    assert not again.reasons
    name = min(site.posts)
    site.posts[name] |= {"summary": "The same summary"}
    site.write_post(name)
    site.build("incremental", engine=True)
    site.posts[name]["body"] = "Quite another body."
    site.write_post(name)
    done = site.build("incremental", engine=True)
    assert len([name for name in done.changed if not name.startswith("pagefind/")]) == 1
    assert list(done.reasons.values()) == [f"changed: posts/{name}"]


BUILD_SCRIPT = """
import sys
from authorsite.publishing.build import build
done = build(sys.argv[1] + "/tests/sites/pelicanconf.py", {{
    "PATH": "{root}/content", "OUTPUT_PATH": "{root}/incremental", "CACHE_PATH": "{root}/incremental.cache",
    "THEME": "{root}/theme", "AUTHORSITE": {{
        "url": "https://example.org", "strict": {strict}, "allow": {{"link": "dice", "image": "dice"}}
    }},
    "BUILD_ENGINE": True, "PAGINATED_TEMPLATES": {{"blog": 3, "tag": 3}}, **{settings}}})
sys.exit(done.failed)
"""


@pytest.mark.parametrize("rounds", [3, pytest.param(60, marks=pytest.mark.nightly)])
def test_the_build_after_a_killed_one_gives_the_output_of_a_clean_build(tmp_path, rounds):
    site = RandomSite(tmp_path, f"killed {rounds}", author=True, theme=ROOT / "theme")
    site.build("incremental", engine=True)
    build_time = 1.2
    for _ in range(rounds):
        site.add_post()
        added = max(site.posts, key=lambda name: int(name[:-3].split("-")[-1]))
        site.change_something()
        code = BUILD_SCRIPT.format(root=tmp_path, strict=False, settings=site.settings)
        process = subprocess.Popen(
            [sys.executable, "-c", code, str(ROOT)], env={"PYTHONPATH": str(ROOT / "plugins"), "SITE_DATE": SITE_DATE}
        )
        started = time.perf_counter()
        try:
            process.wait(build_time * site.random.uniform(0.3, 1.0))
            build_time = time.perf_counter() - started
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait(5)
        # What the killed build wrote for this post must be removed.
        if added in site.posts:
            del site.posts[added]
            (tmp_path / "content/posts" / added).unlink()
        site.compare("after a kill")


KILL_AFTER_FIRST_CARD = """
import os
from authorsite import output
original = output.copy
def copy(context, name, source):
    is_new = not output.resolve_output_path(context, name).exists()
    original(context, name, source)
    if is_new and "cards" in name:
        os._exit(9)
output.copy = copy
"""


def test_files_that_a_plugin_wrote_in_a_killed_build_are_removed(tmp_path):
    site = RandomSite(tmp_path, "cards", author=True, theme=ROOT / "theme")
    site.build("incremental", engine=True)
    before = read_files(tmp_path / "incremental").keys()
    site.add_post()
    added = max(site.posts, key=lambda name: int(name[:-3].split("-")[-1]))
    code = KILL_AFTER_FIRST_CARD + BUILD_SCRIPT.format(root=tmp_path, strict=False, settings=site.settings)
    environment = {"PYTHONPATH": str(ROOT / "plugins"), "SITE_DATE": SITE_DATE}
    assert subprocess.run([sys.executable, "-c", code, str(ROOT)], env=environment, check=False).returncode == 9
    assert [name for name in read_files(tmp_path / "incremental").keys() - before if "cards" in name]
    del site.posts[added]
    (tmp_path / "content/posts" / added).unlink()
    site.compare("after a kill")


def test_preview_writes_the_page_that_the_next_build_would_write(tmp_path):
    site = RandomSite(tmp_path, "early", author=True, theme=ROOT / "theme")
    name = min(site.posts)
    site.posts[name] |= {"summary": "The same summary", "status": "published"}
    site.write_post(name)
    settings = {"AUTHORSITE": {"url": "https://example.org"}, "PATH": str(tmp_path / "content")}
    settings |= {"OUTPUT_PATH": str(tmp_path / "output"), "CACHE_PATH": str(tmp_path / "cache")}
    session = BuildSession()
    build(ROOT / "tests/sites/pelicanconf.py", settings, session=session)
    release_memory(session)
    other = min(set(site.posts) - {name})
    site.posts[name]["body"] = f"Quite **another** body, [linked](./{other}).\n\n## A heading"
    site.write_post(name)
    place = preview(session, tmp_path / "content/posts" / name)
    previewed = (tmp_path / "output" / place).read_text()
    assert "Quite <strong>another</strong> body" in previewed
    assert f'href="./{other}"' not in previewed
    session = BuildSession()
    build(ROOT / "tests/sites/pelicanconf.py", settings, session=session)
    assert (tmp_path / "output" / place).read_text() == previewed
    assert place not in session.report.changed


@pytest.mark.parametrize("change", ["redated", "broken", "withdrawn"])
def test_preview_writes_nothing_for_a_post_that_is(tmp_path, change):
    site = RandomSite(tmp_path, "late", author=True, theme=ROOT / "theme")
    name = min(site.posts)
    settings = {"AUTHORSITE": {"url": "https://example.org"}, "PATH": str(tmp_path / "content")}
    settings |= {"OUTPUT_PATH": str(tmp_path / "output"), "CACHE_PATH": str(tmp_path / "cache")}
    session = BuildSession()
    build(ROOT / "tests/sites/pelicanconf.py", settings, session=session)
    release_memory(session)
    before = read_files(tmp_path / "output")
    site.posts[name] |= {
        "redated": {"date": "2011-01-01 08:00"},
        "broken": {"date": "2019-02-30"},
        "withdrawn": {"status": "draft"},
    }[change]
    site.write_post(name)
    assert preview(session, tmp_path / "content/posts" / name) == ""
    assert read_files(tmp_path / "output") == before
