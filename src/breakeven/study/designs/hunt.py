"""The best candidate of a field: bounds first, then replays, the most promising first.

What a candidate is worth is what the study says of it: its case is resolved, its speed replayed under the promise,
its best base found.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import inf

import numpy as np

from breakeven.capacity.fit.replica import Replica
from breakeven.capacity.promise.unloaded import NoFleet
from breakeven.capacity.speed.modelled_costs import modelled_costs
from breakeven.capacity.speed.published import Lengths, ThroughputBand
from breakeven.capacity.speed.throughput import saturated_setup
from breakeven.decision.comparison import CRITERION, Comparison
from breakeven.facts import catalog
from breakeven.facts.precisions import precision_named
from breakeven.numbers.inputs import along_scenarios, mean_value, quantile
from breakeven.numbers.operations import pick
from breakeven.study.case.terms.serving import Promised
from breakeven.study.designs.bounds import SPEED, Candidate, Field, alike, at_best_fleet, at_full_use
from breakeven.study.designs.design import Design, pinned
from breakeven.study.judge.assess import comparison_of
from breakeven.study.judge.choices import basis_with_all
from breakeven.study.judge.uses import judged_columns
from breakeven.study.modes import BOUGHT
from breakeven.study.resolve.buying.gates import narrowed_formats
from breakeven.study.resolve.evidence.evaluations import evaluated
from breakeven.study.resolve.resolve import Ground, resolve
from breakeven.study.resolve.serving.fleet import kv_bytes_named, lengths_of
from breakeven.study.resolve.serving.options import market_offers
from breakeven.study.study import Basis

TEST = "refresh_evaluation_cost"
SHARES = (np.arange(33) + 0.5) / 33  # middles of equal shares of the band of a speed
LOOSE, SHARED, OWN = range(3)  # how close a bound is: of busy replicas, of all that cost alike, of the candidate
BREAKS_PROMISE = "cannot keep the promise at any load"
SURE = ("measured", "published", "modelled", "assumed", "constant")  # kinds of evidence, the surest first
BOUNDED = "cannot be worth more than the best, at any speed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """A candidate that was replayed. Money in the case's currency, expected over the speed, all else at its mean.

    `replicas` are those of the named month; `bands` what a replica serves, by workload; `…_alone_seconds` the latency
    of a request that has it for itself, of the slowest workload; `offers` are those published of the GPU.
    """

    candidate: Candidate
    column: str
    hybrid: bool
    net_present_value: float
    monthly_cost: float
    replicas: float
    gpus: float
    bands: tuple[ThroughputBand, ...]
    ttft_alone_seconds: float
    tpot_alone_seconds: float
    offers: int
    to_test: float  # what it costs to judge formats narrower than the maker's and to try a layout, that nobody named

    @property
    def ranked(self) -> float:
        """What it is worth less its tests: what it is compared by."""
        return self.net_present_value - self.to_test

    @property
    def kind(self) -> str:
        """What its speed rests on: the least sure of its workloads."""
        return max((each.kind for each in self.bands), key=SURE.index)


def over_speeds(basis: Basis, comparison: Comparison) -> list[float]:
    """What every column is worth, expected over the speed of a replica; all else stands at its mean.

    A fleet is chosen before its speed is known. A design whose speed is a guess is worth less than its likely speed.
    """
    speed = basis.inputs[SPEED]
    drawn = {SPEED: quantile(SPEED, speed, SHARES)} if speed.uncertain else {}
    values = along_scenarios(comparison.values, basis.inputs, drawn)
    got = comparison.evaluate([CRITERION], **{SPEED: values[SPEED]})[CRITERION]
    worth = pick(got, option=range(len(basis.columns)), scenario=range(SHARES.size if drawn else 1))
    return [float(option_worth) for option_worth in worth.mean(axis=-1)]


@dataclass(slots=True, kw_only=True)
class Hunt:
    """What has been replayed of a field so far, and what could not be, by design."""

    ground: Ground
    among: Field
    promise: Promised
    examined: list[Examined] = field(default_factory=list)
    failed: dict[Design, str] = field(default_factory=dict)
    alone: dict[Design, list[tuple[float, float]]] = field(default_factory=dict)  # latencies, see `_alone`
    tests: dict[Design, float] = field(default_factory=dict)
    floor: float = -inf  # what another model is known to be worth served by us: below it nothing is replayed
    waiting: list[tuple[float, int, int]] = field(default_factory=list)  # bounds, the largest first, and how close
    shared: dict[tuple[int, ...], float] = field(default_factory=dict)  # what none of those that cost alike exceeds

    def __post_init__(self) -> None:
        self.waiting = [
            (self.to_test(each.design) - float(bound), i, LOOSE)
            for i, (each, bound) in enumerate(zip(self.among.candidates, at_full_use(self.among), strict=True))
        ]
        heapq.heapify(self.waiting)

    def to_test(self, design: Design) -> float:
        """What it costs to judge a design's narrower formats, a run of the evaluation each that nothing answers yet; to
        try out an unusual way to share the work counts as one more.
        """
        if design not in self.tests:
            case = self.ground.case
            asked = {*narrowed_formats(pinned(case, design, ()), self.among.model, design.precision)}
            verdicts = [(gate.name, gate.verdict) for gate in case.file.gates]
            verdicts += [(gate.name, gate.verdict) for gate in evaluated(case, self.among.model)]
            answered = {name.lower() for name, verdict in verdicts if verdict != "unknown"}
            once = float(mean_value(TEST, self.ground.base[TEST]))
            self.tests[design] = once * (len(asked - answered) + (design.layout is not None and not self._layout_said))
        return self.tests[design]

    @property
    def _layout_said(self) -> bool:
        return self.ground.case.file.self_hosting.layout is not None

    @property
    def best(self) -> float:
        """The most that is known to be reached."""
        return max((each.ranked for each in self.examined), default=-inf)

    def left_out(self, designs: Sequence[Design]) -> Counter[str]:
        """How many designs were not replayed, by why."""
        seen = {each.candidate.design for each in self.examined}
        return Counter(self.failed.get(each, BOUNDED) for each in designs if each not in seen)

    @property
    def worth(self) -> float:
        """What the model is known to be worth, owned or bought."""
        return max(self.among.bought, self.best)

    @property
    def finished(self) -> bool:
        """Whether no design of the model can be worth more than its best."""
        return not self.waiting or -self.waiting[0][0] <= self.best

    def run(self) -> None:
        """From the largest bound down, each bound closer before it is replayed, until none beats best and floor."""
        while self.waiting and -self.waiting[0][0] > max(self.best, self.floor):
            bound, i, close = heapq.heappop(self.waiting)
            if close == OWN:
                self._look(i)
            elif self.among.candidates[i].design not in self.failed:
                closer = self._of_all_alike(i) if close == LOOSE else at_best_fleet(self.among, i)
                tested = self.to_test(self.among.candidates[i].design)
                heapq.heappush(self.waiting, (max(bound, tested - closer), i, close + 1))

    def _of_all_alike(self, i: int) -> float:
        """What no candidate exceeds that costs as much as this one; it is worked out once for all of them."""
        group = alike(self.among, i)
        if group not in self.shared:
            self.shared[group] = at_best_fleet(self.among, i, group)
        return self.shared[group]

    def look_beside(self, gpus: int) -> None:
        """Replay the most promising candidate of further GPUs, so that it is seen what they would come to."""
        most = len(self._gpus()) + gpus
        for _, i, _ in sorted(self.waiting):
            if len(self._gpus()) >= most:
                break
            if self.among.candidates[i].design.gpu not in self._gpus():
                self._look(i)

    def _gpus(self) -> set[str]:
        return {each.candidate.design.gpu for each in self.examined}

    def _look(self, i: int) -> None:
        """Replay a candidate, or remember why that cannot be."""
        candidate = self.among.candidates[i]
        if candidate.design in self.failed:
            return
        try:
            self.examined.append(self._examined(candidate))
        except NoFleet:
            self.failed[candidate.design] = BREAKS_PROMISE

    def _examined(self, candidate: Candidate) -> Examined:
        """A candidate as the study would have it. Raises `NoFleet` where no load keeps the promise."""
        case, way = self.ground.case, candidate.way
        asked = pinned(case, candidate.design, [way.purchase], operations=way.operations, promise=self.promise)
        resolved = resolve(asked, read=self.ground.log)
        basis = basis_with_all(resolved)
        comparison = comparison_of(basis)
        got = comparison.evaluate(["monthly_cost", "replicas", "gpus"])
        month, worth = basis.header.month - 1, over_speeds(basis, comparison)
        may = [column.verdict != "fail" for column in judged_columns(basis)]
        own = [i for i, column in enumerate(basis.columns) if column.mode not in BOUGHT]
        best = max(own, key=lambda i: (may[i], worth[i]))
        if candidate.design not in self.alone:
            self.alone[candidate.design] = self._alone(candidate.design)
        alone = self.alone[candidate.design]
        return Examined(
            candidate=candidate,
            column=basis.columns[best].name,
            hybrid=basis.columns[best].hybrid,
            net_present_value=worth[best],
            monthly_cost=comparison.month(got["monthly_cost"], best, month),
            replicas=comparison.month(got["replicas"], best, month),
            gpus=comparison.month(got["gpus"], best, month),
            bands=resolved.serving.bands,
            ttft_alone_seconds=max(times[0] for times in alone),
            tpot_alone_seconds=max(times[1] for times in alone),
            offers=len(market_offers(case, resolved.serving.gpu, "on_demand")),
            to_test=self.to_test(candidate.design),
        )

    def _alone(self, design: Design) -> list[tuple[float, float]]:
        """Seconds to the first token and for each further of a request of each workload that is alone."""
        replica = Replica(
            model=self.among.model,
            gpu=catalog.gpu(design.gpu),
            precision=precision_named(design.precision),
            gpus=design.gpus_per_replica,
            kv_bytes_per_value=kv_bytes_named(design.kv_cache),
            layout=design.layout,
        )
        seconds = []
        for ins, outs in lengths_of(self.ground.demand):
            setup = saturated_setup(replica, Lengths(mean_input_tokens=ins, mean_output_tokens=outs))
            assert setup is not None, "the architecture of a design's model is known"
            costs = modelled_costs(setup).likely
            seconds.append((costs.prefill_alone(ins), costs.decode_alone(ins + outs / 2)))
        return seconds
