"""The cheapest mix of GPU types for a case: its request sizes, what each GPU serves of them, what it costs.

With a log the requests are grouped by length of input, four times as long from group to group; without one each
workload is a group. The load is the 99th percentile, as a fleet is sized.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from breakeven.demand.log.histogram import BINS, Sizes, together
from breakeven.demand.shape.stated import StatedVolume, stated_demand
from breakeven.facts.catalog import gpu, gpu_offers
from breakeven.numbers.inputs import expected
from breakeven.plan.gpu_mix import GpuType, Mix, SizeGroup, cheapest_mix
from breakeven.problems import Problem
from breakeven.study.case.case import Case
from breakeven.study.case.schema import Workload
from breakeven.study.case.terms.serving import Purchase
from breakeven.study.planning.costs import one_number
from breakeven.study.resolve.demand import Use
from breakeven.study.resolve.resolve import Resolved, overrides, resolve
from breakeven.study.resolve.serving.fleet import serving
from breakeven.study.resolve.serving.options import offer, options

FACTOR = 4  # from one group of lengths to the next


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseMix:
    """The mix, its groups and types, and what was left out and why. `currency` is the case's."""

    mix: Mix
    groups: tuple[SizeGroup, ...]
    types: tuple[GpuType, ...]
    model: str
    currency: str
    notices: tuple[str, ...]


def mix_of(case: Case, gpus: Sequence[str]) -> CaseMix:
    """The cheapest mix of the named GPUs; none named: of all that somebody rents out, or the case has a price of.

    Raises `Problem` when none of them serves the model.
    """
    base = resolve(case)
    gpus = gpus or rented_out(case)
    groups = _groups(base)
    notices: list[str] = []
    types = [one for name in dict.fromkeys(gpus) if (one := _type(base, name, groups, notices)) is not None]
    if not types:
        raise Problem("none of these GPUs serves the model", fix=" ".join(notices))
    mix = cheapest_mix(groups, types)
    return CaseMix(
        mix=mix,
        groups=tuple(groups),
        types=tuple(types),
        model=base.serving.model.key,
        currency=case.file.currency,
        notices=tuple(notices),
    )


def rented_out(case: Case) -> list[str]:
    """Every GPU with a published rent on the day of the case, and the case's own."""
    offered = {each.gpu for each in gpu_offers(mode="on_demand", on=case.as_of)}
    stated = offer(case).gpu
    return sorted(offered | ({gpu(stated).key} if stated else set()))


def _groups(base: Resolved) -> list[SizeGroup]:
    """Groups of requests at the load that is sized for."""
    values = expected(base.inputs)
    peak = base.demand.load_curve.p99_over_mean / one_number(values["seconds_per_month"])
    sizes = base.log.sizes if base.log else ()
    if sizes:
        whole = sum(workload.requests_per_month for workload in base.demand.workloads)
        return [
            SizeGroup(input_tokens=ins, output_tokens=outs, requests_per_second=whole * share * peak)
            for ins, outs, share in by_length(together(sizes))
        ]
    return [
        SizeGroup(
            input_tokens=max(workload.mean_input_tokens, 1.0),
            output_tokens=max(workload.mean_output_tokens, 1.0),
            requests_per_second=workload.requests_per_month * peak,
        )
        for workload in base.demand.workloads
        if workload.requests_per_month > 0
    ]


def by_length(sizes: Sizes) -> list[tuple[float, float, float]]:
    """Mean input, mean output and share of the requests of each group of input lengths.

    Inputs are exact; outputs of a group come from bins that double in width, scaled to the exact total.
    """
    middle = np.array([low * 1.5 if low else 8.0 for low in BINS])
    scale = sizes.output.total() / max(float((sizes.joint.sum(axis=0) * middle).sum()), 1.0)
    edges = [0, *(low for low in BINS if low and np.log2(low) % np.log2(FACTOR) == 0), np.inf]
    lengths = []
    for low, high in pairwise(edges):
        inside = (sizes.input.length >= low) & (sizes.input.length < high)
        requests = float(sizes.input.requests[inside].sum())
        if requests:
            rows = [i for i, edge in enumerate(BINS) if low <= edge < high]
            outs = float((sizes.joint[rows].sum(axis=0) * middle).sum()) * scale / requests
            ins = float((sizes.input.length[inside] * sizes.input.requests[inside]).sum()) / requests
            lengths.append((max(ins, 1.0), max(outs, 1.0), requests / sizes.input.count))
    return lengths


def _type(base: Resolved, name: str, groups: Sequence[SizeGroup], notices: list[str]) -> GpuType | None:
    """One GPU: its price and what a replica takes of each group; None where the model does not fit.

    A replica is large enough for the longest requests it can serve, and the same for all groups.
    """
    rates, price, told, size = [0.0] * len(groups), 0.0, "", None
    for i in sorted(range(len(groups)), key=lambda at: -groups[at].input_tokens - groups[at].output_tokens):
        try:
            replica = _served(base, name, groups[i], size)
        except Problem as problem:
            told = told or f"{name}: {problem.what}."
            continue
        size = replica.gpus
        price = replica.price_per_gpu_hour * size
        rates[i] = replica.tokens_per_second / (groups[i].input_tokens + groups[i].output_tokens)
    if told:
        notices.append(told)
    shown = name if size in (None, 1) else f"{size} x {name}"
    return GpuType(name=shown, price_per_hour=price, requests_per_second=tuple(rates)) if any(rates) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Served:
    """A replica of one GPU and what it takes of requests of one size, as usable under the promise."""

    gpus: int
    price_per_gpu_hour: float
    tokens_per_second: float


def _served(base: Resolved, name: str, group: SizeGroup, size: int | None) -> _Served:
    """Replicas of this GPU that serve nothing but requests of this size. What the case states of them wins."""
    case = base.case
    way = Purchase(mode="rented", price_per_gpu_hour=_stated_rent(case, name))
    plan = case.file.self_hosting.model_copy(
        update={
            "gpu": name,
            "gpus_per_replica": size,
            "layout": None,
            "tokens_per_second": None,
            "purchase": (way,),
            "replicas": None,
        }
    )
    other = replace(case, file=case.file.model_copy(update={"self_hosting": plan, "gpu_offer": None}))
    one = StatedVolume(
        mean_input_tokens=group.input_tokens, mean_output_tokens=group.output_tokens, requests_per_month=1e6
    )
    use = Use(name=one.name, stated=Workload(name=one.name), hosted_model=case.file.hosted_model, at=("hosted_model",))
    served = serving(other, stated_demand([one]), (use,), None)
    stated = expected(overrides(case))
    price = options(other, served.gpu)[-1].price
    assert price is not None, "GPUs that are rented have a price"
    speed = one_number(stated.get("replica_tokens_per_second", served.bands[0].p50))
    return _Served(
        gpus=round(one_number(stated.get("gpus_per_replica", float(served.fit.gpus_per_replica)))),
        price_per_gpu_hour=one_number(price.likely),
        tokens_per_second=speed * one_number(expected(base.inputs)["usable_share"]),
    )


def _stated_rent(case: Case, gpu_name: str) -> float | None:
    """The rent that the case states of this GPU; None: the median of the published offers."""
    stated, plan = offer(case), case.file.self_hosting
    offers = [(stated.gpu, stated.price_per_gpu_hour)]
    offers += [(plan.gpu or stated.gpu, each.price_per_gpu_hour) for each in plan.purchase if each.mode == "rented"]
    own = gpu(gpu_name).key
    return next((price for name, price in offers if price is not None and name and gpu(name).key == own), None)
