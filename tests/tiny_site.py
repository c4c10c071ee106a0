"""A tiny Pelican site, built with the incremental engine and without it, to compare the output."""

import contextlib
import logging
import os
import shutil
import subprocess
import sys
import types
from dataclasses import dataclass, field
from pathlib import Path

import jinja2
from conftest import ROOT, restore_signals
from pelican import Pelican, generators, signals
from pelican.log import LimitFilter
from pelican.settings import read_settings

ENGINE = "pelican_incremental"
"""The plugin under test."""

BASE_SETTINGS = {
    "SITENAME": "Tiny",
    "SITEURL": "https://example.org",
    "TIMEZONE": "UTC",
    "ARTICLE_PATHS": ["posts"],
    "STATIC_PATHS": ["images"],
    **dict.fromkeys("FEED_ALL_ATOM CATEGORY_FEED_ATOM TRANSLATION_FEED_ATOM AUTHOR_FEED_ATOM AUTHOR_FEED_RSS".split()),
}


def post(body="Some text.", title="A post", date="2020-01-02", **metadata):
    """Return a Markdown post; keyword arguments become lines of its header."""
    lines = [f"{key.capitalize()}: {value}" for key, value in {"title": title, "date": date, **metadata}.items()]
    return "\n".join(lines) + f"\n\n{body}\n"


def make_plugin(name="tiny_plugin", **receivers):
    """Return a plugin that connects each function to the signal of that name."""
    module = types.ModuleType(name)
    module.register = lambda: [getattr(signals, name).connect(receiver) for name, receiver in receivers.items()]
    module.receivers = receivers  # keep them alive: signals hold weak references
    return module


@contextlib.contextmanager
def isolate_signals():
    """Disconnect everything from Pelican's signals; restore it afterwards."""
    with restore_signals() as every:
        for signal in every:
            signal.receivers.clear()
            signal._by_sender.clear()
        yield


_LIST = "{% for a in articles %}<a href='{{ SITEURL }}/{{ a.url }}'>{{ a.title }}</a>{{ a.summary }}{% endfor %}"
_CONTENT = "<h1>{{ X.title }}</h1>{{ X.content }}{% for t in X.translations %}{{ t.url }} {{ t.lang }}{% endfor %}"
THEME = {
    "index": _LIST,
    "archives": "{% for a in dates %}{{ a.date|strftime('%Y-%m-%d') }} {{ a.title }}{% endfor %}",
    "article": _CONTENT.replace("X", "article"),
    "page": _CONTENT.replace("X", "page"),
    **{name: f"<h1>{{{{ {name} }}}} {{{{ {name}.slug }}}}</h1>{_LIST}" for name in ("category", "tag", "author")},
    "categories": "{% for c, listed in categories %}{{ c }}{{ listed|length }}{% endfor %}",
    "tags": "{% for t, listed in tags|sort %}{{ t }}{{ listed|length }}{% endfor %}",
    "authors": "{% for a, listed in authors %}{{ a }}{{ listed|length }}{% endfor %}",
    "period_archives": "{{ period }}" + _LIST,
}
"""A minimal theme: compiling the theme `simple` takes longer than building these sites."""


class _WarningHandler(logging.Handler):
    def __init__(self):
        super().__init__(logging.WARNING)
        self.texts = []

    def emit(self, record):
        self.texts.append(record.getMessage())


@contextlib.contextmanager
def _reset_process_state():
    """Let a build repeat earlier warnings and compile its own templates, as in a new process; yields the warnings."""
    LimitFilter._raised_messages.clear()
    LimitFilter._group_count.clear()
    shared, generators.Environment = generators.Environment, jinja2.Environment
    handler = _WarningHandler()
    logging.getLogger().addHandler(handler)
    try:
        yield handler.texts
    finally:
        logging.getLogger().removeHandler(handler)
        generators.Environment = shared


@dataclass
class TinySite:
    """A site in the folder `root`; templates that its theme lacks come from Pelican's theme `simple`."""

    root: Path
    settings: dict = field(default_factory=dict)
    engine_last: bool = False

    def __post_init__(self):
        for folder in ("content/posts", "theme/templates"):
            (self.root / folder).mkdir(parents=True, exist_ok=True)
        self.change({f"theme/templates/{name}.html": template for name, template in THEME.items()})

    def change(self, changes):
        """Write files by name (None: delete); NAMES in capitals are settings."""
        for name, content in changes.items():
            path = self.root / name
            if name.isupper():
                self.settings[name] = content
            elif content is None:
                path.unlink()
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return self

    def make_pelican(self, *, engine=True, output="output", **overrides):
        """Return a Pelican instance, ready to run."""
        settings = {
            **BASE_SETTINGS,
            "PATH": str(self.root / "content"),
            "OUTPUT_PATH": str(self.root / output),
            "CACHE_PATH": str(self.root / f"{output}.cache"),
            "THEME": str(self.root / "theme"),
            "PLUGIN_PATHS": [str(ROOT / "plugins")],
            "BUILD_ENGINE": engine,
            **self.settings,
            **overrides,
        }
        others = settings.get("PLUGINS", [])
        settings["PLUGINS"] = [*others, ENGINE] if self.engine_last else [ENGINE, *others]
        return Pelican(read_settings(override=settings))

    def build(self, *, engine=True, output="output", **overrides):
        """Build the site; return its warnings."""
        with isolate_signals(), _reset_process_state() as warnings:
            self.make_pelican(engine=engine, output=output, **overrides).run()
        return tuple(sorted(warnings))

    def build_clean(self):
        """Build the site without the engine into clean/, which is emptied first; return its warnings."""
        self.remove_clean()
        return self.build(engine=False, output="clean")

    def remove_clean(self):
        for folder in self.root.glob("clean*"):
            shutil.rmtree(folder)

    def compare(self, *, by_hand=(), build=True):
        """Build the site with and without the engine; files and warnings must be the same.

        `by_hand` lists files in output/ that no build writes; `build` is False if output/ has just been built.
        """
        warnings = self.build() if build else None
        expected = self.build_clean()
        self.compare_files(by_hand)
        assert warnings in {None, expected}, f"{warnings} instead of {expected}"

    def compare_files(self, by_hand=(), output="output", clean="clean"):
        """Compare the files of the folder `output` with those of `clean`."""
        actual, expected = self.files(output), self.files(clean)
        differences = {
            "deleted, but put there by hand": sorted(set(by_hand) - actual.keys()),
            "not in a clean build": sorted(actual.keys() - expected.keys() - set(by_hand)),
            "missing": sorted(expected.keys() - actual.keys()),
            "different": [name for name in expected if name in actual and actual[name] != expected[name]],
        }
        assert not any(differences.values()), differences

    def compare_after_each(self, *changes):
        """Compare the first build, one without changes, and one after each of the changes."""
        self.compare()
        self.compare()
        for change in changes:
            self.change(change)
            self.compare()

    def files(self, folder="output"):
        """Return the content of each file by its path."""
        root = self.root / folder
        return {p.relative_to(root).as_posix(): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}

    def read(self, name):
        return (self.root / "output" / name).read_text("utf-8")

    def build_and_list_templates(self):
        """Build the site; return the names of its own templates that were rendered."""
        theme, rendered = str(self.root / "theme/templates") + os.sep, set()

        def record(frame, event, _):
            code = frame.f_code
            if event == "call" and code.co_name == "root" and code.co_filename.startswith(theme):
                rendered.add(code.co_filename.removeprefix(theme))

        sys.setprofile(record)
        try:
            self.build()
        finally:
            sys.setprofile(None)
        return rendered

    def start_command(self, *, engine=True, output="output", cache=""):
        """Start the command `pelican` with the site's pelicanconf.py; return the process."""
        command = [sys.executable, *"-m pelican -s pelicanconf.py --log-handler plain -o".split(), output]
        command += ["--cache-path", cache or f"{output}.cache", "-e", f"BUILD_ENGINE={str(engine).lower()}"]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        return subprocess.Popen(command, cwd=self.root, env=self.environment(), text=True, **pipes)

    def environment(self):
        return {**os.environ, "PYTHONPATH": str(ROOT / "plugins"), "PYTHONDONTWRITEBYTECODE": "1"}

    def run_command(self, *, engine=True, output="output", cache=""):
        """Run the command `pelican`; return its output."""
        with self.start_command(engine=engine, output=output, cache=cache) as process:
            text, _ = process.communicate(timeout=60)
        assert process.returncode == 0, text
        return text

    def compare_commands(self):
        """Compare as `compare` does, with each build in a process of its own."""
        self.run_command()
        self.remove_clean()
        self.run_command(engine=False, output="clean")
        self.compare_files()


CONF = f"""
import sys
PLUGINS = ["{ENGINE}"]
PLUGIN_PATHS = ["."]
PATH, THEME, TIMEZONE, SITENAME, SITEURL = "content", "theme", "UTC", "Tiny", "https://example.org"
ARTICLE_PATHS, STATIC_PATHS = ["posts"], ["images"]
FEED_ALL_ATOM = CATEGORY_FEED_ATOM = TRANSLATION_FEED_ATOM = AUTHOR_FEED_ATOM = AUTHOR_FEED_RSS = None
sys.path.insert(0, ".")
"""
"""The first lines of a settings file for `run_command`."""

INDEX = "theme/templates/index.html"
ARTICLE = "theme/templates/article.html"
POST = "content/posts/a.md"
