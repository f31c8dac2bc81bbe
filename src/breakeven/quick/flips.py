"""How far each option may move before the answer turns, all others held. Only whole GPUs are bought."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from breakeven.quick.model import Given, fleet, pinned, root, saving
from breakeven.quick.win_set import WinSet

MONEY = ("hosted_price", "gpu_monthly", "eng_monthly")


@dataclass(frozen=True, slots=True, kw_only=True)
class QuickFlip:
    """The nearest value at which the answer turns, and the way there relative to the present value."""

    now: Fraction
    at: Fraction | None

    @property
    def change(self) -> Fraction | None:
        """+0.5: half more. None when nothing turns it, or when there is nothing to be relative to."""
        return None if self.at is None or not self.now else self.at / self.now - 1


def flips(given: Given, wins: WinSet) -> dict[str, QuickFlip]:
    """By option name. Money moves with the fleet held; tokens and capacity move the fleet that follows them."""
    found = {"tokens": QuickFlip(now=given["tokens"], at=wins.nearest_edge(given["tokens"]))}
    for name in MONEY:
        found[name.replace("_", "-")] = QuickFlip(now=given[name], at=root(given, name))
    if "gpu_capacity" in given:
        return {**found, "gpu-capacity": QuickFlip(now=given["gpu_capacity"], at=turning_capacity(given))}
    return {**found, "gpus": QuickFlip(now=given["gpus"], at=turning_fleet(given))}


def turning_fleet(given: Given) -> Fraction | None:
    """The number of GPUs nearest to the present one that turns the answer; a tie goes to the API."""
    turn = root(given, "gpus")
    if turn is None:
        return None
    too_many = Fraction(ceil(turn))
    if saving(pinned(given)) > 0:
        return too_many
    return too_many - 1 if too_many > 1 else None


def turning_capacity(given: Given) -> Fraction | None:
    """The capacity of one GPU at which the volume begins to need the number of GPUs that turns the answer."""
    turning = turning_fleet(given)
    if turning is None:
        return None
    served_by = turning if turning < fleet(given) else turning - 1
    return given["tokens"] / served_by
