"""Cash, books and tax of hardware that is bought; the profit-and-loss view adds up."""

from __future__ import annotations

import numpy as np
import pytest

from breakeven.costs.compute import capital_charge_per_gpu
from breakeven.decision.finance.hardware import (
    Hardware,
    book_depreciation,
    paid,
    sold,
    tax_depreciation,
    tranches,
    value_after,
)
from breakeven.decision.finance.statements import EXPENSES, Expenses, FinanceTerms, statement
from breakeven.numbers.inputs import Input, Source

RATE = 1.1 ** (1 / 12) - 1
NODE = Hardware(
    price=300_000,
    residual_share=0.175,
    life_months=48,
    charge=float(capital_charge_per_gpu(300_000, 0.175, RATE, 48, 1)),
    rate_per_month=RATE,
)


def worth(flow: np.ndarray, rate: float = RATE) -> float:
    return float(np.sum(flow / (1 + rate) ** np.arange(flow.size)))


def terms(**stated: float) -> FinanceTerms:
    numbers = {"tax_rate": 0.25, "book_life_months": 60.0, "build_life_months": 36.0, **stated}
    made = {
        name: Input(likely=value, unit="1", kind="assumed", source=Source(title="test"))
        for name, value in numbers.items()
    }
    return FinanceTerms(
        numbers=made, depreciation="macrs-5", capitalise_build=bool(stated.get("capitalised")),
        lease_includes_maintenance=False,
    )  # fmt: skip


def test_the_charge_of_a_node_and_its_residual_value() -> None:
    assert NODE.charge == pytest.approx(6_644.77, abs=0.005)
    assert value_after(NODE, 0) == pytest.approx(300_000)
    assert value_after(NODE, 48) == pytest.approx(52_500)


@pytest.mark.parametrize("months", [1, 12, 36, 48, 60, 100])
@pytest.mark.parametrize("rate", [RATE, 0.0])
def test_buying_and_selling_is_worth_the_level_charge(months: int, rate: float) -> None:
    one = Hardware(
        price=300_000, residual_share=0.175, life_months=48, rate_per_month=rate,
        charge=float(capital_charge_per_gpu(300_000, 0.175, rate, 48, 1)),
    )  # fmt: skip
    gpus = np.array([0.0] * (months // 4) + [2.0] * (months // 2) + [5.0] * (months - months // 4 - months // 2))
    bought = tranches(gpus, one)
    cash = sold(bought, months) - paid(bought, months)
    charged = np.concatenate([[0.0], -gpus * one.charge])
    assert worth(cash, rate) == pytest.approx(worth(charged, rate), rel=1e-9)


def test_a_fleet_that_shrinks_sells_the_newest_first() -> None:
    bought = tranches(np.array([1.0, 3.0, 3.0, 2.0]), NODE)
    assert sorted((each.bought, each.sold, each.cost / NODE.price) for each in bought) == [
        (0, 4, 1.0), (1, 3, 1.0), (1, 4, 1.0),
    ]  # fmt: skip


def test_tax_writes_off_everything_and_the_books_all_but_the_residual() -> None:
    six_years = Hardware(**{**{n: getattr(NODE, n) for n in NODE.__slots__}, "life_months": 72})
    bought = tranches(np.ones(72), six_years)
    off = tax_depreciation(bought, 72, "macrs-5")
    assert off.sum() == pytest.approx(300_000)
    assert off[1:13].sum() == pytest.approx(60_000)
    assert off[13:25].sum() == pytest.approx(96_000)
    assert book_depreciation(bought, 72, 48, 0.175)[1] == pytest.approx(5_156.25)  # straight line, no cost of capital
    assert book_depreciation(bought, 72, 60, 0.175).sum() == pytest.approx(247_500)
    assert book_depreciation(bought, 72, 60, 0.175)[61:].sum() == 0


def expenses(months: int = 60, build: float = 90_000.0) -> Expenses:
    rng = np.random.default_rng(3)
    rows = {name: -rng.uniform(0, 9_000, months + 1) for name in EXPENSES}
    for name in EXPENSES[:-1]:
        rows[name][0] = 0.0
    rows["project"][1:] = 0.0
    bought = tranches(np.array([4.0] * 30 + [6.0] * (months - 30)), NODE)
    return Expenses(rows=rows, build=build, begins=2, bought=bought, residual_share=0.175)


@pytest.mark.parametrize("capitalised", [0.0, 1.0])
def test_the_rows_lead_from_expenses_to_free_cash_flow(capitalised: float) -> None:
    its = expenses()
    made = statement(its, terms(capitalised=capitalised))
    cash = sum(its.rows.values()) + sold(its.bought, 60) - paid(its.bought, 60)
    cash[0] -= its.build
    assert made.row("free_cash_flow") == pytest.approx(cash + made.row("tax"), abs=1e-6)
    assert made.row("ebitda") == pytest.approx(sum(made.row(name) for name in EXPENSES), abs=1e-9)
    down = made.row("hardware_depreciation") + made.row("build_depreciation") + made.row("gain_on_sale")
    assert made.row("ebit") == pytest.approx(made.row("ebitda") + down, abs=1e-9)
    assert made.row("nopat") == pytest.approx(made.row("ebit") + made.row("tax"), abs=1e-9)


def test_all_tax_is_on_all_cash() -> None:
    """Over a whole life, what is written off and gained in time is what was spent: tax is a share of all cash."""
    for capitalised in (0.0, 1.0):
        its = expenses()
        made = statement(its, terms(capitalised=capitalised))
        before_tax = made.row("free_cash_flow").sum() - made.row("tax").sum()
        assert made.row("tax").sum() == pytest.approx(-0.25 * before_tax)
        assert made.row("ebit").sum() == pytest.approx(before_tax)


def test_a_capitalised_build_is_no_expense_of_today() -> None:
    its = expenses()
    expensed, capitalised = statement(its, terms()), statement(its, terms(capitalised=1.0))
    assert capitalised.row("ebitda")[0] - expensed.row("ebitda")[0] == pytest.approx(90_000)
    assert capitalised.row("build_depreciation")[3] == pytest.approx(-2_500)
    assert capitalised.row("build_depreciation")[:3].sum() == 0
    assert capitalised.row("build_depreciation").sum() == pytest.approx(-90_000)


def test_without_tax_free_cash_flow_is_the_cash_flow() -> None:
    its = expenses()
    assert statement(its, terms(tax_rate=0.0)).row("tax").any() == np.False_
