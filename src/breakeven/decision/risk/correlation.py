"""Which uncertain inputs move together: rank correlations, turned into a matrix of normal scores that can be drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from breakeven.numbers.distributions import Floats
from breakeven.numbers.inputs import Source
from breakeven.problems import Problem

JUDGEMENT = Source(title="judgement, no public source found", date="2026-11-21")
LEAST = 1e-9  # of the eigenvalues of a matrix that can be drawn
NEAREST_STEPS = 200
ROOM = 0.02  # of the eigenvalues of the nearest matrix, so that its ranks may be rounded


@dataclass(frozen=True, slots=True, kw_only=True)
class Correlation:
    """The rank correlation (Spearman) of two inputs, from -1 to 1."""

    first: str
    second: str
    rank: float
    source: Source = JUDGEMENT
    reason: str = ""


DEFAULTS = (
    *(
        Correlation(first=each, second="peak_over_mean", rank=-0.3, reason="more users smooth the load")
        for each in ("volume_scale", "input_mtok_per_month", "output_mtok_per_month")
    ),
    *(
        Correlation(
            first="gpu_price_per_hour", second=each, rank=0.5, reason="hosts of open weights rent the same GPUs"
        )
        for each in ("input_price_per_mtok", "output_price_per_mtok")
    ),
    Correlation(first="run_fte", second="build_person_months", rank=0.6, reason="the same team, the same difficulty"),
    Correlation(
        first="input_price_per_mtok", second="output_price_per_mtok", rank=0.9, reason="two prices of one offer"
    ),
    Correlation(
        first="input_mtok_per_month", second="output_mtok_per_month", rank=0.9, reason="two sides of one conversation"
    ),
)


def matrix(names: Sequence[str], correlations: Sequence[Correlation]) -> Floats:
    """Correlations of the normal scores of the named inputs; pairs that are not both named do not matter.

    Raises `Problem` for a rank outside -1 to 1 and for ranks that no numbers can have together.
    """
    wanted, place = np.eye(len(names)), {name: i for i, name in enumerate(names)}
    used = [correlation for correlation in correlations if correlation.first in place and correlation.second in place]
    for used_pair in used:
        if not -1 <= used_pair.rank <= 1 or used_pair.first == used_pair.second:
            raise Problem(
                f"{pair(used_pair)}: {used_pair.rank:g} is no rank correlation of two inputs", fix="Use -1 to 1."
            )
        i, j = place[used_pair.first], place[used_pair.second]
        wanted[i, j] = wanted[j, i] = 2 * np.sin(np.pi * used_pair.rank / 6)  # Spearman's rank to the normal scores'
    if np.linalg.eigvalsh(wanted)[:1].sum() < (LEAST if used else 0):
        raise impossible(names, wanted, used)
    return wanted


def impossible(names: Sequence[str], wanted: Floats, used: Sequence[Correlation]) -> Problem:
    """Names the pairs of the part of the matrix that no numbers can have, and the nearest ranks that some can."""
    worst = np.abs(np.linalg.eigh(wanted)[1][:, 0])
    part = {name for name, weight in zip(names, worst, strict=True) if weight > 0.1 * worst.max()}
    pairs = [correlation for correlation in used if correlation.first in part and correlation.second in part]
    place, near = {name: i for i, name in enumerate(names)}, nearest(wanted)
    offer = [
        6 / np.pi * np.arcsin(near[place[correlation.first], place[correlation.second]] / 2) for correlation in pairs
    ]
    stated = ", ".join(f"{pair(correlation)} {correlation.rank:g}" for correlation in pairs)
    fix = ", ".join(f"{pair(correlation)} {rank:.2f}" for correlation, rank in zip(pairs, offer, strict=True))
    return Problem(
        f"the correlation matrix is not positive definite: no numbers have these rank correlations together: {stated}",
        where="correlations",
        fix=f"The nearest that some do: {fix}.",
    )


def nearest(found: Floats) -> Floats:
    """The nearest correlation matrix whose eigenvalues are all positive (Higham's alternating projections)."""
    current, correction = found, np.zeros_like(found)
    for _ in range(NEAREST_STEPS):
        shifted = current - correction
        sizes, directions = np.linalg.eigh(shifted)
        raised = (directions * np.maximum(sizes, ROOM)) @ directions.T
        correction, current = raised - shifted, raised.copy()
        np.fill_diagonal(current, 1.0)
    return current


def pair(one: Correlation) -> str:
    """Both names."""
    return f"{one.first} and {one.second}"
