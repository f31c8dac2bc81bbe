"""Nothing is read, resolved or drawn twice in one command."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from breakeven.cli.commands import app
from breakeven.decision.risk import draws
from breakeven.demand.log import log_rows
from breakeven.study.resolve import resolve

CASE = """\
as_of: 2026-11-21
horizon_months: 12
team: 1
open_model: qwen3-8b
gpu_offer: {gpu: h100, price_per_gpu_hour: 2.5}
hosted_model: openai/gpt-4o
log: usage.csv
readiness: {}
self_hosting:
  tokens_per_second: 2000
  promise: {ttft_seconds: 2, tpot_seconds: 0.1}
"""
COMMANDS = {
    "decide": (),
    "size": (),
    "gpu-mix": ("--gpu", "h100", "--gpu", "h200"),
    "report": ("--only", "json,md", "-o", "out"),
    "plan": (),
    "explain": ("net_present_value",),
    "value-of-information": (),
}
Called = dict[str, Counter[str]]


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> Called:
    """How often a log was opened, which cases were resolved and which numbers drawn."""
    found: Called = {"opened": Counter(), "resolved": Counter(), "drawn": Counter()}

    def counted(place: Any, name: str, kind: str, what: Callable[..., object]) -> None:
        original = getattr(place, name)

        def counting(*given: Any, **named: Any) -> Any:
            found[kind][repr(what(*given, **named))] += 1
            return original(*given, **named)

        monkeypatch.setattr(place, name, counting)

    counted(log_rows, "embedded", "opened", lambda *_, **__: "the log")
    counted(resolve, "uses", "resolved", lambda case, _: case.file)
    counted(draws, "independent_scores", "drawn", lambda *given: given)
    return found


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_reads_resolves_and_draws_once(
    command: str, called: Called, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    times = [f"2026-11-{1 + each // 24:02}T{each % 24:02}:00:00Z" for each in range(240)]
    rows = "".join(f"{time},{900 + each},{90 + each}\n" for each, time in enumerate(times))
    Path("usage.csv").write_text("timestamp,input_tokens,output_tokens\n" + rows)
    Path("case.yaml").write_text(CASE)
    done = CliRunner().invoke(app, [command, "case.yaml", *COMMANDS[command]], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    assert called["opened"] == {"'the log'": 1}
    assert called["resolved"], "the case is resolved at all"
    assert not {case: times for case, times in called["resolved"].items() if times > 1}
    assert not {drawn: times for drawn, times in called["drawn"].items() if times > 1}
    if command in ("size", "gpu-mix"):  # the others also price other fleets and choices, each a case of its own
        assert called["resolved"].total() == 1
