"""The same engine written plainly, every step and every sequence by itself: what the replay is checked against."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from breakeven.capacity.replay.ledger import BLOCK, Limits
from breakeven.capacity.replay.step_costs import Picoseconds


@dataclass
class Request:
    number: int
    arrival: int
    prompt: int
    output: int
    context: int = 0  # tokens in the KV cache
    target: int = 0  # tokens to prefill
    generated: int = 0
    blocks: int = 0
    scheduled: int = -1
    first: int = 0
    last: int = 0
    preempted: int = 0
    left: list[int] = field(default_factory=lambda: [0])  # its blocks in the queue of free ones


def blocks_of(tokens: int) -> int:
    return -(-tokens // BLOCK)


class NaiveEngine:
    def __init__(self, limits: Limits, costs: Picoseconds, requests: list[Request]) -> None:
        self.limits, self.costs, self.requests = limits, costs, requests
        self.queue = deque([[limits.kv_blocks]])  # the free blocks, oldest first, by who left them
        self.waiting: deque[Request] = deque()
        self.running: list[Request] = []
        self.ended: list[tuple[int, Request]] = []

    @property
    def free(self) -> int:
        return sum(each[0] for each in self.queue)

    def take(self, count: int) -> None:
        while count:
            taken = min(self.queue[0][0], count)
            self.queue[0][0] -= taken
            count -= taken
            if not self.queue[0][0]:
                self.queue.popleft()

    def give(self, request: Request, *, reusable: bool) -> None:
        own = [request.blocks]
        self.queue.append(own)
        request.left = own if reusable else [0]
        request.blocks = 0

    def run(self) -> None:
        coming, step, before, end = deque(self.requests), 0, 0, 0
        while coming or self.waiting or self.running:
            now = before if self.limits.lookahead else end
            for due, request in [each for each in self.ended if each[0] <= step]:
                self.ended.remove((due, request))
                self.running.remove(request)
                self.give(request, reusable=False)
            if not self.running and not self.waiting:
                if not coming:
                    break
                if coming[0].arrival > now:
                    now = before = end = max(coming[0].arrival, end)
            while coming and coming[0].arrival <= now:
                coming[0].target = coming[0].prompt
                self.waiting.append(coming.popleft())
            took = self.step(step, now, end)
            before, end, step = end, end + took, step + 1

    def step(self, step: int, now: int, end: int) -> int:
        work = self.schedule(now)
        decoding = context = prefill = half_pairs = 0
        done = []
        for request, tokens in work:
            if request.context < request.target:
                prefill += tokens
                half_pairs += tokens * (2 * request.context + tokens)
            else:
                decoding += 1
                context += request.context + 1
            request.context += tokens
            if request.context >= request.target:
                request.generated += 1
                done.append(request)
        took = self.took(decoding, context, prefill, half_pairs) if work else 0
        for request in done:
            if request.generated == 1:
                request.first = end + took
            if request.generated == request.output:
                request.last = end + took
                self.ended.append((step + 1 + int(self.limits.lookahead), request))
        return took

    def took(self, decoding: int, context: int, prefill: int, half_pairs: int) -> int:
        costs = self.costs
        took = costs.overhead + max(costs.weights, costs.per_token * (decoding + prefill))
        took += costs.per_sequence * decoding + costs.per_context_token * context
        if prefill:
            took += costs.per_prefill_step + costs.per_prefill_half_pair * half_pairs
        return took

    def schedule(self, now: int) -> list[tuple[Request, int]]:
        work, preempting = self.schedule_running()
        alone = self.limits.prompts_first
        budget = self.limits.token_budget - sum(
            tokens for each, tokens in work if each.context < each.target or not alone
        )
        while not preempting and self.waiting and budget > 0 and len(self.running) < self.limits.most_sequences:
            if alone and self.prompts(work) and self.waiting[0].target > budget:
                break
            tokens = self.admit(self.waiting[0], budget, now)
            if not tokens:
                break
            work.append((self.waiting.popleft(), tokens))
            budget -= tokens
        return (alone and self.prompts(work)) or work

    def prompts(self, work: list[tuple[Request, int]]) -> list[tuple[Request, int]]:
        return [each for each in work if each[0].context < each[0].target]

    def schedule_running(self) -> tuple[list[tuple[Request, int]], bool]:
        budget, work, preempting, position = self.limits.token_budget, [], False, 0
        while position < len(self.running):
            request = self.running[position]
            position += 1
            if request.generated >= request.output:
                continue
            chunk = request.target - request.context
            tokens = min(chunk, budget) if chunk > 0 else 1
            needed = blocks_of(request.context + tokens) - request.blocks
            while needed > self.free and request in self.running:
                preempting = True
                self.preempt(next(each for each in reversed(self.running) if each.generated < each.output))
            if request not in self.running:
                break
            if needed > 0:
                self.take(needed)
                request.blocks += needed
            work.append((request, tokens))
            budget -= 0 if self.limits.prompts_first and chunk <= 0 else tokens
        return work, preempting

    def preempt(self, victim: Request) -> None:
        self.running.remove(victim)
        self.give(victim, reusable=victim.context >= victim.target)
        victim.target, victim.context = victim.prompt + victim.generated, 0
        victim.preempted += 1
        self.waiting.appendleft(victim)

    def admit(self, request: Request, budget: int, now: int) -> int:
        needed = blocks_of(request.target)
        if needed > self.free:
            return 0
        kept = min(request.left[0], (request.target - 1) // BLOCK) if self.limits.reuse_after_preemption else 0
        request.left[0] -= kept
        self.take(needed - kept)
        request.left = [0]
        request.blocks, request.context = needed, kept * BLOCK
        if request.scheduled < 0:
            request.scheduled = now
        self.running.append(request)
        return min(request.target - request.context, budget)
