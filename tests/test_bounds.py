"""Absurd numbers are told at their place: no hang, no memory without end, no error of the libraries below."""

from dataclasses import replace
from pathlib import Path

import pytest

from breakeven.capacity.replay import replay
from breakeven.decision.hybrid.hybrid import LARGEST_FLEET, MOST_REPLICAS, fleets
from breakeven.demand.usage.sample import SamplePlan, write_sample
from breakeven.problems import Problem, Problems
from breakeven.study.case.case import Case
from parts import ROOT

CASE = (ROOT / "tests" / "cases" / "too_small.yaml").read_text()


@pytest.mark.parametrize("written", ["1e30", "-1e30", "1" + "0" * 400, "1e16"])
def test_a_number_beyond_all_that_is_met_is_told_at_its_place(written: str) -> None:
    with pytest.raises(Problems, match=r"case.yaml:5:19: tokens_per_month: this number is beyond 1e\+15"):
        Case.parse(CASE.replace("60e9", written))


@pytest.mark.parametrize("written", ["1e15", "60e9"])
def test_the_largest_number_is_read(written: str) -> None:
    assert Case.parse(CASE.replace("60e9", written)).file.tokens_per_month == float(written)


@pytest.mark.parametrize("replicas", ["1e16", "1" + "0" * 30])
def test_a_fleet_is_counted(replicas: str) -> None:
    with pytest.raises(Problems, match="replicas: this number is beyond"):
        Case.parse(CASE.replace("replicas: 3", f"replicas: {replicas}"))


def test_a_peak_that_no_fleet_carries_is_refused() -> None:
    assert len(fleets(LARGEST_FLEET)) == MOST_REPLICAS
    with pytest.raises(Problem, match=r"the peak needs 1e\+30 replicas"):
        fleets(10**30)


def test_a_replay_of_a_million_replicas_is_refused() -> None:
    fleet = replay.Replicas.__new__(replay.Replicas)
    object.__setattr__(fleet, "replicas", 1_000_000)
    with pytest.raises(Problem, match="a fleet of 1,000,000 replicas is too large to replay"):
        replay._refuse(None, fleet)  # type: ignore[arg-type]


@pytest.mark.parametrize("absurd", [{"days": 10**9}, {"requests_per_day": 1e18}, {"requests_per_day": float("nan")}])
def test_a_sample_without_end_is_refused(tmp_path: Path, absurd: dict[str, float]) -> None:
    with pytest.raises(Problem, match="no log of"):
        write_sample(tmp_path / "log.csv", replace(SamplePlan(), **absurd))
    assert not (tmp_path / "log.csv").exists()
