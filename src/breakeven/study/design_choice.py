"""How a design came to be the one that a study stands on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignPoint:
    """A design that was replayed, in its best way: a point of the picture. Money in the case's currency.

    `tpot_seconds`: time of a further token of a request that is alone. `tokens_per_second`: what a replica serves of
    the first workload within the promise, p10, p50 and p90; `speed`: what that rests on. `unbeaten`: no other is as
    cheap, as quick, as sure and as widely offered.
    """

    design: str
    option: str
    monthly_cost: float
    net_present_value: float
    tpot_seconds: float
    tokens_per_second: tuple[float, float, float]
    speed: str
    unbeaten: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignChoice:
    """How the design was found, where the case left it open. `behind`: what the next best is worth less.

    `points`: those that were replayed, the chosen one first.
    """

    design: str
    looked_at: int
    replayed: int
    next_best: str | None = None
    behind: float | None = None
    points: tuple[DesignPoint, ...] = ()
