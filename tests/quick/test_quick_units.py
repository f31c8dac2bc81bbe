"""Every line of the quick model computes the unit it declares."""

from __future__ import annotations

import pint
import pytest

from breakeven.quick.model import MODEL

UNITS = pint.UnitRegistry()
for name in ("USD", "GPU", "token", "MTok"):
    UNITS.define(f"{name} = [{name}]")
INPUTS = {
    "tokens": "MTok/month",
    "hosted_price": "USD/MTok",
    "gpu_monthly": "USD/month/GPU",
    "eng_monthly": "USD/month",
    "gpu_capacity": "MTok/month/GPU",
    "tokens_per_mtok": "token/MTok",
    "seconds_per_month": "s/month",
}


@pytest.mark.parametrize("name", MODEL.lines)
def test_unit(name: str) -> None:
    given = {each: 2.0 * UNITS(unit).units for each, unit in INPUTS.items()}
    got = MODEL.evaluate(given, [name])[name]
    declared = UNITS.dimensionless if MODEL.lines[name].unit == "1" else UNITS(MODEL.lines[name].unit).units
    assert got.dimensionality == declared.dimensionality
