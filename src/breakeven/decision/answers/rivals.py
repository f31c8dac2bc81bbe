"""Buying elsewhere: the same demand bought as another model or at another host, through the same lines.

A comparison is fair only between models of one quality, so each rival says whether it is the model we would serve.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from breakeven.decision.comparison import BASELINE, Comparison, of_options
from breakeven.decision.readiness.gates import Judged
from breakeven.numbers.operations import MONTH, OPTION, WORKLOAD, Value, along, pick

RivalKind = Literal["same weights", "frontier"]
LIST_TERMS: Mapping[str, float] = {  # a new host grants none of the incumbent's terms
    "hosted_discount": 0.0,
    "gateway_fee_share": 0.0,
    "tier_from_mtok": 0.0,
    "tier_price_step": 1.0,
    "tiers_are_slabs": 0.0,
    "minimum_bill": 0.0,
    "units_under_contract": 0.0,
}
NOT_OURS: Mapping[str, float] = {"self_hosts": 0.0, "holds_fleet": 0.0, "canary_share": 0.0, "committed_units": 0.0}
ITS_LINES = ("api_bill", "monthly_cost", "cost_per_mtok", "net_present_value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A cheaper host that does not come into question, and why."""

    model: str
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RivalTerms:
    """What buying elsewhere would cost a token, workload by workload, and whether it may be bought there.

    `prices`: inputs of the bill by name, a value a workload. `changes`: 1 for a workload that is bought as another
    model than today. `refused`: cheaper hosts that fail a gate.
    """

    kind: RivalKind
    model: str
    prices: Mapping[str, tuple[float, ...]]
    source: str
    changes: tuple[float, ...]
    same_quality: bool
    gates: Judged
    refused: tuple[Refused, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rival:
    """One way to buy, beside the others. `same_quality`: it is the model that we would serve.

    `worth_more`: for each option of our own, how much more its net present value is than the rival's.
    """

    kind: RivalKind | Literal["incumbent"]
    model: str
    same_quality: bool
    gates: Judged
    refused: tuple[Refused, ...]
    api_bill: float
    monthly_cost: float
    cost_per_mtok: float
    one_time_cost: float
    net_present_value: float  # against the incumbent
    worth_more: tuple[float, ...]


def only_hosted(comparison: Comparison) -> dict[str, Value]:
    """The inputs of the option that buys everything."""
    values = {name: of_options(value, [BASELINE]) for name, value in comparison.values.items()}
    return values | {"replicas": of_options(comparison.fleets, [BASELINE])}


def bill_elsewhere(comparison: Comparison, terms: RivalTerms, moves: Value) -> np.ndarray:
    """The API bill, (months,), when what may move (1 in `moves`, by workload) is bought there at list price.

    What stays is bought as today, under today's contract; of its committed units those that it still binds.
    """
    from_rival = {name: by_workload(each) for name, each in terms.prices.items()}
    hosted = only_hosted(comparison) | dict(NOT_OURS)
    there = hosted | dict(LIST_TERMS) | from_rival | {"moved": 1.0 - np.asarray(moves)}
    here = hosted | {"moved": moves}
    bills = [comparison.model.evaluate(each, ["api_bill"])["api_bill"] for each in (there, here)]
    moving, staying = (pick(each, month=range(comparison.months)) for each in bills)
    return np.asarray(moving + staying)


def by_workload(values: tuple[float, ...]) -> Value:
    """Values along the workload axis."""
    return along(WORKLOAD, values)


def beside(comparison: Comparison, terms: RivalTerms, moves: Value) -> dict[str, Value]:
    """The lines of the incumbent and of the rival, as two options of one comparison."""
    hosted = only_hosted(comparison)
    today = comparison.model.evaluate(hosted, ["api_bill"])["api_bill"]
    bills = [pick(today, month=range(comparison.months)), bill_elsewhere(comparison, terms, moves)]
    changing = comparison.model.evaluate(hosted | {"moved": by_workload(terms.changes)}, ["migration"])["migration"]
    pinned = {
        "api_bill": np.concatenate([along(MONTH, each) for each in bills], axis=OPTION),
        "one_time_cost": along(OPTION, [0.0, float(np.ravel(changing)[0])]),
        "is_baseline": along(OPTION, [1.0, 0.0]),
    }
    wanted = (*ITS_LINES, "one_time_cost")
    return comparison.model.evaluate(hosted | pinned, wanted) | {"one_time_cost": pinned["one_time_cost"]}


def rival(comparison: Comparison, terms: RivalTerms, moves: Value, month: int, own: tuple[float, ...]) -> Rival:
    """One way to buy, in the named month (from 0); `own`: net present value of every option of our own."""
    got = beside(comparison, terms, moves)

    def there(line: str, at: int) -> float:
        return float(pick(got[line], option=1, month=at))

    worth = there("net_present_value", 0)
    return Rival(
        kind=terms.kind,
        model=terms.model,
        same_quality=terms.same_quality,
        gates=terms.gates,
        refused=terms.refused,
        api_bill=there("api_bill", month),
        monthly_cost=there("monthly_cost", month),
        cost_per_mtok=there("cost_per_mtok", month),
        one_time_cost=there("one_time_cost", 0),
        net_present_value=worth,
        worth_more=tuple(each - worth for each in own),
    )
