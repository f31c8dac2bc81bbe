"""Synthetic request logs from published statistics: the same bytes for the same seed, hour by hour."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, date, datetime
from gzip import GzipFile
from io import TextIOWrapper
from pathlib import Path
from typing import IO, Any

import numpy as np

from breakeven.demand.log.libraries import pyarrow
from breakeven.outputs import replacing
from breakeven.problems import Problem, nearest
from breakeven.shipped import shipped

COLUMNS = ("timestamp", "workload", "model", "input_tokens", "cached_input_tokens", "output_tokens", "status")
WINDOWS_PER_HOUR = 12  # of 5 minutes
MOST_DAYS, MOST_A_DAY = 3_660, 1e8  # requests; an hour of them is held in memory
HOUR_SECONDS, WINDOW_SECONDS = 3600, 300
P95 = 1.6448536269514722  # standard normal quantile
SUFFIXES = (".csv", ".csv.gz", ".parquet")

Rows = dict[str, np.ndarray]


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplePlan:
    """What to generate: a sample of `samples.yaml`, for how long, how much, from which seed and day."""

    name: str = "company"
    days: int = 21
    requests_per_day: float = 10_000
    seed: int = 1
    start: date = date(2026, 10, 26)  # a Monday


def sample_names() -> tuple[str, ...]:
    """The samples that can be generated."""
    return tuple(shipped("demand/samples.yaml")["samples"])


def write_sample(out: Path, plan: SamplePlan) -> int:
    """Write the log hour by hour (memory does not grow with its length); how many requests it holds."""
    _refuse_nonsense(plan)
    if not out.name.endswith(SUFFIXES):
        raise Problem("the file's kind is not known by its name", where=str(out), fix=f"End it in {SUFFIXES}.")
    with replacing(out) as part:
        if out.suffix == ".parquet":
            return _write_parquet(part, sample_hours(plan))
        return _write_csv(part, sample_hours(plan), packed=out.suffix == ".gz")


def sample_hours(plan: SamplePlan) -> Iterator[Rows]:
    """The log's rows in order of time, one hour at a time."""
    _refuse_nonsense(plan)
    facts = shipped("demand/samples.yaml")
    generator = np.random.default_rng(plan.seed)
    midnight = int(datetime(plan.start.year, plan.start.month, plan.start.day, tzinfo=UTC).timestamp())
    for hour in range(plan.days * 24):
        parts = [
            _hour(generator, name, plan.requests_per_day * share / 24, midnight, hour)
            for name, share in facts["samples"][plan.name].items()
        ]
        rows = {column: np.concatenate([part[column] for part in parts]) for column in COLUMNS}
        order = np.argsort(rows["timestamp"], kind="stable")
        yield {column: values[order] for column, values in rows.items()}


def _hour(generator: np.random.Generator, name: str, per_hour: float, midnight: int, hour: int) -> Rows:
    """One hour of one workload: arrivals in 5-minute windows, each with its own burst; then lengths."""
    facts = shipped("demand/samples.yaml")["workloads"][name]
    burst = shipped("demand/samples.yaml")["burst"]
    start = midnight + hour * HOUR_SECONDS
    noise = np.exp(generator.normal(-(burst**2) / 2, burst, WINDOWS_PER_HOUR))
    mean = per_hour * _shape(facts["shape"], start) / WINDOWS_PER_HOUR
    arrivals = generator.poisson(mean * noise)
    window = np.repeat(np.arange(WINDOWS_PER_HOUR), arrivals)
    timestamp = start + window * WINDOW_SECONDS + generator.integers(0, WINDOW_SECONDS, window.size)
    return {"timestamp": timestamp} | _requests(generator, name, facts, window.size)


def _shape(name: str, second: int) -> float:
    """Load over its mean at this hour of the week."""
    shape, moment = shipped("demand/samples.yaml")["shapes"][name], datetime.fromtimestamp(second, UTC)
    hours, days = shape["hours"], shape["days"]
    return float(hours[moment.hour] / np.mean(hours) * days[moment.weekday()] / np.mean(days))


def _requests(generator: np.random.Generator, name: str, facts: dict[str, Any], count: int) -> Rows:
    """Lengths, cached part and outcome of each request; a failed one used no tokens."""
    worked = generator.random(count) >= facts["failed_share"]
    tokens_in = _lengths(generator, facts["input"], count) * worked
    cached_share = generator.beta(2, 2 / facts["cached_share"] - 2, count)
    return {
        "workload": np.full(count, name),
        "model": np.full(count, facts["model"]),
        "input_tokens": tokens_in,
        "cached_input_tokens": np.floor(tokens_in * cached_share).astype(np.int64),
        "output_tokens": _lengths(generator, facts["output"], count) * worked,
        "status": np.where(worked, 200, 429),
    }


def _lengths(generator: np.random.Generator, facts: dict[str, float], count: int) -> np.ndarray:
    """Whole token counts, lognormal through the median and the 95th percentile."""
    spread = np.log(facts["p95"] / facts["median"]) / P95
    drawn = np.exp(generator.normal(np.log(facts["median"]), spread, count))
    return np.clip(np.rint(drawn), 1, facts["longest"]).astype(np.int64)


def _iso(timestamp: np.ndarray) -> list[str]:
    return [f"{each}Z" for each in timestamp.astype("datetime64[s]").astype(str)]


def _write_csv(out: Path, hours: Iterator[Rows], *, packed: bool) -> int:
    written = 0
    with _text(out, packed=packed) as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for rows in hours:
            others = [rows[column].tolist() for column in COLUMNS[1:]]
            writer.writerows(zip(_iso(rows["timestamp"]), *others, strict=True))
            written += rows["timestamp"].size
    return written


@contextmanager
def _text(out: Path, *, packed: bool) -> Iterator[IO[str]]:
    """The file as text; the header of a .gz holds no name and no time, so that the bytes are the same."""
    with out.open("wb") as raw:
        inner = GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) if packed else nullcontext(raw)
        with inner as binary, TextIOWrapper(binary, encoding="utf-8", newline="") as text:
            yield text


def _write_parquet(out: Path, hours: Iterator[Rows]) -> int:
    arrow = pyarrow()
    kinds = {"timestamp": arrow.timestamp("s", "UTC"), "workload": arrow.string(), "model": arrow.string()}
    schema = arrow.schema([(column, kinds.get(column, arrow.int64())) for column in COLUMNS])
    written = 0
    with arrow.parquet.ParquetWriter(out, schema, compression="zstd") as writer:
        for rows in hours:
            arrays = [arrow.array(rows[column].tolist(), schema.field(column).type) for column in COLUMNS]
            writer.write_table(arrow.Table.from_arrays(arrays, schema=schema))
            written += rows["timestamp"].size
    return written


def _refuse_nonsense(plan: SamplePlan) -> None:
    if plan.name not in sample_names():
        what = f'"{plan.name}" is not a sample. {nearest(plan.name, sample_names())}'.strip()
        raise Problem(what, fix=f"The samples are {', '.join(sample_names())}.")
    if not 1 <= plan.days <= MOST_DAYS or not 0 < plan.requests_per_day <= MOST_A_DAY:
        fix = f"Ask for 1 to {MOST_DAYS:,} days, and for more than zero and at most {MOST_A_DAY:,.0f} requests a day."
        raise Problem(f"no log of {plan.days} days with {plan.requests_per_day:g} requests a day", fix=fix)
