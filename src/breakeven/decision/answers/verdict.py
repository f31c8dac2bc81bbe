"""Keep buying, buy elsewhere or own: the class of each option, its margin of safety, and what the answer is called.

INFEASIBLE: the fleet cannot carry the peak and may not burst, or a gate forbids the option. NEVER: no volume pays, nor
would a smaller base with burst at any. LOSES: not this volume. TIE. FRAGILE: pays, but a half-utilization test fails or
the chance to pay is below four in five. HOLDS: pays and passes them, but a gate is unknown, nobody has stated one, or
readiness has gaps or is not examined. ROBUST: all of it, every gate passed and the team ready. FORCED: the gates
forbid to go on as today, and this is the best that they leave, whatever it costs.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from breakeven.decision.exact.crossings import Crossings, Window
from breakeven.decision.readiness.gates import GateVerdict

Class = Literal["INFEASIBLE", "NEVER", "LOSES", "TIE", "FRAGILE", "HOLDS", "ROBUST", "FORCED"]
Answer = Literal["KEEP BUYING", "BUY ELSEWHERE", "OWN THE BASE, BURST THE REST", "SELF-HOST", "NO COMPLIANT OPTION"]
PAYS: tuple[Class, ...] = ("FRAGILE", "HOLDS", "ROBUST")
SURE = 0.8  # chance to pay below which a win is fragile


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """How far volume may move, as a share of the plan, before the answer changes; None: without limit.

    When the plan lies in no winning window, `to_win` is the change that reaches the nearest one.
    """

    down: float | None = None
    up: float | None = None
    to_win: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the class of an option rests on."""

    net_present_value: float  # expected
    tie_below: float  # an advantage smaller than this counts as a tie
    peak_shortfall: float  # replicas missing at the sizing percentile
    half_volume_wins: bool
    half_speed_wins: bool
    chance_to_pay: float | None = None  # None: not drawn
    gates: GateVerdict = "unknown"
    ready: bool = False  # readiness examined, and it allows all of the traffic today; or nothing to be ready for
    forced: bool = False  # to go on as today fails a gate, and this is the best that the gates leave
    smaller_base_may_pay: bool = False  # with burst on the same GPUs, at some other volume


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoSteps:
    """Where a saving comes from: first another model or host, then serving it yourself. Net present values.

    `bought`: the column that buys the model we would serve and is worth most; `own`: the one that serves it and is
    worth most. None where there is no such column.
    """

    bought: int | None
    own: int | None
    another_model: float | None  # buying that model, against keeping today's
    serving_it_yourself: float | None  # serving it, against buying it: the answer to build or buy


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The answer. `answer` is what the best option comes to, `commit` whether it may be committed to now.

    `option` and `name`: the column to be on today; 0 keeps today's model. It is the best option where that may be
    committed to, else the best of those that may.
    """

    option: int
    name: str
    answer: Answer
    commit: bool
    first: tuple[str, ...]  # gates of the best option to answer before anybody commits
    verdict: Class | None  # class of the best option
    best_option: int  # the best option that is not today's, by the rule of docs/method/verdict.md
    steps: TwoSteps
    rests_on_assumptions: tuple[str, ...]  # inputs among the three nearest flips that are only assumed


def classify(facts: Facts, volume: Crossings | None) -> Class:
    """The class of one option. A tie goes to buying: nobody builds for nothing. `volume` None: not looked for yet, so
    that what loses is not known to lose always.
    """
    if facts.peak_shortfall > 1e-9 or facts.gates == "fail":
        return "INFEASIBLE"
    if facts.forced:
        return "FORCED"
    if facts.net_present_value > facts.tie_below:
        return winning(facts)
    if facts.net_present_value > 0 or facts.net_present_value == 0:
        return "TIE"
    return "NEVER" if volume is not None and volume.never and not facts.smaller_base_may_pay else "LOSES"


def winning(facts: Facts) -> Class:
    """The class of an option that pays at the plan."""
    unsure = facts.chance_to_pay is not None and facts.chance_to_pay < SURE
    if unsure or not (facts.half_volume_wins and facts.half_speed_wins):
        return "FRAGILE"
    sure = facts.gates == "pass" and facts.ready and facts.chance_to_pay is not None
    return "ROBUST" if sure else "HOLDS"


def margin(volume: Crossings, plan: Fraction = Fraction(1)) -> Margin:
    """The distance from the plan's volume to both ends of the window that holds it, or to the nearest window."""
    window = volume.window_of(plan)
    if window is not None:
        return Margin(down=share(window.start, plan), up=None if window.end is None else share(window.end, plan))
    edges = [edge for each in volume.windows for edge in ends(each)]
    return Margin(to_win=min((share(edge, plan) for edge in edges), key=abs, default=None))


def ends(window: Window) -> list[Fraction]:
    """The finite ends of a window."""
    return [window.start] if window.end is None else [window.start, window.end]


def share(edge: Fraction, plan: Fraction) -> float:
    """A change from the plan to an edge, as a share of the plan."""
    return float((edge - plan) / plan)
