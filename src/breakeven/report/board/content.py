"""What the memo says: the decision on a page, the evidence after it. Sentences and numbers come from the study."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from breakeven.report.board.blocks import (
    Block,
    Bullets,
    Grid,
    Memo,
    Paragraph,
    Picture,
    Section,
    Tone,
    sentence,
)
from breakeven.report.board.counter import counter_memo
from breakeven.report.board.design_section import design_section
from breakeven.report.board.moves import moves_section, no_plan_section
from breakeven.report.board.readiness_section import readiness_section
from breakeven.report.board.register import assumptions, sources
from breakeven.report.board.request import figures, request
from breakeven.report.charts.charts import charts
from breakeven.report.charts.parts import Chart
from breakeven.report.pages.parts.answer import headline, rests_on, two_steps, why
from breakeven.report.pages.parts.behind import NOTHING, amount, subject, totals
from breakeven.report.pages.parts.columns import called
from breakeven.report.pages.parts.evidence import (
    asked_gates,
    best,
    bought,
    gates,
    hidden_costs,
    how_sure,
    kinds,
    owned_bases,
    robust,
)
from breakeven.report.pages.parts.sentences import (
    flip_words,
    margin,
    not_assessed,
    over_time,
    utilization,
    volumes,
)
from breakeven.report.wording import class_words, money, month_shortly, percent
from breakeven.study.judge.basis import fingerprint
from breakeven.study.judge.uses import binding_gates
from breakeven.study.questions.board_extras import Beside
from breakeven.study.questions.month_groups import month_groups
from breakeven.study.questions.pictures import Pictures
from breakeven.study.study import OptionStudy, Study

MOST_STEPS = 6
MOST_FLIPS = 5
TONES: dict[str, Tone] = {"ROBUST": "good", "HOLDS": "good", "FRAGILE": "open", "TIE": "open", "FORCED": "open"}


def memo(study: Study, numbers: Pictures, beside: Beside | None = None) -> Memo:
    """The memo on a study, with what stands beside it."""
    header, option = study.basis.header, best(study)
    drawn = {chart.key: chart for chart in charts(study, numbers)}
    return Memo(
        title=header.name[:1].upper() + header.name[1:],
        subtitle=sentence(subject(study).removeprefix(f"{header.name} ")).removesuffix("."),
        question="For decision: keep buying tokens, buy them elsewhere, or serve open weights ourselves?",
        answer=headline(study),
        tone=TONES.get(option.verdict, "bad"),
        why=why(study),
        figures=figures(study, option),
        decision=tuple(request(study, option)),
        evidence=tuple(evidence(study, drawn, beside or Beside())),
        colophon=colophon(study),
        date=header.as_of,
    )


def evidence(study: Study, drawn: dict[str, Chart], beside: Beside) -> Iterator[Section]:
    """Everything behind the first page, the strongest first."""
    option, name = best(study), called(study, study.verdict.best_option)
    yield section("What a month costs, line by line", drawn["costs"], [side_by_side(study)])
    where = [Paragraph(text=sentence(f"{name} {volumes(study, option)}; {margin(option)}"))]
    yield section("At which volume it pays", drawn.get("break-even"), where)
    yield from design_section(study, drawn)
    owned = owned_bases(study, option)
    if "load" in drawn:
        yield section("The load, and what our fleet takes of it", drawn["load"], said(owned))
    if "utilization" in drawn:
        yield section("Utilization reached, needed and possible", drawn["utilization"], said(utilization(option)))
    halved = "At half the volume" if bought(study) else "At half the utilization"
    yield section(halved, drawn.get("half"), said(HALF_BOUGHT if bought(study) else HALF))
    sure = [
        *said(two_steps(study)),
        *said(rests_on(study)),
        *said(how_sure(study, option)),
        *said(over_time(study, option)),
        *said(robust(study)),
        *outcomes(study),
    ]
    yield section("How sure, and when it pays back", drawn.get("fan"), sure)
    yield section("What turns the verdict", drawn.get("flips"), [flips_grid(study, option)])
    if not bought(study):
        yield section("Costs that are forgotten", drawn.get("hidden-costs"), said(hidden_costs(study, option)))
    yield section("Reasons that are not money", None, [*said(gates(study, option)), *gate_grid(study)])
    yield from carried_out(beside)
    yield counter_memo(study)
    yield Section(title="Assumptions, the most influential first", blocks=(assumptions(study, option),))
    yield Section(title="Sources and their age", blocks=(sources(study),))
    yield Section(title="What this does not cover", blocks=(Bullets(items=tuple(not_covered(study, option))),))


def carried_out(beside: Beside) -> Iterator[Section]:
    """Whether we can run it, and what moves when."""
    if beside.readiness is not None:
        yield readiness_section(beside.readiness)
    if beside.plan is not None:
        yield moves_section(beside.plan)
    elif beside.no_plan:
        yield no_plan_section(beside.no_plan)


HALF = (
    "Two different tests. Half the tokens on the same fleet: the volume was overestimated, the GPUs are paid. "
    "Replicas half as fast: the throughput was overestimated, and the fleet is sized again"
)

HALF_BOUGHT = "The volume was overestimated; what is bought by the token is paid for by the token"


def section(title: str, chart: Chart | None, blocks: Sequence[Block]) -> Section:
    """A section with its picture first."""
    shown = [] if chart is None else [Picture(chart=chart)]
    return Section(title=title, blocks=(*shown, *blocks))


def said(text: str | None) -> list[Block]:
    """A clause as a paragraph; nothing where there is none."""
    return [Paragraph(text=sentence(text))] if text else []


def side_by_side(study: Study) -> Grid:
    """Every line that costs anything, a column an option."""
    header = study.basis.header
    rows: list[tuple[str, ...]] = []
    bold = set()
    for group in month_groups(study.table):
        bold.add(len(rows))
        rows.append((group.name, *(amount(value, header.currency) for value in group.sums)))
        for line in group.rows:
            name = f"of which {line.label}" if line.of_which else line.label
            rows.append((f"\u2003{name}", *(amount(value, header.currency) for value in line.values)))
    for name, values in totals(study):
        bold.add(len(rows))
        rows.append((name, *(class_words(value) for value in values)))
    return Grid(
        caption=f"{header.currency} in {month_shortly(header.as_of, header.month)}",
        header=("", *(called(study, i) for i in range(len(study.basis.columns)))),
        rows=tuple(rows),
        sides="l" + "r" * len(study.basis.columns),
        bold=frozenset(bold),
    )


def outcomes(study: Study) -> list[Block]:
    """Every option that was drawn."""
    uncertainty, currency = study.uncertainty, study.basis.header.currency
    if uncertainty is None:
        return []
    names = {column.name: called(study, i) for i, column in enumerate(study.basis.columns)}
    rows = tuple(
        (
            names.get(option.name, option.name),
            NOTHING
            if option.name == study.basis.columns[0].name
            else f"{percent(option.chance_to_pay.value)} ± {100 * option.chance_to_pay.standard_error:.1f}",
            *(money(one.value, currency) for one in (option.p10, option.p50, option.p90)),
            money(option.tail_mean.value, currency),
            money(option.regret.value, currency),
        )
        for option in uncertainty.options
    )
    head = ("option", "pays in", "p10", "p50", "p90", "worst twentieth", "mean regret")
    draws = f"{uncertainty.scenarios:,} draws of {len(uncertainty.inputs)} uncertain inputs"
    caption = f"Net present value over {draws}, seed {uncertainty.seed}"
    return [Grid(caption=caption, header=head, rows=rows, sides="lrrrrrr")]


def flips_grid(study: Study, it: OptionStudy) -> Grid:
    """Every input that can turn the verdict alone."""
    rows = tuple(
        (flip_words(study, each), each.plausible, kinds(study, each.name).replace("constant", NOTHING))
        for each in it.flips
        if each.at is not None
    )
    name = called(study, study.options.index(it) + 1)
    caption = f"The smallest change of one input that turns {name} ({class_words(it.verdict)})"
    return Grid(caption=caption, header=("input and change", "how plausible", "known as"), rows=rows, sides="lll")


def gate_grid(study: Study) -> list[Block]:
    """The gates with their evidence and what each failed one costs."""
    if not asked_gates(study):
        return []
    costs = {constraint.gate: constraint.cost for constraint in study.cost_of_gates}
    currency, binding = study.basis.header.currency, binding_gates(study.basis)
    rows = []
    for gate in asked_gates(study):
        cost = costs.get(gate.name)
        price = "" if gate.verdict != "fail" else "nothing is left" if cost is None else money(cost, currency)
        price = price if gate in binding else "stays on the API"
        rows.append(
            (
                gate.name,
                gate.host or gate.side,
                gate.workload or "all",
                gate.verdict,
                gate.evidence or "none given",
                price,
            )
        )
    head = ("gate", "side", "workload", "verdict", "evidence", "costs")
    return [Grid(caption="Gates: unknown is not a pass", header=head, rows=tuple(rows), sides="lllllr")]


def not_covered(study: Study, it: OptionStudy) -> Iterator[str]:
    """What stands outside, what is assumed to be nothing, and the notes of the study."""
    for each in study.not_covered:
        yield sentence(f"{each.what} are not in the model: {percent(each.share_of_bill)} of the bill")
    yield sentence(f"Not assessed: {not_assessed(study, it)}")
    yield from (sentence(each) for each in study.basis.notices)


def colophon(study: Study) -> tuple[tuple[str, str], ...]:
    """How to make the same memo again."""
    header = study.basis.header
    return (
        ("judged for", header.as_of),
        ("inputs", fingerprint(study.basis)),
        ("made with", ", ".join(f"{name} {number}" for name, number in study.basis.versions.items())),
        ("again with", f"breakeven report {header.file} --as-of {header.as_of} -o board"),
    )
