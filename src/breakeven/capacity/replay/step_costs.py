"""How long one step of an engine takes, as a function of what is in it. Seconds here, picoseconds in the replay.

    step = overhead + max(read, per_token · tokens) + per_sequence · decoding + per_context_token · context
           + (with prefill) per_prefill_step + per_prefill_pair · pairs, (without) per_stream · decoding

`tokens` are all that pass through the weights in the step (one a decoding sequence, and the prefill's),
`context` is what the decoding sequences read from the KV cache, `pairs` are the prefill's query × context
pairs. The maximum is the roofline: a step reads the weights once, or computes for longer than that. `read` is all of
`weights` in a step with prefill; in one without, experts that no sequence chose are not read:
weights · (1 − expert_share · (1 − expert_use)^decoding).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from math import sqrt

from breakeven.problems import Problem

PICOSECONDS = 10**12  # a second; below it a step's parts would be rounded, above it an hour is not exact in 53 bits


# What the engine spends in a step: these grow with its pace.
STEP_SECONDS = (
    "overhead",
    "weights",
    "per_token",
    "per_sequence",
    "per_context_token",
    "per_prefill_step",
    "per_prefill_pair",
    "per_stream",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepCosts:
    """Seconds of the parts of one engine step, whatever they were fitted to."""

    overhead: float  # scheduling, launches, sampling; paid by every step
    weights: float  # reading all weights once; the floor under the arithmetic
    per_token: float  # arithmetic of one token through the weights
    per_sequence: float  # what each decoding sequence adds beside its tokens
    per_context_token: float  # reading one token of KV cache
    per_prefill_step: float = 0.0  # what a step with prefill costs beyond its tokens
    per_prefill_pair: float = 0.0  # attention of one prefill token over one token of context
    per_stream: float = 0.0  # what sending its token adds for each decoding sequence, in steps without prefill
    per_request: float = 0.0  # between client and engine, a request: connection, tokenizer, the first chunk back
    expert_share: float = 0.0  # ratio: of `weights`, what belongs to routed experts
    expert_use: float = 0.0  # ratio: experts a token chooses over all of a layer

    def __post_init__(self) -> None:
        if not all(getattr(self, each.name) >= 0 for each in fields(self)):
            raise Problem("a part of a step takes less than no time", fix="Give seconds, zero or more.")
        if self.expert_share > 1 or self.expert_use > 1:
            raise Problem("a share of the experts is above 1", fix="Give ratios from 0 to 1.")
        if not self.overhead + self.weights + self.per_token > 0:
            raise Problem("a step takes no time at all", fix="Give seconds for overhead, weights or a token.")

    def times(self, factor: float) -> StepCosts:
        """Every part `factor` times as long; what lies between client and engine stays."""
        longer = {each.name: getattr(self, each.name) * factor for each in fields(self) if each.name in STEP_SECONDS}
        return replace(self, **longer)

    def read(self, decoding: int) -> float:
        """Seconds to read the weights of a step of so many sequences without prefill."""
        return self.weights * (1 - self.expert_share * (1 - self.expert_use) ** decoding)

    def prefill_alone(self, prompt_tokens: float) -> float:
        """Seconds to the first token of a request that is alone."""
        step = self.overhead + max(self.weights, self.per_token * prompt_tokens) + self.per_prefill_step
        return self.per_request + step + self.per_prefill_pair * prompt_tokens**2 / 2

    def decode_alone(self, context_tokens: float) -> float:
        """Seconds of a further token of a request that is alone and holds so many."""
        step = self.overhead + max(self.read(1), self.per_token) + self.per_sequence + self.per_stream
        return step + self.per_context_token * context_tokens

    def over(self, other: StepCosts) -> float:
        """How many times as long as another's all parts of a step take together."""
        mine, its = (sum(getattr(each, one.name) for one in fields(each)) for each in (self, other))
        return float(mine / its)


@dataclass(frozen=True, slots=True, kw_only=True)
class Picoseconds:
    """The same in whole picoseconds: sums of them are exact in any order, so stretches can be jumped."""

    decode: tuple[int, ...]  # a step without prefill by number of sequences, their context aside
    overhead: int
    weights: int
    per_token: int
    per_sequence: int
    per_context_token: int
    per_prefill_step: int
    per_prefill_half_pair: int


def in_picoseconds(costs: StepCosts, most_sequences: int) -> Picoseconds:
    """The costs as integers, with decode steps of up to that many sequences tabled."""
    whole = {name: round(getattr(costs, name) * PICOSECONDS) for name in STEP_SECONDS}
    every, sequence = range(most_sequences + 1), whole["per_sequence"] + whole["per_stream"]
    read = (
        [round(costs.read(n) * PICOSECONDS) for n in every] if costs.expert_share else [whole["weights"]] * len(every)
    )
    half_pair = round(costs.per_prefill_pair * PICOSECONDS / 2)
    overhead, per_token = whole["overhead"], whole["per_token"]
    decode = tuple(overhead + max(read[n], per_token * n) + sequence * n for n in every)
    return Picoseconds(
        decode=(max(decode[0], 1), *(max(picoseconds, 1) for picoseconds in decode[1:])),
        overhead=whole["overhead"],
        weights=whole["weights"],
        per_token=whole["per_token"],
        per_sequence=whole["per_sequence"],
        per_context_token=whole["per_context_token"],
        per_prefill_step=whole["per_prefill_step"],
        per_prefill_half_pair=half_pair,
    )


def prefill_step(costs: Picoseconds) -> Callable[[int, int, int, int], int]:
    """How long a step with prefill takes: of decoding sequences, their context, prefill tokens and their half pairs."""
    fixed, weights, per_token = costs.overhead + costs.per_prefill_step, costs.weights, costs.per_token
    per_context, half_pair = costs.per_context_token, costs.per_prefill_half_pair
    per_sequence = costs.per_sequence + per_context

    def took(decoding: int, context: int, prefill: int, half_pairs: int) -> int:
        tokens = per_token * (decoding + prefill)
        least = tokens if tokens > weights else weights  # max is a call
        return fixed + least + per_sequence * decoding + per_context * context + half_pair * half_pairs

    return took


def even_steps(costs: Picoseconds, lag: int) -> Callable[[int, int, int, int, int], tuple[int, int, int]]:
    """A stretch of steps in which the same sequences decode, cut off behind the first step that ends at a limit.

    Of its steps, sequences, their context, its begin and the limit: the steps that are taken, the end of the last but
    one and of the last. With a `lag` of one the step that ends at the limit has a successor.
    """
    decode, per_context = costs.decode, costs.per_context_token

    def stretch(steps: int, decoding: int, context: int, begin: int, limit: int) -> tuple[int, int, int]:
        growth = per_context * decoding
        first = decode[decoding] + growth + per_context * context
        covered = steps - lag
        took, time = covered * first, limit - begin
        if took < time or steps == 1:  # else it is cut off anyway
            took += growth * (covered * (covered - 1) // 2)
        if took >= time and steps > 1:
            if time <= 0:
                covered = took = 0
            else:
                half = first - growth * 0.5
                covered = (
                    int((sqrt(half * half + 2.0 * growth * time) - half) / growth if growth else time // first) + 1
                )
                took = covered * first + growth * (covered * (covered - 1) // 2)
                while took < time:
                    took += first + growth * covered
                    covered += 1
                while (less := took - first - growth * (covered - 1)) >= time:  # time > 0: never below one step
                    covered -= 1
                    took = less
            steps = covered + lag
        end = begin + took
        if lag:
            return steps, end, end + first + growth * covered
        return steps, end - first - growth * (covered - 1), end

    return stretch
