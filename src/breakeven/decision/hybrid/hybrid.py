"""Own the base load, burst the rest: how many replicas to own, from the load-duration curve.

Replicas are loaded in merit order, so each further one serves less; the API takes what is above. Nothing here
assumes that (tiers, node steps and committed units break it): every fleet from none to the peak is evaluated
through the same lines, and the best one is taken, the smaller of two equals.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import gcd

import numpy as np

from breakeven.decision.comparison import BASELINE, pinned
from breakeven.numbers.lines import Model
from breakeven.numbers.operations import MONTH, Value, pick, whole_up
from breakeven.problems import Problem

LARGEST_FLEET = 10**9  # replicas
HALF = 0.5  # of the demand, at which each fleet is looked at again
MOST_REPLICAS = 64  # fleets are enumerated one by one up to here, then in even steps


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnedReplica:
    """What owning this many replicas does in the named month and over the horizon.

    `adds` is what the last of them adds to the monthly saving; `utilization` of the whole fleet; `spill_share`
    of the moved load goes to the API. `at_half` is the net present value of the same fleet at half the demand.
    """

    replicas: float
    net_present_value: float
    monthly_saving: float
    adds: float
    utilization: float
    spill_share: float
    at_half: float


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


def fleets(peak_replicas: int, spare_replicas: int = 0, bunch: int = 1) -> list[int]:
    """The sizes to look at, spares counted: from the first that serves to what carries the peak. Where steps leave some
    out, those that fill what is paid for together, `bunch` replicas each, stand beside them.
    """
    if peak_replicas > LARGEST_FLEET:
        what = f"the peak needs {float(peak_replicas):.3g} replicas, more than a fleet can have"
        raise Problem(what, fix="Check the volume and self_hosting.tokens_per_second: is a unit wrong?")
    if peak_replicas - spare_replicas <= MOST_REPLICAS:
        return list(range(spare_replicas + 1, peak_replicas + 1))
    steps = np.rint(np.linspace(spare_replicas + 1, peak_replicas, MOST_REPLICAS))
    filled = np.clip(np.rint(steps / bunch) * bunch, spare_replicas + 1, peak_replicas)
    return [int(size) for size in np.unique([steps, filled])]


def ladder(
    model: Model, values: Mapping[str, Value], option: int, month: int, units: np.ndarray | None = None
) -> Ladder:
    """All fleets of one option between none and the peak, evaluated at once.

    `units`: committed units beside each fleet, (fleets, months); as the inputs say where it is None.
    """
    sizes = sizes_to_look_at(model, values, option)
    wide = pinned(values, option, sizes)
    if units is not None:
        held = pick(values["committed_units"], option=BASELINE, month=range(units.shape[1]))
        wide["committed_units"] = np.concatenate([held[None], units])[None, None, :, None, :]
    got = model.evaluate(
        wide,
        ["net_present_value", "saving", "utilization", "spill", "load", "compute"],
    )
    every = range(len(sizes) + 1)
    saving, used, spilled, load, compute = (
        pick(got[name], option=every, month=month) for name in ("saving", "utilization", "spill", "load", "compute")
    )
    npv = pick(got["net_present_value"], option=every)[1:]
    halved = {**wide, "volume_scale": wide["volume_scale"] * HALF}
    at_half = pick(model.evaluate(halved, ["net_present_value"])["net_present_value"], option=every)[1:]
    none = pick(model.evaluate(pinned(values, option, [0.0]), ["saving"])["saving"], option=1, month=month)
    rungs = tuple(
        OwnedReplica(
            replicas=size,
            net_present_value=float(npv[i]),
            monthly_saving=float(saving[i + 1]),
            adds=float(saving[i + 1] - (none if i == 0 else saving[i])),
            utilization=float(used[i + 1]),
            spill_share=float(spilled[i + 1] / load[i + 1]) if load[i + 1] else 0.0,
            at_half=float(at_half[i]),
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


def sizes_to_look_at(model: Model, values: Mapping[str, Value], option: int) -> list[int]:
    """The fleets of one option from the first that serves beside its spares to what carries the peak."""
    return fleets(peak_replicas(model, values, option), spares(values), bunch_of(values, option))


def bunch_of(values: Mapping[str, Value], option: int, name: str = "gpus_billed_together") -> int:
    """The fewest replicas whose GPUs fill whole units of what is paid for together; 1 where those are no whole numbers.

    `name`: the input that says how many GPUs that are.
    """
    together, each = (float(np.max(pick(values[part], option=option))) for part in (name, "gpus_per_replica"))
    whole = together.is_integer() and each.is_integer() and together > 0
    return int(together) // gcd(int(together), int(each)) if whole else 1


def spares(values: Mapping[str, Value]) -> int:
    """Replicas that stand by for a failure and serve nothing."""
    return int(whole_up(float(np.max(values["spare_replicas"]))))


def peak_replicas(model: Model, values: Mapping[str, Value], option: int) -> int:
    """Replicas that carry the busiest block of the load-duration curve within the promise, in the busiest month, and
    the spares beside them.
    """
    got = values["load"] if "load" in values else model.evaluate(values, ["load"])["load"]
    load = pick(got, option=option, month=range(got.shape[MONTH]))
    peak = float(np.max(load)) * max(float(np.max(values["load_over_mean"])), float(np.max(values["peak_over_mean"])))
    return max(int(whole_up(peak / float(np.max(values["usable_share"])))), 1) + spares(values)


def screening(
    model: Model, values: Mapping[str, Value], option: int, month: int, cost_per_replica: float
) -> float | None:
    """Share of time a replica must be busy so that the API it replaces costs as much; None where nothing is bought."""
    got = model.evaluate(values, ["list_cost_per_busy_replica", "egress_per_busy_replica"])
    bought, egress = (float(pick(line, option=option, month=month)) for line in got.values())
    worth = (bought - egress) * float(np.max(values["usable_share"]))
    return cost_per_replica / worth if worth > 0 else None
