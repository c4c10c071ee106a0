"""The command `authorsite`: what test_tasks shows for `invoke`, in a site that has no tasks.py."""

import os
import re
import shlex
import subprocess
import sys

import pytest
from authorsite import cli
from authorsite.commands import format_command
from authorsite.publishing.settings_file import read_settings_file
from conftest import ROOT, post
from invoke.parser import Parser

CONF = 'from authorsite.defaults import *\nTIMEZONE = "UTC"\nAUTHORSITE = {"url": "https://ladders.example"}\n'


@pytest.fixture
def folder(make_site, monkeypatch):
    """The folder of a small site, which is the current one."""
    site = make_site({"pelicanconf.py": CONF, "publishconf.py": CONF, "content/posts/a.md": post()})
    monkeypatch.chdir(site.root)
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    return site.root


@pytest.fixture
def authorsite(folder, monkeypatch, capsys):  # noqa: ARG001 - the command runs in the current folder
    """Return a function that runs the command in this process; it returns status, stdout and stderr."""

    def run(command_line, typed=".venv/bin/authorsite"):
        monkeypatch.setattr(sys, "argv", [typed, *shlex.split(command_line)])
        try:
            cli.main()
            status = 0
        except SystemExit as error:
            status = error.code
        except Exception:  # noqa: BLE001 - as the interpreter does
            sys.excepthook(*sys.exc_info())
            status = 1
        if isinstance(status, str):  # which the interpreter prints
            return (1, capsys.readouterr().out, f"{status}\n")
        return (status or 0, *capsys.readouterr())

    return run


@pytest.mark.parametrize("name", sorted(cli.commands.task_names))
def test_every_command_has_help_for_each_option_and_an_example_that_can_be_typed(authorsite, name):
    status, out, _ = authorsite(f"--help {name}")
    assert status == 0
    example = re.search(r"Example: (authorsite .*)", out.replace(".venv/bin/authorsite", "authorsite"))[1]
    parser = Parser(contexts=cli.commands.to_contexts(ignore_unknown_help=True))
    parsed = parser.parse_argv(cli.name_source(shlex.split(example))[1:])
    assert [context.name for context in parsed] == [name]
    assert not parsed.unparsed
    options = out.partition("Options:")[2]
    assert len(re.findall(r"^  -.*  \S", options, re.MULTILINE)) == len(re.findall(r"^  -", options, re.MULTILINE))


@pytest.mark.parametrize("name", ["init", "new", "import-wordpress"])
def test_help_after_a_command_that_takes_words_is_its_help(authorsite, folder, name):
    before = sorted(folder.iterdir())
    status, out, _ = authorsite(f"{name} --help")
    assert status == 0
    assert out.startswith(f"Usage: authorsite {name} [--options]")
    assert sorted(folder.iterdir()) == before


def test_help_lists_the_commands_and_says_where_the_documentation_is(authorsite):
    status, out, _ = authorsite("")
    assert status == 0
    assert re.search(r"^  publish +Build, check, show what changes, ask, and upload\.$", out, re.MULTILINE)
    assert out.splitlines()[-1].endswith(f"The documentation is in {ROOT}/docs")


ERRORS = [
    ("build --settings none.py", "none.py: no such file - go to your site's folder, or use --settings"),
    ("clean --settings none.py", "none.py: no such file - go to your site's folder, or use --settings"),
    ("build --format xml", "unknown format `xml` - use --format with one of text, json, github"),
    ("serve --port abc", "an option has an invalid value: .*'abc'"),
    ("new On ladders", 'the title `On ladders` has no quotes - write: .venv/bin/authorsite new "On ladders"\n$'),
    ("init --nme", "`--nme` is an option - put the folder first: .venv/bin/authorsite init my-site\n$"),
    ("new --knd", 'put the title first: .venv/bin/authorsite new "The title" --kind page\n$'),
    ("new --kind page", "did not receive required positional arguments: 'title'"),
]


@pytest.mark.parametrize(("command_line", "line"), ERRORS, ids=[command for command, _ in ERRORS])
def test_an_error_is_reported_in_one_line_with_status_1(authorsite, command_line, line):
    status, out, err = authorsite(command_line)
    assert status == 1
    assert out == ""
    assert re.search(line, err), err
    assert len([text for text in err.splitlines() if text != "1 error"]) == 1


def test_ctrl_c_stops_a_command_with_status_130(authorsite, folder):
    (folder / "pelicanconf.py").write_text(f"{CONF}raise KeyboardInterrupt\n")
    status, _, err = authorsite("build")
    assert status == 130
    assert err.strip().startswith("Stopped.")


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        (".venv/bin/authorsite", ".venv/bin/authorsite serve"),
        ("../my site/.venv/bin/authorsite", "../my site/.venv/bin/authorsite serve"),
        ("/home/ann/bin/authorsite", "authorsite serve"),
        ("-c", "authorsite serve"),
    ],
)
def test_a_message_names_a_command_as_it_was_typed(folder, monkeypatch, typed, shown):
    monkeypatch.setattr(sys, "argv", [typed])
    assert format_command("serve") == shown
    (folder / "tasks.py").touch()
    (folder / "plugins/authorsite").mkdir(parents=True)
    assert format_command("serve") == "make serve"
    assert format_command("new", '"A title"') == "make new ARGS='\"A title\"'"


def test_settings_elsewhere_have_their_own_overrides_and_fresh_defaults(folder, tmp_path_factory, monkeypatch):
    (folder / "pelicanconf.py").write_text(f'{CONF}PLUGINS += ["mine"]\nPAGINATED_TEMPLATES["x"] = 1\n')
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    for _ in range(2):
        settings = read_settings_file(folder / "pelicanconf.py")
        assert settings["PLUGINS"] == ["authorsite", "mine"]
    assert settings["THEME_TEMPLATES_OVERRIDES"] == [str(folder / "theme_overrides")]
    assert "x" not in read_settings_file(folder / "publishconf.py")["PAGINATED_TEMPLATES"]


def test_clean_removes_what_builds_have_made_and_nothing_else(authorsite, folder):
    for name in ("output/index.html", "output.leftover-1/a", ".cache/x", "theme_overrides/base.html"):
        (folder / name).parent.mkdir()
        (folder / name).touch()
    assert authorsite("clean") == (0, "", "")
    assert sorted(p.name for p in folder.iterdir()) == [
        "content",
        "pelicanconf.py",
        "publishconf.py",
        "theme_overrides",
    ]


def test_a_package_that_does_not_load_is_reported_in_one_line(folder):
    code = "import sys; sys.modules['lxml'] = None; from authorsite.cli import main; sys.argv = ['x', 'build']; main()"
    env = {**os.environ, "PYTHONPATH": str(ROOT / "plugins")}
    process = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=env, capture_output=True, text=True, check=False
    )
    assert process.returncode == 1
    assert re.fullmatch("authorsite did not load: ModuleNotFoundError: .*lxml.*\n", process.stderr), process.stderr
