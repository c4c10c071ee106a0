"""Tiny sites made inline, and a browser where there is one."""

import os
import shutil
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from authorsite.publishing.build import Built, build
from browser import find_browser
from jinja2 import BytecodeCache
from pelican import generators, signals

ROOT = Path(__file__).parent.parent
SITE_DATE = "2020-02-03T12:00"
GOLDEN = ROOT / "tests" / "sites" / "golden"
GOLDEN_SETTINGS = {
    "AUTHOR": "Ann Author",
    "SITENAME": "Ann Author",
    "SITESUBTITLE": "Ladders & what they lead to",
    "TIMEZONE": "America/Chicago",
    "AUTHORSITE": {
        "description": "Ann Author writes about ladders, and sells books about them.",
        "language": "en-US",
        "author_bio": "Ann Author has stood on more ladders than she can count.",
        "contact": "ann@example.org",
        "main_book": "made-up-guide",
        "menu": [
            {"label": "Books", "url": "/books/"},
            {"label": "Blog", "url": "/blog/"},
            {"label": "Mentoring", "url": "/mentoring/"},
            {"label": "About", "url": "/about/"},
        ],
        "observances": [
            {"name": '"I Am A Mentor" Day', "rule": "4 January", "url": "/mentoring/"},
            {"name": "Ladder Month", "rule": "February", "url": "/mentoring/", "text": "hold one for somebody"},
            {"name": "Thank Your Mentor Day", "rule": "last Thursday of January"},
        ],
        "social": [{"label": "Elsewhere", "url": "https://example.org/@ann"}],
    },
}


def pytest_addoption(parser):
    parser.addoption("--nightly", action="store_true", help="run the long tests too")
    parser.addoption("--write-expected", action="store_true", help="write the expected HTML anew; then read it")


def pytest_collection_modifyitems(config, items):
    if not config.getoption("--nightly"):
        for item in items:
            if "nightly" in item.keywords:
                item.add_marker(pytest.mark.skip(reason="long: run with --nightly"))


@dataclass
class Site:
    """A site in a folder of its own, built with the project's settings, theme and plugin under frozen time."""

    root: Path
    overrides: dict

    def write(self, files):
        for name, content in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return self

    def build(self, *, strict=False, drafts=False, **overrides) -> Built:
        """Build it; keyword arguments are Pelican settings, AUTHORSITE being merged into the project's."""
        site = {
            "url": "https://example.org",
            "strict": strict,
            **self.overrides.get("AUTHORSITE", {}),
            **overrides.pop("AUTHORSITE", {}),
        }
        settings = {
            "PATH": str(self.root / "content"),
            "OUTPUT_PATH": str(self.root / "output"),
            "THEME_TEMPLATES_OVERRIDES": [str(self.root / "theme_overrides")],
            "CACHE_PATH": str(self.root / ".cache"),
            **self.overrides,
            **overrides,
            "AUTHORSITE": site,
        }
        (self.root / "content").mkdir(exist_ok=True)
        return build(ROOT / "pelicanconf.py", settings, drafts=drafts, root=self.root)

    def output(self, name):
        return (self.root / "output" / name).read_text("utf-8")

    def tree(self):
        """Every output file's bytes by its address."""
        out = self.root / "output"
        return {p.relative_to(out).as_posix(): p.read_bytes() for p in sorted(out.rglob("*")) if p.is_file()}


POST = """---
title: {title}
date: {date}
---
{body}
"""


def post(title="A post", date="2019-03-01", body="Some text.", **more):
    """Return the text of a post; keyword arguments become front matter lines."""
    lines = "".join(f"{key}: {value}\n" for key, value in more.items())
    return POST.format(title=title, date=date, body=body).replace("\n---\n", f"\n{lines}---\n", 1)


def book(cover):
    """Return the text of a book with the image `cover`."""
    return f"---\ntitle: A made-up guide\nlanguage: en\ncover: {{src: {cover}, alt: The cover}}\n---\nAbout ladders.\n"


@pytest.fixture(scope="session", autouse=True)
def templates_compiled_once():
    """Compile a template once for all builds of a worker: it is a third of what a small site's build takes."""
    codes = {}

    class Memory(BytecodeCache):
        def load_bytecode(self, bucket):
            checksum, code = codes.get(bucket.key, ("", None))
            if checksum == bucket.checksum:
                bucket.code = code

        def dump_bytecode(self, bucket):
            codes[bucket.key] = (bucket.checksum, bucket.code)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(generators, "Environment", partial(generators.Environment, bytecode_cache=Memory()))
        yield


@pytest.fixture(autouse=True)
def frozen_time(monkeypatch):
    monkeypatch.setenv("SITE_DATE", SITE_DATE)


@contextmanager
def own_signals():
    """Undo what a build connected: receivers must not leak from one site's plugins into the next."""
    every = [s for s in vars(signals).values() if hasattr(s, "receivers")]
    before = [(s, dict(s.receivers), {k: set(v) for k, v in s._by_sender.items()}) for s in every]
    yield
    for signal, receivers, by_sender in before:
        signal.receivers.clear()
        signal.receivers.update(receivers)
        signal._by_sender.clear()
        signal._by_sender.update(by_sender)


@pytest.fixture(autouse=True)
def signals_as_before():
    with own_signals():
        yield


@pytest.fixture
def make_site(tmp_path):
    """Return a maker of sites: make_site({"content/posts/a.md": post()}, SETTING=value)."""

    def make(files, **overrides):
        return Site(tmp_path, overrides).write(files)

    return make


def copy_of_golden(root):
    shutil.copytree(GOLDEN / "content", root / "content")
    return Site(root, GOLDEN_SETTINGS)


@pytest.fixture(scope="session")
def golden(tmp_path_factory):
    """The golden site, built strictly, once for all tests of a worker: look, do not touch."""
    site = copy_of_golden(tmp_path_factory.mktemp("golden"))
    with pytest.MonkeyPatch.context() as patch, own_signals():
        patch.setenv("SITE_DATE", SITE_DATE)
        built = site.build(strict=True)
    assert not built.failed, "\n".join(map(str, built.problems))
    return site


@pytest.fixture
def golden_copy(tmp_path):
    """The golden site in a folder of the test's own, not built yet."""
    return copy_of_golden(tmp_path)


@pytest.fixture(scope="session")
def chromium():
    """Path of a browser; skips where none can be had, fails there with CI=true."""
    path = find_browser()
    if path is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("no browser: see `invoke test`")
    return path


@pytest.fixture(scope="session")
def browser(chromium):
    """A headless browser driven by playwright."""
    sync_api = pytest.importorskip("playwright.sync_api")
    from browser import FLAGS

    with sync_api.sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield launched
        launched.close()


sys.dont_write_bytecode = True
