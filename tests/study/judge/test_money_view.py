"""Cash, books and verdict agree: what finance sees is worth what the verdict says, line by line."""

from __future__ import annotations

from importlib.resources import files

import numpy as np
import pytest
from ruamel.yaml import YAML

from assessed import CASES, study
from breakeven.decision.finance.financials import DEPRECIATION, tax_shield
from breakeven.problems import Problems
from breakeven.study.case.case import Case
from breakeven.study.judge.assess import comparison_of, rows
from breakeven.study.modes import BOUGHT
from breakeven.study.study import Study

every_case = pytest.mark.parametrize("name", CASES)
FORM = YAML(typ="safe", pure=True).load((files("breakeven.study") / "statement.yaml").read_text("utf-8"))


def factors(found: Study) -> np.ndarray:
    got = comparison_of(found.basis).evaluate(["discount_factor"])["discount_factor"]
    return np.concatenate([[1.0], np.broadcast_to(got, (1, 1, 1, 1, found.basis.header.horizon_months)).ravel()])


def test_every_line_of_the_table_is_cash_once_or_told_apart() -> None:
    monthly = [name for row, lines in FORM["rows"].items() if row != "project" for name in lines]
    told = [*monthly, *FORM["bought_instead"], *FORM["not_cash"]]
    assert len(told) == len(set(told))
    assert set(told) == {name for lines in rows()["groups"].values() for name in lines}
    assert {*FORM["rows"]["project"], *FORM["build"], *FORM["not_cash_once"]} == set(rows()["one_time"])


@every_case
def test_the_cash_flow_is_worth_what_the_verdict_says(name: str) -> None:
    found = study(name)
    buying = found.financials[0]
    for option, view in zip(found.options, found.financials[1:], strict=True):
        assert view.returns is not None
        worth = view.returns.net_present_value - (view.not_in_cash - buying.not_in_cash)
        assert worth == pytest.approx(option.horizon.net_present_value, abs=0.01)
        flow = np.array(view.total) - np.array(buying.total)
        assert view.returns.net_present_value == pytest.approx(float(flow @ factors(found)), abs=0.01)


@every_case
def test_the_statement_leads_to_the_cash_flow_after_tax(name: str) -> None:
    for view in study(name).financials:
        after = np.array(view.total) + view.statement.row("tax")
        assert view.statement.row("free_cash_flow") == pytest.approx(after, abs=1e-6)
        added = np.sum([each.months for each in view.cash], axis=0)
        assert np.array(view.total) == pytest.approx(added, abs=1e-6)


@every_case
def test_the_levelised_cost_pays_for_every_token(name: str) -> None:
    found = study(name)
    volume = comparison_of(found.basis).evaluate(["volume"])["volume"]
    tokens = np.broadcast_to(volume, (1, 1, 1, 1, found.basis.header.horizon_months)).ravel()
    for view in found.financials:
        assert view.levelised_cost_per_mtok is not None
        paid = -float(np.array(view.total) @ factors(found))
        assert view.levelised_cost_per_mtok * float(tokens @ factors(found)[1:]) == pytest.approx(paid)


def test_depreciation_choices_and_the_lease_are_there_where_hardware_is_bought() -> None:
    found = study("agreements")
    by_mode = dict(zip([each.mode for each in found.basis.columns], found.financials, strict=True))
    assert by_mode["rented"].depreciation_choices == ()
    assert by_mode["rented"].lease_or_buy is None
    owned, lease = by_mode["owned"], by_mode["owned"].lease_or_buy
    assert lease is not None
    assert lease.purchase == pytest.approx(lease.gpus * 37_500)
    rate = found.means["discount_rate_per_year"]
    assert lease.payment_per_gpu_month == pytest.approx(900)
    assert [each.schedule for each in owned.depreciation_choices if each.chosen] == ["macrs-5"]
    for each in owned.depreciation_choices:
        assert each.tax_shield == pytest.approx(tax_shield(lease.purchase, 0.25, rate, each.schedule))
    assert {each.schedule for each in owned.depreciation_choices} == set(DEPRECIATION)


def test_service_levels_are_on_the_study() -> None:
    found = study("agreements")
    levels, lines = found.service_levels, comparison_of(found.basis).evaluate(["sla_credits", "outage_loss"])
    assert levels is not None
    assert levels.expected_credit == pytest.approx(comparison_of(found.basis).month(lines["sla_credits"], 0, 2))
    assert levels.one_outage.ask_cap_multiple == pytest.approx(levels.one_outage.loss / levels.one_outage.credit)
    assert study("support-chat").service_levels is None


def test_outages_differ_between_the_sides() -> None:
    inputs = study("agreements").basis.inputs
    hours = np.ravel(inputs["outage_hours_per_month"].likely)
    assert hours[0] == pytest.approx(2.0, rel=1e-3)
    sides = {each.mode in BOUGHT: hour for each, hour in zip(study("agreements").basis.columns, hours, strict=True)}
    assert len({*hours}) == 2
    assert sides[False] < sides[True]


BASE = {
    "as_of": "2026-11-21", "tokens_per_month": 1e9, "hosted_model": "anthropic/claude-haiku-4-5",
    "open_model": "llama-3.3-70b", "gpu_offer": "h100", "team": 1,
}  # fmt: skip
TWO = {"hosted": {"outages_per_month": 1, "hours_per_outage": 2}}
LOSS = {"compliance": {"loss_per_outage_hour": 100}}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"sla": TWO}, "what an hour of outage costs you is not stated"),
        ({"sla": TWO, "compliance": {"loss_per_outage_hour": 1, "outage_hours_per_month": 1}}, "is given twice"),
        ({"sla": {"hosted": {"outages_per_month": 9, "hours_per_outage": 99}}} | LOSS, "more than half of a month"),
        ({"sla": {"hosted": {"outages_per_month": 1, "hours_per_outage": -1}}} | LOSS, "hours_per_outage"),
        ({"sla": {"hosted": {"outages_per_month": 1}}} | LOSS, "hours_per_outage"),
        ({"sla": TWO | {"credits": [{"below_uptime": 99.9, "credit_share": 0.1}]}} | LOSS, "below_uptime"),
        ({"finance": {"tax_rate": 1.5}}, "finance.tax_rate"),
        ({"finance": {"depreciation": "macrs"}}, "macrs-5"),
        ({"finance": {"lease_payment_per_gpu_month": 900}}, "nothing is bought"),
        ({"finance": {"tax": 0.2}}, "tax_rate"),
        ({"gates": [{"name": "r", "host": "nebiuss"}]}, "nebius"),
        ({"gates": [{"name": "r", "host": "nebius", "applies_to": "self-hosting"}]}, "has no host"),
    ],
)  # fmt: skip
def test_what_contradicts_itself_is_told(more: dict[str, object], said: str) -> None:
    with pytest.raises(Problems, match=said):
        Case.from_dict(BASE | more)
