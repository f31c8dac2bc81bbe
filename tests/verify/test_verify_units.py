"""Every line of the published models computes the unit it declares."""

from __future__ import annotations

import pint
import pytest

from breakeven.verify.recompute import CONSTANTS, INPUTS, MODEL

UNITS = pint.UnitRegistry()
for name in ("USD", "GPU", "token", "MTok", "server", "engineer", "kilo_watt"):
    UNITS.define(f"{name} = [{name}]")
INPUT_UNITS = {
    "gpus": "GPU", "gpu_price": "USD/GPU", "overhead_share": "", "tokens_per_second": "token/s",
    "hours_per_month": "hour/month", "token_share": "", "gpu_watts": "W/GPU", "power_usage_effectiveness": "",
    "electricity_price_per_kwh": "USD/kilo_watt/hour", "electricity_share": "", "api_input_price": "USD/MTok",
    "api_output_price": "USD/MTok", "engineer_monthly": "USD/month", "server_price": "USD",
    "depreciation_years": "year", "hosting": "USD/year", "licence_price": "USD/year", "licences_per_server": "",
    "input_volume": "MTok/month", "output_volume": "MTok/month", "gpu_price_per_hour": "USD/hour",
    "amortization_years": "year", "data_centre": "USD/month", "cloud_price_per_gpu_hour": "USD/GPU/hour",
    "seconds_per_hour": "s/hour", "tokens_per_mtok": "token/MTok", "watts_per_kilowatt": "W/kilo_watt",
    "months_per_year": "month/year", "nodes": "", "engineers": "", "persons": "",
    "cached_volume": "MTok/month", "api_cached_price": "USD/MTok",
}  # fmt: skip


def test_every_input_has_a_unit_here() -> None:
    assert set(INPUT_UNITS) == {*INPUTS, *CONSTANTS}


@pytest.mark.parametrize("name", MODEL.lines)
def test_unit(name: str) -> None:
    given = {each: 2.0 * UNITS(unit or "dimensionless").units for each, unit in INPUT_UNITS.items()}
    got = MODEL.evaluate(given, [name])[name]
    declared = MODEL.lines[name].unit
    assert got.check(UNITS("dimensionless" if declared == "1" else declared).dimensionality)
