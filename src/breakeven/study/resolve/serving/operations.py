"""Who answers at night: what each way of operating sets, for all options or for each of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from breakeven.numbers.inputs import Input, Source
from breakeven.numbers.operations import OPTION, along
from breakeven.study.case.case import Case
from breakeven.study.register import register
from breakeven.study.resolve.serving.options import USUAL_OPERATIONS, Option

OPERATIONS: Mapping[str, Mapping[str, float]] = {  # ops mode -> the inputs it sets, where the case does not
    "rotation": {},
    "shared": {"oncall_share": 0.25},
    "business-hours": {"oncall_slots": 0.0, "nights_on_api_share": 1.0},
}


def set_by(mode: str, name: str) -> float:
    """What one way of operating makes of an input."""
    return OPERATIONS[mode].get(name, float(np.max(register()[name].likely)))


def operations_inputs(case: Case) -> dict[str, Input]:
    """Inputs that the case's way of operating sets."""
    said = case.file.self_hosting.operations
    mode = USUAL_OPERATIONS if said == "every" else said
    source = Source(title=f"operations: {mode}", date="")
    return {
        name: replace(register()[name], likely=value, low=None, high=None, source=source)
        for name, value in OPERATIONS[mode].items()
    }


def operations_by_option(case: Case, columns: Sequence[Option], stated: Mapping[str, Input]) -> dict[str, Input]:
    """The same where an option has a way of its own; what the case states of an input holds for all options."""
    if not any(column.purchase.operations for column in columns):
        return {}
    usual = case.file.self_hosting.operations
    modes = [column.purchase.operations or (USUAL_OPERATIONS if usual == "every" else usual) for column in columns]
    names = {name for mode in OPERATIONS.values() for name in mode} - stated.keys()
    return {
        name: replace(
            register()[name],
            likely=along(OPTION, [set_by(mode, name) for mode in modes]),
            low=None,
            high=None,
            source=case.source("self_hosting"),
        )
        for name in sorted(names)
    }
