"""The hosted workflows, as far as their text can tell: pinned, of few rights, running tasks that exist."""

import os
import re
import subprocess

import pytest
import yaml
from conftest import ROOT

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
WRITING = {"publish.yml": {"contents": "write"}, "links.yml": {"contents": "read", "issues": "write"}}
JOB = {"name", "runs-on", "timeout-minutes", "permissions", "steps"}
STEP = {"id", "name", "uses", "with", "run", "env", "if"}


def load(path):
    # YAML 1.1 takes the key `on` for true.
    data = yaml.safe_load(path.read_text("utf-8"))
    return {("on" if key is True else key): value for key, value in data.items()}


def steps(path):
    return [step for job in load(path)["jobs"].values() for step in job["steps"]]


def test_the_three_workflows_are_there():
    assert [path.name for path in WORKFLOWS] == ["links.yml", "publish.yml", "test.yml"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda p: p.name)
def test_a_workflow_has_the_form_that_the_service_reads(path):
    data = load(path)
    assert data.keys() <= {"name", "on", "permissions", "concurrency", "jobs"}
    for job in data["jobs"].values():
        assert job.keys() <= JOB
        assert {"runs-on", "timeout-minutes", "steps"} <= job.keys()
        for step in job["steps"]:
            assert step.keys() <= STEP
            assert ("uses" in step) != ("run" in step)
    for given in re.findall(r"\$\{\{(.*?)\}\}", path.read_text("utf-8")):
        assert re.fullmatch(r" (github\.(ref|run_id|run_attempt|token|repository)|steps\.\w+\.outputs\.\w+) ", given)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda p: p.name)
def test_actions_are_pinned_by_commit_with_the_version_beside(path):
    lines = [line for line in path.read_text("utf-8").splitlines() if "uses:" in line]
    assert lines
    for line in lines:
        assert re.search(r"uses: actions/[\w-]+(?:/\w+)?@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), line


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda p: p.name)
def test_rights_are_the_least_that_the_work_needs(path):
    data = load(path)
    assert data["permissions"] == {"contents": "read"}
    for job in data["jobs"].values():
        assert job.get("permissions", {"contents": "read"}) == WRITING.get(path.name, {"contents": "read"})
    if path.name != "publish.yml":
        checkout = next(step for step in steps(path) if "checkout" in step.get("uses", ""))
        assert checkout["with"]["persist-credentials"] is False


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda p: p.name)
def test_every_make_command_is_a_task_and_no_expression_reaches_a_shell(path):
    tasks = set(re.findall(r"^def (\w+)\(", (ROOT / "tasks.py").read_text("utf-8"), re.MULTILINE))
    for step in steps(path):
        script = step.get("run", "")
        assert "${{" not in script
        for task in re.findall(r"\bmake (?:--silent )?([\w-]+)", script):
            assert task.replace("-", "_") in tasks


def test_the_site_is_published_every_day_and_its_links_are_looked_at_every_week():
    every = {path.name: load(path)["on"].get("schedule") for path in WORKFLOWS}
    assert re.fullmatch(r"\d+ \d+ \* \* \*", every["publish.yml"][0]["cron"])
    assert re.fullmatch(r"\d+ \d+ \* \* [0-6]", every["links.yml"][0]["cron"])


def test_what_a_publish_knows_is_kept_between_runs_also_when_one_fails():
    found = steps(ROOT / ".github/workflows/publish.yml")
    before, publish, after = (
        next(i for i, step in enumerate(found) if sign in step.get("uses", step.get("run", "")))
        for sign in ("cache/restore@", "make publish", "cache/save@")
    )
    assert before < publish < after
    assert found[after]["if"] == "always()"
    assert found[before]["with"]["path"] == found[after]["with"]["path"] == ".cache\noutput\n"
    assert found[after]["with"]["key"].startswith(found[before]["with"]["restore-keys"])


def test_one_publish_runs_at_a_time_and_none_is_cut_off():
    assert load(ROOT / ".github/workflows/publish.yml")["concurrency"] == {
        "group": "publish",
        "cancel-in-progress": False,
    }


def shell(script, folder, commands, **env):
    """Run a step as the service does, with `commands` in the place of programs that reach elsewhere."""
    for name, text in commands.items():
        (folder / name).write_text(f"#!/bin/sh\n{text}\n")
        (folder / name).chmod(0o755)
    env = {"PATH": f"{folder}:{os.environ['PATH']}", "HERE": str(folder), **env}
    return subprocess.run(["bash", "-e", "-o", "pipefail", "-c", script], cwd=folder, env=env, check=False, timeout=20)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda p: p.name)
def test_each_script_is_one_that_bash_can_read(path):
    for step in steps(path):
        subprocess.run(["bash", "-n", "-c", step.get("run", "")], check=True, timeout=20)


@pytest.mark.parametrize("status", [0, 1])
def test_the_link_check_reports_its_status_and_what_it_said(tmp_path, status):
    script = next(s["run"] for s in steps(ROOT / ".github/workflows/links.yml") if s.get("id") == "check")
    make = {"make": f"echo said by $*; exit {status}"}
    assert shell(script, tmp_path, make, GITHUB_OUTPUT=str(tmp_path / "outputs")).returncode == 0
    assert (tmp_path / "outputs").read_text() == f"status={status}\n"
    assert "said by --silent check-links" in (tmp_path / "report.md").read_text()


@pytest.mark.parametrize(("open_", "done"), [("", "issue create --title Broken links"), ("7", "issue edit 7")])
def test_dead_links_open_one_issue_or_renew_it(tmp_path, open_, done):
    script = next(s["run"] for s in steps(ROOT / ".github/workflows/links.yml") if "gh issue" in s.get("run", ""))
    gh = {"gh": f'echo "$*" >> $HERE/asked; if [ "$2" = list ]; then echo "{open_}"; fi'}
    assert shell(script, tmp_path, gh, TITLE="Broken links").returncode == 0
    listed, then = (tmp_path / "asked").read_text().splitlines()
    assert listed.startswith("issue list --state open")
    assert then == f"{done} --body-file report.md"
