"""The benchmarks run: tiny sites, and no word about the figures."""

import re
import subprocess
import sys

import pytest
from conftest import ROOT

ROWS = ["cold", "one body edited", "a post added", "nothing changed"]


def measured(*options):
    command = [sys.executable, str(ROOT / "benchmarks/run.py"), "--counts", "5", "--runs", "1", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


def rows(printed):
    """Return how many figures each row of each table has."""
    lines = [line for line in printed.splitlines() if line.startswith(tuple(ROWS))]
    return [len(re.findall(r"\d+\.\d\d(?: \(\d+\))?", line)) for line in lines]


def test_the_engine_is_measured_beside_pelican():
    done = measured("--only", "engine,Pelican")
    assert done.returncode == 0, done.stderr
    assert rows(done.stdout) == [3, 1, 1, 1]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--only", "engines"], "there is no column engines: name some of engine, Pelican"),
        (["--against", "/none"], "/none is no checkout of this project: name a folder that holds plugins/authorsite"),
    ],
)
def test_an_option_that_names_nothing_is_refused(options, said):
    done = measured(*options)
    assert done.returncode == 2
    assert said in done.stderr


@pytest.mark.nightly
def test_every_table_is_measured_against_another_checkout():
    done = measured("--only", "engine,Pelican,whole,lean", "--against", str(ROOT))
    assert done.returncode == 0, done.stderr
    assert rows(done.stdout) == [5, 3, 3, 3] + [3] * 8
    assert len(re.findall("file saved to page written [0-9]+ ms", done.stdout)) == 4
