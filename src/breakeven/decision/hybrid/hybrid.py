"""Own the base load, burst the rest: how many replicas to own, from the load-duration curve.

Replicas are loaded in merit order, so each further one serves less; the API takes what is above. Nothing here
assumes that (tiers, node steps and committed units break it): every fleet from none to the peak is evaluated
through the same lines, and the best one is taken, the smaller of two equals.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from breakeven.decision.comparison import BASELINE
from breakeven.decision.exact.crossings import Window
from breakeven.numbers.lines import Model
from breakeven.numbers.operations import MONTH, OPTION, Value

MOST_SEARCHED = 12  # fleets whose break-even volumes are searched
MOST_REPLICAS = 64  # fleets are enumerated one by one up to here, then in even steps


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnedReplica:
    """What owning this many replicas does in the named month and over the horizon.

    `adds` is what the last of them adds to the monthly saving; `utilization` of the whole fleet; `spill_share`
    of the moved load goes to the API.
    """

    replicas: float
    net_present_value: float
    monthly_saving: float
    adds: float
    utilization: float
    spill_share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """Every fleet size that was looked at, the best one, and what there is to pay before the first replica earns.

    `entry_ticket` is the monthly cost of being in the business at all, without any GPU; `screening_share` is
    the share of time that the marginal replica must be busy to earn its cost (1 or more: never).
    """

    rungs: tuple[OwnedReplica, ...]
    best: int  # index into rungs; -1: own nothing
    entry_ticket: float
    screening_share: float | None


def fleets(peak_replicas: int) -> list[int]:
    """The sizes to look at, from one to what carries the peak."""
    if peak_replicas <= MOST_REPLICAS:
        return list(range(1, peak_replicas + 1))
    steps = np.unique(np.rint(np.linspace(1, peak_replicas, MOST_REPLICAS)).astype(int))
    return [int(each) for each in steps]


def pinned(values: Mapping[str, Value], option: int, sizes: Value) -> dict[str, Value]:
    """Inputs of the baseline and one option, the latter once for each fleet; `sizes` (fleets, months) or (fleets,)."""
    columns = [BASELINE, *([option] * len(sizes))]
    wide = {
        name: value[..., columns, :, :] if isinstance(value, np.ndarray) and value.shape[OPTION] > 1 else value
        for name, value in values.items()
    }
    table = np.asarray(sizes, dtype=float).reshape(len(sizes), -1)
    held = np.concatenate([np.zeros((1, table.shape[1])), table])
    return wide | {"replicas": held[None, None, :, None, :]}


def ladder(
    model: Model, values: Mapping[str, Value], option: int, month: int, units: np.ndarray | None = None
) -> Ladder:
    """All fleets of one option between none and the peak, evaluated at once.

    `units`: committed units beside each fleet, (fleets, months); as the inputs say where it is None.
    """
    sizes = fleets(peak_replicas(model, values, option))
    wide = pinned(values, option, sizes)
    if units is not None:
        held = np.broadcast_to(values["committed_units"], (1, 1, option + 1, 1, units.shape[1]))[0, 0, BASELINE, 0]
        wide["committed_units"] = np.concatenate([held[None], units])[None, None, :, None, :]
    got = model.evaluate(
        wide,
        ["net_present_value", "saving", "utilization", "spill", "load", "compute"],
    )
    saving, used, spilled, load, compute = (
        at_month(got[name], month) for name in ("saving", "utilization", "spill", "load", "compute")
    )
    npv = at_month(got["net_present_value"], 0)[1:]
    none = at_month(model.evaluate(pinned(values, option, [0.0]), ["saving"])["saving"], month)[1]
    rungs = tuple(
        OwnedReplica(
            replicas=size,
            net_present_value=float(npv[i]),
            monthly_saving=float(saving[i + 1]),
            adds=float(saving[i + 1] - (none if i == 0 else saving[i])),
            utilization=float(used[i + 1]),
            spill_share=float(spilled[i + 1] / load[i + 1]) if load[i + 1] else 0.0,
        )
        for i, size in enumerate(sizes)
    )
    best = int(np.argmax(npv))
    return Ladder(
        rungs=rungs,
        best=best if npv[best] > 0 else -1,
        entry_ticket=float(-none),
        screening_share=screening(model, values, option, month, float(compute[1]) / sizes[0]),
    )


def at_month(line: Value, month: int) -> np.ndarray:
    """A line of every option in one month."""
    array = np.asarray(line)
    taken: np.ndarray = np.broadcast_to(array, (*array.shape[:3], 1, max(array.shape[MONTH], month + 1)))
    return taken[0, 0, :, 0, month if array.shape[MONTH] > 1 else 0]


def peak_replicas(model: Model, values: Mapping[str, Value], option: int) -> int:
    """Replicas that carry the busiest block of the load-duration curve within the promise, in the busiest month."""
    got = model.evaluate(values, ["load"])["load"]
    load = np.broadcast_to(got, (1, 1, max(got.shape[OPTION], option + 1), 1, got.shape[MONTH]))[0, 0, option]
    peak = float(np.max(load)) * max(float(np.max(values["load_over_mean"])), float(np.max(values["peak_over_mean"])))
    return max(int(np.ceil(peak / float(np.max(values["usable_share"])) - 1e-9)), 1)


def screening(
    model: Model, values: Mapping[str, Value], option: int, month: int, cost_per_replica: float
) -> float | None:
    """Share of time a replica must be busy so that the API it replaces costs as much; None where nothing is bought."""
    got = model.evaluate(values, ["list_cost_per_busy_replica", "egress_per_busy_replica"])
    bought, egress = (at_month(got[name], month) for name in got)
    worth = (bought[min(option, bought.size - 1)] - egress[min(option, egress.size - 1)]) * float(
        np.max(values["usable_share"])
    )
    return cost_per_replica / float(worth) if worth > 0 else None


def sizes_up_to(most: int) -> list[int]:
    """Every size where there are few, else few in even ratios: small bases decide where a hybrid starts to pay."""
    if most <= MOST_SEARCHED:
        return list(range(1, most + 1))
    return [int(each) for each in np.unique(np.rint(np.geomspace(1, most, MOST_SEARCHED)))]


def union(windows: list[Window]) -> tuple[Window, ...]:
    """Overlapping intervals as one."""
    merged: list[Window] = []
    for each in sorted(windows, key=lambda one: one.start):
        last = merged[-1] if merged else None
        if last is not None and (last.end is None or each.start <= last.end):
            end = None if last.end is None or each.end is None else max(last.end, each.end)
            merged[-1] = Window(start=last.start, end=end)
        else:
            merged.append(each)
    return tuple(merged)
