"""Returns: the cash flow of every option against buying, its present value, rate of return and payback, all live."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from breakeven.decision.finance.horizon import payback as evenly
from breakeven.numbers.distributions import Floats
from breakeven.report.workbook.addresses import Addresses
from breakeven.report.workbook.canvas import PERCENT, PRINTED_MONTHS, Book, Page, number_format, words
from breakeven.report.workbook.layout import FIRST_MONTH, ONCE, RETURNS, Layout
from breakeven.report.workbook.names import area, quoted
from breakeven.report.workbook.names import cell as cell_at
from breakeven.study.questions.capital import capital_of, payback_of

FIRST_RESULT, FIRST_BLOCK, BLOCK = 4, 4, 17
NEVER = "never"
NPV, CASH_PAYBACK, CASH_IRR, IRR, PAYBACK, DISCOUNTED = range(1, 7)  # columns of the results
SAVING, FLOW, TOTAL, SIGN, PAID, FACTOR, WORTH, WORTH_TOTAL, WORTH_PAID, HELP = range(1, 11)  # rows of a block
CASH, CASH_TOTAL, CASH_SIGN, CASH_PAID = range(11, 15)  # the same with hardware when it is paid


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """The rows of one option."""

    layout: Layout
    option: int

    @property
    def top(self) -> int:
        """The row of its heading."""
        return FIRST_BLOCK + len(self.layout.sheets) + 2 + (self.option - 1) * BLOCK

    def cell(self, row: int, month: int) -> str:
        """A cell of one month from 1; 0 is what is paid first."""
        return cell_at(self.top + row, ONCE + month)

    def across(self, row: int, first: int = 1) -> str:
        """All months of a row."""
        return area(self.top + row, ONCE + first, self.top + row, ONCE + self.layout.months)


def result_row(option: int) -> int:
    """The row of an option's results."""
    return FIRST_RESULT + option - 1


def result(option: int, column: int) -> str:
    """The cell of one result, from any sheet."""
    return f"{quoted(RETURNS)}!{cell_at(result_row(option), column, fixed=True)}"


def write_returns(book: Book, layout: Layout) -> None:
    """Write the sheet."""
    page, text = book.page(RETURNS), words()["returns"]
    page.text(0, 0, text["title"], "title")
    page.text(1, 0, text["note"], "note")
    page.heads(FIRST_RESULT - 1, dict(enumerate(text["heads"])))
    for option in layout.options[1:]:
        block = Block(layout=layout, option=option)
        _block(page, block)
        _results(page, block)
    last = Block(layout=layout, option=len(layout.sheets)).top - 1
    page.sheet.set_column(0, 0, 40)
    page.sheet.set_column(1, ONCE - 1, 15)
    page.sheet.set_column(ONCE, FIRST_MONTH + layout.months, 14)
    page.sheet.set_row(FIRST_RESULT - 1, 75)
    page.sheet.freeze_panes(FIRST_RESULT, 1)
    page.sheet.print_area(0, 0, last, FIRST_MONTH + min(layout.months, PRINTED_MONTHS) - 1)
    page.paper(tall=1)


def _block(page: Page, block: Block) -> None:
    """The flow of one option and what is derived from it, month by month."""
    layout, text, option = block.layout, words()["returns"], block.option
    money = number_format("", page.book.currency, page.book.currency)
    page.text(block.top, 0, layout.named(option), "heading")
    page.text(block.top, 1, "", "heading")
    page.text(block.top, 2, text["month"], "heading")
    for month in range(layout.months + 1):
        page.sheet.write_number(block.top, ONCE + month, month, page.book.look("heading"))
    for row, label in enumerate(text["rows"], 1):
        page.text(block.top + row, 0, label)
    _months(page, block, money)


def _months(page: Page, block: Block, money: str) -> None:
    layout, option = block.layout, block.option
    at, first = Addresses(layout=layout), layout.engine.at("one_time_cost", option=option)
    saving, factor = (layout.engine.path(name, option) for name in ("saving", "discount_factor"))
    flow = np.concatenate([[-first], saving])
    worth = flow * np.concatenate([[1.0], factor])
    factors = ["1", *(at.line("discount_factor", option, month=at_month) for at_month in range(layout.months))]
    total, present = np.cumsum(flow), np.cumsum(worth)
    signs = np.sign(flow)
    for month in range(layout.months + 1):
        before = month - 1
        cells = {
            SAVING: (at.line("saving", option, month=before) if month else "", saving[before], money),
            FLOW: (block.cell(SAVING, month) if month else f"-{at.line('one_time_cost', option)}", flow[month], money),
            TOTAL: (_running(block, TOTAL, FLOW, month), total[month], money),
            SIGN: (_sign(block, month, FLOW, SIGN), _last_sign(signs, month), "0"),
            PAID: (f"IF({block.cell(TOTAL, month)}>=0,1,0)", float(total[month] >= 0), "0"),
            FACTOR: (factors[month], [1.0, *factor][month], "0.0000"),
            WORTH: (f"{block.cell(FLOW, month)}*{block.cell(FACTOR, month)}", worth[month], money),
            WORTH_TOTAL: (_running(block, WORTH_TOTAL, WORTH, month), present[month], money),
            WORTH_PAID: (f"IF({block.cell(WORTH_TOTAL, month)}>=0,1,0)", float(present[month] >= 0), "0"),
        }  # fmt: skip
        for row, (formula, value, number) in cells.items():
            if formula:
                page.formula(block.top + row, ONCE + month, f"={formula}", float(value), "plain", number)
    _cash(page, block, flow, money)


def _cash(page: Page, block: Block, flow: Floats, money: str) -> None:
    """The flow with hardware when it is paid: frozen where the option buys any, else the flow above."""
    bought = bool(capital_of(block.layout.study, block.option).hardware)
    cash = cash_flow(block.layout, block.option) if bought else flow
    total, signs = np.cumsum(cash), np.sign(cash)
    for month in range(block.layout.months + 1):
        place = ONCE + month
        if bought:
            page.number(block.top + CASH, place, float(cash[month]), "frozen", money)
        else:
            page.formula(block.top + CASH, place, f"={block.cell(FLOW, month)}", float(cash[month]), "plain", money)
        cells = {
            CASH_TOTAL: (_running(block, CASH_TOTAL, CASH, month), total[month], money),
            CASH_SIGN: (_sign(block, month, CASH, CASH_SIGN), _last_sign(signs, month), "0"),
            CASH_PAID: (f"IF({block.cell(CASH_TOTAL, month)}>=0,1,0)", float(total[month] >= 0), "0"),
        }
        for row, (formula, value, number) in cells.items():
            page.formula(block.top + row, place, f"={formula}", float(value), "plain", number)


def cash_flow(layout: Layout, option: int) -> Floats:
    """The option's cash against that of buying, what is paid once first, as (months + 1,)."""
    found = layout.study.financials
    return np.subtract(found[option].total, found[0].total)


def cash_results(layout: Layout, option: int) -> tuple[float | None, float | None]:
    """The engine's payback in months and rate of return a month of the option's cash."""
    study, its = layout.study, layout.study.options[option - 1].horizon
    if not capital_of(study, option).hardware:
        return its.payback.months, its.irr_per_month
    returns, cash = study.financials[option].returns, payback_of(study, option)
    return None if returns is None else returns.payback_months, None if cash is None else cash.rate_per_month


def _running(block: Block, row: int, added: int, month: int) -> str:
    here = block.cell(added, month)
    return f"{block.cell(row, month - 1)}+{here}" if month else here


def _sign(block: Block, month: int, row: int, signs: int) -> str:
    """The sign of the flow; where it is nothing, that of the month before."""
    flow = block.cell(row, month)
    return f"IF({flow}=0,{block.cell(signs, month - 1)},SIGN({flow}))" if month else f"SIGN({flow})"


def _last_sign(signs: np.ndarray, month: int) -> float:
    found = signs[: month + 1][signs[: month + 1] != 0]
    return float(found[-1]) if found.size else 0.0


def _results(page: Page, block: Block) -> None:
    layout, row, none = block.layout, result_row(block.option), words()["returns"]["no_rate"]
    horizon, currency = layout.study.options[block.option - 1].horizon, page.book.currency
    money = number_format("", currency, currency)
    page.text(row, 0, layout.named(block.option))
    page.formula(row, NPV, f"=SUM({block.across(WORTH, 0)})", horizon.net_present_value, "bold", money)
    cash_back, cash_rate = cash_results(layout, block.option)
    of_cash = payback(block, CASH_TOTAL, CASH, CASH_PAID)
    page.formula(row, CASH_PAYBACK, f"={of_cash}", no_number(cash_back, NEVER), "bold", "0.0")
    rate = irr(block, cash_rate, CASH, CASH_SIGN)
    page.formula(row, CASH_IRR, f"={rate}", no_number(cash_rate, none), "bold", PERCENT)
    rate = irr(block, horizon.irr_per_month)
    page.formula(row, IRR, f"={rate}", no_number(horizon.irr_per_month, none), "plain", PERCENT)
    page.formula(row, PAYBACK, f"={payback(block)}", no_number(horizon.payback.months, NEVER), "plain", "0.0")
    page.formula(
        row, DISCOUNTED, f"={discounted(block)}", no_number(horizon.discounted_payback.months, NEVER), "plain", "0.0"
    )
    _helpers(page, block)


def _helpers(page: Page, block: Block) -> None:
    """The discounted payback counted evenly within its month, and the whole months before that one."""
    engine, option, flags = block.layout.engine, block.option, block.across(WORTH_PAID)
    paid, worth = engine.at("one_time_cost", option=option), engine.path("saving", option)
    worth = worth * engine.path("discount_factor", option)
    total = np.cumsum(worth) - paid
    even, reached = evenly(worth, total, paid).months, np.flatnonzero(total >= 0)
    linear, whole = payback(block, WORTH_TOTAL, WORTH, WORTH_PAID), f"IF(SUM({flags})=0,0,MATCH(1,{flags},0)-1)"
    page.formula(block.top + HELP, ONCE + 1, f"={linear}", no_number(even, NEVER), "faint", "0.0")
    page.formula(block.top + HELP, ONCE + 2, f"={whole}", float(reached[0]) if reached.size else 0.0, "faint", "0")


def no_number(value: float | None, word: str) -> float | str:
    """A number, or the word that stands where there is none."""
    return word if value is None else value


def irr(block: Block, guess: float | None, flow: int = FLOW, signs: int = SIGN) -> str:
    """The rate per month at which the flow is worth nothing, where the flow changes its sign exactly once."""
    row, last, after = block.top + signs, ONCE + block.layout.months - 1, block.across(signs, 1)
    before = area(row, ONCE, row, last)
    turns = f"SUMPRODUCT(({before}<>{after})*({before}<>0))"
    found = f"IRR({block.across(flow, 0)},{0.01 if guess is None else guess!r})"
    none = words()["returns"]["no_rate"]
    return f'IF({turns}=1,IFERROR({found},"{none}"),"{none}")'


def payback(block: Block, row: int = TOTAL, flow: int = FLOW, flags: int = PAID) -> str:
    """Months until the savings reach what was paid, interpolated within the month."""
    paid, flag = block.cell(CASH if flow == CASH else FLOW, 0), block.across(flags)
    month = f"MATCH(1,{flag},0)"
    reached = f"{month}-INDEX({block.across(row)},{month})/INDEX({block.across(flow)},{month})"
    at_once = f'IF({block.cell(flow, 1)}>=0,0,"{NEVER}")'
    return f'IF({paid}>=0,{at_once},IF(SUM({flag})=0,"{NEVER}",{reached}))'


def discounted(block: Block) -> str:
    """The same with interest, which runs within the month too. Its helpers stand in the last row of the block."""
    linear, whole = block.cell(HELP, 1), block.cell(HELP, 2)
    factors, before = block.across(FACTOR), block.across(FACTOR, 0)
    ratio = f"INDEX({factors},{whole}+1)/INDEX({before},{whole}+1)"
    part = f"LN(1-({linear}-{whole})*(1-{ratio}))/LN({ratio})"
    return f"IF(ISTEXT({linear}),{linear},IF(OR({linear}=0,{ratio}=1),{linear},{whole}+{part}))"
