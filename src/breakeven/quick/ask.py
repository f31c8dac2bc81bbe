"""`quick`: the brief's comparison, every break-even, the half-utilization tests, and what would turn it."""

from __future__ import annotations

from fractions import Fraction

from breakeven.decision.exact.crossings import Window
from breakeven.quick.answer import HalfTest, Interval, Load, QuickAnswer, QuickMargin, Side, Verdict
from breakeven.quick.flips import flips
from breakeven.quick.model import Given, fleet, pinned, saving, value
from breakeven.quick.options import Number, Options, read
from breakeven.quick.tco import Comparison, tco_compare
from breakeven.quick.win_set import WinSet, win_set
from breakeven.quick.words import capacity_warning, omitted, sentence


def quick(
    *,
    tokens: Number,
    hosted_price: Number,
    gpu_monthly: Number,
    eng_monthly: Number,
    gpus: Number | None = None,
    gpu_capacity: Number | None = None,
    utilization: Number | None = None,
) -> QuickAnswer:
    """The answer for millions of tokens and dollars a month. Raises `Problem` or `Problems` for bad input.

    >>> quick(tokens=50000, hosted_price="0.5", gpu_monthly=1500, gpus=8, eng_monthly=8000).verdict
    'FRAGILE'
    """
    return answer(
        read(
            tokens=tokens,
            hosted_price=hosted_price,
            gpu_monthly=gpu_monthly,
            eng_monthly=eng_monthly,
            gpus=gpus,
            gpu_capacity=gpu_capacity,
            utilization=utilization,
        )
    )


def answer(options: Options) -> QuickAnswer:
    """The answer to options that have been read."""
    given = options.given()
    wins, tests, load = win_set(given), half_tests(given), load_of(given)
    verdict = verdict_of(saving(given), wins, tests)
    warning = capacity_warning(load) if options.gpu_capacity is None else None
    turns = flips(given, wins)
    ignored = {"gpus": None} if options.gpu_capacity is not None else {}
    return QuickAnswer(
        **legacy(given),
        verdict=verdict,
        sentence=sentence(verdict, saving(given), wins, tests),
        saving_usd=float(saving(given)),
        break_even_mtok=tuple(float(entry.start) for entry in wins.listed if entry.start),
        win_intervals=tuple(interval(entry) for entry in wins.listed),
        win_interval_count=wins.count,
        capacity_warning=warning,
        half_volume=Side(**legacy(half_volume(given))),
        half_utilization={"T1": tests["T1"], "T2": tests["T2"]},
        margin_of_safety=margin(given["tokens"], wins),
        flips={name: maybe(turn.change) for name, turn in turns.items()} | ignored,
        flips_at={name: maybe(turn.at) for name, turn in turns.items()},
        load=load,
        inputs={name: maybe(getattr(options, name)) for name in options.__slots__},
        omitted=omitted(options, load, warning),
    )


def legacy(given: Given) -> Comparison:
    """The brief's own function, with the numbers as a person would have passed them."""
    return tco_compare(
        monthly_tokens_millions=as_typed(given["tokens"]),
        hosted_price_per_m=as_typed(given["hosted_price"]),
        gpu_monthly=as_typed(given["gpu_monthly"]),
        gpus=as_typed(fleet(given)),
        eng_monthly=as_typed(given["eng_monthly"]),
    )


def as_typed(exact: Fraction) -> int | float:
    """The Python number one would write for it."""
    return exact.numerator if exact.denominator == 1 else float(exact)


def half_volume(given: Given) -> dict[str, Fraction]:
    """T1: the fleet is there, half the tokens come."""
    return {**pinned(given), "tokens": given["tokens"] / 2}


def half_speed(given: Given) -> dict[str, Fraction]:
    """T2: each GPU serves half as much, so the fleet is sized anew; the people stay."""
    if "gpu_capacity" in given:
        return {**given, "gpu_capacity": given["gpu_capacity"] / 2}
    return {**given, "gpus": given["gpus"] * 2}


def half_tests(given: Given) -> dict[str, HalfTest]:
    """Half the utilization, in its two readings."""
    return {
        "T1": half_test(half_volume(given), "at half the volume on the same fleet"),
        "T2": half_test(half_speed(given), "at half the tokens per second per GPU"),
    }


def half_test(given: Given, what: str) -> HalfTest:
    """The comparison there, and whether self-hosting is still strictly cheaper."""
    return HalfTest(**legacy(given), gpus=int(fleet(given)), passes=saving(given) > 0, what=what)


def verdict_of(saved: Fraction, wins: WinSet, tests: dict[str, HalfTest]) -> Verdict:
    """The class. A tie buys; without chance and gates the best is HOLDS."""
    if not wins.count:
        return "NEVER"
    if saved <= 0:
        return "LOSES"
    return "HOLDS" if all(each.passes for each in tests.values()) else "FRAGILE"


def margin(volume: Fraction, wins: WinSet) -> QuickMargin:
    """The distance to the ends of the interval that holds the volume, or to the nearest one."""
    here = wins.holding(volume)
    if here is None:
        nearest = wins.nearest_edge(volume)
        return QuickMargin(to_nearest=maybe(nearest and nearest / volume - 1))
    return QuickMargin(
        below=float(1 - here.start / volume), above=None if here.end is None else float(here.end / volume - 1)
    )


def load_of(given: Given) -> Load:
    """What the plan asks of the fleet."""
    return Load(
        gpus=int(fleet(given)),
        tokens_per_second=float(value(given, "tokens_per_second")),
        tokens_per_second_per_gpu=float(value(given, "tokens_per_second_per_gpu")),
        utilization=float(value(given, "utilization")) if "gpu_capacity" in given else None,
    )


def interval(window: Window) -> Interval:
    """As two numbers; None for no upper end."""
    return float(window.start), maybe(window.end)


def maybe(exact: Fraction | None) -> float | None:
    """A float, or None."""
    return None if exact is None else float(exact)
