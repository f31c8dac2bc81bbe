"""A serving replay as small as it can be: what the real one's speed is measured against.

One queue a replica, no memory, no preemption, no routing but in turn, seconds as floats: prompts whole within a
token budget, stretches of pure decoding jumped. Good for a yardstick only.
"""

from __future__ import annotations

from heapq import heappop, heappush
from math import inf, sqrt

from breakeven.capacity.replay.step_costs import PICOSECONDS, StepCosts
from breakeven.capacity.replay.trace import Trace

Times = list[float]


def replayed(trace: Trace, costs: StepCosts, replicas: int, budget: int) -> tuple[Times, Times]:
    """Seconds of the first and of the last token of every request."""
    first, last = [0.0] * len(trace), [0.0] * len(trace)
    arrival = [each / PICOSECONDS for each in trace.arrival]
    for number in range(replicas):
        _one(list(range(number, len(trace), replicas)), arrival, trace, costs, budget, first, last)
    return first, last


def _one(  # noqa: PLR0915, PLR0917  one loop over local names, as the real one
    inbox: list[int], arrival: Times, trace: Trace, costs: StepCosts, budget: int, first: Times, last: Times
) -> None:
    prompt, output, count = trace.prompt, trace.output, len(inbox)
    overhead, weights, per_token = costs.overhead, costs.weights, costs.per_token
    per_sequence, per_context = costs.per_sequence, costs.per_context_token
    running: list[tuple[int, int]] = []  # the step after which it is done, and who
    now, step, seen, context, decoding = 0.0, 0, 0, 0, 0
    while seen < count or running:
        if not running and arrival[inbox[seen]] > now:
            now = arrival[inbox[seen]]
        came, prefill = seen, 0
        while seen < count and arrival[inbox[seen]] <= now and (not prefill or prefill < budget):
            prefill += prompt[inbox[seen]]
            seen += 1
        one = overhead + max(weights, per_token * (decoding + prefill)) + per_sequence * decoding
        one += per_context * (context + decoding)
        steps, growth = 1, per_context * decoding
        if not prefill:
            steps, due = running[0][0] - step, (arrival[inbox[seen]] if seen < count else inf) - now
            if steps > 1 and one * steps + growth * steps * (steps - 1) / 2 > due:
                half = one - growth / 2
                steps = min(steps, int((sqrt(half * half + 2 * growth * due) - half) / growth) + 1)
        now += one * steps + growth * steps * (steps - 1) / 2
        step, context = step + steps, context + decoding * steps
        while running and running[0][0] <= step:
            request = heappop(running)[1]
            last[request] = now
            decoding -= 1
            context -= prompt[request] + output[request] - 1
        for request in inbox[came:seen]:
            first[request] = last[request] = now
            if output[request] > 1:
                heappush(running, (step + output[request] - 1, request))
                decoding += 1
                context += prompt[request]
