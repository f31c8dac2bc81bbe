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
    """The record of one arm's run; None where no request completed, or the server did not count its tokens.

    A prompt that the server did not count (some engines forget it now and then) is taken as long as the others' mean,
    where most were counted; an answer that was not counted leaves no speed to be told.
    """
    done = [row for row in rows if row.error is None]
    counted = [row.prompt_tokens for row in done if row.prompt_tokens is not None]
    if any(row.completion_tokens is None for row in done) or 2 * len(counted) <= len(done):
        return None
    mean = sum(counted) / len(counted)
    requests = [_request(row, mean) for row in done]
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
        "prompts_not_counted": len(done) - len(counted),
        "input_tokens": sum(request.input for request in requests),
        "output_tokens": sum(request.output for request in requests),
    } | {name: asdict(latency) for name, latency in latencies.items()}


def _request(row: Row, mean_prompt: float) -> Request:
    return Request(
        start=row.started.timestamp(),
        end=row.ended.timestamp(),
        ttft=row.seconds_to_first_token,
        input=mean_prompt if row.prompt_tokens is None else float(row.prompt_tokens),
        output=float(row.completion_tokens or 0),
    )
