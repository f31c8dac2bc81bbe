"""A log as LiteLLM's proxy keeps it, made by rule: nulls, repeats, failures, bad rows, metadata of every kind."""

from __future__ import annotations

import json
import socket
from dataclasses import replace
from pathlib import Path

import duckdb

from breakeven.demand.usage.reading import Reading
from breakeven.demand.usage.usage import usage
from breakeven.report.demand_document import demand_document

LOG_ROWS = 1_000_000
TABLE = "LiteLLM_SpendLogs"
SCHEMA = f"""CREATE TABLE "{TABLE}" (
    request_id text, call_type text, api_key text, spend double precision, prompt_tokens int, completion_tokens int,
    "startTime" timestamp(3), "endTime" timestamp(3), model text, model_group text, custom_llm_provider text,
    team_id text, end_user text, "user" text, status text, cache_hit text, metadata jsonb)"""
ROWS = """
    SELECT 'req-' || (i - (i % 1000 = 7)::int) AS request_id, 'acompletion' AS call_type, 'key' || (i % 5) AS api_key,
        (i % 97) / 1e5 AS spend, CASE WHEN i % 9999 = 5 THEN -1 ELSE 100 + i % 7919 END::INT AS prompt_tokens,
        (10 + i % 1009)::INT AS completion_tokens,
        TIMESTAMP '2026-10-01' + INTERVAL ((i - (i % 1000 = 7)::int) * 25) MILLISECOND AS "startTime",
        TIMESTAMP '2026-10-01' + INTERVAL ((i - (i % 1000 = 7)::int) * 25 + i % 4000) MILLISECOND AS "endTime",
        'model-' || (i % 3) AS model, '' AS model_group, 'openai' AS custom_llm_provider,
        CASE WHEN i % 11 = 0 THEN NULL ELSE 't' || (i % 4) END AS team_id, '' AS end_user, 'u' || (i % 50) AS "user",
        CASE WHEN i % 50 = 0 THEN 'failure' ELSE 'success' END AS status, 'False' AS cache_hit,
        CASE WHEN i % 13 = 0 THEN '{}'
            WHEN i % 17 = 0 THEN '{"user_api_key_alias": null, "usage_object": null}'
            WHEN i % 77777 = 4 THEN '{"usage_object": {"prompt_tokens_details": {"cached_tokens": "many"}}}'
            ELSE '{"user_api_key_alias": "App-' || (i % 8) || '", "usage_object": {"prompt_tokens_details": '
                || '{"cached_tokens": ' || (i % 90) || '}}}' END AS metadata
    FROM range(?) AS numbers(i)"""


def write_log(path: Path, rows: int) -> Path:
    """The log as Parquet, or as CSV where the name says so."""
    duckdb.execute(f"COPY ({ROWS.replace('?', str(rows))}) TO '{path}'")
    return path


def document(reading: Reading) -> str:
    """All that a reading shows, as the bytes that `breakeven demand --json` prints."""
    shown = demand_document(usage(replace(reading, where="the log")))
    return json.dumps(shown, indent=1, allow_nan=False, default=str)


def free_port() -> int:
    """A port on loopback that nobody listens on."""
    with socket.socket() as each:
        each.bind(("127.0.0.1", 0))
        return int(each.getsockname()[1])
