"""The two ways to ask for a fleet: a case file, or a log with a model and a GPU."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from breakeven.capacity.fit.setup import Setup
from breakeven.capacity.fleet.autoscale import LEAST_WINDOW_SECONDS, Floats
from breakeven.capacity.fleet.fleet_size import Redundancy
from breakeven.capacity.fleet.peak import Part, made_up_hour
from breakeven.capacity.promise.goodput import holdable, usual_promise
from breakeven.capacity.promise.promise import Promise
from breakeven.capacity.replay.trace import trace_of_requests
from breakeven.capacity.speed.pace import at_goodput
from breakeven.capacity.speed.prefix import fresh
from breakeven.demand.demand import Demand
from breakeven.demand.log.histogram import together
from breakeven.numbers.inputs import expected
from breakeven.study.case.case import Case
from breakeven.study.questions.size import Asked, How, Sized, asked_of_log, asked_of_trace, sized
from breakeven.study.questions.size_replica import ReplicaAsked, paced_replica, setup_for, summary
from breakeven.study.resolve.demand import logged
from breakeven.study.resolve.resolve import Resolved, resolve
from breakeven.study.resolve.serving.fleet import kv_bytes_of
from breakeven.study.resolve.serving.promises import promise_assumed, promise_of, told_at_the_promise

SPARES = {"api": 0, "n+1": 1, "n+2": 2}
AS_IT_CAME = "The log's own requests: growth and changes that the case plans are not in them."
WINDOWS_PER_DAY = 288  # of five minutes


def size_log(
    path: Path,
    *,
    replica: ReplicaAsked,
    promise: Promise | None,
    how: How,
    columns: Mapping[str, str] | None = None,
) -> Sized:
    """The fleet for the busiest hour of a log; `columns`: which of its columns holds a field."""
    asked = asked_of_log(path, columns)
    counted, paced = paced_replica(replica, asked.trace)
    kept_promise = promise or usual_promise(paced.likely, holdable(asked.trace, paced.likely.limits))
    return sized(asked, counted, paced, kept_promise, how, assumed=promise is None)


def size_case(case: Case, *, promise: Promise | None, how: How) -> Sized:
    """The fleet for a case: its demand at the sizing percentile, its replica, its promise unless one is given."""
    resolved = resolve(case, read=logged(case, requests=True))
    told, replica = promise or promise_of(case), resolved.serving
    asked = _asked_of_its_log(resolved) or _asked_of_case(resolved)
    setup = replace(
        setup_for(replica.model, replica.gpu.key, replica.precision, replica.layout, asked.trace),
        cached_share=_cached_share(resolved),
        kv_bytes_per_value=kv_bytes_of(case),
    )
    asked = replace(asked, trace=fresh(asked.trace, setup.cached_share), told=asked.told + _of_cache(setup))
    with told_at_the_promise(case):
        its_own = promise_of(case) or promise_assumed(replica.bands)  # its speed is that of its own promise
        sizes = together(resolved.log.sizes) if resolved.log and resolved.log.sizes else None
        paced = at_goodput(setup, its_own, _speeds(resolved), sizes)
        counted = summary(replica.model, setup, paced, f"{replica.bands[0].kind}, as `breakeven decide` takes it")
        spares = Redundancy(spares=SPARES[case.file.self_hosting.redundancy])
        how_sized = how if how.redundancy.availability or how.redundancy.spares else replace(how, redundancy=spares)
        how_sized = replace(how_sized, price_per_gpu_hour=_rent_per_gpu_hour(resolved), currency=case.file.currency)
        unstated = promise is None and not case.given("self_hosting", "promise")
        answer = sized(asked, counted, paced, told or its_own, how_sized, assumed=unstated)
    return replace(answer, formula_replicas=_by_formula(resolved))


def _cached_share(found: Resolved) -> float:
    """Of all input of what moves, the share that our prefix cache holds."""
    both = zip(found.demand.workloads, found.serving.bands, _moved(found), strict=True)
    tokens = [(each.input_mtok_per_month, band.cached_share) for each, band, moves in both if moves]
    return sum(one * share for one, share in tokens) / max(sum(one for one, _ in tokens), 1e-9)


def _of_cache(setup: Setup) -> str:
    return f"; {setup.cached_share:.0%} of the input is in our own prefix cache" if setup.cached_share else ""


def _rent_per_gpu_hour(found: Resolved) -> float | None:
    """What the case pays for a rented GPU; None where it rents none."""
    prices = [float(each.price.likely) for each in found.options if each.mode == "rented" and each.price]
    return prices[0] if prices else None


def _asked_of_its_log(resolved: Resolved) -> Asked | None:
    """The real requests of the log's busiest hour; None where they are not known one by one, or not all of them move.

    As they came: neither growth nor a planned change of volume is in them.
    """
    requests = resolved.log.reading.requests if resolved.log else None
    if resolved.log is None or requests is None or not all(_moved(resolved)):
        return None
    where = resolved.log.reading.where
    asked = asked_of_trace(trace_of_requests(requests, where=where), Path(where))
    return replace(asked, notices=(*asked.notices, AS_IT_CAME))


def _asked_of_case(resolved: Resolved) -> Asked:
    """Requests at random at the load of the sizing percentile, raised by what bursts take of a replica."""
    values, demand = expected(resolved.inputs), resolved.demand
    seconds, usable = float(np.max(values["seconds_per_month"])), float(np.max(values["usable_share"]))
    peak = demand.load_curve.p99_over_mean
    raised = peak / usable / seconds
    parts = [
        Part(
            requests_per_second=workload.requests_per_month * raised,
            mean_input_tokens=workload.mean_input_tokens,
            mean_output_tokens=workload.mean_output_tokens,
            sizes=resolved.log.sizes_of(workload.name) if resolved.log else None,
        )
        for workload, use in zip(demand.workloads, _moved(resolved), strict=True)
        if use and workload.requests_per_month > 0
    ]
    lengths = ", with lengths drawn from the log's own" if any(part.sizes for part in parts) else ""
    return Asked(
        trace=made_up_hour(parts),
        told=f"the case's first month at its 99th percentile ({peak:.2f} times the mean), raised by "
        f"{1 / usable - 1:.0%} for bursts; requests made up, at random{lengths}",
        loads=_day(demand),
        window_seconds=LEAST_WINDOW_SECONDS,
        notices=() if demand.week else ("The day is made up from the load profile: one rise and one fall.",),
    )


def _moved(found: Resolved) -> list[bool]:
    moved = np.ravel(found.inputs["moved"].likely[0, :, -1])
    return [bool(moved[min(i, moved.size - 1)]) for i in range(len(found.demand.workloads))]


def _day(demand: Demand) -> Floats:
    """Load over its mean: the measured week, else a day that rises to the profile's busiest time and falls again."""
    curve = demand.load_curve
    if demand.week:
        return np.repeat(np.array(demand.week), WINDOWS_PER_DAY // 24)
    edges = np.cumsum(curve.share_of_time)
    place = np.abs(2 * (np.arange(WINDOWS_PER_DAY) + 0.5) / WINDOWS_PER_DAY - 1)
    index = np.minimum(np.searchsorted(edges, place), edges.size - 1)
    found: Floats = np.minimum(np.array(curve.load_over_mean)[index], curve.p99_over_mean)
    return found


def _speeds(found: Resolved) -> tuple[float, float, float]:
    """The band of the mix of what moves: tokens over the seconds that each workload's tokens take."""
    tokens = np.array([each.input_mtok_per_month + each.output_mtok_per_month for each in found.demand.workloads])
    tokens = tokens * np.array(_moved(found))
    bands = np.array([(each.p10, each.p50, each.p90) for each in found.serving.bands])
    slow, middle, fast = (float(tokens.sum() / (tokens / each).sum()) for each in bands.T)
    return slow, middle, fast


def _by_formula(found: Resolved) -> int | None:
    """Replicas that serve in the first month by the formula of `breakeven decide`; None when none are held."""
    held = [i for i, each in enumerate(found.options) if each.mode in ("rented", "owned")]
    if not held:
        return None
    got = found.comparison.evaluate(["replicas_serving"])
    return int(found.comparison.month(got["replicas_serving"], held[0], 0))
