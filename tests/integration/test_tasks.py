"""Every task as it is typed: its help, its example, and one clear line when it cannot do its work."""

import os
import re
import shlex
import subprocess
import sys

import pytest
from authorsite.publishing.atomic_swap import alone
from conftest import ROOT, post
from invoke import Collection, ParseError
from invoke.loader import FilesystemLoader
from invoke.main import program
from invoke.parser import Parser

NO_SETTINGS = "none.py: there is no such file: name a settings file with --settings"
ALONE = 'from pelicanconf import *; AUTHORSITE = {"url": "https://example.org", "allow": {"orphan": "one"}}\n'
NOT_PUBLISHED = "Not published: the live site is as it was."
STRAY = "raise RuntimeError('of a plugin')"
PLUGIN = (
    f"from pelican import signals\ndef fail(_):\n    {STRAY}\ndef register():\n    signals.initialized.connect(fail)\n"
)
PUBLISHED = ALONE + 'AUTHORSITE = {**AUTHORSITE, "publish": {"kind": "git"}}\n'

# What is written to conf.py (or elsewhere), what is typed, and what is said.
FAULTS = [
    *(
        ({}, f"{task} --settings none.py", NO_SETTINGS)
        for task in ("new T", "build", "check", "publish --yes", "feed-diff", "roundup --year 2018", "serve")
    ),
    ({}, "check-links --settings none.py", NO_SETTINGS),
    ({"conf.py": ALONE + "\nX = {\n"}, "new T", "conf.py:3: the settings cannot be read: '{' was never closed"),
    ({"conf.py": ALONE + "X = y\n"}, "check", "conf.py:2: the settings cannot be read: NameError: name 'y' is not"),
    (
        {"conf.py": ALONE + "THEME = 'gone'\n"},
        "build",
        "the settings cannot be read: ValueError: Could not find the theme",
    ),
    ({"conf.py": ALONE + "PATH = 'gone'\n"}, "check", "there is no folder where PATH says that the content is"),
    ({"conf.py": ALONE + "TIMEZONE = 'Mars/Base'\n"}, "roundup --year 2018", "No time zone found with key Mars/Base"),
    ({"conf.py": ALONE + "AUTHORSITE = ['x']\n"}, "build", "conf.py: AUTHORSITE holds no keys - write AUTHORSITE = "),
    ({"conf.py": ALONE + "OUTPUT_PATH = '/proc/site'\n"}, "build", "/proc/site: No such file or directory"),
    ({"conf.py": ALONE + "PLUGINS += ['gone']\n"}, "build", "Cannot load plugin `gone`"),
    (
        {"conf.py": ALONE + "PLUGINS += ['bad']\n", "bad.py": PLUGIN},
        "check",
        "bad.py:3: RuntimeError: of a plugin - see",
    ),
    (
        {"conf.py": ALONE, "theme_overrides/article.html": "\n{{ 1 / 0 }}"},
        "build",
        "article.html:2: ZeroDivisionError: division by zero",
    ),
    ({"conf.py": PUBLISHED}, "publish --yes", "is no git repository: run git init"),
    ({"conf.py": ALONE}, "build --format xml", "there is no format `xml`: write --format text, json, github"),
    ({"conf.py": ALONE}, "new T --kind poem", "there is no kind `poem`: write --kind with one of post, page"),
    ({"conf.py": ALONE}, "serve --port 99999", "there is no port 99999: write --port with a number up to 65535"),
    ({"conf.py": ALONE}, "serve --port abc", "the value of an option is not of the right kind: .*'abc'"),
    ({"conf.py": ALONE}, "feed-diff --against /none", "/none: there is no such folder"),
    ({"conf.py": ALONE}, "feed-diff --against http://127.0.0.1:9", "http://127.0.0.1:9: the site cannot be asked"),
]


@pytest.fixture
def project(tmp_path):
    """A project folder with the real tasks, package and theme, and one post."""
    for name in ("plugins", "theme", "tasks.py", "pelicanconf.py"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "content/posts").mkdir(parents=True)
    (tmp_path / "content/posts/a.md").write_text(post())
    return tmp_path


def typed(project, words, **env):
    # By copy: the tasks work where they lie.
    (project / "tasks.py").unlink()
    (project / "tasks.py").write_bytes((ROOT / "tasks.py").read_bytes())
    command = [sys.executable, "-m", "invoke", *shlex.split(words)]
    if "--settings" not in words and words != "clean":
        command += ["--settings", "conf.py"]
    return subprocess.run(
        command, cwd=project, env={**os.environ, **env}, capture_output=True, text=True, check=False, timeout=60
    )


STREAMS = [(0, os.devnull, os.O_RDONLY), *((n, name, os.O_WRONLY | os.O_CREAT) for n, name in ((1, "out"), (2, "err")))]


def typed_here(project, words):
    """As `typed`, in a copy of this process, which has loaded the package already: status, stdout, stderr."""
    (project / "tasks.py").unlink()
    (project / "tasks.py").write_bytes((ROOT / "tasks.py").read_bytes())
    settings = [] if "--settings" in words else ["--settings", "conf.py"]
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
                program.run(["invoke", *shlex.split(words), *settings])
                status = 0
            except SystemExit as ended:
                status = ended.code
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


@pytest.mark.parametrize(("files", "words", "line"), FAULTS, ids=[f"{words}-{line[:20]}" for _, words, line in FAULTS])
def test_what_a_task_cannot_do_is_said_in_a_line_and_a_status(project, files, words, line):
    for name, text in files.items():
        (project / name).parent.mkdir(exist_ok=True)
        (project / name).write_text(text)
    status, out, err = typed_here(project, words)
    assert status == 1, out
    assert "Traceback" not in out + err
    assert re.search(line, err), err
    assert len([text for text in err.splitlines() if text not in ("1 error", NOT_PUBLISHED)]) == 1, err


def test_ctrl_c_ends_a_task_with_a_word(project):
    (project / "conf.py").write_text(ALONE + "import os, signal\nos.kill(os.getpid(), signal.SIGINT)\n")
    for task, word in (("build", "Stopped."), ("publish", "Stopped. Publish again to go on")):
        done = typed(project, task)
        assert done.returncode == 130
        assert done.stderr.strip().startswith(word)
        assert "Traceback" not in done.stderr


def test_nothing_is_removed_under_a_publish(project):
    (project / "output").mkdir()
    with alone(project):
        done = typed(project, "clean")
        assert done.returncode == 1
        assert re.fullmatch("another build or publish is at work in .*: try again when it has ended\n", done.stderr)
        assert (project / "output").exists()
    assert typed(project, "clean").returncode == 0
    assert not (project / "output").exists()


def test_an_unforeseen_error_names_its_place_and_shows_its_traceback_on_request(project):
    (project / "tasks.py").unlink()
    (project / "tasks.py").write_text((ROOT / "tasks.py").read_text() + "\n@task()\ndef stray(_):\n    {}['key']\n")
    command = [sys.executable, "-m", "invoke", "stray"]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert re.fullmatch(r".*/tasks\.py:\d+: KeyError: 'key' - see .* with TRACEBACK=1 .*\n", done.stderr)
    env = {**os.environ, "TRACEBACK": "1"}
    done = subprocess.run(command, cwd=project, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Traceback (most recent call last)" in done.stderr


@pytest.fixture
def tasks(monkeypatch):
    """The tasks as invoke reads them; what their file sets in this process is undone."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(sys, "path", [*sys.path])
    module, _ = FilesystemLoader(start=str(ROOT)).load("tasks")
    return Collection.from_module(module)


def test_every_task_has_help_on_each_option_and_an_example_that_can_be_typed(tasks, capsys):
    parser = Parser(contexts=tasks.to_contexts())
    assert len(tasks.task_names) > 12
    for name in tasks.task_names:
        program.run(["invoke", "--help", name], exit=False)
        said = " ".join(capsys.readouterr().out.split())
        example = re.search(r"Example: (invoke .*?) Options:", said)[1]
        assert shlex.split(example)[1] == name
        parsed = parser.parse_argv(shlex.split(example)[1:])
        assert [context.name for context in parsed] == [name], example
        assert not parsed.unparsed, example
        for argument in parser.contexts[name].args.values():
            assert argument.help, f"{name}: --{argument.name} is not explained"


TYPED = [
    ('new "On ladders" --kind review', "On ladders"),
    ('new --kind review "On ladders"', "On ladders"),
    ("new --kind reblog --from page.html", ""),
    ("new Mine --kind reblog --from page.html", "Mine"),
    ("new --from page.html --kind reblog", ""),
    ("new build", "build"),
]


@pytest.mark.parametrize(("words", "title"), TYPED)
def test_a_title_is_needed_but_for_a_page_that_has_one(tasks, words, title):
    (parsed,) = Parser(contexts=tasks.to_contexts()).parse_argv(shlex.split(words))
    assert parsed.as_kwargs["title"] == title
    with pytest.raises(ParseError, match="did not receive required positional arguments: 'title'"):
        Parser(contexts=tasks.to_contexts()).parse_argv(["new", "--kind", "page"])


def test_a_reblog_has_the_title_of_its_page(project):
    (project / "page.html").write_text("<title>On rungs</title><p>Some text.</p>")
    done = typed(project, "new --kind reblog --from page.html --settings pelicanconf.py")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip() == f"{project}/content/posts/on-rungs.md"


def test_a_task_without_the_package_says_so_in_a_line(project):
    (project / "plugins").unlink()
    done = typed(project, "build")
    assert done.returncode == 1
    assert done.stderr.startswith("plugins/authorsite did not load: ModuleNotFoundError")
