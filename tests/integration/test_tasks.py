"""The tasks as commands: help, examples, and one clear line for each error."""

import os
import re
import shlex
import shutil
import subprocess
import sys

import pytest
import yaml
from authorsite.publishing.atomic_swap import exclusive_lock
from conftest import ROOT, post
from invoke import Collection, ParseError
from invoke.loader import FilesystemLoader
from invoke.main import program
from invoke.parser import Parser

NO_SETTINGS = "none.py: no such file - go to your site's folder, or use --settings with a settings file"
MINIMAL_CONF = 'from pelicanconf import *; AUTHORSITE = {"url": "https://example.org", "allow": {"orphan": "one"}}\n'
NOT_PUBLISHED = "Not published: the live site is unchanged."
FAILURE = "raise RuntimeError('in a plugin')"
REGISTER = "def register():\n    signals.initialized.connect(fail)\n"
PLUGIN = f"from pelican import signals\ndef fail(_):\n    {FAILURE}\n{REGISTER}"
PUBLISH_CONF = (
    MINIMAL_CONF.replace("example.org", "ladders.example") + 'AUTHORSITE = {**AUTHORSITE, "publish": {"kind": "git"}}\n'
)

# Files to write, command to run, line expected on stderr (a regular expression).
ERRORS = [
    *(
        ({}, f"{task} --settings none.py", NO_SETTINGS)
        for task in ("new T", "build", "check", "publish --yes", "feed-diff", "roundup --year 2018", "serve")
    ),
    ({}, "check-links --settings none.py", NO_SETTINGS),
    ({"conf.py": MINIMAL_CONF + "\nX = {\n"}, "new T", "conf.py:3: cannot read the settings: '{' was never closed"),
    (
        {"conf.py": MINIMAL_CONF + 'TIMEZONE = "Europe/Berln"\n'},
        "check",
        "conf.py:2: .*: TIMEZONE: `Europe/Berln` is not a time zone - did you mean `Europe/Berlin`",
    ),
    ({"conf.py": MINIMAL_CONF + "X = y\n"}, "check", "conf.py:2: cannot read the settings: NameError: name 'y' is not"),
    (
        {"conf.py": MINIMAL_CONF + "THEME = 'gone'\n"},
        "build",
        "cannot read the settings: ValueError: Could not find the theme",
    ),
    ({"conf.py": MINIMAL_CONF + "PATH = 'gone'\n"}, "check", "the content folder PATH does not exist - correct PATH"),
    (
        {"conf.py": MINIMAL_CONF + "TIMEZONE = 'Mars/Base'\n"},
        "roundup --year 2018",
        "TIMEZONE: `Mars/Base` is not a time zone - write a name such as America/Chicago",
    ),
    (
        {"conf.py": MINIMAL_CONF + "AUTHORSITE = ['x']\n"},
        "build",
        "conf.py: AUTHORSITE must be a mapping - write AUTHORSITE = ",
    ),
    ({"conf.py": MINIMAL_CONF + "OUTPUT_PATH = '/proc/site'\n"}, "build", "/proc/site: No such file or directory"),
    ({"conf.py": MINIMAL_CONF + "PLUGINS += ['gone']\n"}, "build", "Cannot load plugin `gone`"),
    (
        {"conf.py": MINIMAL_CONF + "PLUGINS += ['bad']\n", "bad.py": PLUGIN},
        "check",
        "bad.py:3: RuntimeError: in a plugin - run",
    ),
    (
        {"conf.py": MINIMAL_CONF, "theme_overrides/article.html": "\n{{ 1 / 0 }}"},
        "build",
        "article.html:2: ZeroDivisionError: division by zero",
    ),
    ({"conf.py": PUBLISH_CONF}, "publish --yes", "not a git repository - run git init"),
    (
        {"conf.py": MINIMAL_CONF},
        "build --format xml",
        "unknown format `xml` - use --format with one of text, json, github",
    ),
    ({"conf.py": MINIMAL_CONF}, "new T --kind poem", "unknown kind `poem` - use --kind with one of post, page"),
    ({"conf.py": MINIMAL_CONF}, "serve --port 99999", "invalid port 99999 - use --port with a number up to 65535"),
    ({"conf.py": MINIMAL_CONF}, "serve --port abc", "an option has an invalid value: .*'abc'"),
    ({"conf.py": MINIMAL_CONF}, "feed-diff --against /none", "/none: no such folder"),
    ({"conf.py": MINIMAL_CONF}, "feed-diff --against http://127.0.0.1:9", "http://127.0.0.1:9: cannot fetch the feeds"),
]


@pytest.fixture
def project(tmp_path):
    """A project folder with the real tasks, package and theme, and one post."""
    for name in ("plugins", "theme", "tasks.py"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "pelicanconf.py").symlink_to(ROOT / "tests/sites/pelicanconf.py")
    (tmp_path / "content/posts").mkdir(parents=True)
    (tmp_path / "content/posts/a.md").write_text(post())
    return tmp_path


def run_task(project, command_line, **env):
    # A copy, not a link: the tasks run in the folder of their file.
    (project / "tasks.py").unlink()
    (project / "tasks.py").write_bytes((ROOT / "tasks.py").read_bytes())
    command = [sys.executable, "-m", "invoke", *shlex.split(command_line)]
    if "--settings" not in command_line and command_line != "clean":
        command += ["--settings", "conf.py"]
    return subprocess.run(
        command, cwd=project, env={**os.environ, **env}, capture_output=True, text=True, check=False, timeout=60
    )


STREAMS = [(0, os.devnull, os.O_RDONLY), *((n, name, os.O_WRONLY | os.O_CREAT) for n, name in ((1, "out"), (2, "err")))]


def run_in_fork(project, command_line):
    """Run a task in a fork of this process, which has imported the package already; return status, stdout, stderr."""
    (project / "tasks.py").unlink()
    (project / "tasks.py").write_bytes((ROOT / "tasks.py").read_bytes())
    settings = [] if "--settings" in command_line else ["--settings", "conf.py"]
    child = os.fork()
    if not child:
        status = 99
        try:
            os.chdir(project)
            for number, name, flags in STREAMS:
                os.dup2(os.open(name, flags, 0o644), number)
            sys.stdin, sys.stdout, sys.stderr = (os.fdopen(n, mode) for n, mode in enumerate("rww"))
            sys.path.insert(0, str(project))
            sys.modules.pop("pelicanconf", None)
            try:
                program.run(["invoke", *shlex.split(command_line), *settings])
                status = 0
            except SystemExit as error:
                status = error.code
                if not isinstance(status, int):
                    print(status, file=sys.stderr)
                    status = 1
            except BaseException:  # noqa: BLE001 - as the interpreter does
                sys.excepthook(*sys.exc_info())
                status = 1
            sys.stdout.flush()
            sys.stderr.flush()
        finally:
            os._exit(status)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return status, (project / "out").read_text(), (project / "err").read_text()


@pytest.mark.parametrize(
    ("files", "command", "line"), ERRORS, ids=[f"{command}-{line[:20]}" for _, command, line in ERRORS]
)
def test_an_error_is_reported_in_one_line_with_status_1(project, files, command, line):
    for name, text in files.items():
        (project / name).parent.mkdir(exist_ok=True)
        (project / name).write_text(text)
    status, out, err = run_in_fork(project, command)
    assert status == 1, out
    assert "Traceback" not in out + err
    assert re.search(line, err), err
    assert len([text for text in err.splitlines() if text not in ("1 error", NOT_PUBLISHED)]) == 1, err


def test_ctrl_c_stops_a_task_with_a_message(project):
    (project / "conf.py").write_text(MINIMAL_CONF + "import os, signal\nos.kill(os.getpid(), signal.SIGINT)\n")
    for task, message in (("build", "Stopped."), ("publish", "Stopped. Publish again to continue")):
        process = run_task(project, task)
        assert process.returncode == 130
        assert process.stderr.strip().startswith(message)
        assert "Traceback" not in process.stderr


def test_clean_waits_for_a_publish_and_fails(project):
    (project / "output").mkdir()
    with exclusive_lock(project):
        process = run_task(project, "clean")
        assert process.returncode == 1
        assert re.fullmatch(
            ".*: another build or publish is running - try again when it has finished\n", process.stderr
        )
        assert (project / "output").exists()
    assert run_task(project, "clean").returncode == 0
    assert not (project / "output").exists()


def test_an_unexpected_error_names_its_line_and_shows_a_traceback_on_request(project):
    (project / "tasks.py").unlink()
    (project / "tasks.py").write_text((ROOT / "tasks.py").read_text() + "\n@task()\ndef failing(_):\n    {}['key']\n")
    command = [sys.executable, "-m", "invoke", "failing"]
    process = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert process.returncode == 1
    assert re.fullmatch(r".*/tasks\.py:\d+: KeyError: 'key' - run it with TRACEBACK=1 .*\n", process.stderr)
    env = {**os.environ, "TRACEBACK": "1"}
    process = subprocess.run(command, cwd=project, env=env, capture_output=True, text=True, check=False)
    assert process.returncode == 1
    assert "Traceback (most recent call last)" in process.stderr


@pytest.fixture
def tasks(monkeypatch):
    """The tasks as loaded by invoke; what tasks.py changes in this process is undone."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(sys, "path", [*sys.path])
    module, _ = FilesystemLoader(start=str(ROOT)).load("tasks")
    return Collection.from_module(module)


def test_every_task_has_help_for_each_option_and_a_valid_example(tasks, capsys):
    parser = Parser(contexts=tasks.to_contexts())
    assert len(tasks.task_names) > 12
    for name in tasks.task_names:
        program.run(["invoke", "--help", name], exit=False)
        help_text = " ".join(capsys.readouterr().out.split())
        example = re.search(r"Example: (invoke .*?) Options:", help_text)[1]
        assert shlex.split(example)[1] == name
        parsed = parser.parse_argv(shlex.split(example)[1:])
        assert [context.name for context in parsed] == [name], example
        assert not parsed.unparsed, example
        for argument in parser.contexts[name].args.values():
            assert argument.help, f"{name}: --{argument.name} has no help"


TITLE_CASES = [
    ('new "On ladders" --kind review', "On ladders"),
    ('new --kind review "On ladders"', "On ladders"),
    ("new --kind reblog --from page.html", ""),
    ("new Mine --kind reblog --from page.html", "Mine"),
    ("new --from page.html --kind reblog", ""),
    ("new build", "build"),
]


@pytest.mark.parametrize(("command_line", "title"), TITLE_CASES)
def test_the_title_is_required_unless_a_saved_page_has_one(tasks, command_line, title):
    (parsed,) = Parser(contexts=tasks.to_contexts()).parse_argv(shlex.split(command_line))
    assert parsed.as_kwargs["title"] == title
    with pytest.raises(ParseError, match="did not receive required positional arguments: 'title'"):
        Parser(contexts=tasks.to_contexts()).parse_argv(["new", "--kind", "page"])


def test_a_reblog_takes_the_title_of_the_saved_page(project):
    (project / "page.html").write_text("<title>On rungs</title><p>Some text.</p>")
    process = run_task(project, "new --kind reblog --from page.html --settings pelicanconf.py")
    assert (process.returncode, process.stderr) == (0, "")
    assert process.stdout.strip() == f"{project}/content/posts/on-rungs.md"


def test_a_missing_package_is_reported_in_one_line(project):
    (project / "plugins").unlink()
    process = run_task(project, "build")
    assert process.returncode == 1
    assert process.stderr.startswith("plugins/authorsite did not load: ModuleNotFoundError")


@pytest.fixture
def make(project):
    """Return a function that runs `make` in the project, with this environment's packages."""
    if shutil.which("make") is None:
        pytest.skip("make is not installed")
    shutil.copy(ROOT / "Makefile", project)
    (project / "requirements.lock").write_text("")
    (project / "tasks.py").unlink()
    (project / "tasks.py").write_bytes((ROOT / "tasks.py").read_bytes())
    (project / ".venv/bin").mkdir(parents=True)
    (project / ".venv/bin/python").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    (project / ".venv/bin/python").chmod(0o755)
    (project / ".venv/requirements.installed").write_text("")
    (project / "conf.py").write_text(MINIMAL_CONF)

    def run_make(arguments):
        command = ["make", "--silent", "new", f"ARGS={arguments}"]
        return subprocess.run(command, cwd=project, capture_output=True, text=True, check=False, timeout=60)

    return run_make


@pytest.mark.parametrize(
    ("arguments", "title"),
    [
        ('"A $5 book"', "A $5 book"),
        ("'A $5 book'", "A $5 book"),
        (
            '"`touch stolen` $(touch stolen) $HOME ; touch stolen"',
            "`touch stolen` $(touch stolen) $HOME ; touch stolen",
        ),
        ('"It\'s 50% *new* # and ~"', "It's 50% *new* # and ~"),
        ('"She said \\"no\\""', 'She said "no"'),
    ],
)
def test_a_title_goes_through_make_unchanged(make, project, arguments, title):
    process = make(f"{arguments} --settings conf.py")
    assert process.returncode == 0, process.stdout + process.stderr
    (file,) = {*project.glob("content/posts/*.md")} - {project / "content/posts/a.md"}
    assert yaml.safe_load(file.read_text().split("---")[1])["title"] == title
    assert not (project / "stolen").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("On ladders --kind review", "the title `On ladders` has no quotes - write: make new ARGS='\"On ladders\"'"),
        ("Don't", "a quotation mark has no second one - write it between quotes: make new"),
    ],
)
def test_a_title_without_quotes_is_an_error_with_the_remedy(make, project, arguments, message):
    process = make(f"{arguments} --settings conf.py")
    assert process.returncode != 0
    assert message in process.stderr
    assert "Traceback" not in process.stderr
    assert [path.name for path in project.glob("content/posts/*.md")] == ["a.md"]


def test_help_after_new_prints_its_help(project):
    process = run_task(project, "new --help")
    assert "--kind" in process.stdout
    assert process.returncode == 0
    assert [path.name for path in project.glob("content/posts/*.md")] == ["a.md"]


def test_a_title_that_begins_like_an_option_is_an_error(project):
    status, _, err = run_in_fork(project, "new --knd")
    assert status == 1
    assert "the title begins with `--` - put the title first: make new ARGS='\"The title\" --kind page'" in err
