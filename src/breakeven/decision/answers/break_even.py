"""Where owning starts and stops paying: in volume, API spend, utilization, API price."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from breakeven.decision.answers.flips import Flip, flip
from breakeven.decision.comparison import Comparison
from breakeven.decision.exact.along import Along
from breakeven.decision.exact.crossings import Crossings, crossings
from breakeven.decision.hybrid.hybrid import peak_replicas
from breakeven.decision.hybrid.hybrid_windows import hybrid_break_even
from breakeven.decision.hybrid.tranches import best_path
from breakeven.numbers.distributions import Floats
from breakeven.numbers.operations import Value

VOLUMES = (0.25, 0.5, 0.8, 1.25, 2.0, 4.0)  # multiples of the plan at which a growing base is chosen
MOST_EXACT = 400  # exact stretches of a 36-month value; a thin margin has many, and the search says where it stopped


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeBreakEven:
    """Every window of monthly volume in which the option pays, with the fleet sized for each volume.

    `crossings` is in multiples of the plan; `plan_mtok` turns it into MTok a month (the named month), and
    `spend_per_scale` into what buying it would cost.
    """

    crossings: Crossings
    plan_mtok: float
    plan_spend: float


@dataclass(frozen=True, slots=True, kw_only=True)
class UtilizationBreakEven:
    """The utilization that the decided fleet needs in the named month, beside what it reaches and could reach."""

    reached: float
    needed: float | None  # None: no utilization up to 100 % is enough
    ceiling: float  # what sizing for the peak leaves at best
    batch_in_free_hours: float | None  # share of the batch work that finds free hours; None: there is none


def volume_break_even(
    comparison: Comparison, option: int, month: int, *, hybrid: bool = False, keeps: bool = False
) -> VolumeBreakEven:
    """All break-evens of the net present value in volume; the whole demand path scales, mix and shape stay.

    The fleet follows the volume; of a `hybrid` the best owned base is taken at each volume, and where it grows over the
    months the best paths at a few volumes too. `keeps`: GPUs that are there never become fewer.
    """
    pair = comparison.pair(option)
    if hybrid:
        free = {name: value for name, value in pair.items() if name != "replicas"}
        most = 2 * peak_replicas(comparison.model, free, 1)
        found = hybrid_break_even(comparison.model, free, 1, most, growing(comparison, option, free, keeps=keeps))
    else:
        line = Along(comparison.model, pair, wanted="net_present_value", name="volume_scale", option=1)
        found = crossings(line, most=MOST_EXACT)
    got = comparison.evaluate(["volume", "api_bill"])
    return VolumeBreakEven(
        crossings=found,
        plan_mtok=comparison.month(got["volume"], 0, month),
        plan_spend=comparison.month(got["api_bill"], 0, month),
    )


def growing(comparison: Comparison, option: int, free: Mapping[str, Value], *, keeps: bool) -> list[Floats]:
    """The decided base and the best at a few other volumes, where the base changes over the months."""
    decided = np.asarray(comparison.path(comparison.fleets, option), dtype=float)
    if np.all(decided == decided[0]):
        return []
    at_scale = ({**free, "volume_scale": free["volume_scale"] * scale} for scale in VOLUMES)
    others = [best_path(comparison.model, each, 1, comparison.months, keeps=keeps) for each in at_scale]
    return [decided, *others]


def utilization_break_even(
    comparison: Comparison, option: int, month: int, *, hybrid: bool = False
) -> UtilizationBreakEven:
    """What the fleet reaches, and the volume at which its named month breaks even, as utilization.

    `hybrid`: the peaks burst by intention; any other fleet must carry all of that volume.
    """
    values = comparison.pinned_pair(option)
    at_month = {name: one_month(value, month) for name, value in values.items()}
    root = flip(comparison.model, at_month, "volume_scale", wanted="saving")
    got = comparison.evaluate(
        ["utilization", "usable_capacity", "replicas", "load", "peak_load", "batch_load", "batch_spill"]
    )
    at = {name: comparison.month(value, option, month) for name, value in got.items()}
    ceiling = at["usable_capacity"] * at["load"] / max(at["replicas"] * at["peak_load"], 1e-300)
    return UtilizationBreakEven(
        reached=at["utilization"],
        needed=None if root.at is None else utilization_at(comparison, at_month, root.at, hybrid),
        ceiling=ceiling,
        batch_in_free_hours=1 - at["batch_spill"] / at["batch_load"] if at["batch_load"] > 0 else None,
    )


def utilization_at(comparison: Comparison, values: dict[str, object], scale: float, may_burst: bool) -> float | None:
    """Utilization of the decided fleet at a multiple of the plan's volume; None when it cannot be reached."""
    got = comparison.model.evaluate({**values, "volume_scale": scale}, ["utilization", "spill"])
    reached = float(np.ravel(got["utilization"])[-1])
    return reached if may_burst or float(np.ravel(got["spill"])[-1]) <= 1e-9 else None


def one_month(value: object, month: int) -> object:
    """A value at one month only."""
    if isinstance(value, np.ndarray) and value.shape[-1] > 1:
        return value[..., month : month + 1]
    return value


def price_break_even(comparison: Comparison, option: int) -> Flip:
    """The multiple of the hosted list prices at which the option breaks even."""
    return flip(comparison.model, comparison.pair(option), "price_scale")
