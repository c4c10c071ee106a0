"""The GitHub workflows, checked as text: pinned actions, least permissions, existing tasks."""

import os
import re
import subprocess

import pytest
import yaml
from authorsite import cli
from conftest import ROOT

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
STARTER = sorted((ROOT / "plugins/authorsite/starter").glob("*.yml"))
PERMISSIONS = {"publish.yml": {"contents": "write"}, "links.yml": {"contents": "read", "issues": "write"}}
JOB_KEYS = {"name", "runs-on", "timeout-minutes", "permissions", "strategy", "steps"}
STEP_KEYS = {"id", "name", "uses", "with", "run", "env", "if"}


def load(path):
    # YAML 1.1 takes the key `on` for true.
    data = yaml.safe_load(path.read_text("utf-8"))
    return {("on" if key is True else key): value for key, value in data.items()}


def steps(path):
    return [step for job in load(path)["jobs"].values() for step in job["steps"]]


def test_there_are_three_workflows():
    assert [path.name for path in WORKFLOWS] == ["links.yml", "publish.yml", "test.yml"]


@pytest.mark.parametrize("path", STARTER, ids=lambda p: p.name)
def test_a_new_site_has_the_same_workflows_but_for_its_commands(path):
    def is_command(line):
        return re.match(r" +(- run: |cache-dependency-path: |(make|authorsite) )", line)

    original = ROOT / ".github/workflows" / path.name
    here, there = (p.read_text("utf-8").splitlines() for p in (path, original))
    assert [line for line in here if not is_command(line)] == [line for line in there if not is_command(line)]
    scripts = [step["run"] for step in steps(path) if "run" in step]
    assert scripts[0] == "pip install --quiet -r requirements.txt"
    commands = re.findall(r"^ *authorsite ([\w-]+)", "\n".join(scripts), re.MULTILINE)
    assert commands
    assert {*commands} <= {*cli.commands.task_names}
    assert not re.search(r"\bmake\b|lock$", path.read_text("utf-8"), re.MULTILINE)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda p: p.name)
def test_a_workflow_has_only_known_keys_and_contexts(path):
    data = load(path)
    assert data.keys() <= {"name", "on", "permissions", "concurrency", "jobs"}
    for job in data["jobs"].values():
        assert job.keys() <= JOB_KEYS
        assert {"runs-on", "timeout-minutes", "steps"} <= job.keys()
        for step in job["steps"]:
            assert step.keys() <= STEP_KEYS
            assert ("uses" in step) != ("run" in step)
    for context in re.findall(r"\$\{\{(.*?)\}\}", path.read_text("utf-8")):
        assert re.fullmatch(
            r" (github\.(ref|run_id|run_attempt|token|repository)|matrix\.\w+|steps\.\w+\.outputs\.\w+) ", context
        )


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda p: p.name)
def test_actions_are_pinned_by_commit_with_the_version_beside(path):
    lines = [line for line in path.read_text("utf-8").splitlines() if "uses:" in line]
    assert lines
    for line in lines:
        assert re.search(r"uses: actions/[\w-]+(?:/\w+)?@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), line


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda p: p.name)
def test_permissions_are_minimal(path):
    data = load(path)
    assert data["permissions"] == {"contents": "read"}
    for job in data["jobs"].values():
        assert job.get("permissions", {"contents": "read"}) == PERMISSIONS.get(path.name, {"contents": "read"})
    if path.name != "publish.yml":
        checkout = next(step for step in steps(path) if "checkout" in step.get("uses", ""))
        assert checkout["with"]["persist-credentials"] is False


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda p: p.name)
def test_every_make_command_is_a_task_and_no_expression_reaches_a_shell(path):
    tasks = set(re.findall(r"^(?:def )?(\w+)(?: = cli\.|\()", (ROOT / "tasks.py").read_text("utf-8"), re.MULTILINE))
    for step in steps(path):
        script = step.get("run", "")
        assert "${{" not in script
        for task in re.findall(r"\bmake (?:--silent )?([\w-]+)", script):
            assert task.replace("-", "_") in tasks


def test_the_site_is_published_daily_and_its_links_are_checked_weekly():
    schedules = {path.name: load(path)["on"].get("schedule") for path in WORKFLOWS}
    assert re.fullmatch(r"\d+ \d+ \* \* \*", schedules["publish.yml"][0]["cron"])
    assert re.fullmatch(r"\d+ \d+ \* \* [0-6]", schedules["links.yml"][0]["cron"])


def test_output_and_cache_are_kept_between_runs_even_after_a_failure():
    publish_steps = steps(ROOT / ".github/workflows/publish.yml")
    restore, publish, save = (
        next(i for i, step in enumerate(publish_steps) if text in step.get("uses", step.get("run", "")))
        for text in ("cache/restore@", "make publish", "cache/save@")
    )
    assert restore < publish < save
    assert publish_steps[save]["if"] == "always()"
    assert publish_steps[restore]["with"]["path"] == publish_steps[save]["with"]["path"] == ".cache\noutput\n"
    assert publish_steps[save]["with"]["key"].startswith(publish_steps[restore]["with"]["restore-keys"])


def test_publishes_run_one_at_a_time_and_are_never_cancelled():
    assert load(ROOT / ".github/workflows/publish.yml")["concurrency"] == {
        "group": "publish",
        "cancel-in-progress": False,
    }


def run_script(script, folder, commands, **env):
    """Run a step's script as GitHub does, with `commands` replacing programs that use the network."""
    for name, text in commands.items():
        (folder / name).write_text(f"#!/bin/sh\n{text}\n")
        (folder / name).chmod(0o755)
    env = {"PATH": f"{folder}:{os.environ['PATH']}", "HERE": str(folder), **env}
    return subprocess.run(["bash", "-e", "-o", "pipefail", "-c", script], cwd=folder, env=env, check=False, timeout=20)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda p: p.name)
def test_every_script_is_valid_bash(path):
    for step in steps(path):
        subprocess.run(["bash", "-n", "-c", step.get("run", "")], check=True, timeout=20)


@pytest.mark.parametrize("status", [0, 1])
def test_the_link_check_writes_its_status_and_report(tmp_path, status):
    script = next(s["run"] for s in steps(ROOT / ".github/workflows/links.yml") if s.get("id") == "check")
    make = {"make": f"echo said by $*; exit {status}"}
    assert run_script(script, tmp_path, make, GITHUB_OUTPUT=str(tmp_path / "outputs")).returncode == 0
    assert (tmp_path / "outputs").read_text() == f"status={status}\n"
    assert "said by --silent check-links" in (tmp_path / "report.md").read_text()


@pytest.mark.parametrize(
    ("open_issue", "command"), [("", "issue create --title Broken links"), ("7", "issue edit 7")], ids=["new", "open"]
)
def test_broken_links_open_one_issue_or_update_it(tmp_path, open_issue, command):
    script = next(s["run"] for s in steps(ROOT / ".github/workflows/links.yml") if "gh issue" in s.get("run", ""))
    gh = {"gh": f'echo "$*" >> $HERE/calls; if [ "$2" = list ]; then echo "{open_issue}"; fi'}
    assert run_script(script, tmp_path, gh, TITLE="Broken links").returncode == 0
    first, second = (tmp_path / "calls").read_text().splitlines()
    assert first.startswith("issue list --state open")
    assert second == f"{command} --body-file report.md"
