"""The project's commands: `invoke --list`, or `make X` for any of them."""

import functools
import importlib
import os
import shlex
import sys
import traceback
from inspect import signature
from pathlib import Path

import invoke
from invoke import Argument, Exit

ROOT = Path(__file__).parent
sys.path.insert(0, str(ROOT / "plugins"))


def package(module):
    """Import a module of the plugin package; one line and status 1 when the package does not load."""
    try:
        return importlib.import_module(f"authorsite.{module}")
    except Exception as error:
        if os.environ.get("TRACEBACK"):
            raise
        raise Exit(f"plugins/authorsite did not load: {type(error).__name__}: {error}", 1) from error


class Title(Argument):
    """The title of a new file: needed, unless there is a page to take it from."""

    @Argument.value.getter
    def value(self):
        return "" if self._value is None and self.page.got_value else self._value


class Titled(invoke.Task):
    """A task with a title and a page; invoke itself knows no positional argument that may be left out."""

    def get_arguments(self, **named):
        arguments = super().get_arguments(**named)
        title = arguments[0]
        title.__class__, title.page = Title, next(found for found in arguments if found.name == "from_")
        return arguments


def task(help=(), klass=invoke.Task):  # noqa: A002 - invoke's own word
    """Make a task of a function, `help` being about its options; Ctrl-C ends it with a word."""

    def make(body):
        @functools.wraps(body)
        def whole(*given, **named):
            try:
                return body(*given, **named)
            except KeyboardInterrupt:
                raise Exit("\nStopped.", 130) from None

        common = {"settings": "the settings file to go by"} if "settings" in signature(body).parameters else {}
        about = {**common, **dict(help)}
        return invoke.task(whole, help=about, klass=klass, name=body.__name__.replace("_", "-"))

    return make


def end(kind, error, trace):
    """Say in one line what ended a task that did not foresee it; TRACEBACK=1 shows where it comes from."""
    last = traceback.extract_tb(trace)[-1]
    if os.environ.get("TRACEBACK"):
        sys.__excepthook__(kind, error, trace)
    elif "/invoke/parser/" in last.filename:
        print(f"the value of an option is not of the right kind: {error}", file=sys.stderr)
    elif issubclass(kind, OSError) and error.strerror:
        print(f"{error.filename or last.filename}: {error.strerror}", file=sys.stderr)
    else:
        what = " ".join(f"{kind.__name__}: {error}".split())
        hint = "see where it comes from with TRACEBACK=1 before the command"
        print(f"{last.filename}:{last.lineno}: {what} - {hint}", file=sys.stderr)


sys.excepthook = end


@task(
    help={
        "title": "the title; left out with --from, it is the page's own",
        "kind": "post, page, book, event, reblog or review",
        "from": "a page saved from the web, for --kind reblog",
    },
    klass=Titled,
)
def new(_, title, kind="post", from_="", settings="pelicanconf.py"):
    """Begin a post, page, book, event, reblog or review. Example: invoke new "On ladders" --kind review"""
    raise Exit(code=package("publishing.new").new(ROOT / settings, title, kind, from_))


@task(
    help={
        "drafts": "show drafts and scheduled posts, marked",
        "format": "problems as text, json or github",
        "explain": "a page's address: say why it was rendered or left as it is",
    }
)
def build(_, drafts=False, format="text", settings="pelicanconf.py", explain=""):  # noqa: A002 - the option's name
    """Build content/ into output/. Example: invoke build --drafts"""
    raise Exit(code=package("publishing.build").run(ROOT / settings, format, explain, drafts=drafts))


@task(help={"port": "where to serve; the next free one is taken", "drafts": "show drafts and scheduled posts"})
def serve(_, port=8000, drafts=True, settings="pelicanconf.py"):
    """Show the site while you write; pages renew themselves. Example: invoke serve --no-drafts"""
    package("publishing.serve").serve(ROOT / settings, port, drafts=drafts)


@task(help={"format": "text, json or github"})
def check(_, format="text", settings="publishconf.py"):  # noqa: A002 - the option's name
    """Say all that publishing would refuse, and leave output/ alone. Example: invoke check --format json"""
    raise Exit(code=package("publishing.publish").check(ROOT / settings, format))


@task(
    help={
        "yes": "do not ask",
        "dry-run": "stop after the summary: nothing is swapped in or uploaded",
    }
)
def publish(_, yes=False, dry_run=False, settings="publishconf.py"):
    """Build, check, say what changes, ask, and upload. Example: invoke publish --dry-run"""
    raise Exit(code=package("publishing.publish").publish(ROOT / settings, yes=yes, dry_run=dry_run))


@task(help={"against": "a folder, or the live site's address; left out: the last output"})
def feed_diff(_, against="", settings="publishconf.py"):
    """Say what publishing would do to subscribers. Example: invoke feed-diff --against https://example.org"""
    raise Exit(code=package("publishing.feed_diff").feed_diff(ROOT / settings, against))


@task(help={"year": "such as 2018", "quarter": "such as 2019Q3", "write": "into content/posts, as a draft"})
def roundup(_, year="", quarter="", write=False, settings="pelicanconf.py"):
    """Draft the post that sums up a year or a quarter. Example: invoke roundup --quarter 2019Q3 --write"""
    conf = package("publishing.settings_file").read_conf(ROOT / settings)
    raise Exit(code=package("roundup.adapter").roundup(conf, (ROOT / settings).parent, year + quarter, write=write))


@task(help={"quick": "1,000 posts, one run of each", "against": "another checkout, measured in the same turns"})
def bench(c, quick=False, against=""):
    """Measure builds beside Pelican's and Hugo's. Example: invoke bench --quick"""
    options = ["--quick"] * quick + ["--against", against] * bool(against)
    c.run(shlex.join([sys.executable, "benchmarks/run.py", *options]), pty=False)


@task(help={"delay": "seconds between two requests to one host"})
def check_links(_, delay=1.0, settings="pelicanconf.py"):
    """Build, and ask shops and references whether their addresses still work. Example: invoke check-links"""
    site = package("publishing.build")
    share = site.BuildSession()
    built = site.build(ROOT / settings, share=share, progress=True)
    if built.failed:
        raise Exit(code=site.say(built, "text"))
    found = package("checking.external").check_site(share.settings, built.output, delay)
    raise Exit(code=1 if found.died else 0)


@task()
def clean(_):
    """Remove output and caches; never content. Example: invoke clean"""
    import shutil

    # Not while a publish reads what is to be removed.
    with package("publishing.atomic_swap").alone(ROOT):
        for name in ("output", "output.staging", "output.previous", ".cache"):
            shutil.rmtree(ROOT / name, ignore_errors=True)


@task(help={"nightly": "the long runs too", "only": "a pytest -k expression"})
def test(c, nightly=False, only=""):
    """Run the tests, with a browser where one can be had. Example: invoke test --only feeds"""
    c.run(f"{sys.executable} tests/browser.py", pty=False)
    options = ["-n auto --dist worksteal"] + ["--nightly"] * nightly + ([f"-k '{only}'"] if only else [])
    c.run(f"{sys.executable} -m pytest {' '.join(options)}", pty=False)


@task()
def audit(c):
    """Build the site and print Lighthouse's scores of its main pages. Example: invoke audit"""
    c.run(f"{sys.executable} -m invoke build", pty=False)
    c.run(f"{sys.executable} tests/audit.py", pty=False)


@task(help={"fix": "let ruff mend what it can"})
def lint(c, fix=False):
    """Check format, style and types. Example: invoke lint --fix"""
    bin_ = Path(sys.executable).parent
    c.run(f"{bin_}/ruff format {'' if fix else '--check'} --quiet .")
    c.run(f"{bin_}/ruff check {'--fix' if fix else ''} --quiet .")
    c.run(f"{bin_}/mypy --no-error-summary")


@task(help={"upgrade": "take the newest versions that pyproject.toml admits"})
def lock(c, upgrade=False):
    """Make the two lock files from pyproject.toml. Example: invoke lock --upgrade"""
    uv = Path(sys.executable).parent / "uv"
    common = (
        "pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes "
        "--no-emit-index-url --no-emit-find-links --no-header --no-annotate"
    )
    again = "--upgrade" if upgrade else ""
    with c.cd(str(ROOT)):
        c.run(f"{uv} {common} {again} --extra dev --output-file requirements-dev.lock")
        c.run(f"{uv} {common} {again} --constraint requirements-dev.lock --output-file requirements.lock")


os.chdir(ROOT)
