"""An owned base that grows with the demand: the best number of replicas in each month, decided before the first.

The net present value is a sum over months but for the shadow run, which is paid once for the fleet that will serve.
Every month's fleet carries a level part of it, as if that fleet had served from the start, so no path saves it by
beginning small. So each month may be valued on its own: rented GPUs take each month's best, GPUs that stay once they
are there the best path that never falls (dynamic programming over sizes and months).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from breakeven.decision.comparison import CRITERION, by_option, pinned
from breakeven.decision.hybrid.hybrid import sizes_to_look_at
from breakeven.numbers.distributions import Floats
from breakeven.numbers.lines import Model
from breakeven.numbers.operations import Value, pick


def best_path(model: Model, values: Mapping[str, Value], option: int, months: int, *, keeps: bool) -> Floats:
    """Replicas of one option by month (months,). `keeps`: they are bought or reserved and never become fewer."""
    sizes = np.array(sizes_to_look_at(model, values, option), dtype=float)
    return chosen_path(sizes, worth_by_month(model, values, option, sizes, months), keeps=keeps)


def chosen_path(sizes: Floats, worth: Floats, *, keeps: bool) -> Floats:
    """The sizes worth most by month, of what each size is worth in each month (sizes, months)."""
    chosen = rising(worth) if keeps else worth.argmax(axis=0)
    path, live = sizes[chosen], np.flatnonzero(np.any(worth, axis=0))
    if live.size:
        path[: live[0]] = path[live[0]]  # nothing runs before the cut-over
    return np.asarray(path)


def worth_by_month(model: Model, values: Mapping[str, Value], option: int, sizes: Floats, months: int) -> Floats:
    """What each fleet saves in each live month, discounted, less its part of what is paid once (sizes, months).

    The parts are level in money of their month, so that of a level demand every month's best fleet is the same.
    """
    wanted = ["saving", "discount_factor", "one_time_cost", "live"]
    given = pinned(values, option, sizes)
    known = {name: given[name] for name in wanted if name in given}
    got = known | model.evaluate(given, [name for name in wanted if name not in given])
    saving, discount, paid, live = (
        pick(got[name], option=range(1, len(sizes) + 1), month=range(months)) for name in wanted
    )
    counts = live * discount
    return np.asarray(saving * discount - paid * counts / np.sum(counts, axis=-1, keepdims=True))


def rising(worth: Floats) -> np.ndarray:
    """The size in each month (months,) of the path worth most that never falls; of equals the smaller sizes."""
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
