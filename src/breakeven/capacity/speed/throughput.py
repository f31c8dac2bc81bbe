"""Tokens per second one replica serves under the promise: measured, else published, else modelled.

All in TOTAL tokens per second, input + output in the workload's own mix. A saturated figure (requests
always waiting) is not what a replica serves under a latency promise: published and modelled ones are brought
down by a replay of the step model under that promise (`promised`), or, where that cannot be, by an assumed factor.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import exp, log

from breakeven.capacity.fit.memory import doubts, require_fit
from breakeven.capacity.fit.replica import Replica, require_positive, shape_of
from breakeven.capacity.fit.setup import Bench, Layout, Setup
from breakeven.capacity.promise.promise import USUAL, Promise
from breakeven.capacity.speed.own_measurements import OwnMeasurements
from breakeven.capacity.speed.own_points import foresee
from breakeven.capacity.speed.prefix import quickened
from breakeven.capacity.speed.promised import promised
from breakeven.capacity.speed.published import (
    NO_DETAILS,
    REPEAT_SPREAD,
    Details,
    Estimate,
    Lengths,
    ThroughputBand,
    assumed_promise,
    from_chosen_load,
    from_saturated,
    matching,
    saturated,
)
from breakeven.capacity.step_model.columns import columns
from breakeven.capacity.step_model.datasheet import log_most_tokens_per_second
from breakeven.capacity.step_model.levels import arithmetic
from breakeven.capacity.step_model.predictor import predictor
from breakeven.capacity.step_model.roofline import CHECK, is_mixture
from breakeven.facts.precisions import precision_named
from breakeven.facts.records import Architecture, Gpu, Measurement, OpenModel
from breakeven.numbers.inputs import P95, Kind, Source
from breakeven.problems import Problem

P90 = 1.2815515655446004  # standard normal quantile
DENSE_SPREAD = log(1.40)  # roofline, dense models: our own check against published rows, 2026-11-21
MIXTURE_SPREAD = log(1.60)  # roofline, mixtures of experts: our own check against published rows, 2026-11-21
ASSUMED_SPREAD = log(1.5)  # a figure that nobody measured, without a range; judgement
TOO_GENTLE = "Published runs exist, but only at loads too gentle to show what a replica can do."
ENGINE = "vLLM"  # what is assumed to serve; the most used, and not the fastest
ALWAYS_WAITING = "steady"  # a load without beginning and end: neither ramp nor drain
STEP_MODEL = Source(title="step model fitted to published measurements (docs/method/throughput.md)", date="2026-11-21")
NARROWEST_KV = 1.0  # bytes per value of the KV cache in published rows; a case may not say it of its own
BEYOND = "That is more than its memory bandwidth and arithmetic allow:"
STATED = Source(title="stated in the case", date="")
NOT_PROMISED = "No promise is stated"
STATE_YOURS = "State yours as promise, under self-hosting."


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedThroughput:
    """The user's own figure: TOTAL (input + output) tokens per second of one replica, at the promise.

    `low` and `high` are its 5th and 95th percentile. Kind "assumed" unless it is said how it was measured.
    """

    tokens_per_second: float
    low: float | None = None
    high: float | None = None
    kind: Kind = "assumed"
    source: Source = STATED


class BadThroughput(Problem):
    """A stated throughput that cannot be."""


def throughput(  # noqa: PLR0913 - each says one thing of the replica, all by name
    *,
    model: OpenModel,
    gpu: Gpu,
    precision: str,
    gpus_per_replica: int,
    layout: Layout | None = None,
    mean_input_tokens: float,
    mean_output_tokens: float,
    measurements: Iterable[Measurement] = (),
    stated: StatedThroughput | None = None,
    promise: Promise | None = None,
    own: OwnMeasurements | None = None,
    details: Details = NO_DETAILS,
) -> ThroughputBand:
    """The band of one replica: the user's figure, else their benchmarks, else the nearest published, else modelled.

    `own` must be of this model, GPU, number of GPUs and precision: see `OwnMeasurements.cover`. `layout`: how its GPUs
    share the work, where it is not the usual way; published figures then count through the step model only.
    Without a promise, `USUAL` is assumed, or the least relaxed one that a replica keeps at half of its saturated
    speed. Prefix cache and KV cache in 8 bits (`details`) quicken all but a stated speed.

    Raises `NoFleet` when a given promise cannot be kept at any load, `BadSize` for lengths or GPUs not above zero,
    `DoesNotFit`, `UnknownPrecision`, `BadThroughput`, and `NoArithmetic` when nothing is stated and the GPU's
    arithmetic peak is unknown.
    """
    require_positive(
        mean_input_tokens=mean_input_tokens,
        mean_output_tokens=mean_output_tokens,
        gpus_per_replica=gpus_per_replica,
    )
    replica = Replica(model=model, gpu=gpu, precision=precision_named(precision), gpus=gpus_per_replica, layout=layout)
    lengths = Lengths(mean_input_tokens=mean_input_tokens, mean_output_tokens=mean_output_tokens)
    require_fit(replace(replica, kv_bytes_per_value=details.kv_bytes_per_value), lengths.context_tokens)
    if stated is not None:
        return stated_band(stated, gpus_per_replica)
    if own is not None and (shape := shape_of(model)) is not None:
        return _band(_under(_measured(own, shape, lengths), replica, lengths, (promise, details)), "measured", replica)
    found = _looked_up(replica, lengths, matching(measurements, replica), (promise, details))
    return _possible(found, replica, lengths)


Asked = tuple[Promise | None, Details]


def _looked_up(replica: Replica, lengths: Lengths, rows: list[Measurement], asked: Asked) -> ThroughputBand:
    published = from_saturated(rows, replica, lengths)
    if published is not None:
        return _band(_under(published, replica, lengths, asked), "published", replica)
    modelled = _under(_modelled(replica, lengths), replica, lengths, asked)
    chosen = from_chosen_load(rows, replica, lengths)
    if chosen is not None and chosen.tokens_per_second >= modelled.tokens_per_second * exp(-modelled.spread):
        return _band(chosen, "published", replica)
    return _band(modelled, "modelled", replica, more=(TOO_GENTLE,) if chosen else ())


def _possible(band: ThroughputBand, replica: Replica, lengths: Lengths) -> ThroughputBand:
    """The band, no end of it above what datasheets allow: a row carried far in lengths can be."""
    setup = saturated_setup(replica, lengths)
    if setup is None:
        return band
    asked = replace(setup, kv_bytes_per_value=NARROWEST_KV, cached_share=band.cached_share)
    outputs = exp(float(log_most_tokens_per_second(columns([asked], arithmetic))[0]))
    most = outputs * (1 + lengths.mean_input_tokens / lengths.mean_output_tokens)
    told = (f"{BEYOND} {most:,.0f} tokens/s (input + output) are.",) if band.p50 > most else ()
    ends = {name: min(getattr(band, name), most) for name in ("p10", "p50", "p90")}
    return replace(band, **ends, notices=band.notices + told)


def stated_band(stated: StatedThroughput, gpus_per_replica: int) -> ThroughputBand:
    """The user's figure as a band; without a range, what measurements differ by, or what one assumes wrongly."""
    spread = ASSUMED_SPREAD if stated.kind == "assumed" else REPEAT_SPREAD
    middle, usual = stated.tokens_per_second, exp(spread * P95 / P90)
    low = middle / usual if stated.low is None else stated.low
    high = middle * usual if stated.high is None else stated.high
    _check(low, middle, high)
    return ThroughputBand(
        p10=middle * (low / middle) ** (P90 / P95),
        p50=middle,
        p90=middle * (high / middle) ** (P90 / P95),
        gpus_per_replica=gpus_per_replica,
        kind=stated.kind,
        source=stated.source,
        because=f"You stated {middle:,.0f} tokens/s (input + output) for one replica at the promise.",
    )


def _check(low: float, middle: float, high: float) -> None:
    if not middle > 0:
        raise BadThroughput(
            f"the stated throughput is {middle:g} tokens/s; it must be greater than zero",
            fix="Give input + output tokens per second of one replica, at the latency you promise.",
        )
    if not 0 < low <= middle <= high:
        raise BadThroughput(
            f"the range {low:g} to {high:g} does not hold the stated throughput of {middle:g} tokens/s",
            fix="Give low <= tokens_per_second <= high (5th and 95th percentile), or leave both out.",
        )


def _under(estimate: Estimate, replica: Replica, lengths: Lengths, asked: Asked) -> Estimate:
    """The estimate under the promise: by replay where the step model knows the model, else by an assumed factor."""
    setup = saturated_setup(replica, lengths)
    if not estimate.saturated:
        return estimate
    if setup is None:
        return assumed_promise(estimate)
    promise, details = asked
    setup, estimate = quickened(estimate, setup, details)
    under_promise = promised(estimate, setup, promise, details.sizes)
    return (
        under_promise
        if promise is not None
        else replace(under_promise, notices=(*under_promise.notices, assumed_words(under_promise.promise)))
    )


def assumed_words(assumed: Promise | None) -> str:
    """What is said of a promise that was assumed, and relaxed where it could not be kept."""
    if assumed == USUAL:
        return f"{NOT_PROMISED}: {USUAL} are assumed. {STATE_YOURS}"
    relaxed = f"{assumed}, the least relaxed that it keeps, are assumed"
    return f"{NOT_PROMISED}: a replica at half of its speed cannot keep {USUAL}; {relaxed}. {STATE_YOURS}"


def saturated_setup(replica: Replica, lengths: Lengths) -> Setup | None:
    """The deployment as the step model takes it, requests always waiting; None when the facts lack the architecture."""
    shape = shape_of(replica.model)
    if shape is None:
        return None
    return Setup(
        architecture=shape,
        gpu=replica.gpu,
        precision=replica.precision,
        kv_bytes_per_value=replica.kv_bytes_per_value,
        layout=replica.shared,
        bench=Bench(engine=ENGINE, load=ALWAYS_WAITING),
        mean_input_tokens=lengths.mean_input_tokens,
        mean_output_tokens=lengths.mean_output_tokens,
    )


def _modelled(replica: Replica, lengths: Lengths) -> Estimate:
    """Saturated: the step model where the architecture is in the facts, else the roofline."""
    setup = saturated_setup(replica, lengths)
    return _roofline(replica, lengths) if setup is None else _stepped(replica, setup)


def _measured(own: OwnMeasurements, shape: Architecture, lengths: Lengths) -> Estimate:
    """Saturated: the step model moved by the user's benchmarks."""
    asked = own.setup(shape, lengths.mean_input_tokens, lengths.mean_output_tokens, load=ALWAYS_WAITING)
    expected_speed = foresee(own.points(shape), [asked])[0].tokens_per_second
    runs = f"{len(own.runs)} benchmark{'s' if len(own.runs) > 1 else ''} of yours"
    return Estimate(
        tokens_per_second=expected_speed.p50 * (1 + lengths.mean_input_tokens / lengths.mean_output_tokens),
        spread=log(expected_speed.p50 / expected_speed.p10),
        source=own.source,
        because=f"Measured: {runs} on {own.gpus} × {own.gpu} with {own.engine}, carried to {lengths} by the step "
        "model.",
        saturated=True,
    )


def _in_layout(replica: Replica) -> str:
    return f" ({replica.layout})" if replica.layout else ""


def _roofline(replica: Replica, lengths: Lengths) -> Estimate:
    return Estimate(
        tokens_per_second=saturated(replica, lengths),
        spread=MIXTURE_SPREAD if is_mixture(replica.model) else DENSE_SPREAD,
        source=CHECK,
        because=f"Modelled: lacking a published measurement of {replica.model.key} in "
        f"{replica.precision.name} on {replica.gpu.key} that shows it, computed from memory bandwidth and "
        "arithmetic peak with efficiencies fitted to published measurements (a roofline).",
        saturated=True,
    )


def _stepped(replica: Replica, setup: Setup) -> Estimate:
    estimate = predictor().predict([setup])[0]
    return Estimate(
        tokens_per_second=estimate.p50 * (1 + setup.mean_input_tokens / setup.mean_output_tokens),
        spread=log(estimate.p50 / estimate.p10),
        source=STEP_MODEL,
        because=f"Modelled: lacking a published measurement of {replica.model.key} in "
        f"{replica.precision.name} on {replica.gpu.key}{_in_layout(replica)} that shows it, computed step by step for "
        f"{ENGINE} "
        "with constants fitted to published measurements.",
        saturated=True,
    )


def _band(estimate: Estimate, kind: Kind, replica: Replica, more: tuple[str, ...] = ()) -> ThroughputBand:
    return ThroughputBand(
        p10=estimate.tokens_per_second * exp(-estimate.spread),
        p50=estimate.tokens_per_second,
        p90=estimate.tokens_per_second * exp(estimate.spread if estimate.spread_up is None else estimate.spread_up),
        gpus_per_replica=replica.gpus,
        kind=kind,
        source=estimate.source,
        because=estimate.because,
        promise=estimate.promise,
        cached_share=estimate.cached_share,
        notices=estimate.notices + more + doubts(replica),
    )
