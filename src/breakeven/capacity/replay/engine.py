"""One replica of an engine, replayed: continuous batching as vLLM does it, with idle and even stretches jumped.

What is modelled, step by step: running sequences first, each one token; then the waiting ones in order of
arrival, their prompts cut to the step's token budget (chunked prefill); KV blocks are taken as sequences grow,
and when none is free the last admitted is preempted, goes to the front of the queue and is computed again, but
for its blocks that nobody took meanwhile; a prompt is admitted only when all of it fits. An engine that schedules
one step ahead (`lookahead`) sees arrivals and finished sequences a step later. One that serves prompts first
(`prompts_first`) has them in steps of their own, in which answers stand still: such a step does not count as one.

A step's duration is linear in the context its sequences hold, which grows by one token each: a stretch in which
nobody arrives, finishes or is preempted is a quadratic sum, exact in whole picoseconds, and jumped.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from heapq import heappop, heappush

from breakeven.capacity.replay.engine_light import light
from breakeven.capacity.replay.ledger import (
    BLOCK,
    ID_BITS,
    ID_MASK,
    NEVER,
    Ledger,
    Limits,
    Tally,
    phases_of,
    still_there,
    unfilled,
)
from breakeven.capacity.replay.prefix_cache import PrefixCache
from breakeven.capacity.replay.step_costs import Picoseconds, even_steps, prefill_step


# The state lives in local names for speed, and cut into functions the loop would pass twenty values to and fro:
# hence one long generator, in numbered parts (docs/method/replay.md has the speed).
def replica(  # noqa: C901, PLR0912, PLR0915
    limits: Limits,
    costs: Picoseconds,
    book: Ledger,
    tally: Tally,
    *,
    cache: PrefixCache | None = None,
    ready: int = 0,
    jump: bool = True,
    note_queued: bool = False,
) -> Generator[None, int, None]:
    """Replays `tally.inbox`, in order of arrival; send it the time up to which that is complete."""
    arrival, prompt, output = book.arrival, book.prompt, book.output
    scheduled, first, last, holds = book.scheduled, book.first, book.last, book.held
    inbox, decode, per_context = tally.inbox, costs.decode, costs.per_context_token
    total, lag = limits.kv_blocks, int(limits.lookahead)
    most_sequences, token_budget, apart = limits.most_sequences, limits.token_budget, limits.prompts_first
    most_decoding = NEVER if apart else token_budget  # beside whom a prompt is begun
    mixed, even = prefill_step(costs), even_steps(costs, lag)
    admission_room = total * BLOCK - token_budget - book.longest - BLOCK
    waiting: deque[int] = deque()
    finishes: list[int] = []  # heap of step << ID_BITS | request
    alive: dict[int, int] = {}  # decoding requests in order of admission, each with its entry in the heap
    frees: deque[tuple[int, int, int]] = deque()  # step at which, blocks, request of a finished one
    phases = [0] * BLOCK  # sequences by (context − step) mod 16: who needs a block at which step
    generated: dict[int, int] = {}  # tokens a preempted request had produced
    left: dict[int, tuple[int, int]] = {}  # preempted request: where its blocks stand in the queue of free ones
    partial, partial_done, partial_target, partial_shared = -1, 0, 0, 0
    step, before, end = 0, ready, ready  # `end` of the step before, `before` of the one before that
    decoding = context = slots = lag_blocks = shared_tokens = 0  # lag: of finished sequences not yet freed
    freed = hits = stale = 0  # blocks ever freed, ever taken back from the free ones; dead entries in the heap
    busy = sequence_time = prefilled = most_context = most_running = seen = 0
    pledged = 0  # blocks that all who wait and run hold at their ends
    until, coming, aged = 0, NEVER, False  # aged: `phases` were not kept up
    quick = light(limits, costs, book, finishes, alive, frees, note_queued=note_queued)
    plain = jump and cache is None
    while True:
        # 0. While nobody waits and all have room, the short way.
        if decoding and pledged <= total and partial < 0 and plain and not (waiting or stale or left):
            aged, state = True, (step, before, end, decoding, context, slots, lag_blocks, freed, busy, sequence_time)
            (
                step, before, end, decoding, context, slots, lag_blocks, freed, busy, sequence_time,
                prefilled, most_context, most_running, seen, pledged, coming,
            ) = quick(inbox, until, (*state, prefilled, most_context, most_running, seen, pledged, coming))  # fmt: skip
        now = before if lag else end
        # 1. Sequences that finished are freed.
        while frees and frees[0][0] <= step:
            _, blocks, request = frees.popleft()
            pledged -= holds[request]
            slots -= 1
            lag_blocks -= blocks
            freed += blocks
            if cache is not None:
                cache.release(request)
        # 2. Arrivals up to now are queued; an empty engine jumps to the next, or asks for more.
        if not slots and not waiting and coming > now:
            now = before = end = max(end, min(coming, until))
        if now >= until:
            tally.steps, tally.busy, tally.sequence_time, tally.prefilled = step, busy, sequence_time, prefilled
            tally.most_context, tally.most_running = most_context, most_running
            tally.waiting = len(waiting) + len(inbox) - seen
            tally.present, tally.room, tally.same_until = slots + tally.waiting, total - pledged, 0
            if plain and partial < 0 and pledged <= total and not (tally.waiting or frees or stale):
                next_step = decode[decoding] + per_context * (
                    context + decoding
                )  # the next step, the shortest of these
                tally.same_until = end + next_step * ((finishes[0] >> ID_BITS) - step) if finishes else NEVER
            until = yield
            coming = arrival[inbox[seen]] if seen < len(inbox) else NEVER
            continue
        while coming <= now:
            request = inbox[seen]
            waiting.append(request)
            pledged += holds[request]
            if note_queued:
                book.queued[request] = now
            seen += 1
            coming = arrival[inbox[seen]] if seen < len(inbox) else NEVER
        # 3. How many even steps lie ahead: to the next finish, at most.
        while stale and alive.get(finishes[0] & ID_MASK) != finishes[0]:
            heappop(finishes)
            stale -= 1
        ahead = (finishes[0] >> ID_BITS) - step + 1 if jump and finishes else 1
        admitting = partial >= 0 or (len(waiting) > 0 and slots < most_sequences and decoding < most_decoding)
        steps = 1 if admitting else ahead
        # 4. Blocks: counted only where they might run short before the next finish.
        free = NEVER
        if pledged > total:
            bound = context + decoding * (ahead + BLOCK) + (lag_blocks + len(waiting)) * BLOCK + partial_target
        if (pledged > total and bound > admission_room) or left or cache is not None:
            if aged:
                aged, phases = False, phases_of(alive.items(), prompt, output)
            held = (context - shared_tokens + unfilled(phases, step - 1)) // BLOCK
            held += lag_blocks - (partial_shared - partial_target) // BLOCK
            held += cache.referenced_blocks if cache is not None else 0
            free = total - held
            need = phases[(1 - step) & 15]
            if need > free:
                admitting, steps, most_context = False, 1, max(most_context, context)
            # 4a. Preempt the last admitted until the others can go on; nobody is admitted in this step.
            while need > free:
                if partial >= 0:
                    victim, shared = partial, partial_shared
                    blocks = -((partial_shared - partial_target) // BLOCK)
                    partial, partial_target, partial_shared = -1, 0, 0
                else:
                    victim, entry = alive.popitem()
                    stale += 1
                    done = prompt[victim] + output[victim] - (entry >> ID_BITS) + step - 2
                    phases[(done - step + 1) & 15] -= 1
                    need = phases[(1 - step) & 15]
                    decoding -= 1
                    context -= done
                    generated[victim] = done + 1 - prompt[victim]
                    shared = cache.shared_tokens(victim) if cache is not None else 0
                    shared_tokens -= shared
                    blocks = -((shared - done) // BLOCK)
                    left[victim] = (total + freed - hits, blocks)
                if cache is not None:
                    free += cache.release(victim)
                slots -= 1
                freed += blocks
                free += blocks
                waiting.appendleft(victim)
                book.preempted[victim] += 1
            free -= need
            # 4b. The first in the queue does not fit: nothing changes until someone finishes.
            if admitting and partial < 0:
                target = prompt[waiting[0]] + generated.get(waiting[0], 0)
                blocks = -(-target // BLOCK) if cache is None else cache.blocks_needed(waiting[0], target, free)
                if blocks > free:
                    admitting, steps = False, ahead
            # 4c. Jump no further than the free blocks reach.
            if steps > 1:
                reach, room = 1 + free // decoding * BLOCK, free % decoding
                while reach < steps and phases[(1 - step - reach) & 15] <= room:
                    room -= phases[(1 - step - reach) & 15]
                    reach += 1
                if reach < steps:
                    steps = min(reach, frees[0][0] - step) if frees else reach
            if cache is not None and not admitting:
                cache.shrink(free)
        if steps > 1 and frees and waiting and frees[0][0] - step < steps:
            steps = frees[0][0] - step
        # 5. Prefill: the one under way, then the waiting while budget, sequences and blocks last.
        prefill = 0
        if admitting:
            half_pairs, budget = 0, token_budget if apart else token_budget - decoding
            ended: list[tuple[int, int, int]] = []  # request, target, tokens in shared blocks
            if partial >= 0:
                chunk = min(partial_target - partial_done, budget)
                prefill += chunk
                half_pairs += chunk * (2 * partial_done + chunk)
                partial_done += chunk
                budget -= chunk
                if partial_done == partial_target:
                    ended.append((partial, partial_target, partial_shared))
                    partial, partial_target, partial_shared = -1, 0, 0
            while waiting and budget > 0 and slots < most_sequences and partial < 0:
                request = waiting[0]
                target = prompt[request]
                if generated:
                    target += generated.get(request, 0)
                if apart and prefill and target > budget:
                    break
                reused = shared = 0
                if free != NEVER:
                    blocks = -(-target // BLOCK) if cache is None else cache.blocks_needed(request, target, free)
                    if blocks > free:
                        break
                    if cache is not None:
                        reused, shared = cache.hold(request, target)
                    elif request in left:
                        taken = freed + (total - free) - hits  # free blocks handed out so far
                        kept = still_there(left, request, taken, target) * int(limits.reuse_after_preemption)
                        hits, reused = hits + kept, kept * BLOCK
                    free -= blocks
                waiting.popleft()
                slots += 1
                if scheduled[request] < 0:
                    scheduled[request] = now
                    book.cached[request] = reused
                else:
                    tally.recomputed += target - reused
                chunk = target - reused
                if chunk > budget:
                    chunk = budget
                    partial, partial_done, partial_target, partial_shared = request, reused + chunk, target, shared
                else:
                    ended.append((request, target, shared))
                prefill += chunk
                half_pairs += chunk * (2 * reused + chunk)
                budget -= chunk
            if cache is not None:
                cache.shrink(free)
            most_running = max(most_running, slots)
        # 6. The steps themselves.
        if prefill:
            took = mixed(0, 0, prefill, half_pairs) if apart else mixed(decoding, context, prefill, half_pairs)
            before, end = end, end + took
            prefilled += prefill
            steps = 0 if apart else 1
        elif decoding:
            limit = coming if coming < until and (note_queued or not waiting) else until
            jumped = steps > 1
            begin = end
            steps, before, end = even(steps, decoding, context, begin, limit)
            took = end - begin
            if cache is not None and jumped:
                later = context - shared_tokens + decoding * steps + unfilled(phases, step + steps - 1)
                cache.shrink(total - later // BLOCK - lag_blocks - cache.referenced_blocks)
        else:
            before, took = end, 0
        busy, sequence_time = busy + took, sequence_time + took * decoding
        context += decoding * steps
        step += steps
        # 7. Who finished.
        while finishes and finishes[0] >> ID_BITS < step:
            entry = heappop(finishes)
            request = entry & ID_MASK
            if stale and alive.get(request) != entry:
                stale -= 1
                continue
            del alive[request]
            if context > most_context:  # noqa: PLR1730  # a call of max costs as much as the rest of a finish
                most_context = context
            last[request] = end
            target = prompt[request] + output[request] - 1
            decoding -= 1
            context -= target
            phases[(target - step + 1) & 15] -= 1
            shared = cache.shared_tokens(request) if cache is not None else 0
            shared_tokens -= shared
            lag_blocks -= (shared - target) // BLOCK
            frees.append((step + lag, -((shared - target) // BLOCK), request))
        # 8. Whose prompt is done: the first token is out.
        if prefill:
            for request, target, shared in ended:
                had = target - prompt[request]
                if had:
                    del generated[request]
                else:
                    first[request] = end
                if had + 1 >= output[request]:
                    last[request] = end
                    lag_blocks -= (shared - target) // BLOCK
                    frees.append((step + lag, -((shared - target) // BLOCK), request))
                    continue
                entry = (step + output[request] - had - 2) << ID_BITS | request
                alive[request] = entry
                heappush(finishes, entry)
                decoding += 1
                context += target
                shared_tokens += shared
                phases[(target - step + 1) & 15] += 1
