"""What stands behind the page of a study: every row of its costs, every sentence on it, all notes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.text import Text

from breakeven.numbers.inputs import KINDS, all_known_from
from breakeven.report.pages.buying_page import bought_elsewhere
from breakeven.report.pages.parts.answer import better_contract, headline, not_before, reason, rests_on, two_steps
from breakeven.report.pages.parts.evidence import (
    best,
    gates,
    hidden_costs,
    how_sure,
    known_words,
    owned_bases,
    price_path,
    readiness,
    replica_words,
    robust,
    when_to_start,
)
from breakeven.report.pages.parts.not_said import not_said
from breakeven.report.pages.parts.picture import picture
from breakeven.report.pages.parts.sentences import (
    margin,
    next_steps,
    not_assessed,
    over_time,
    turns,
    utilization,
    volumes,
)
from breakeven.report.pages.parts.side_by_side import Line, side_by_side
from breakeven.report.pages.parts.told import told
from breakeven.report.wording import counted, label, money, month_shortly, percent, price, sentence, volume
from breakeven.study.modes import BY_TOKEN
from breakeven.study.questions.capital import capital_of
from breakeven.study.questions.month_groups import month_groups
from breakeven.study.study import OptionStudy, Study

LABEL = 13  # columns of the labels
NOTHING = "–"
MOST_FLIPS = 4
COLOURS = {
    "HOLDS": "green",
    "FRAGILE": "yellow",
    "TIE": "yellow",
    "LOSES": "red",
    "NEVER": "red",
    "INFEASIBLE": "red",
    "ROBUST": "green",
    "FORCED": "magenta",
}


def parts(study: Study, width: int) -> Iterator[RenderableType]:
    """Everything but the notes, from the verdict down."""
    option = best(study)
    yield Text(headline(study), style=f"bold {COLOURS[option.verdict]}")
    sentences = [reason(study), two_steps(study), better_contract(study), not_before(study), rests_on(study)]
    yield Text(sentence(" ".join(filter(None, sentences))))
    yield Text(subject(study), style="dim")
    yield Text()
    yield costs(study, width)
    yield Text()
    yield from told(answers(study, option), width, LABEL)
    yield Text()
    yield picture(study, option, width)
    yield Text()
    yield from told(numbered("Next", next_steps(study)), width, LABEL)


def subject(study: Study) -> str:
    """What was looked at, in one line."""
    header, serving, demand = study.basis.header, study.basis.serving, study.basis.demand
    aside = f"; {counted(demand.rows_set_aside, 'row')} set aside" if demand.rows_set_aside else ""
    return (
        f"{header.name} as of {header.as_of} · {volume(study.volume_mtok)} a month ({demand.kind}{aside}) · "
        f"{serving.open_model} in {replica_words(serving)} a replica"
    )


def costs(study: Study, width: int) -> Group:
    """Side by side, a row a line that costs anything, a column an option."""
    header, serving = study.basis.header, study.basis.serving
    names = [each.name.replace(f" {serving.gpu}", "") for each in study.basis.columns]  # the line above names the GPU
    return side_by_side(
        f"{header.currency} in {month_shortly(header.as_of, header.month)}", names, [*cost_lines(study)], width
    )


def cost_lines(study: Study) -> Iterator[Line]:
    """The rows of the table: groups, their lines, totals."""
    currency = study.basis.header.currency
    for group in month_groups(study.table):
        yield Line(label=group.name, values=tuple(amount(value, currency) for value in group.sums), style="bold")
        for row in group.rows:
            label = f"  of which {row.label}" if row.of_which else f"  {row.label}"
            values = tuple(amount(value, currency) for value in row.values)
            yield Line(label=label, values=values, style="dim" if row.of_which else "")
    for name, texts in totals(study):
        yield Line(label=name, values=tuple(texts), style="bold")


def amount(value: float, currency: str) -> str:
    """An amount; nothing is shown as a dash."""
    return money(value, currency) if round(value) else NOTHING


def totals(study: Study) -> Iterator[tuple[str, list[str]]]:
    """The rows under the table."""
    currency = study.basis.header.currency
    own = study.options
    yield "Total", [money(v, currency) for v in (study.hosted_monthly_cost, *(o.monthly_cost for o in own))]
    yield (
        "per million tokens",
        [price(v, currency) for v in (study.hosted_cost_per_mtok, *(o.cost_per_mtok for o in own))],
    )
    yield "Paid once", [NOTHING, *(money(o.one_time_cost, currency) for o in own)]
    hardware = [capital_of(study, i).hardware for i in range(1, len(study.basis.columns))]
    if any(hardware):
        yield "Hardware to buy", [NOTHING, *(amount(value, currency) for value in hardware)]
    yield (
        f"Net present value, {study.basis.header.horizon_months} months",
        [NOTHING, *(money(o.expected_net_present_value, currency) for o in own)],
    )
    modes = [column.mode for column in study.basis.columns[1:]]
    yield "GPUs", [NOTHING, *(NOTHING if mode in BY_TOKEN else gpus(o) for mode, o in zip(modes, own, strict=True))]
    yield "Verdict", ["", *("" if mode == "hosted" else o.verdict for mode, o in zip(modes, own, strict=True))]


def gpus(it: OptionStudy) -> str:
    """How many GPUs run, and how many are paid for where that is more."""
    if not it.gpus:
        return "as used"
    return f"{it.gpus:g}" if it.gpus_billed == it.gpus else f"{it.gpus:g}, {it.gpus_billed:g} paid"


def answers(study: Study, option: OptionStudy) -> list[tuple[str, str]]:
    """The evidence, a label and a sentence each."""
    sentences = [
        ("Break-even", f"{volumes(study, option)}; {margin(option)}"),
        ("Utilization", utilization(option)),
        ("At half", at_half(study, option)),
        ("How many", owned_bases(study, option)),
        ("How sure", how_sure(study, option)),
        ("Flat prices", price_path(study, option)),
        ("Over time", over_time(study, option)),
        ("When to start", when_to_start(study)),
        ("What turns it", turns(study, option, MOST_FLIPS)),
        ("Not said", not_said(study)),
        ("Hidden costs", hidden_costs(study, option)),
        ("Least regret", robust(study)),
        ("Ways to buy", bought_elsewhere(study)),
        ("Gates", gates(study, option)),
        ("Readiness", readiness(study)),
        ("Rests on", assumed(study)),
        ("Design", chosen(study)),
        ("Fleet sized", study.basis.serving.sized_by or None),
        ("Not assessed", not_assessed(study, option)),
    ]
    return [(name, sentence) for name, sentence in sentences if sentence is not None]


def chosen(study: Study) -> str | None:
    """How the design was found, where the case left it open."""
    found = study.basis.serving.chosen
    if found is None:
        return None
    said = f"{found.design}, the best of {found.looked_at:,}"
    if found.next_best is None or found.behind is None:
        return said
    less = money(found.behind, study.basis.header.currency)
    return f"{said}; {next_to(found.design, found.next_best)} it would be worth {less} less"


def next_to(design: str, other: str) -> str:
    """Another design in the words in which it differs, where one is the other with something more."""
    if other.startswith(f"{design}, "):
        return f"with {other.removeprefix(f'{design}, ')}"
    return f"without {design.removeprefix(f'{other}, ')}" if design.startswith(f"{other}, ") else f"as {other}"


def at_half(study: Study, it: OptionStudy) -> str:
    """The half-utilization tests of the option."""
    return "; ".join(
        f"{test.name}: {'still pays' if test.wins else 'does not pay'} "
        f"({money(test.net_present_value, study.basis.header.currency)})"
        for test in it.half_tests
    )


def assumed(study: Study) -> str:
    """How much of it is measured, published, modelled, assumed; what is so for some workloads only, by its name."""
    inputs = study.basis.inputs
    used = [name for name, each in inputs.items() if each.kind != "constant" and each.likely is not None]
    known = [(name, {each.kind for each in all_known_from(inputs[name])}) for name in used]
    counts = Counter(inputs[name].kind for name in used)
    said = ", ".join(f"{counts[kind]} {kind}" for kind in KINDS if counts[kind])
    several = [f"{label(name)}: {known_words(study, name)}" for name, its in known if len(its) > 1]
    return "; ".join([f"{len(used)} inputs: {said}", *several])


def numbered(name: str, steps: list[str]) -> list[tuple[str, str]]:
    """Steps with their numbers under one label."""
    return [(name if i == 1 else "", f"{i}. {step}") for i, step in enumerate(steps, 1)]


def notes(study: Study) -> list[tuple[str, str]]:
    """What must be said beside the answer."""
    said = [*study.basis.notices]
    first = 1 if study.basis.serving.other_models else 0
    said[first:first] = [
        f"{left.what} are not in the model: {percent(left.share_of_bill)} of the bill" for left in study.not_covered
    ]
    return [("Note" if i == 0 else "", note) for i, note in enumerate(said)]
