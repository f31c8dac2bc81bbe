"""What grows with the platform where the case does not state it: stated numbers stand for the platform of the case."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from breakeven.numbers.inputs import Input, Source
from breakeven.study.register import register

LEAST: dict[str, str] = {  # input -> its part at the smallest platform
    "run_fte": "least_run_share",
    "incidents_per_month": "least_incident_share",
    "refresh_person_months": "least_refresh_share",
    "compliance_cost_per_year": "least_compliance_share",
    "build_person_months": "least_build_share",
}
AS_STATED = Source(title="stated in the case, whatever the size of the platform", date="")


def as_stated(stated: Collection[str]) -> dict[str, Input]:
    """Stated numbers are charged as they stand, at every volume."""
    return {
        least: replace(register()[least], likely=1.0, low=None, high=None, source=AS_STATED)
        for name, least in LEAST.items()
        if name in stated
    }
