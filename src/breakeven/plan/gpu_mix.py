"""The cheapest mix of GPU types for one model: small requests on small GPUs, long ones on large.

Requests are grouped by size. Each group may be split over types; a type takes its rate of requests within the latency
promise, or none. That is a program of a few whole numbers, one for each type, solved in hundredths of a second.
The idea is Griggs et al., "Mélange: cost efficient LLM serving by exploiting GPU heterogeneity" (arXiv 2404.14527),
whose solver cuts the load into slices and packs these; grouped, the optimum is the same and its size does not grow
with the load.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from breakeven.numbers.operations import whole_up
from breakeven.plan.program import Limits, Program, Proof
from breakeven.problems import Problem, Problems


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeGroup:
    """Requests of about one size, and how many arrive a second at the load that is sized for."""

    input_tokens: float
    output_tokens: float
    requests_per_second: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GpuType:
    """One kind of replica: its price, and the requests a second it takes of each group alone.

    A rate of 0 says that it does not serve the group within the promise. `spares` are added once the type is used;
    `most` replicas are to be had (None: as many as needed).
    """

    name: str
    price_per_hour: float
    requests_per_second: tuple[float, ...]
    spares: int = 0
    most: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """Replicas of each type, the share of each group that goes there, and what it costs beside one type alone.

    `alone[name]` is the cost of serving everything on one type; None where it cannot serve some group.
    """

    replicas: Mapping[str, int]
    shares: Mapping[str, tuple[float, ...]]
    cost_per_hour: float
    alone: Mapping[str, float | None]
    proof: Proof

    @property
    def saving(self) -> float | None:
        """Share of the cost that mixing saves against the best single type; None where no type serves all."""
        best = min((cost for cost in self.alone.values() if cost is not None), default=None)
        return None if not best else 1 - self.cost_per_hour / best


def cheapest_mix(groups: Sequence[SizeGroup], types: Sequence[GpuType], limits: Limits | None = None) -> Mix:
    """The mix. Raises `Problems` for groups that no type serves and for nonsense, `Problem` when GPUs run out."""
    _check(groups, types)
    solution = _solve(groups, types, limits or Limits(gap=1e-4))
    if solution is None:
        raise Problem("the GPUs there are do not carry the load", fix="Allow more of them, or another type.")
    replicas, shares, proof = solution
    cost = sum(replicas[kind.name] * kind.price_per_hour for kind in types)
    return Mix(
        replicas=replicas,
        shares=shares,
        cost_per_hour=cost,
        alone={kind.name: _alone(groups, kind) for kind in types},
        proof=proof,
    )


def _check(groups: Sequence[SizeGroup], types: Sequence[GpuType]) -> None:
    tried = []
    if not groups or not types:
        tried.append(Problem("a mix needs requests and GPU types", fix="Give at least one of each."))
    for kind in types:
        if len(kind.requests_per_second) != len(groups):
            tried.append(Problem(f"{kind.name} has rates for {len(kind.requests_per_second)} of {len(groups)} groups"))
        elif min(kind.requests_per_second, default=0.0) < 0 or kind.price_per_hour < 0:
            tried.append(Problem(f"{kind.name} has a negative rate or price"))
    if not tried:
        for i, group in enumerate(groups):
            if group.requests_per_second > 0 and not any(gpu_type.requests_per_second[i] > 0 for gpu_type in types):
                size = f"{group.input_tokens:,.0f} tokens in and {group.output_tokens:,.0f} out"
                fix = "Add a GPU type that serves them, or loosen the promise."
                tried.append(Problem(f"no GPU type serves requests of {size} within the promise", fix=fix))
    if tried:
        raise Problems(tried)


def _alone(groups: Sequence[SizeGroup], one: GpuType) -> float | None:
    """The cost of everything on one type."""
    busy = 0.0
    for group, rate in zip(groups, one.requests_per_second, strict=True):
        if group.requests_per_second > 0 and rate <= 0:
            return None
        busy += group.requests_per_second / rate if group.requests_per_second else 0.0
    replicas = int(whole_up(busy)) + (one.spares if busy else 0)
    return None if one.most is not None and replicas > one.most else replicas * one.price_per_hour


def _solve(
    groups: Sequence[SizeGroup], types: Sequence[GpuType], limits: Limits
) -> tuple[dict[str, int], dict[str, tuple[float, ...]], Proof] | None:
    program = Program()
    used = [program.binary() for _ in types]
    counts = [
        program.column(
            cost=gpu_type.price_per_hour, upper=np.inf if gpu_type.most is None else float(gpu_type.most), whole=True
        )
        for gpu_type in types
    ]
    share = {
        (t, g): program.column(upper=1.0)
        for t, gpu_type in enumerate(types)
        for g in range(len(groups))
        if gpu_type.requests_per_second[g] > 0
    }
    for t, kind in enumerate(types):
        busy = [
            (column, groups[g].requests_per_second / kind.requests_per_second[g])
            for (type_, g), column in share.items()
            if type_ == t
        ]
        program.row([*busy, (counts[t], -1.0), (used[t], float(kind.spares))], upper=0.0)
        program.row([*((column, 1.0) for column, _ in busy), (used[t], -float(len(groups)))], upper=0.0)
    for g, group in enumerate(groups):
        if group.requests_per_second > 0:
            program.row([(c, 1.0) for (_, group_), c in share.items() if group_ == g], lower=1.0, upper=1.0)
    values, proof = program.solve(limits)
    if values is None:
        return None
    replicas = {gpu_type.name: round(float(values[counts[t]])) for t, gpu_type in enumerate(types)}
    shares = {
        gpu_type.name: tuple(float(values[share[t, g]]) if (t, g) in share else 0.0 for g in range(len(groups)))
        for t, gpu_type in enumerate(types)
    }
    return replicas, shares, proof
