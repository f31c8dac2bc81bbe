"""The first page of the memo: what is asked, by when, of whom, for how much; the options; what turns it."""

from __future__ import annotations

from collections.abc import Iterator

from breakeven.report.board.blocks import Bullets, Figure, Grid, Section, sentence
from breakeven.report.pages.parts.answer import headline, to_answer, until_then
from breakeven.report.pages.parts.columns import called, in_order
from breakeven.report.pages.parts.evidence import bought, gates
from breakeven.report.pages.parts.rows import page_rows
from breakeven.report.pages.parts.sentences import margin, next_steps, turns, volumes
from breakeven.report.wording import money, month_named, month_shortly, odds
from breakeven.study.questions.capital import capital_of
from breakeven.study.study import OptionStudy, Study

MOST_STEPS, MOST_FLIPS, MOST_COLUMNS = 3, 3, 5
FOR_PROGRAMS = (
    " (hosts.allow)", " (usage, in the case)", ", and write it into the case",
    ", and put it into the case with its date", " and state it in the case",
)  # fmt: skip


def figures(study: Study, option: OptionStudy) -> tuple[Figure, ...]:
    """Three numbers with their ranges: the gain, a month, and what is spent first."""
    header, drawn, at = study.basis.header, option.depth.chance, study.verdict.best_option
    currency, capital = header.currency, capital_of(study, at)
    name = called(study, at)
    if drawn is None:
        sure = "no scenarios drawn"
    else:
        low, high = (money(value, currency) for value in (drawn.p10.value, drawn.p90.value))
        sure = f"8 in 10 scenarios lie from {low} to {high}; it pays in {odds(drawn.chance_to_pay.value)}"
    hardware = f"{money(capital.hardware_first, currency)} of it hardware" if capital.hardware else "no hardware"
    later = capital.hardware - capital.hardware_first
    more = f", {money(later, currency)} more as the demand grows" if round(later) else ""
    return (
        Figure(
            label=f"gain or loss over {header.horizon_months} months",
            value=money(option.expected_net_present_value, currency),
            note=f"{name}, in today's money; {sure}",
        ),
        of_a_month(option.monthly_cost, study.hosted_monthly_cost, month_shortly(header.as_of, header.month), currency),
        Figure(
            label="spent before the move",
            value=money(capital.project + capital.hardware_first, currency),
            note=f"{hardware}{more}",
        ),
    )


def of_a_month(cost: float, today: float, month: str, currency: str) -> Figure:
    """What a month costs less, or more, than today's model."""
    saving = today - cost
    return Figure(
        label=f"{'saved' if saving >= 0 else 'more than today'} in {month}",
        value=money(abs(saving), currency),
        note=f"{money(cost, currency)} instead of {money(today, currency)}",
    )


def request(study: Study, option: OptionStudy) -> Iterator[Section]:
    """What is asked, the options beside each other, what would change our mind, what we do next."""
    yield Section(title="What is asked", blocks=(Bullets(items=tuple(asked(study, option))),))
    yield Section(title="The options", blocks=(options(study),))
    mind = (
        f"Volume: {called(study, study.verdict.best_option)} {volumes(study, option)}; {margin(option)}.",
        sentence(f"Any one figure: {turns(study, option, MOST_FLIPS)}."),
        sentence(f"Gates: {gates(study, option)}."),
    )
    yield Section(title="What would change our mind", blocks=(Bullets(items=mind),))
    steps = tuple(board_steps(study))
    if steps:
        yield Section(title="What we do in the next 90 days", blocks=(Bullets(items=steps, numbered=True),))


def asked(study: Study, option: OptionStudy) -> Iterator[str]:
    """The decision, by when, of whom, and the budget."""
    header, verdict, currency = study.basis.header, study.verdict, study.basis.header.currency
    name, capital = called(study, verdict.best_option), capital_of(study, verdict.best_option)
    if verdict.answer in ("KEEP BUYING", "NO COMPLIANT OPTION"):
        yield f"Decision: {headline(study)} No budget is asked for."
        yield f"Again: when the volume, the prices or the models change; this is judged for {header.as_of}."
        return
    if verdict.first and not verdict.commit:
        yield f"Decision: find out whether {to_answer(study)}; if so, {name}. {until_then(study)}"
    else:
        yield f"Decision: {name}. {until_then(study)}".strip()
    full = month_named(header.as_of, header.month)
    what = "full cost and saving" if option.monthly_saving > 0 else "full cost"
    yield f"By: the end of {month_named(header.as_of, 2)}; the first month at {what} is {full}."
    if option.monthly_saving > 0:
        yield f"A month of delay costs about {money(option.monthly_saving, currency)}."
    who = "whoever answers for the API bill"
    yield f"Of: {who}{'' if bought(study) else ', and the team that would run it'}."
    hardware = f" and {money(capital.hardware, currency)} of hardware" if capital.hardware else ""
    once = f"{money(capital.project, currency)} once{hardware}"
    now, then = (money(value, currency) for value in (study.hosted_monthly_cost, option.monthly_cost))
    yield f"Budget: {once}, then {then} a month instead of {now}{charged(study)}."


def charged(study: Study) -> str:
    """That a part of the month is the charge for hardware that the budget pays already; empty where none is bought."""
    charge = next((row.values[study.verdict.best_option] for row in study.table if row.line == "capital_charge"), 0.0)
    if not round(charge):
        return ""
    return f", of which {money(charge, study.basis.header.currency)} is that hardware spread over its life, not cash"


def options(study: Study) -> Grid:
    """The table of the page."""
    columns, rows, header = in_order(study)[:MOST_COLUMNS], page_rows(study), study.basis.header
    indent, when = "\u2003", sentence(month_shortly(header.as_of, header.month)).removesuffix(".")
    return Grid(
        caption=f"{when}, after the move, in {header.currency}; gains and losses are against today's model",
        header=("", *(called(study, i) for i in columns)),
        rows=tuple(
            (f"{indent * row.label.startswith('  ')}{row.label.strip()}", *(row.values[i] for i in columns))
            for row in rows
        ),
        sides="l" + "r" * len(columns),
        bold=frozenset(i for i, row in enumerate(rows) if row.bold),
    )


def board_steps(study: Study) -> Iterator[str]:
    """The steps without the words of a file or a command."""
    yield from (each for each in map(for_board, next_steps(study, MOST_STEPS)) if "`" not in each)


def for_board(step: str) -> str:
    """A step without what it says to those who write the case."""
    for each in FOR_PROGRAMS:
        step = step.replace(each, "")
    return step
