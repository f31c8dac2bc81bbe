"""How the case would serve the open model: does it fit, and how fast is a replica for each workload."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from breakeven.capacity.fit.memory import Fit, fit
from breakeven.capacity.fit.replica import KV_BYTES_PER_VALUE, layout_of, mean_context_tokens, shape_of
from breakeven.capacity.fit.setup import Layout
from breakeven.capacity.speed.published import Details, ThroughputBand
from breakeven.capacity.speed.throughput import P90, throughput
from breakeven.demand.demand import Demand
from breakeven.facts.catalog import gpu, published_throughput
from breakeven.facts.records import Gpu, OpenModel
from breakeven.numbers.inputs import P95, Input, KnownFrom, mixed
from breakeven.numbers.operations import OPTION, WORKLOAD, along
from breakeven.study.case.case import Case
from breakeven.study.case.places import Keys
from breakeven.study.case.schema import GpuOffer
from breakeven.study.register import register
from breakeven.study.resolve.demand import Logged, Use
from breakeven.study.resolve.serving.options import Option, bill_unit, given, offer
from breakeven.study.resolve.serving.own_serving import (
    covered,
    gpus_of,
    layout_said,
    model_of,
    own_of,
    precision_of,
    stated_speed,
)
from breakeven.study.resolve.serving.promises import promise_of, told_at_the_promise


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """What one replica is and does for each workload."""

    model: OpenModel
    gpu: Gpu
    precision: str
    fit: Fit
    bands: tuple[ThroughputBand, ...]
    split: Layout | None = None  # how its GPUs share the work, where it is not the usual way

    @property
    def layout(self) -> Layout:
        """How its GPUs share the work."""
        return self.split or layout_of(self.fit.gpus_per_replica)


def serving(case: Case, demand: Demand, workloads: Sequence[Use], log: Logged | None) -> Serving:
    """Check that the model fits and look up what a replica serves of each workload."""
    chosen, card = model_of(case), _gpu(case)
    own = own_of(case, chosen)
    precision, assumed = precision_of(case, own, chosen, card)
    asked = gpus_of(case, own, card.key, precision)
    lengths, context = lengths_of(demand), most_context(demand)
    split = layout_said(case, shape_of(chosen))
    at = ("self_hosting", "gpus_per_replica") if case.file.self_hosting.gpus_per_replica else gpu_at(case)
    with case.telling(*at):
        held = fit(
            chosen,
            card,
            precision,
            context,
            gpus_per_replica=asked,
            layout=split,
            kv_bytes_per_value=kv_bytes_of(case),
        )
    held = replace(held, notices=(assumed, *held.notices)) if assumed else held
    used, unused = covered(own, card.key, held.gpus_per_replica, precision)
    used = replace(used, layout=split) if used else None
    rows = published_throughput()
    promise = promise_of(case)
    with told_at_the_promise(case):
        bands = tuple(
            throughput(
                model=chosen,
                gpu=card,
                precision=precision,
                gpus_per_replica=held.gpus_per_replica,
                layout=split,
                mean_input_tokens=mean_input,
                mean_output_tokens=mean_output,
                measurements=rows,
                stated=stated_speed(case, i, use),
                own=used,
                promise=promise,
                details=details_of(case, demand, i, log),
            )
            for i, (use, (mean_input, mean_output)) in enumerate(zip(workloads, lengths, strict=True))
        )
    bands = tuple(replace(band, notices=(unused, *band.notices)) for band in bands) if unused else bands
    return Serving(model=chosen, gpu=card, precision=precision, fit=held, bands=bands, split=split)


def lengths_of(demand: Demand) -> list[tuple[float, float]]:
    """Mean tokens in and out of a request of each workload, at least one."""
    return [(max(each.mean_input_tokens, 1.0), max(each.mean_output_tokens, 1.0)) for each in demand.workloads]


def most_context(demand: Demand) -> float:
    """Tokens that a request of the workload with the longest holds on average."""
    return max(mean_context_tokens(*each) for each in lengths_of(demand))


def kv_bytes_of(case: Case) -> float:
    """Bytes per value of the KV cache."""
    return kv_bytes_named(case.file.self_hosting.kv_cache)


def kv_bytes_named(kv_cache: str) -> float:
    """Bytes per value of a KV cache in a number format."""
    return 1.0 if kv_cache == "fp8" else KV_BYTES_PER_VALUE


def details_of(case: Case, demand: Demand, index: int, log: Logged | None) -> Details:
    """How the requests of a workload are spread and repeat; a repeated share that nobody knows is not counted."""
    workload = demand.workloads[index]
    return Details(
        sizes=log.sizes_of(workload.name) if log else None,
        repeated_share=workload.cached_share_of_input or 0.0,
        hit_share=case.file.self_hosting.prefix_hit_share,
        kv_bytes_per_value=kv_bytes_of(case),
    )


def gpu_at(case: Case) -> Keys:
    """Where the case names the GPU."""
    if case.file.self_hosting.gpu:
        return "self_hosting", "gpu"
    return ("gpu_offer", "gpu") if isinstance(case.file.gpu_offer, GpuOffer) else ("gpu_offer",)


def _gpu(case: Case) -> Gpu:
    with case.telling(*gpu_at(case)):
        return gpu(case.file.self_hosting.gpu or offer(case).gpu)


def widened(middle: float, tenth: float) -> float:
    """The 5th percentile of a lognormal band from its 10th, or the 95th from its 90th."""
    return float(middle * (tenth / middle) ** (P95 / P90))


def fleet_inputs(case: Case, all_options: Sequence[Option], served: Serving) -> dict[str, Input]:
    """Everything about GPUs and replicas as inputs over the workload and option axes."""
    speeds = replace(
        register()["replica_tokens_per_second"],
        likely=along(WORKLOAD, [band.p50 for band in served.bands]),
        distribution="lognormal",
    )
    known = [
        KnownFrom(kind=band.kind, source=band.source, low=widened(band.p50, band.p10), high=widened(band.p50, band.p90))
        for band in served.bands
    ]
    at = case.source("self_hosting")
    return {
        "replica_tokens_per_second": mixed(speeds, WORKLOAD, known),
        "gpus_per_replica": given("gpus_per_replica", float(served.fit.gpus_per_replica), at),
        "spare_replicas": given(
            "spare_replicas", {"api": 0.0, "n+1": 1.0, "n+2": 2.0}[case.file.self_hosting.redundancy], at
        ),
        "gpus_billed_together": given(
            "gpus_billed_together",
            along(OPTION, [bill_unit(all_option) for all_option in all_options]),
            at,
        ),
    }
