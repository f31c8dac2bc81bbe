"""The calibration that ships: of the facts that ship, as good as it says, and repeatable on a part."""

from __future__ import annotations

import datetime
from pathlib import Path

import numpy as np
import pytest

from breakeven.capacity.check import calibrate
from breakeven.capacity.step_model.constants import CONSTANTS
from breakeven.capacity.step_model.cross_validation import Table, folds, left_out, score, widened
from breakeven.capacity.step_model.fit import fit
from breakeven.capacity.step_model.pooling import SPREADS
from breakeven.capacity.step_model.predictor import calibration, predictor, published_table
from breakeven.facts import catalog

SERIES = "trtllm-perf-overview"


@pytest.fixture(scope="module")
def table() -> Table:
    return published_table()


def test_the_calibration_is_of_the_published_rows_that_ship() -> None:
    told = "Run `make calibrate`: the published rows changed since the constants were fitted."
    assert calibration().fitted_to == catalog.published_hash(), told


def test_every_constant_was_fitted_and_lies_in_its_interval() -> None:
    fitted = calibration().fitted
    assert set(fitted.constants) == {each.name for each in CONSTANTS}
    for each in CONSTANTS:
        if each.unit == "ratio" and each.name not in {"experts", "expert_bandwidth", "aging"}:
            assert 0 < np.exp(fitted.constants[each.name]) < 1, each.name


def test_fitting_again_gives_the_same_constants(table: Table) -> None:
    again = fit(table.cells, table.levels, table.measured, table.groups)
    for name, value in calibration().fitted.constants.items():
        assert again.constants[name] == pytest.approx(value, abs=0.02), name


def test_a_subset_left_out_in_turn_beats_the_roofline(table: Table) -> None:
    subset = table.take(np.array([each.bench.series == SERIES and not each.mixture for each in table.setups]))
    found = left_out(subset, folds(subset.groups, 6), SPREADS)
    inside = np.abs(found.errors) <= calibration().band * found.deviations
    got = score(found.errors, inside)
    assert got.n > 500
    assert got.median_absolute_percentage_error < 9
    assert got.within_25 > 0.85
    assert 0.7 < got.band_coverage < 0.97


@pytest.mark.heavy
def test_every_group_left_out_in_turn_is_as_good_as_asked(table: Table) -> None:
    _, (found,) = widened([left_out(table, folds(table.groups), SPREADS)], table.groups, [1.0])
    got = score(found.errors, np.abs(found.errors) <= calibration().band * found.deviations)
    mixtures = np.array([each.mixture for each in table.setups])
    for kind in (mixtures, ~mixtures):
        inside = np.abs(found.errors) <= calibration().band * found.deviations
        of_kind = score(found.errors[kind], inside[kind])
        assert abs(of_kind.bias) < 0.05
        assert 0.75 <= of_kind.band_coverage <= 0.87
    assert got.median_absolute_percentage_error < 10
    assert got.within_25 > 0.82
    assert 0.75 <= got.band_coverage <= 0.87


def test_a_calibration_is_written_and_read_again(table: Table, tmp_path: Path) -> None:
    some = table.take(np.array([each.architecture.model == "llama-3.1-8b" for each in table.setups]))
    found = calibrate.calibrate(some)
    day = datetime.date(2026, 11, 21)
    calibrate.write(found, "abc", day, tmp_path / "fitted.yaml", tmp_path / "report.md")
    text = (tmp_path / "fitted.yaml").read_text(encoding="utf-8")
    assert "sha256: abc" in text
    assert "do not edit" in text
    assert "groups left out" in (tmp_path / "report.md").read_text(encoding="utf-8")


def test_the_band_is_narrow_where_relatives_were_measured_and_wide_where_none_were(table: Table) -> None:
    known = table.setups[0]
    near = predictor().predict([known])[0]
    assert near.p10 < near.p50 < near.p90
    new = next(each for each in table.setups if each.bench.engine == "ATOM")
    strange = type(new)(
        architecture=new.architecture,
        gpu=catalog.gpu("Gaudi3-128GB"),
        precision=new.precision,
        kv_bytes_per_value=2.0,
        layout=new.layout,
        bench=type(new.bench)(engine="unheard of", load="closed_loop", concurrency=16.0),
        mean_input_tokens=1000.0,
        mean_output_tokens=1000.0,
    )
    far = predictor().predict([strange])[0]
    assert far.p90 / far.p10 > 1.5 * near.p90 / near.p10


def test_no_question_no_answer() -> None:
    assert predictor().predict([]) == []
