"""The best owned base at any volume: what it is worth, and how that behaves however large the volume becomes.

Volumes are counted in busy replicas of mean load, so nothing depends on how large the plan is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from breakeven.decision.comparison import CRITERION, pinned
from breakeven.decision.hybrid.hybrid import bunch_of, spares
from breakeven.decision.hybrid.tranches import Months, chosen
from breakeven.numbers.distributions import Floats
from breakeven.numbers.lines import Model
from breakeven.numbers.operations import SCENARIO, STEP, Value, along, pick, whole_up

TOGETHER = ("gpus_billed_together", "gpus_per_node")  # GPUs that are paid for together
LINES = ("saving", "discount_factor", "one_time_cost", "live")
COARSE, FINE = 24, 64  # fleets looked at for one volume, in even steps up to its peak; with FINE the kinks too
FAR = 1e12  # busy replicas: costs that do not grow with the volume are dust beside it
WHOLE = 5040.0  # far out fleets come in multiples of it: whole nodes, however they are billed
DUST = 1e-7  # a gain per token below this share of the hosted cost pays at no volume that could exist


@dataclass(frozen=True, kw_only=True)
class BestBases:
    """One option (column 1 of `values`, without its replicas) with the best base at each volume.

    `keeps`: GPUs that are there never become fewer. The base is chosen as `tranches.best_path` chooses it.
    """

    model: Model
    values: Mapping[str, Value]
    months: int
    keeps: bool

    @cached_property
    def still(self) -> dict[str, Value]:
        """The inputs, and the lines that neither the volume nor the fleet moves."""
        free = {name: value for name, value in self.values.items() if name not in ("replicas", "volume_scale")}
        moving, steady = {"replicas", "volume_scale"}, []
        for each in self.model.ancestors([*LINES, CRITERION], {*free, *moving}):
            if moving.isdisjoint(self.model.lines[each].needs):
                steady.append(each)
            else:
                moving.add(each)
        return {**free, **self.model.evaluate(free, steady)}

    @cached_property
    def loads(self) -> Floats:
        """Mean load of each month at multiple 1, in busy replicas (months,)."""
        got = self.model.evaluate({**self.still, "volume_scale": 1.0}, ["load"])["load"]
        return np.array(pick(got, option=1, month=range(self.months)), dtype=float)

    @property
    def busy_replicas(self) -> float:
        """Mean load of the busiest month at multiple 1: turns multiples of the plan into busy replicas."""
        return float(np.max(self.loads))

    @cached_property
    def replicas_per_load(self) -> float:
        """Replicas that carry the busiest block, for each busy replica of mean load."""
        over = max(float(np.max(self.values[name])) for name in ("load_over_mean", "peak_over_mean"))
        return over / float(np.max(self.values["usable_share"]))

    def sizes(self, loads: Floats, count: int) -> Floats:
        """Whole fleets in even steps up to what carries the peak of each load, by rising size (fleets, volumes).

        Where steps leave some out, those remain that fill what is paid for together, and beside them stand those that
        just carry a block of the busiest month, or just not.
        """
        spare, every, steps = spares(self.values), np.arange(1.0, count + 1)[:, None], np.linspace(0, 1, count)[:, None]
        peak = np.maximum(whole_up(loads * self.replicas_per_load), 1.0) + spare
        first, few = spare + 1.0, peak - spare <= count
        bunches = [bunch_of(self.values, 1, name) for name in TOGETHER]
        stepped = np.clip(np.rint((first + (peak - first) * steps) / bunches[0]) * bunches[0], first, peak)
        even = np.where(few, np.minimum(spare + every, peak), stepped)
        if count < FINE or np.all(few):
            return np.asarray(even)
        kinks = np.floor(self.kinks[:, [int(np.argmax(self.loads))]] * loads + spare)
        beside = np.concatenate(
            [kinks, kinks + 1, *(kinks // n * n + more for n in bunches if n > 1 for more in (0, n))]
        )
        return np.sort(np.concatenate([even, np.clip(beside, first, peak)]), axis=0)

    def parts(self, loads: Floats, sizes: Floats) -> Months:
        """The months of fleets `sizes` (fleets, volumes) or (fleets, volumes, months) at loads (volumes,)."""
        wide = pinned(self.still, 1, np.zeros(len(sizes)))
        held = np.asarray(sizes, dtype=float).reshape(*sizes.shape[:2], -1)
        wide["replicas"] = np.concatenate([np.zeros_like(held[:1]), held])[None, None]
        wide["volume_scale"] = along(SCENARIO, loads / self.busy_replicas)
        missing = [name for name in LINES if name not in wide]
        got = {**wide, **self.model.evaluate(wide, missing)}
        places = {"option": range(1, len(sizes) + 1), "scenario": range(loads.size)}
        saving, discount, live = (
            pick(got[name], month=range(self.months), **places) for name in ("saving", "discount_factor", "live")
        )
        return Months(
            saved=np.asarray(saving * discount),
            paid=np.asarray(pick(got["one_time_cost"], **places)),
            load=self.loads,
            first=int(np.flatnonzero(live[0, 0])[0]),
        )

    def best(self, loads: Floats, count: int = FINE) -> tuple[Floats, Floats]:
        """The best base at each load by month (volumes, months), and its net present value (volumes,)."""
        sizes = self.sizes(loads, count)
        return self.chosen(sizes, self.parts(loads, sizes))

    def chosen(self, sizes: Floats, parts: Months) -> tuple[Floats, Floats]:
        """The paths worth most of these fleets (volumes, months), and their net present values (volumes,)."""
        at, worth = chosen(sizes, parts, keeps=self.keeps)
        return sizes[at, np.arange(worth.size)[:, None]], worth

    def worth_of(self, path: Floats, loads: Floats) -> Floats:
        """Net present value of one fleet by month (months,) at many loads."""
        wide = pinned(self.still, 1, path[None, :]) | {"volume_scale": along(SCENARIO, loads / self.busy_replicas)}
        got = self.model.evaluate(wide, [CRITERION])[CRITERION]
        return np.array(pick(got, option=1, scenario=range(loads.size)), dtype=float)

    def slope_far_out(self) -> tuple[float, float]:
        """What the best base gains for each further busy replica of load in the end, and the load at which that has
        paid what does not grow with the load.
        """
        loads = np.array([FAR, 2 * FAR])
        one = np.maximum(np.rint(self.sizes(loads[:1], FINE) / WHOLE), 1) * WHOLE
        _, worth = self.chosen(np.hstack([one, 2 * one]), self.parts(loads, np.hstack([one, 2 * one])))
        slope = float(worth[1] - worth[0]) / FAR
        near = self.best(loads / 1e6)[1]
        steady = float(2 * near[0] - near[1])  # a straight line through both, at no load
        return slope, -steady / slope if slope > 0 else np.inf

    def most_far_out(self) -> float:
        """No path of fleets gains more than this for each further busy replica of load in the end.

        Far out what a fleet saves in a month is concave in its size, with kinks where it just carries a block of the
        load-duration curve, and where the batch work just finds room: one of these is best. Each month takes its best,
        though what is there may have to stay; so it is a bound.
        """
        loads = np.array([FAR, 2 * FAR])
        sizes = np.maximum(np.rint(self.kinks * FAR / WHOLE), 1) * WHOLE
        parts = self.parts(loads, np.stack([sizes, 2 * sizes], axis=1))
        saved, paid = ((part[:, 1] - part[:, 0]) / FAR for part in (parts.saved, parts.paid))
        saved[:, parts.first] -= paid
        return float(saved.max(axis=0)[parts.first :].sum())

    @cached_property
    def hosted_cost_per_load(self) -> float:
        """What each further busy replica of load costs to buy, discounted over the horizon, far out."""
        wide = pinned(self.still, 1, [0.0]) | {"volume_scale": along(SCENARIO, [FAR, 2 * FAR]) / self.busy_replicas}
        got = {**wide, **self.model.evaluate(wide, ["baseline_cost"])}
        places = {"scenario": range(2), "month": range(self.months)}
        bill, discount = (pick(got[name], **places) for name in ("baseline_cost", "discount_factor"))
        return float(np.sum((bill[1] - bill[0]) * discount[0])) / FAR

    @cached_property
    def kinks(self) -> Floats:
        """Fleets at which a month's saving turns, in replicas for each busy replica of the busiest month's load
        (kinks, months).
        """
        wanted = ["base_interactive_load", "base_batch_load"]
        got = {**self.still, **self.model.evaluate(self.still, [name for name in wanted if name not in self.still])}
        work, batch = (pick(got[name], option=1, month=range(self.months)) / self.busy_replicas for name in wanted)
        blocks = range(np.shape(self.values["load_over_mean"])[STEP])
        over, share = (pick(self.values[name], option=1, step=blocks) for name in ("load_over_mean", "block_share"))
        levels = np.sort(over)[:, None] * work
        free = np.array([level - np.minimum(over[:, None] * work, level).T @ share for level in levels])
        beyond = levels[-1] + np.maximum(batch - free[-1], 0)
        filled = [np.interp(batch[t], free[:, t], levels[:, t]) for t in range(self.months)]
        carried = np.where(batch > free[-1], beyond, filled)
        return np.vstack([levels, carried]) / float(np.max(self.values["usable_share"]))
