"""`breakeven track`: the gap explains itself, and the decision is reopened where a flip was crossed."""

from __future__ import annotations

import io
import json
from datetime import date
from functools import cache
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from assessed import SIX_MONTHS, study
from breakeven.cli.commands import app
from breakeven.numbers.operations import pick
from breakeven.problems import Problem
from breakeven.proof.track.actuals import Actuals, Spell
from breakeven.report.board.track_sheet import track_sheet
from breakeven.report.charts.tracked import tracked_chart
from breakeven.study.case.case import Case
from breakeven.study.designs.settle import assess
from breakeven.study.judge.assess import comparison_of
from breakeven.study.questions.measured import own_option
from breakeven.study.questions.tracked import tracked
from breakeven.study.study import Study


@cache
def small() -> Study:
    """The study of the smallest case."""
    return assess(Case.parse(SIX_MONTHS))


def actuals(months: int = 1, **amounts: float) -> Actuals:
    """The same amounts in every month from December 2026."""
    firsts = [(date(2026, 12, 1), 31), (date(2027, 1, 1), 31), (date(2027, 2, 1), 28)][:months]
    return Actuals(
        spells=tuple(
            Spell(what=what, first=first, days=days, amount=amount, source="bill")
            for first, days in firsts
            for what, amount in amounts.items()
        )
    )


def planned(line: str, column: int, place: int) -> float:
    comparison = comparison_of(small().basis)
    return comparison.month(comparison.evaluate([line])[line], column, place)


ALL = {"input_tokens": 9e9, "output_tokens": 5e8, "cached_tokens": 2e9, "api_bill": 8000.0, "gpu_rent": 5000.0,
       "host_and_storage": 100.0, "egress": 50.0}  # fmt: skip


def test_the_steps_add_up_to_the_gap_and_end_at_what_was_billed() -> None:
    found, _ = tracked(small(), actuals(months=3, **ALL))
    assert len(found.months) == 3
    for month in found.months:
        assert month.plan + sum(step.changes for step in month.steps) == pytest.approx(month.actual, abs=1e-9)
        by_name = {step.name: step for step in month.steps}
        assert [*by_name] == [
            "volume",
            "output share",
            "cached_share",
            "api_bill",
            "gpu_rent",
            "host_and_storage",
            "egress",
        ]
        for line in ("api_bill", "gpu_rent", "host_and_storage", "egress"):
            assert by_name[line].measured == pytest.approx(ALL[line])
        rent = by_name["gpu_rent"]  # what follows the rent, such as a refresh, follows it here too
        assert rent.changes == pytest.approx(rent.measured - rent.planned, rel=0.05)
        assert month.as_planned == ()


def test_what_was_billed_as_planned_leaves_no_gap() -> None:
    column = own_option(small())
    assert column is not None
    rent = planned("gpu_rent", column, 1)
    found, after = tracked(small(), actuals(gpu_rent=rent))
    assert found.months[0].number == 2
    assert found.months[0].gap == pytest.approx(0, abs=1e-6)
    assert not found.reopen
    assert after.options[column - 1].expected_net_present_value == pytest.approx(found.worth_before)


def test_without_a_sign_of_our_own_fleet_buying_is_tracked() -> None:
    found, _ = tracked(small(), actuals(api_bill=20_000.0))
    assert found.option == "hosted API"
    assert found.months[0].steps[0].planned == pytest.approx(planned("api_bill", 0, 1))
    with pytest.raises(Problem, match="nosuch"):
        tracked(small(), actuals(api_bill=1.0), option="nosuch")


def test_a_move_to_another_host_is_held_against_its_bill() -> None:
    before = study("support-chat")
    column = next(i for i, each in enumerate(before.basis.columns) if each.mode == "endpoint")
    name, comparison = before.basis.columns[column].name, comparison_of(before.basis)
    lines = ("api_bill", "elsewhere_bill")
    got = comparison.evaluate([*lines, "monthly_cost"])
    here, there = (comparison.month(got[line], column, 1) for line in lines)
    found, after = tracked(before, actuals(api_bill=here + 1.5 * there), option=name)
    (month,) = found.months
    (step,) = month.steps
    assert (found.option, step.name) == (name, "elsewhere_bill")
    assert (step.planned, step.measured) == pytest.approx((there, 1.5 * there))
    assert month.gap == pytest.approx(0.5 * there)
    assert "api_bill" not in month.as_planned or here
    read = "elsewhere_input_price_per_mtok"
    old, new = (float(pick(each.basis.inputs[read].likely, workload=0, option=column)) for each in (before, after))
    assert new == pytest.approx(1.5 * old)
    assert found.forecast[5] > found.plan[5]


def test_prices_far_above_the_plan_cross_a_flip_and_reopen_the_decision() -> None:
    dear = planned("api_bill", 0, 1) * 3
    found, _ = tracked(small(), actuals(api_bill=dear))
    assert "price_scale" in {each.name for each in found.crossed}
    assert found.reopen
    assert found.forecast[5] > found.plan[5]


def test_served_tokens_tell_how_much_of_the_fleet_was_used() -> None:
    found, _ = tracked(small(), actuals(own_input_tokens=9e9, own_output_tokens=5e8, own_cached_tokens=3e9))
    assert found.months[0].utilization is not None
    assert 0 < found.months[0].utilization < 1
    assert found.months[0].cached_share == pytest.approx(1 / 3)
    assert found.planned_utilization is not None


def test_a_whole_cost_of_serving_takes_the_place_of_its_parts() -> None:
    found, _ = tracked(small(), actuals(self_hosting=6000.0))
    step = found.months[0].steps[0]
    assert step.name == "self_hosting"
    assert step.measured == pytest.approx(6000)
    assert step.changes == pytest.approx(step.measured - step.planned, rel=0.05)  # and what follows it


def test_months_outside_the_plan_are_told_and_none_inside_is_refused() -> None:
    early = Spell(what="api_bill", first=date(2020, 1, 1), days=31, amount=1.0, source="old")
    found, _ = tracked(small(), Actuals(spells=(*actuals(api_bill=1e4).spells, early)))
    assert "Not in the plan, and left out: 2020-01." in found.notices
    with pytest.raises(Problem, match="no actual lies within"):
        tracked(small(), Actuals(spells=(early,)))
    with pytest.raises(Problem, match="hold no actuals"):
        tracked(small(), Actuals(spells=()))


def test_the_boards_sheet_has_live_sums_and_the_picture_all_three_kinds() -> None:
    found, _ = tracked(small(), actuals(months=2, **ALL))
    sheet = openpyxl.load_workbook(io.BytesIO(track_sheet(found))).active
    assert sheet["D4"].value == "=C4-B4"
    assert sheet["B6"].value == "=SUM(B4:B5)"
    assert sheet.cell(4, 12).value == "=D4-SUM(E4:K4)"
    rows = tracked_chart(found).spec["data"]["values"]
    assert {row["kind"] for row in rows} == {"plan", "forecast", "actual"}


def test_the_command_prints_writes_and_can_fail_a_pipeline(tmp_path: Path) -> None:
    window = {"start": "2026-12-01T00:00:00Z", "end": "2027-01-01T00:00:00Z"}
    allocation = {"window": window, "gpuCost": 5000, "cpuCost": 100, "ramCost": 0, "pvCost": 0, "networkCost": 0}
    (tmp_path / "oc.json").write_text(json.dumps({"data": [{"llm": allocation}]}))
    (tmp_path / "case.yaml").write_text(SIX_MONTHS)
    given = ["track", str(tmp_path / "case.yaml"), "--actuals", str(tmp_path / "oc.json"), "-o", str(tmp_path / "out")]
    found = CliRunner().invoke(app, [*given, "--fail-on-reopen"], env={"COLUMNS": "100"})
    assert found.exit_code in {0, 3}
    assert "2026-12: why" in found.stdout
    assert sorted(each.name for each in (tmp_path / "out").iterdir()) == ["track.json", "track.svg", "track.xlsx"]
    document = json.loads((tmp_path / "out" / "track.json").read_text())
    assert document["reopen"] == (found.exit_code == 3)
