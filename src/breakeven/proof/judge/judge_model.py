"""A model that judges two answers to one request, without knowing whose they are.

Which answer comes first is drawn; a part of the pairs is asked in both orders, and counts as a tie where the judge
then changes its mind. What it says of its own is held against human labels (prediction-powered inference).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from math import sqrt
from random import Random
from statistics import NormalDist
from typing import Literal

import numpy as np

from breakeven.written import json_of

Preference = Literal["first", "second", "tie"]
TASK = """\
Two assistants answered the same request. Judge which answer serves the one who asked better: right, complete, to the
point, in the form that was asked for. Length alone is no merit, nor is the order in which the answers stand.
Answer with JSON only: {"preference": "A" or "B" or "tie", "confidence": a number from 0 to 1}"""
FORM: dict[str, Preference] = {"A": "first", "B": "second", "TIE": "tie"}
LONGEST = 40_000  # characters of a request or an answer that the judge is shown
CHARACTERS_PER_TOKEN = 3.0  # fewer than usual, so that a budget is not passed
ANSWER_TOKENS = 200
SILENT_ENOUGH = 10  # calls in a row without an answer: it is not there


@dataclass(frozen=True, slots=True, kw_only=True)
class Contest:
    """One pair: the request as text, the answers; None where that arm failed."""

    pair: str
    request: str
    candidate: str | None
    control: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a call gave: the text, and the tokens in and out as the endpoint counts them; None: it did not say."""

    text: str
    input_tokens: int | None = None
    output_tokens: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """`swapped`: the share of pairs asked in both orders; prices in dollars a million tokens; `budget` in dollars."""

    input_price: float
    output_price: float
    budget: float
    swapped: float = 0.3
    seed: int = 1


@dataclass(kw_only=True)
class Ledger:
    """What came of asking, counted. `first`, `decided`: of single answers; `consistent`, `both_orders`: of pairs."""

    spent: float = 0.0
    asked: int = 0
    nonsense: int = 0
    decided: int = 0
    first: int = 0
    ties: int = 0
    both_orders: int = 0
    consistent: int = 0
    failed_candidates: int = 0
    not_judged: int = 0
    silent: int = 0  # calls in a row that brought no answer
    examples: list[str] = field(default_factory=list)  # of nonsense, a few

    @property
    def gave_up(self) -> bool:
        """Whether the judge has failed so often in a row that it is not asked any more."""
        return self.silent >= SILENT_ENOUGH

    @property
    def position_bias(self) -> float | None:
        """The share of decided answers that prefer the first, less one half; None: nothing was decided."""
        return self.first / self.decided - 0.5 if self.decided else None

    @property
    def decisiveness(self) -> float | None:
        """The share of understood answers that prefer one; None: none was understood."""
        understood = self.decided + self.ties
        return self.decided / understood if understood else None


def judged(
    contests: Iterable[Contest], terms: Terms, ask: Callable[[Sequence[str]], Sequence[Asked | None]]
) -> Iterator[tuple[str, float | None, Ledger]]:
    """Each pair with its score, 1 the candidate wins, −1 it loses, 0 a tie; None: not judged, the budget or nonsense.

    `ask` answers prompts, in their order; None where the endpoint failed. Before each pair it is made sure that the
    budget covers the worst that it can cost.
    """
    ledger = Ledger()
    for contest in contests:
        if contest.candidate is None:
            ledger.failed_candidates += 1
            yield contest.pair, -1.0, ledger
            continue
        draw = Random(f"{terms.seed} {contest.pair}")  # noqa: S311 - an order, not a secret
        orders = [draw.random() < 0.5]
        orders += [not orders[0]] if draw.random() < terms.swapped else []
        prompts = [prompt(contest, candidate_first=candidate_first) for candidate_first in orders]
        if ledger.gave_up or ledger.spent + sum(_worst(text, terms) for text in prompts) > terms.budget:
            ledger.not_judged += 1
            yield contest.pair, None, ledger
            continue
        preferences = [
            _counted(answer, text, terms, ledger) for answer, text in zip(ask(prompts), prompts, strict=True)
        ]
        yield contest.pair, _score(preferences, orders, ledger), ledger


def prompt(contest: Contest, *, candidate_first: bool) -> str:
    """What the judge is shown. Answers are marked as data, so that one which gives orders is seen as an answer."""
    answers = [contest.candidate or "", contest.control]
    a, b = answers if candidate_first else answers[::-1]
    parts = (("REQUEST", contest.request), ("ANSWER A", a), ("ANSWER B", b))
    return "\n\n".join([TASK, *(f"<<<{name}\n{text[:LONGEST]}\n{name}>>>" for name, text in parts)])


def understood(text: str) -> Preference | None:
    """The preference in an answer; None for nonsense. JSON may stand in other words or in a fence."""
    start, end = text.find("{"), text.rfind("}")
    try:
        said = json_of(text[start : end + 1]) if 0 <= start < end else None
    except json.JSONDecodeError:
        return None
    return FORM.get(str(said.get("preference")).strip().upper()) if isinstance(said, dict) else None


def drawn(pair: str, share: float, seed: int) -> bool:
    """Whether a pair is judged: by its name, so that the same ones are drawn again."""
    return int.from_bytes(sha256(f"{seed} {pair}".encode()).digest()[:8]) < share * 2**64


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibrated:
    """The mean that humans would have given over all pairs, from the judge's scores and a few human ones: PPI++.

    Angelopoulos, Duchi and Zrnic (2023), "PPI++", a mean with its tuned weight. `half_width` is of the 95 % interval;
    `weight` 0: the judge tells nothing; `humans_alone` is the half width without the judge.
    """

    mean: float
    half_width: float
    weight: float
    labels: int
    agreement: float
    humans_alone: float


def calibrated(everything: Sequence[float], labelled: Sequence[tuple[float, float]]) -> Calibrated | None:
    """`labelled`: (the judge's score, the human's) of the same pairs. None below 10 labels or without other pairs."""
    if len(labelled) < 10 or len(everything) < 2:
        return None
    judge, human = (np.array([pair[side] for pair in labelled]) for side in (0, 1))
    rest, n = np.asarray(everything, dtype=float), len(labelled)
    spread = float(rest.var(ddof=1))
    weight = 0.0
    if spread > 0:
        both = float(np.cov(judge, human)[0, 1])
        weight = float(np.clip(both / ((1 + n / rest.size) * spread), 0.0, 1.0))
    mean = weight * rest.mean() + float((human - weight * judge).mean())
    variance = weight**2 * spread / rest.size + float((human - weight * judge).var(ddof=1)) / n
    z = NormalDist().inv_cdf(0.975)
    return Calibrated(
        mean=float(mean),
        half_width=z * sqrt(variance),
        weight=weight,
        labels=n,
        agreement=float((np.sign(judge) == np.sign(human)).mean()),
        humans_alone=z * sqrt(float(human.var(ddof=1)) / n),
    )


def _worst(text: str, terms: Terms) -> float:
    return len(text) / CHARACTERS_PER_TOKEN * terms.input_price / 1e6 + ANSWER_TOKENS * terms.output_price / 1e6


def _counted(answer: Asked | None, text: str, terms: Terms, ledger: Ledger) -> Preference | None:
    ledger.asked += 1
    if answer is None:
        ledger.nonsense += 1
        ledger.silent += 1
        return None
    ledger.silent = 0
    read = answer.input_tokens if answer.input_tokens is not None else len(text) / CHARACTERS_PER_TOKEN
    wrote = answer.output_tokens if answer.output_tokens is not None else len(answer.text) / CHARACTERS_PER_TOKEN
    ledger.spent += read * terms.input_price / 1e6 + wrote * terms.output_price / 1e6
    preference = understood(answer.text)
    if preference is None:
        ledger.nonsense += 1
        ledger.examples = [*ledger.examples, answer.text[:120]][:3]
    elif preference == "tie":
        ledger.ties += 1
    else:
        ledger.decided += 1
        ledger.first += preference == "first"
    return preference


def _score(preferences: Sequence[Preference | None], orders: Sequence[bool], ledger: Ledger) -> float | None:
    """One answer counts as it is; two count where they agree, else as a tie. Nonsense alone is no score."""
    scores = [
        0.0 if preference == "tie" else (1.0 if (preference == "first") == candidate_first else -1.0)
        for preference, candidate_first in zip(preferences, orders, strict=True)
        if preference is not None
    ]
    if len(scores) == 2:
        ledger.both_orders += 1
        ledger.consistent += scores[0] == scores[1]
        return scores[0] if scores[0] == scores[1] else 0.0
    if not scores:
        ledger.not_judged += 1
        return None
    return scores[0]
