"""From result files to measurements: which tool wrote it, its fields under our names, every doubt said."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from breakeven.capacity.benchmarks.checks import DISAGREES, IN_UNITS, believed, checked, corrected_tpot, tokens_agree
from breakeven.capacity.benchmarks.documents import Written, read_written
from breakeven.capacity.benchmarks.formats import Format, benchmark_format, detected, require_keys
from breakeven.capacity.benchmarks.given import Given
from breakeven.capacity.benchmarks.measurement import UNKNOWN_DATE, Latency, Load, Measurement
from breakeven.capacity.benchmarks.paths import first_at, found_at, in_seconds, number, rate
from breakeven.capacity.benchmarks.requests import (
    latencies_of_lists,
    record_of_aiperf,
    record_of_inference_perf,
)
from breakeven.problems import Problem

LAST_MOMENT = 4_102_444_800  # seconds since 1970: the year 2100
LATENCIES = ("ttft", "tpot", "itl", "end_to_end")
LINE = re.compile(r":\d+$")  # of a file of lines, after its path
STATISTICS = tuple(each.name for each in fields(Latency))


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One record of a file and how to read it."""

    form: Format
    record: Mapping[str, Any]
    where: str

    def value(self, name: str) -> Any:
        """The raw value of one of our fields, or None."""
        found = first_at(self.record, self.form.map["fields"].get(name, ()))
        return self.form.map.get("constants", {}).get(name) if found is None else found

    def number(self, name: str) -> float | None:
        """The same as a number, times in seconds."""
        spec = self.form.map["fields"].get(name, ())
        if isinstance(spec, dict):
            found = number(found_at(self.record, spec["path"]), name, self.where)
            unit = found_at(self.record, spec["unit_at"])
            return None if found is None else found * in_seconds(unit, name, self.where)
        return number(first_at(self.record, spec), name, self.where)


def read_measurements(paths: Iterable[Path], given: Given, format_name: str | None = None) -> list[Measurement]:
    """Every run in these files. Raises `Problem` at the first thing that cannot be read or contradicts itself."""
    found = [each for path in paths for each in _records(path, format_name)]
    if not found:
        raise Problem("no benchmark is named", fix="Give one to three result files of a load generator.")
    return [_measurement(each, given) for each in found]


def _records(path: Path, format_name: str | None) -> list[Found]:
    written = read_written(path)
    if form := _of_requests(written):
        record = form(written.records, str(path))
        return [Found(form=benchmark_format("requests"), record=record, where=str(path))]
    runs = []
    for at, record in enumerate(written.records, start=1):
        where = f"{path}:{at}" if written.kind == "jsonl" else str(path)
        form_of = benchmark_format(format_name) if format_name else detected(record, written.kind, where)
        require_keys(form_of, record, where)
        runs += [Found(form=form_of, record=run, where=where) for run in _runs(form_of, record, where)]
    return runs


def _of_requests(written: Written) -> Any:
    """The reader for a list of single requests, or None."""
    first = written.records[0]
    if written.kind != "csv" and "metrics" in first and found_at(first, "metadata.request_start_ns") is not None:
        return record_of_aiperf
    if written.kind == "requests" and "info" in first and "start_time" in first:
        return record_of_inference_perf
    return None


def _runs(form: Format, record: Mapping[str, Any], where: str) -> list[Mapping[str, Any]]:
    """The runs of a record: itself, or those listed in it."""
    if "records" not in form.map:
        return [record]
    runs = found_at(record, form.map["records"])
    if not isinstance(runs, list) or not runs:
        raise Problem(f"{form.title}: it holds no run", where=where, fix="Run the benchmark to its end.")
    return runs


def _measurement(result: Found, given: Given) -> Measurement:
    completed = _completed(result)
    tokens_in, tokens_out = (_tokens(result, side, completed) for side in ("input", "output"))
    duration = _duration(result, completed)
    corrected = corrected_tpot(_latencies(result), result, completed, tokens_out)
    latencies, doubted = believed(corrected, _seconds(result, corrected, duration / completed), tokens_out / completed)
    served = given.with_file(result.value, result.where)
    named: dict[str, Any] = served.named() | latencies
    notices = (
        *tokens_agree(result.number("server_output_tokens"), _client(result, completed), result.number),
        *doubted,
    )
    plain = Measurement(
        file=Path(LINE.sub("", result.where)).name,
        date=given.date or _date(result.value("date")),
        format=result.form.name,
        evidence=f"{result.form.evidence}: {result.form.evidence_source}",
        load=_load(result),
        concurrency=_concurrency(result, completed, duration, latencies, tokens_out),
        completed=int(completed),
        failed=_failed(result, completed),
        duration_seconds=duration,
        input_tokens=tokens_in,
        output_tokens=tokens_out,
        counted_by=_counted_by(result),
        **named,
    )
    doubts = checked(replace(plain, notices=notices), result.number("output_tokens_per_second"), result.where)
    return replace(plain, notices=(*served.notices, *notices, *doubts))


def _seconds(found: Found, latencies: Mapping[str, Latency], seconds_between: float) -> float | None:
    """Mean seconds of a request: its latency, else requests in flight as the tool counted them (Little's law)."""
    counted = found.number("mean_concurrency")
    return latencies["end_to_end"].mean or (counted * seconds_between if counted else None)


def _completed(found: Found) -> float:
    completed, failed = found.number("completed"), found.number("failed") or 0.0
    if completed is not None and completed >= 1:
        return completed
    told = "it does not say how many requests completed" if completed is None else "no request completed"
    told += f", {failed:,.0f} failed" if failed else ""
    raise Problem(told, where=found.where, fix="See why in the log of the server, and run it again.")


def _failed(found: Found, completed: float) -> int:
    """Requests that failed as it says, else those asked for that did not complete."""
    failed, asked = found.number("failed"), found.number("asked")
    return int(failed) if failed is not None else int(max((asked or completed) - completed, 0))


def _counted_by(found: Found) -> str:
    told = found.form.map["counts"]
    server = found.form.map["fields"].get("server_output_tokens")
    return "client" if told == "client" or (server and found.number("server_output_tokens") is None) else "server"


def _client(found: Found, completed: float) -> float | None:
    total = found.number("client_output_tokens")
    mean = found.number("client_mean_output_tokens")
    return total if total is not None else mean and mean * completed


def _tokens(found: Found, side: str, completed: float) -> float:
    total, mean = found.number(f"{side}_tokens"), found.number(f"mean_{side}_tokens")
    tokens = total if total is not None else mean and mean * completed
    if not tokens or tokens < completed:
        told = f"it counts {f'{tokens:,.0f}' if tokens else 'no'} {side} tokens for {completed:,.0f} requests"
        raise Problem(told, where=found.where, fix="Was the answer streamed, and did the server report its usage?")
    return tokens


def _duration(found: Found, completed: float) -> float:
    stated, by_second, by_minute = (
        found.number(each) for each in ("duration", "request_throughput", "requests_per_minute")
    )
    seconds = stated or (by_second and completed / by_second) or (by_minute and 60 * completed / by_minute)
    if not seconds:
        raise Problem("it does not say how long it ran", where=found.where, fix="Give the whole result file.")
    return seconds


def _load(found: Found) -> Load:
    asked = rate(found.value("requests_per_second_asked"), "request rate", found.where)
    return Load(concurrency=found.number("load_concurrency") or None, requests_per_second=asked or None)


def _latencies(found: Found) -> dict[str, Latency]:
    """Seconds; what a summary leaves out is taken from the lists of requests, where there are any."""
    named = {name: _latency(found, found.form.map["latencies"].get(name)) for name in LATENCIES}
    if found.form.name == "requests":
        return {name: found.record.get(name, Latency()) for name in LATENCIES}
    lists = found.form.map.get("requests")
    listed = latencies_of_lists(found.record, lists, found.where) if lists else {}
    return {name: _filled(named[name], listed.get(name, Latency())) for name in LATENCIES}


def _filled(stated: Latency, listed: Latency) -> Latency:
    known = {each: getattr(stated, each) for each in STATISTICS}
    return replace(listed, **{each: value for each, value in known.items() if value is not None})


def _latency(result: Found, spec: Any) -> Latency:
    if spec is None:
        return Latency()
    path = spec["path"] if isinstance(spec, dict) else spec
    raw = {statistic: _statistic(result, path, statistic) for statistic in STATISTICS}
    known = {statistic: value for statistic, value in raw.items() if value is not None}
    if not known:
        return Latency()
    unit = result.form.map.get("unit") if isinstance(spec, str) else spec.get("unit")
    unit = found_at(result.record, spec["unit_at"]) if isinstance(spec, dict) and "unit_at" in spec else unit
    seconds = in_seconds(unit, path.format("mean"), result.where)
    return Latency(**{statistic: value * seconds for statistic, value in known.items()})


def _statistic(found: Found, path: str, statistic: str) -> float | None:
    theirs = found.form.map["statistics"].get(statistic, ())
    names = [theirs] if isinstance(theirs, str) else theirs
    return number(first_at(found.record, [path.format(each) for each in names]), path, found.where)


def _concurrency(
    result: Found, completed: float, duration: float, latencies: Mapping[str, Latency], output: float
) -> float:
    """Mean requests in flight: as the tool counted it, else by Little's law, else what was asked for.

    Without the latency of a request it is put together; no more are in flight then than were asked for.
    """
    counted, asked = result.number("mean_concurrency"), result.number("load_concurrency")
    whole, first, per_token = latencies["end_to_end"].middle, latencies["ttft"].middle, _each_token(latencies)
    mean = counted or (whole and completed * whole / duration)
    if not mean and first is not None and per_token is not None:
        together = completed * (first + per_token * (output / completed - 1)) / duration
        mean = min(together, asked) if asked and together < IN_UNITS * asked else together
    mean = mean or asked
    if not mean:
        fix = "It needs the concurrency, or the mean latency, of its requests."
        raise Problem("it does not say how many requests were in flight", where=result.where, fix=fix)
    return mean


def _each_token(latencies: Mapping[str, Latency]) -> float | None:
    """Seconds of a further token, over all tokens: the mean gap between two, which counts a long answer for more.

    The mean over requests of their own mean counts a short answer, slowed by others' prompts, as much as a long one.
    Gaps much longer than that are between pieces of several tokens and are not taken.
    """
    gap, each = latencies["itl"].mean, latencies["tpot"].middle
    return gap if gap and (each is None or gap < (1 + DISAGREES) * each) else each


def _date(value: Any) -> str:
    """The day of a moment written as seconds, as ISO or as 20261121-040130; else unknown."""
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < LAST_MOMENT:
        return datetime.fromtimestamp(value, UTC).date().isoformat()
    if isinstance(value, str):
        for read in (datetime.fromisoformat, lambda text: datetime.strptime(text, "%Y%m%d-%H%M%S").replace(tzinfo=UTC)):
            try:
                return read(value).date().isoformat()
            except ValueError:
                continue
    return UNKNOWN_DATE
