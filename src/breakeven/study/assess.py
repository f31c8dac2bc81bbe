"""The front door: a case in, a study out. Nothing is printed, nothing is read but the case's own files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from breakeven.decision.break_even import price_break_even, utilization_break_even, volume_break_even
from breakeven.decision.comparison import Comparison
from breakeven.decision.flips import Flip, flips, in_order, volume_flip
from breakeven.decision.halves import half_speed, half_volume
from breakeven.decision.horizon import horizon
from breakeven.decision.verdict import PAYS, Facts, classify, margin
from breakeven.numbers.inputs import Input, likely
from breakeven.numbers.operations import Value
from breakeven.study.basis import basis_of
from breakeven.study.case import Case
from breakeven.study.register import flips_from_zero, full_model, register
from breakeven.study.resolve import resolve
from breakeven.study.sections import limits
from breakeven.study.study import (
    Basis,
    BreakEvens,
    LeftOut,
    OptionStudy,
    Row,
    Study,
    UtilizationResult,
    Verdict,
    Window,
)

HELD = ("rented", "owned")  # modes in which GPUs are held by the month, so that utilization means something

NEAR = 0.25  # a change smaller than this may well happen to an input whose range nobody knows

__all__ = ["assess", "judge"]


def assess(case: Case, *, set_aside_to: Path | None = None) -> Study:
    """Resolve the case and judge it. `set_aside_to`: a CSV file for rows of the log that cannot be used."""
    return judge(basis_of(resolve(case, set_aside_to), version("breakeven")))


def judge(basis: Basis) -> Study:
    """The study that follows from a basis, and from nothing else."""
    comparison = Comparison(
        model=full_model(),
        names=tuple(each.name for each in basis.columns),
        values=likely(basis.inputs),
        fleets=basis.fleets,
        months=basis.header.horizon_months,
    )
    month = basis.header.month - 1
    got = comparison.evaluate()
    found = tuple(option_study(basis, comparison, got, option) for option in range(1, len(basis.columns)))
    hosted = comparison.month(got["monthly_cost"], 0, month)
    return Study(
        basis=basis,
        hosted_monthly_cost=hosted,
        hosted_cost_per_mtok=comparison.month(got["cost_per_mtok"], 0, month),
        volume_mtok=comparison.month(got["volume"], 0, month),
        table=table(comparison, got, month),
        options=found,
        verdict=verdict(basis, found),
        not_covered=left_out(basis, hosted),
    )


def option_study(basis: Basis, comparison: Comparison, got: Mapping[str, Value], option: int) -> OptionStudy:
    """One option against the baseline."""
    month = basis.header.month - 1
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
    volume = volume_break_even(comparison, option, month)
    halves = (half_volume(comparison, option, month), half_speed(comparison, option, month))
    over_time = horizon(
        comparison.path(got["saving"], option),
        overall["one_time_cost"],
        comparison.path(got["discount_factor"], option),
    )
    hosted_path = comparison.path(got["monthly_cost"], 0) * comparison.path(got["discount_factor"], 0)
    facts = Facts(
        net_present_value=over_time.net_present_value,
        tie_below=basis.header.tie_share * float(hosted_path.sum()),
        peak_shortfall=float(comparison.path(got["peak_shortfall"], option).max()),
        half_volume_wins=halves[0].wins,
        half_speed_wins=halves[1].wins,
    )
    price = price_break_even(comparison, option)
    needed = comparison.model.evaluate(comparison.values, ["replicas"])
    turning = flips(comparison, option, with_ranges(basis.inputs), flips_from_zero(), limits)
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
        utilization=used_share(comparison, option, month) if basis.columns[option].mode in HELD else None,
        break_evens=break_evens(volume.crossings, volume.plan_mtok, volume.plan_spend, price),
        margin=margin(volume.crossings),
        half_tests=halves,
        horizon=over_time,
        flips=in_order([*turning, price, volume_flip(volume.crossings)]),
    )


def used_share(comparison: Comparison, option: int, month: int) -> UtilizationResult:
    """The utilization that a fleet reaches, needs and could reach."""
    found = utilization_break_even(comparison, option, month)
    return UtilizationResult(reached=found.reached, needed=found.needed, ceiling=found.ceiling)


def with_ranges(inputs: Mapping[str, Input]) -> dict[str, Input]:
    """The inputs, those stated without a range with that of the register: it says what is plausible."""
    known = register()
    return {
        name: replace(each, low=known[name].low, high=known[name].high)
        if each.low is None and each.unit == known[name].unit
        else each
        for name, each in inputs.items()
    }


def break_evens(found: Any, plan_mtok: float, plan_spend: float, price: Flip) -> BreakEvens:
    """Crossings in multiples of the plan, as volumes and spends."""

    def mtok(scale: Fraction) -> float:
        return float(scale) * plan_mtok

    windows = tuple(
        Window(
            from_mtok=mtok(each.start),
            to_mtok=None if each.end is None else mtok(each.end),
            from_spend=float(each.start) * plan_spend,
            to_spend=None if each.end is None else float(each.end) * plan_spend,
        )
        for each in found.windows
    )
    stays = found.stays_positive_from
    return BreakEvens(
        windows=windows,
        roots_mtok=tuple(map(mtok, found.roots)),
        jumps_mtok=tuple(map(mtok, found.jumps)),
        touches_mtok=tuple(map(mtok, found.touches)),
        stays_above_mtok=None if stays is None else mtok(stays),
        searched_to_mtok=mtok(found.searched_to),
        sign_beyond=found.sign_beyond,
        hosted_price_share=price.at,
    )


@cache
def rows() -> dict[str, Any]:
    """The rows of the side-by-side table, as data."""
    text = (files("breakeven.study") / "table.yaml").read_text("utf-8")
    found: dict[str, Any] = YAML(typ="safe", pure=True).load(text)
    return found


def table(comparison: Comparison, got: Mapping[str, Value], month: int) -> tuple[Row, ...]:
    """Every cost of the named month, a row a line, a value an option."""
    form = rows()
    made = []
    for group, lines in form["groups"].items():
        made += [_row(comparison, got, month, (name, label, group, False)) for name, label in lines.items()]
        made += [
            _row(comparison, got, month, (name, each["label"], group, True))
            for name, each in form["of_which"].items()
            if each["of"] == group
        ]
    return tuple(made)


def _row(comparison: Comparison, got: Mapping[str, Value], month: int, what: tuple[str, str, str, bool]) -> Row:
    name, label, group, of_which = what
    sign = -1.0 if name in rows()["negative"] else 1.0
    values = tuple(sign * comparison.month(got[name], option, month) for option in range(len(comparison.names)))
    return Row(line=name, label=label, group=group, values=values, of_which=of_which)


def verdict(basis: Basis, found: Sequence[OptionStudy]) -> Verdict:
    """The recommended option: the paying one with the highest net present value, else buying."""
    best = max(range(len(found)), key=lambda i: (found[i].verdict != "INFEASIBLE", found[i].horizon.net_present_value))
    pays = found[best].verdict in PAYS
    turning = [flip for flip in found[best].flips if flip.at is not None and flip.name in basis.inputs]
    nearest = [flip for flip in turning[:3] if could_turn(flip)] if found[best].verdict != "INFEASIBLE" else []
    return Verdict(
        option=best + 1 if pays else 0,
        name=basis.columns[best + 1 if pays else 0].name,
        verdict=found[best].verdict,
        best_option=best + 1,
        rests_on_assumptions=tuple(flip.name for flip in nearest if basis.inputs[flip.name].kind == "assumed"),
    )


def could_turn(flip: Flip) -> bool:
    """Whether a flip may well happen: it lies within the input's range, or near where none is known."""
    return flip.plausible == "within its range" or (flip.plausible == "no range known" and flip.size <= NEAR)


def left_out(basis: Basis, hosted: float) -> tuple[LeftOut, ...]:
    """Spend outside the model, with its share of the bill."""
    whole = hosted + sum(spend for _, spend in basis.not_covered)
    return tuple(
        LeftOut(what=what, spend_per_month=spend, share_of_bill=spend / whole if whole else 0.0)
        for what, spend in basis.not_covered
    )
