"""`decide` and `plan` on the same move: everything onto the base that decide names, in its first month."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from breakeven import Case
from breakeven.numbers.operations import pick
from breakeven.plan import pricing
from breakeven.plan.loads_and_costs import Terms
from breakeven.plan.plan import _baseline, make_plan
from breakeven.plan.pricing import price
from breakeven.study.judge.assess import comparison_of
from breakeven.study.judge.choices import basis_with_all
from breakeven.study.planning.portfolio_of_case import planned_of
from breakeven.study.planning.workloads import BLOCKS, leveled
from breakeven.study.questions.plan_beside import planned_case
from breakeven.study.resolve.resolve import Resolved, resolve
from parts import ROOT

CASE: dict[str, Any] = {
    "as_of": "2026-11-21",
    "api_spend_per_month": 40000,
    "hosted_model": "anthropic/claude-haiku-4-5",
    "open_model": "llama-3.3-70b",
    "gpu_offer": {"gpu": "h100", "price_per_gpu_hour": 2.69},
    "team": 1,
}
TWO = {
    "workloads": [
        {"name": "chat", "tokens_per_month": 20e9, "batch_share": 0.0},
        {"name": "night", "tokens_per_month": 10e9, "batch_share": 0.7, "growth_per_month": 0.01},
    ]
}
VARIANTS: dict[str, dict[str, Any]] = {
    "as it is": {},
    "a team of two": {"team": 2},
    "half a team": {"team": 0.5},
    "cut-over in the first month": {"cutover_month": 1},
    "cut-over in month 12": {"cutover_month": 12},
    "16 bit": {"self_hosting": {"precision": "bf16"}},
    "owned": {"self_hosting": {"purchase": [{"mode": "owned"}]}},
    "no batches": {"assumptions": {"batch_share": 0}},
    "ten times the spend": {"api_spend_per_month": 400000},
    "coding": {"load_profile": "coding"},
    "two workloads": {"api_spend_per_month": None, **TWO},
}
BURST = pricing._burst


def both(found: Resolved) -> tuple[float, float, float]:
    """What moving everything onto the best base is worth by decide and by the plan, and the discounted hosted cost."""
    basis = basis_with_all(found)
    comparison = comparison_of(basis)
    got = comparison.evaluate()
    folio = planned_of(found).portfolio
    terms, moved = Terms(portfolio=folio), [each.name for each in folio.workloads if not each.stays_on_api]
    assert terms.start == found.cut_over - 1
    here = {each.name: each.today for each in folio.workloads}
    hosted = price(terms, here)
    assert hosted is not None
    bill = comparison.path(got["api_bill"], 0) @ comparison.path(got["discount_factor"], 0)
    assert hosted.total == pytest.approx(bill, rel=1e-6)
    by_plan, by_decide = [], []
    for fleet in (each for each in folio.fleets if each.moves):
        there = price(terms, here | dict.fromkeys(moved, fleet.name), dict.fromkeys(moved, terms.start))
        assert there is not None
        by_plan.append(hosted.total - there.total)
    for option, column in enumerate(basis.columns):
        if column.mode in ("rented", "owned"):
            by_decide.append(float(pick(got["net_present_value"], option=option)))
    return max(by_decide), max(by_plan), float(bill)


def agree(found: Resolved) -> None:
    by_decide, by_plan, bill = both(found)
    assert by_plan == pytest.approx(by_decide, abs=0.01 * bill)


@pytest.mark.parametrize("name", VARIANTS)
def test_they_agree_to_a_hundredth_of_the_hosted_cost(name: str) -> None:
    agree(resolve(Case.from_dict({**CASE, **VARIANTS[name]})))


def test_they_agree_on_the_example_that_has_a_log_where_all_of_it_bursts_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan routes each workload by itself, and first buys what costs least for the fleet's time that it frees. The
    verdict's base does not choose. That is the difference between the two: 13,000 of a bill of 406,000.
    """
    found = resolve(Case.load(ROOT / "examples" / "support-chat" / "case.yaml"))
    by_decide, by_plan, bill = both(found)
    assert 0.01 * bill < by_plan - by_decide < 0.05 * bill
    monkeypatch.setattr(pricing, "_burst", bursting_alike)
    agree(found)


def bursting_alike(rooms: Any, share: Any, loads: Any, bursts: Any, prices: Any) -> Any:
    """What bursts, at the mean price of all workloads."""
    work = np.einsum("b,wbm->wm", share, loads)
    mean = (prices * work).sum(axis=0) / np.maximum(work.sum(axis=0), 1e-12)
    return BURST(rooms, share, loads, bursts, np.broadcast_to(mean, prices.shape).copy())


@pytest.mark.parametrize("shares", [(0.0, 0.0), (0.2, 0.2), (0.0, 0.7), (0.6, 0.1), (1.0, 1.0)])
def test_batch_work_fills_the_quiet_blocks_up_to_one_level(shares: tuple[float, float]) -> None:
    """Whatever the capacity, what the filled curves leave above it is what interactive and batch work leave."""
    widths, weights, batch = np.diff((0.0, *BLOCKS)), np.array([2.0, 1.0]), np.array(shares)
    shapes = np.array([[4.0, 3.0, 2.5, 2.0, 1.0, 0.8, 0.5], [1.5, 1.4, 1.3, 1.2, 1.1, 1.0, 0.7]])
    shapes = shapes / (shapes @ widths)[:, None]
    found = leveled(shapes, batch, weights)
    assert found @ widths == pytest.approx(1.0)  # nothing is lost
    together, interactive = weights @ found, weights @ (shapes * (1 - batch[:, None]))
    raised = together > interactive + 1e-12
    assert np.all(together >= interactive - 1e-12)
    assert not raised.any() or np.ptp(together[raised]) < 1e-12
    for capacity in (0.5, 1.5, 3.0, 4.0, 8.0):
        spill = float(np.maximum(interactive - capacity, 0) @ widths)
        free = capacity - (float(interactive @ widths) - spill)
        left = spill + max(float(batch @ weights) - free, 0.0)
        assert float(np.maximum(together - capacity, 0) @ widths) == pytest.approx(left)


def test_what_keeps_every_host_out_costs_the_plan_the_cheapest_of_them() -> None:
    """It stands among the targets, forbidden, so that the gate has its price."""
    gates = [{"name": "quality", "verdict": "pass"}, {"name": "residency", "applies_to": "hosted", "verdict": "fail"}]
    parts = {"horizon_months": 12, "cutover_month": 1, "self_hosting": {"precision": "fp8"}, "gates": gates}
    found = planned_case(resolve(Case.from_dict({**CASE, **parts})))
    host = f"llama-3.3-70b at {found.study.basis.rivals[0].model.partition('/')[0]}"
    assert found.portfolio.failed("all", host) == ("residency",)
    plan = make_plan(found.portfolio)
    (cost,) = (each.cost for each in plan.constraint_costs if each.name == "residency")
    worth = next(each for each in found.study.rivals if each.model == found.study.basis.rivals[0].model)
    assert cost == pytest.approx(worth.net_present_value - plan.saving, rel=1e-6)


@pytest.mark.parametrize("months", [9, 24])
def test_a_minimum_bill_is_in_what_the_plan_saves(months: int) -> None:
    """The plan once saved $1.46M where the verdict had $0.38M: what is owed anyway was left out."""
    hosted = {"minimum_bill_per_month": 50000, "minimum_bill_months": months}
    gates = [{"name": "quality", "verdict": "pass"}]
    parts = {"horizon_months": 24, "api_spend_per_month": 60000, "hosts": {"allow": ["nebius"]}, "gates": gates}
    found = planned_case(resolve(Case.from_dict({**CASE, **parts, "hosted": hosted})))
    plan, best = make_plan(found.portfolio), found.study.options[found.study.verdict.best_option - 1]
    assert {*plan.placed.target.values()} == {best.name}
    assert plan.saving == pytest.approx(best.horizon.net_present_value, rel=1e-6)


def test_where_all_of_the_bill_is_owed_anyway_nothing_moves() -> None:
    hosted = {"minimum_bill_per_month": 39000}
    found = planned_case(resolve(Case.from_dict({**CASE, "horizon_months": 12, "hosted": hosted})))
    plan = make_plan(found.portfolio)
    assert plan.placed.target == {"all": CASE["hosted_model"]}
    assert plan.saving == 0
    assert found.study.verdict.answer == "KEEP BUYING"


@pytest.mark.parametrize("months", [0, 12])
@pytest.mark.parametrize("price_per_unit_hour", [0.02, 0.356])
def test_what_today_costs_counts_committed_units_alike(months: int, price_per_unit_hour: float) -> None:
    """As many as pay, and those under contract: decide counts them in today's bill, the plan on neither side."""
    units = {"units": 1200, "price_per_unit_hour": price_per_unit_hour, "input_tokens_per_minute_per_unit": 4750}
    chat = {
        "name": "chat", "hosted_model": "openai/gpt-5-mini", "requests_per_month": 300e6,
        "input_tokens_per_month": 346.5e9, "output_tokens_per_month": 63.3e9,
    }  # fmt: skip
    of_tokens = {"workloads": [chat], "hosted": {"committed": units | {"months": months}}}
    one_design = {"self_hosting": {"precision": "fp8", "gpus_per_replica": 2, "tokens_per_second": 9000}}
    found = resolve(
        Case.from_dict({**CASE, "api_spend_per_month": None, "hosted_model": None, **of_tokens, **one_design})
    )
    comparison = comparison_of(basis_with_all(found))
    got = comparison.evaluate()
    discount = comparison.path(got["discount_factor"], 0)
    sunk = 1200 * price_per_unit_hour * 730 * float(discount[:months].sum())
    _, baseline = _baseline(Terms(portfolio=planned_of(found).portfolio))
    assert baseline == pytest.approx(float(comparison.path(got["api_bill"], 0) @ discount) - sunk, rel=1e-6)
    assert (baseline < 7.7e6) is (price_per_unit_hour == 0.02 or months > 0)
