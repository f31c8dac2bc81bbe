"""A message names what is wrong: a disk without space and a folder that is not there are no fault of the log."""

import subprocess
import sys
from pathlib import Path

import pytest

from breakeven.demand.usage.read_log import read_log
from breakeven.demand.usage.sample import SamplePlan, write_sample
from breakeven.problems import Problem

FULL = """
import resource, sys
from breakeven.demand.usage.read_log import read_log
from breakeven.problems import Problem
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    read_log("log.csv")
except Problem as problem:
    sys.exit(str(problem))
"""


def test_no_room_for_what_does_not_fit_in_memory(tmp_path: Path) -> None:
    write_sample(tmp_path / "log.csv", SamplePlan(days=1, requests_per_day=1000))
    done = subprocess.run([sys.executable, "-c", FULL], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "what does not fit in memory cannot be written" in done.stderr
    assert "TMPDIR" in done.stderr
    assert "the log" not in done.stderr


def test_rows_that_are_set_aside_have_nowhere_to_go(tmp_path: Path) -> None:
    write_sample(tmp_path / "log.csv", SamplePlan(days=1, requests_per_day=100))
    with (tmp_path / "log.csv").open("a") as file:
        file.write("yesterday,chat,x,1,0,1,200\n")
    with pytest.raises(Problem) as found:
        read_log(tmp_path / "log.csv", set_aside_to=tmp_path / "no" / "aside.csv")
    assert str(found.value).startswith(f"{tmp_path / 'no'}: there is no such folder")
    with pytest.raises(Problem, match="No space left on device") as found:
        read_log(tmp_path / "log.csv", set_aside_to="/dev/full")
    assert str(found.value).startswith("/dev/full: cannot be written")
