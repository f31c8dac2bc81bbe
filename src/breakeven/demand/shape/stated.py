"""Demand as a person states it: monthly volumes, completed by a load profile where they leave gaps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from breakeven.demand.demand import Demand, WorkloadDemand
from breakeven.demand.shape.load_curve import joint_curve
from breakeven.demand.shape.profiles import PERCENTILES, USUAL, Percentiles, Profile, profile
from breakeven.numbers.inputs import Source
from breakeven.problems import Problem

STATED = Source(title="stated by the user", date="")


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedVolume:
    """What a person says of one workload. MTok are millions of tokens a month; None: not said.

    One of these is enough: input and output, the total of both, or requests. What is not said follows from
    the mean request of the load profile (`load_profile`, else the one given to `stated_demand`). `source`: where it
    is said, if not where all are.
    """

    name: str = "all"
    input_mtok_per_month: float | None = None
    output_mtok_per_month: float | None = None
    total_mtok_per_month: float | None = None
    requests_per_month: float | None = None
    mean_input_tokens: float | None = None
    mean_output_tokens: float | None = None
    cached_share_of_input: float | None = None
    load_profile: str | Percentiles | None = None
    source: Source | None = None


def stated_demand(
    volumes: Sequence[StatedVolume], load_profile: str | Percentiles = USUAL, *, source: Source = STATED
) -> Demand:
    """Demand from stated monthly volumes; the shape of the load is the profile's, assumed."""
    if not volumes:
        raise Problem("no workload is stated", fix="State a monthly volume of tokens or requests.")
    profiles = [profile(volume.load_profile or load_profile) for volume in volumes]
    completed = [_complete(volume, profile, source) for volume, profile in zip(volumes, profiles, strict=True)]
    workloads = tuple(workload for workload, _ in completed)
    tokens = [workload.input_mtok_per_month + workload.output_mtok_per_month for workload in workloads]
    if not sum(tokens):
        raise Problem("no demand: the stated volumes are zero", fix="State a volume above zero, or read a log.")
    curves = [replace(profile.load_curve, kind="assumed") for profile in profiles]
    curve = joint_curve(
        curves, tokens, kind="assumed", source=Source(title="shipped load profiles, busy together", date="")
    )
    stated = PERCENTILES in curve.name
    shape = f"The load's shape is assumed: {curve.name if stated else f'shipped profile {curve.name}'}."
    together = [] if len({profile.name for profile in profiles}) == 1 else ["Their peaks are taken to coincide."]
    return Demand(
        workloads=workloads,
        load_curve=curve,
        notices=(*dict.fromkeys(notice for _, notices in completed for notice in notices), shape, *together),
    )


def _complete(stated: StatedVolume, profile: Profile, source: Source) -> tuple[WorkloadDemand, list[str]]:
    """The workload with every gap filled, and what was assumed for it."""
    _refuse_nonsense(stated)
    mean_input = profile.mean_input_tokens if stated.mean_input_tokens is None else stated.mean_input_tokens
    mean_output = profile.mean_output_tokens if stated.mean_output_tokens is None else stated.mean_output_tokens
    volumes, share = _input_and_output(stated, mean_input, mean_output)
    requests = stated.requests_per_month
    if requests is None:
        requests = sum(volumes) * 1e6 / (mean_input + mean_output)
    assumed = share or stated.requests_per_month is None
    mean = f"{mean_input:g} tokens in, {mean_output:g} out"
    notice = f"{stated.name}: the mean request ({mean}) is that of profile {profile.name}."
    own_lengths = stated.mean_input_tokens is not None and stated.mean_output_tokens is not None
    demand = WorkloadDemand(
        name=stated.name,
        requests_per_month=requests,
        input_mtok_per_month=volumes[0],
        output_mtok_per_month=volumes[1],
        cached_share_of_input=stated.cached_share_of_input,
        kind="assumed",
        source=stated.source or source,
    )
    return demand, [notice] if assumed and not own_lengths else []


def _input_and_output(stated: StatedVolume, mean_input: float, mean_output: float) -> tuple[tuple[float, float], bool]:
    """MTok of input and of output, and whether the mean request was needed to split or to complete them."""
    known_in, known_out = stated.input_mtok_per_month, stated.output_mtok_per_month
    if known_in is not None and known_out is not None:
        return (known_in, known_out), False
    if stated.total_mtok_per_month is not None:
        total = stated.total_mtok_per_month
        if known_in is not None:
            return (known_in, total - known_in), False
        if known_out is not None:
            return (total - known_out, known_out), False
        share_in = mean_input / (mean_input + mean_output)
        return (total * share_in, total * (1 - share_in)), True
    if stated.requests_per_month is not None:
        millions = stated.requests_per_month / 1e6
        return (
            millions * mean_input if known_in is None else known_in,
            millions * mean_output if known_out is None else known_out,
        ), True
    if known_in is not None:
        return (known_in, known_in * mean_output / mean_input if mean_input else 0.0), True
    assert known_out is not None
    return (known_out * mean_input / mean_output if mean_output else 0.0, known_out), True


def _refuse_nonsense(stated: StatedVolume) -> None:
    """Negative or absent volumes, shares beyond one, a total below its parts, and lengths of zero."""
    where, fix = f"workload {stated.name}", "State volumes of zero or more, in millions of tokens a month."
    volumes = {
        "input_mtok_per_month": stated.input_mtok_per_month,
        "output_mtok_per_month": stated.output_mtok_per_month,
        "total_mtok_per_month": stated.total_mtok_per_month,
        "requests_per_month": stated.requests_per_month,
    }
    lengths = {"mean_input_tokens": stated.mean_input_tokens, "mean_output_tokens": stated.mean_output_tokens}
    if all(volume is None for volume in volumes.values()):
        raise Problem("no volume is stated", where=where, fix=f"State one of {', '.join(volumes)}.")
    for name, value in (volumes | lengths).items():
        if value is not None and not 0 <= value < float("inf"):
            raise Problem(f"{name} is {value:g}", where=where, fix=fix)
    if stated.cached_share_of_input is not None and not 0 <= stated.cached_share_of_input <= 1:
        raise Problem("cached_share_of_input is not between 0 and 1", where=where, fix="30 % is 0.3.")
    parts = (stated.input_mtok_per_month or 0) + (stated.output_mtok_per_month or 0)
    if stated.total_mtok_per_month is not None and parts > stated.total_mtok_per_month:
        raise Problem("input and output exceed the stated total", where=where, fix="State two of the three.")
    if stated.mean_input_tokens == 0 and stated.mean_output_tokens == 0:
        raise Problem("a request has no tokens", where=where, fix="State its mean input or output above zero.")
