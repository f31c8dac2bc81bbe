"""The lines of `quick` wired up, and the few exact questions put to them."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from breakeven.decision.exact.along import Along
from breakeven.decision.exact.crossings import root_in
from breakeven.numbers.lines import Model
from breakeven.numbers.month import SECONDS_PER_MONTH
from breakeven.quick import lines

CONSTANTS = {
    "tokens_per_mtok": Fraction(10**6),
    "seconds_per_month": Fraction(SECONDS_PER_MONTH),
}
INPUTS = ("tokens", "hosted_price", "gpu_monthly", "eng_monthly", "gpu_capacity", *CONSTANTS)
MODEL = Model(lines, inputs=INPUTS)

Given = Mapping[str, Fraction]


def value(given: Given, wanted: str) -> Fraction:
    """One line, exactly."""
    return Fraction(MODEL.evaluate({**given, **CONSTANTS}, [wanted])[wanted])


def saving(given: Given) -> Fraction:
    """What self-hosting saves a month."""
    return value(given, "saving")


def fleet(given: Given) -> Fraction:
    """The GPUs: as given, or as many as the volume needs."""
    return given["gpus"] if "gpus" in given else value(given, "gpus")


def pinned(given: Given) -> dict[str, Fraction]:
    """The same with the fleet held at its present size."""
    return {**{name: each for name, each in given.items() if name != "gpu_capacity"}, "gpus": fleet(given)}


def root(given: Given, name: str) -> Fraction | None:
    """Where the saving crosses zero along one input, the fleet held; None when no positive value does."""
    return root_in(Along(MODEL, pinned(given), wanted="saving", name=name).at(Fraction(0)))
