"""The volumes at which self-hosting is cheaper, however many intervals they are.

With a fleet that follows the volume, step n is the volumes (n-1)·Q < V ≤ n·Q served by n GPUs, and the saving
rises along each step. So the saving at the end of step n and the saving just after its start are both affine
in n, and two divisions say from which step on some volumes win, and from which step on all do. Between these
two steps every step has one interval, which ends with the step; nothing is enumerated to count them.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from breakeven.decision.exact.crossings import Window
from breakeven.quick.model import Given, root, saving

MOST_LISTED, LISTED_OF_MANY = 1000, 20


@dataclass(frozen=True, slots=True, kw_only=True)
class WinSet:
    """`listed`: all intervals, or the first 20 and the last; `near`: those next to the planned volume."""

    listed: tuple[Window, ...]
    count: int
    near: tuple[Window, ...]

    def holding(self, volume: Fraction) -> Window | None:
        """The interval that holds the volume."""
        return next((w for w in self.near if w.start < volume and (w.end is None or volume <= w.end)), None)

    def nearest_edge(self, volume: Fraction) -> Fraction | None:
        """The end of an interval that is nearest to the volume; None when no volume turns the answer."""
        here = self.holding(volume)
        edges = [edge for w in ([here] if here else self.near) for edge in (w.start, w.end) if edge]
        return min(edges, key=lambda edge: abs(edge - volume), default=None)


NOWHERE = WinSet(listed=(), count=0, near=())


def fixed_fleet(given: Given) -> WinSet:
    """One fleet for every volume: the saving rises with the volume and crosses zero once at most."""
    turn = root(given, "tokens")
    if turn is None and saving({**given, "tokens": Fraction(1)}) <= 0:
        return NOWHERE
    only = Window(start=turn or Fraction(0), end=None)
    return WinSet(listed=(only,), count=1, near=(only,))


@dataclass(frozen=True, slots=True, kw_only=True)
class Staircase:
    """Steps of `capacity`: from `first` on part of a step wins, in (`last`, ∞) everything does."""

    given: Given
    capacity: Fraction
    first: int
    last: int

    def window(self, step: int) -> Window:
        """The interval that begins in this step."""
        start = (step - 1) * self.capacity
        turn = root({**self.given, "gpus": Fraction(step)}, "tokens") or Fraction(0)
        return Window(start=max(start, turn), end=step * self.capacity if step < self.last else None)

    def windows(self, steps: range) -> tuple[Window, ...]:
        """The intervals of these steps, without those that do not exist."""
        return tuple(self.window(step) for step in steps if self.first <= step <= self.last)

    def listed(self, count: int) -> tuple[Window, ...]:
        """All intervals, or the first ones and the last when they are very many."""
        if count <= MOST_LISTED:
            return self.windows(range(self.first, self.last + 1))
        return (*self.windows(range(self.first, self.first + LISTED_OF_MANY)), self.window(self.last))

    def near(self, volume: Fraction) -> tuple[Window, ...]:
        """The interval of the volume's step and the one before; or the first."""
        step = min(max(ceil(volume / self.capacity), self.first), self.last)
        return self.windows(range(step - 1, step + 1))


def following_fleet(given: Given) -> WinSet:
    """The fleet follows the volume: GPUs are added as soon as the present ones are full."""
    stairs = _staircase(given)
    if stairs is None:
        return NOWHERE
    count = stairs.last - stairs.first + 1
    return WinSet(listed=stairs.listed(count), count=count, near=stairs.near(given["tokens"]))


def _staircase(given: Given) -> Staircase | None:
    """First step with a win: the least n whose end saves; last: one before the least n that starts with none lost."""
    capacity = given["gpu_capacity"]
    at_end, gain = _affine(given, capacity, lag=0)
    if gain <= 0:
        return None
    at_start, _ = _affine(given, capacity, lag=1)
    first = max(1, floor(-at_end / gain) + 1)
    whole = max(1, ceil(-at_start / gain))
    return Staircase(given=given, capacity=capacity, first=first, last=max(whole - 1, first))


def _affine(given: Given, capacity: Fraction, *, lag: int) -> tuple[Fraction, Fraction]:
    """(value at n = 0, change per step) of the saving of n GPUs that serve n - lag of them in full."""
    zero, one = (saving({**given, "tokens": (step - lag) * capacity, "gpus": Fraction(step)}) for step in (0, 1))
    return zero, one - zero


def win_set(given: Given) -> WinSet:
    """The volumes at which self-hosting is cheaper."""
    return following_fleet(given) if "gpu_capacity" in given else fixed_fleet(given)
