"""The replay's short way: an engine with memory and places for all who come, where nobody has to wait.

Then a step holds decoding sequences and the whole prompts that have just come, and what `engine` asks at
every step (who is preempted, what fits, what is cut) has one answer. It does the same arithmetic on the same state,
and gives the state back at the first step that needs one of those questions.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from heapq import heappop, heappush

from breakeven.capacity.replay.ledger import BLOCK, ID_BITS, ID_MASK, NEVER, Ledger, Limits
from breakeven.capacity.replay.step_costs import Picoseconds, even_steps, prefill_step

State = tuple[int, ...]  # step, before, end, decoding, context, slots, lag_blocks, freed, busy, sequence_time,
# prefilled, most_context, most_running, seen, pledged, coming: names of `engine.replica`


# One loop over local names, as in `engine`, for the same reason.
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
    lag, short, bits = int(limits.lookahead), BLOCK - 1, BLOCK.bit_length() - 1  # short of a block, at most
    mixed, even = prefill_step(costs), even_steps(costs, lag)
    total, most_sequences, token_budget = limits.kv_blocks, limits.most_sequences, limits.token_budget
    apart = limits.prompts_first

    def run(inbox: list[int], until: int, state: State) -> State:  # noqa: C901, PLR0912, PLR0915
        """From one state to a later one: up to `until`, an empty engine, or a step that is not light."""
        (
            step, before, end, decoding, context, slots, _, freed, busy, sequence_time,
            prefilled, most_context, most_running, seen, pledged, coming,
        ) = state  # fmt: skip
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
                prefilled += prefill
                if apart:
                    before, end = end, end + mixed(0, 0, prefill, half_pairs)
                else:
                    before, end = end, end + mixed(decoding, context, prefill, half_pairs)
                    context += decoding
                    step += 1
            else:
                # Decoding only: to the next finish, or until someone comes.
                came = seen
                steps = (finishes[0] >> ID_BITS) - step + 1
                steps, before, end = even(steps, decoding, context, end, coming if coming < until else until)
                context += decoding * steps
                step += steps
            finished = step << ID_BITS
            while finishes and finishes[0] < finished:
                request = heappop(finishes) & ID_MASK
                del alive[request]
                if context > most_context:  # noqa: PLR1730
                    most_context = context
                last[request] = end
                target = prompt[request] + output[request] - 1
                sequence_time += end
                decoding -= 1
                context -= target
                frees.append((step + lag, target + short >> bits, request))
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
                    frees.append((step + lag, target + short >> bits, request))
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
        lag_blocks = sum(blocks for _, blocks, _ in frees)
        return (
            step, before, end, decoding, context, slots, lag_blocks, freed, busy, sequence_time,
            prefilled, most_context, most_running, seen, pledged, coming,
        )  # fmt: skip

    return run
