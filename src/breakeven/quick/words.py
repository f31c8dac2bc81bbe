"""How `quick` says it: numbers with their units, the verdict in a sentence, and what is left out."""

from __future__ import annotations

from fractions import Fraction

from breakeven.quick.answer import HalfTest, Load, Verdict
from breakeven.quick.options import Options
from breakeven.quick.win_set import WinSet

Exact = Fraction | float | int

ALWAYS_OMITTED = (
    "Peaks, waiting time, spare GPUs and idle hours: the volume is spread evenly over the month.",
    "Power, storage, network, observability, on-call, compliance, model refresh, and the hosted fallback.",
    "What it takes to get there and back: migration, evaluation, the parallel run, and the exit.",
    "Input, output, cached and batch prices, volume tiers, retries: one blended price stands for them all.",
    "Whether the open model is good enough, and the same model on a cheaper host: the fair rival.",
    "Time: growth, falling prices, discounting. One month stands for every month.",
    "Owning the base load and buying the peaks: it is all or nothing here.",
    "Chance and gates (law, data, licence, latency) are not examined, so the best verdict is HOLDS.",
)


def number(value: Exact, digits: int = 2) -> str:
    """With thousands separators and at most so many decimals; small numbers keep four digits."""
    value = float(value)
    if value and not 1 <= abs(value) < 1e15:
        return f"{value:.4g}"
    text = f"{value:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def dollars(value: Exact) -> str:
    """Whole dollars as whole, cents as cents."""
    value = float(value)
    cents = f"{abs(value):,.2f}".removesuffix(".00")
    shown = f"{abs(value):.4g}" if value and abs(value) < 0.01 else cents
    return f"{'−' if value < 0 else ''}${shown}"


def percent(share: Exact) -> str:
    """A signed change."""
    share = float(share)
    return f"{'−' if share < 0 else '+'}{abs(share) * 100:,.1f} %"


def volume(mtok: Exact) -> str:
    """A monthly volume."""
    return f"{number(mtok)} MTok a month"


def value_of(option: str, value: Exact) -> str:
    """The value of an option with its unit."""
    if option in {"gpu-monthly", "eng-monthly"}:
        return f"{dollars(value)} a month"
    if option == "hosted-price":
        return f"${number(value, 4)} per MTok"
    return counted_gpus(int(value)) if option == "gpus" else volume(value)


def counted_gpus(count: int) -> str:
    """One GPU, two GPUs."""
    return f"{count:,} GPU{'' if count == 1 else 's'}"


def sentence(verdict: Verdict, saved: Fraction, wins: WinSet, tests: dict[str, HalfTest]) -> str:
    """The verdict in one or two sentences."""
    if verdict == "NEVER":
        return "Buy: at these prices self-hosting is cheaper at no volume."
    if verdict == "LOSES":
        return f"Buy: {_lost(saved)} {_where_it_wins(wins)}"
    cheaper = f"Self-hosting is cheaper by {dollars(saved)} a month"
    if verdict == "HOLDS":
        return f"{cheaper}, also at half the volume and at half the speed. Chance and gates not examined."
    failed = ", nor ".join(test.what for test in tests.values() if not test.passes)
    return f"{cheaper}, but not {failed}."


def _lost(saved: Fraction) -> str:
    if saved:
        return f"self-hosting costs {dollars(-saved)} a month more."
    return "both cost the same, and nothing should be built for nothing."


def _where_it_wins(wins: WinSet) -> str:
    first, last = wins.listed[0], wins.listed[-1]
    if wins.count == 1:
        return f"It wins above {volume(last.start)}."
    return (
        f"It wins in {wins.count:,} intervals, the first from {volume(first.start)}, "
        f"and above {volume(last.start)} for good."
    )


def capacity_warning(load: Load) -> str:
    """What a plan without a capacity silently needs."""
    return (
        f"Nothing here says that {counted_gpus(load.gpus)} can serve this: the plan needs "
        f"{number(load.tokens_per_second)} tokens/s in all, {number(load.tokens_per_second_per_gpu)} per GPU, on "
        "average at every hour of the month, and the intervals assume that the same fleet serves any volume. "
        "Give --gpu-capacity to check."
    )


def omitted(options: Options, load: Load, warning: str | None) -> tuple[str, ...]:
    """What this model leaves out, the most telling first."""
    told = [warning] if warning else []
    if options.gpu_capacity is not None:
        follows = f"with --gpu-capacity the fleet follows the volume ({counted_gpus(load.gpus)} at the plan)."
        follows = f"{_ignored(options.gpus, options.gpu_capacity, options.tokens)}{follows}"
        told.append(follows[0].upper() + follows[1:])
    told.append(_utilization(options.utilization))
    return (*told, *ALWAYS_OMITTED)


def _ignored(gpus: Fraction | None, capacity: Fraction, plan: Fraction) -> str:
    """What a stated fleet would serve, where the fleet follows the volume."""
    if gpus is None:
        return ""
    served = gpus * capacity
    short = f"the plan is {number(plan / served, 1)} times that" if plan > served else "the plan is no more"
    return f"--gpus {number(gpus)} is ignored: it serves {volume(served)}, and {short}; "


def _utilization(given: Fraction | None) -> str:
    if given is None:
        return "Utilization is a result, not an input: the brief's function takes one and never uses it."
    return f"--utilization {number(given)} is not used: the brief's function takes it and never uses it either."
