"""One run of a load generator against the user's own deployment, whatever tool wrote it."""

from __future__ import annotations

from dataclasses import dataclass

UNKNOWN_DATE = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """Mean and percentiles over the requests of a run [s]; None: the file does not say."""

    mean: float | None = None
    p50: float | None = None
    p90: float | None = None
    p95: float | None = None
    p99: float | None = None

    @property
    def middle(self) -> float | None:
        """The mean, else the median."""
        return self.mean if self.mean is not None else self.p50


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What was asked: requests in flight at most, or requests a second. None: not limited, or not said."""

    concurrency: float | None = None
    requests_per_second: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One run: what served, what was asked, what came out. Tokens are totals over the completed requests.

    `concurrency` is the mean number of requests in flight. `counted_by` says who counted the output tokens.
    `tpot` leaves out the first token; `itl` is between two pieces of a stream.
    """

    file: str
    date: str
    format: str
    evidence: str  # what the reader's field names were taken from
    model: str
    gpu: str
    gpus: int
    engine: str
    precision: str
    load: Load
    concurrency: float
    completed: int
    failed: int
    duration_seconds: float
    input_tokens: float
    output_tokens: float
    counted_by: str
    ttft: Latency
    tpot: Latency
    itl: Latency
    end_to_end: Latency
    notices: tuple[str, ...] = ()

    @property
    def mean_input_tokens(self) -> float:
        """Input tokens of a request."""
        return self.input_tokens / self.completed

    @property
    def mean_output_tokens(self) -> float:
        """Output tokens of a request."""
        return self.output_tokens / self.completed

    @property
    def output_tokens_per_second(self) -> float:
        """Output tokens per second over all GPUs and the whole run."""
        return self.output_tokens / self.duration_seconds
