"""The same job on a published trace: an hour of real conversation requests, from log to verdict."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import get_args

import pytest

from breakeven import Case, Study, assess
from breakeven.decision.answers.verdict import Class
from breakeven.report.pages.parts.answer import headline

TRACE = "data/traces/azure_2023_conversation.csv"


@pytest.fixture(scope="module")
def trace(shared: Path) -> Path:
    return shared / TRACE


@pytest.fixture(scope="module")
def study(trace: Path) -> Study:
    return assess(
        Case.from_dict(
            {
                "as_of": "2026-11-21",
                "log": {"path": str(trace), "load_profile_if_short": "conversation"},
                "hosted_model": "openai/gpt-4o-mini",
                "open_model": "llama-3.1-8b",
                "gpu_offer": {"gpu": "h100", "price_per_gpu_hour": 2.5},
                "team": 1,
            }
        )
    )


def test_it_runs_to_a_verdict(study: Study) -> None:
    assert study.verdict.verdict in get_args(Class)
    assert headline(study)


def test_every_row_is_read(study: Study, trace: Path) -> None:
    with trace.open(encoding="utf-8") as file:
        rows = sum(1 for _ in csv.DictReader(file))
    assert (study.basis.demand.rows_read, study.basis.demand.rows_set_aside) == (rows, 0)


def test_the_tokens_are_those_of_the_log(study: Study, trace: Path) -> None:
    """Totals by a plain loop, scaled from the time the log covers to a month, within a minute at either end."""
    with trace.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    read = sum(int(row["ContextTokens"]) for row in rows)
    written = sum(int(row["GeneratedTokens"]) for row in rows)
    one = study.basis.demand.workloads[0]
    assert one.input_mtok_per_month / one.output_mtok_per_month == pytest.approx(read / written)
    assert one.requests_per_month / one.input_mtok_per_month == pytest.approx(len(rows) / (read / 1e6))
    hours = 730 * read / 1e6 / one.input_mtok_per_month
    first, last = (row["TIMESTAMP"] for row in (rows[0], rows[-1]))
    covered = (minutes(last) - minutes(first)) / 60
    assert hours == pytest.approx(covered, abs=2 / 60)


def minutes(stamp: str) -> float:
    """Minutes since midnight of "2023-11-16 18:15:46.68"."""
    hour, minute, second = stamp.partition(" ")[2].split(":")
    return int(hour) * 60 + int(minute) + float(second) / 60


def test_a_short_log_says_what_it_cannot_show(study: Study) -> None:
    assert any("conversation" in each for each in study.basis.notices)
