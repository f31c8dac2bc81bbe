"""What the pictures of a study are drawn from. Every number is computed here, by the lines; a chart only places it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np

from breakeven.decision.comparison import BASELINE, Comparison
from breakeven.decision.hybrid.best_bases import BestBases
from breakeven.decision.risk.draws import at, draws
from breakeven.decision.risk.uncertainty import Finalist, finalists
from breakeven.numbers.distributions import Floats
from breakeven.numbers.operations import SCENARIO, STEP, Value, along, pick
from breakeven.study.judge.assess import comparison_of
from breakeven.study.judge.chance import SEED
from breakeven.study.resolve.serving.fleets_by_month import kept
from breakeven.study.study import Study

POINTS = 241  # volumes that are looked at: enough for the steps of a staircase to be seen
MOST_OF_PLAN = 20.0  # break-evens beyond this multiple of the plan are told, not drawn
PAST_THE_LAST = 1.15
PAST_THE_PEAK = 1.5
MOST_SIZES = 60
BESIDE = (-1e-6, 1e-6)  # where both ends of a jump are looked at, so that it is drawn upright
SCENARIOS = 2**12


@dataclass(frozen=True, slots=True, kw_only=True)
class ValuePath:
    """Net present value of one option at each volume of the picture, and where its sign turns (MTok/month).

    `break_evens_mtok`: it is nothing there. `jumps_mtok`: one more replica turns it at once.
    """

    name: str
    net_present_values: tuple[float, ...]
    break_evens_mtok: tuple[float, ...]
    jumps_mtok: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumePicture:
    """Net present value against monthly volume, the fleet sized for each volume unless it is the decision itself."""

    volumes_mtok: tuple[float, ...]
    plan_mtok: float
    options: tuple[ValuePath, ...]
    beyond_mtok: tuple[float, ...]  # break-evens too far away to be drawn


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadPicture:
    """The load-duration curve of the named month: share of the time, load in busy replicas, highest load first."""

    option: str
    share_of_time: tuple[float, ...]  # of each block; their sum is 1
    load_replicas: tuple[float, ...]
    usable_replicas: float  # what the fleet takes within its promise; above it the API serves
    replicas: float
    sizes: tuple[tuple[int, float], ...] = ()  # other fleets, and what each takes within its promise


@dataclass(frozen=True, slots=True, kw_only=True)
class FanPicture:
    """Cumulative saving of one option by month: with every input at its mean, and p10, p50, p90 of the draws."""

    option: str
    at_means: tuple[float, ...]
    p10: tuple[float, ...]
    p50: tuple[float, ...]
    p90: tuple[float, ...]
    scenarios: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictures:
    """All of them; None where the best option gives nothing to draw (no GPUs held: no load curve)."""

    volume: VolumePicture
    load: LoadPicture | None
    fan: FanPicture


def pictures(study: Study) -> Pictures:
    """The numbers behind the pictures of a study; the load and the fan are those of its best option."""
    comparison, best = comparison_of(study.basis), study.verdict.best_option
    return Pictures(
        volume=volume_picture(study, comparison),
        load=load_picture(study, comparison, best),
        fan=fan_picture(study, comparison, best),
    )


def volume_picture(study: Study, comparison: Comparison) -> VolumePicture:
    """Every option over the volumes from nothing to past its last break-even, or twice the plan."""
    plan = study.volume_mtok
    stays = kept([column.mode for column in study.basis.columns], comparison.values)
    break_evens = [option.break_evens for option in study.options]
    edges = {edge for break_even in break_evens for edge in (*break_even.roots_mtok, *break_even.jumps_mtok)}
    near = {edge for edge in edges if edge <= MOST_OF_PLAN * plan}
    reach = max([2.0, *(PAST_THE_LAST * root / plan for root in near)])
    beside = [
        jump / plan * (1 + side)
        for break_even in break_evens
        for jump in near & {*break_even.jumps_mtok}
        for side in BESIDE
    ]
    scales = np.unique([*np.linspace(reach / (POINTS - 1), reach, POINTS - 1), 1.0, *beside])
    return VolumePicture(
        volumes_mtok=tuple(float(scale) * plan for scale in scales),
        plan_mtok=plan,
        options=tuple(
            ValuePath(
                name=option.name,
                net_present_values=tuple(values_at(comparison, i, scales, hybrid=follows(study, i), keeps=stays[i])),
                break_evens_mtok=tuple(sorted(near & {*break_even.roots_mtok})),
                jumps_mtok=tuple(sorted(near & {*break_even.jumps_mtok})),
            )
            for i, (option, break_even) in enumerate(zip(study.options, break_evens, strict=True), 1)
        ),
        beyond_mtok=tuple(sorted(edges - near)),
    )


def follows(study: Study, option: int) -> bool:
    """Whether an option is the best owned base at each volume, and not a base that the case states."""
    column = study.basis.columns[option]
    return column.hybrid and not column.fixed


def values_at(comparison: Comparison, option: int, scales: Floats, *, hybrid: bool, keeps: bool) -> list[float]:
    """Net present value of an option at multiples of the plan; of a hybrid, with the best owned base at each."""
    pair = comparison.pair(option)
    if not hybrid:
        return swept(comparison, pair, scales)
    bases = BestBases(model=comparison.model, values=pair, months=comparison.months, keeps=keeps)
    return [float(each) for each in bases.best(scales * bases.busy_replicas)[1]]


def swept(comparison: Comparison, values: Mapping[str, Value], scales: Floats) -> list[float]:
    """The last option's net present value along the volumes."""
    changed = {**values, "volume_scale": along(SCENARIO, scales)}
    got = comparison.model.evaluate(changed, ["net_present_value"])["net_present_value"]
    return [float(each) for each in pick(got, option=1, scenario=range(scales.size))]


def load_picture(study: Study, comparison: Comparison, option: int) -> LoadPicture | None:
    """The blocks of the load-duration curve against what the fleet takes; None where no fleet is held."""
    month = study.basis.header.month - 1
    got = comparison.evaluate(["interactive_load", "batch_load", "usable_capacity", "replicas"])
    replicas = comparison.month(got["replicas"], option, month)
    if not replicas:
        return None
    mean, batch = (comparison.month(got[name], option, month) for name in ("interactive_load", "batch_load"))
    blocks = range(np.shape(comparison.values["load_over_mean"])[STEP])
    over_mean, shares = (
        pick(comparison.values[name], step=blocks, option=option) for name in ("load_over_mean", "block_share")
    )
    order = np.argsort(-over_mean, kind="stable")
    highest = poured(over_mean[order] * mean, shares[order], batch)
    return LoadPicture(
        option=comparison.names[option],
        share_of_time=tuple(float(shares[i]) for i in order),
        load_replicas=tuple(float(load) for load in highest),
        usable_replicas=comparison.month(got["usable_capacity"], option, month),
        replicas=replicas,
        sizes=fleets_to_look_at(comparison, option, month, replicas, float(highest.max())),
    )


def fleets_to_look_at(
    comparison: Comparison, option: int, month: int, replicas: float, highest: float
) -> tuple[tuple[int, float], ...]:
    """Fleets from one replica to more than the highest load takes, the present one among them; no more than can be
    told apart.
    """
    most = ceil(max(replicas, highest) * PAST_THE_PEAK) + 1
    counts = sorted({*range(1, most + 1, ceil(most / MOST_SIZES)), ceil(replicas)})
    held = along(SCENARIO, [float(count) for count in counts])
    got = comparison.evaluate(["usable_capacity"], replicas=held)["usable_capacity"]
    usable = pick(got, option=option, scenario=range(len(counts)), month=month)
    return tuple((count, float(usable_replicas)) for count, usable_replicas in zip(counts, usable, strict=True))


def poured(load: Floats, shares: Floats, batch: float) -> Floats:
    """Blocks of load, highest first, with batch work poured into the lowest until it is all in: up to one level."""
    if not batch > 0:
        return load
    low, width = load[::-1], np.cumsum(shares[::-1])
    level = (batch + np.cumsum(low * shares[::-1])) / width  # if the n lowest blocks take all of it
    fits = level <= np.append(low[1:], np.inf)
    return np.asarray(np.maximum(load, level[int(np.argmax(fits))]))


def fan_picture(study: Study, comparison: Comparison, option: int) -> FanPicture:
    """Cumulative saving of one option over the draws."""
    chosen = [
        Finalist(name=comparison.names[i], option=i, fleet=comparison.fleets[0, 0, i, 0] if i else 0.0)
        for i in (BASELINE, option)
    ]
    drawn, pair = draws(study.basis.inputs, scenarios=SCENARIOS, seed=SEED), finalists(comparison, chosen)
    changed = at(pair.values, study.basis.inputs, drawn, slice(0, SCENARIOS))
    paths = saved(pair, pair.evaluate(["cumulative_saving"], **changed)["cumulative_saving"], SCENARIOS)
    p10, p50, p90 = (as_floats(row) for row in np.quantile(paths, [0.1, 0.5, 0.9], axis=0))
    at_means = saved(pair, pair.evaluate(["cumulative_saving"])["cumulative_saving"], 1)[0]
    return FanPicture(
        option=comparison.names[option], at_means=as_floats(at_means), p10=p10, p50=p50, p90=p90, scenarios=SCENARIOS
    )


def saved(pair: Comparison, line: Value, scenarios: int) -> Floats:
    """A line of the second of two options as (scenarios, months)."""
    return np.asarray(pick(line, option=1, scenario=range(scenarios), month=range(pair.months)), dtype=float)


def as_floats(values: Sequence[float] | Floats) -> tuple[float, ...]:
    """Plain floats, for JSON and for equality."""
    return tuple(float(each) for each in values)
