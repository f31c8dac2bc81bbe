"""Committed units beside a fleet: against every combination there is, and what a contract binds."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from test_tranches import MONTHS, dodges, growing

from assessed import case_file, study
from breakeven.decision.comparison import pinned, without_idle
from breakeven.decision.hybrid.tranches import chosen_path, worth_of_path
from breakeven.decision.hybrid.units import counts, units_by_fleet, with_units
from breakeven.numbers.operations import MONTH, OPTION, along
from breakeven.study.case.case import Case
from breakeven.study.designs.settle import assess
from breakeven.study.judge.assess import comparison_of
from breakeven.study.register import full_model

MODEL = full_model()
SIZES = np.arange(1.0, 4.0)


def in_units(price: float, canary: float, **changed: Any) -> dict[str, Any]:
    """The growing demand where three units are held today, each of some of what is bought."""
    return growing(0.1) | {
        "committed_units": along(OPTION, [3.0, 0.0]),
        "unit_price_per_hour": price,
        "unit_tokens_per_minute": 60_000.0,
        "output_work_weight": 1.0,
        "canary_share": canary,
        **changed,
    }


def worth(values: dict[str, Any], path: np.ndarray, units: np.ndarray) -> float:
    return worth_of_path(MODEL, with_units(values, 1, units), 1, path)


@pytest.mark.parametrize(
    ("price", "canary", "keeps"),
    [(0.3, 0.0, True), (1.0, 0.0, False), (1.0, 0.2, True), (2.5, 0.2, False), (2.5, 0.0, True), (4.0, 0.2, True)],
)
def test_fleet_and_units_are_the_best_of_every_combination(price: float, canary: float, keeps: bool) -> None:
    """Months do not bind each other but through a fleet that never falls, so each path takes its best units."""
    values = in_units(price, canary)
    units, months = units_by_fleet(MODEL, values, 1, SIZES, MONTHS)
    path, _ = chosen_path(SIZES, months, keeps=keeps)
    its = units[(path - 1).astype(int), np.arange(MONTHS)]
    found = float(of_each(with_units(values, 1, its), [tuple(path)], None).sum())
    paths = [p for p in product(SIZES, repeat=MONTHS) if not keeps or list(p) == sorted(p)]
    paths = [p for p in paths if not dodges(values, p, keeps=keeps)]
    held = {count: of_each(values, paths, count) for count in (0.0, 1.0, 2.0, 3.0)}
    best = max(float(sum(np.max([held[u][i] for u in held], axis=0))) for i in range(len(paths)))
    assert found == pytest.approx(best, rel=1e-9)


def of_each(values: dict[str, Any], paths: list[tuple[float, ...]], count: float | None) -> np.ndarray:
    """What each month of each path is worth with so many units (None: as they are), discounted (paths, months).

    The first one carries what its fleet pays once.
    """
    values = values if count is None else with_units(values, 1, count)
    got = MODEL.evaluate(pinned(values, 1, np.array(paths)), ["saving", "discount_factor"])
    saved, discount = (np.broadcast_to(got[name], (1, 1, len(paths) + 1, 1, MONTHS))[0, 0, 1:, 0] for name in got)
    once = MODEL.evaluate(pinned(values, 1, SIZES), ["one_time_cost"])["one_time_cost"][0, 0, 1:, 0, 0]
    first = np.array([1.0, *([0.0] * (MONTHS - 1))])
    return np.asarray(saved * discount - once[np.array(paths).astype(int)[:, :1] - 1] * first)


@pytest.mark.parametrize("price", [0.3, 1.0, 4.0])
def test_dear_units_are_given_up_and_cheap_ones_kept(price: float) -> None:
    units, _ = units_by_fleet(MODEL, in_units(price, 0.2), 1, SIZES, MONTHS)
    assert np.all(units == 0) if price == 4.0 else np.any(units > 0)


def test_a_contract_is_paid_whatever_is_chosen() -> None:
    """Two units bound for two months: given up, they are paid all the same, and what they take is not bought."""
    bound = along(MONTH, [2.0, 2.0, 0.0, 0.0, 0.0])
    values = with_units(in_units(4.0, 0.2, units_under_contract=bound), 1, 0.0)
    got = MODEL.evaluate(pinned(values, 1, [1.0]), ["units_held", "committed_cost", "committed_work"])
    assert got["units_held"][0, 0, 1, 0].tolist() == [2, 2, 0, 0, 0]
    assert got["committed_cost"][0, 0, 1, 0].tolist() == [2 * 4 * 730, 2 * 4 * 730, 0, 0, 0]
    assert np.all(got["committed_work"][0, 0, 1, 0] > 0) == np.False_
    assert np.all(got["committed_work"][0, 0, 1, 0, :2] > 0)


def test_units_of_the_same_hour_take_the_burst() -> None:
    """Without a canary nothing is bought whatever the load: what the units take is burst, and never more than that."""
    values = with_units(in_units(1.0, 0.0), 1, 3.0)
    got = MODEL.evaluate(pinned(values, 1, [1.0]), ["committed_work", "committed_burst", "interactive_spill"])
    assert not np.any(got["committed_work"][0, 0, 1])
    assert np.all(got["committed_burst"][0, 0, 1] > 0)
    assert np.all(got["committed_burst"] <= got["interactive_spill"] + 1e-9)


def test_counts_of_units() -> None:
    assert counts(0.0) == [0.0]
    assert counts(2.5) == [1.0, 2.0, 2.5]
    assert counts(500)[-1] == 500


def test_a_study_holds_no_more_than_today_and_no_less_than_is_bound(tmp_path: Any) -> None:
    text = case_file("bill_terms").read_text("utf-8")
    (tmp_path / "case.yaml").write_text(text.replace("units: 6,", "units: 6, months: 3,"), encoding="utf-8")
    found = assess(Case.load(tmp_path / "case.yaml")).basis.inputs
    units = np.broadcast_to(found["committed_units"].likely, (1, 1, 3, 1, 12))[0, 0, :, 0]
    assert np.all(units[0] == 6)
    assert np.all(units <= 6)
    assert np.ravel(found["units_under_contract"].likely).tolist() == [6] * 3 + [0] * 9


@pytest.mark.parametrize("name", ["minimal", "four_ways", "bill_terms", "slabs", "support-chat"])
def test_what_nobody_holds_may_be_left_out(name: str) -> None:
    """Bit by bit the same money, with half of the work in batches too; with units and tiers where the case has them."""
    whole = comparison_of(study(name).basis)
    lean = without_idle(whole)
    assert (len(lean.values) > len(whole.values)) == (name not in {"bill_terms"})
    for changed in ({}, {"batch_share": 0.5}, {"volume_scale": 3.0}):
        wanted = ["monthly_cost", "net_present_value", "tier_discount"]
        here, there = whole.evaluate(wanted, **changed), lean.evaluate(wanted, **changed)
        for line in wanted:
            assert np.array_equal(here[line] + 0.0, there[line] + 0.0), line


def test_two_options_by_themselves_are_what_they_are_among_all() -> None:
    """Also where neither holds a fleet, so that what would be above one is not asked for."""
    comparison = without_idle(comparison_of(study("support-chat").basis))
    whole = comparison.evaluate(["monthly_cost", "net_present_value"])
    for option in range(1, len(comparison.names)):
        pair = MODEL.evaluate(comparison.pinned_pair(option), ["monthly_cost", "net_present_value"])
        assert comparison.path(pair["monthly_cost"], 1) == pytest.approx(comparison.path(whole["monthly_cost"], option))
        assert comparison.month(pair["net_present_value"], 1, 0) == pytest.approx(
            comparison.month(whole["net_present_value"], option, 0)
        )
