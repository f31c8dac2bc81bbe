"""How many committed units to hold beside a fleet: for each fleet and month the number that is worth most.

Committed units and what is bought by the token are re-optimised for what each fleet leaves to buy: from none to as many
as today (to hold more pays without a fleet too, and is no merit of one). Units may be given up from month to month once
no contract binds them; what a contract still binds is paid in any case, by its own line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from breakeven.decision.comparison import BASELINE
from breakeven.decision.hybrid.hybrid import fleets
from breakeven.decision.hybrid.tranches import Months, months_of
from breakeven.numbers.distributions import Floats
from breakeven.numbers.lines import Model
from breakeven.numbers.operations import OPTION, Value, along


def units_by_fleet(
    model: Model, values: Mapping[str, Value], option: int, sizes: Floats, months: int
) -> tuple[Floats, Months]:
    """The best number of units for each fleet and month (fleets, months), the fewer of two equals; and the months with
    them. `sizes`: (fleets,) or (fleets, months).
    """
    held = {option: sizes.reshape(len(sizes), -1)}
    with_none = months_of(model, with_units(values, option, 0.0), held, months)[option]
    best, saved = np.zeros_like(with_none.saved), with_none.saved
    for count in counts(float(np.max(values["committed_units"]))):
        with_so_many = months_of(model, with_units(values, option, count), held, months)[option].saved
        better = with_so_many > saved
        best, saved = np.where(better, count, best), np.where(better, with_so_many, saved)
    return best[:, 0], replace(with_none, saved=saved)


def cheapest_units(model: Model, values: Mapping[str, Value], months: int) -> Floats:
    """The number of units by month (months,) with which keeping today's model costs least; the fewer of two equals.

    What a contract still binds is paid in any case, by its own line.
    """
    sizes = [0.0, *counts(float(np.max(values["committed_units"])))]
    columns = [BASELINE] * len(sizes)
    wide = {
        name: value[..., columns, :, :] if isinstance(value, np.ndarray) and value.shape[OPTION] > 1 else value
        for name, value in values.items()
    }
    given = {**wide, "committed_units": along(OPTION, sizes), "replicas": 0.0}
    cost = np.broadcast_to(model.evaluate(given, ["monthly_cost"])["monthly_cost"], (1, 1, len(sizes), 1, months))
    return np.asarray(np.array(sizes)[cost[0, 0, :, 0].argmin(axis=0)])


def with_units(values: Mapping[str, Value], option: int, units: Value) -> dict[str, Value]:
    """The inputs with so many units (a number, or one each month) under one option; the others keep theirs."""
    held, path = np.asarray(values["committed_units"], dtype=float), np.ravel(np.asarray(units, dtype=float))
    count = max(option + 1, held.shape[OPTION] if held.ndim else 1)
    wide = np.array(np.broadcast_to(held, (1, 1, count, 1, max(path.size, held.shape[-1] if held.ndim else 1))))
    wide[0, 0, option, 0] = path
    return {**values, "committed_units": wide}


def counts(most: float) -> list[float]:
    """The numbers of units to look at: from one to what is held today, in even steps where these are many."""
    return sorted({*map(float, fleets(int(most)) if most >= 1 else []), most})
