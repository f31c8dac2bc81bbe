"""What a replay is told and what it writes down: an engine's limits, a ledger of requests, a replica's tally."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from operator import mul

BLOCK = 16  # tokens in a KV block, the engines' default
CYCLE = tuple(range(BLOCK))
UNFILLED = [[-(phase + step) & (BLOCK - 1) for phase in CYCLE] for step in CYCLE]  # tokens, by step and phase
ID_BITS = 26  # a finish is `step << ID_BITS | request`: one integer in the heap
ID_MASK = (1 << ID_BITS) - 1
NEVER = 1 << 80  # picoseconds; 2^62 are 53 days only


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What an engine was started with."""

    kv_blocks: int  # usable blocks of 16 tokens
    most_sequences: int = 256
    token_budget: int = 2048  # tokens of one step, decoding and prefill together
    lookahead: bool = True  # the next step is scheduled while this one runs
    reuse_after_preemption: bool = True  # prefix caching: blocks still there are not computed again
    prompts_first: bool = False  # a step holds whole prompts, or one token of each answer; needs `lookahead` off


@dataclass(slots=True, kw_only=True)
class Ledger:
    """What every request asks and what became of it; by request number, times in picoseconds."""

    arrival: list[int]
    prompt: list[int]
    output: list[int]
    held: list[int]  # KV blocks it may hold at its end
    longest: int  # tokens: nobody holds more
    queued: list[int]  # when the engine saw it
    scheduled: list[int]
    first: list[int]
    last: list[int]
    preempted: list[int]
    cached: list[int]  # prompt tokens found in the prefix cache


@dataclass(slots=True, kw_only=True)
class Tally:
    """What one replica did, summed up."""

    steps: int = 0
    busy: int = 0  # picoseconds with a step running
    sequence_time: int = 0  # decoding sequences × picoseconds
    prefilled: int = 0  # tokens
    recomputed: int = 0  # tokens of them after a preemption
    most_running: int = 0
    most_context: int = 0
    present: int = 0  # waiting and running now
    waiting: int = 0
    room: int = 0  # KV blocks beyond what all who wait and run hold at their ends
    same_until: int = 0  # nobody leaves before then, but for those who come; 0: not known
    inbox: list[int] = field(default_factory=list)


def ledger(arrival: list[int], prompt: list[int], output: list[int]) -> Ledger:
    """A ledger with nothing done yet."""
    zero = [0] * len(arrival)
    held = [(one + other) // BLOCK + 1 for one, other in zip(prompt, output, strict=True)]
    return Ledger(
        arrival=arrival,
        prompt=prompt,
        output=output,
        held=held,
        longest=max(held, default=0) * BLOCK,
        queued=zero[:],
        scheduled=[-1] * len(arrival),
        first=zero[:],
        last=zero[:],
        preempted=zero[:],
        cached=zero[:],
    )


def unfilled(phases: list[int], step: int) -> int:
    """Tokens that would still fit into the last blocks of sequences after a step, by (context − step) mod 16."""
    return sum(map(mul, phases, UNFILLED[step & (BLOCK - 1)]))


def phases_of(alive: Iterable[tuple[int, int]], prompt: Sequence[int], output: Sequence[int]) -> list[int]:
    """Sequences by (context − step) mod 16, of decoding requests with their finishes."""
    phases = [0] * BLOCK
    for request, finish in alive:
        phases[(prompt[request] + output[request] - (finish >> ID_BITS) - 1) & (BLOCK - 1)] += 1
    return phases


def still_there(left: dict[int, tuple[int, int]], request: int, taken: int, target: int) -> int:
    """Blocks of a preempted request that nobody took; those left after them in the queue move up by as many."""
    place, count = left.pop(request)
    kept = min(max(place + count - max(taken, place), 0), (target - 1) // BLOCK)
    for other, (there, size) in left.items():
        if there > place:
            left[other] = (there - kept, size)
    return kept
