"""Judging a shadow run: updates of the tests against a bare cumulative sum of the same pairs; reading a log into pairs
against DuckDB counting the same rows.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import duckdb
import numpy as np
from benchmarks.measure import ratio, versus

from breakeven.proof.judge.betting import bets, updated
from breakeven.proof.judge.judgement import judged, judging
from breakeven.proof.judge.registration import Promised, Terms
from breakeven.proof.records.pairs import SINGLE, Asked, paired, units

PAIRS, LOGGED = 200_000, 40_000
TERMS = Terms(promises=(Promised(measure="first_token", seconds=1.0),))


@cache
def differences() -> np.ndarray:
    """Wins, ties and losses."""
    drawn = np.random.default_rng(1).random(PAIRS)
    return np.where(drawn < 0.05, 1.0, np.where(drawn < 0.1, -1.0, 0.0))


@cache
def columns() -> dict[str, np.ndarray]:
    """The same pairs with their failures, latencies, days and strata."""
    draw, values = np.random.default_rng(2), differences()
    found = {name: np.full(PAIRS, np.nan) for name in SINGLE}
    found |= {"score": values, "reference": np.zeros(PAIRS), "first_token": draw.exponential(0.3, PAIRS)}
    found |= {"failed": (draw.random(PAIRS) < 0.004) * 1.0, "failed_control": (draw.random(PAIRS) < 0.004) * 1.0}
    return found | {"day": 20_000.0 + np.arange(PAIRS) * 20 // PAIRS, "stratum": np.arange(PAIRS) % 4 - 1.0}


@cache
def log() -> Path:
    """A log of pairs, two rows each."""
    path = Path(mkdtemp()) / "shadow.jsonl"
    row = {
        "schema": 1, "workload": "chat", "gateway": "g", "endpoint": "chat", "streamed": True, "assigned": "api",
        "first_token": "2026-11-01T00:00:00.3+00:00", "ended": "2026-11-01T00:00:01+00:00", "prompt_tokens": 500,
        "started": "2026-11-01T00:00:00+00:00", "completion_tokens": 150, "cost": 0.004, "empty": False,
        "refusal": False, "json_asked": False, "answer_hash": "0123456789abcdef",
    }  # fmt: skip
    arms = (("api", "answered"), ("self", "mirrored"))
    with path.open("w") as file:
        for number in range(LOGGED):
            for arm, role in arms:
                file.write(
                    json.dumps(row | {"pair": f"{number:032x}", "trace": f"{number:032x}", "arm": arm, "role": role})
                )
                file.write("\n")
    return path


def read_whole() -> int:
    with paired([log()], Asked()) as opened:
        return sum(batch["day"].size for batch in units(opened, "chat"))


def counted() -> object:
    asked = "SELECT count(*), count(DISTINCT pair), sum(completion_tokens), sum(cost) FROM read_json(?)"
    return duckdb.connect(config={"memory_limit": "800MB"}).execute(asked, [str(log())]).fetchall()


@ratio(limit=25)
def one_test_of_quality() -> float:
    start = bets("above", limit=-0.02, alpha=0.05)
    return versus(lambda: updated(start, differences()), lambda: np.cumsum(differences()))


@ratio(limit=300)
def all_criteria_and_strata() -> float:
    """Nine bets and three counts for every pair, sums and strata, over one sum."""
    names = ("a", "b", "c")
    return versus(lambda: judged(judging(TERMS, names), [columns()]), lambda: np.cumsum(differences()))


@ratio(limit=6)
def log_into_pairs() -> float:
    return versus(read_whole, counted, rounds=4)
