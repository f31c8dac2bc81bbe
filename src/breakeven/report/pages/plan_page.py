"""The plan on a page: what moves where and when, why, in which phases, and the way back. The answer first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from breakeven.plan.phases import Phase
from breakeven.plan.plan import Plan
from breakeven.plan.portfolio import Workload
from breakeven.plan.program import Proof
from breakeven.plan.reasons import Reason
from breakeven.report.pages.parts.answer import headline as verdict
from breakeven.report.pages.parts.answer import why as reasons_of
from breakeven.report.pages.plan_sections import sections
from breakeven.report.wording import counted, few, money, percent
from breakeven.shipped import shipped
from breakeven.study.judge.uses import uses_of
from breakeven.study.modes import BOUGHT
from breakeven.study.study import Study

MOST_MONTHS = 36  # columns of the picture; beyond it a column is several months
MOST_ROWS = 200  # workloads in a table, those that move first; all are in the JSON
LEAST_GAP = 0.0005  # of the cost: a smaller one is none
SAME_MOVE = 0.01  # of the hosted cost: how far the worth of one move may lie apart in plan and verdict
MOST_NAMED = 40  # workloads in a sentence
BEFORE, SHADOW, MOVED = "·", "▒", "█"


def words() -> Mapping[str, Any]:
    """The sentences of the page."""
    found: Mapping[str, Any] = shipped("report/plan_words.yaml")
    return found


def plan_page(plan: Plan, width: int = 100, study: Study | None = None) -> Group:
    """The whole page; `study`: the verdict that `decide` gives on the same case, which stands first."""
    return Group(
        *_headline(plan, study),
        Text(),
        where_table(plan),
        *more(plan),
        Text(),
        phase_table(plan),
        Text(),
        picture(plan, width),
        Text(),
        *sections(plan, words(), width),
    )


def _headline(plan: Plan, study: Study | None) -> Iterator[RenderableType]:
    """The verdict and its odds, then what the plan does, what that saves, how far the search went."""
    if study is not None:
        yield Text(verdict(study), style="bold")
        yield Text(reasons_of(study))
        yield Text()
    first, second, sure = says(plan)
    yield Text(f"{first}{a_part(plan, study)}", style="bold green" if moved(plan) else "bold yellow")
    yield Text(f"{second}{on_average(plan, study)}")
    yield Text(sure, style="dim")


def a_part(plan: Plan, study: Study | None) -> str:
    """That the verdict is on all of it, where the plan moves some workloads and the verdict is to keep buying."""
    keeps = study is not None and study.verdict.answer == "KEEP BUYING"
    return str(words()["a_part"]) if keeps and moved(plan) else ""


def on_average(plan: Plan, study: Study | None) -> str:
    """What the verdict expects of the same move over its draws, where that is another sum than at the mean of every
    input.
    """
    if study is None or not moved(plan):
        return ""
    away = {at: abs(study.options[at - 1].horizon.net_present_value - plan.saving) for at in _same_move(plan, study)}
    near, close = min(away, key=away.__getitem__, default=0), SAME_MOVE * plan.baseline
    expected = study.options[near - 1].expected_net_present_value
    if not near or away[near] > close or abs(expected - plan.saving) <= close:
        return ""
    gain = words()["gain" if expected > 0 else "lose"]
    return str(words()["on_average"]).format(gain=gain, worth=money(abs(expected), plan.portfolio.currency))


def _same_move(plan: Plan, study: Study) -> Iterator[int]:
    """The columns that move what the plan moves to where the plan moves it; a fleet is bought more than one way."""
    gone = moved(plan)
    targets, fleet = {*gone.values()}, plan.portfolio.fleet
    on_ours = all(t in fleet and fleet[t].model == study.basis.serving.open_model for t in targets)
    for at, column in enumerate(study.basis.columns):
        it_moves = {use.workload for use in uses_of(study.basis, at) if "open model" in use.sides}
        there = on_ours if column.mode not in BOUGHT else targets == {column.name}
        if it_moves == {*gone} and there:
            yield at


def moved(plan: Plan) -> dict[str, str]:
    """The workloads that leave where they are today, each with where it goes."""
    every = ((each, target_of(plan, each.name)) for each in plan.portfolio.workloads)
    return {each.name: target for each, target in every if target != each.today}


def says(plan: Plan) -> tuple[str, str, str]:
    """What moves, what that saves over the horizon, how sure the search is of it."""
    folio, currency, paid = plan.portfolio, plan.portfolio.currency, plan.scheduled.price.once
    over = words()["over_horizon" if plan.saving > -0.005 else "loses"].format(
        months=counted(folio.months, "month"),
        plan=money(plan.scheduled.price.total, currency),
        baseline=money(plan.baseline, currency),
        saving=money(plan.saving, currency),
        loss=money(-plan.saving, currency),
        once=words()["once"].format(once=money(paid, currency)) if round(paid) else "",
    )
    placed, timed = _search("assignment", plan.placed.proof), _search("schedule", plan.scheduled.proof)
    same = placed.partition(": ")[2] == timed.partition(": ")[2]
    return _moves(plan), over, _search("both", plan.placed.proof) if same else f"{placed} {timed}"


def _moves(plan: Plan) -> str:
    """What moves where, in a sentence."""
    folio, starts, gone = plan.portfolio, plan.scheduled.starts, moved(plan)
    if not gone:
        return str(words()["nothing_moves"].format(count=len(folio.workloads)))
    counts = Counter(short(target) for target in gone.values())
    targets = ", ".join(words()["to"].format(count=n, target=target) for target, n in counts.most_common())
    first = words()["first"].format(month=min(starts.values()) + 1) if starts else ""
    sentence = words()["moves"].format(moved=len(gone), count=len(folio.workloads), targets=targets, first=first)
    open_gates = any(folio.unknown(name, target) for name, target in gone.items())
    return f"{sentence}{words()['if_answered'] if open_gates else ''}"


def _search(what: str, proof: Proof) -> str:
    """How sure one search is; a time limit is never called proven."""
    gap = percent(proof.gap) if proof.gap < 10 else "an unknown share"
    end = "nothing cheaper" if proof.end == "proven" and proof.gap < LEAST_GAP else proof.end
    return str(words()["search"][end].format(what=words()[what], gap=gap))


def shown(plan: Plan) -> list[Workload]:
    """The workloads that have a row, those that move first."""
    return sorted(plan.portfolio.workloads, key=lambda one: _rank(plan, one.name))[:MOST_ROWS]


def more(plan: Plan) -> list[RenderableType]:
    """How many have none, and where they are."""
    left = len(plan.portfolio.workloads) - MOST_ROWS
    return [Text(words()["more"].format(count=f"{left:,}"), style="dim")] if left > 0 else []


def where_table(plan: Plan) -> Table:
    """A row a workload: where it goes, when, and why it is there."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("workload", no_wrap=True)
    table.add_column("goes to", overflow="fold")
    table.add_column("month", justify="right")
    table.add_column("points", justify="right")
    table.add_column("why there", overflow="fold", ratio=1)
    for phase in shown(plan):
        start = plan.scheduled.starts.get(phase.name)
        table.add_row(
            phase.name,
            short(target_of(plan, phase.name)),
            "·" if start is None else str(start + 1),
            f"{phase.complexity:g}",
            why(plan, phase.name),
            style="" if start is not None else "dim",
        )
    return table


def target_of(plan: Plan, name: str) -> str:
    """Where a workload goes; where it is today if no month was found for its move."""
    if name not in plan.scheduled.never:
        return plan.placed.target[name]
    today = next(each.today for each in plan.portfolio.workloads if each.name == name)
    return plan.portfolio.fallback(name) or today


def _rank(plan: Plan, name: str) -> tuple[int, str]:
    """What moves first stands first."""
    return plan.scheduled.starts.get(name, plan.portfolio.months), plan.placed.target[name]


def short(target: str) -> str:
    """A model without its host."""
    return target.rsplit("/", maxsplit=1)[-1]


def why(plan: Plan, name: str) -> str:
    """One reason, in words."""
    sentences = [_why(plan, reason) for reason in plan.reasons if reason.workload == name]
    if name in plan.scheduled.never:
        key = "never" if plan.portfolio.fallback(name) else "never_forced"
        sentences = [words()[key].format(target=plan.placed.target[name])]
    waiting = [workload.name for workload in plan.portfolio.workloads if name in workload.after]
    if waiting and name in plan.scheduled.starts:
        sentences.append(words()["waited_for"].format(names=" and ".join(waiting)))
    unknown = plan.portfolio.unknown(name, plan.placed.target[name])
    if unknown:
        sentences.append(words()["after_gates"].format(gates=" and ".join(f'"{gate}"' for gate in unknown)))
    return "; ".join(sentences)


def _why(plan: Plan, reason: Reason) -> str:
    currency, says = plan.portfolio.currency, words()["why"]
    if reason.why == "money":
        there, cost = short(reason.instead or ""), reason.moving_costs or 0.0
        if cost < 0.5:
            return str(says["money_tie"].format(there=there))
        others = words()["others_fixed"] if reason.others_fixed else ""
        return str(says["money_here"].format(there=there, cost=money(cost, currency))) + others
    held = reason.why == "gate" and reason.target not in plan.portfolio.api
    unlocked = words()["unlocked_unknown"]
    if reason.unlocked is not None:
        nothing = "unlocked_free" if held else "unlocked_nothing"
        key = "unlocked" if reason.unlocked >= 0.5 else nothing
        unlocked = words()[key].format(money=money(reason.unlocked, currency))
    key = "gate_holds" if held else reason.why
    return str(says[key].format(binding=" and ".join(reason.binding), unlocked=unlocked))


def phase_table(plan: Plan) -> Table:
    """A row a phase."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading, side in (
        ("phase", "left"),
        ("month", "left"),
        ("a month", "right"),
        ("points", "right"),
        ("work", "right"),
        ("peak", "right"),
        ("exit", "right"),
        ("what", "left"),
    ):
        table.add_column(heading, justify=side, overflow="fold")  # type: ignore[arg-type]
    for phase in plan.phases:
        table.add_row(*phase_row(plan, phase))
    return table


def phase_row(plan: Plan, phase: Phase) -> tuple[str, ...]:
    """One phase in the columns of the table."""
    currency, moves = plan.portfolio.currency, phase.kind == "move"
    return (
        phase.name,
        f"{phase.first_month}" if phase.first_month == phase.last_month else f"{phase.first_month}–{phase.last_month}",
        money(phase.monthly_saving, currency) if moves else "·",
        f"{phase.complexity:g}" if moves else "·",
        f"{phase.effort_person_months:.1f} PM" if moves else "·",
        _headroom(phase),
        money(phase.exit_price, currency) if moves else "·",
        words()["phase"][phase.kind].format(workloads=few(phase.workloads, MOST_NAMED)),
    )


def _headroom(phase: Phase) -> str:
    """The least capacity left free in the busiest block; what is over goes to the API."""
    free = list((phase.headroom or {}).values())
    if not free:
        return "·"
    return f"{percent(min(free))} free" if min(free) >= 0 else f"{percent(-min(free))} over"


def picture(plan: Plan, width: int) -> Group:
    """Months across, a row a workload: on the API, in shadow, moved."""
    months = plan.portfolio.months
    names = max((len(shown_phase.name) for shown_phase in shown(plan)), default=0)
    room = max(min(width - min(names, 24) - 4, MOST_MONTHS), 6)
    step = -(-months // room)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("", overflow="fold", max_width=24)
    table.add_column(_ruler(months, step), no_wrap=True)
    for phase in shown(plan):
        start = plan.scheduled.starts.get(phase.name)
        table.add_row(phase.name, _bar(start, months, step), style="dim" if start is None else "")
    each_is = "" if step == 1 else f", a sign is {step} months"
    legend = f"{BEFORE} API   {SHADOW} shadow run and cut-over   {MOVED} own fleet{each_is}"
    return Group(table, *more(plan), Text(legend, style="dim"))


def _ruler(months: int, step: int) -> str:
    """Every sixth column with its month."""
    signs = [" "] * -(-months // step)
    for at in range(0, len(signs), 6):
        label = str(at * step + 1)
        signs[at : at + len(label)] = label
    return "".join(signs[: max(-(-months // step), 1)])


def _bar(start: int | None, months: int, step: int) -> str:
    signs = []
    for first in range(0, months, step):
        inside = range(first, min(first + step, months))
        signs.append(BEFORE if start is None or start > inside[-1] else SHADOW if start in inside else MOVED)
    return "".join(signs)
