"""Buying elsewhere: the same demand bought as another model or at another host, through the same lines.

A comparison is fair only between models of one quality, so each says whether it is the model we would serve.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from breakeven.decision.comparison import BASELINE, Comparison, of_options
from breakeven.decision.readiness.gates import Judged
from breakeven.numbers.inputs import Source
from breakeven.numbers.operations import OPTION, WORKLOAD, Value, along, pick

RivalKind = Literal["same weights", "frontier"]
PRICES = {  # input -> the field of the terms that holds it
    "elsewhere_input_price_per_mtok": "input_price_per_mtok",
    "elsewhere_output_price_per_mtok": "output_price_per_mtok",
    "cache_read_multiplier": "cache_read_multiplier",
    "cache_write_surcharge": "cache_write_surcharge",
    "batch_multiplier": "batch_multiplier",
    "batch_cached_multiplier": "batch_cached_multiplier",
}
ITS_LINES = ("monthly_cost", "cost_per_mtok", "net_present_value", "one_time_cost", "api_bill", "elsewhere_bill")


@dataclass(frozen=True, slots=True, kw_only=True)
class RivalTerms:
    """What buying elsewhere would cost a token, workload by workload. `name`: what the case calls it, if it states it.

    `prices`: list prices per MTok and the multipliers on them, a value a workload. `changes`: 1 for a workload that is
    bought as another model than today; it moves there, also where it fails the open model.
    """

    kind: RivalKind
    name: str
    model: str  # host/model
    prices: Mapping[str, tuple[float, ...]]
    source: Source
    changes: tuple[float, ...]
    same_quality: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Rival:
    """One way to buy, beside the others. `same_quality`: it is the model that we would serve.

    `worth_more`: for each other option of the study, how much more its net present value is than this one's.
    """

    kind: RivalKind | Literal["incumbent"]
    model: str
    same_quality: bool
    gates: Judged
    api_bill: float
    monthly_cost: float
    cost_per_mtok: float
    one_time_cost: float
    net_present_value: float  # against keeping today's model
    worth_more: tuple[float, ...]


def bought_at(values: Mapping[str, Value], options: Sequence[RivalTerms | None], moves: Value) -> dict[str, Value]:
    """The inputs that buying elsewhere changes, over workloads and options; None: an option that does not.

    `moves`: 1 for a workload that may move to the open model. What stays, and what an option does not buy elsewhere,
    pays today's prices.
    """
    changing = [np.zeros(1) if terms is None else np.array(terms.changes) for terms in options]
    width = max(np.shape(moves)[WORKLOAD], *(changes.size for changes in changing))
    also = np.stack([np.broadcast_to(changes, width) for changes in changing], axis=-1)  # (workload, option)
    moving = np.maximum(np.asarray(moves, dtype=float), also[None, :, :, None, None])
    there = {name: _table(values[name], options, moving, field) for name, field in PRICES.items()}
    here = _table(values["migration_cost_per_workload"], options, moving, None)
    buys = along(OPTION, [float(terms is not None) for terms in options])
    return {**there, "migration_cost_per_workload": here, "bought_elsewhere": buys * moving}


def _table(today: Value, options: Sequence[RivalTerms | None], moves: np.ndarray, field: str | None) -> Value:
    """One input (workload, option): today's, and where it is bought elsewhere the terms' or only for what changes."""
    count = max(moves.shape[WORKLOAD], np.shape(today)[WORKLOAD] if np.ndim(today) else 1)
    wide = np.array(np.broadcast_to(today, (1, count, len(options), 1, 1)), dtype=float)
    for i, each in enumerate(options):
        if each is not None:
            movable = pick(moves, workload=range(count), option=i) > 0
            theirs = wide[0, :, i, 0, 0] * each.changes if field is None else np.array(each.prices[field])
            wide[0, :, i, 0, 0] = np.where(movable, theirs, wide[0, :, i, 0, 0])
    return wide


def ways_to_buy(comparison: Comparison, terms: Sequence[RivalTerms], moves: Value) -> Comparison:
    """Keeping today's model, and buying what may move at each of these, as the options of one comparison.

    What stays is bought as today; of committed units, those that a contract still binds.
    """
    only = {name: of_options(value, [BASELINE]) for name, value in comparison.values.items()}
    first = along(OPTION, [1.0, *([0.0] * len(terms))])
    changed = bought_at(only, [None, *terms], moves)
    values = (
        only
        | changed
        | {
            "is_baseline": first,
            "moved": changed["bought_elsewhere"],
            "canary_share": 0.0,
            "committed_units": only["committed_units"] * first,
        }
    )
    names = (comparison.names[BASELINE], *(way.model for way in terms))
    return Comparison(
        model=comparison.model, names=names, values=values, fleets=first * 0.0, months=comparison.months
    )  # fmt: skip
