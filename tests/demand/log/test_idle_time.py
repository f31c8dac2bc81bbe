"""Hours and days that an export shows and nobody used: they are time that was covered, in every kind of sum."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from request_logs import read_request_log

DAYS, USED = range(1, 31), range(10, 20)
START = 1_772_323_200  # 2026-03-01T00:00:00Z


def litellm(path: Path) -> None:
    header = "Date,Team,Spend ($),Requests,Successful Requests,Failed Requests,Total Tokens"
    header += ",Prompt Tokens,Completion Tokens"
    used, idle = "1.0,10,10,0,1100,1000,100", "0,0,0,0,0,0,0"
    rows = [f"2026-03-{day:02},a,{used if day in USED else idle}" for day in DAYS]
    path.write_text("\n".join([header, *rows, *(f"2026-03-{day:02},b,{idle}" for day in DAYS)]) + "\n")


def own(path: Path) -> None:
    rows = [f"2026-03-{day:02},{'10,1000,100' if day in USED else '0,0,0'}" for day in DAYS]
    path.write_text("\n".join(["date,requests,input_tokens,output_tokens", *rows]) + "\n")


def counters(path: Path) -> None:
    """Counters that stand still but for ten days."""
    reached = [1000 * min(max(day - USED[0] + 1, 0), len(USED)) for day in range(31)]
    values = [[START + 86_400 * day, str(amount)] for day, amount in enumerate(reached)]
    names = ("vllm:prompt_tokens_total", "vllm:generation_tokens_total")
    series: list[Any] = [{"metric": {"__name__": name, "model_name": "m"}, "values": values} for name in names]
    path.write_text(json.dumps({"status": "success", "data": {"resultType": "matrix", "result": series}}))


def metrics(path: Path) -> None:
    days = [f"2026-03-{day:02}T00:00:00Z" for day in DAYS]
    data = [
        {"timeStamp": each} | ({"total": 1000.0} if day in USED else {"total": 0.0} if day % 2 else {})
        for day, each in zip(DAYS, days, strict=True)
    ]
    names = ("ProcessedPromptTokens", "GeneratedTokens")
    value = [{"name": {"value": name}, "timeseries": [{"metadatavalues": [], "data": data}]} for name in names]
    path.write_text(json.dumps({"value": value}))


@pytest.mark.parametrize(
    ("name", "make"),
    [("litellm.csv", litellm), ("own.csv", own), ("counters.json", counters), ("metrics.json", metrics)],
)
def test_time_without_use_counts(tmp_path: Path, name: str, make: Callable[[Path], None]) -> None:
    make(tmp_path / name)
    demand = read_request_log(tmp_path / name)
    assert sum(each.input_mtok_per_month for each in demand.workloads) == pytest.approx(10 * 1000 / 1e6 * 730 / 24 / 30)
    assert any("Nothing was used in 20.0 days of the time that the log covers" in each for each in demand.notices)
