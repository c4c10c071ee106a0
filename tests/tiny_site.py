"""A tiny Pelican site, built by the incremental engine and by Pelican alone, to compare what the two write."""

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
from conftest import ROOT
from pelican import Pelican, generators, signals
from pelican.log import LimitFilter
from pelican.settings import read_settings

ENGINE = "pelican_incremental"
"""The plugin under test."""

PLAIN = {
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


def plugin(name="tiny_plugin", **receivers):
    """Return a plugin that connects each function to the signal that it is named after."""
    made = types.ModuleType(name)
    made.register = lambda: [getattr(signals, name).connect(receiver) for name, receiver in receivers.items()]
    made.receivers = receivers  # signals hold them weakly
    return made


@contextlib.contextmanager
def signals_of_its_own():
    """Hide what is connected to Pelican's signals, and put it back."""
    every = [s for s in vars(signals).values() if hasattr(s, "receivers")]
    before = [(s, dict(s.receivers), {k: set(v) for k, v in s._by_sender.items()}) for s in every]
    for signal in every:
        signal.receivers.clear()
        signal._by_sender.clear()
    try:
        yield
    finally:
        for signal, receivers, by_sender in before:
            signal.receivers.clear()
            signal.receivers.update(receivers)
            signal._by_sender.clear()
            signal._by_sender.update(by_sender)


_LIST = "{% for a in articles %}<a href='{{ SITEURL }}/{{ a.url }}'>{{ a.title }}</a>{{ a.summary }}{% endfor %}"
_WHOLE = "<h1>{{ X.title }}</h1>{{ X.content }}{% for t in X.translations %}{{ t.url }} {{ t.lang }}{% endfor %}"
THEME = {
    "index": _LIST,
    "archives": "{% for a in dates %}{{ a.date|strftime('%Y-%m-%d') }} {{ a.title }}{% endfor %}",
    "article": _WHOLE.replace("X", "article"),
    "page": _WHOLE.replace("X", "page"),
    **{name: f"<h1>{{{{ {name} }}}} {{{{ {name}.slug }}}}</h1>{_LIST}" for name in ("category", "tag", "author")},
    "categories": "{% for c, listed in categories %}{{ c }}{{ listed|length }}{% endfor %}",
    "tags": "{% for t, listed in tags|sort %}{{ t }}{{ listed|length }}{% endfor %}",
    "authors": "{% for a, listed in authors %}{{ a }}{{ listed|length }}{% endfor %}",
    "period_archives": "{{ period }}" + _LIST,
}
"""Templates that need no more: the theme `simple` takes longer to compile than all of these builds."""


class _Warnings(logging.Handler):
    def __init__(self):
        super().__init__(logging.WARNING)
        self.texts = []

    def emit(self, record):
        self.texts.append(record.getMessage())


@contextlib.contextmanager
def _as_in_a_process_of_its_own():
    """Let a build warn of what another has warned of, and compile its templates itself."""
    LimitFilter._raised_messages.clear()
    LimitFilter._group_count.clear()
    shared, generators.Environment = generators.Environment, jinja2.Environment
    heard = _Warnings()
    logging.getLogger().addHandler(heard)
    try:
        yield heard.texts
    finally:
        logging.getLogger().removeHandler(heard)
        generators.Environment = shared


@dataclass
class TinySite:
    """A site in the folder `root`; templates that its theme does not have Pelican takes from the theme `simple`."""

    root: Path
    settings: dict = field(default_factory=dict)
    engine_last: bool = False

    def __post_init__(self):
        for folder in ("content/posts", "theme/templates"):
            (self.root / folder).mkdir(parents=True, exist_ok=True)
        self.change({f"theme/templates/{name}.html": template for name, template in THEME.items()})

    def change(self, changes):
        """Write files by name (None: delete); NAMES IN CAPITALS are settings."""
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

    def pelican(self, *, engine=True, output="output", **more):
        """Return Pelican ready to run."""
        settings = {
            **PLAIN,
            "PATH": str(self.root / "content"),
            "OUTPUT_PATH": str(self.root / output),
            "CACHE_PATH": str(self.root / f"{output}.cache"),
            "THEME": str(self.root / "theme"),
            "PLUGIN_PATHS": [str(ROOT / "plugins")],
            "BUILD_ENGINE": engine,
            **self.settings,
            **more,
        }
        others = settings.get("PLUGINS", [])
        settings["PLUGINS"] = [*others, ENGINE] if self.engine_last else [ENGINE, *others]
        return Pelican(read_settings(override=settings))

    def build(self, *, engine=True, output="output", **more):
        """Build the site; return its warnings."""
        with signals_of_its_own(), _as_in_a_process_of_its_own() as warnings:
            self.pelican(engine=engine, output=output, **more).run()
        return tuple(sorted(warnings))

    def build_clean(self):
        """Let Pelican alone build the site into clean/, which is emptied first; return its warnings."""
        self.remove_clean()
        return self.build(engine=False, output="clean")

    def remove_clean(self):
        for folder in self.root.glob("clean*"):
            shutil.rmtree(folder)

    def compare(self, *, by_hand=(), build=True):
        """Build the site both ways; both must write the same files, and warn of the same.

        `by_hand` are files in output/ that no build makes; `build` is False when output/ has just been built.
        """
        warnings = self.build() if build else None
        expected = self.build_clean()
        self.compare_files(by_hand)
        assert warnings in {None, expected}, f"{warnings} instead of {expected}"

    def compare_files(self, by_hand=(), output="output", clean="clean"):
        """Compare the files of the folder `output` with those of `clean`."""
        one, other = self.files(output), self.files(clean)
        told = {"gone, but put there by hand": sorted(set(by_hand) - one.keys())}
        told["not in a clean build"] = sorted(one.keys() - other.keys() - set(by_hand))
        told["missing"] = sorted(other.keys() - one.keys())
        told["different"] = [name for name in other if name in one and one[name] != other[name]]
        found = {what: names for what, names in told.items() if names}
        assert not found, found

    def steps(self, *changes):
        """Compare at first, when nothing has changed, and after each of the changes."""
        self.compare()
        self.compare()
        for step in changes:
            self.change(step)
            self.compare()

    def files(self, folder="output"):
        """Return the bytes of each file by its name."""
        root = self.root / folder
        return {p.relative_to(root).as_posix(): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}

    def read(self, name):
        return (self.root / "output" / name).read_text("utf-8")

    def rendered(self):
        """Build the site; return the names of its own templates whose code was run."""
        theme, seen = str(self.root / "theme/templates") + os.sep, set()

        def note(frame, event, _):
            code = frame.f_code
            if event == "call" and code.co_name == "root" and code.co_filename.startswith(theme):
                seen.add(code.co_filename.removeprefix(theme))

        sys.setprofile(note)
        try:
            self.build()
        finally:
            sys.setprofile(None)
        return seen

    def start_command(self, *, engine=True, output="output", cache=""):
        """Start the command `pelican` with the settings file pelicanconf.py of the site."""
        command = [sys.executable, *"-m pelican -s pelicanconf.py --log-handler plain -o".split(), output]
        command += ["--cache-path", cache or f"{output}.cache", "-e", f"BUILD_ENGINE={str(engine).lower()}"]
        told = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        return subprocess.Popen(command, cwd=self.root, env=self.environment(), text=True, **told)

    def environment(self):
        return {**os.environ, "PYTHONPATH": str(ROOT / "plugins"), "PYTHONDONTWRITEBYTECODE": "1"}

    def run_command(self, *, engine=True, output="output", cache=""):
        """Run the command; return what it said."""
        with self.start_command(engine=engine, output=output, cache=cache) as process:
            said, _ = process.communicate(timeout=60)
        assert process.returncode == 0, said
        return said

    def compare_commands(self):
        """Compare as `compare` does, each build being a process of its own."""
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
"""The head of a settings file for `run_command`."""

INDEX = "theme/templates/index.html"
ARTICLE = "theme/templates/article.html"
POST = "content/posts/a.md"
