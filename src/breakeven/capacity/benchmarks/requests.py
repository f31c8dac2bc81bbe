"""Single requests of a run, summed up: for the files that list requests, and for percentiles a summary leaves out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from breakeven.capacity.benchmarks.measurement import Latency
from breakeven.capacity.benchmarks.paths import found_at, in_seconds, number
from breakeven.problems import Problem

NANOSECONDS = 1e-9
LONGEST = 1e6  # s: no request takes longer
CLOCK_OF_DAYS = 1e9  # s: a start beyond it is on the clock of days (since 1970), else on some other
QUANTILES = {"p50": 0.50, "p90": 0.90, "p95": 0.95, "p99": 0.99}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One completed request: times [s] on one clock, tokens; `client_output` where server and client both counted."""

    start: float
    end: float
    ttft: float | None
    input: float
    output: float
    client_output: float | None = None

    @property
    def tpot(self) -> float | None:
        """Seconds for each output token after the first."""
        if self.ttft is None or self.output <= 1:
            return None
        return max(self.end - self.start - self.ttft, 0.0) / (self.output - 1)


def latency_of(values: Iterable[float | None]) -> Latency:
    """Mean and percentiles (linear between neighbours) of the values that are there."""
    known = np.array([each for each in values if each is not None])
    if not known.size:
        return Latency()
    return Latency(mean=float(known.mean()), **{each: float(np.quantile(known, q)) for each, q in QUANTILES.items()})


def latencies_of_lists(record: Mapping[str, Any], lists: Mapping[str, str], where: str) -> dict[str, Latency]:
    """Percentiles from a detailed result of vLLM or SGLang: a list with a value a request [s]."""
    output, ttft, gaps = (record.get(lists[key]) for key in ("output", "ttft", "gaps"))
    if not all(isinstance(column, list) for column in (output, ttft, gaps)):
        return {}
    assert output is not None
    assert ttft is not None
    assert gaps is not None
    if not len(output) == len(ttft) == len(gaps):
        told = f"the lists of requests have {len(output)}, {len(ttft)} and {len(gaps)} items"
        raise Problem(told, where=where, fix="Copy the whole file, or run the benchmark again.")
    try:
        return _of_lists(output, ttft, gaps)
    except (TypeError, ValueError) as error:
        fix = "output_lens and ttfts hold numbers, itls a list of numbers a request."
        raise Problem(f"the lists of requests are damaged: {error}", where=where, fix=fix) from error


def _of_lists(output: list[Any], ttft: list[Any], gaps: list[Any]) -> dict[str, Latency]:
    done = [at for at, tokens in enumerate(output) if tokens]
    streamed = [at for at in done if gaps[at] and output[at] > 1]
    return {
        "ttft": latency_of(_seconds(ttft[at]) for at in done),
        "tpot": latency_of(sum(map(_seconds, gaps[at])) / (output[at] - 1) for at in streamed),
        "itl": latency_of(_seconds(gap) for at in streamed for gap in gaps[at]),
    }


def _seconds(value: Any) -> float:
    """A time of a list. Raises `ValueError` for what is none."""
    found = float(value)
    if isinstance(value, bool | str) or not 0 <= found <= LONGEST:
        raise ValueError(f"{value!r} is no time in seconds")
    return found


def record_of_aiperf(rows: Sequence[Mapping[str, Any]], where: str) -> dict[str, Any]:
    """The lines of aiperf's profile_export.jsonl, summed up. Warm-up and cancelled requests are left out."""
    kept = [each for each in rows if found_at(each, "metadata.benchmark_phase") in (None, "profiling")]
    failed = [each for each in kept if each.get("error") or found_at(each, "metadata.was_cancelled")]
    done = [_aiperf_request(each, where) for each in kept if each not in failed]
    return _summed(done, len(failed), "aiperf's requests")


def _aiperf_request(row: Mapping[str, Any], where: str) -> Request:
    def value(name: str) -> float | None:
        return number(found_at(row, f"metrics.{name}.value"), name, where)

    start, end = (number(found_at(row, f"metadata.request_{edge}_ns"), edge, where) for edge in ("start", "end"))
    read, written = value("usage_prompt_tokens"), value("usage_completion_tokens")
    counted_in, counted_out = value("input_sequence_length"), value("output_sequence_length")
    first = value("time_to_first_token")
    if first is not None:
        first *= in_seconds(found_at(row, "metrics.time_to_first_token.unit"), "time_to_first_token", where)
    return _request(
        where,
        start=None if start is None else start * NANOSECONDS,
        end=None if end is None else end * NANOSECONDS,
        ttft=first,
        input=counted_in if read is None else read,
        output=counted_out if written is None else written,
        client_output=None if written is None else counted_out,
    )


def record_of_inference_perf(rows: Sequence[Mapping[str, Any]], where: str) -> dict[str, Any]:
    """inference-perf's per_request_lifecycle_metrics.json, summed up."""
    failed = [each for each in rows if each.get("error")]
    done = [_inference_perf_request(each, where) for each in rows if not each.get("error")]
    return _summed(done, len(failed), "inference-perf's requests")


def _inference_perf_request(row: Mapping[str, Any], where: str) -> Request:
    def value(path: str) -> float | None:
        return number(found_at(row, path), path, where)

    counted = value("info.response_metrics.output_tokens")
    usage = value("info.response_metrics.server_usage.completion_tokens")
    read = value("info.response_metrics.server_usage.prompt_tokens")
    times = found_at(row, "info.response_metrics.output_token_times") or ()
    start = value("start_time")
    return _request(
        where,
        start=start,
        end=value("end_time"),
        ttft=None if start is None or not times else float(times[0]) - start,
        input=value("info.request_metrics.text.input_tokens") if read is None else read,
        output=counted if usage is None else usage,
        client_output=None if usage is None else counted,
    )


def _request(where: str, *, ttft: float | None, client_output: float | None, **found: float | None) -> Request:
    known = {name: value for name, value in found.items() if value is not None}
    if missing := found.keys() - known.keys():
        raise Problem(f"a request has no {', '.join(sorted(missing))}", where=where, fix="Copy the whole file.")
    return Request(ttft=ttft, client_output=client_output, **known)


def _summed(done: Sequence[Request], failed: int, what: str) -> dict[str, Any]:
    """A record under our own names; see formats/requests.yaml."""
    if not done:
        return {"of_requests": what, "completed": 0, "failed": failed}
    begun = min(answered.start for answered in done)
    duration = max(answered.end for answered in done) - begun
    server = [answered for answered in done if answered.client_output is not None]
    record: dict[str, Any] = {
        "of_requests": what,
        "completed": len(done),
        "failed": failed,
        "date": begun if begun > CLOCK_OF_DAYS else None,
        "duration": duration,
        "input_tokens": sum(answered.input for answered in done),
        "output_tokens": sum(answered.output for answered in done),
        "mean_concurrency": sum(answered.end - answered.start for answered in done) / max(duration, 1e-9),
        "ttft": latency_of(answered.ttft for answered in done),
        "tpot": latency_of(answered.tpot for answered in done),
        "end_to_end": latency_of(answered.end - answered.start for answered in done),
    }
    if len(server) == len(done):
        record["server_output_tokens"] = record["output_tokens"]
        record["client_output_tokens"] = sum(answered.client_output or 0.0 for answered in done)
    return record
