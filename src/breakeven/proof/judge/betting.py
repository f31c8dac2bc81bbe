"""Is a mean above, or below, a limit? A test by betting that holds however often one looks, pair by pair.

For values of a known range a gambler bets on the side that would refute the null; his wealth is a martingale when the
null holds, so it ever passes 1/α with a chance of at most α (Ville). He splits his money over fixed stakes, which
hedges and needs no tuning. Waudby-Smith and Ramdas, JRSS B 86 (2024), "Estimating means of bounded random variables
by betting", section 4. The state is of constant size, and the same to the last bit however the pairs came in batches.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import exp, log
from typing import Literal

import numpy as np
import numpy.typing as npt

from breakeven.problems import Problem

Side = Literal["above", "below"]
Floats = npt.NDArray[np.float64]

STAKES = np.geomspace(0.02, 0.9, 8)  # shares of the largest stake that can never lose everything
BLOCK = 64  # values between two logarithms: their products stay inside what a number can hold
BLOCKS_AT_ONCE = 128
NEAREST = 0.001  # of the range, from either end to the limit: closer, a product could overflow


@dataclass(frozen=True, slots=True, kw_only=True)
class Bets:
    """One test: the null says that the mean is not on `side` of `limit`.

    Values lie in [`low`, `high`]. `log_wealth` [1 a stake] is at the last whole block, `factor` of the values since.
    `best` is the largest logarithm of evidence so far, `crossed_at` the number of values at which it first reached
    `level` = log(1/α); 0: never.
    """

    side: Side
    limit: float
    low: float
    high: float
    level: float
    count: int
    log_wealth: Floats
    factor: Floats
    best: float
    crossed_at: int

    @property
    def evidence(self) -> float:
        """The logarithm of the evidence against the null, now."""
        start = self.log_wealth.max()
        return float(start + np.log(np.mean(np.exp(self.log_wealth - start) * self.factor)))

    @property
    def rejected(self) -> bool:
        """Whether the null was ever rejected at α."""
        return self.crossed_at > 0


def bets(side: Side, *, limit: float, alpha: float, low: float = -1.0, high: float = 1.0) -> Bets:
    """A test that has seen nothing. Raises `Problem` where the limit is outside the range, or too near to its end."""
    at = (limit - low) / (high - low)
    if not NEAREST <= at <= 1 - NEAREST:
        raise Problem(f"the limit {limit:g} is outside what can be tested on values from {low:g} to {high:g}")
    nothing = np.zeros(STAKES.size)
    return Bets(
        side=side, limit=limit, low=low, high=high, level=level_of(alpha), count=0,
        log_wealth=nothing, factor=nothing + 1.0, best=0.0, crossed_at=0,
    )  # fmt: skip


def level_of(alpha: float) -> float:
    """The logarithm of the evidence that rejects at α. Raises `Problem` for what is no α."""
    if not 0 < alpha < 1:
        raise Problem(f"an error of {alpha:g} is none: it lies between 0 and 1")
    return -log(alpha)


def updated(state: Bets, values: npt.ArrayLike) -> Bets:
    """The test after these values, in their order. Raises `Problem` for a value outside its range."""
    given = np.atleast_1d(np.asarray(values, dtype=np.float64))
    if not np.all((given >= state.low) & (given <= state.high)):
        raise Problem(f"a value lies outside {state.low:g} to {state.high:g}, which the test stands on")
    at, head = 0, -state.count % BLOCK
    whole = (given.size - head) // BLOCK * BLOCK if given.size > head else 0
    step = BLOCK * BLOCKS_AT_ONCE
    cuts = [min(head, given.size), *range(head + step, head + whole, step), head + whole if whole else 0, given.size]
    for cut in cuts:
        if cut > at:
            state, at = _walked(state, given[at:cut]), cut
    return state


def _walked(state: Bets, values: Floats) -> Bets:
    """Values within one block, or whole blocks from the start of one: a row a block, a layer a stake."""
    rows = values.reshape(max(values.size // BLOCK, 1), -1)
    wealth, starts, ends = _products(state, rows)
    scale = starts.max(axis=0)
    share = np.exp(starts - scale) / STAKES.size
    held = np.zeros(rows.shape)
    for stake in range(STAKES.size):  # one by one: a sum in another order would differ in the last bit
        held += wealth[stake] * share[stake][:, None]
    log_best = scale + np.log(held.max(axis=1))
    crossed = state.crossed_at or _first(held, scale, state)
    full = (state.count + values.size) % BLOCK == 0
    return replace(
        state,
        count=state.count + values.size,
        log_wealth=ends if full else np.ascontiguousarray(starts[:, -1]),
        factor=np.ones(STAKES.size) if full else wealth[:, -1, -1].copy(),
        best=max(state.best, float(log_best.max())),
        crossed_at=crossed,
    )


def _products(state: Bets, rows: Floats) -> tuple[Floats, Floats, Floats]:
    """Wealth [stake, block, value] since each block's start, its logarithm at the starts, and after the last block."""
    width = state.high - state.low
    middle = (state.limit - state.low) / width
    sign, most = (1.0, 1 / middle) if state.side == "above" else (-1.0, 1 / (1 - middle))
    gain = (rows - state.limit) / width * (sign * most)
    wealth = 1.0 + STAKES[:, None, None] * gain
    wealth[:, 0, 0] *= state.factor
    np.multiply.accumulate(wealth, axis=2, out=wealth)
    logs = np.log(np.ascontiguousarray(wealth[:, :, -1]))
    path = np.add.accumulate(np.concatenate([state.log_wealth[:, None], logs], axis=1), axis=1)
    return wealth, np.ascontiguousarray(path[:, :-1]), np.ascontiguousarray(path[:, -1])


def _first(held: Floats, scale: Floats, state: Bets) -> int:
    """The number of values at which the evidence first reached the level; 0: not in these."""
    needed = np.array([exp(min(state.level - each, 700.0)) for each in scale])
    reached = (held >= needed[:, None]).ravel()
    return state.count + int(reached.argmax()) + 1 if reached.any() else 0
