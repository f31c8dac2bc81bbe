"""The example notebook runs, and what its calls answer shows itself and is what the commands answer."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest

import breakeven
from breakeven import Case, Study
from breakeven.notebook.calls import assess, find_designs, plan_migration, point
from breakeven.notebook.shown import VEGA_LITE
from breakeven.study.designs import settle
from parts import ROOT

NOTEBOOK = ROOT / "docs/how-to/examples/notebook.ipynb"
EVIL = "<script>alert('x')</script>"
CASE = {
    "as_of": "2026-11-21",
    "api_spend_per_month": 40_000,
    "hosted_model": "anthropic/claude-haiku-4-5",
    "open_model": "llama-3.3-70b",
    "gpu_offer": {"gpu": "h100", "price_per_gpu_hour": 2.69},
    "team": 1,
}


@pytest.fixture(scope="module")
def cells() -> dict[str, Any]:
    """The names of the notebook after its last cell, and what each cell showed."""
    names: dict[str, Any] = {}
    shown: list[Any] = []
    for cell in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            *body, last = ast.parse("".join(cell["source"])).body
            if not isinstance(last, ast.Expr):
                body.append(last)
            exec(compile(ast.Module(body, []), str(NOTEBOOK), "exec"), names)
            if isinstance(last, ast.Expr):
                shown.append(eval(compile(ast.Expression(last.value), str(NOTEBOOK), "eval"), names))
    return names | {"shown": shown}


def test_every_result_of_the_notebook_shows_itself(cells: dict[str, Any]) -> None:
    assert len(cells["shown"]) >= 7
    for each in cells["shown"]:
        assert each._repr_html_()


def test_the_study_is_the_same_study(cells: dict[str, Any]) -> None:
    study = settle.assess(cells["case"])
    assert isinstance(cells["study"], Study)
    assert cells["study"].verdict == study.verdict
    frame = cells["study"].frame()
    assert list(frame["monthly_cost"]) == [study.hosted_monthly_cost, *(each.monthly_cost for each in study.options)]
    assert frame.index[0] == study.basis.columns[0].name


def test_lines_add_up_to_the_month(cells: dict[str, Any]) -> None:
    sums = cells["study"].lines().drop(columns="group").sum()
    assert list(sums) == pytest.approx(list(cells["study"].frame()["monthly_cost"]))


def test_a_chart_is_vega_lite_with_its_data_and_loads_nothing(cells: dict[str, Any]) -> None:
    bundle = cells["costs"]._repr_mimebundle_()
    assert bundle[VEGA_LITE]["data"]["values"]
    assert "url" not in json.dumps(bundle[VEGA_LITE]["data"])
    assert "</svg>" in bundle["image/svg+xml"]
    assert bundle["text/plain"]


def test_a_point_answer_moves_with_its_change(cells: dict[str, Any]) -> None:
    worth = cells["worth"]
    assert list(worth[1.0]) == list(point(cells["ready"]).frame()["net_present_value"])
    assert worth[2.0].iloc[1] > worth[1.0].iloc[1] > worth[0.5].iloc[1]


def test_what_others_wrote_is_escaped() -> None:
    study = assess(Case.from_dict(CASE | {"workloads": [{"name": EVIL}], "name": EVIL}))
    for each in (study, plan_migration(Case.from_dict(CASE | {"workloads": [{"name": EVIL}]}), seconds=10)):
        assert EVIL not in each._repr_html_()


def test_designs_are_the_best_first_what_it_costs_to_test_them_taken_off() -> None:
    frame = find_designs(
        Case.from_dict({key: value for key, value in CASE.items() if key != "gpu_offer"}), top=3
    ).frame()
    worth = list(frame["net_present_value"] - frame["to_test"])
    assert worth == sorted(worth, reverse=True)


def test_every_public_name_has_its_type_in_the_stub() -> None:
    stub = ast.parse(Path(breakeven.__file__).with_suffix(".pyi").read_text(encoding="utf-8"))
    named = {alias.name: each.module for each in stub.body if isinstance(each, ast.ImportFrom) for alias in each.names}
    assert set(named) == set(breakeven.__all__)
    for name, home in named.items():
        assert getattr(breakeven, name) is getattr(__import__(home or "", fromlist=[name]), name)
