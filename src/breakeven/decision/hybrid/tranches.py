"""An owned base that grows with the demand: the best number of replicas in each month, decided before the first.

The net present value is a sum over months but for what is paid once for the first fleet, its shadow run. The first
fleet pays its own, and no path saves it by beginning small: one that begins below what its first month is worth by
itself holds later at most what the first fleet comes to when it grows as the load does. Under that cap each month may
be valued on its own: rented GPUs take each month's best, GPUs that stay once they are there the best path that never
falls (dynamic programming over sizes and months).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from breakeven.decision.comparison import BASELINE, CRITERION, by_option, of_options, pinned
from breakeven.decision.hybrid.hybrid import sizes_to_look_at
from breakeven.numbers.distributions import Floats
from breakeven.numbers.lines import Model
from breakeven.numbers.operations import DUST, Value, pick

LINES = ("saving", "discount_factor", "one_time_cost", "live", "load")


@dataclass(frozen=True, slots=True, kw_only=True)
class Months:
    """What fleets save by month, discounted (fleets, volumes, months), and what each pays once where it is the first
    that serves (fleets, volumes). `load` by month, in any unit; `first`: the month, from 0, from which they serve.
    """

    saved: Floats
    paid: Floats
    load: Floats
    first: int

    def caps(self, sizes: Floats, *, keeps: bool) -> Floats:
        """The most that may be held after each first fleet (fleets, volumes, months): what it comes to when it grows as
        the load does, in whole replicas, and anything after one that is no smaller than its month deserves.
        """
        load = np.maximum.accumulate(self.load) if keeps else self.load
        begins = self.load[self.first]
        if not begins > 0:
            return np.full((*sizes.shape, load.size), np.inf)
        grown = np.maximum(load / begins, 1.0)
        deserved = np.take_along_axis(sizes, self.saved[..., self.first].argmax(axis=0)[None], axis=0)
        return np.where((sizes >= deserved)[..., None], np.inf, np.floor(sizes[..., None] * grown * (1 + DUST)))

    def of(self, rows: slice) -> Months:
        """The same of some of the fleets."""
        return replace(self, saved=self.saved[rows], paid=self.paid[rows])

    def as_they_are(self) -> Floats:
        """Net present value of each fleet by itself (fleets, volumes)."""
        return np.asarray(self.saved.sum(axis=-1) - self.paid)


def best_path(model: Model, values: Mapping[str, Value], option: int, months: int, *, keeps: bool) -> Floats:
    """Replicas of one option by month (months,). `keeps`: they are bought or reserved and never become fewer."""
    sizes = np.array(sizes_to_look_at(model, values, option), dtype=float)
    return chosen_path(sizes, months_of(model, values, {option: sizes[:, None]}, months)[option], keeps=keeps)[0]


def chosen_path(sizes: Floats, months: Months, *, keeps: bool) -> tuple[Floats, float]:
    """The path worth most (months,) of what each size (sizes,) saves in each month, and its net present value."""
    at, worth = chosen(sizes[:, None], months, keeps=keeps)
    return np.asarray(sizes[at[0]]), float(worth[0])


def chosen(sizes: Floats, months: Months, *, keeps: bool) -> tuple[np.ndarray, Floats]:
    """The places of the paths worth most (volumes, months) among sizes by rising number (fleets, volumes), of equals
    the smaller; and their net present values (volumes,).
    """
    last = places_up_to(sizes, months.caps(sizes, keeps=keeps))
    upto, after = months.first + 1, months.saved[..., months.first + 1 :]
    begun = months.saved[..., :upto].sum(axis=-1) - months.paid
    total = begun + (rising_after if keeps else best_after)(after, last[..., upto:])
    first, every = total.argmax(axis=0), np.arange(total.shape[1])
    may = np.arange(len(sizes))[:, None, None] <= last[first, every, upto:]
    if keeps:
        may &= np.arange(len(sizes))[:, None, None] >= first[:, None]
    allowed = np.where(may, after, -np.inf)
    path = np.array([rising(allowed[:, i]) for i in every]) if keeps else allowed.argmax(axis=0)
    held = np.repeat(first[:, None], upto, axis=1)  # nothing runs before the cut-over
    return np.concatenate([held, path], axis=1), np.asarray(total[first, every])


def places_up_to(sizes: Floats, caps: Floats) -> np.ndarray:
    """The last place among rising sizes (fleets, volumes) that is no larger than each cap (…, volumes, months)."""
    found = [np.searchsorted(sizes[:, i], caps[:, i], side="right") - 1 for i in range(sizes.shape[1])]
    return np.stack(found, axis=1)


def best_after(saved: Floats, last: np.ndarray) -> Floats:
    """What the months after the first save with the best of each, up to the last place allowed (fleets, volumes)."""
    return np.asarray(np.take_along_axis(np.maximum.accumulate(saved, axis=0), last, axis=0).sum(axis=-1))


def rising_after(saved: Floats, last: np.ndarray) -> Floats:
    """The same where no month holds less than the one before."""
    places = np.arange(len(saved))
    total = np.where((places[:, None] == places)[..., None], 0.0, np.full((*last.shape[:1], *saved.shape[:2]), -np.inf))
    for month in range(saved.shape[-1]):
        best = np.maximum.accumulate(total, axis=1) + saved[..., month]
        total = np.where(places[:, None] <= last[:, None, :, month], best, -np.inf)
    return np.asarray(total.max(axis=1))


def months_of(model: Model, values: Mapping[str, Value], held: Mapping[int, Floats], months: int) -> dict[int, Months]:
    """The months of each option's fleets, all evaluated at once. `held`: by option, fleets by month (fleets, months),
    or (fleets, 1) where they stay as they are.
    """
    columns = [BASELINE, *(option for option, fleets in held.items() for _ in fleets)]
    rows = [np.broadcast_to(fleets, (len(fleets), months)) for fleets in held.values()]
    wide = {name: of_options(value, columns) for name, value in values.items()}
    wide["replicas"] = np.concatenate([np.zeros((1, months)), *rows])[None, None, :, None, :]
    got = {**wide, **model.evaluate(wide, [name for name in LINES if name not in wide])}
    every, at = {"option": range(len(columns)), "month": range(months)}, 1
    saving, discount, live, load = (pick(got[name], **every) for name in ("saving", "discount_factor", "live", "load"))
    paid = pick(got["one_time_cost"], option=range(len(columns)))
    by_option = {}
    for option, fleets in held.items():
        places = slice(at, at + len(fleets))
        first = int(np.flatnonzero(live[at])[0]) if np.any(live[at]) else 0
        saved = saving[places, None] * discount[places, None]
        by_option[option] = Months(saved=saved, paid=paid[places, None], load=load[at], first=first)
        at = places.stop
    return by_option


def rising(worth: Floats) -> np.ndarray:
    """The size in each month (months,) of the path worth most that never falls; of equals the smaller sizes."""
    if not worth.shape[1]:
        return np.zeros(0, dtype=int)
    total, came_from = worth[:, 0], []
    for month in range(1, worth.shape[1]):
        best = np.maximum.accumulate(total)
        is_new = np.concatenate([[True], total[1:] > best[:-1]])
        came_from.append(np.maximum.accumulate(np.where(is_new, np.arange(total.size), 0)))
        total = best + worth[:, month]
    path = [int(np.argmax(total))]
    for step in reversed(came_from):
        path.append(int(step[path[-1]]))
    return np.array(path[::-1])


def worth_of_path(model: Model, values: Mapping[str, Value], option: int, path: Floats) -> float:
    """Net present value of one option with this fleet."""
    got = model.evaluate(pinned(values, option, path[None, :]), [CRITERION])[CRITERION]
    return float(by_option(got, 2, 1)[0, 1])
