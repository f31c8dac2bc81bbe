"""The questions of the quiz: seeded numbers in a sentence, and the lines of the engine that answer it.

A question is answered by lines of the model, evaluated on exactly the numbers that it states. What a person forgets
is a line: the same sum without it is a wrong answer that can be explained.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

import numpy as np

from breakeven.numbers.month import HOURS_PER_MONTH, WEEKS_PER_MONTH
from breakeven.quick.model import CONSTANTS
from breakeven.quick.model import MODEL as QUICK
from breakeven.study.register import full_model

Given = Mapping[str, float]
MONTHS_PER_YEAR = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """A question: its words, its unit, and its answer as lines that are added ."""

    text: str
    unit: str
    given: Given  # what the question states, by the names of the model
    parts: Mapping[str, float]  # line -> what it contributes to the answer
    forgotten: Mapping[str, str]  # line -> what was forgotten by who left it out

    @property
    def answer(self) -> float:
        """What is right."""
        return sum(self.parts.values())


def lines(given: Given, *names: str) -> dict[str, float]:
    """Lines of the whole model on these numbers; what is given is not computed."""
    found = full_model().evaluate(given, list(names))
    return {name: float(np.asarray(found[name]).reshape(-1)[0]) for name in names}


def whole_cost(draw: Random) -> Sum:
    """Rent, engineers, stipends: one month."""
    gpus, rate = draw.choice((2, 4, 6, 8, 16)), draw.randrange(190, 420, 5) / 100
    team, pay = draw.choice((0.5, 1.0, 1.5, 2.0)), draw.randrange(140, 261, 10) * 1000
    slots, stipend = draw.choice((1, 2)), draw.randrange(300, 1001, 50)
    given = {
        "gpus_billed": gpus,
        "rent_rate": rate,
        "hours_per_month": HOURS_PER_MONTH,
        "team": team,
        "engineer_cost_per_year": pay,
        "months_per_year": MONTHS_PER_YEAR,
        "pay_factor": 1.0,
        "oncall_slots": slots,
        "oncall_share": 1.0,
        "oncall_stipend_per_week": stipend,
        "weeks_per_month": WEEKS_PER_MONTH,
        "self_hosts": 1.0,
    }
    return Sum(
        text=f"You rent {gpus} GPUs at ${rate:.2f} an hour each, and a month has {HOURS_PER_MONTH:g} hours. "
        f"{team:g} engineers run them, at ${pay:,} a year each with everything. {_people(slots)} on call around the "
        f"clock, at ${stipend} a week each, and a month has 52/12 weeks. What does the month cost?",
        unit="USD/month",
        given=given,
        parts=lines(given, "gpu_rent", "run_engineering", "on_call_stipends"),
        forgotten={
            "gpu_rent": "the rent of the GPUs",
            "run_engineering": "the engineers who run it",
            "on_call_stipends": "the stipends of those on call",
        },
    )


def _people(count: int) -> str:
    return "One person is" if count == 1 else f"{count} people are"


def _quick(draw: Random) -> dict[str, int]:
    return {
        "tokens": draw.randrange(5_000, 60_001, 1_000),
        "hosted_price": draw.randrange(4, 31),  # tenths of a dollar
        "gpus": draw.choice((4, 6, 8, 12)),
        "gpu_monthly": draw.randrange(1_400, 3_001, 100),
        "eng_monthly": draw.randrange(6_000, 30_001, 1_000),
    }


def _sides(given: Given) -> tuple[float, float, float]:
    """By the demo's lines: the hosted cost, the GPUs alone, and the engineering on top."""

    def line(name: str, **changed: float) -> float:
        return float(QUICK.evaluate({**given, **changed, **CONSTANTS}, [name])[name])

    gpus = line("self_hosted_cost", eng_monthly=0.0)
    return line("hosted_cost"), gpus, line("self_hosted_cost") - gpus


def side_by_side(draw: Random) -> Sum:
    """What self-hosting saves in a month; negative where it costs more."""
    drawn = _quick(draw)
    given = {**drawn, "hosted_price": drawn["hosted_price"] / 10}
    hosted, gpus, people = _sides(given)
    return Sum(
        text=f"{drawn['tokens']:,} million tokens a month at ${given['hosted_price']:.2f} per million from the API, or "
        f"{drawn['gpus']} GPUs at ${drawn['gpu_monthly']:,} a month each with ${drawn['eng_monthly']:,} a month of "
        "engineering and on-call. What does serving it yourself save in a month? (negative where it costs more)",
        unit="USD/month",
        given=given,
        parts={"hosted_cost": hosted, "gpus": -gpus, "eng_monthly": -people},
        forgotten={
            "hosted_cost": "what the API costs: a saving is the difference",
            "gpus": "the GPUs",
            "eng_monthly": "the engineering and on-call",
        },
    )


def break_even(draw: Random) -> Sum:
    """From which volume on a fixed fleet pays."""
    drawn = _quick(draw)
    price = drawn["hosted_price"] / 10
    given = {**drawn, "hosted_price": price, "tokens": 1.0}
    per_mtok, gpus, people = _sides(given)
    return Sum(
        text=f"The API costs ${price:.2f} per million tokens. A fleet of {drawn['gpus']} GPUs costs "
        f"${drawn['gpu_monthly']:,} a month each, its engineering and on-call ${drawn['eng_monthly']:,} a month, "
        "whatever the volume. From how many million tokens a month on does it pay?",
        unit="MTok/month",
        given=given,
        parts={"gpus": gpus / per_mtok, "eng_monthly": people / per_mtok},
        forgotten={"gpus": "the GPUs", "eng_monthly": "the engineering and on-call, which must be earned too"},
    )


def readiness(draw: Random) -> Sum:
    """What is paid before the first token: building it, and closing the gaps."""
    build, gaps = draw.choice((3.0, 4.0, 6.0, 8.0)), draw.choice((1.5, 2.5, 4.0, 5.5))
    pay, evaluation = draw.randrange(140, 261, 10) * 1000, draw.randrange(5, 31, 5) * 1000
    given = {
        "build_work": build,
        "readiness_person_months": gaps,
        "engineer_cost_per_year": pay,
        "months_per_year": MONTHS_PER_YEAR,
        "evaluation_set_cost": evaluation,
        "self_hosts": 1.0,
    }
    return Sum(
        text=f"Building the platform takes {build:g} person-months, closing the readiness gaps {gaps:g}. An engineer "
        f"costs ${pay:,} a year with everything, and the set that judges the model's quality ${evaluation:,} once. "
        "What is paid before the first token is served?",
        unit="USD",
        given=given,
        parts=lines(given, "build", "readiness_work", "evaluation_set"),
        forgotten={
            "build": "the building of the platform",
            "readiness_work": "the work on the readiness gaps",
            "evaluation_set": "the set that judges quality",
        },
    )


def hybrid(draw: Random) -> Sum:
    """What still stays on the API: what never moved, and the canary of what did."""
    volume, price = draw.randrange(10_000, 80_001, 5_000), draw.randrange(5, 31) / 10
    moved, canary = draw.choice((0.6, 0.7, 0.8, 0.9)), draw.choice((0.02, 0.05, 0.1))
    given = {"moved": moved, "canary_share": canary}
    own = lines(given, "own_share")["own_share"]
    no_canary = lines({**given, "canary_share": 0.0}, "own_share")["own_share"]
    return Sum(
        text=f"Of {volume:,} million tokens a month you move {moved:.0%} to your own fleet, and keep a canary of "
        f"{canary:.0%} of what has moved on the API as the way back. The API costs ${price:.2f} per million. "
        "What does it still cost a month?",
        unit="USD/month",
        given={**given, "volume": volume, "price": price},
        parts={"moved": volume * (1 - no_canary) * price, "canary_share": volume * (no_canary - own) * price},
        forgotten={
            "moved": "what never moved and is still bought",
            "canary_share": "the canary: what has moved is not all served by you",
        },
    )


MAKERS: Mapping[str, Callable[[Random], Sum]] = {
    each.__name__: each for each in (whole_cost, side_by_side, break_even, readiness, hybrid)
}
