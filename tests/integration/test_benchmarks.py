"""The benchmarks run, on tiny sites; their results are not checked."""

import re
import subprocess
import sys

import pytest
from conftest import ROOT

ROWS = ["cold", "one body edited", "a post added", "nothing changed"]


def run_benchmark(*options):
    command = [sys.executable, str(ROOT / "benchmarks/run.py"), "--counts", "5", "--runs", "1", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


def count_figures(printed):
    """Return the number of figures in each row of each table."""
    lines = [line for line in printed.splitlines() if line.startswith(tuple(ROWS))]
    return [len(re.findall(r"\d+\.\d\d(?: \(\d+\))?", line)) for line in lines]


def test_the_engine_is_compared_with_pelican():
    process = run_benchmark("--only", "engine,Pelican")
    assert process.returncode == 0, process.stderr
    assert count_figures(process.stdout) == [3, 1, 1, 1]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--only", "engines"], "unknown column engines - choose from engine, Pelican"),
        (
            ["--against", "/none"],
            "/none is not a checkout of this project - it must contain plugins/authorsite",
        ),
    ],
)
def test_an_invalid_option_is_rejected(options, message):
    process = run_benchmark(*options)
    assert process.returncode == 2
    assert message in process.stderr


@pytest.mark.nightly
def test_every_table_is_measured_against_another_checkout():
    process = run_benchmark("--only", "engine,Pelican,whole,lean", "--against", str(ROOT))
    assert process.returncode == 0, process.stderr
    assert count_figures(process.stdout) == [5, 3, 3, 3] + [3] * 8
    assert len(re.findall("file saved to page written [0-9]+ ms", process.stdout)) == 4
