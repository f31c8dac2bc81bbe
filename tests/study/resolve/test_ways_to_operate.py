"""Ways of operating on the option axis: each option pays for its own nights."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from breakeven import Case, Problems, assess
from breakeven.study.resolve.resolve import resolve
from breakeven.study.study import Study

CASE: dict[str, Any] = {
    "as_of": "2026-11-21",
    "horizon_months": 6,
    "api_spend_per_month": 40000,
    "hosted_model": "openai/gpt-5-mini",
    "open_model": "qwen3-8b",
    "gpu_offer": {"gpu": "h100", "price_per_gpu_hour": 2.69},
    "team": 0.5,
    "hosts": {"refuse": ["*"]},
    "cutover_month": 1,
}


def study(**self_hosting: Any) -> Study:
    return assess(Case.from_dict(CASE | {"self_hosting": self_hosting}))


def row(found: Study, line: str) -> dict[str, float]:
    values = next(each.values for each in found.table if each.line == line)
    return dict(zip((column.name for column in found.basis.columns), values, strict=True))


def test_every_way_is_a_column_that_costs_what_it_costs_alone() -> None:
    together = study(operations="every")
    for way in ("rotation", "business-hours", "shared"):
        alone = study(operations=way)
        for line in ("on_call_stipends", "on_call_incidents", "night_route_back"):
            (mine,) = (v for name, v in row(together, line).items() if name.endswith(f", {way}"))
            assert mine == pytest.approx(row(alone, line)["rent H100-SXM-80GB"]), (way, line)


def test_a_purchase_may_have_its_own_and_the_others_keep_the_usual() -> None:
    ways = [
        {"mode": "rented"},
        {"mode": "rented", "name": "ours", "operations": "rotation"},
        {"mode": "serverless", "price_per_gpu_hour": 4},
    ]
    inputs = resolve(Case.from_dict(CASE | {"self_hosting": {"purchase": ways, "operations": "shared"}})).inputs
    assert np.ravel(inputs["oncall_share"].likely).tolist() == [0.25, 0.25, 1.0, 0.25]


def test_what_the_case_states_of_an_input_holds_for_all() -> None:
    case = Case.from_dict(CASE | {"self_hosting": {"operations": "every"}, "people": {"oncall_slots": 3}})
    assert resolve(case).inputs["oncall_slots"].likely == 3


def test_serverless_is_not_multiplied() -> None:
    ways = [{"mode": "serverless", "price_per_gpu_hour": 4}]
    assert len(study(purchase=ways, operations="every").basis.columns) == 2


def test_a_misspelt_way_is_told() -> None:
    with pytest.raises(Problems, match="operations"):
        study(purchase=[{"mode": "rented", "operations": "rotaton"}])
