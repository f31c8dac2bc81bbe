"""Everything behind the page: each table is there, its figures are the study's, and every width keeps amounts whole."""

from __future__ import annotations

import io
import re
from functools import cache

import pytest
from rich.console import Console

from assessed import CASES, study
from breakeven.decision.finance.statements import by_year
from breakeven.report.pages.buying_page import bought_elsewhere
from breakeven.report.pages.financial_page import labels
from breakeven.report.pages.full_page import FullPage
from breakeven.report.pages.parts.answer import reason, two_steps
from breakeven.report.pages.parts.behind import cost_lines
from breakeven.report.pages.parts.evidence import best
from breakeven.report.pages.parts.picture import picture, reach_in_plans
from breakeven.report.pages.parts.side_by_side import Line, side_by_side
from breakeven.report.wording import money

DUST = 1e-12  # of a utilization, from floating point
every_case = pytest.mark.parametrize("name", CASES)


def printed(thing: object, width: int) -> str:
    console = Console(file=io.StringIO(), width=width, color_system=None, force_terminal=False)
    console.print(thing)
    return console.file.getvalue()  # type: ignore[attr-defined,no-any-return]


@cache
def full(name: str, width: int = 160) -> str:
    return printed(FullPage(study(name)), width)


@every_case
def test_every_table_is_there(name: str) -> None:
    text, found = full(name), study(name)
    titles = ("Ways to buy", "Returns on cash", "Cash flow", "Profit and loss", "What turns", "Costs added one by one")
    for title in (*titles, "Inputs, the most influential first"):
        assert title in text
    assert ("Service levels" in text) == (found.service_levels is not None)
    assert ("Lease instead of buying" in text) == any(each.mode == "owned" for each in found.basis.columns)
    assert not re.search(r"None|\bnan\b|\binf\b|np\.float", text)


@every_case
def test_cash_by_year_is_all_of_the_cash(name: str) -> None:
    for view in study(name).financials:
        years = by_year(view.total)
        assert sum(years) == pytest.approx(sum(view.total))
        assert len(years) == 1 + -(-study(name).basis.header.horizon_months // 12)


def test_the_table_of_cash_shows_the_years() -> None:
    view = study("agreements").financials[0]
    shown = re.search(r"Total +– +(\S+)", full("agreements"))
    assert shown is not None
    assert shown[1] == money(by_year(view.total)[1]).replace("$", "")


@every_case
def test_every_row_of_the_statements_has_a_label(name: str) -> None:
    known = labels()
    for view in study(name).financials:
        assert {row.name for row in view.statement.rows} <= known.keys()
        assert {row.line for row in view.cash} <= known.keys()


@every_case
@pytest.mark.parametrize("width", [60, 72, 80, 100])
def test_no_amount_is_broken(name: str, width: int) -> None:
    text = printed(FullPage(study(name)), width)
    for line in cost_lines(study(name)):
        for value in line.values:
            assert value in text, (line.label, value)


def test_many_options_are_cut_into_tables_below_each_other() -> None:
    lines = [Line(label="Total", values=tuple(f"${i},000,000" for i in range(1, 9)))]
    text = printed(side_by_side("USD", [f"option {i}" for i in range(1, 9)], lines, 60), 60)
    assert text.count("Total") == 2
    assert all(f"${i},000,000" in text for i in range(1, 9))
    assert max(map(len, text.splitlines())) <= 60


def test_long_rates_of_return_leave_the_amounts_beside_them_whole() -> None:
    names = ["hosted API", "rent", "rent, 1 replica + API", "own"]
    rates = ("undefined", "undefined", "undefined", "−8.9 % (−67 % a year)")
    worth = ("·", "−$513,232", "−$402,927", "−$626,067")
    lines = [Line(label="net present value", values=worth), Line(label="under water again in month", values=rates)]
    text = printed(side_by_side("", names, lines, 80), 80)
    assert all(value in text for value in (*rates, *worth))
    assert max(map(len, text.splitlines())) <= 80


@every_case
def test_a_base_that_pays_says_from_which_utilization(name: str) -> None:
    for column, it in zip(study(name).basis.columns[1:], study(name).options, strict=True):
        if column.hybrid and it.utilization is not None and it.horizon.net_present_value > 0:
            assert it.utilization.needed is not None
            assert it.utilization.needed <= it.utilization.reached * (1 + DUST)


@every_case
def test_no_utilization_needed_is_more_than_all_of_it(name: str) -> None:
    """And it sides with the worth: it is that of the volume at which the decided fleet has paid what is paid once."""
    for it in study(name).options:
        if it.utilization is not None and it.utilization.needed is not None:
            assert 0 < it.utilization.needed <= 1
            short = it.utilization.needed - it.utilization.reached  # nothing where the fleet is full at both volumes
            assert short <= DUST if it.horizon.net_present_value > 0 else short > -DUST


def test_the_bar_reaches_the_first_volume_that_pays() -> None:
    found = study("support-chat")
    reach, first = reach_in_plans(found, best(found)), best(found).break_evens.windows[0].from_mtok
    assert reach * found.volume_mtok > first
    assert "█" in str(picture(found, best(found), 100)).splitlines()[0]
    assert reach_in_plans(study("never"), best(study("never"))) == 2.0


def test_the_saving_is_told_in_two_steps_and_another_quality_is_labelled() -> None:
    found = study("agreements")
    text, steps = re.sub(r"\s+", " ", printed(FullPage(found), 100)), found.verdict.steps
    assert steps.another_model is not None
    assert steps.serving_it_yourself is not None
    assert two_steps(found) in text
    assert money(steps.another_model, "USD") in two_steps(found)
    assert money(abs(steps.serving_it_yourself), "USD") in two_steps(found)
    told = bought_elsewhere(found) or ""
    assert "frontier model claude-opus-4-5" in told
    assert "not the same quality" in told
    assert "nebius" in told
    assert "residency" in told


@every_case
def test_a_sum_in_the_reason_is_the_one_in_the_table(name: str) -> None:
    """One quantity, one rounding."""
    found = study(name)
    if best(found).verdict != "INFEASIBLE":
        assert money(abs(best(found).expected_net_present_value), found.basis.header.currency) in reason(found)


@pytest.mark.parametrize("width", range(60, 121, 3))
def test_a_long_name_breaks_no_amount(width: int) -> None:
    """The name of a model is one word of 21 letters; every amount stays whole beside it."""
    names = ["hosted API", "qwen3-coder-480b-a35b at huggingface_novita", "rent", "rent, 2 replicas + API"]
    amounts = ("$97,308", "$1,810,089", "−$21,988", "$550,330")
    lines = [Line(label="Net present value, 36 months", values=amounts)]
    console = Console(file=io.StringIO(), width=width, color_system=None)
    console.print(side_by_side("USD in month 1", names, lines, width))
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert all(each in text for each in amounts)
    assert "API" in text
