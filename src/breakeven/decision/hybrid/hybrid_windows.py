"""Where some owned base with burst pays: the windows in volume in which the best base of that volume pays.

Volumes are looked at on a grid in busy replicas, not in multiples of the plan, so the answer is that of the case and
not of its volume. Each change of sign is narrowed with the best base of every volume in between; the last stretch is
that of one fleet. "For good" and "never" are read from what the best base gains far out, in `best_bases`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np

from breakeven.decision.exact.crossings import Crossings, Window
from breakeven.decision.hybrid.best_bases import COARSE, DUST, BestBases
from breakeven.numbers.distributions import Floats
from breakeven.numbers.operations import STEP, Value

FIRST, LEAST = 1e-9, 1e-2  # busy replicas: where the search begins; and its even steps
LEAST_SEARCHED, MOST = 64.0, 1e4  # searched at least so far; and where it does not pay far out
PAST = 4.0  # times the volume by which it should pay, or the last edge of a tier: searched up to there
POINTS = 64
BESIDE = 2  # points to both sides of a change of sign at which many fleets are looked at
FINER, ROUNDS = 8, 3  # each bracket is divided so often, with the best base of each point
STRAIGHT = 16  # points on one fleet's line between the last two volumes, which is then taken as straight
UNITS = ("committed_units", "units_under_contract")


def hybrid_break_even(bases: BestBases) -> Crossings:
    """The windows of volume, in multiples of the plan, in which the best base pays.

    `sign_beyond` is 1 where it pays for good, -1 where it is proved that no fleet pays at any volume, else None.
    """
    if bases.busy_replicas <= 0:
        return told([], 0.0, -1)
    slope, paid_by = bases.slope_far_out()
    gains = slope > DUST * bases.hosted_cost_per_load
    last = max(PAST * paid_by if gains else MOST, PAST * last_edge(bases), LEAST_SEARCHED)
    if not gains and never_gains(bases):
        return told([], last / bases.busy_replicas, -1)
    ends = sign_changes(bases, np.append(FIRST, np.geomspace(LEAST, last, POINTS)))
    return told([end / bases.busy_replicas for end in ends], last / bases.busy_replicas, 1 if gains else None)


def told(ends: Sequence[float], searched_to: float, sign: int | None) -> Crossings:
    """Starts and ends in turn, as windows; the last one stays open where it pays for good."""
    closed = [*ends, searched_to] if len(ends) % 2 else [*ends]
    windows_told = [
        Window(start=Fraction(start), end=Fraction(end)) for start, end in zip(closed[::2], closed[1::2], strict=True)
    ]
    if len(ends) % 2 and sign == 1:
        windows_told[-1] = replace(windows_told[-1], end=None)
    return Crossings(
        windows=tuple(windows_told),
        roots=tuple(window.start for window in windows_told if window.start),
        jumps=(),
        touches=(),
        searched_to=Fraction(searched_to),
        sign_beyond=sign if sign != 1 or len(ends) % 2 else None,
    )


def never_gains(bases: BestBases) -> bool:
    """Whether no fleet pays at any volume, by proof.

    A part of a volume with that part of its fleet costs at least that part of the whole: people, nodes and spares come
    whole. So if no fleet gains anything far out, none pays at any volume. It is asked where nothing favours a small
    volume: the API at its dearest tier; every GPU to buy, and every GPU there already. Committed units, and a minimum
    bill of one side only, stand against the proof.
    """
    values = bases.values
    floor = np.asarray(values["minimum_bill"])
    if any(np.any(values[name]) for name in UNITS) or np.ptp(floor):
        return False
    dearest: dict[str, Value] = {}
    if np.any(values["tier_from_mtok"]):
        steps = np.cumsum(values["tier_price_step"], axis=STEP)
        dearest = {"tier_price_step": float(np.max(steps)), "tier_from_mtok": 0.0}
    owned = [{"gpus_already_owned": np.inf}] if np.any(values["gpus_already_owned"]) else []
    cases = [replace(bases, values={**values, **dearest, **changed}) for changed in [dict[str, float](), *owned]]
    return all(case.most_far_out() <= DUST * case.hosted_cost_per_load for case in cases)


def last_edge(bases: BestBases) -> float:
    """The last edge of a tier, in busy replicas."""
    edge = float(np.max(bases.values["tier_from_mtok"]))
    if not edge:
        return 0.0
    mtok = bases.model.evaluate({**bases.still, "volume_scale": 1.0}, ["volume"])["volume"]
    return edge * bases.busy_replicas / float(np.max(mtok))


def sign_changes(bases: BestBases, loads: Floats) -> list[float]:
    """The loads at which the best base starts and stops paying, in turn; 0 first where it pays at the first load."""
    worth = looked_at(bases, loads)
    return ([0.0] if worth[0] > 0 else []) + [narrowed(bases, loads[i], loads[i + 1]) for i in turns(worth)]


def looked_at(bases: BestBases, loads: Floats) -> Floats:
    """What the best of a few fleets is worth at each load, and the best of many at both ends and near each change of
    sign: where a few miss what pays throughout, the last end tells.
    """
    worth, near = bases.best(loads, COARSE)[1], np.zeros(loads.size, dtype=bool)
    around = np.array([0, loads.size - 1])
    while True:
        worth[around], near[around] = bases.best(loads[around])[1], True
        beside = np.unique(turns(worth)[:, None] + np.array([0, 1]))
        if near[beside].all():
            return worth
        around = np.unique(np.clip(turns(worth)[:, None] + np.arange(1 - BESIDE, 1 + BESIDE), 0, loads.size - 1))
        around = around[~near[around]]


def turns(worth: Floats) -> np.ndarray:
    """The places after which the sign changes."""
    return np.flatnonzero((worth[1:] > 0) != (worth[:-1] > 0))


def narrowed(bases: BestBases, low: float, high: float) -> float:
    """The load between two at which the best base starts, or stops, to pay."""
    for _ in range(ROUNDS):
        loads = np.geomspace(low, high, FINER + 1)
        paths, worth = bases.best(loads)
        edges = turns(worth)
        if not edges.size:  # it is zero there but for floats' dust
            return low
        i = int(edges[0])
        low, high = float(loads[i]), float(loads[i + 1])
    return root(bases, paths[i + 1 if worth[i + 1] > 0 else i], low, high)


def root(bases: BestBases, path: Floats, low: float, high: float) -> float:
    """Where the worth of one fleet changes its sign; where it does not, the step lies at the end that does not pay."""
    at = np.linspace(low, high, STRAIGHT + 1)
    worth = bases.worth_of(path, at)
    found = turns(worth)
    if not found.size:
        return low if bases.best(at[:1])[1][0] <= 0 else high
    i = int(found[0])
    return float(at[i] - worth[i] * (at[i + 1] - at[i]) / (worth[i + 1] - worth[i]))
