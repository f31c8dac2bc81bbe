"""Everything about one option against buying."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np

from breakeven.decision.answers.break_even import (
    VolumeBreakEven,
    price_break_even,
    utilization_break_even,
    volume_break_even,
)
from breakeven.decision.answers.flips import Flip, flips, in_order, volume_flip
from breakeven.decision.answers.halves import HalfTest
from breakeven.decision.answers.hidden_costs import cost_ladder
from breakeven.decision.answers.verdict import Facts, classify, margin
from breakeven.decision.comparison import BASELINE, Comparison
from breakeven.decision.finance.horizon import horizon
from breakeven.decision.hybrid.hybrid import ladder, sizes_to_look_at
from breakeven.decision.hybrid.units import units_by_fleet
from breakeven.decision.risk.regret import half_demand_locked
from breakeven.numbers.inputs import Input
from breakeven.numbers.operations import Value
from breakeven.study.case.sections import limits
from breakeven.study.judge.chance import Chance, Worth
from breakeven.study.later import Later
from breakeven.study.modes import BOUGHT, BY_TOKEN, FLEETS, HELD
from breakeven.study.register import flips_from_zero, register
from breakeven.study.resolve.serving.fleets_by_month import kept
from breakeven.study.study import Basis, BreakEvens, Column, Depth, OptionStudy, UtilizationResult, VolumeWindow


def option_study(
    basis: Basis,
    comparison: Comparison,
    got: Mapping[str, Value],
    option: int,
    chance: Chance,
    *,
    tests: tuple[HalfTest, HalfTest],
    worth: Worth,
    forced: bool,
) -> OptionStudy:
    """One option against the baseline. `tests`: at half the volume and half the speed; `forced`: the gates leave no
    better.
    """
    month, column = basis.header.month - 1, basis.columns[option]
    at = {
        name: comparison.month(got[name], option, month)
        for name in (
            "monthly_cost",
            "saving",
            "cost_per_mtok",
            "replicas",
            "gpus",
            "gpus_billed",
            "peak_shortfall",
            "hosted_engineering",
        )
    }
    overall = {name: comparison.month(got[name], option, 0) for name in ("one_time_cost", "exit_cost")}
    volume = volume_of_option(basis, comparison, option)
    halves = of_kind(column, tests)
    over_time = horizon(
        comparison.path(got["saving"], option),
        overall["one_time_cost"],
        comparison.path(got["discount_factor"], option),
        net_present_value=comparison.month(got["net_present_value"], option, 0),
        cumulative=comparison.path(got["cumulative_saving"], option),
    )
    facts = with_smaller_base(
        facts_of(basis, comparison, got, option, halves, chance=chance, worth=worth.expected, forced=forced), volume
    )
    price = price_break_even(comparison, option)
    needed = comparison.model.evaluate(comparison.values, ["replicas"])

    def turning() -> tuple[Flip, ...]:
        input_flips = flips(comparison, option, with_ranges(basis.inputs), flips_from_zero(), limits)
        return in_order([*input_flips, price, volume_flip(volume.crossings, basis.inputs["volume_scale"])])

    return OptionStudy(
        name=comparison.names[option],
        verdict=classify(facts, volume.crossings),
        monthly_cost=at["monthly_cost"],
        monthly_saving=at["saving"],
        one_time_cost=overall["one_time_cost"],
        exit_cost=overall["exit_cost"],
        cost_per_mtok=at["cost_per_mtok"],
        replicas=at["replicas"],
        replicas_needed=float(comparison.path(needed["replicas"], option).max()),
        gpus=at["gpus"],
        gpus_billed=at["gpus_billed"],
        peak_shortfall_replicas=facts.peak_shortfall,
        utilization=used_share(comparison, option, month, hybrid=column.hybrid) if column.mode in FLEETS else None,
        break_evens=break_evens(volume, price),
        margin=margin(volume.crossings),
        half_tests=halves,
        horizon=over_time,
        expected_net_present_value=worth.expected,
        net_present_value_at_flat_prices=worth.at_flat_prices,
        flips=Later(turning),
        depth=depth(basis, comparison, got, option, chance),
    )


def volume_of_option(basis: Basis, comparison: Comparison, option: int) -> VolumeBreakEven:
    """Every break-even of one option in volume."""
    column = basis.columns[option]
    return volume_break_even(
        comparison,
        option,
        basis.header.month - 1,
        hybrid=column.hybrid and not column.fixed,
        keeps=kept([column.mode for column in basis.columns], comparison.values)[option],
        alone=stands_alone(basis, option),
    )


def with_smaller_base(facts: Facts, volume: VolumeBreakEven | None) -> Facts:
    """The facts with what is known of a smaller base with burst at other volumes; `volume` None: nothing."""
    if volume is None or volume.with_burst is None:
        return facts
    return replace(facts, smaller_base_may_pay=not volume.with_burst.never)


def facts_of(
    basis: Basis,
    comparison: Comparison,
    got: Mapping[str, Value],
    option: int,
    halves: Sequence[HalfTest],
    *,
    chance: Chance,
    worth: float,
    forced: bool,
) -> Facts:
    """What the class of one option rests on, but for what no other volume can tell."""
    column = basis.columns[option]
    hosted_path = comparison.path(got["monthly_cost"], 0) * comparison.path(got["discount_factor"], 0)
    return Facts(
        net_present_value=worth,
        tie_below=basis.header.tie_share * float(hosted_path.sum()),
        peak_shortfall=0.0 if column.hybrid else float(comparison.path(got["peak_shortfall"], option).max()),
        half_volume_wins=halves[0].wins,
        half_speed_wins=halves[-1].wins,
        chance_to_pay=chance.to_pay(option),
        gates=chance.gates[option].verdict,
        ready=column.mode in BOUGHT or (basis.readiness is not None and basis.readiness.ready),
        forced=forced,
    )


def of_kind(column: Column, tests: tuple[HalfTest, HalfTest]) -> tuple[HalfTest, ...]:
    """Half the volume, and where replicas are held or billed half their speed: what is billed by the token has none."""
    return tests[:1] if column.mode in BY_TOKEN else tests


def depth(basis: Basis, comparison: Comparison, got: Mapping[str, Value], option: int, chance: Chance) -> Depth:
    """What stands behind the first answers: chance, gates, the ladder of costs, every owned base, a locked fleet."""
    month, held = basis.header.month - 1, basis.columns[option].mode in HELD
    bursts = held and chance.gates[BASELINE].verdict != "fail"
    pair = {name: value for name, value in comparison.pair(option).items() if name != "replicas"}
    fleet = np.asarray(comparison.path(comparison.fleets, option), dtype=float)
    return Depth(
        gates=chance.gates[option],
        chance=chance.outcome(option),
        hidden_costs=cost_ladder(comparison, got, option, month),
        owned_bases=ladder(comparison.model, pair, 1, month, units_beside(comparison, pair)) if bursts else None,
        locked_at_half=half_demand_locked(comparison.model, pair, 1, fleet, month) if held else None,
    )


def units_beside(comparison: Comparison, pair: Mapping[str, Value]) -> np.ndarray | None:
    """The best number of committed units beside every owned base, (bases, months); None where none are bought."""
    if not np.any(pair["committed_units"]):
        return None
    sizes = np.array(sizes_to_look_at(comparison.model, pair, 1), dtype=float)
    return units_by_fleet(comparison.model, pair, 1, sizes, comparison.months)[0]


def used_share(comparison: Comparison, option: int, month: int, *, hybrid: bool) -> UtilizationResult:
    """The utilization that a fleet reaches, needs and could reach."""
    found = utilization_break_even(comparison, option, month, hybrid=hybrid)
    return UtilizationResult(
        reached=found.reached,
        needed=found.needed,
        ceiling=found.ceiling,
        batch_in_free_hours=found.batch_in_free_hours,
    )


def with_ranges(inputs: Mapping[str, Input]) -> dict[str, Input]:
    """The inputs, those stated without a range with that of the register: it says what is plausible."""
    known = register()
    return {
        name: replace(each, low=known[name].low, high=known[name].high)
        if each.low is None and each.unit == known[name].unit
        else each
        for name, each in inputs.items()
    }


def stands_alone(basis: Basis, option: int) -> bool:
    """Whether an option that could be a smaller base with burst has none of the same GPUs beside it."""
    column, after = basis.columns[option], basis.columns[option + 1 : option + 2]
    return column.mode in HELD and not (column.fixed or column.hybrid or any(each.hybrid for each in after))


def break_evens(volume: VolumeBreakEven, price: Flip) -> BreakEvens:
    """Crossings in multiples of the plan, as volumes and spends."""
    crossings, plan_spend = volume.crossings, volume.plan_spend
    smaller = () if volume.with_burst is None else volume.with_burst.windows

    def mtok(scale: Fraction) -> float:
        return float(scale) * volume.plan_mtok

    windows = tuple(
        VolumeWindow(
            from_mtok=mtok(window.start),
            to_mtok=None if window.end is None else mtok(window.end),
            from_spend=float(window.start) * plan_spend,
            to_spend=None if window.end is None else float(window.end) * plan_spend,
        )
        for window in crossings.windows
    )
    stays = crossings.stays_positive_from
    return BreakEvens(
        windows=windows,
        roots_mtok=tuple(map(mtok, crossings.roots)),
        jumps_mtok=tuple(map(mtok, crossings.jumps)),
        touches_mtok=tuple(map(mtok, crossings.touches)),
        stays_above_mtok=None if stays is None else mtok(stays),
        searched_to_mtok=mtok(crossings.searched_to),
        sign_beyond=crossings.sign_beyond,
        hosted_price_share=price.at,
        smaller_base_pays_from_mtok=mtok(smaller[0].start) if smaller else None,
    )
