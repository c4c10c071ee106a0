"""Create the folder of a new site: settings, a page, a post, a book record, workflows, and the generator's version."""

import html
import json
import os
import re
import select
import shlex
import shutil
import stat
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TextIO

from jinja2 import Environment, StrictUndefined
from pelican.settings import DEFAULT_CONFIG

from ..problems import CommandError, ProblemLog
from ..site_build import parse_site_date
from ..slug_adapter import make_slug
from ..urls import is_web_url
from .installed_from import pin_generator
from .placeholders import DEFAULT_AUTHOR

_STARTER = Path(__file__).parents[1] / "starter"
_FILES = {
    "pelicanconf.py": "pelicanconf.py.jinja",
    "publishconf.py": "publishconf.py.jinja",
    "README.md": "README.md.jinja",
    "content/pages/about.md": "about.md.jinja",
    "content/posts/welcome.md": "welcome.md.jinja",
    "content/books/{slug}.md": "book.md.jinja",
    ".github/workflows/publish.yml": "publish.yml",
    ".github/workflows/links.yml": "links.yml",
    ".gitignore": "gitignore",
}
"""The file in the starter folder for each file of a site; only templates (.jinja) are rendered."""

_EMPTY_FOLDERS = ("content/images", "theme_overrides")
_MAY_EXIST = {".git", ".venv"}
"""What a folder may hold that is to become a site: the author's repository, and the environment that runs this."""

_TEMPORARY = ".authorsite-init-"
_PIPE_TIMEOUT = 0.2
"""The seconds that the program before a pipe has for its first answer."""

_ZONE_LINK = Path("/etc/localtime")


@dataclass(frozen=True, slots=True)
class Answers:
    """What a new site needs to know; "" for the default."""

    name: str = ""
    author: str = ""
    url: str = ""
    book: str = ""


def init_site(folder: Path, given: Answers, *, ask: bool) -> None:
    """Create a site in `folder`, which must not exist or be empty; print what to do next.

    What `given` does not say is asked for on the terminal if `ask` is set. Raises CommandError, and leaves nothing
    behind, if the folder holds files or an answer cannot be used.
    """
    target = folder.absolute()
    _require_empty(target)
    values = _make_values(_complete(given, target.name, ask=ask))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        # Beside the folder, so that it can be renamed into its place.
        with TemporaryDirectory(prefix=_TEMPORARY, dir=target.parent) as temporary:
            site = Path(temporary, "site")
            _write_site(site, values)
            _move(site, target)
    except OSError as error:
        raise CommandError(f"cannot create the site: {error.strerror}", _find_place(error, target)) from None
    print(_describe_next_steps(folder, target))


def _find_place(error: OSError, target: Path) -> str:
    """Return the file that an error is about; the folder itself for one in the temporary folder beside it."""
    name = str(error.filename or "")
    return str(target) if not name or _TEMPORARY in name else name


def _require_empty(target: Path) -> None:
    if os.path.lexists(target) and not target.is_dir():
        what = "link that leads nowhere" if target.is_symlink() else "file"
        raise CommandError(f"this is a {what} - name a folder that does not exist", str(target))
    names = sorted({path.name for path in target.iterdir()} - _MAY_EXIST) if target.is_dir() else []
    if names:
        raise CommandError(f"the folder holds files, such as {names[0]} - name a new folder", str(target))


def has_answers(stream: TextIO) -> bool:
    """Return whether someone can answer: on a terminal, or with a file or a pipe, without waiting for the latter.

    A program that starts this one may leave a pipe open and say nothing.
    """
    try:
        if stream.isatty():
            return True
        mode = os.fstat(stream.fileno()).st_mode
        is_pipe = stat.S_ISFIFO(mode) and bool(select.select([stream], [], [], _PIPE_TIMEOUT)[0])
    except (OSError, ValueError):  # it is closed, or no file
        return False
    return is_pipe or stat.S_ISREG(mode)


def _complete(given: Answers, folder_name: str, *, ask: bool) -> Answers:
    """Return the answers with defaults, or what the author types, for those that are not given."""
    default_name = re.sub(r"[\W_]+", " ", folder_name).strip().capitalize() or "My site"

    def get(answer: str, question: str, default: str) -> str:
        if not answer and ask:
            with suppress(EOFError):
                answer = input(f"{question} [{default}]: ")
        # A file name or a pasted line may have bytes that are no text.
        return " ".join(answer.encode("utf-8", "replace").decode().split()) or default

    return Answers(
        name=get(given.name, "Name of the site", default_name),
        author=get(given.author, "Your name", DEFAULT_AUTHOR),
        url=get(given.url, "URL of the site, if you know it", "https://example.org"),
        book=get(given.book, "Title of your (first) book", "My first book"),
    )


def _make_values(answers: Answers) -> dict[str, str]:
    """Return the variables of the templates."""
    url = answers.url if "://" in answers.url else f"https://{answers.url}"
    if not is_web_url(url) or "?" in url or "#" in url:
        raise CommandError(f"`{answers.url}` is not the URL of a site - write it as https://example.org")
    slug = make_slug(answers.book, DEFAULT_CONFIG).strip("-")
    if not slug:
        raise CommandError(f"cannot make a file name from the title `{answers.book}` - use letters or digits")
    zone, log = _find_time_zone(), ProblemLog(deferred=True)
    now = parse_site_date({"TIMEZONE": zone}, log)
    if now is None:
        raise CommandError(str(next(iter(log))))
    return {
        "name": answers.name,
        "author": answers.author,
        "url": url.rstrip("/"),
        "book": answers.book,
        "slug": slug,
        "date": f"{now:%Y-%m-%d}",
        "time_zone": zone,
        "description": f"The site of {answers.author}, author of {answers.book}.",
    }


def _find_time_zone() -> str:
    """Return the name of this machine's time zone, such as "Europe/Berlin"; "UTC" if it is not known."""
    match = re.search(r"zoneinfo/(?:posix/)?([A-Z]\w+/[\w/+-]+)$", os.path.realpath(_ZONE_LINK))
    return match[1] if match and not match[1].startswith("Etc/") else "UTC"


def _write_site(site: Path, values: Mapping[str, str]) -> None:
    # What is rendered is no HTML: each place escapes for its own format.
    environment = Environment(keep_trailing_newline=True, undefined=StrictUndefined, autoescape=False)  # noqa: S701
    # A string in JSON is one in Python and in YAML, too.
    environment.filters["quoted"] = lambda text: json.dumps(text, ensure_ascii=False)
    environment.filters["markdown"] = lambda text: re.sub(r"([\\`*_\[\]#|])", r"\\\1", html.escape(text, quote=False))
    files = {name: (_STARTER / source).read_text("utf-8") for name, source in _FILES.items()}
    files |= dict.fromkeys((f"{name}/.gitkeep" for name in _EMPTY_FOLDERS), "")
    for name, text in files.items():
        path = site / name.format(slug=values["slug"])
        path.parent.mkdir(parents=True, exist_ok=True)
        is_template = _FILES.get(name, "").endswith(".jinja")
        path.write_text(environment.from_string(text).render(values) if is_template else text, "utf-8")
    (site / "requirements.txt").write_text(f"{pin_generator(site)}\n", "utf-8")


def _move(site: Path, target: Path) -> None:
    """Rename `site` to `target`; if that is a folder, move each file into it, or none."""
    if not target.exists():
        site.rename(target)
        return
    moved: list[Path] = []
    try:
        for path in sorted(site.iterdir()):
            moved.append(path.rename(target / path.name))  # noqa: PERF401 - the list must be right after an error
    except BaseException:
        for path in moved:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        raise


def _describe_next_steps(folder: Path, target: Path) -> str:
    """Return the commands that show the site: with its own environment, which may not exist yet."""
    steps = [] if target == Path.cwd() else [f"cd {shlex.quote(str(folder))}"]
    if not Path(sys.prefix).is_relative_to(target):
        steps += ["python3 -m venv .venv", ".venv/bin/pip install -r requirements.txt"]
    steps.append(".venv/bin/authorsite serve")
    return "\n  ".join([f"{folder} is ready. Next:", *steps])
