"""`plan` and `decide` agree on the shipped examples: the same verdict first, the same destination, the same worth."""

from __future__ import annotations

import io
from functools import cache

import pytest
from rich.console import Console

from breakeven import Case
from breakeven.plan.plan import Plan, make_plan
from breakeven.plan.program import Limits
from breakeven.report.pages.parts.answer import headline, why
from breakeven.report.pages.plan_page import plan_page
from breakeven.study.designs.settle import settled
from breakeven.study.questions.plan_beside import PlannedCase, planned_case
from parts import ROOT

EXAMPLES = ("support-chat", "insurer")


@cache
def planned(name: str) -> tuple[PlannedCase, Plan]:
    found = planned_case(settled(Case.load(ROOT / "examples" / name / "case.yaml")))
    return found, make_plan(found.portfolio, limits=Limits(seconds=30.0), quality=found.quality)


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_plan_begins_with_the_verdict_and_its_odds(name: str) -> None:
    found, plan = planned(name)
    console = Console(file=io.StringIO(), width=100, color_system=None)
    console.print(plan_page(plan, 100, found.study))
    page = " ".join(console.file.getvalue().split())  # type: ignore[attr-defined]
    assert page.startswith(f"{headline(found.study)} {why(found.study)}")
    assert "proven" not in page


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_plan_goes_where_the_verdict_goes(name: str) -> None:
    """What the verdict names first is where the plan puts whatever leaves; it is asked the same before."""
    found, plan = planned(name)
    best = found.study.verdict.best_option
    today = {each.name: each.today for each in plan.portfolio.workloads}
    gone = {target for workload, target in plan.placed.target.items() if target != today[workload]}
    assert gone == {found.study.basis.columns[best].name}
    asked = {gate for workload in today for gate in plan.portfolio.unknown(workload, next(iter(gone)))}
    assert set(found.study.verdict.first) <= asked


@pytest.mark.parametrize("name", ["coding-agent", "insurer", "nightly-summaries", "regulated", "support-chat"])
def test_where_they_move_the_same_both_are_worth_the_same(name: str) -> None:
    """The plan's saving is the verdict's value with every input at its mean, moving costs in it; what fails a gate of
    its own stays on the API in both.
    """
    found, plan = planned(name)
    best = found.study.options[found.study.verdict.best_option - 1]
    assert plan.saving == pytest.approx(best.horizon.net_present_value, rel=0.002)


def test_what_may_not_stay_on_the_api_moves_as_early_as_it_can_although_it_costs() -> None:
    """A gate keeps the letters from the API: the plan owns the server that the verdict owns, spare replica and all."""
    found, plan = planned("regulated")
    best = found.study.options[found.study.verdict.best_option - 1]
    assert plan.saving < 0
    assert plan.scheduled.starts == {"letters": found.study.basis.header.month - 1}
    assert plan.scheduled.price.once == pytest.approx(best.one_time_cost, rel=1e-6)
    assert plan.scheduled.price.fleets[0].units[-1] == 1


def test_what_failed_its_test_on_a_fleet_fails_at_every_host_of_the_same_weights() -> None:
    found, plan = planned("insurer")
    host = found.study.basis.columns[found.study.verdict.best_option].name
    for workload in ("underwriting-assistant", "coding-assistant"):
        assert plan.portfolio.failed(workload, host) == ("quality of 70B",)
        assert plan.placed.target[workload] != host


def test_what_stays_names_the_gate_that_is_worth_most() -> None:
    """The 8B model would not pay for them; what keeps the money on the table is the test that the 70B failed."""
    _, plan = planned("insurer")
    binding = {each.workload: each.binding for each in plan.reasons if each.why == "gate"}
    assert binding == dict.fromkeys(("underwriting-assistant", "coding-assistant"), ("quality of 70B",))
