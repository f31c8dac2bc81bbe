"""The fleets that follow from a case's inputs: sized for each month, shrinking only where that saves anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from breakeven.decision.comparison import decide_fleets
from breakeven.numbers.operations import MONTH, OPTION, Value, along, pick
from breakeven.study.register import full_model


def fleets_that_follow(modes: Sequence[str], values: Mapping[str, Value], months: int) -> Value:
    """Replicas by option and month. GPUs that are owned or reserved stay once they are there."""
    return decide_fleets(full_model(), values, months, keeps=stay(modes, values))


def that_stay(modes: Sequence[str], values: Mapping[str, Value], needed: Value) -> Value:
    """The same of what is needed in each month."""
    return np.where(stay(modes, values) > 0, np.maximum.accumulate(needed, axis=MONTH), needed)


def stay(modes: Sequence[str], values: Mapping[str, Value]) -> Value:
    """1 for the options whose GPUs stay once they are there."""
    return along(OPTION, [float(each) for each in kept(modes, values)])


def kept(modes: Sequence[str], values: Mapping[str, Value]) -> list[bool]:
    """Which options' GPUs stay once they are there: those that are owned or, in part, reserved."""
    reserved = pick(values["reserved_share"], option=range(len(modes)))
    return [bool(mode == "owned" or share > 0) for mode, share in zip(modes, reserved, strict=True)]
