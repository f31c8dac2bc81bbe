"""Where owning starts and stops paying: in volume, API spend, utilization, API price."""

from __future__ import annotations

from dataclasses import dataclass

from breakeven.decision.answers.flips import Flip, flip
from breakeven.decision.comparison import Comparison
from breakeven.decision.exact.along import Along
from breakeven.decision.exact.crossings import Crossings, crossings
from breakeven.decision.hybrid.best_bases import BestBases
from breakeven.decision.hybrid.hybrid_windows import hybrid_break_even
from breakeven.numbers.operations import Value

MOST_EXACT = 400  # exact stretches of a 36-month value; a thin margin has many, and the search says where it stopped


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeBreakEven:
    """Every window of monthly volume in which the option pays, with the fleet sized for each volume.

    `crossings` is in multiples of the plan; `plan_mtok` turns it into MTok a month (the named month), and
    `plan_spend` into what buying it would cost. `with_burst`: the same of the best base with burst on these GPUs, where
    serving everything never pays.
    """

    crossings: Crossings
    plan_mtok: float
    plan_spend: float
    with_burst: Crossings | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UtilizationBreakEven:
    """The utilization of the decided fleet in the named month: reached, needed over the horizon, and possible."""

    reached: float
    needed: float | None  # None: no utilization up to 100 % is enough
    ceiling: float  # what sizing for the peak leaves at best
    batch_in_free_hours: float | None  # share of the batch work that finds free hours; None: there is none


def volume_break_even(
    comparison: Comparison, option: int, month: int, *, hybrid: bool = False, keeps: bool = False, alone: bool = False
) -> VolumeBreakEven:
    """All break-evens of the net present value in volume; the whole demand path scales, mix and shape stay.

    The fleet follows the volume; of a `hybrid` the best owned base is taken at each volume. `keeps`: GPUs that are
    there never become fewer. `alone`: no base with burst on the same GPUs stands beside it, so where serving
    everything never pays, that base is asked too.
    """
    pair = comparison.pair(option)
    bases = BestBases(model=comparison.model, values=pair, months=comparison.months, keeps=keeps)
    if hybrid:
        with_hybrid = hybrid_break_even(bases)
    else:
        line = Along(comparison.model, pair, wanted="net_present_value", name="volume_scale", option=1)
        with_hybrid = crossings(line, most=MOST_EXACT)
    got = comparison.evaluate(["volume", "api_bill"])
    return VolumeBreakEven(
        crossings=with_hybrid,
        plan_mtok=comparison.month(got["volume"], 0, month),
        plan_spend=comparison.month(got["api_bill"], 0, month),
        with_burst=hybrid_break_even(bases) if alone and with_hybrid.never else None,
    )


def utilization_break_even(
    comparison: Comparison, option: int, month: int, *, hybrid: bool = False
) -> UtilizationBreakEven:
    """What the fleet reaches in the named month, and what it reaches there at the volume at which it breaks even.

    That volume is where the net present value is nothing, what is paid once counted, with the fleet as decided.
    `hybrid`: the peaks burst by intention; any other fleet must carry all of that volume.
    """
    values = comparison.pinned_pair(option)
    root = flip(comparison.model, values, "volume_scale")
    got = comparison.evaluate(
        ["utilization", "usable_capacity", "replicas", "load", "peak_load", "batch_load", "batch_spill"]
    )
    at = {name: comparison.month(value, option, month) for name, value in got.items()}
    ceiling = at["usable_capacity"] * at["load"] / max(at["replicas"] * at["peak_load"], 1e-300)
    return UtilizationBreakEven(
        reached=at["utilization"],
        needed=None if root.at is None else utilization_at(comparison, values, root.at, month, may_burst=hybrid),
        ceiling=ceiling,
        batch_in_free_hours=1 - at["batch_spill"] / at["batch_load"] if at["batch_load"] > 0 else None,
    )


def utilization_at(
    comparison: Comparison, values: dict[str, Value], scale: float, month: int, *, may_burst: bool
) -> float | None:
    """Utilization of the decided fleet at a multiple of the plan's volume; None when it cannot be reached."""
    got = comparison.model.evaluate({**values, "volume_scale": scale}, ["utilization", "spill"])
    reached, spilled = (comparison.month(got[name], 1, month) for name in ("utilization", "spill"))
    return reached if may_burst or spilled <= 1e-9 else None


def price_break_even(comparison: Comparison, option: int) -> Flip:
    """The multiple of the hosted list prices at which the option breaks even."""
    return flip(comparison.model, comparison.pair(option), "price_scale")
