"""Ten million pairs of a shadow log, read and judged in bounded memory."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

PAIRS = 10_000_000
MOST_MEMORY = 3.0e9  # bytes: DuckDB's 2 GB, Python, NumPy and what lies between them
ROWS = """
    COPY (
        SELECT 1 AS schema, printf('%032x', n) AS pair, printf('%032x', n) AS trace, arm, 'api' AS assigned,
            CASE arm WHEN 'api' THEN 'answered' ELSE 'mirrored' END AS role, 'chat' AS workload, 'g' AS gateway,
            'chat' AS endpoint, true AS streamed, n % 1000 = 7 AND arm = 'self' AS refusal, false AS empty,
            strftime(begun, '%Y-%m-%dT%H:%M:%S+00:00') AS started,
            strftime(begun + to_seconds(2), '%Y-%m-%dT%H:%M:%S+00:00') AS ended,
            500 AS prompt_tokens, 100 + n % 50 AS completion_tokens, 0.004 AS cost
        FROM (SELECT n, TIMESTAMP '2026-11-01' + to_seconds(n * 1209600 // {pairs}) AS begun
            FROM range({pairs}) AS r(n)),
            (VALUES ('api'), ('self')) AS arms(arm)
    ) TO '{path}' (FORMAT json)"""
JUDGE = """
import json, resource, sys
from pathlib import Path
from breakeven.proof.judge.registration import Registration, Terms
from breakeven.proof.judge.shadow import judge_files
found = judge_files([Path(sys.argv[1])], Registration(plan="x", workloads={"chat": Terms()}))
result = found.results[0]
most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps({"verdict": result.verdict, "units": result.seen.units, "most": most}))
"""


@pytest.mark.heavy
def test_ten_million_pairs_are_judged_in_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "shadow.jsonl"
    duckdb.connect(config={"memory_limit": "800MB"}).execute(ROWS.format(pairs=PAIRS, path=path))
    done = subprocess.run([sys.executable, "-c", JUDGE, str(path)], capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    assert found["units"] == PAIRS
    assert found["verdict"] == "GO"
    assert found["most"] < MOST_MEMORY
