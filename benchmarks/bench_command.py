"""The whole command, from shell to page, against importing what it stands on: cold, nothing kept from an earlier run.

The aim is twice the imports for a decision whose case pins its design and once for a fleet. What is measured today is
more; the limits keep it from growing again (docs/decisions/0008-the-whole-command.md).
"""

from __future__ import annotations

import csv
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from benchmarks.measure import program, ratio, versus

BREAKEVEN = str(Path(sys.executable).with_name("breakeven"))
CASE = str(Path(__file__).parents[1] / "examples" / "support-chat" / "case.yaml")
IMPORTS = program([sys.executable, "-c", "import numpy, scipy.stats, scipy.optimize, pandas, pyarrow, duckdb, ibis"])
REPLICA = ["--model", "llama-3.3-70b", "--gpu", "h100", "--gpus", "2"]
REQUESTS_PER_SECOND, HOUR = 50, 3600


def hour(path: Path) -> None:
    """An hour of requests one by one, in the generic format; lengths as in the conversation trace."""
    chance, many = np.random.default_rng(1), REQUESTS_PER_SECOND * HOUR
    arrival = np.sort(chance.uniform(0, HOUR, many))
    prompt = np.clip(chance.lognormal(6.6, 0.9, many), 1, 14_000).astype(int)
    output = np.clip(chance.lognormal(5.0, 0.8, many), 1, 1_000).astype(int)
    start = datetime(2026, 11, 2, 9, tzinfo=UTC)
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(("timestamp", "input_tokens", "output_tokens"))
        moments = ((start + timedelta(seconds=each)).isoformat() for each in arrival.tolist())
        rows.writerows(zip(moments, prompt.tolist(), output.tolist(), strict=True))


@ratio(limit=5.5)
def decide_against_its_imports() -> float:
    return versus(program([BREAKEVEN, "decide", CASE]), IMPORTS, rounds=3)


@ratio(limit=6)
def size_of_50_requests_a_second_against_its_imports() -> float:
    with TemporaryDirectory() as folder:
        log = Path(folder) / "hour.csv"
        hour(log)
        return versus(program([BREAKEVEN, "size", "--log", str(log), *REPLICA]), IMPORTS, rounds=3)
