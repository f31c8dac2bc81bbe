"""The point answer: a changed case with every drawn input at its mean, at once. Chance and final class come later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from breakeven.decision.answers.halves import HalfTest, halved, tests_in
from breakeven.decision.answers.verdict import Answer, Class, TwoSteps, classify
from breakeven.decision.comparison import BASELINE, CRITERION, Comparison, by_option
from breakeven.decision.finance.horizon import payback
from breakeven.decision.risk.regret import DEMANDS, PLAN
from breakeven.numbers.distributions import Floats
from breakeven.numbers.operations import SCENARIO, Value, along
from breakeven.problems import Problem
from breakeven.study.judge.assess import lines_of_table, table
from breakeven.study.judge.chance import Chance
from breakeven.study.judge.option_study import facts_of, of_kind
from breakeven.study.modes import FLEETS
from breakeven.study.recomputing.changes import Changes, key_of
from breakeven.study.recomputing.choosing import Classed, chosen
from breakeven.study.recomputing.fitting import Fitted, fitted
from breakeven.study.recomputing.prepared import Prepared
from breakeven.study.study import Basis, Column, Row

PROVISIONAL = "chance not drawn yet"
OF_THE_MONTH = ("replicas", "gpus", "utilization", "monthly_cost", "saving", "cost_per_mtok")
OVERALL = ("one_time_cost", "exit_cost", "net_present_value")
BY_MONTH = ("monthly_cost", "saving", "cumulative_saving")
ALSO = ("volume", "discount_factor", "peak_shortfall")
NEEDED = tuple(dict.fromkeys((*OF_THE_MONTH, *OVERALL, *BY_MONTH, *ALSO, *lines_of_table())))


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
    """What a changed case comes to before anything is drawn. `columns` and `options` are in one order.

    `best`: key of the option that the answer is about; `first`: its gates to answer before anybody commits. `key` is
    the hash of the changes. `provisional` says what the class does not know yet.
    """

    key: str
    changes: Mapping[str, float]
    month: int
    volume_mtok: float
    columns: tuple[Column, ...]
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
    with np.errstate(all="ignore"):
        return answered(fitted(prepared, asked), asked)


def answered(fitted: Fitted, asked: Changes) -> PointAnswer:
    """The answer of what is fitted to the inputs where they are asked to stand."""
    basis, comparison, month = fitted.basis, fitted.comparison, fitted.basis.header.month - 1
    got, tests, benefits = evaluated(fitted, month)
    undrawn, worth = Chance(columns=(), uncertainty=None, gates=fitted.gates), benefits[0]
    if not np.isfinite(worth).all():
        told = ", ".join(f"{name} {to:g}" for name, to in asked.items())
        raise Problem(f"no number comes out with {told}", fix="Put one of them nearer to where it stood.")
    forced = undrawn.forced(worth)
    options, classed = [option_at(basis, comparison, got, BASELINE)], list[Classed]()
    for option, column in enumerate(basis.columns[1:], 1):
        halves, option_worth = of_kind(column, tests[option]), float(worth[option])
        facts = facts_of(
            basis, comparison, got, option, halves, chance=undrawn, worth=option_worth, forced=option == forced
        )
        classed.append(Classed(verdict=classify(facts, None), expected_net_present_value=option_worth))
        options.append(option_at(basis, comparison, got, option, halves=halves, verdict=classed[-1].verdict))
    which = chosen(basis, comparison, classed, undrawn, worth, benefits=benefits)
    return PointAnswer(
        key=key_of(asked),
        changes=asked,
        month=basis.header.month,
        volume_mtok=comparison.month(got["volume"], BASELINE, month),
        columns=basis.columns,
        options=tuple(options),
        table=table(comparison, got, month),
        answer=which.answer,
        best=basis.columns[which.best].key,
        first=undrawn.gates[which.best].first if which.wins else (),
        steps=which.steps,
    )


def evaluated(fitted: Fitted, month: int) -> tuple[dict[str, Value], tuple[tuple[HalfTest, HalfTest], ...], Floats]:
    """All lines of the answer, the half tests of every column, and what each earns at the plan and at the demands that
    a robust choice looks at: one evaluation, a scenario each.
    """
    comparison = fitted.comparison
    scales = np.multiply([PLAN, *DEMANDS], float(np.max(comparison.values["volume_scale"])))
    as_decided = {
        "volume_scale": along(SCENARIO, scales),
        "replica_tokens_per_second": comparison.values["replica_tokens_per_second"] * along(SCENARIO, scales**0),
        "replicas": np.repeat(comparison.fleets, scales.size, axis=SCENARIO),
    }
    tests = halved(comparison, fitted.anew)
    scenario_values = {name: np.concatenate([value, tests[name]], axis=SCENARIO) for name, value in as_decided.items()}
    got = comparison.evaluate(NEEDED, **scenario_values)
    last = scales.size + 2
    benefits = by_option(got[CRITERION], len(comparison.names), last)[: scales.size]
    planned = {name: value[..., :1, :] if np.ndim(value) else value for name, value in got.items()}
    return planned, tests_in(comparison, got, month, range(scales.size, last)), benefits


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
    costs, savings, cumulative = (comparison.path(got[name], option) for name in BY_MONTH)
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
        costs=tuple(costs.tolist()),
        savings=tuple(savings.tolist()),
        cumulative=tuple(cumulative.tolist()),
        payback_months=payback(savings, cumulative, over["one_time_cost"]).months,
        net_present_value=over["net_present_value"],
        halves=halves,
        verdict=verdict,
    )
