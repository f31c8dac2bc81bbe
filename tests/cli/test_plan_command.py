"""`breakeven plan` as a person meets it: the page, the file for a gateway, and what cannot be planned."""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from breakeven.cli.app import main
from breakeven.cli.plan import searching
from breakeven.plan.program import Limits
from breakeven.plan.reading import check_document
from breakeven.problems import Problem
from breakeven.study.questions import plan_beside

CASE = """\
as_of: 2026-11-21
horizon_months: 12
team: 1
workloads:
  - {name: chat, hosted_model: openai/gpt-4o, tokens_per_month: 20e9, effort_person_months: 0.5}
  - {name: search, hosted_model: openai/gpt-4o, tokens_per_month: 15e9, effort_person_months: 0.5, comes_after: [chat]}
  - {name: drafts, hosted_model: openai/gpt-4o, tokens_per_month: 1e9, effort_person_months: 2}
self_hosting:
  model: llama-3.3-70b
  precision: fp8
  gpu: h100
  gpus_per_replica: 2
  tokens_per_second: 12000
  purchase: [{mode: rented, price_per_gpu_hour: 2.5}]
one_time: {build_person_months: 1}
hosts: {refuse: ["*"]}
"""


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "case.yaml"
    path.write_text(CASE)
    return path


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["breakeven", "plan", *arguments])
    try:
        main()
    except SystemExit as end:
        return int(end.code or 0)
    return 0


@pytest.mark.parametrize(("arguments", "left"), [((), 50.0), (("-o", "plan.yaml"), 28.0)])
def test_the_time_limit_holds_what_comes_after_the_search(
    case: Path, arguments: tuple[str, ...], left: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pricing took 40 seconds of 100: a quarter of it is kept for the page, four fifths for the file."""
    time, before = [1000.0], plan_beside.planned_case
    seen: list[float] = []

    def priced(*given: Any, **more: Any) -> Any:
        found = before(*given, **more)
        time[0] += 40
        return found

    def searched(*_: Any, limits: Limits, **__: Any) -> Any:
        seen.append(limits.now)
        raise Problem("seen")

    monkeypatch.setattr("breakeven.cli.plan.monotonic", lambda: time[0])
    monkeypatch.setattr(plan_beside, "planned_case", priced)
    monkeypatch.setattr("breakeven.plan.plan.make_plan", searched)
    assert run(monkeypatch, "case.yaml", "--time-limit", "100", *arguments) == 1
    assert seen == [pytest.approx(left)]


@pytest.mark.parametrize("columns", [80, 100])
def test_the_page_says_what_moves_and_when(
    case: Path, columns: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    assert run(monkeypatch, "case.yaml") == 0
    page = capsys.readouterr().out
    assert page.startswith("SELF-HOST")
    assert "The plan moves 3 of 3 workloads: 3 to own fleet" in " ".join(page.split())
    assert "proven" not in page
    assert "comes after it" in page
    assert "60 to 80 % of the savings with 20 % of the complexity" in " ".join(page.split())
    assert "▒" in page
    assert max(map(len, page.splitlines())) <= columns


def test_the_file_is_what_the_json_says(
    case: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "case.yaml", "--json", "-o", "plan.yaml", "--max-parallel", "1") == 0
    printed = json.loads(capsys.readouterr().out)
    written = YAML(typ="safe", pure=True).load(Path("plan.yaml").read_text("utf-8"))
    assert written == printed
    assert check_document(written)
    before = Path("plan.yaml").read_bytes()
    assert run(monkeypatch, "case.yaml", "--json", "-o", "plan.yaml", "--max-parallel", "1") == 0
    assert json.loads(capsys.readouterr().out) == printed
    assert Path("plan.yaml").read_bytes() == before
    months = {each["name"]: each["cut_over_month"] for each in written["workloads"]}
    assert months["search"] > months["chat"]
    assert run(monkeypatch, "case.yaml", "-o", "nowhere/plan.yaml") == 1
    assert "nowhere: there is no such folder" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("comes_after: [chat]", "comes_after: [chats]", '"chats" is no workload. Did you mean "chat"?'),
        ("effort_person_months: 2}", "effort_person_months: 2, comes_after: [drafts]}", "in a circle: drafts → drafts"),
        ("team: 1\n", "team: 1\nmigration: {person_months_per_month: 0}\ngates: [{name: residency, verdict: fail}]\n",
         "nobody to move it"),
        ("team: 1\n", "team: 1\napi_limits: [{hosted_model: openai/gpt-4o, tokens_per_minute: 1000}]\n",
         "no plan fits the API quota"),
        ("team: 1\n", "team: 1\napi_limits: [{hosted_model: openai/gpt-5}]\n", 'no workload uses "openai/gpt-5"'),
        ("20e9", "-1", "workloads.0"),
        ("20e9", ".inf", "workloads.0"),
        ("team: 1\n", "team: 1\nfleets: [{name: a, workloads: [chatt]}]\n", 'Did you mean "chat"?'),
        ("team: 1\n", "team: 1\nfleets: [{name: a}, {name: a}]\n", "is there twice"),
        ("team: 1\n", "team: 1\nmigration: {shadow_days: 3}\n", "shadow_days"),
        ("0.5, comes_after", "0.5, complexity: {tool_calls: 4}, comes_after", "tool_calls"),
    ],
)  # fmt: skip
def test_what_cannot_be_planned_is_told(
    case: Path,
    old: str,
    new: str,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert old in CASE
    case.write_text(CASE.replace(old, new, 1))
    assert run(monkeypatch, "case.yaml") == 1
    told = capsys.readouterr().err
    assert said in told, told
    assert "Traceback" not in told


def test_the_least_relaxations_are_listed(
    case: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    gates = "gates: [{name: residency, verdict: fail}, {name: licence, verdict: fail, applies_to: self-hosting}]\n"
    case.write_text(CASE + gates)
    assert run(monkeypatch, "case.yaml") == 1
    told = capsys.readouterr().err
    assert 'openai/gpt-4o if "residency" passed' in told
    assert 'own fleet if "licence" passed' in told


def test_the_first_interrupt_ends_the_search_and_not_the_command() -> None:
    before = signal.getsignal(signal.SIGINT)
    with searching() as (_, stop):
        assert not stop()
        signal.raise_signal(signal.SIGINT)
        assert stop()
        assert signal.getsignal(signal.SIGINT) is before
    assert signal.getsignal(signal.SIGINT) is before
