"""Three workloads, each known from elsewhere: every face tells each workload's own kind, source and range."""

from __future__ import annotations

import json
import re
from io import StringIO
from pathlib import Path

import jsonschema
import pytest
from openpyxl import load_workbook
from rich.console import Console

from breakeven.numbers.inputs import Input, known_from
from breakeven.report.board.content import memo
from breakeven.report.board.html import html
from breakeven.report.pages.full_page import FullPage
from breakeven.report.pages.parts.behind import assumed
from breakeven.report.pages.parts.derivation import derivation
from breakeven.report.workbook.write import write_workbook
from breakeven.study.case.case import Case
from breakeven.study.designs.settle import assess
from breakeven.study.judge.basis import basis_from_json, fingerprint, study_document
from breakeven.study.judge.study_schema import study_schema
from breakeven.study.questions.explain import explain_line
from breakeven.study.questions.pictures import pictures
from breakeven.study.study import Study

SPEED, PRICE, BATCH = "replica_tokens_per_second", "input_price_per_mtok", "batch_share"
CASE = """\
name: mixed
as_of: 2026-11-21
horizon_months: 6
hosted_model: openai/gpt-4o
open_model: llama-3.3-70b
gpu_offer: {gpu: h100, price_per_gpu_hour: 2.5}
team: 1
cutover_month: 1
workloads:
  - name: chat
    tokens_per_month: 20e9
    batch_share: 0.2
    tokens_per_second:
      {likely: 3000, low: 2900, high: 3150, kind: measured, source: benchmark of the gateway, date: 2026-11-02}
  - name: code
    tokens_per_month: 5e9
    input_price_per_mtok: 7
    output_price_per_mtok: 9
    tokens_per_second: 1500
  - name: letters
    tokens_per_month: 9e9
    hosted_model: anthropic/claude-sonnet-4-5
"""
BENCHMARK = "benchmark of the gateway (2026-11-02)"
STATED = "mixed.yaml:19 (2026-11-21)"
PUBLISHED = "TensorRT-LLM performance overview (2025-09-24)"


@pytest.fixture(scope="module")
def mixed_study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    path = tmp_path_factory.mktemp("mixed") / "mixed.yaml"
    path.write_text(CASE, encoding="utf-8")
    return assess(Case.load(path))


def ways(one: Input) -> list[tuple[str, str]]:
    known = [known_from(one, workload=i, option=0) for i in range(3)]
    return [(each.kind, str(each.source)) for each in known]


def test_each_workload_keeps_its_own_kind_and_source(mixed_study: Study) -> None:
    inputs = mixed_study.basis.inputs
    assert ways(inputs[SPEED]) == [("measured", BENCHMARK), ("assumed", STATED), ("published", PUBLISHED)]
    assert ways(inputs[BATCH]) == [
        ("assumed", "mixed.yaml:12 (2026-11-21)"),
        *[("assumed", str(known_from(inputs[BATCH], workload=1).source))] * 2,
    ]
    assert [source.partition(" ")[0] for _, source in ways(inputs[PRICE])] == [
        "genai-prices",
        "mixed.yaml:15",
        "genai-prices",
    ]
    lines = [source.partition(" ")[0] for _, source in ways(inputs["input_mtok_per_month"])]
    assert lines == ["mixed.yaml:10", "mixed.yaml:15", "mixed.yaml:20"]


def test_another_host_is_known_from_its_own_list(mixed_study: Study) -> None:
    columns = [each.mode for each in mixed_study.basis.columns]
    for name in ("elsewhere_input_price_per_mtok", "cache_read_multiplier"):
        there = known_from(mixed_study.basis.inputs[name], workload=1, option=columns.index("endpoint"))
        assert (there.kind, there.source.title) == ("published", "LiteLLM 1.106.2 price table (wheel)")


def test_the_page_names_the_workloads(mixed_study: Study) -> None:
    said = f"measured, {BENCHMARK} (chat); assumed, {STATED} (code); published, {PUBLISHED} (letters)"
    assert f"tokens per second of a replica: {said}" in assumed(mixed_study)
    console = Console(width=400, record=True, file=StringIO())
    console.print(FullPage(mixed_study))
    assert said in console.export_text()


def test_study_json_has_every_workloads_own_and_reads_it_back(mixed_study: Study) -> None:
    document = json.loads(json.dumps(study_document(mixed_study)))
    jsonschema.validate(document, study_schema())
    told = document["basis"]["inputs"][SPEED]["known_from"]["values"]
    assert [each["kind"] for each in told] == ["measured", "assumed", "published"]
    assert (told[0]["low"], told[0]["high"]) == pytest.approx((2900, 3150))
    again = basis_from_json(document)
    assert ways(again.inputs[SPEED]) == ways(mixed_study.basis.inputs[SPEED])
    assert fingerprint(again) == document["fingerprint"]


def test_explain_tells_every_value_with_its_own(mixed_study: Study) -> None:
    console = Console(width=200, record=True, file=StringIO())
    console.print(derivation(explain_line(mixed_study, SPEED, "1", 1)))
    told = console.export_text()
    assert re.search(rf"measured, 2,900 to 3,150, {re.escape(BENCHMARK)}", told)
    assert re.search(rf"assumed, [\d,.]+ to [\d,.]+, {re.escape(STATED)}", told)


def test_the_workbook_has_every_workloads_own_row(mixed_study: Study, tmp_path: Path) -> None:
    write_workbook(mixed_study, tmp_path / "mixed.xlsx")
    book = load_workbook(tmp_path / "mixed.xlsx")
    rows = [
        row for row in book["Inputs"].iter_rows(values_only=True) if row[0] and "second of a replica" in str(row[0])
    ]
    assert [(row[6], str(row[7]).partition(",")[0], row[8]) for row in rows] == [
        ("measured", "benchmark of the gateway", "2026-11-02"),
        ("assumed", "mixed.yaml:19", "2026-11-21"),
        ("published", "TensorRT-LLM performance overview", "2025-09-24"),
    ]
    titles = [row[0] for row in book["Sources"].iter_rows(values_only=True)]
    assert {"benchmark of the gateway", "mixed.yaml:19"} <= {*titles}


def test_the_memo_names_them_too(mixed_study: Study) -> None:
    text = html(memo(mixed_study, pictures(mixed_study)), interactive=False)
    row = next(
        row
        for row in re.findall(r"<tr>.*?</tr>", text, re.DOTALL)
        if "tokens per second of a replica" in row and BENCHMARK in row
    )
    assert "measured, assumed, published" in row
    assert f"{BENCHMARK} (chat)" in row
    assert f"{STATED} (code)" in row
