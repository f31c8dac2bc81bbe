"""Shipped load profiles: the shape of the load, and the mix of a request, for those with no log yet."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from breakeven.demand.demand import LoadCurve
from breakeven.numbers.inputs import Source
from breakeven.problems import Problem, nearest
from breakeven.shipped import shipped

USUAL = "conversation"  # whose requests are taken where nobody says
PERCENTILES = "stated percentiles"


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A named shape of load, and the mean request of the service it was seen on."""

    name: str
    meaning: str
    load_curve: LoadCurve
    mean_input_tokens: float
    mean_output_tokens: float
    mix_source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Percentiles:
    """Load as its percentiles over time, in any unit: only their ratios count. `peak` None: as high as p99."""

    trough: float
    p50: float
    p90: float
    p99: float
    peak: float | None = None


def profile_names() -> tuple[str, ...]:
    """The shipped profiles, in the order of their file."""
    return tuple(shipped("demand/profiles.yaml")["profiles"])


def profile(name: str | Percentiles) -> Profile:
    """The shipped profile of this name, or the shape of stated percentiles with the mean request of `USUAL`.

    Raises `Problem` with the nearest name where there is none.
    """
    if isinstance(name, Percentiles):
        return _of_percentiles(name)
    known = shipped("demand/profiles.yaml")["profiles"]
    if name not in known:
        what = f'"{name}" is not a load profile. {nearest(name, known)}'.strip()
        raise Problem(what, fix=f"The profiles are {', '.join(known)}.")
    facts = known[name]
    return Profile(
        name=name,
        meaning=facts["meaning"],
        load_curve=_curve(name, facts),
        mean_input_tokens=float(facts["mean_input_tokens"]),
        mean_output_tokens=float(facts["mean_output_tokens"]),
        mix_source=Source(**facts["mix_source"]),
    )


def _of_percentiles(stated: Percentiles) -> Profile:
    """Straight lines between what is exceeded for none, 1, 10, 50 and all of the time. Raises `Problem`."""
    levels = [stated.p99 if stated.peak is None else stated.peak, stated.p99, stated.p90, stated.p50, stated.trough]
    if not all(0 <= low <= high for high, low in pairwise(levels)) or not stated.p50 > 0:
        stated_levels = ", ".join(f"{level:g}" for level in reversed(levels))
        raise Problem(
            f"the load's percentiles do not rise from 0 up: {stated_levels}", fix="Give trough <= p50 <= p90 <= p99."
        )
    edges = np.array([0.0, 0.001, 0.01, 0.1, 0.5, 1.0])
    load = np.interp(edges, [0.0, 0.01, 0.1, 0.5, 1.0], levels)
    share, middle = np.diff(edges), (load[1:] + load[:-1]) / 2
    mean = float(np.average(middle, weights=share))
    usual = profile(USUAL)
    curve = LoadCurve(
        name=PERCENTILES,
        share_of_time=tuple(share.tolist()),
        load_over_mean=tuple((middle / mean).tolist()),
        p99_over_mean=stated.p99 / mean,
        p999_over_mean=float(load[1]) / mean,
        kind="assumed",
        source=Source(title="percentiles of the load as stated", date=""),
    )
    return replace(usual, name=PERCENTILES, meaning="the load's percentiles as stated", load_curve=curve)


def load_curve(name: str) -> LoadCurve:
    """The load curve of a shipped profile.

    A block is one interval of the table with the exact mean of the straight line over it, scaled so that
    the whole has mean 1. p99 and p99.9 are the table's own values, unscaled: the table is already over its
    mean, which digitising misses by 0.2 %.
    """
    return profile(name).load_curve


def _curve(name: str, facts: dict[str, Any]) -> LoadCurve:
    percent = np.asarray(shipped("demand/profiles.yaml")["share_of_time_percent"], dtype=float)
    load = np.asarray(facts["load_over_mean"], dtype=float)
    share, mean_of_block = np.diff(percent) / 100, (load[1:] + load[:-1]) / 2
    return LoadCurve(
        name=name,
        share_of_time=tuple(share.tolist()),
        load_over_mean=tuple((mean_of_block / np.average(mean_of_block, weights=share)).tolist()),
        p99_over_mean=float(np.interp(1, percent, load)),
        p999_over_mean=float(np.interp(0.1, percent, load)),
        kind=facts["kind"],
        source=Source(**facts["source"]),
    )
