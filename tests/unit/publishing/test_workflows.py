"""The hosted workflows, as far as their text can tell: pinned, of few rights, running tasks that exist."""

import re

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
        assert re.fullmatch(r" (github\.(ref|run_id|token|repository)|steps\.\w+\.outputs\.\w+) ", given)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda p: p.name)
def test_actions_are_pinned_by_commit_with_the_version_beside(path):
    lines = [line for line in path.read_text("utf-8").splitlines() if "uses:" in line]
    assert lines
    for line in lines:
        assert re.search(r"uses: actions/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), line


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
    publishing = steps(ROOT / ".github/workflows/publish.yml")
    kept = next(step for step in publishing if "actions/cache@" in step.get("uses", ""))
    assert kept["with"]["path"].split() == [".cache", "output"]
