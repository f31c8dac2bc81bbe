"""The point answer: a changed case with every drawn input at its mean, at once. Chance and final class come later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from breakeven.decision.answers.halves import HalfTest
from breakeven.decision.answers.verdict import Answer, Class, TwoSteps, classify
from breakeven.decision.comparison import BASELINE, Comparison, without_idle
from breakeven.decision.finance.horizon import payback
from breakeven.numbers.operations import Value
from breakeven.study.judge.assess import comparison_of, table
from breakeven.study.judge.chance import chance, worth_of_columns
from breakeven.study.judge.option_study import facts_of, half_tests
from breakeven.study.modes import FLEETS
from breakeven.study.recomputing.changes import Changes, changed_basis, key_of
from breakeven.study.recomputing.choosing import Classed, chosen
from breakeven.study.recomputing.prepared import Prepared
from breakeven.study.study import Basis, Row

PROVISIONAL = "chance not drawn yet"
OF_THE_MONTH = ("replicas", "gpus", "utilization", "monthly_cost", "saving", "cost_per_mtok")
OVERALL = ("one_time_cost", "exit_cost", "net_present_value")
BY_MONTH = ("monthly_cost", "saving", "cumulative_saving")


@dataclass(frozen=True, slots=True, kw_only=True)
class PointOption:
    """One option with every input where it stands; the first is today's model. Money in the case's currency.

    `fleet`, `costs`, `savings` and `cumulative` (the savings so far less what was paid) are by month. `replicas` are
    those of the named month, of a base with burst what is owned. `verdict` is the class without chance, and without
    what NEVER needs; None of today's model.
    """

    key: str
    name: str
    mode: str
    hybrid: bool
    replicas: float
    fleet: tuple[float, ...]
    gpus: float
    utilization: float | None
    monthly_cost: float
    monthly_saving: float
    cost_per_mtok: float
    one_time_cost: float
    exit_cost: float
    costs: tuple[float, ...]
    savings: tuple[float, ...]
    cumulative: tuple[float, ...]
    payback_months: float | None
    net_present_value: float
    halves: tuple[HalfTest, ...]
    verdict: Class | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PointAnswer:
    """What a changed case comes to before anything is drawn. `best`: key of the option that the answer is about.

    `first`: gates of that option to answer before anybody commits. `key` is the hash of the changes.
    `provisional` says what the class does not know yet.
    """

    key: str
    changes: Mapping[str, float]
    month: int
    volume_mtok: float
    options: tuple[PointOption, ...]
    table: tuple[Row, ...]
    answer: Answer
    best: str
    first: tuple[str, ...]
    steps: TwoSteps
    provisional: str = PROVISIONAL

    def option(self, key: str) -> PointOption | None:
        """The option of a key; None where the changed case has none."""
        return next((each for each in self.options if each.key == key), None)


def point(prepared: Prepared, changes: Changes | None = None) -> PointAnswer:
    """The answer with these inputs changed: name to value, in the unit of the input, told by its largest element.

    Fleets, owned bases and contracts are fitted anew; nothing is drawn, resolved or read. Every number is that of
    `judge` on the changed case. Raises `Problem` for a name that cannot be changed and a value out of bounds.
    """
    asked = dict(changes or {})
    basis = changed_basis(prepared, asked, ranges=False)
    comparison = without_idle(comparison_of(basis))
    return answered(basis, comparison, asked)


def answered(basis: Basis, comparison: Comparison, asked: Changes) -> PointAnswer:
    """The answer of a basis whose inputs stand where they are asked to."""
    got, month = comparison.evaluate(), basis.header.month - 1
    undrawn, worth = chance(basis, comparison, scenarios=0), worth_of_columns(comparison)
    forced = undrawn.forced(worth)
    each, found = [option_at(basis, comparison, got, BASELINE)], []
    for option in range(1, len(basis.columns)):
        halves = half_tests(comparison, option, month, basis.columns[option])
        facts = facts_of(
            basis, comparison, got, option, halves, chance=undrawn, worth=float(worth[option]), forced=option == forced
        )
        found.append(Classed(verdict=classify(facts, None), expected_net_present_value=float(worth[option])))
        each.append(option_at(basis, comparison, got, option, halves=halves, verdict=found[-1].verdict))
    which = chosen(basis, comparison, found, undrawn, worth)
    return PointAnswer(
        key=key_of(asked),
        changes=asked,
        month=basis.header.month,
        volume_mtok=comparison.month(got["volume"], BASELINE, month),
        options=tuple(each),
        table=table(comparison, got, month),
        answer=which.answer,
        best=basis.columns[which.best].key,
        first=undrawn.gates[which.best].first if which.wins else (),
        steps=which.steps,
    )


def option_at(
    basis: Basis,
    comparison: Comparison,
    got: Mapping[str, Value],
    option: int,
    *,
    halves: tuple[HalfTest, ...] = (),
    verdict: Class | None = None,
) -> PointOption:
    """One option of the answer."""
    column, month = basis.columns[option], basis.header.month - 1
    at = {name: comparison.month(got[name], option, month) for name in OF_THE_MONTH}
    over = {name: comparison.month(got[name], option, 0) for name in OVERALL}
    paths = {name: comparison.path(got[name], option).tolist() for name in BY_MONTH}
    savings, cumulative = np.array(paths["saving"]), np.array(paths["cumulative_saving"])
    return PointOption(
        key=column.key,
        name=column.name,
        mode=column.mode,
        hybrid=column.hybrid,
        fleet=tuple(comparison.path(comparison.fleets, option).tolist()),
        replicas=at["replicas"],
        gpus=at["gpus"],
        utilization=at["utilization"] if column.mode in FLEETS else None,
        monthly_cost=at["monthly_cost"],
        monthly_saving=at["saving"],
        cost_per_mtok=at["cost_per_mtok"],
        one_time_cost=over["one_time_cost"],
        exit_cost=over["exit_cost"],
        costs=tuple(paths["monthly_cost"]),
        savings=tuple(paths["saving"]),
        cumulative=tuple(paths["cumulative_saving"]),
        payback_months=payback(savings, cumulative, over["one_time_cost"]).months,
        net_present_value=over["net_present_value"],
        halves=halves,
        verdict=verdict,
    )
