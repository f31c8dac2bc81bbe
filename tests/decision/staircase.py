"""Small models with lines of our own, and a plain loop over breakpoints to hold the exact search against."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import ceil
from types import ModuleType
from typing import Any

from breakeven.decision.exact.along import Along
from breakeven.numbers.lines import Model, line
from breakeven.numbers.operations import STEP, along, maximum, total, where, whole_up


def module(*functions: Callable[..., Any]) -> ModuleType:
    """The functions as a module of lines."""
    made = ModuleType("made")
    for each in functions:
        setattr(made, each.__name__, each)
    return made


@line("USD", source="test")
def hosted(volume, edge, price_step, slabs):
    """The bill: graduated or slab tiers."""
    return total(
        where(
            slabs > 0,
            volume * where(volume > edge, price_step, 0),
            maximum(volume - edge, 0) * price_step,
        ),
        over=STEP,
    )


@line("replica", source="test")
def replicas(volume, carries):
    """Replicas."""
    return whole_up(volume / carries)


@line("USD", source="test")
def own(replicas, replica_cost, fixed, volume, own_price):
    """Serving it ourselves."""
    return fixed + replicas * replica_cost + volume * own_price


@line("USD", source="test")
def saving(hosted, own):
    """What it saves."""
    return hosted - own


INPUTS = ("volume", "edge", "price_step", "slabs", "carries", "replica_cost", "fixed", "own_price")
STAIRCASE = Model(module(hosted, replicas, own, saving), inputs=INPUTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Staircase:
    """A hosted bill with tiers [(from, price)] against a fixed cost, replicas and a price per volume."""

    tiers: tuple[tuple[Fraction, Fraction], ...]
    carries: Fraction
    replica_cost: Fraction
    fixed: Fraction
    own_price: Fraction = Fraction(0)
    slabs: bool = False

    def line(self) -> Along:
        prices = [price for _, price in self.tiers]
        steps = [b - a for a, b in zip([Fraction(0), *prices], prices, strict=False)]
        given: Mapping[str, Any] = {
            "edge": along(STEP, [edge for edge, _ in self.tiers]),
            "price_step": along(STEP, steps),
            "slabs": Fraction(self.slabs),
            "carries": self.carries,
            "replica_cost": self.replica_cost,
            "fixed": self.fixed,
            "own_price": self.own_price,
        }
        return Along(STAIRCASE, given, wanted="saving", name="volume")

    def hosted(self, volume: Fraction, *, side: int = 0) -> Fraction:
        """The bill at a volume (`side` 1: just right of it), written without the lines."""
        edges = [*(edge for edge, _ in self.tiers[1:]), None]
        bill = Fraction(0)
        for (start, price), end in zip(self.tiers, edges, strict=True):
            inside = start < volume or (side and start == volume)
            if self.slabs and inside:
                bill = volume * price
            if not self.slabs and inside:
                bill += (volume - start if end is None else min(volume, end) - start) * price
        return bill

    def saving(self, volume: Fraction, *, side: int = 0) -> Fraction:
        count = volume // self.carries + 1 if side else Fraction(ceil(volume / self.carries))
        return self.hosted(volume, side=side) - self.fixed - count * self.replica_cost - volume * self.own_price

    def windows(self, end: Fraction) -> list[tuple[Fraction, Fraction]]:
        """Intervals of (0, end] in which it saves: a plain loop over the breakpoints."""
        points = {Fraction(0), end} | {edge for edge, _ in self.tiers if edge < end}
        points |= {n * self.carries for n in range(1, ceil(end / self.carries))}
        ordered = sorted(points)
        found: list[tuple[Fraction, Fraction]] = []
        for a, b in pairwise(ordered):
            left, right = self.saving(a, side=1), self.saving(b)
            if left <= 0 and right <= 0:
                continue
            start = a if left >= 0 else a + (b - a) * -left / (right - left)
            stop = b if right >= 0 else a + (b - a) * -left / (right - left)
            if found and found[-1][1] == start:
                start = found.pop()[0]
            found.append((start, stop))
        return found
