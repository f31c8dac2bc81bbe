"""Every published figure that is carried over, and what became of it."""

from __future__ import annotations

import json
import math

import pytest
import typer
from typer.testing import CliRunner

from breakeven.cli.verify import verify as command
from breakeven.problems import Problem
from breakeven.verify import Reproduction, verify
from breakeven.verify.cases import CASES, cases, read_case
from breakeven.verify.recompute import MODEL, finding, recomputed, value
from breakeven.verify.reproduction import counted

FOUND = verify()
PAN = [each for each in FOUND if each.case.startswith("On-premise deployment")]
FOLLOWING = ("GPT-5", "Claude-4 Opus", "Claude Sonnet", "Grok-4")


def figure(row: str, column: str = "") -> Reproduction:
    [only] = [each for each in FOUND if (each.row, each.column) == (row, column)]
    return only


def test_nothing_fails_to_reproduce_without_a_reason() -> None:
    assert counted(FOUND) == {
        "reproduces": 62, "contradicts itself": 22, "left out": 6, "does not reproduce": 0,
    }  # fmt: skip


def test_thirty_six_of_thirty_six_cells_within_a_twentieth_of_a_month() -> None:
    cells = [each for each in PAN if each.column in FOLLOWING]
    assert len(cells) == 36
    assert all(each.finding == "reproduces" for each in cells)
    assert max(abs(each.ours - each.published) for each in cells) <= 0.052


def test_volumes_and_electricity_reproduce_too() -> None:
    cells = [each for each in PAN if each.column in {"MTok", "power USD"}]
    assert len(cells) == 18
    assert {each.finding for each in cells} == {"reproduces"}


@pytest.mark.parametrize(
    ("row", "column", "published", "ours"),
    [
        ("Kimi-K2 1T", "MTok", 506.9, 506.88),
        ("Kimi-K2 1T", "power USD", 126.72, 126.72),
        ("Kimi-K2 1T", "GPT-5", 69.3, 69.29),
        ("Kimi-K2 1T", "Claude-4 Opus", 8.7, 8.65),
        ("Kimi-K2 1T", "Claude Sonnet", 44.0, 44.05),
        ("Llama-3.3-70B", "GPT-5", 17.8, 17.76),
        ("EXAONE 4.0 32B", "GPT-5", 2.26, 2.26),
    ],
)
def test_exact_cells(row: str, column: str, published: float, ours: float) -> None:
    assert (figure(row, column).published, round(figure(row, column).ours, 2)) == (
        published,
        pytest.approx(ours, abs=0.006),
    )


def test_the_gemini_column_is_flagged_and_not_matched() -> None:
    cells = [each for each in PAN if each.column == "Gemini 2.5 Pro"]
    assert len(cells) == 9
    assert {each.finding for each in cells} == {"contradicts itself"}
    assert [each.published for each in cells] == [63.1, 47.0, 31.1, 28.2, 31.1, 16.2, 2.06, 2.3, 2.76]
    assert [each.ours for each in cells] == [each.ours for each in PAN if each.column == "GPT-5"]


def test_the_text_s_own_hours_and_watts_do_not_give_the_tables() -> None:
    [stated] = [each for each in PAN if each.unit == "cells"]
    assert (stated.published, stated.ours, stated.finding) == (36, 3, "contradicts itself")
    assert "160 h" in stated.row
    assert "176 h" in stated.note


def test_half_utilization_doubles_the_months() -> None:
    held = figure("Llama-3.3-70B against GPT-5, half the tokens")
    halved = figure("the same, half the electricity too")
    assert (held.published, round(held.ours, 1), round(halved.ours, 1)) == (17.8, 35.8, 35.5)
    assert held.finding == halved.finding == "left out"


def test_a_twentieth_of_an_engineer_erases_the_saving() -> None:
    assert figure("Llama-3.3-70B against GPT-5, saved a month").ours == pytest.approx(844.80)
    assert figure("share of one engineer that erases it").ours == pytest.approx(0.056, abs=0.0005)


def test_nvidia_counts_the_licence_once_a_server() -> None:
    once = figure("a server-year, the licence counted once a server")
    each = figure("a server-year, the licence counted for each of 8 GPUs")
    assert (once.ours, once.finding) == (87500, "reproduces")
    assert (each.ours, each.finding) == (119000, "contradicts itself")


@pytest.mark.parametrize(
    ("row", "ours"),
    [
        ("API bill of 120M + 40M tokens", 110.00),
        ("one GPU all month", 998.46),
        ("break-even at this mix", 1452.3),
        ("capacity at 2,500 tokens/s", 6566.4),
    ],
)
def test_induwara_reproduces(row: str, ours: float) -> None:
    assert (figure(row).ours, figure(row).finding) == (pytest.approx(ours, abs=0.01), "reproduces")


@pytest.mark.parametrize(
    ("row", "ours", "found"),
    [
        ("on-premises less cloud, a month", 11542.99 - 14400, "contradicts itself"),
        ("on-premises a month, by its formula", 11542.99, "contradicts itself"),
        ("cloud a month, by its formula", 14400, "contradicts itself"),
        ("break-even by its formula", 137.2, "contradicts itself"),
        ("payback, the hardware counted once", 35.56, "left out"),
    ],
)
def test_randomcalculators_contradicts_its_own_formula(row: str, ours: float, found: str) -> None:
    assert (figure(row).ours, figure(row).finding) == (pytest.approx(ours, abs=0.02), found)


def test_a_difference_without_a_reason_is_told() -> None:
    induwara = cases()[CASES.index("induwara")]
    bill = induwara.figures[0]
    assert finding(bill, value(bill, bill.given) + 1) == "does not reproduce"


def test_every_case_has_a_source_and_says_what_it_leaves_out() -> None:
    for case in recomputed():
        assert case.source.address.startswith("https://")
        assert case.left_out
    assert all(each.note for each in FOUND if each.finding != "reproduces")


def test_a_case_without_source_or_with_a_missing_cell_does_not_load() -> None:
    with pytest.raises(Problem, match="no source address"):
        read_case({"title": "hearsay", "figures": []}, "hearsay.yaml")
    table = {"columns": {"a": {"line": "api_cost"}}, "rows": {"x": {"given": {}, "stated": {}, "published": []}}}
    raw = {"title": "t", "source": {"title": "t", "address": "a"}, "given": {}, "stated": {"given": {}}, "table": table}
    with pytest.raises(Problem, match='"x" has not one figure'):
        read_case(raw, "t.yaml")


def test_every_line_is_used_by_a_case() -> None:
    wanted = {each.line for case in cases() for each in case.figures}
    assert set(MODEL.ancestors(wanted)) == set(MODEL.lines)


app = typer.Typer()
app.command("verify")(command)


def run(*options: str, columns: int = 100) -> str:
    done = CliRunner().invoke(app, list(options), env={"COLUMNS": str(columns)}, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


@pytest.mark.parametrize("columns", [80, 120])
def test_the_command_prints_ours_beside_theirs(columns: int) -> None:
    page = run(columns=columns)
    assert max(map(len, page.splitlines())) <= columns
    for part in ("69.29 =", "69.29 ≠", "35.85  +  17.8", "87,500", "1,452.30  =   1,450", "5.6%", "3  ≠    36"):
        assert part in page
    assert "\x1b" not in page


def test_json_is_one_object() -> None:
    got = json.loads(run("--json"))
    assert got["counts"]["does not reproduce"] == 0
    assert [len(case["figures"]) for case in got["cases"]] == [68, 2, 4, 5, 11]


@pytest.mark.parametrize(
    ("row", "held", "api", "ours"),
    [
        ("developers from which it is never dearer than Claude Opus 5", 24.0, 962.5, 124),
        ("the same against GLM-5.2, 80 light developers a node", 48 * 18.75 / 2.1, 30.68, 56_573),
        ("the same, 80 medium", 48 * 18.75 / 6.5, 95.2, 16_895),
        ("the same, 80 intensive", 48.0, 281.5, 3_363),
        ("the same, 120 light", 72 * 18.75 / 2.1, 30.68, 4_712),
        ("the same, 120 medium", 72 * 18.75 / 6.5, 95.2, 1_519),
        ("the same, 120 intensive", 72.0, 281.5, 514),
    ],
)
def test_the_fewest_developers_by_trying_every_number(row: str, held: float, api: float, ours: int) -> None:
    """From ours on self-hosting is never dearer, and with one fewer it is: their own definition, counted by hand."""
    node = 370_000 / 36 + 10.2 * 1.4 * 730 * 0.12 + 1_200
    dearer = [n for n in range(1, 60_000) if 30_000 + node * (math.ceil(n / held - 1e-9) + 1) > api * n]
    assert dearer[-1] + 1 == ours == figure(row).ours
    assert figure(row).finding == "contradicts itself"
