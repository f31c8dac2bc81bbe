"""A run as a measurement: what `breakeven throughput calibrate` reads, told from the rows alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from breakeven.capacity.benchmarks.requests import Request, latency_of
from breakeven.proof.records.row import Row
from breakeven.proof.send.asking import Arm
from breakeven.proof.send.replay import Pace

VERSION = 1


def measurement(rows: Sequence[Row], arm: Arm, pace: Pace) -> dict[str, Any] | None:
    """The record of one arm's run; None where no request completed, or the server did not count its tokens."""
    done = [row for row in rows if row.error is None]
    if not done or any(row.prompt_tokens is None or row.completion_tokens is None for row in done):
        return None
    requests = [_request(row) for row in done]
    begun, ended = min(request.start for request in requests), max(request.end for request in requests)
    seconds = max(ended - begun, 1e-9)
    latencies = {
        "ttft": latency_of(request.ttft for request in requests),
        "tpot": latency_of(request.tpot for request in requests),
        "end_to_end": latency_of(request.end - request.start for request in requests),
    }
    return {
        "breakeven_send": VERSION,
        "model": arm.model,
        "arm": arm.name,
        "date": min(row.started for row in done).isoformat(),
        "rate": pace.rate,
        "requests_per_second_asked": pace.per_second,
        "max_concurrency": pace.at_once,
        "completed": len(done),
        "failed": len(rows) - len(done),
        "duration": seconds,
        "mean_concurrency": sum(request.end - request.start for request in requests) / seconds,
        "input_tokens": sum(request.input for request in requests),
        "output_tokens": sum(request.output for request in requests),
    } | {name: asdict(latency) for name, latency in latencies.items()}


def _request(row: Row) -> Request:
    return Request(
        start=row.started.timestamp(),
        end=row.ended.timestamp(),
        ttft=row.seconds_to_first_token,
        input=float(row.prompt_tokens or 0),
        output=float(row.completion_tokens or 0),
    )
