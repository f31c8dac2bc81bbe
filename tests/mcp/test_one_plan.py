"""One plan: the tool, the notebook and the command give the same of a case, the same weights at a host among it."""

from __future__ import annotations

import inspect
import json
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from breakeven import Case
from breakeven.cli import plan as command
from breakeven.cli.app import main
from breakeven.mcp.tasks import plan
from breakeven.notebook.calls import plan_migration
from breakeven.plan.document import document
from breakeven.report.pages.parts.answer import headline
from breakeven.study.designs.settle import assess
from breakeven.study.questions.plan_beside import GAP

CASE = """\
as_of: 2026-11-21
horizon_months: 12
hosted_model: openai/gpt-4.1
tokens_per_month: 2e10
open_model: llama-3.3-70b
gpu_offer: {gpu: h100, price_per_gpu_hour: 2.5}
self_hosting: {precision: fp8}
team: 1
gates:
  - {name: quality of the open model, verdict: pass, evidence: 300 answers judged blind}
"""


def test_it_is_the_same_from_all_three(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "case.yaml"
    file.write_text(CASE, "utf-8")
    monkeypatch.setattr(sys, "argv", ["breakeven", "plan", str(file), "--json"])
    with suppress(SystemExit):
        main()
    printed = capsys.readouterr().out
    told = plan(folder=tmp_path, case="case.yaml", case_yaml=None, added={}, as_of=None, stage=lambda *_: None)
    shown = plan_migration(Case.load(file))
    assert told.data == json.loads(printed)
    assert document(shown.plan, as_of="2026-11-21") == told.data
    assert any(each["goes_to"] not in ("", "openai/gpt-4.1") for each in shown.rows())
    assert headline(assess(Case.load(file)))[:12] in told.page


def test_the_gap_of_the_search_is_the_one_of_the_command() -> None:
    assert inspect.signature(command.plan).parameters["gap"].default == GAP
