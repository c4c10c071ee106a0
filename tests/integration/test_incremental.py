"""What an incremental build leaves is, byte for byte, what a clean one by Pelican alone writes."""

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
from authorsite.publishing.build import build, explain
from authorsite.publishing.build_worker import rest
from authorsite.publishing.preview import preview
from conftest import ROOT, SITE_DATE
from pelican import Pelican
from pelican.settings import read_settings
from pelican_incremental.session import BuildSession
from PIL import Image

STEPS, NIGHTLY = 40, 300
WORDS = "ladder orchard window river paper lamp stone garden letter winter bridge harbour".split()
LINKS = ["[up]({filename}%s)", "![seen]({static}/images/one.png)", "plain"]


class RandomSite:
    """A site whose files change at random; `author` writes front matter as this project has it."""

    def __init__(self, root, seed, *, author, theme):
        self.root, self.random, self.author, self.theme = root, random.Random(seed), author, theme
        self.today = SITE_DATE
        self.posts, self.settings, self.count = {}, {"SITENAME": "Site 0", "DEFAULT_PAGINATION": 3}, 0
        (root / "content/images").mkdir(parents=True)
        (root / "content/pages").mkdir()
        (root / "content/posts").mkdir()
        shutil.copytree(theme, root / "theme")
        self.image()
        for _ in range(7):
            self.add()
        for number in range(2):
            self.page(f"page-{number}")

    def word(self):
        return self.random.choice(WORDS)

    def words(self, low=2, high=5):
        return " ".join(self.word() for _ in range(self.random.randint(low, high)))

    def day(self):
        return f"20{self.random.randint(15, 19)}-0{self.random.randint(1, 9)}-{self.random.randint(10, 28)} 08:00"

    def store(self, name):
        post = self.posts[name]
        fields = "".join(f"{key}: {value}\n" for key, value in post.items() if key != "body" and value)
        text = f"---\n{fields}---\n{post['body']}\n" if self.author else f"{fields}\n{post['body']}\n"
        (self.root / "content/posts" / name).write_text(text)

    def pick(self):
        return self.random.choice(sorted(self.posts))

    # The edits.

    def add(self):
        self.count += 1
        name = f"{self.word()}-{self.count}.md"
        self.posts[name] = {
            "title": f"{self.words().capitalize()} {self.count}",
            "date": self.day(),
            "tags": self.tags(),
            "category": self.random.choice(["News", "Letters", "Craft"]),
            "summary": self.random.choice(["", self.words(3, 8)]),
            "body": f'# {self.words()}\n\n{self.words(10, 40)}\n\nMore *{self.word()}* "{self.words()}".',
        }
        self.store(name)

    def tags(self):
        names = sorted(set(self.random.choices(["one", "two", "three", "four"], k=2)))
        return f"[{', '.join(names)}]" if self.author else ", ".join(names)

    def change(self, key, value):
        name = self.pick()
        self.posts[name][key] = value
        self.store(name)

    def edit(self):
        link = self.random.choice(LINKS)
        link = link % self.pick() if "%s" in link else link
        self.change("body", f"{self.words(8, 30)}\n\n{link}\n\n* {self.words()}\n")

    def delete(self):
        if len(self.posts) > 3:
            name = self.pick()
            del self.posts[name]
            (self.root / "content/posts" / name).unlink()

    def rename(self):
        self.count += 1
        old, new = self.pick(), f"renamed-{self.count}.md"
        self.posts[new] = self.posts.pop(old)
        (self.root / "content/posts" / old).rename(self.root / "content/posts" / new)

    def retitle(self):
        self.count += 1
        self.change("title", f"{self.words().capitalize()} {self.count}")

    def redate(self):
        self.change("date", self.day())

    def retag(self):
        self.change("tags", self.tags())

    def recategorise(self):
        self.change("category", self.random.choice(["News", "Letters", "Essays"]))

    def summarise(self):
        self.change("summary", self.random.choice(["", self.words(3, 8)]))

    def status(self):
        self.change("status", self.random.choice(["draft", "hidden", "published"]))

    def template(self):
        files = sorted((self.root / "theme/templates").rglob("*.html"))
        path = self.random.choice([f for f in files if "{% block content %}" in f.read_text()])
        path.write_text(path.read_text().replace("{% block content %}", "{% block content %}\n" + self.word(), 1))

    def setting(self):
        self.count += 1
        key = self.random.choice(["SITENAME", "SITESUBTITLE", "DEFAULT_PAGINATION"])
        self.settings[key] = self.random.randint(2, 5) if key == "DEFAULT_PAGINATION" else f"{self.word()} {self.count}"

    def image(self):
        picture = Image.frombytes("RGB", (4, 4), self.random.randbytes(48))
        picture.save(self.root / "content/images/one.png")

    def stylesheet(self):
        folder = self.root / "theme/static/css"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "more.css").write_text(f"/* {self.words()} */")

    def page(self, name=""):
        name = name or self.random.choice(["page-0", "page-1", "page-2"])
        head = f"title: {name} {self.word()}\n"
        head = f"---\n{head}---\n" if self.author else f"{head}\n"
        (self.root / f"content/pages/{name}.md").write_text(head + self.words(5, 10))

    def due(self):
        """Another day: posts wait that were out, or come out that waited."""
        self.today = self.random.choice([SITE_DATE, "2018-01-01"])

    def translate(self):
        self.count += 1
        slug, name = self.pick()[:-3], f"translated-{self.count}.md"
        if any(slug in {other[:-3] if "lang" in post else "", post.get("slug")} for other, post in self.posts.items()):
            return
        self.posts[name] = {"title": self.words(), "date": self.day(), "lang": "de", "slug": slug, "body": self.words()}
        self.store(name)

    def relative(self):
        self.settings["RELATIVE_URLS"] = self.random.choice([True, False])

    EDITS = (
        "edit edit add delete rename retitle redate retag recategorise summarise status template setting image "
        "stylesheet page"
    ).split()

    def change_something(self):
        edits = [*self.EDITS, *(["due"] if self.author else ["translate", "relative"])]
        done = self.random.choices(edits, k=self.random.choice([1, 1, 1, 2, 4]))
        for name in done:
            getattr(self, name)()
        return done

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
            allowed = {"link": "the dice cut links", "image": "the same"}
            site = {"url": "https://example.org", "allow": allowed}
            settings |= {"AUTHORSITE": site, "PAGINATED_TEMPLATES": {"blog": 3, "tag": 3}}
            share = BuildSession()
            done = build(ROOT / "pelicanconf.py", settings, root=self.root, share=share)
            assert not done.failed, [str(p) for p in done.problems]
            return done.files
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

    def compare(self, what):
        self.build("incremental", engine=True)
        shutil.rmtree(self.root / "clean", ignore_errors=True)
        self.build("clean", engine=False)
        one, other = tree(self.root / "incremental"), tree(self.root / "clean")
        assert (sorted(one.keys() - other.keys()), sorted(other.keys() - one.keys())) == ([], []), what
        assert [name for name in other if one[name] != other[name]] == [], what


def tree(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def steps(site, count):
    site.compare("at first")
    for number in range(count):
        done = site.change_something()
        site.compare(f"step {number}: {done}")


def theme_of_pelican(name):
    return ROOT.joinpath(pelican.__path__[0], "themes", name)


THEMES = [("authorsite", True, lambda: ROOT / "theme")] + [
    (name, False, lambda name=name: theme_of_pelican(name)) for name in ("simple", "notmyidea")
]


@pytest.mark.parametrize(("name", "author", "theme"), THEMES, ids=[t[0] for t in THEMES])
def test_random_edits_leave_what_a_clean_build_writes(tmp_path, name, author, theme):
    steps(RandomSite(tmp_path, f"{name} 1", author=author, theme=theme()), STEPS)


@pytest.mark.nightly
@pytest.mark.parametrize(("name", "author", "theme"), THEMES, ids=[t[0] for t in THEMES])
def test_many_random_edits_leave_what_a_clean_build_writes(tmp_path, name, author, theme):
    steps(RandomSite(tmp_path, f"{name} {time.time_ns()}", author=author, theme=theme()), NIGHTLY)


@pytest.mark.parametrize(("name", "author", "theme"), THEMES[:2], ids=[t[0] for t in THEMES[:2]])
def test_what_was_kept_of_posts_may_be_damaged_in_any_way(tmp_path, name, author, theme):
    site = RandomSite(tmp_path, name, author=author, theme=theme())
    for number in range(8):
        site.edit()
        site.build("incremental", engine=True)
        with sqlite3.connect(tmp_path / "incremental.cache/texts.sqlite") as base:
            for row, text in base.execute("SELECT rowid, text FROM texts").fetchall():
                at = site.random.randrange(len(text))
                harm = [text[:at], text[at:], text.replace("<p>", "<b>", 1), text.replace("[", "[[", 1)]
                base.execute("UPDATE texts SET text = ? WHERE rowid = ?", (harm[(number + row) % 4], row))
        base.close()
        for file in (tmp_path / "incremental.cache").glob("output-*.json"):
            data = file.read_text()
            at = site.random.randrange(len(data))
            file.write_text(
                [data[:at], data.replace('"sets":[[', '"sets":[', 1), data.replace(',"', ',["', 1)][number % 3]
            )
        site.compare("with a damaged cache")


def test_explain_says_why_a_page_was_rendered_left_or_is_not_there(tmp_path):
    site = RandomSite(tmp_path, "why", author=True, theme=ROOT / "theme")
    settings = {"AUTHORSITE": {"url": "https://example.org"}, "PATH": str(tmp_path / "content")}
    settings |= {"OUTPUT_PATH": str(tmp_path / "output"), "CACHE_PATH": str(tmp_path / "cache")}
    name = min(site.posts)
    build(ROOT / "pelicanconf.py", settings)
    site.posts[name]["body"] += "\n\nOne more."
    site.store(name)
    done = build(ROOT / "pelicanconf.py", settings)
    posts = (tmp_path / "output").glob("20*/*/*/*/index.html")
    (place,) = [str(p.relative_to(tmp_path / "output")) for p in posts if "<p>One more.</p>" in p.read_text()]
    address = "/" + place.removesuffix("index.html")
    assert explain(done, address) == f"{place} was rendered: changed: posts/{name}."
    assert explain(done, str(tmp_path / "output" / place)) == f"{place} was rendered: changed: posts/{name}."
    assert explain(done, "/about/") == "/about/: this build makes no such file."
    assert explain(done, "/archives/").startswith("archives/index.html was left as it is")


def test_a_build_of_over_a_second_says_how_far_it_is(tmp_path, monkeypatch, capsys):
    moment = itertools.count(0, 0.7)
    monkeypatch.setattr(building.time, "monotonic", lambda: next(moment))
    monkeypatch.setattr(building.sys.stderr, "isatty", lambda: True)
    RandomSite(tmp_path, "slow", author=True, theme=ROOT / "theme")
    settings = {"AUTHORSITE": {"url": "https://example.org"}, "PATH": str(tmp_path / "content")}
    settings |= {"OUTPUT_PATH": str(tmp_path / "output"), "CACHE_PATH": str(tmp_path / "cache")}
    build(ROOT / "pelicanconf.py", settings, progress=True)
    assert "pages …" in capsys.readouterr().err
    build(ROOT / "pelicanconf.py", settings)
    assert "pages …" not in capsys.readouterr().err


def test_one_edited_body_renders_one_page_and_what_lists_it(tmp_path):
    site = RandomSite(tmp_path, "few", author=True, theme=ROOT / "theme")
    site.build("incremental", engine=True)
    again = site.build("incremental", engine=True)
    assert (again.written, again.removed) == (0, 0)
    assert not again.reasons
    name = min(site.posts)
    site.posts[name] |= {"summary": "The same summary"}
    site.store(name)
    site.build("incremental", engine=True)
    site.posts[name]["body"] = "Quite another body."
    site.store(name)
    done = site.build("incremental", engine=True)
    assert len([name for name in done.changed if not name.startswith("pagefind/")]) == 1
    assert list(done.reasons.values()) == [f"changed: posts/{name}"]


KILLED = """
import sys
from authorsite.publishing.build import build
done = build(sys.argv[1] + "/pelicanconf.py", {{
    "PATH": "{root}/content", "OUTPUT_PATH": "{root}/incremental", "CACHE_PATH": "{root}/incremental.cache",
    "THEME": "{root}/theme", "AUTHORSITE": {{
        "url": "https://example.org", "strict": {strict}, "allow": {{"link": "dice", "image": "dice"}}
    }},
    "BUILD_ENGINE": True, "PAGINATED_TEMPLATES": {{"blog": 3, "tag": 3}}, **{settings}}})
sys.exit(done.failed)
"""


@pytest.mark.parametrize("rounds", [5, pytest.param(60, marks=pytest.mark.nightly)])
def test_a_build_killed_at_any_moment_and_repeated_gives_the_clean_result(tmp_path, rounds):
    site = RandomSite(tmp_path, f"killed {rounds}", author=True, theme=ROOT / "theme")
    site.build("incremental", engine=True)
    took = 1.2
    for _ in range(rounds):
        site.add()
        added = max(site.posts, key=lambda name: int(name[:-3].split("-")[-1]))
        site.change_something()
        code = KILLED.format(root=tmp_path, strict=False, settings=site.settings)
        process = subprocess.Popen(
            [sys.executable, "-c", code, str(ROOT)], env={"PYTHONPATH": str(ROOT / "plugins"), "SITE_DATE": SITE_DATE}
        )
        started = time.perf_counter()
        try:
            process.wait(took * site.random.uniform(0.3, 1.0))
            took = time.perf_counter() - started
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait(5)
        # What the cut build began for this post must not stay.
        if added in site.posts:
            del site.posts[added]
            (tmp_path / "content/posts" / added).unlink()
        site.compare("after a kill")


DEADLY = """
import os
from authorsite import output
whole = output.place
def place(context, name, source):
    is_new = not output.target(context, name).exists()
    whole(context, name, source)
    if is_new and "cards" in name:
        os._exit(9)
output.place = place
"""


def test_what_a_plugin_wrote_before_the_build_was_killed_goes_with_its_post(tmp_path):
    site = RandomSite(tmp_path, "cards", author=True, theme=ROOT / "theme")
    site.build("incremental", engine=True)
    before = tree(tmp_path / "incremental").keys()
    site.add()
    added = max(site.posts, key=lambda name: int(name[:-3].split("-")[-1]))
    code = DEADLY + KILLED.format(root=tmp_path, strict=False, settings=site.settings)
    environment = {"PYTHONPATH": str(ROOT / "plugins"), "SITE_DATE": SITE_DATE}
    assert subprocess.run([sys.executable, "-c", code, str(ROOT)], env=environment, check=False).returncode == 9
    assert [name for name in tree(tmp_path / "incremental").keys() - before if "cards" in name]
    del site.posts[added]
    (tmp_path / "content/posts" / added).unlink()
    site.compare("after a kill")


def test_an_edited_post_is_on_its_page_before_the_next_build_which_finds_it_right(tmp_path):
    site = RandomSite(tmp_path, "early", author=True, theme=ROOT / "theme")
    name = min(site.posts)
    site.posts[name] |= {"summary": "The same summary", "status": "published"}
    site.store(name)
    settings = {"AUTHORSITE": {"url": "https://example.org"}, "PATH": str(tmp_path / "content")}
    settings |= {"OUTPUT_PATH": str(tmp_path / "output"), "CACHE_PATH": str(tmp_path / "cache")}
    share = BuildSession()
    build(ROOT / "pelicanconf.py", settings, share=share)
    rest(share)
    other = min(set(site.posts) - {name})
    site.posts[name]["body"] = f"Quite **another** body, [linked](./{other}).\n\n## A heading"
    site.store(name)
    place = preview(share, tmp_path / "content/posts" / name)
    early = (tmp_path / "output" / place).read_text()
    assert "Quite <strong>another</strong> body" in early
    assert f'href="./{other}"' not in early
    share = BuildSession()
    build(ROOT / "pelicanconf.py", settings, share=share)
    assert (tmp_path / "output" / place).read_text() == early
    assert place not in share.report.changed


@pytest.mark.parametrize("change", ["redate", "broken", "withdrawn"])
def test_only_a_build_can_tell_what_becomes_of_a_post_that_is(tmp_path, change):
    site = RandomSite(tmp_path, "late", author=True, theme=ROOT / "theme")
    name = min(site.posts)
    settings = {"AUTHORSITE": {"url": "https://example.org"}, "PATH": str(tmp_path / "content")}
    settings |= {"OUTPUT_PATH": str(tmp_path / "output"), "CACHE_PATH": str(tmp_path / "cache")}
    share = BuildSession()
    build(ROOT / "pelicanconf.py", settings, share=share)
    rest(share)
    before = tree(tmp_path / "output")
    site.posts[name] |= {
        "redate": {"date": "2011-01-01 08:00"},
        "broken": {"date": "2019-02-30"},
        "withdrawn": {"status": "draft"},
    }[change]
    site.store(name)
    assert preview(share, tmp_path / "content/posts" / name) == ""
    assert tree(tmp_path / "output") == before
