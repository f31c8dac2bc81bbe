"""What finance sees: cash by line and month, the profit-and-loss view, returns, depreciation, lease or buy.

Element 0 of a flow is today, element t the end of month t; money out is negative. Everything comes from the lines of
the model; hardware is paid when it is bought instead of by the capital charge, and sold at the end for what the charge
has not yet paid. So the cash flow is worth the same today as the verdict's net present value, but for costs that are
no cash: they are told apart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from breakeven.costs.comparison import monthly_discount_rate
from breakeven.decision.comparison import BASELINE, Comparison
from breakeven.decision.finance.financials import DEPRECIATION, Lease, tax_shield
from breakeven.decision.finance.hardware import Hardware, Tranche, paid, sold, tranches, value_after
from breakeven.decision.finance.horizon import worth_of
from breakeven.decision.finance.returns import LeaseOrBuy, lease_or_buy, levelised, returns
from breakeven.decision.finance.statements import Expenses, FinanceTerms, added_up, statement
from breakeven.numbers.operations import Value, pick
from breakeven.shipped import shipped
from breakeven.study.study import Basis, CashRow, DepreciationChoice, Financials

Floats = NDArray[np.float64]
HARDWARE = ("gpu_purchase_price", "residual_share", "life_months")


def _form() -> dict[str, Any]:
    found: dict[str, Any] = shipped("study/statement.yaml")
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One option's lines as they are paid: its own from the cut-over on, the baseline's before."""

    basis: Basis
    comparison: Comparison
    got: Mapping[str, Value]
    option: int
    wide: dict[str, Floats]  # lines over options and months, shared by the views of all options

    @property
    def months(self) -> int:
        """Months of the horizon."""
        return self.comparison.months

    def path(self, line: str) -> Floats:
        """One line over the months, (months,)."""
        if line not in self.wide:
            options, months = range(len(self.comparison.names)), range(self.months)
            whole: Floats = pick(self.got[line], option=options, month=months)
            live = pick(self.comparison.values["live"], option=options, month=months) > 0
            self.wide[line] = np.where(live, whole, whole[BASELINE])
        path: Floats = self.wide[line][self.option]
        return path

    def once(self, line: str) -> float:
        """A line that is paid once."""
        return self.comparison.month(self.got[line], self.option, 0)

    def given(self, name: str) -> Floats:
        """An input over the months, (months,)."""
        return self.comparison.path(np.asarray(self.comparison.values[name], dtype=float), self.option)

    def cash(self, line: str, *, once: bool = False) -> Floats:
        """A line as a flow, (months + 1,): money out is negative."""
        if once:
            return np.array([-self.once(line), *([0.0] * self.months)])
        sign = 1.0 if line == "committed_relief" else -1.0
        return np.array([0.0, *(sign * self.path(line))])


@dataclass(frozen=True, slots=True, kw_only=True)
class Buying:
    """The cash flow of buying everything, before and after tax: what every option is held against."""

    cash: Floats
    after_tax: Floats


def financials(
    basis: Basis, comparison: Comparison, got: Mapping[str, Value], terms: FinanceTerms
) -> tuple[Financials, ...]:
    """Every column as finance sees it, buying first."""
    wide: dict[str, Floats] = {}
    views = [
        View(basis=basis, comparison=comparison, got=got, option=i, wide=wide) for i in range(len(comparison.names))
    ]
    buying = Buying(
        cash=added_up(
            [np.array(cash_row.months) for cash_row in cash_rows(views[BASELINE], ())], comparison.months + 1
        ),
        after_tax=statement(expenses(views[BASELINE], ()), terms).row("free_cash_flow"),
    )
    return tuple(of_option(view, buying, terms) for view in views)


def of_option(view: View, buying: Buying, terms: FinanceTerms) -> Financials:
    """One column, held against buying."""
    bought = purchases(view)
    rows = cash_rows(view, bought)
    flow = added_up([np.array(row.months) for row in rows], view.months + 1)
    factor = view.comparison.path(view.got["discount_factor"], view.option)
    rate = view.comparison.month(view.got["monthly_discount_rate"], view.option, 0)
    taxed = statement(expenses(view, bought), terms)
    own = view.option != BASELINE
    return Financials(
        name=view.comparison.names[view.option],
        cash=rows,
        total=tuple(flow.tolist()),
        not_in_cash=worth_of(not_in_cash(view), factor),
        statement=taxed,
        returns=returns(flow - buying.cash, factor, rate) if own else None,
        levelised_cost_per_mtok=levelised(-flow, view.path("volume"), factor),
        levelised_cost_per_request=levelised(-flow, requests(view), factor),
        net_present_value_after_tax=worth_of(taxed.row("free_cash_flow") - buying.after_tax, factor) if own else None,
        depreciation_choices=depreciation_choices(view, bought, terms),
        lease_or_buy=leasing(view, bought, terms, rate),
    )


def purchases(view: View) -> tuple[Tranche, ...]:
    """The hardware that this option buys; nothing before the cut-over."""
    if not view.given("gpu_purchase_price").any():
        return ()
    return tranches(view.comparison.path(view.got["gpus_bought"], view.option) * view.given("live"), hardware(view))


def hardware(view: View) -> Hardware:
    """One GPU with its share of the server, as the capital charge sees it."""
    price, residual, life = (float(view.given(name)[0]) for name in HARDWARE)
    return Hardware(
        price=price,
        residual_share=residual,
        life_months=life,
        charge=view.comparison.month(view.got["capital_charge_per_gpu"], view.option, 0),
        rate_per_month=view.comparison.month(view.got["monthly_discount_rate"], view.option, 0),
    )


def cash_rows(view: View, bought: tuple[Tranche, ...]) -> tuple[CashRow, ...]:
    """Every line that is paid in cash, and the hardware; rows in which nothing is ever paid are left out."""
    form = _form()
    flows = {name: view.cash(name) for row, lines in form["rows"].items() if row != "project" for name in lines}
    flows |= {name: view.cash(name, once=True) for name in (*form["build"], *form["rows"]["project"])}
    flows |= {"hardware_bought": -paid(bought, view.months), "hardware_sold": sold(bought, view.months)}
    return tuple(CashRow(line=name, months=tuple((flow + 0.0).tolist())) for name, flow in flows.items() if flow.any())


def not_in_cash(view: View) -> Floats:
    """Costs of the verdict that are never paid, (months + 1,): idle hardware of ours, the engineers' other work."""
    form = _form()
    monthly = [-view.cash(name) for name in form["not_cash"]]
    return added_up([*monthly, *(-view.cash(name, once=True) for name in form["not_cash_once"])], view.months + 1)


def expenses(view: View, bought: tuple[Tranche, ...]) -> Expenses:
    """The rows of the profit-and-loss view."""
    form, size = _form(), view.months + 1
    rows = {
        row: added_up([view.cash(name, once=row == "project") for name in lines], size)
        for row, lines in form["rows"].items()
    }
    return Expenses(
        rows=rows,
        build=sum(view.once(name) for name in form["build"]),
        begins=int(np.argmax(view.given("live") > 0)),
        bought=bought,
        residual_share=float(view.given("residual_share")[0]),
    )


def requests(view: View) -> Floats:
    """Requests of all workloads, (months,)."""
    each = np.array([one.requests_per_month for one in view.basis.demand.workloads])
    return np.asarray(each @ pick(view.got["growth_factor"], workload=range(each.size), month=range(view.months)))


def depreciation_choices(
    view: View, bought: tuple[Tranche, ...], terms: FinanceTerms
) -> tuple[DepreciationChoice, ...]:
    """What each schedule for tax saves, of the hardware bought first, at the ends of years."""
    tax, yearly = terms.number("tax_rate"), float(view.given("discount_rate_per_year")[0])
    if not bought or not tax:
        return ()
    return tuple(
        DepreciationChoice(
            schedule=name,
            tax_shield=tax_shield(bought[0].cost, tax, yearly, name),
            chosen=name == terms.depreciation,
        )
        for name in DEPRECIATION
    )


def leasing(view: View, bought: tuple[Tranche, ...], terms: FinanceTerms, rate: float) -> LeaseOrBuy | None:
    """A lease of the hardware bought first against buying it; None where none is bought."""
    if not bought:
        return None
    one, tax = hardware(view), terms.number("tax_rate")
    monthly: Callable[..., float] = monthly_discount_rate
    gpus, periods = bought[0].cost / one.price, int(terms.number("lease_months"))
    debt = monthly(terms.number("debt_rate_per_year"), 12)
    kept = float(view.path("maintenance")[bought[0].bought]) if terms.lease_includes_maintenance else 0.0
    lease = Lease(
        payment=terms.number("lease_payment_per_gpu_month") * gpus,
        periods=periods,
        purchase=bought[0].cost,
        residual=gpus * value_after(one, periods),
        maintenance_avoided=kept,
        tax_rate=tax,
        tax_shield=tax_shield(bought[0].cost, tax, terms.number("debt_rate_per_year") * (1 - tax), terms.depreciation),
    )
    return lease_or_buy(lease, gpus, debt, rate)
