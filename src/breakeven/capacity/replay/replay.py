"""A trace replayed on a fleet of replicas: who serves which request, and how long each waits for its tokens.

A replica is `engine.replica`. Requests are routed one at a time, at the moment they arrive, by what a
router knows then. A replica that starts cold takes requests when it is up; one that is lost gives its unfinished
requests back, to be served from the start by the others. Beyond a limit on the queue, requests spill to the
hosted service.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Literal

from breakeven.capacity.replay.engine import replica
from breakeven.capacity.replay.ledger import BLOCK, NEVER, Ledger, Limits, Tally, ledger
from breakeven.capacity.replay.prefix_cache import PrefixCache
from breakeven.capacity.replay.processes import Share, answered, begun, ended, processes_for, share_of, written_back
from breakeven.capacity.replay.step_costs import PICOSECONDS, StepCosts, in_picoseconds
from breakeven.capacity.replay.trace import Trace
from breakeven.problems import Problem

Routing = Literal["round_robin", "least_loaded", "prefix_aware"]
MOST_REPLICAS = 100_000  # whose every step is replayed
CROWDED = 2  # a replica with the prompt's prefix is passed over when it has this many times the least load …
CROWDED_MARGIN = 8  # … and as many requests more


@dataclass(frozen=True, slots=True, kw_only=True)
class Replicas:
    """Replicas of one kind. Seconds count from the trace's first arrival."""

    replicas: int
    limits: Limits
    costs: StepCosts
    routing: Routing = "round_robin"
    ready_seconds: tuple[float, ...] = ()  # when each replica is up; those not named are up at once
    lost_seconds: tuple[tuple[int, float], ...] = ()  # replica, and when it is lost for good
    serving_from: tuple[tuple[float, int], ...] = ()  # from then on the first so many take requests; others drain
    spill_above_waiting: int | None = None  # spill when every replica has this many waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What became of every request, and what every replica did."""

    trace: Trace
    book: Ledger
    tallies: tuple[Tally, ...]
    spilled: tuple[int, ...]
    restarted: int  # requests begun anew because their replica was lost
    request_seconds: float = 0.0  # between client and engine, every request


class TooLong(Problem):
    """A request that the KV cache of one replica cannot hold."""

    def __init__(self, number: int, tokens: int, limits: Limits) -> None:
        room = limits.kv_blocks * BLOCK
        super().__init__(
            f"request {number + 1} holds {tokens:,} tokens at its end, and the KV cache of a replica {room:,}",
            fix="Give the replica more memory (more or larger GPUs, smaller weights), or leave the request out.",
        )


def replay(
    trace: Trace, fleet: Replicas, *, jump: bool = True, note_queued: bool = False, processes: int | None = None
) -> Replayed:
    """Replay a trace. `jump` off takes every step singly: the same answer, slowly.

    `processes`: so many replay replicas beside each other, where they ask nothing of each other; None: as many as pay.
    """
    _refuse(trace, fleet)
    book = ledger(list(trace.arrival), list(trace.prompt), list(trace.output))
    run = _Run(trace, fleet, book, jump=jump, note_queued=note_queued)
    if _known_beforehand(fleet):
        _dealt(run, processes or processes_for(len(trace), fleet.replicas))
    else:
        run.routed()
    return Replayed(
        trace=trace,
        book=book,
        tallies=tuple(run.tallies),
        spilled=tuple(run.spilled),
        restarted=run.restarted,
        request_seconds=fleet.costs.per_request,
    )


def _known_beforehand(fleet: Replicas) -> bool:
    """Whether who serves which request is decided by the clock alone."""
    if fleet.lost_seconds or fleet.spill_above_waiting is not None:
        return False
    return fleet.replicas == 1 or fleet.routing == "round_robin"


class _Run:
    """One replay under way."""

    def __init__(self, trace: Trace, fleet: Replicas, book: Ledger, *, jump: bool, note_queued: bool) -> None:
        self.trace, self.fleet, self.book = trace, fleet, book
        count = fleet.replicas
        self.ready = [*(round(ready_second * PICOSECONDS) for ready_second in fleet.ready_seconds), *([0] * count)][
            :count
        ]
        self.lost = {number: round(lost_second * PICOSECONDS) for number, lost_second in fleet.lost_seconds}
        self.tallies = [Tally() for _ in range(count)]
        self.caches = [self._cache() for _ in range(count)]
        self.spilled: list[int] = []
        self.restarted = self.turn = 0
        self.all = list(range(count)) if not self.lost and not any(self.ready) else None
        self.coming = [(round(at * PICOSECONDS), taking) for at, taking in reversed(fleet.serving_from)]
        self.taking = count
        self.costs = in_picoseconds(fleet.costs, fleet.limits.most_sequences)
        self.how = {"jump": jump, "note_queued": note_queued}
        self.pairs: list[tuple[Generator[None, int, None], Tally]] = []

    def engine(self, number: int) -> Generator[None, int, None]:
        """The engine of a replica, ready to be told the time."""
        cache, ready = self.caches[number], self.ready[number]
        its = replica(
            self.fleet.limits, self.costs, self.book, self.tallies[number], cache=cache, ready=ready, **self.how
        )
        next(its)
        return its

    def _cache(self) -> PrefixCache | None:
        trace = self.trace
        return PrefixCache(trace.hashes, trace.prompt, trace.hash_tokens) if trace.hashes else None

    def routed(self) -> None:
        """One arrival or loss after the other, all replicas brought up to that moment first."""
        self.pairs = [(self.engine(number), tally) for number, tally in enumerate(self.tallies)]
        if self.lost:
            self._routed_with_losses()
        else:
            for number, at in enumerate(self.trace.arrival):
                self._bring_up_to(at)
                self._assign(number, at)
        for number, (engine, _) in enumerate(self.pairs):
            if number not in self.lost:
                engine.send(NEVER)

    def _routed_with_losses(self) -> None:
        events = [(at, 1, number) for number, at in enumerate(self.book.arrival)]
        events += [(at, 0, number) for number, at in self.lost.items()]
        events.sort()
        events.reverse()
        again: list[tuple[int, int, int]] = []
        while events or again:
            own = not again or (bool(events) and events[-1] <= again[0])
            at, kind, number = events.pop() if own else heappop(again)
            self._bring_up_to(at)
            if kind:
                self._assign(number, at)
            else:
                for request in self._lose(number, at):
                    heappush(again, (at, 1, request))

    def _bring_up_to(self, at: int) -> None:
        """Every replica that somebody may have left; an idle one, and one that goes on decoding, stay as they are."""
        lost = self.lost
        for number, (engine, tally) in enumerate(self.pairs):
            if tally.present and (tally.same_until < at or lost) and (not lost or lost.get(number, NEVER) >= at):
                engine.send(at)

    def taking_at(self, at: int) -> list[int]:
        """The replicas that take requests at that moment; none when all are lost."""
        while self.coming and self.coming[-1][0] <= at:
            self.taking = self.coming.pop()[1]
            self.all = self.all and list(range(self.taking))
        return self.all or self._up(at)

    def _assign(self, request: int, at: int) -> None:
        choice = self.taking_at(at)
        limit = self.fleet.spill_above_waiting
        if not choice or (limit is not None and all(self.tallies[number].waiting >= limit for number in choice)):
            self.spilled.append(request)
            return
        chosen = self._choose(choice, request)
        self.book.arrival[request] = at
        tally = self.tallies[chosen]
        tally.inbox.append(request)
        tally.present += 1
        tally.waiting += 1
        tally.room -= self.book.held[request]
        if tally.room < 0 or limit is not None:
            tally.same_until = 0
        else:  # it takes this long at least, and others leave no sooner for it
            leaves_at = at + (self.book.output[request] - 2) * self.costs.decode[1]
            tally.same_until = min(tally.same_until, leaves_at)

    def _up(self, at: int) -> list[int]:
        up = [each for each in range(self.taking) if self.lost.get(each, NEVER) > at]
        return [each for each in up if self.ready[each] <= at] or up

    def _choose(self, choice: list[int], request: int) -> int:
        if self.fleet.routing == "round_robin":
            self.turn += 1
            return choice[(self.turn - 1) % len(choice)]
        loads = [self.tallies[replica].present for replica in choice]
        least = choice[loads.index(min(loads))]
        if self.fleet.routing == "prefix_aware" and self.trace.hashes:
            load = dict(zip(choice, loads, strict=True))
            bearable = [number for number in choice if load[number] <= CROWDED * load[least] + CROWDED_MARGIN]
            return max(bearable, key=lambda number: (self._matched(number, request), -load[number], -number))
        return least

    def _matched(self, number: int, request: int) -> int:
        cache = self.caches[number]
        return cache.matched(request) if cache is not None else 0

    def _lose(self, number: int, at: int) -> list[int]:
        """Take the unfinished requests from a replica; what it had produced of them is lost."""
        book, inbox = self.book, self.tallies[number].inbox
        unfinished = [unserved for unserved in inbox if not book.last[unserved] or book.last[unserved] > at]
        for request in unfinished:
            book.first[request] = book.last[request] = 0
            book.scheduled[request] = -1
        gone = set(unfinished)
        self.tallies[number].inbox = [unserved for unserved in inbox if unserved not in gone]
        self.restarted += len(unfinished)
        return unfinished


def _dealt(run: _Run, processes: int) -> None:
    """Nothing is asked of the replicas: each replays its share in one go, some in other processes."""
    inboxes, fleet = _inboxes(run), run.fleet
    for tally, inbox in zip(run.tallies, inboxes, strict=True):
        tally.inbox.extend(inbox)
    parts = [range(first, fleet.replicas, processes) for first in range(min(processes, fleet.replicas))]
    workers = [begun([_share(run, number, inboxes[number]) for number in part]) for part in parts[1:]]
    with ended(workers):
        for number in parts[0]:
            run.engine(number).send(NEVER)
        for worker, part in zip(workers, parts[1:], strict=True):
            answer = answered(worker)
            for place, number in enumerate(part):
                if answer is None:
                    run.engine(number).send(NEVER)
                else:
                    written_back(run.book, inboxes[number], answer[place], run.tallies[number])


def _share(run: _Run, number: int, inbox: Sequence[int]) -> Share:
    trace, fleet = run.trace, run.fleet
    return share_of(
        run.book,
        inbox,
        hashes=trace.hashes,
        hash_tokens=trace.hash_tokens,
        limits=fleet.limits,
        costs=fleet.costs,
        ready=run.ready[number],
        **run.how,
    )


def _inboxes(run: _Run) -> list[Sequence[int]]:
    """In turn, to those that take requests at that moment."""
    count, requests = run.fleet.replicas, len(run.trace)
    if run.all and not run.coming:
        return [range(number, requests, count) for number in range(count)]
    found: list[list[int]] = [[] for _ in range(count)]
    for number, at in enumerate(run.trace.arrival):
        choice = run.taking_at(at)
        found[choice[number % len(choice)]].append(number)
    return list(found)


def _refuse(trace: Trace, fleet: Replicas) -> None:
    if fleet.replicas < 1:
        raise Problem(f"a fleet of {fleet.replicas} replicas serves nobody", fix="Give one replica or more.")
    if fleet.replicas > MOST_REPLICAS:
        fix = f"Replay at most {MOST_REPLICAS:,}, or a part of the trace on a part of the fleet."
        raise Problem(f"a fleet of {fleet.replicas:,} replicas is too large to replay", fix=fix)
    if any(not 1 <= taking <= fleet.replicas for _, taking in fleet.serving_from):
        raise Problem("more replicas take requests than there are, or none", fix=f"Give 1 to {fleet.replicas}.")
    if any(not 0 <= number < fleet.replicas for number, _ in fleet.lost_seconds):
        raise Problem("a replica is lost that is not in the fleet", fix=f"Count from 0 to {fleet.replicas - 1}.")
    most = fleet.limits.kv_blocks * BLOCK
    for number, (prompt, output) in enumerate(zip(trace.prompt, trace.output, strict=True)):
        if prompt + output > most:
            raise TooLong(number, prompt + output, fleet.limits)
