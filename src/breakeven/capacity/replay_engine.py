"""One replica of an engine, replayed: continuous batching as vLLM does it, with idle and even stretches jumped.

What is modelled, step by step: running sequences first, each one token; then the waiting ones in order of
arrival, their prompts cut to the step's token budget (chunked prefill); KV blocks are taken as sequences grow,
and when none is free the last admitted sequence is preempted, goes to the front of the queue and is computed
again, but for its blocks that nobody took meanwhile; a prompt is admitted only when all of it fits. An engine
that schedules one step ahead (`lookahead`) sees arrivals and finished sequences a step later.

A step's duration is linear in the context its sequences hold, and that grows by one token each: a stretch
of steps in which nobody arrives, finishes or is preempted is a quadratic sum, computed at once. All times are
whole picoseconds, so the sum is the same to the last digit as adding the steps.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from heapq import heappop, heappush
from math import sqrt
from operator import add

from breakeven.capacity.prefix_cache import PrefixCache
from breakeven.capacity.replay_book import BLOCK, Ledger, Limits, Tally
from breakeven.capacity.step_costs import Picoseconds

ID_BITS = 26  # a finish is `step << ID_BITS | request`: one integer in the heap
ID_MASK = (1 << ID_BITS) - 1
NEVER = 1 << 62
CYCLE = tuple(range(BLOCK))


def steps_to_cover(seconds: int, first: int, growth: int) -> int:
    """The fewest steps that last at least this long, the first lasting `first`, each `growth` longer."""
    if seconds <= 0:
        return 0
    if growth:
        half = first - growth / 2
        steps = int((sqrt(half * half + 2.0 * growth * seconds) - half) / growth)
    else:
        steps = seconds // first
    while steps * first + growth * (steps * (steps - 1) // 2) < seconds:
        steps += 1
    while steps > 1 and (steps - 1) * first + growth * ((steps - 1) * (steps - 2) // 2) >= seconds:
        steps -= 1
    return steps


# The state lives in local names for speed: as attributes the loop runs at half of it (docs/method/replay.md),
# and cut into functions it passes twenty values to and fro. Hence one long generator, in numbered parts.
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
    """Replays what is put into `tally.inbox` (in order of arrival); send it the time up to which that is complete.

    `jump` off takes every step singly; `note_queued` notes when the engine saw each request.
    """
    arrival, prompt, output = book.arrival, book.prompt, book.output
    scheduled, first, last = book.scheduled, book.first, book.last
    inbox, decode = tally.inbox, costs.decode
    per_context, total, lag = costs.per_context_token, limits.kv_blocks, int(limits.lookahead)
    most_sequences, token_budget = limits.most_sequences, limits.token_budget
    most_tokens = total * BLOCK
    longest = max(map(add, prompt, output), default=0)
    waiting: deque[int] = deque()
    finishes: list[int] = []  # heap of step << ID_BITS | request
    alive: dict[int, int] = {}  # decoding request: its entry in the heap
    order: list[int] = []  # entries in order of admission; stale ones are skipped
    frees: deque[tuple[int, int, int]] = deque()  # step at which, blocks, request of a finished one
    phases = [0] * BLOCK  # sequences by (context − step) mod 16: who needs a block at which step
    generated: dict[int, int] = {}  # tokens a preempted request had produced
    left: dict[int, tuple[int, int]] = {}  # preempted request: where its blocks stand in the queue of free ones
    partial, partial_done, partial_target, partial_shared = -1, 0, 0, 0
    step, before, end = 0, ready, ready  # `end` of the step before, `before` of the one before that
    decoding = context = slots = 0
    lag_blocks = shared_tokens = 0  # blocks of finished sequences not yet freed; tokens in shared blocks
    freed = hits = 0  # blocks ever freed, blocks ever taken back from the free ones
    seen = 0
    until = yield
    while True:
        now = before if lag else end
        # 1. Sequences that finished are freed.
        while frees and frees[0][0] <= step:
            _, blocks, request = frees.popleft()
            slots -= 1
            lag_blocks -= blocks
            freed += blocks
            if cache is not None:
                cache.release(request)
        # 2. Arrivals up to now are queued; an empty engine waits for the next.
        if now >= until or (not slots and not waiting and seen == len(inbox)):
            tally.present, tally.waiting = slots + len(waiting) + len(inbox) - seen, len(waiting) + len(inbox) - seen
            until = yield
            continue
        if not slots and not waiting:
            at = arrival[inbox[seen]]
            if at > now:
                if at >= until:
                    tally.present, tally.waiting = len(inbox) - seen, len(inbox) - seen
                    until = yield
                    continue
                now = before = end = max(at, end)
        while seen < len(inbox) and arrival[inbox[seen]] <= now:
            waiting.append(inbox[seen])
            if note_queued:
                book.queued[inbox[seen]] = now
            seen += 1
        # 3. How many even steps lie ahead: to the next finish, at most.
        while finishes and alive.get(finishes[0] & ID_MASK) != finishes[0]:
            heappop(finishes)
        ahead = (finishes[0] >> ID_BITS) - step + 1 if jump and finishes else 1
        admitting = partial >= 0 or (waiting and slots < most_sequences and decoding < token_budget)
        # 4. Blocks: counted only where a bound on them says that they might run short.
        steps = 1 if admitting else ahead
        bound = context + decoding * (steps + BLOCK) + lag_blocks * BLOCK
        if admitting:
            bound += partial_target + token_budget + longest + (len(waiting) + 1) * BLOCK
        free = NEVER
        if bound > most_tokens or left or cache is not None:
            held = (context - shared_tokens + sum([phases[c] * (-(c + step - 1) & 15) for c in CYCLE])) // BLOCK
            held += lag_blocks - (partial_shared - partial_target) // BLOCK
            held += cache.referenced_blocks if cache is not None else 0
            free = total - held
            need = phases[(1 - step) & 15]
            if need > free:
                admitting, steps = False, 1
            # 4a. Preempt the last admitted until the others can go on; nobody is admitted in this step.
            while need > free:
                if partial >= 0:
                    victim, shared = partial, partial_shared
                    blocks = -((partial_shared - partial_target) // BLOCK)
                    partial, partial_target, partial_shared = -1, 0, 0
                else:
                    while alive.get(order[-1] & ID_MASK) != order[-1]:
                        order.pop()
                    entry = order.pop()
                    victim = entry & ID_MASK
                    del alive[victim]
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
                    free += cache.referenced_blocks
                    cache.release(victim)
                    free -= cache.referenced_blocks
                slots -= 1
                freed += blocks
                free += blocks
                waiting.appendleft(victim)
                book.preempted[victim] += 1
            free -= need
            # 4b. The first in the queue does not fit: nothing changes until someone finishes.
            if admitting and partial < 0:
                target = prompt[waiting[0]] + generated.get(waiting[0], 0)
                if cache is not None:
                    cache.shrink(free)
                    blocks = cache.blocks_needed(waiting[0], target)
                else:
                    blocks = -(-target // BLOCK)
                if blocks > free:
                    admitting, steps = False, ahead
            # 4c. Jump no further than the free blocks reach.
            if steps > 1:
                reach = 1 + free // decoding * BLOCK
                room = free % decoding
                while reach < steps and phases[(1 - step - reach) & 15] <= room:
                    room -= phases[(1 - step - reach) & 15]
                    reach += 1
                if reach < steps:
                    steps = min(reach, frees[0][0] - step) if frees else reach
        if frees and waiting and steps > 1:
            steps = min(steps, frees[0][0] - step)
        # 5. Prefill: the one under way, then the waiting while budget, sequences and blocks last.
        prefill = half_pairs = 0
        ended: list[tuple[int, int]] = []
        if admitting:
            budget = token_budget - decoding
            if partial >= 0:
                chunk = min(partial_target - partial_done, budget)
                prefill += chunk
                half_pairs += chunk * (2 * partial_done + chunk)
                partial_done += chunk
                budget -= chunk
                if partial_done == partial_target:
                    ended.append((partial, partial_shared))
                    partial = -1
            while waiting and budget > 0 and slots < most_sequences and partial < 0:
                request = waiting[0]
                before_tokens = generated.get(request, 0)
                target = prompt[request] + before_tokens
                found = shared = 0
                if cache is not None:
                    cache.shrink(free)
                    blocks = cache.blocks_needed(request, target)
                    if blocks > free:
                        break
                    found, shared = cache.hold(request, target)
                    free -= blocks
                elif free != NEVER:
                    blocks = -(-target // BLOCK)
                    if blocks > free:
                        break
                    if before_tokens and limits.reuse_after_preemption and request in left:
                        place, count = left.pop(request)
                        taken = freed + (total - free) - hits  # free blocks handed out so far
                        kept = min(max(place + count - max(taken, place), 0), (target - 1) // BLOCK)
                        hits += kept
                        found = kept * BLOCK
                        for other, (there, size) in left.items():
                            if there > place:
                                left[other] = (there - kept, size)
                    free -= blocks
                waiting.popleft()
                slots += 1
                if scheduled[request] < 0:
                    scheduled[request] = now
                    book.cached[request] = found
                chunk = min(target - found, budget)
                if before_tokens:
                    tally.recomputed += target - found
                prefill += chunk
                half_pairs += chunk * (2 * found + chunk)
                budget -= chunk
                if found + chunk < target:
                    partial, partial_done, partial_target, partial_shared = request, found + chunk, target, shared
                else:
                    ended.append((request, shared))
        if cache is not None:
            cache.shrink(free)
        # 6. The steps themselves.
        if prefill:
            tokens = costs.per_token * (decoding + prefill)
            took = (
                costs.overhead
                + costs.per_prefill_step
                + (tokens if tokens > costs.weights else costs.weights)
                + costs.per_sequence * decoding
                + per_context * (context + decoding)
                + costs.per_prefill_half_pair * half_pairs
            )
            steps = 1
            before, end = end, end + took
            tally.prefilled += prefill
        elif decoding:
            one = decode[decoding] + per_context * (context + decoding)
            growth = per_context * decoding
            if steps > 1 and (note_queued or not waiting or until != NEVER):
                limit = until
                if seen < len(inbox) and (note_queued or not waiting) and arrival[inbox[seen]] < limit:
                    limit = arrival[inbox[seen]]
                covered = steps - lag
                if end + covered * one + growth * (covered * (covered - 1) // 2) >= limit:
                    steps = min(steps, max(steps_to_cover(limit - end, one, growth) + lag, 1))
            took = steps * one + growth * (steps * (steps - 1) // 2)
            before = end + took - (one + growth * (steps - 1))
            end += took
            if cache is not None and steps > 1:
                later = context - shared_tokens + decoding * steps
                later += sum([phases[c] * (-(c + step + steps - 1) & 15) for c in CYCLE])
                cache.shrink(total - later // BLOCK - lag_blocks - cache.referenced_blocks)
        else:
            before, steps, took = end, 1, 0
        tally.busy += took
        tally.sequence_time += took * decoding
        tally.steps += steps
        context += decoding * steps
        tally.most_context = max(tally.most_context, context)
        tally.most_running = max(tally.most_running, slots)
        final = step + steps - 1
        # 7. Who finished.
        while finishes and finishes[0] >> ID_BITS == final:
            entry = heappop(finishes)
            request = entry & ID_MASK
            if alive.get(request) != entry:
                continue
            del alive[request]
            held_tokens = prompt[request] + output[request] - 1
            decoding -= 1
            context -= held_tokens
            phases[(held_tokens - final) & 15] -= 1
            last[request] = end
            shared = cache.shared_tokens(request) if cache is not None else 0
            shared_tokens -= shared
            blocks = -((shared - held_tokens) // BLOCK)
            lag_blocks += blocks
            frees.append((final + 1 + lag, blocks, request))
        # 8. Whose prompt is done: the first token is out.
        for request, shared in ended:
            had = generated.pop(request, 0)
            left.pop(request, None)
            target = prompt[request] + had
            if not had:
                first[request] = end
            if had + 1 >= output[request]:
                last[request] = end
                blocks = -((shared - target) // BLOCK)
                lag_blocks += blocks
                frees.append((step + 1 + lag, blocks, request))
                continue
            entry = (step + output[request] - had - 1) << ID_BITS | request
            alive[request] = entry
            heappush(finishes, entry)
            order.append(entry)
            decoding += 1
            context += target
            shared_tokens += shared
            phases[(target - step) & 15] += 1
        if partial < 0:
            partial_target = partial_shared = 0
        step += steps
