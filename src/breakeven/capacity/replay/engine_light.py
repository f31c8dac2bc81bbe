"""The replay's short way: an engine with memory and places for all who come, where nobody has to wait.

Then a step holds decoding sequences and the whole prompts that have just come, and what `replay_engine` asks at
every step (who is preempted, what fits, what is cut) has one answer. It does the same arithmetic on the same state,
and gives the state back at the first step that needs one of those questions.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from heapq import heappop, heappush
from math import sqrt

from breakeven.capacity.replay.ledger import BLOCK, ID_BITS, ID_MASK, NEVER, Ledger, Limits
from breakeven.capacity.replay.step_costs import Picoseconds, steps_to_cover

State = tuple[int, ...]  # step, before, end, decoding, context, slots, lag_blocks, freed, busy, sequence_time,
# prefilled, most_context, most_running, seen, pledged, coming: names of `replay_engine.replica`


# One loop over local names, as in `replay_engine`, for the same reason.
def light(  # noqa: C901, PLR0915, PLR0917
    limits: Limits,
    costs: Picoseconds,
    book: Ledger,
    finishes: list[int],
    alive: dict[int, int],
    frees: deque[tuple[int, int, int]],
    *,
    note_queued: bool,
) -> Callable[..., State]:
    """The short way of one engine, which shares those collections; `phases` are not kept up."""

    arrival, prompt, output = book.arrival, book.prompt, book.output
    scheduled, first, last, held = book.scheduled, book.first, book.last, book.held
    decode, per_context, per_token = costs.decode, costs.per_context_token, costs.per_token
    weights, per_sequence, half_pair = costs.weights, costs.per_sequence, costs.per_prefill_half_pair
    per_prefill_step, lag = costs.overhead + costs.per_prefill_step, int(limits.lookahead)
    total, most_sequences, token_budget = limits.kv_blocks, limits.most_sequences, limits.token_budget

    def run(  # noqa: C901, PLR0912, PLR0913, PLR0915, PLR0917
        inbox: list[int],
        until: int,
        step: int,
        before: int,
        end: int,
        decoding: int,
        context: int,
        slots: int,
        lag_blocks: int,
        freed: int,
        busy: int,
        sequence_time: int,
        prefilled: int,
        most_context: int,
        most_running: int,
        seen: int,
        pledged: int,
        coming: int,
    ) -> State:
        """From one state to a later one: up to `until`, an empty engine, or a step that is not light."""
        count = len(inbox)
        now = before if lag else end
        # Nothing is idle here, and who decodes does so from one end of a step to another: both sums from their ends.
        busy -= end
        sequence_time -= decoding * end
        while decoding and now < until:
            if coming <= now:
                # All who have come, in one step; whoever does not fit ends the short way.
                while frees and frees[0][0] <= step:
                    _, blocks, request = frees.popleft()
                    pledged -= held[request]
                    slots -= 1
                    lag_blocks -= blocks
                    freed += blocks
                prefill = half_pairs = wanted = 0
                came = seen
                while coming <= now:
                    request = inbox[came]
                    tokens = prompt[request]
                    prefill += tokens
                    half_pairs += tokens * tokens
                    wanted += held[request]
                    came += 1
                    coming = arrival[inbox[came]] if came < count else NEVER
                new = came - seen
                if pledged + wanted > total or slots + new > most_sequences or decoding + prefill > token_budget:
                    coming = arrival[inbox[seen]]
                    break
                pledged += wanted
                slots += new
                if slots > most_running:  # noqa: PLR1730  # a call of max costs as much as the rest
                    most_running = slots
                tokens = per_token * (decoding + prefill)
                took = per_prefill_step + (tokens if tokens > weights else weights)  # max is a call
                took += per_sequence * decoding + per_context * (context + decoding) + half_pair * half_pairs
                before, end = end, end + took
                prefilled += prefill
                context += decoding
                step += 1
            else:
                # Decoding only: to the next finish, or until someone comes.
                came = seen
                steps = (finishes[0] >> ID_BITS) - step + 1
                growth = per_context * decoding
                one = decode[decoding] + growth + per_context * context
                covered = steps - lag
                took = covered * one + growth * (covered * (covered - 1) // 2)
                limit = coming if coming < until else until
                if steps > 1 and end + took >= limit:
                    time = limit - end
                    if time > 0 and growth:  # as `steps_to_cover` does it, without the call
                        half = one - growth * 0.5
                        covered = int((sqrt(half * half + 2.0 * growth * time) - half) / growth) + 1
                        took = covered * one + growth * (covered * (covered - 1) // 2)
                        while took < time:
                            took += one + growth * covered
                            covered += 1
                        while (less := took - one - growth * (covered - 1)) >= time:
                            covered -= 1
                            took = less
                    else:
                        covered, took = steps_to_cover(time, one, growth)
                    steps = covered + lag
                if lag:
                    before = end + took
                    took += one + growth * covered
                else:
                    before = end + took - one - growth * (covered - 1)
                end += took
                context += decoding * steps
                step += steps
            while finishes and finishes[0] >> ID_BITS < step:
                request = heappop(finishes) & ID_MASK
                del alive[request]
                if context > most_context:  # noqa: PLR1730
                    most_context = context
                last[request] = end
                target = prompt[request] + output[request] - 1
                sequence_time += end
                decoding -= 1
                context -= target
                blocks = -(-target // BLOCK)
                lag_blocks += blocks
                frees.append((step + lag, blocks, request))
            while seen < came:
                request = inbox[seen]
                seen += 1
                scheduled[request] = now
                if note_queued:
                    book.queued[request] = now
                first[request] = end
                target, more = prompt[request], output[request]
                if more <= 1:
                    last[request] = end
                    blocks = -(-target // BLOCK)
                    lag_blocks += blocks
                    frees.append((step + lag, blocks, request))
                    continue
                entry = (step + more - 2) << ID_BITS | request
                alive[request] = entry
                heappush(finishes, entry)
                sequence_time -= end
                decoding += 1
                context += target
            now = before if lag else end
        busy += end
        sequence_time += decoding * end
        return (
            step, before, end, decoding, context, slots, lag_blocks, freed, busy, sequence_time,
            prefilled, most_context, most_running, seen, pledged, coming,
        )  # fmt: skip

    return run
