"""Invoke's command line with what it lacks: optional and repeated words, errors in one line, a short help."""

import functools
import importlib
import inspect
import itertools
import os
import sys
import traceback
from collections.abc import Callable, Container, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any

from invoke.exceptions import Exit
from invoke.parser.argument import Argument
from invoke.program import Program
from invoke.tasks import Task
from invoke.tasks import task as invoke_task

from .commands import format_command
from .problems import CommandError

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


class WordsArgument(Argument):
    """The words after a command, as many as there are; invoke has no positional argument for several."""

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


class WordsTask(SiteTask):
    """A task whose first argument takes several words, `minimum` or more."""

    minimum = 1

    def get_arguments(self, ignore_unknown_help: bool | None = None) -> list[Argument]:
        """Return the arguments that the command line may have."""
        arguments = super().get_arguments(ignore_unknown_help)
        words, options = arguments[0], [argument for argument in arguments[1:] if argument.takes_value]
        words.__class__ = WordsArgument
        assert isinstance(words, WordsArgument)
        flags = {f"{'-' if len(name) == 1 else '--'}{name}" for option in options for name in option.names}
        words.expected = max(_count_words(sys.argv, self.name, flags), self.minimum)
        return arguments


class OptionalWordsTask(WordsTask):
    """A task whose first argument takes any number of words."""

    minimum = 0


def _count_words(words: list[str], command: str, flags: Container[str]) -> int:
    """Return how many words after `command` are neither options nor the values of those in `flags`."""
    after = words[words.index(command) + 1 :] if command in words else []
    pairs = zip(["", *after], after, strict=False)
    return sum(not word.startswith("-") and before not in flags for before, word in pairs)


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
