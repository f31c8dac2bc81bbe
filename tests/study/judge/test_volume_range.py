"""How well a log knows the volume is drawn; what the case states is not."""

from __future__ import annotations

import numpy as np
import pytest

from assessed import case_file, study
from breakeven.demand.usage.read_log import read_log
from breakeven.demand.usage.reading import demand_of_reading
from breakeven.study.case.case import Case
from breakeven.study.judge.assess import comparison_of
from breakeven.study.judge.chance import drawn


def test_the_log_s_range_of_the_volume_is_drawn() -> None:
    found = study("support-chat")
    one = found.basis.inputs["volume_scale"]
    log = demand_of_reading(
        read_log(case_file("support-chat").parent / "usage.csv.gz"), time_zone=found.basis.header.time_zone
    )
    assert (one.low, one.likely, one.high) == (log.workloads[0].low_share, 1, log.workloads[0].high_share)
    assert one.kind == "measured"
    assert found.uncertainty is not None
    assert "volume_scale" in found.uncertainty.inputs
    assert "volume_scale" in {bar.name for bar in found.tornado}
    _, outcomes = drawn(found.basis, comparison_of(found.basis), 2**10)
    assert np.quantile(outcomes.draws.values["volume_scale"], [0.05, 0.95]) == pytest.approx(
        [one.low, one.high], rel=0.01
    )


def test_its_flip_is_held_against_that_range() -> None:
    found = study("support-chat")
    for option in found.options:
        (flip,) = (each for each in option.flips if each.name == "volume_scale")
        one = found.basis.inputs["volume_scale"]
        inside = flip.at is not None and (one.low or 0) <= flip.at <= (one.high or 0)
        assert flip.at is None or flip.plausible == ("within its range" if inside else "beyond its range")


def test_a_stated_volume_is_not_drawn() -> None:
    assert Case.load(case_file("minimal")).file.log is None
    assert not study("minimal").basis.inputs["volume_scale"].uncertain
