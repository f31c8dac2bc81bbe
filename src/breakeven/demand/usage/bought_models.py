"""Which hosted models a log says were bought, workload by workload, by the names that the price list has."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from breakeven.demand.log.minutes import MinuteTable
from breakeven.demand.usage.reconcile import price_of


@dataclass(frozen=True, slots=True, kw_only=True)
class BoughtModels:
    """The model of most tokens, as host/model, over the whole log and by workload; names that no price list has.

    `most` None: the log names no model that is known. `by_workload` leaves out what it does not know.
    """

    most: str | None
    by_workload: Mapping[str, str]
    unknown: tuple[str, ...]


def bought_models(table: MinuteTable, on: datetime.date) -> BoughtModels:
    """What the log's own names of models say."""
    tokens = table["input_tokens"] + table["output_tokens"]
    counts: Counter[tuple[str, str]] = Counter()
    for workload, model, count in zip(table.workload, table.model, tokens.tolist(), strict=True):
        counts[workload, model] += count
    known = {model: price_of(model, on) if model else None for model in {model for _, model in counts}}
    names = {model: f"{price.host}/{price.model}" for model, price in known.items() if price is not None}
    whole: Counter[str] = Counter()
    by_workload: dict[str, Counter[str]] = {}
    for (workload, model), count in counts.items():
        if model in names:
            whole[names[model]] += count
            by_workload.setdefault(workload, Counter())[names[model]] += count
    return BoughtModels(
        most=_largest(whole),
        by_workload={
            workload: largest for workload, models in by_workload.items() if (largest := _largest(models)) is not None
        },
        unknown=tuple(sorted(model for model in known if model and model not in names)),
    )


def _largest(counts: Counter[str]) -> str | None:
    """The one of most tokens; of several the first by name."""
    return min(counts, key=lambda name: (-counts[name], name), default=None)
