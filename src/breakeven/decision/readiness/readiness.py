"""Can we run it: nine dimensions judged by evidence, what their colours forbid, and the cheapest way to the next gate.

A dimension is red, yellow or green by what is shown, never by opinion; no evidence is red. A group has the worst
colour of its dimensions. Red in on-call, evaluation, fallback or security forbids production; any other red leaves
a pilot. Where a failed gate forbids the API as a fallback, on-call and fallback must be green.
Method: docs/method/readiness.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from breakeven.costs.one_time import readiness_work
from breakeven.costs.people import engineer_cost_per_month
from breakeven.decision.readiness.evidence import Answer, Shown, judged, total
from breakeven.decision.readiness.questionnaire import LEVELS, Dimension, Effort, Level, Questionnaire
from breakeven.decision.readiness.readiness_path import (
    Judgements,
    Key,
    Path,
    cheapest,
    lacks,
    level_of,
    months_needed,
)
from breakeven.numbers.operations import whole_up

Allows = Literal["shadow only", "pilot up to 5 %", "phased", "all, fallback may be dropped"]
GATES: tuple[Allows, ...] = get_args(Allows)
PRODUCTION: Allows = "phased"
SHARES: Mapping[Allows, float] = {"shadow only": 0.0, "pilot up to 5 %": 0.05, "phased": 1.0, GATES[3]: 1.0}
WITHOUT_FALLBACK = ("on_call", "fallback")  # must be green where the API may not be the fallback
MONTHS_PER_YEAR = 12
DUST = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaybookStep:
    """One step of a playbook: the work that is left of it, the evidence it brings, its months on the calendar."""

    do: str
    effort: Effort
    months: float
    brings: tuple[str, ...]  # items still to be shown; empty: nothing is left of it on the cheapest way


@dataclass(frozen=True, slots=True, kw_only=True)
class DimensionReadiness:
    """One dimension: its level, what shows it, what is missing for the next level, and its playbook up to green."""

    id: str
    number: int
    title: str
    group: str
    level: Level
    level_means: str
    next_means: str  # what the next level asks; empty when green
    blocks_cut_over: bool
    evidence: tuple[Shown, ...]
    missing: tuple[Shown, ...]
    rules: tuple[str, ...]  # special rules that hold it back
    playbook: tuple[PlaybookStep, ...]  # empty when green
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupReadiness:
    """A group and its colour: the worst of its dimensions."""

    id: str
    title: str
    level: Level
    because: tuple[str, ...]  # the dimensions that give it this colour


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """What the evidence allows today, and what it takes to serve all traffic.

    `earliest_start_month` is the first month (from 1, the month of `as_of`) in which production may be cut over.
    Remediation is what the cheapest way to that takes, in person-months and in the case's currency, and goes into
    the one-time cost. `paths` has the cheapest way to every gate that is not reached, the next one first.
    """

    version: str
    as_of: str
    dimensions: tuple[DimensionReadiness, ...]
    groups: tuple[GroupReadiness, ...]
    allows: Allows
    forbids: tuple[str, ...]
    fallback_forbidden: bool
    earliest_start_month: int
    remediation_months: float
    remediation_person_months: Effort
    remediation_cost: float
    paths: tuple[Path, ...]

    @property
    def largest_share(self) -> float:
        """The largest share of production traffic that is allowed today."""
        return SHARES[self.allows]

    @property
    def red(self) -> tuple[str, ...]:
        """Titles of the red dimensions."""
        return tuple(each.title for each in self.dimensions if each.level == "red")

    @property
    def blocking(self) -> tuple[str, ...]:
        """Titles of the dimensions that forbid production today, even a pilot."""
        pilot = required(GATES[1], self.dimensions, fallback_forbidden=self.fallback_forbidden)
        return tuple(each.title for each in self.dimensions if worse(each.level, pilot[each.id]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What readiness is judged with, besides answers: the day, the gates, the pay, the people who close the gaps."""

    as_of: date
    engineer_cost_per_year: float
    fallback_forbidden: bool = False
    people: float | None = None  # None: as many as the gaps have dimensions


def readiness(book: Questionnaire, answers: Mapping[str, Answer], conditions: Conditions) -> Readiness:
    """Judge the answers."""
    shown = judgements(book, answers, conditions)
    dimensions = tuple(dimension_readiness(book, dimension, shown) for dimension in book.dimensions)
    allows = allowed(dimensions, fallback_forbidden=conditions.fallback_forbidden)
    paths = {gate: path_to(gate, book, shown, conditions) for gate in GATES[1:]}
    production = paths[PRODUCTION]
    return Readiness(
        version=book.version,
        as_of=conditions.as_of.isoformat(),
        dimensions=dimensions,
        groups=tuple(group_readiness(book, name, dimensions) for name in book.groups),
        allows=allows,
        forbids=forbidden(dimensions, allows, fallback_forbidden=conditions.fallback_forbidden),
        fallback_forbidden=conditions.fallback_forbidden,
        earliest_start_month=production.start_month,
        remediation_months=production.months,
        remediation_person_months=production.effort,
        remediation_cost=cost_of(production.effort.likely, conditions.engineer_cost_per_year),
        paths=tuple(paths[gate] for gate in GATES[GATES.index(allows) + 1 :]),
    )


def cost_of(person_months: float, engineer_cost_per_year: float) -> float:
    """What closing the gaps costs, by the same lines as the study's one-time cost."""
    pay: Callable[..., float] = engineer_cost_per_month
    work: Callable[..., float] = readiness_work
    return float(work(person_months, pay(engineer_cost_per_year, MONTHS_PER_YEAR), 1))


def judgements(book: Questionnaire, answers: Mapping[str, Answer], conditions: Conditions) -> Judgements:
    """Every item at each of its levels."""
    return {
        (item.id, level): judged(
            item,
            level,
            answers.get(item.id),
            conditions.as_of,
            fallback_forbidden=conditions.fallback_forbidden,
        )
        for item in book.items.values()
        for level in item.bounds
    }


def worse(level: Level, other: Level) -> bool:
    """Whether a level is below another."""
    return LEVELS.index(level) < LEVELS.index(other)


def required(
    gate: Allows, dimensions: tuple[Dimension, ...] | tuple[DimensionReadiness, ...], *, fallback_forbidden: bool
) -> dict[str, Level]:
    """The least level of each dimension at a gate."""
    least: dict[str, Level] = {}
    for dimension in dimensions:
        strict = fallback_forbidden and dimension.id in WITHOUT_FALLBACK
        asked = GATES.index(gate) >= 2 or (gate == GATES[1] and dimension.blocks_cut_over)
        green = gate == GATES[3] or (strict and gate != GATES[0])
        least[dimension.id] = "green" if green else "yellow" if asked else "red"
    return least


def allowed(dimensions: tuple[DimensionReadiness, ...], *, fallback_forbidden: bool) -> Allows:
    """The last gate whose levels are all reached."""
    found = GATES[0]
    for gate in GATES[1:]:
        least = required(gate, dimensions, fallback_forbidden=fallback_forbidden)
        if any(worse(each.level, least[each.id]) for each in dimensions):
            break
        found = gate
    return found


def forbidden(
    dimensions: tuple[DimensionReadiness, ...], allows: Allows, *, fallback_forbidden: bool
) -> tuple[str, ...]:
    """What the colours forbid, and which dimensions do so."""
    says = {
        GATES[1]: "no production traffic yet, not even a pilot (a shadow run is allowed)",
        GATES[2]: "no more than 5 % of the traffic",
        GATES[3]: "the API must stay warm as the fallback",
    }
    reasons = []
    for gate in GATES[GATES.index(allows) + 1 :][:1]:
        least = required(gate, dimensions, fallback_forbidden=fallback_forbidden)
        short = [
            f"{dimension.title} ({dimension.level})"
            for dimension in dimensions
            if worse(dimension.level, least[dimension.id])
        ]
        reasons.append(f"{says[gate]}, because of {', '.join(short)}")
    if fallback_forbidden:
        reasons.append(
            "a failed gate keeps data from the API, so nothing can be routed back: on-call and fallback must be green"
        )
    return tuple(reasons)


def path_to(gate: Allows, book: Questionnaire, shown: Judgements, conditions: Conditions) -> Path:
    """The cheapest way to a gate."""
    least = required(gate, book.dimensions, fallback_forbidden=conditions.fallback_forbidden)
    ways = [
        lacks(dimension, least[dimension.id], shown, book.items)
        for dimension in book.dimensions
        if least[dimension.id] != "red"
    ]
    missing = cheapest(ways, book) or {}
    months = months_needed(missing, book, conditions.people)
    return Path(
        gate=gate,
        missing=tuple(missing.values()),
        effort=total(missing),
        months=months,
        start_month=1 + int(whole_up(months)),
    )


def dimension_readiness(book: Questionnaire, dimension: Dimension, shown: Judgements) -> DimensionReadiness:
    """One dimension judged."""
    level = level_of(dimension, shown, book.items)
    to_go = LEVELS[LEVELS.index(level) + 1 :]
    ways = [cheapest([lacks(dimension, step_up, shown, book.items)], book) or {} for step_up in to_go]
    missing = ways[0] if ways else {}
    own = [shown[name, bound] for name in dimension.items for bound in book.items[name].bounds]
    rules = [rule.says for rule in dimension.rules if not any(_held(name, shown) for name in rule.lacks_all)]
    return DimensionReadiness(
        id=dimension.id,
        number=dimension.number,
        title=dimension.title,
        group=dimension.group,
        level=level,
        level_means=dimension.levels[level],
        next_means=dimension.levels[to_go[0]] if to_go else "",
        blocks_cut_over=dimension.blocks_cut_over,
        evidence=tuple(judgement for judgement in own if judgement.held),
        missing=tuple(missing.values()),
        rules=tuple(rules) if level == "red" else (),
        playbook=playbook(dimension, {key: item for way in ways for key, item in way.items()}) if to_go else (),
        source=f"{dimension.source}{f'. {dimension.note}' if dimension.note else ''}",
    )


def _held(name: str, shown: Judgements) -> bool:
    return any(each.held for key, each in shown.items() if key[0] == name)


def playbook(dimension: Dimension, missing: Mapping[Key, Shown]) -> tuple[PlaybookStep, ...]:
    """The three steps, each with what is left of it."""
    made = []
    for number, step in enumerate(dimension.playbook, 1):
        left = {key: each for key, each in missing.items() if each.dimension == dimension.id and each.step == number}
        brings = tuple(dict.fromkeys(each.item for each in left.values()))
        made.append(PlaybookStep(do=step.do, effort=total(left), months=step.months if left else 0.0, brings=brings))
    return tuple(made)


def group_readiness(book: Questionnaire, name: str, dimensions: tuple[DimensionReadiness, ...]) -> GroupReadiness:
    """A group's colour by the MIN rule."""
    mine = [each for each in dimensions if each.group == name]
    level = min((each.level for each in mine), key=LEVELS.index)
    because = tuple(each.title for each in mine if each.level == level)
    return GroupReadiness(id=name, title=book.groups[name], level=level, because=because)
