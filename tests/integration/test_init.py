"""`authorsite init`: the folder of a new site, which builds strictly as it is."""

import html
import os
import re
import stat
import sys
from pathlib import Path

import pytest
import yaml
from authorsite import cli
from authorsite.problems import CommandError
from authorsite.publishing import init_site as module
from authorsite.publishing.build import build
from authorsite.publishing.init_site import Answers, init_site
from authorsite.publishing.publish import run_checks
from authorsite.publishing.settings_file import read_settings_file
from conftest import ROOT, SITE_DATE
from invoke import Context

PIN = "authorsite==1.2.3"
HOSTILE = Answers(
    name='Salt & "Pepper" <b> {{ 777 * 7 }} \\n',
    author="Ann O'Neill: *x* # [a](b) | y_z_",
    url="https://ladders.example/blog/",
    book="“Ladders”: 50% <i>up</i> & 'down' \\",
)


@pytest.fixture(autouse=True)
def pin(monkeypatch):
    """Do not build a wheel; test_package does."""
    monkeypatch.setattr(module, "pin_generator", lambda _: PIN)


def make(folder, answers=Answers(), **options):  # noqa: B008 - frozen
    init_site(folder, answers, **{"ask": False, **options})
    return folder


def check_strictly(folder):
    """Build the site as for publishing, with all checks of the built pages; return the problems."""

    def approve(staged):
        run_checks(staged)
        return True

    result = build(folder / "publishconf.py", approve=approve)
    return [str(problem) for problem in result.problems]


def settings(folder):
    return read_settings_file(folder / "publishconf.py")["AUTHORSITE"]


def files(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_a_new_site_builds_strictly_without_any_problem(tmp_path):
    site = make(tmp_path / "my-site")
    assert check_strictly(site) == []
    assert "<title>My site</title>" in (site / "output/index.html").read_text("utf-8")


def test_answers_become_settings_texts_and_a_record(tmp_path):
    site = make(tmp_path / "my-site", HOSTILE)
    conf = read_settings_file(site / "pelicanconf.py")
    assert (conf["SITENAME"], conf["AUTHOR"]) == (HOSTILE.name, HOSTILE.author)
    assert conf["AUTHORSITE"]["url"] == "https://ladders.example/blog"
    assert settings(site)["publish"] == {"kind": "git"}
    (record,) = (site / "content/books").iterdir()
    assert conf["AUTHORSITE"]["main_book"] == record.stem
    data = yaml.safe_load(record.read_text("utf-8").split("---")[1])
    assert (data["title"], data["contributors"][0]["name"]) == (HOSTILE.book, HOSTILE.author)
    assert f"date: {SITE_DATE[:10]}\n" in (site / "content/posts/welcome.md").read_text("utf-8")
    assert check_strictly(site) == []
    home = (site / "output/index.html").read_text("utf-8")
    assert [text for text in ("<b>", "<i>up", "5439") if text in home] == []
    about = html.unescape((site / "output/about/index.html").read_text("utf-8"))
    assert "<p>I’m Ann O’Neill: *x* # [a](b) | y_z_, and this is my site. I wrote <a href=" in about
    assert ">“Ladders”: 50% <i>up</i> & ‘down’ \\</a>.</p>" in about


def test_a_new_site_has_these_files_and_nothing_of_the_example(tmp_path):
    site = make(tmp_path / "my-site")
    assert files(site) == [
        ".github/workflows/links.yml",
        ".github/workflows/publish.yml",
        ".gitignore",
        "README.md",
        "content/books/my-first-book.md",
        "content/images/.gitkeep",
        "content/pages/about.md",
        "content/posts/welcome.md",
        "pelicanconf.py",
        "publishconf.py",
        "requirements.txt",
        "theme_overrides/.gitkeep",
    ]
    assert (site / "requirements.txt").read_text() == f"{PIN}\n"
    text = "".join((site / name).read_text("utf-8") for name in files(site)).lower()
    assert not re.search("mcgrath|coworking|made-up", text)
    assert {stat.S_IMODE((site / name).stat().st_mode) for name in files(site)} == {0o644}


def test_every_setting_that_people_change_has_a_comment_above(tmp_path):
    lines = (make(tmp_path / "my-site") / "pelicanconf.py").read_text("utf-8").splitlines()
    names = "SITESUBTITLE TIMEZONE DEFAULT_LANG DEFAULT_CATEGORY".split()
    names += [f'"{key}"' for key in "url description language main_book menu social contact accent icon".split()]
    for name in names:
        (number,) = (n for n, line in enumerate(lines) if line.strip().startswith(name))
        assert lines[number - 1].strip().startswith("# "), name


def test_the_commented_lines_of_the_record_work_once_they_are_filled_in(tmp_path):
    site = make(tmp_path / "my-site")
    (site / "content/images/cover.png").write_bytes((ROOT / "tests/sites/golden/content/images/guide.png").read_bytes())
    record = site / "content/books/my-first-book.md"
    text = re.sub(r"^# (?=[a-z]+:|  -)", "", record.read_text("utf-8"), flags=re.MULTILINE)
    assert text.count("\n# ") == 3  # the comments that explain
    record.write_text(text.replace("978-…", "978-1-234-56001-0").replace("2030-01-31", "2019-01-31"))
    assert check_strictly(site) == []
    assert "USD" in (site / "output/books/my-first-book/onix.xml").read_text("utf-8")


@pytest.mark.parametrize(
    ("existing", "message"),
    [
        ({"notes.txt": "mine"}, "my-site: the folder holds files, such as notes.txt - name a new folder"),
        ({".venv/x": "", "a.md": ""}, "my-site: the folder holds files, such as a.md - name a new folder"),
    ],
)
def test_a_folder_with_files_is_left_alone(tmp_path, existing, message):
    for name, text in existing.items():
        (tmp_path / "my-site" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "my-site" / name).write_text(text)
    with pytest.raises(CommandError, match=message):
        make(tmp_path / "my-site")
    assert files(tmp_path / "my-site") == sorted(existing)
    assert [path.name for path in tmp_path.iterdir()] == ["my-site"]


def test_a_link_that_leads_nowhere_is_no_folder(tmp_path):
    (tmp_path / "my-site").symlink_to("nowhere")
    with pytest.raises(CommandError, match="my-site: this is a link that leads nowhere - name a folder"):
        make(tmp_path / "my-site")


def test_a_failure_names_the_folder_and_no_temporary_one(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "pin_generator", lambda site: (site / "missing" / "x").write_text(""))
    with pytest.raises(CommandError, match=rf"^{tmp_path}/my-site: cannot create the site: No such file"):
        make(tmp_path / "my-site")


def test_the_next_steps_quote_the_folder(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    init_site(Path("my new site"), Answers(), ask=False)
    assert "cd 'my new site'" in capsys.readouterr().out


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "my-site").write_text("mine")
    with pytest.raises(CommandError, match="my-site: this is a file - name a folder that does not exist"):
        make(tmp_path / "my-site")


def test_a_folder_may_hold_an_environment_and_a_repository(tmp_path, capsys, monkeypatch):
    folder = tmp_path / "my-site"
    for name in (".venv/bin/python", ".git/config"):
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_text("mine")
    monkeypatch.setattr(module.sys, "prefix", str(folder / ".venv"))
    monkeypatch.chdir(tmp_path)
    make(folder.relative_to(tmp_path))
    assert (folder / ".venv/bin/python").read_text() == (folder / ".git/config").read_text() == "mine"
    assert (folder / "pelicanconf.py").exists()
    assert capsys.readouterr().out == "my-site is ready. Next:\n  cd my-site\n  .venv/bin/authorsite serve\n"
    assert [path.name for path in tmp_path.iterdir()] == ["my-site"]


def test_without_an_environment_of_its_own_the_next_step_makes_one(tmp_path, capsys, monkeypatch):
    (tmp_path / "my-site").mkdir()
    monkeypatch.chdir(tmp_path / "my-site")
    make(tmp_path / "my-site")
    first, *steps = capsys.readouterr().out.splitlines()
    assert first.endswith("is ready. Next:")
    assert [step.strip() for step in steps] == [
        "python3 -m venv .venv",
        ".venv/bin/pip install -r requirements.txt",
        ".venv/bin/authorsite serve",
    ]


@pytest.mark.parametrize("exists", [False, True])
@pytest.mark.parametrize("failing", ["pin_generator", "_move"])
def test_a_failure_leaves_nothing_behind(tmp_path, monkeypatch, exists, failing):
    folder = tmp_path / "my-site"
    if exists:
        (folder / ".git").mkdir(parents=True)

    def fail(*_):
        raise CommandError("no wheel")

    if failing == "_move":
        rename = type(folder).rename

        def fail_at_the_last(path, target):
            if path.name in {"theme_overrides", "site"}:
                raise PermissionError(13, "Permission denied", str(target))
            return rename(path, target)

        monkeypatch.setattr(type(folder), "rename", fail_at_the_last)
    else:
        monkeypatch.setattr(module, failing, fail)
    with pytest.raises(CommandError, match=r"no wheel|my-site.*: cannot create the site: Permission denied"):
        make(folder)
    assert [path.name for path in tmp_path.rglob("*")] == (["my-site", ".git"] if exists else [])


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        (Answers(url="https://"), "`https://` is not the URL of a site - write it as https://example.org"),
        (Answers(url="https://a.example/?x"), "`https://a.example/?x` is not the URL of a site"),
        (Answers(url="ftp://a.example"), "`ftp://a.example` is not the URL of a site"),
        (Answers(book="!!!"), "cannot make a file name from the title `!!!` - use letters or digits"),
    ],
)
def test_an_answer_that_cannot_be_used_is_an_error(tmp_path, answers, message):
    with pytest.raises(CommandError, match=re.escape(message)):
        make(tmp_path / "my-site", answers)
    assert not (tmp_path / "my-site").exists()


def test_a_url_may_lack_its_scheme(tmp_path):
    assert settings(make(tmp_path / "my-site", Answers(url="ladders.example")))["url"] == "https://ladders.example"


def test_it_asks_four_questions_with_defaults_but_not_for_what_is_given(tmp_path, monkeypatch):
    questions, answers = [], iter(["", "  Ann \udcff  Author ", EOFError])

    def ask(question):
        questions.append(question)
        answer = next(answers)
        if answer is EOFError:
            raise EOFError
        return answer

    monkeypatch.setattr("builtins.input", ask)
    site = make(tmp_path / "on-ladders", Answers(url="https://ladders.example"), ask=True)
    assert questions == [
        "Name of the site [On ladders]: ",
        "Your name [Your Name]: ",
        "Title of your (first) book [My first book]: ",
    ]
    conf = read_settings_file(site / "pelicanconf.py")
    assert (conf["SITENAME"], conf["AUTHOR"]) == ("On ladders", "Ann ? Author")


def test_answers_may_come_from_a_pipe_or_a_file_but_an_idle_pipe_is_not_waited_for(tmp_path):
    (tmp_path / "answers").write_text("On ladders\n")
    with (tmp_path / "answers").open() as file:
        assert module.has_answers(file)
    reading, writing = os.pipe()
    with os.fdopen(reading) as pipe:
        assert not module.has_answers(pipe)
        os.write(writing, b"On ladders\n")
        assert module.has_answers(pipe)
        os.close(writing)
    with Path(os.devnull).open() as nothing:
        assert not module.has_answers(nothing)


def test_the_command_reads_the_answers_of_a_file(tmp_path, monkeypatch):
    (tmp_path / "answers").write_text("On ladders\nAnn Author\nladders.example\nRungs\n")
    with (tmp_path / "answers").open() as file:
        monkeypatch.setattr(sys, "stdin", file)
        cli.init(Context(), str(tmp_path / "my-site"))
    conf = read_settings_file(tmp_path / "my-site/pelicanconf.py")
    assert (conf["SITENAME"], conf["AUTHOR"]) == ("On ladders", "Ann Author")
    assert (tmp_path / "my-site/content/books/rungs.md").is_file()


@pytest.mark.parametrize(
    ("link", "zone"),
    [
        ("/usr/share/zoneinfo/America/Argentina/Salta", "America/Argentina/Salta"),
        ("/var/db/timezone/zoneinfo/Europe/Berlin", "Europe/Berlin"),
        ("/usr/share/zoneinfo/Etc/UTC", "UTC"),
        ("/etc/localtime", "UTC"),
    ],
)
def test_the_time_zone_is_that_of_the_machine(monkeypatch, link, zone):
    monkeypatch.setattr(module.os.path, "realpath", lambda _: link)
    assert module._find_time_zone() == zone
