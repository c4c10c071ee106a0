"""The project's commands: `invoke --list`, or `make X` for any of them."""

import functools
import importlib
import itertools
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
    """Import a module of the plugin package; print one line and exit with status 1 if that fails."""
    try:
        return importlib.import_module(f"authorsite.{module}")
    except Exception as error:
        if os.environ.get("TRACEBACK"):
            raise
        raise Exit(f"plugins/authorsite did not load: {type(error).__name__}: {error}", 1) from error


class TitleArgument(Argument):
    """The title of a new file: required, unless --from names a page that has one."""

    @Argument.value.getter
    def value(self):
        return "" if self._value is None and self.from_argument.got_value else self._value


class TitledTask(invoke.Task):
    """A task whose title may be omitted if --from is given; invoke has no optional positional arguments."""

    def get_arguments(self, **named):
        arguments = super().get_arguments(**named)
        title = arguments[0]
        title.__class__ = TitleArgument
        title.from_argument = next(argument for argument in arguments if argument.name == "from_")
        return arguments


def task(help=(), klass=invoke.Task):  # noqa: A002 - invoke's own word
    """Decorate a function as an invoke task; `help` describes its options. Ctrl-C exits with status 130."""

    def decorate(function):
        @functools.wraps(function)
        def run(*args, **kwargs):
            try:
                return function(*args, **kwargs)
            except KeyboardInterrupt:
                raise Exit("\nStopped.", 130) from None

        common = {"settings": "the settings file to use"} if "settings" in signature(function).parameters else {}
        options = {**common, **dict(help)}
        return invoke.task(run, help=options, klass=klass, name=function.__name__.replace("_", "-"))

    return decorate


def print_exception(kind, error, trace):
    """Print an uncaught exception in one line; with TRACEBACK=1, print the traceback."""
    last = traceback.extract_tb(trace)[-1]
    if os.environ.get("TRACEBACK"):
        sys.__excepthook__(kind, error, trace)
    elif "/invoke/parser/" in last.filename:
        print(f"an option has an invalid value: {error}", file=sys.stderr)
    elif issubclass(kind, OSError) and error.strerror:
        print(f"{error.filename or last.filename}: {error.strerror}", file=sys.stderr)
    else:
        message = " ".join(f"{kind.__name__}: {error}".split())
        hint = "run it with TRACEBACK=1 to see the traceback"
        print(f"{last.filename}:{last.lineno}: {message} - {hint}", file=sys.stderr)


sys.excepthook = print_exception


@task(
    help={
        "title": "the title; optional with --from, which uses the page's title",
        "kind": "post, page, book, event, reblog or review",
        "from": "a page saved from the web, for --kind reblog",
    },
    klass=TitledTask,
)
def new(c, title, kind="post", from_="", settings="pelicanconf.py"):
    """Create a post, page, book, event, reblog or review. Example: invoke new "On ladders" --kind review"""
    if title in {"--help", "-h"}:  # invoke takes the first word for the title
        c.run(f"{sys.executable} -m invoke --help new", pty=False)
        return
    raise Exit(code=package("publishing.new").new(ROOT / settings, title, kind, from_))


@task(
    help={
        "drafts": "include drafts and scheduled posts, marked as such",
        "format": "print problems as text, json or github",
        "explain": "a page's URL path: say why the page was rendered or skipped",
    }
)
def build(_, drafts=False, format="text", settings="pelicanconf.py", explain=""):  # noqa: A002 - the option's name
    """Build content/ into output/. Example: invoke build --drafts"""
    raise Exit(code=package("publishing.build").build_command(ROOT / settings, format, explain, drafts=drafts))


@task(help={"port": "the first port to try", "drafts": "include drafts and scheduled posts"})
def serve(_, port=8000, drafts=True, settings="pelicanconf.py"):
    """Serve the site while you write, with live reload. Example: invoke serve --no-drafts"""
    package("publishing.serve").serve(ROOT / settings, port, drafts=drafts)


@task(help={"format": "text, json or github"})
def check(_, format="text", settings="publishconf.py"):  # noqa: A002 - the option's name
    """Report every problem that would stop a publish, without changing output/. Example: invoke check --format json"""
    raise Exit(code=package("publishing.publish").check(ROOT / settings, format))


@task(
    help={
        "yes": "publish without asking",
        "dry-run": "stop after the summary: nothing is swapped in or uploaded",
    }
)
def publish(_, yes=False, dry_run=False, settings="publishconf.py"):
    """Build, check, show what changes, ask, and upload. Example: invoke publish --dry-run"""
    raise Exit(code=package("publishing.publish").publish(ROOT / settings, yes=yes, dry_run=dry_run))


@task(help={"against": "a folder or the live site's URL; default: the last output"})
def feed_diff(_, against="", settings="publishconf.py"):
    """Show what publishing would change for feed subscribers. Example: invoke feed-diff --against https://example.org"""
    raise Exit(code=package("publishing.feed_diff").feed_diff(ROOT / settings, against))


@task(help={"year": "such as 2018", "quarter": "such as 2019Q3", "write": "write it to content/posts, as a draft"})
def roundup(_, year="", quarter="", write=False, settings="pelicanconf.py"):
    """Draft a post that sums up a year or a quarter. Example: invoke roundup --quarter 2019Q3 --write"""
    path = ROOT / settings
    conf = package("publishing.settings_file").read_settings_file(path)
    raise Exit(code=package("roundup").create_roundup(conf, path.parent, year + quarter, write=write))


@task(help={"quick": "1,000 posts, one run of each", "against": "another checkout to measure alongside"})
def bench(c, quick=False, against=""):
    """Benchmark builds against Pelican and Hugo. Example: invoke bench --quick"""
    options = ["--quick"] * quick + ["--against", against] * bool(against)
    c.run(shlex.join([sys.executable, "benchmarks/run.py", *options]), pty=False)


@task(help={"delay": "seconds between two requests to one host"})
def check_links(_, delay=1.0, settings="pelicanconf.py"):
    """Build, and check the links to other sites. Example: invoke check-links"""
    build_module = package("publishing.build")
    session = build_module.BuildSession()
    result = build_module.build(ROOT / settings, session=session, progress=True)
    if result.failed:
        raise Exit(code=build_module.print_report(result))
    changes = package("checking.external").check_site_links(session.settings, result.output, delay)
    raise Exit(code=1 if changes.newly_broken else 0)


@task()
def clean(_):
    """Remove output and caches, never content. Example: invoke clean"""
    import shutil

    # Not while a publish reads these folders.
    with package("publishing.atomic_swap").exclusive_lock(ROOT):
        names = ("output", "output.staging", "output.previous", "output.leftover-*", ".cache")
        for path in (path for name in names for path in ROOT.glob(name)):
            shutil.rmtree(path, ignore_errors=True)
            if path.exists():
                print(f"{path}: cannot be deleted - delete it as its owner: sudo rm -r {path}", file=sys.stderr)


@task(help={"nightly": "include the long tests", "only": "a pytest -k expression"})
def test(c, nightly=False, only=""):
    """Run the tests, with a browser if one is available. Example: invoke test --only feeds"""
    c.run(f"{sys.executable} tests/browser.py", pty=False)
    options = ["-n auto --dist worksteal"] + ["--nightly"] * nightly + ([f"-k '{only}'"] if only else [])
    c.run(f"{sys.executable} -m pytest {' '.join(options)}", pty=False)


@task()
def audit(c):
    """Build the site and print the Lighthouse scores of its main pages. Example: invoke audit"""
    c.run(f"{sys.executable} -m invoke build", pty=False)
    c.run(f"{sys.executable} tests/audit.py", pty=False)


@task(help={"fix": "let ruff fix what it can"})
def lint(c, fix=False):
    """Check formatting, style and types. Example: invoke lint --fix"""
    bin_ = Path(sys.executable).parent
    c.run(f"{bin_}/ruff format {'' if fix else '--check'} --quiet .")
    c.run(f"{bin_}/ruff check {'--fix' if fix else ''} --quiet .")
    c.run(f"{bin_}/mypy --no-error-summary")


@task(help={"upgrade": "use the newest versions that pyproject.toml allows"})
def lock(c, upgrade=False):
    """Write the two lock files from pyproject.toml. Example: invoke lock --upgrade"""
    uv = Path(sys.executable).parent / "uv"
    common = (
        "pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes "
        "--no-emit-index-url --no-emit-find-links --no-header --no-annotate"
    )
    upgrade_option = "--upgrade" if upgrade else ""
    with c.cd(str(ROOT)):
        c.run(f"{uv} {common} {upgrade_option} --extra dev --output-file requirements-dev.lock")
        c.run(f"{uv} {common} {upgrade_option} --constraint requirements-dev.lock --output-file requirements.lock")


def find_unquoted_title(words):
    """Return the words after `new` that are to be its title but stand without quotes; "" if all is well."""
    title = list(itertools.takewhile(lambda word: not word.startswith("-"), words[words.index("new") + 1 :]))
    return " ".join(title) if len(title) > 1 and title[1].replace("-", "_") not in globals() else ""


def run_make(name, text):
    """Run `invoke name` with the words of `text`, as a shell splits them, but without replacing `$5` or a backquote."""
    try:
        words = [os.path.expanduser(word) for word in shlex.split(text)]  # noqa: PTH111 - not all are paths
    except ValueError:
        hint = """write it between quotes: make new ARGS='"It is a title"'"""
        sys.exit(f"ARGS: {text}: a quotation mark has no second one - {hint}")
    os.execv(sys.executable, [sys.executable, "-m", "invoke", name, *words])  # noqa: S606 - on purpose


os.chdir(ROOT)
if "invoke" in sys.argv[0] and "new" in sys.argv and (unquoted := find_unquoted_title(sys.argv)):
    hint = f'invoke new "{unquoted}", or make new ARGS=\'"{unquoted}"\''
    raise SystemExit(f"the title `{unquoted}` has no quotes - write: {hint}")
if __name__ == "__main__":
    run_make(*sys.argv[1:])
