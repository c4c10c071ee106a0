"""The command `authorsite`: the tasks of a site, each in the site's folder. tasks.py has them too, for `invoke`."""

import functools
import importlib
import inspect
import itertools
import os
import sys
import traceback
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any

from invoke.collection import Collection
from invoke.context import Context
from invoke.exceptions import Exit
from invoke.parser.argument import Argument
from invoke.program import Program
from invoke.tasks import Task
from invoke.tasks import task as invoke_task

from .commands import NAME, format_command
from .problems import CommandError
from .version import get_version

_SETTINGS = "pelicanconf.py"
_NO_HELP: Mapping[str, str] = MappingProxyType({})


def load(module: str) -> Any:
    """Import a module of the package; print one line and exit with status 1 if that fails."""
    try:
        return importlib.import_module(f"authorsite.{module}")
    except Exception as error:
        if os.environ.get("TRACEBACK"):
            raise
        raise Exit(f"authorsite did not load: {type(error).__name__}: {error}", 1) from error


class TitleArgument(Argument):
    """The title of a new file: required, unless --from or --isbn names something that has one."""

    sources: tuple[Argument, ...]

    @Argument.value.getter  # type: ignore[attr-defined, untyped-decorator]
    def value(self) -> Any:
        """The title; "" for that of the source."""
        return "" if self._value is None and any(source.got_value for source in self.sources) else self._value


class SiteTask(Task[Any]):
    """A task that keeps the texts of its options: invoke takes them out of it when it first lists them."""

    def get_arguments(self, ignore_unknown_help: bool | None = None) -> list[Argument]:
        """Return the arguments that the command line may have."""
        texts = dict(self.help)
        try:
            return super().get_arguments(ignore_unknown_help)
        finally:
            self.help = texts


class TitledTask(SiteTask):
    """A task whose title may be omitted if --from or --isbn is given; invoke has no optional positional arguments."""

    def get_arguments(self, ignore_unknown_help: bool | None = None) -> list[Argument]:
        """Return the arguments that the command line may have."""
        arguments = super().get_arguments(ignore_unknown_help)
        title = arguments[0]
        title.__class__ = TitleArgument
        assert isinstance(title, TitleArgument)
        title.sources = tuple(argument for argument in arguments if argument.name in {"from_", "isbn"})
        return arguments


class ExportsArgument(Argument):
    """The files of an export: as many words as there are; invoke has no positional argument for several."""

    expected: int
    words: tuple[str, ...] = ()

    @property
    def value(self) -> Any:
        """The words; None while the parser is to pass more of them."""
        return list(self.words) if len(self.words) >= self.expected else None

    @value.setter
    def value(self, word: str) -> None:
        self.raw_value = word
        self.words = (*self.words, word)


class ExportsTask(SiteTask):
    """A task whose first argument takes several words."""

    def get_arguments(self, ignore_unknown_help: bool | None = None) -> list[Argument]:
        """Return the arguments that the command line may have."""
        arguments = super().get_arguments(ignore_unknown_help)
        exports = arguments[0]
        exports.__class__ = ExportsArgument
        assert isinstance(exports, ExportsArgument)
        exports.expected = max(_count_exports(sys.argv), 1)
        return arguments


def _count_exports(words: list[str]) -> int:
    """Return how many words after `import-wordpress` are neither options nor their values."""
    after = words[words.index("import-wordpress") + 1 :] if "import-wordpress" in words else []
    pairs = zip(["", *after], after, strict=False)
    return sum(not word.startswith("-") and before not in _OPTIONS_WITH_VALUE for before, word in pairs)


_OPTIONS_WITH_VALUE = frozenset(("--media", "-m", "--settings", "-s"))


def task(help: Mapping[str, str] = _NO_HELP, klass: type = SiteTask) -> Callable[[Callable[..., None]], Any]:  # noqa: A002 - invoke's own word
    """Decorate a function as a task; `help` describes its options. Ctrl-C exits with status 130."""

    def decorate(function: Callable[..., None]) -> Any:
        @functools.wraps(function)
        def run(*args: Any, **kwargs: Any) -> None:
            try:
                return function(*args, **kwargs)
            except KeyboardInterrupt:
                raise Exit("\nStopped.", 130) from None

        has_settings = "settings" in inspect.signature(function).parameters
        common = {"settings": "the settings file to use; it is in the site's folder"} if has_settings else {}
        name = function.__name__.rstrip("_").replace("_", "-")
        return invoke_task(run, help={**common, **help}, klass=klass, name=name)

    return decorate


@task(
    help={
        "folder": "the folder to create, such as my-site",
        "name": "the site's name",
        "author": "your name",
        "url": "the site's URL",
        "book": "the title of your first book",
        "yes": "do not ask for what is not given: take the defaults",
    }
)
def init(
    _: Context, folder: str, name: str = "", author: str = "", url: str = "", book: str = "", yes: bool = False
) -> None:
    """Create a site of your own in a new folder.

    Example: invoke init ../my-site
    """
    module = load("publishing.init_site")
    module.init_site(Path(folder), module.Answers(name, author, url, book), ask=not yes and sys.stdin.isatty())


@task(
    help={
        "title": "the title; optional with --from and --isbn, which have one",
        "kind": "post, page, book, event, reblog or review",
        "from": "a page saved from the web, for --kind reblog",
        "isbn": "an ISBN to look up in Open Library, for --kind book",
    },
    klass=TitledTask,
)
def new(_: Context, title: str, kind: str = "post", from_: str = "", isbn: str = "", settings: str = _SETTINGS) -> None:
    """Create a post, page, book, event, reblog or review.

    Example: invoke new "On ladders" --kind review
    """
    if title in {"--help", "-h"}:  # invoke takes the first word for the title
        program.run(["invoke" if "invoke" in sys.argv[0] else NAME, "--help", "new"], exit=False)
        return
    raise Exit(code=load("publishing.new").new(Path(settings).absolute(), title, kind, from_, isbn))


@task(
    help={
        "drafts": "include drafts and scheduled posts, marked as such",
        "format": "print problems as text, json or github",
        "explain": "a page's URL path: say why the page was rendered or skipped",
    }
)
def build(
    _: Context,
    drafts: bool = False,
    format: str = "text",  # noqa: A002 - the option's name
    settings: str = _SETTINGS,
    explain: str = "",
) -> None:
    """Build content/ into output/.

    Example: invoke build --drafts
    """
    raise Exit(code=load("publishing.build").build_command(Path(settings).absolute(), format, explain, drafts=drafts))


@task(help={"port": "the first port to try", "drafts": "include drafts and scheduled posts"})
def serve(_: Context, port: int = 8000, drafts: bool = True, settings: str = _SETTINGS) -> None:
    """Serve the site while you write, with live reload.

    Example: invoke serve --no-drafts
    """
    load("publishing.serve").serve(Path(settings).absolute(), port, drafts=drafts)


@task(help={"format": "text, json or github", "kind": "list all problems of one kind, such as image"})
def check(_: Context, format: str = "text", kind: str = "", settings: str = "publishconf.py") -> None:  # noqa: A002 - the option's name
    """Report every problem that would stop a publish, without changing output/.

    Example: invoke check --format json
    """
    raise Exit(code=load("publishing.publish").check(Path(settings).absolute(), format, kind))


@task(
    help={
        "yes": "publish without asking",
        "dry-run": "stop after the summary: nothing is swapped in or uploaded",
    }
)
def publish(_: Context, yes: bool = False, dry_run: bool = False, settings: str = "publishconf.py") -> None:
    """Build, check, show what changes, ask, and upload.

    Example: invoke publish --dry-run
    """
    load("publishing.atomic_swap").require_locks()
    raise Exit(code=load("publishing.publish").publish(Path(settings).absolute(), yes=yes, dry_run=dry_run))


@task(help={"against": "a folder or the live site's URL; default: the last output"})
def feed_diff(_: Context, against: str = "", settings: str = "publishconf.py") -> None:
    """Show what publishing would change for feed subscribers.

    Example: invoke feed-diff --against https://example.org
    """
    raise Exit(code=load("publishing.feed_diff").feed_diff(Path(settings).absolute(), against))


@task(help={"year": "such as 2018", "quarter": "such as 2019Q3", "write": "write it to content/posts, as a draft"})
def roundup(_: Context, year: str = "", quarter: str = "", write: bool = False, settings: str = _SETTINGS) -> None:
    """Draft a post that sums up a year or a quarter.

    Example: invoke roundup --quarter 2019Q3 --write
    """
    path = Path(settings).absolute()
    conf = load("publishing.settings_file").read_settings_file(path)
    raise Exit(code=load("roundup").create_roundup(conf, path.parent, year + quarter, write=write))


@task(
    help={
        "exports": "the files from Tools → Export: .xml, .zip, or a folder with them",
        "media": "the media library: a folder, a tar archive, or `fetch` to download it from the blog",
        "dry-run": "say what would be written, and write nothing",
        "with-private": "bring in private posts and those with a password, as drafts",
    },
    klass=ExportsTask,
)
def import_wordpress(
    _: Context,
    exports: list[str],
    media: str = "",
    dry_run: bool = False,
    with_private: bool = False,
    settings: str = _SETTINGS,
) -> None:
    """Bring in a blog from WordPress: posts, pages, comments and files; again, if you like.

    Example: invoke import-wordpress export.zip --media media.tar
    """
    if {"--help", "-h"} & {*exports}:  # invoke takes the first word for an export
        program.run(["invoke" if "invoke" in sys.argv[0] else NAME, "--help", "import-wordpress"], exit=False)
        return
    load("publishing.atomic_swap").require_locks()
    run = load("publishing.import_wordpress").import_wordpress
    path = Path(settings).absolute()
    raise Exit(code=run(path, exports, media, dry_run=dry_run, with_private=with_private))


@task(help={"delay": "seconds between two requests to one host"})
def check_links(_: Context, delay: float = 1.0, settings: str = _SETTINGS) -> None:
    """Build, and check the links to other sites.

    Example: invoke check-links
    """
    build_module = load("publishing.build")
    session = build_module.BuildSession()
    result = build_module.build(Path(settings).absolute(), session=session, progress=True)
    if result.failed:
        raise Exit(code=build_module.print_report(result))
    changes = load("checking.external").check_site_links(session.settings, result.output, delay)
    raise Exit(code=1 if changes.newly_broken else 0)


@task(help={"source": "a git URL (git+https://…), a wheel or a checkout; default: what requirements.txt names"})
def upgrade(_: Context, source: str = "") -> None:
    """Install another version of authorsite, then check the site.

    Content, settings and overrides stay as they are; requirements.txt names the version.

    Example: invoke upgrade git+https://git.example/authorsite@v1.2.0
    """
    raise Exit(code=load("publishing.upgrade").upgrade(Path.cwd(), source))


@task()
def clean(_: Context, settings: str = _SETTINGS) -> None:
    """Remove output and caches, never content.

    Example: invoke clean
    """
    load("publishing.clean").clean(Path(settings).absolute())


def find_docs() -> Path:
    """Return the folder of the documentation: in the package, or at the top of the repository."""
    package = Path(__file__).parent
    return package / "docs" if (package / "docs").is_dir() else package.parents[1] / "docs"


class AuthorsiteProgram(Program):
    """Invoke's program with a short help: most of its own options say nothing to an author."""

    def print_help(self) -> None:
        """Print the commands."""
        print(f"Usage: {self.binary} COMMAND [--options]\n")
        self.list_tasks()
        print(f"`{self.binary} COMMAND --help` shows the options of a command. The documentation is in {find_docs()}")

    def task_list_opener(self, extra: str = "") -> str:  # noqa: ARG002 - invoke's signature
        """Return the heading of the list of commands."""
        return "Commands"

    def print_task_help(self, name: str) -> None:
        """Print usage, description and options of a command."""
        text = inspect.getdoc(self.collection[name]) or ""
        print(
            f"Usage: {self.binary} {name} [--options]\n\n{text.replace('Example: invoke', f'Example: {self.binary}')}\n"
        )
        print("Options:\n")
        self.print_columns(self.parser.contexts[name].help_tuples())


commands = Collection.from_module(sys.modules[__name__])
program = AuthorsiteProgram(version=get_version(), namespace=commands, name=NAME)


def print_exception(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Print an uncaught exception in one line; with TRACEBACK=1, print the traceback."""
    last = traceback.extract_tb(trace)[-1]
    if os.environ.get("TRACEBACK"):
        sys.__excepthook__(kind, error, trace)
    elif Path(last.filename).parts[-3:-1] == ("invoke", "parser"):
        print(f"an option has an invalid value: {error}", file=sys.stderr)
    elif isinstance(error, OSError) and error.strerror:
        print(f"{error.filename or last.filename}: {error.strerror}", file=sys.stderr)
    else:
        message = " ".join(f"{kind.__name__}: {error}".split())
        hint = "run it with TRACEBACK=1 to see the traceback"
        print(f"{last.filename}:{last.lineno}: {message} - {hint}", file=sys.stderr)


def require_quoted_title(words: list[str], tasks: Iterable[str]) -> None:
    """Raise CommandError if several words after `new`, none of them one of `tasks`, are to be the title."""
    after = words[words.index("new") + 1 :] if "new" in words else []
    title = list(itertools.takewhile(lambda word: not word.startswith("-"), after))
    if len(title) > 1 and title[1] not in tasks:
        unquoted = " ".join(title)
        command = format_command("new", f'"{unquoted}"')
        raise CommandError(f"the title `{unquoted}` has no quotes - write: {command}")


def name_source(words: list[str]) -> list[str]:
    """Return the words with `upgrade SOURCE` as `upgrade --source SOURCE`; invoke has no optional positional arguments.

    "upgrade" after another command is that one's own word.
    """
    if words[1:2] == ["upgrade"] and words[2:3] and not words[2].startswith("-"):
        return [*words[:2], "--source", *words[2:]]
    return words


def main() -> None:
    """Run the command line of the site in the current folder."""
    sys.excepthook = print_exception
    require_quoted_title(sys.argv, commands.task_names)
    program.run(name_source(sys.argv))
