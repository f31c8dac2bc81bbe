"""Demand: what a company's usage asks of whoever serves it. The one dataclass later stages read."""

from __future__ import annotations

from dataclasses import dataclass

from breakeven.numbers.inputs import Kind, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadCurve:
    """Load over its own mean, from the busiest part of the time to the quietest.

    `share_of_time[i]` is the width of block i (they sum to 1) and `load_over_mean[i]` its mean load
    (the weighted mean is 1, largest first). `p99_over_mean` and `p999_over_mean` size a fleet.
    """

    name: str
    share_of_time: tuple[float, ...]
    load_over_mean: tuple[float, ...]
    p99_over_mean: float
    p999_over_mean: float
    kind: Kind
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkloadDemand:
    """One month of one workload. Input includes cached tokens, output reasoning; MTok = 1e6 tokens.

    `low_share` and `high_share`: the 5th and 95th percentile of the volumes, over the volumes; both 1 where
    nothing is known of the range. All volumes and all workloads of one log move together.
    """

    name: str
    requests_per_month: float
    input_mtok_per_month: float
    output_mtok_per_month: float
    cached_share_of_input: float | None  # None: the log does not say
    kind: Kind
    source: Source
    low_share: float = 1.0
    high_share: float = 1.0

    @property
    def mean_input_tokens(self) -> float:
        """Tokens of input per request; zero when there are no requests."""
        return self.input_mtok_per_month * 1e6 / self.requests_per_month if self.requests_per_month else 0.0

    @property
    def mean_output_tokens(self) -> float:
        """Tokens of output per request; zero when there are no requests."""
        return self.output_mtok_per_month * 1e6 / self.requests_per_month if self.requests_per_month else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """Rows that were not used: how many, why, and a few of them.

    `lost`: demand may be lost with them. Not so where a row repeats another, or is not about a model at all.
    """

    reason: str
    rows: int
    examples: tuple[str, ...] = ()
    lost: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """Growth of the tokens per month, compounding; `low` and `high` are its 5th and 95th percentile.

    `level_at_end`: the trend at the end of the log over its mean in the log. `memory`: how much of a week's
    deviation is still there the week after. `silent_weeks` had no use and were left out of the fit.
    """

    growth_per_month: float
    low: float
    high: float
    level_at_end: float
    weeks: int
    silent_weeks: int
    memory: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """Everything demand: the workloads, their joint load curve, and what the data could not show.

    `first` and `last` are ISO UTC times of the log, empty when the volume was stated, not measured.
    `notices` says what is guessed: a short log scaled to a month, a curve from a profile.
    `failed_requests` are those of the log, not of a month; they are part of `rows_read`.
    `week` is the load over its mean by hour of the week, Monday 0:00 first, in the case's time zone;
    empty when the log is too short (under 14 days) to know it. `trend` is None for a log under 90 days.
    """

    workloads: tuple[WorkloadDemand, ...]
    load_curve: LoadCurve
    first: str = ""
    last: str = ""
    rows_read: int = 0
    set_aside: tuple[SetAside, ...] = ()
    notices: tuple[str, ...] = ()
    failed_requests: int = 0
    week: tuple[float, ...] = ()
    trend: Trend | None = None
