"""From a published measurement to a replica's throughput: choose the nearest row, carry it over, widen.

Rows state OUTPUT tokens per second over all GPUs; all results here are TOTAL (input + output) tokens per
second. Spreads are logarithms: 80 % of cases lie between middle ÷ e^spread and middle × e^spread.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from math import exp, hypot, log

from breakeven.capacity.fit.replica import KV_BYTES_PER_VALUE, Replica, mean_context_tokens, sequences_at
from breakeven.capacity.fit.setup import Setup
from breakeven.capacity.promise.promise import Promise
from breakeven.capacity.step_model.columns import columns, kv_bytes
from breakeven.capacity.step_model.fit import values_of
from breakeven.capacity.step_model.levels import arithmetic, levels
from breakeven.capacity.step_model.predictor import calibration
from breakeven.capacity.step_model.roofline import saturated_tokens_per_second
from breakeven.capacity.step_model.setup_rows import published_setups
from breakeven.capacity.step_model.step import log_tokens_per_second
from breakeven.demand.log.histogram import Sizes
from breakeven.facts import catalog
from breakeven.facts.precisions import same_family
from breakeven.facts.records import Measurement
from breakeven.numbers.inputs import Kind, Source

# Own check of 2026-12-01 on 18,480 pairs of published saturated rows of a model, GPU and kind of precision, one carried
# over to the other by a step model fitted without either's group (docs/method/throughput.md).
REPEAT_SPREAD = 0.10  # the same deployment measured again (58 pairs: 0.07)
LENGTH_SPREAD = 0.02  # per unit of log length distance (7,228 pairs, 82 % inside)
GPUS_SPREAD = 0.10  # per factor e in GPUs of a replica (11,252 pairs, 85 % inside)
# The same where the roofline carries, because our facts have no architecture or not the row.
ROOFLINE_LENGTH_SPREAD, ROOFLINE_GPUS_SPREAD = 0.09, 0.30
PROMISE_SHARE = 0.75  # served under a promise over saturated, where no replay can say; our judgement: measure it
PROMISE_SPREAD = log(1.5)  # a strict promise keeps half of it, a newer engine exceeds it; judgement
CHOSEN_LOAD_SPREAD = log(2.0)  # a fixed concurrency shows what was asked, not what is possible; judgement

SATURATED_LOADS = ("infinite_rate",)
PROMISE_LOADS = ("slo_max_poisson",)
CHOSEN_LOADS = ("closed_loop", "static_batch", "poisson_qps")  # the tester chose how much to ask

PROMISE_ASSUMED = (
    "The figure behind this is saturated throughput, which keeps no latency promise: "
    f"{PROMISE_SHARE:.0%} of it is assumed, with a wide band. Measure one replica at your promise."
)
LOAD_CHOSEN = "The tester chose the load (a fixed concurrency or rate): the replica may be able to do more."


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What is known of the requests beside their mean lengths, and of the engine beside its GPUs."""

    sizes: Sizes | None = None  # how the lengths are spread in the log
    repeated_share: float = 0.0  # of the input, what has come before
    hit_share: float | None = None  # of that, what our prefix cache still holds; None: not stated
    kv_bytes_per_value: float = KV_BYTES_PER_VALUE


NO_DETAILS = Details()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lengths:
    """Tokens of a request: both means above zero."""

    mean_input_tokens: float
    mean_output_tokens: float

    @property
    def context_tokens(self) -> float:
        """Tokens held in the KV cache on average while decoding."""
        return mean_context_tokens(self.mean_input_tokens, self.mean_output_tokens)

    def __str__(self) -> str:
        return f"{self.mean_input_tokens:,.0f} in / {self.mean_output_tokens:,.0f} out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A middle [total tokens/s] and a spread, on the way to a band."""

    tokens_per_second: float
    spread: float
    source: Source
    because: str
    notices: tuple[str, ...] = ()
    saturated: bool = False  # with requests always waiting: no promise is kept yet
    promise: Promise | None = None  # what was replayed
    cached_share: float = 0.0  # of the input, what our prefix cache holds
    spread_up: float | None = None  # above the middle, where it is not the same as below
    kv_bytes_per_value: float = KV_BYTES_PER_VALUE  # of the KV cache it was found with


def lengths_of(row: Measurement) -> Lengths:
    """The lengths a row was measured at."""
    return Lengths(mean_input_tokens=row.mean_input_tokens, mean_output_tokens=row.mean_output_tokens)


def total_tokens_per_second(row: Measurement) -> float:
    """Input + output tokens per second of a row, which states output tokens only."""
    tokens_per_output_token = 1 + row.mean_input_tokens / row.mean_output_tokens
    return row.output_tokens_per_second * tokens_per_output_token


def saturated(replica: Replica, lengths: Lengths) -> float:
    """The roofline at these lengths [total tokens/s]."""
    return saturated_tokens_per_second(replica, lengths.mean_input_tokens, lengths.mean_output_tokens)


def matching(rows: Iterable[Measurement], replica: Replica) -> list[Measurement]:
    """Rows of the same model, GPU and kind of precision that our memory rule can hold (else no scaling).

    None where the replica's GPUs share the work in another way than usual: nothing scales to that but the step model.
    """
    if replica.layout is not None:
        return []
    return [
        row
        for row in rows
        if (row.model, row.gpu) == (replica.model.key, replica.gpu.key)
        and same_family(replica.precision, row.precision)
        and row.output_tokens_per_second > 0
        and sequences_at(replica.on(row.gpus), lengths_of(row).context_tokens) >= 1
    ]


@cache
def _deployments() -> dict[str, Setup]:
    """The deployments of the published rows, by the row's name."""
    rows = catalog.published_rows()
    return {row.cells["id"]: setup for row, setup in zip(rows, published_setups(rows), strict=True)}


def carried_over(row: Measurement, replica: Replica, lengths: Lengths) -> float:
    """The row's total tokens per second at our lengths and GPUs, by the ratio of the step model.

    Engine, load and format of the KV cache stay those of the row.
    """
    there = _deployments().get(row.id)
    if there is None:
        return (
            total_tokens_per_second(row)
            * saturated(replica, lengths)
            / saturated(replica.on(row.gpus), lengths_of(row))
        )
    here = replace(
        there,
        layout=there.layout if replica.gpus == row.gpus else replica.shared,
        mean_input_tokens=lengths.mean_input_tokens,
        mean_output_tokens=lengths.mean_output_tokens,
    )
    outputs = row.output_tokens_per_second * _ratio(here, there)
    return outputs * (1 + lengths.mean_input_tokens / lengths.mean_output_tokens)


def _ratio(here: Setup, there: Setup) -> float:
    """Output tokens per second of one deployment over those of another, by the step model."""
    both = [here, there]
    values = values_of(calibration().fitted, [levels(each) for each in both])
    found = log_tokens_per_second(columns(both, arithmetic), values)
    return exp(float(found[0] - found[1]))


def spread_of(row: Measurement, replica: Replica, lengths: Lengths) -> float:
    """How far the carried-over row may be off: repeats, distance in lengths, another number of GPUs."""
    distance = hypot(
        log(lengths.mean_input_tokens / row.mean_input_tokens),
        log(lengths.mean_output_tokens / row.mean_output_tokens),
    )
    known = row.id in _deployments()
    by_length = LENGTH_SPREAD if known else ROOFLINE_LENGTH_SPREAD
    by_gpus = GPUS_SPREAD if known else ROOFLINE_GPUS_SPREAD
    return REPEAT_SPREAD + by_length * distance + by_gpus * abs(log(replica.gpus / row.gpus))


def from_saturated(rows: Iterable[Measurement], replica: Replica, lengths: Lengths) -> Estimate | None:
    """The nearest row measured under a promise or saturated; of equally near ones the latest."""
    usable = [row for row in rows if row.load in (*SATURATED_LOADS, *PROMISE_LOADS)]
    if not usable:
        return None
    newest_first = sorted(usable, key=lambda measured: measured.source.date, reverse=True)
    row = min(newest_first, key=lambda measured: spread_of(measured, replica, lengths))
    kept = row.load in PROMISE_LOADS
    return Estimate(
        tokens_per_second=carried_over(row, replica, lengths),
        spread=spread_of(row, replica, lengths),
        source=row.source,
        because=_because(row, replica, lengths),
        saturated=not kept,
        kv_bytes_per_value=kv_bytes(there) if (there := _deployments().get(row.id)) else KV_BYTES_PER_VALUE,
    )


def assumed_promise(estimate: Estimate) -> Estimate:
    """What a saturated replica keeps under a promise, by an assumed factor: where no replay can say."""
    return replace(
        estimate,
        tokens_per_second=PROMISE_SHARE * estimate.tokens_per_second,
        spread=hypot(estimate.spread, PROMISE_SPREAD),
        notices=(*estimate.notices, PROMISE_ASSUMED),
        saturated=False,
    )


def from_chosen_load(rows: Iterable[Measurement], replica: Replica, lengths: Lengths) -> Estimate | None:
    """Where the tester chose the load: the hardest driven of the nearest rows; a lower bound, as it is."""
    usable = [row for row in rows if row.load.split("=")[0] in CHOSEN_LOADS]
    if not usable:
        return None
    nearest = min(spread_of(measured, replica, lengths) for measured in usable)
    as_near = [measured for measured in usable if spread_of(measured, replica, lengths) == nearest]
    row = max(as_near, key=lambda measured: carried_over(measured, replica, lengths))
    return Estimate(
        tokens_per_second=carried_over(row, replica, lengths),
        spread=hypot(spread_of(row, replica, lengths), CHOSEN_LOAD_SPREAD),
        source=row.source,
        because=_because(row, replica, lengths),
        notices=(LOAD_CHOSEN,),
    )


def _because(row: Measurement, replica: Replica, lengths: Lengths) -> str:
    there = lengths_of(row)
    moved = lengths != there or replica.gpus != row.gpus
    by = "step model" if row.id in _deployments() else "roofline"
    carried = f", carried over to {lengths} on {replica.gpus} by the ratio of the {by}" if moved else ""
    return (
        f"Published: {row.model} {row.precision} on {row.gpus} × {row.gpu} with {row.engine} gave "
        f"{row.output_tokens_per_second:,.0f} output tokens/s at {there} ({row.load}, row {row.id}){carried}."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ThroughputBand:
    """Tokens per second (input + output, in the workload's own mix) that one replica sustains.

    `p10`, `p50`, `p90`: 80 % of such deployments lie between the outer two. `kind` is measured (the
    user's benchmark), published (a matching measurement), or modelled (the roofline). `because` says in
    one sentence which, for the page.
    """

    p10: float
    p50: float
    p90: float
    gpus_per_replica: int
    kind: Kind
    source: Source
    because: str
    notices: tuple[str, ...] = ()
    promise: Promise | None = None  # under which a replay found it, the case's or an assumed one
    cached_share: float = 0.0  # of the input, what our prefix cache holds
