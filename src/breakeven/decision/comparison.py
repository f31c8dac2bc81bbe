"""The options side by side, ready to be asked: the model, the values of every input, the fleets decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from breakeven.numbers.lines import Model
from breakeven.numbers.operations import MONTH, OPTION, Value, along, pick

CRITERION = "net_present_value"  # what options are ranked by
BASELINE = 0  # the option that buys everything
WITHOUT_UNITS = ("committed_work", "committed_burst", "committed_bought_relief")
WITHOUT_FLEETS = ("interactive_spill", "batch_spill")  # of held fleets only
WITHOUT_TIERS = (  # they enter above an edge only, or by slab
    "tokens_in_tiers", "interactive_burst_tokens", "batch_burst_tokens", "tier_tokens",
    "bought_list_price", "burst_list_price", "batch_burst_list_price",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Options over the option axis, the hosted baseline first.

    `values` are the inputs; `fleets` the replicas decided for each option and month, which stay as they are when
    volume, price or anything else turns out otherwise. `fixed`: options whose fleet is itself the decision (a hybrid's
    owned base, a fleet that the case states) and is never sized anew.
    """

    model: Model
    names: tuple[str, ...]
    values: Mapping[str, Value]
    fleets: Value
    months: int
    fixed: frozenset[int] = frozenset()

    def evaluate(self, wanted: Iterable[str] | None = None, **changed: Value) -> dict[str, Value]:
        """Lines for all options with the decided fleets; `changed` replaces inputs or pins lines."""
        return self.model.evaluate({**self.values, "replicas": self.fleets, **changed}, wanted)

    def pair(self, option: int) -> dict[str, Value]:
        """The inputs of the baseline and one option; the fleet follows the demand unless it is fixed.

        Where neither holds a fleet, nothing is asked of what would be above it.
        """
        pair = {name: of_options(value, [BASELINE, option]) for name, value in self.values.items()}
        if "holds_fleet" in pair and not np.any(pair["holds_fleet"]):
            pair |= dict.fromkeys(WITHOUT_FLEETS, 0.0)
        return pair | {"replicas": of_options(self.fleets, [BASELINE, option])} if option in self.fixed else pair

    def pinned_pair(self, option: int) -> dict[str, Value]:
        """The same with the decided fleet."""
        return self.pair(option) | {"replicas": of_options(self.fleets, [BASELINE, option])}

    def sized_anew(self, **changed: Value) -> Value:
        """The fleets that changed inputs ask for; fixed ones stay."""
        needed = self.model.evaluate({**self.values, **changed}, ["replicas"])["replicas"]
        fixed = along(OPTION, [float(option in self.fixed) for option in range(len(self.names))])
        return np.where(fixed > 0, self.fleets, needed)

    def month(self, line: Value, option: int, month: int) -> float:
        """One number of an evaluated line without workload or step axis; month counts from 0."""
        return float(pick(line, option=option, month=month))

    def path(self, line: Value, option: int) -> np.ndarray:
        """A line of one option over the months."""
        return pick(line, option=option, month=range(self.months))


def without_idle(comparison: Comparison) -> Comparison:
    """The same comparison with what nobody holds pinned to zero, so that it is not computed for every draw."""
    return replace(comparison, values=values_without_idle(comparison.values))


def values_without_idle(values: Mapping[str, Value]) -> dict[str, Value]:
    """Values with what nobody holds pinned to zero.

    Without committed units nothing is asked for them; where there is one price, no tokens are counted for tiers.
    """
    idle = list[str]()
    if not any(np.any(values[name]) for name in ("committed_units", "units_under_contract")):
        idle += WITHOUT_UNITS
    if not np.any(values["tier_from_mtok"]) and not np.any(values["tiers_are_slabs"]):
        idle += WITHOUT_TIERS
    return {**values, **dict.fromkeys(idle, 0.0)}


def of_options(value: Value, columns: Sequence[int]) -> Value:
    """A value restricted to some options, in this order; an option may come more than once."""
    varies = isinstance(value, np.ndarray) and value.shape[OPTION] > 1
    return value[..., list(columns), :, :] if varies else value


def by_option(line: Value, options: int, scenarios: int) -> NDArray[np.float64]:
    """A line without step, workload or month axis as (scenarios, options)."""
    return np.asarray(pick(line, option=range(options), scenario=range(scenarios)).T, dtype=float)


def pinned(values: Mapping[str, Value], option: int, sizes: Value) -> dict[str, Value]:
    """Inputs of the baseline and one option, the latter once for each fleet; `sizes` (fleets, months) or (fleets,)."""
    columns = [BASELINE, *([option] * len(sizes))]
    table = np.asarray(sizes, dtype=float).reshape(len(sizes), -1)
    held = np.concatenate([np.zeros((1, table.shape[1])), table])
    wide = {name: of_options(value, columns) for name, value in values.items()}
    return wide | {"replicas": held[None, None, :, None, :]}


def decide_fleets(model: Model, values: Mapping[str, Value], months: int, *, keeps: Value) -> Value:
    """The replicas that likely demand needs in each month. Where `keeps` is 1 the fleet never shrinks."""
    needed = model.evaluate(values, ["replicas"])["replicas"]
    shape = np.broadcast_shapes(np.shape(needed), np.shape(keeps), (1, 1, 1, 1, months))
    wide = np.broadcast_to(needed, shape)
    return np.where(np.broadcast_to(keeps, shape) > 0, np.maximum.accumulate(wide, axis=MONTH), wide)
