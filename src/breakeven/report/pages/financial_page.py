"""What finance asks, as tables: cash flow by year, the profit-and-loss view, returns, tax, lease, service levels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from breakeven.decision.finance.returns import Returns
from breakeven.decision.finance.statements import by_year, per_year
from breakeven.report.pages.parts.side_by_side import Line, side_by_side
from breakeven.report.wording import MINUS, money, percent, price, rounded_money, words
from breakeven.study.judge.assess import rows
from breakeven.study.study import Financials, Study

NOTHING = "–"


def financial_tables(study: Study, width: int) -> Iterator[RenderableType]:
    """Everything that finance asks of buying and of the option that the verdict is on."""
    yield returns_table(study, width)
    for at in dict.fromkeys((0, study.verdict.best_option)):
        yield cash_table(study, study.financials[at], width)
    yield statement_table(study, study.financials[study.verdict.best_option], width)
    if any(financial.depreciation_choices for financial in study.financials):
        yield depreciation_table(study)
    if any(financial.lease_or_buy for financial in study.financials):
        yield lease_table(study)
    if study.service_levels is not None:
        yield service_table(study)


def titled(title: str, headings: Sequence[str], lines: Sequence[Line], width: int) -> Group:
    """A table of amounts that are never broken, under its title."""
    return Group(Text(title, style="italic"), side_by_side("", headings, lines, width))


def plain_table(title: str, headings: Sequence[str]) -> Table:
    """A table with its title on the left, names left and numbers right."""
    table = Table(box=None, pad_edge=False, title=title, title_justify="left", padding=(0, 2, 0, 0))
    for i, heading in enumerate(headings):
        table.add_column(heading, justify="right" if i else "left", overflow="fold")
    return table


def returns_table(study: Study, width: int) -> Group:
    """Ratios, a column an option."""
    names = [each.name.replace(f" {study.basis.serving.gpu}", "") for each in study.financials]
    found = returns_rows(study, study.basis.header.currency)
    lines = [Line(label=name, values=tuple(values)) for name, values in found]
    return titled("Returns on cash, against buying", names, lines, width)


def returns_rows(study: Study, currency: str) -> Iterator[tuple[str, list[str]]]:
    """Each ratio with its text for every column."""
    every = study.financials

    def of(text) -> list[str]:  # type: ignore[no-untyped-def]
        return [NOTHING if view.returns is None else text(view.returns) for view in every]

    yield "net present value", of(lambda view: money(view.net_present_value, currency))
    taxed = [NOTHING if (v := view.net_present_value_after_tax) is None else money(v, currency) for view in every]
    yield "  after tax", taxed
    yield "IRR a month", of(rate_words)
    yield "MIRR a month", of(lambda view: NOTHING if view.modified_rate is None else percent(view.modified_rate))
    yield "pays back in month", of(lambda view: months_words(view.pays_back_in_months))
    yield "under water again in month", of(lambda view: months_words(view.under_water_in_months))
    yield "best stopped after month", of(lambda view: f"{view.stop_month}" if view.stop_month else "do not start")
    yield "most money tied up", of(lambda view: money(view.peak_funding, currency))
    yield "  in month", of(lambda view: f"{view.peak_funding_month}" if view.peak_funding_month else "today")
    yield "levelised cost per MTok", [unit_price(view.levelised_cost_per_mtok, currency) for view in every]
    yield "levelised cost per request", [unit_price(view.levelised_cost_per_request, currency) for view in every]
    if any(view.not_in_cash for view in every):
        yield "in the verdict and never paid", [money(-view.not_in_cash, currency) for view in every]


def unit_price(value: float | None, currency: str) -> str:
    """A price per unit; nothing is shown as a dot."""
    return NOTHING if value is None else price(value, currency)


MOST_A_YEAR = 10.0  # a return of which the figure says nothing more: next to nothing was paid for it


def rate_words(it: Returns) -> str:
    """The rate of return; where it is not unique, all of them, and where there is none, that."""
    if it.rates == "undefined":
        return "undefined"
    said = ", ".join(percent(rate) for rate in it.rates_of_return)
    if it.rates == "unique":
        yearly = per_year(it.rates_of_return[0])
        return f"{said} ({percent(yearly) if yearly < MOST_A_YEAR else f'over {percent(MOST_A_YEAR)}'} a year)"
    return f"not unique: {said}"


def months_words(found: Sequence[int]) -> str:
    """The first month, and the last where there are several."""
    if not found:
        return NOTHING
    return f"{found[0]}" if len(found) == 1 else f"{found[0]}, last {found[-1]}"


def labels() -> dict[str, str]:
    """What lines and rows of a statement are called."""
    lines: dict[str, str] = {name: text for lines in rows()["groups"].values() for name, text in lines.items()}
    return {**lines, **words()["statement"]}


def years_of(study: Study) -> list[str]:
    """Headings of a flow by year."""
    months = study.basis.header.horizon_months
    whole, rest = divmod(months, 12)
    return ["today", *(f"year {i + 1}" for i in range(whole)), *([f"{rest} months"] if rest else [])]


def in_units(value: float) -> str:
    """An amount without its currency, which the title names; nothing is a dot."""
    rounded = rounded_money(value)
    return f"{MINUS if rounded < 0 else ''}{abs(rounded):,}" if rounded else NOTHING


def cash_table(study: Study, view: Financials, width: int) -> Group:
    """Cash by line and year."""
    lines = [Line(label=f"  {labels()[row.line]}", values=yearly(row.months)) for row in view.cash]
    lines.append(Line(label="Total", values=yearly(view.total), style="bold"))
    title = f"Cash flow, {view.name} ({study.basis.header.currency}, money out is negative)"
    return titled(title, years_of(study), lines, width)


def yearly(months: Sequence[float]) -> tuple[str, ...]:
    """A flow by year, as text."""
    return tuple(map(in_units, by_year(months)))


def statement_table(study: Study, view: Financials, width: int) -> Group:
    """The profit-and-loss view by year, down to free cash flow."""
    lines = [
        Line(
            label=labels()[row.name] if row.total else f"  {labels()[row.name]}",
            values=yearly(row.months),
            style="bold" * row.total,
        )
        for row in view.statement.rows
    ]
    return titled(f"Profit and loss, {view.name} ({study.basis.header.currency})", years_of(study), lines, width)


def depreciation_table(study: Study) -> Table:
    """What each schedule for tax is worth today."""
    currency = study.basis.header.currency
    table = plain_table(
        "Tax that depreciation of the first hardware saves, worth today", ["option", "schedule", "worth", ""]
    )
    for view in study.financials:
        for depreciation_choice in view.depreciation_choices:
            chosen = "chosen" if depreciation_choice.chosen else ""
            table.add_row(
                view.name, depreciation_choice.schedule, money(depreciation_choice.tax_shield, currency), chosen
            )
    return table


def lease_table(study: Study) -> Table:
    """Lease or buy, an option a row."""
    currency = study.basis.header.currency
    headings = ["option", "GPUs", "purchase", "lease of a GPU a month", "leasing gains", "even at"]
    table = plain_table("Lease instead of buying", headings)
    for view in study.financials:
        lease_or_buy = view.lease_or_buy
        if lease_or_buy is not None:
            offered = (
                lease_or_buy.payment_per_gpu_month is not None and lease_or_buy.net_advantage_of_leasing is not None
            )
            table.add_row(
                view.name,
                f"{lease_or_buy.gpus:g}",
                money(lease_or_buy.purchase, currency),
                price(lease_or_buy.payment_per_gpu_month or 0, currency) if offered else "none on offer",
                money(lease_or_buy.net_advantage_of_leasing or 0, currency) if offered else NOTHING,
                price(lease_or_buy.indifferent_payment_per_gpu_month, currency),
            )
    return table


def service_table(study: Study) -> Table:
    """What outages cost, what the contract pays, and what to ask for."""
    service_levels, currency = study.service_levels, study.basis.header.currency
    assert service_levels is not None
    table = plain_table("Service levels of the API", ["", "a mean month", "one outage"])
    one = service_levels.one_outage
    table.add_row("uptime", NOTHING, f"{100 * one.uptime:.3f} %")
    table.add_row("hours down", f"{service_levels.expected_hours:.3g}", NOTHING)
    table.add_row("what it costs us", money(service_levels.expected_loss, currency), money(one.loss, currency))
    table.add_row(
        "what the contract pays", money(service_levels.expected_credit, currency), money(one.credit, currency)
    )
    table.add_row("covered", percent(service_levels.coverage), percent(one.coverage))
    asked = [
        NOTHING if multiple is None else f"{multiple:.3g} x"
        for multiple in (service_levels.ask_cap_multiple, one.ask_cap_multiple)
    ]
    table.add_row(f"ask, to cover {percent(service_levels.target_coverage)}: today's credit times", *asked)
    table.add_row("  or a credit of the bill of", NOTHING, percent(one.ask_credit_share))
    if service_levels.highest_price_for_higher_tier is not None and service_levels.price_of_higher_tier is not None:
        worth = money(service_levels.highest_price_for_higher_tier, currency)
        table.add_row(
            f"a higher tier at {money(service_levels.price_of_higher_tier, currency)} is worth", worth, NOTHING
        )
    return table
