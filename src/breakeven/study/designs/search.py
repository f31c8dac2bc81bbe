"""The best design for a case: bound all, replay the most promising first, stop when no bound beats the best found.

What a design is worth is what the study says of it: its case is resolved, its speed replayed under the promise, its
best base found. Designs are compared under one promise. Method: docs/method/designs.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf

from breakeven.capacity.promise.promise import USUAL, Promise
from breakeven.facts.records import OpenModel
from breakeven.problems import Problem
from breakeven.study.case.case import Case
from breakeven.study.case.terms.serving import Promised
from breakeven.study.designs.bounds import OPERATIONS, Field, at_full_use, field_of
from breakeven.study.designs.catalogue import Catalogue, catalogue, listed_ways, models_of, passed
from breakeven.study.designs.design import Design, as_written, pinned
from breakeven.study.designs.hunt import SURE, Examined, Hunt
from breakeven.study.resolve.demand import Logged
from breakeven.study.resolve.evidence.evaluations import fails
from breakeven.study.resolve.resolve import Ground, ground_of, resolve
from breakeven.study.resolve.serving.fleet import lengths_of, most_context
from breakeven.study.resolve.serving.promises import promise_assumed, promise_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSearch:
    """What was found for one model: the replayed candidates, the best first, and how many designs are none, by why.

    `candidates`: designs that hold the model, times the ways to run them.
    """

    model: str
    candidates: int
    examined: tuple[Examined, ...]
    left_out: Mapping[str, int]
    bought: float  # what the best way to buy these weights, or today's model, is worth
    at_most: float | None = None  # what its designs may be worth, where it was left for another model's sake

    @property
    def best(self) -> Examined | None:
        """The design worth most."""
        return self.examined[0] if self.examined else None

    @property
    def looked_at(self) -> int:
        """Designs, those included that cannot be."""
        return len({each.candidate.design for each in self.examined}) + sum(self.left_out.values())

    @property
    def worth(self) -> float:
        """What the model is worth, owned or bought."""
        return max(self.bought, self.best.ranked) if self.best else self.bought


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """The case pinned to the best design, and all that was looked at."""

    case: Case
    promise: Promise
    lengths: tuple[float, float]  # mean tokens in and out of the first workload
    models: tuple[ModelSearch, ...]

    @property
    def looked_at(self) -> int:
        """How many designs there are, those included that cannot be."""
        return sum(each.looked_at for each in self.models)

    @property
    def winner(self) -> Examined:
        """The design that the case is pinned to."""
        best = max((each for each in self.models if each.best is not None), key=lambda each: each.worth).best
        assert best is not None
        return best

    @property
    def best_of_each(self) -> tuple[Examined, ...]:
        """Every design that was replayed, in the way that it is worth most, the winner first."""
        best: dict[Design, Examined] = {}
        for each in sorted((each for one in self.models for each in one.examined), key=_rank):
            best.setdefault(each.candidate.design, each)
        winner = self.winner
        return (winner, *(each for design, each in best.items() if design != winner.candidate.design))

    @property
    def runners_up(self) -> tuple[Examined, ...]:
        """The others, worth most first."""
        return self.best_of_each[1:]


def front(examined: Sequence[Examined]) -> tuple[Examined, ...]:
    """Those that no other beats in cost, latency, certainty and number of offers at once, the cheapest first."""

    def traits(replayed: Examined) -> tuple[float, ...]:
        return replayed.monthly_cost, replayed.tpot_alone_seconds, SURE.index(replayed.kind), -replayed.offers

    cheapest_first = sorted(examined, key=lambda replayed: (*traits(replayed), str(replayed.candidate.design)))
    kept: list[Examined] = []
    for replayed in cheapest_first:
        if not any(all(a <= b for a, b in zip(traits(other), traits(replayed), strict=True)) for other in kept):
            kept.append(replayed)
    return tuple(kept)


def reasons(models: Sequence[ModelSearch]) -> str:
    """How many designs of these models are none, by why, the most first; empty where there are none."""
    counted: Counter[str] = Counter()
    for each in models:
        counted.update(each.left_out)
    return "; ".join(f"{count:,} {why}" for why, count in counted.most_common())


def _rank(each: Examined) -> tuple[float, str]:
    return -each.ranked, str(each.candidate.design)


def search(case: Case, read: Logged | None = None, *, beside: int = 0) -> Search:
    """The best design of what the case leaves open. Raises `Problem` where nothing serves the model.

    `beside`: so many further GPUs are replayed on their most promising design, though they cannot be the best.
    """
    ground = ground_of(case, read=read)
    every = models_of(case)
    models = [model for model in every if not fails(case, model)] or every
    known = _known(ground, models)
    every_design = [
        (model, catalogued.designs) for model, catalogued in zip(models, known, strict=True) if catalogued.designs
    ]

    def fields(promise: Promised | None) -> list[Field]:
        return [field_of(case, model, designs, ground.log, promise) for model, designs in every_design]

    def hunted(promise: Promised) -> Sequence[Hunt]:
        return _hunted([Hunt(ground=ground, among=field, promise=promise) for field in fields(promise)], beside)

    promise = promise_of_all(case)
    hunts = hunted(promise)
    if every_design and case.file.self_hosting.promise is None and not any(hunt.examined for hunt in hunts):
        promise = relaxed(ground, fields(None))
        hunts = hunted(promise)
    by_model = {hunt.among.model.key: hunt for hunt in hunts}
    model_searches = [
        _told(model, catalogued, by_model.get(model.key)) for model, catalogued in zip(models, known, strict=True)
    ]
    if all(of_model.best is None for of_model in model_searches):
        told = reasons(model_searches)
        raise Problem(
            f"no design serves {' or '.join(of_model.model for of_model in model_searches)}: {told or 'none is known'}",
            where=case.place("self_hosting"),
            fix="Allow more GPUs or a larger replica under self_hosting.search, relax the promise, or give gpu_offers.",
        )
    best = max(
        (of_model for of_model in model_searches if of_model.best is not None), key=lambda of_model: of_model.worth
    )
    assert best.best is not None
    taken = best.best.candidate
    chosen = as_written(
        pinned(
            case,
            taken.design,
            listed_ways(case) or [taken.way.purchase],
            operations=case.file.self_hosting.operations if case.given(*OPERATIONS) else taken.way.operations,
            promise=promise,
        )
    )
    kept = promise_of(chosen)
    assert kept is not None, "all designs keep one"
    return Search(
        case=chosen,
        promise=kept,
        lengths=lengths_of(ground.demand)[0],
        models=tuple(sorted(model_searches, key=lambda of_model: -of_model.worth)),
    )


def _known(ground: Ground, models: Sequence[OpenModel]) -> list[Catalogue]:
    """The designs of each model, without formats that failed their test; where all did, the gate says so."""
    known = [catalogue(ground.case, most_context(ground.demand), models=[each]) for each in models]
    tested = [passed(ground.case, each, model) for model, each in zip(models, known, strict=True)]
    return tested if any(each.designs for each in tested) else known


def promise_of_all(case: Case) -> Promised:
    """What all designs must keep: the case's promise, else the usual one."""
    stated = case.file.self_hosting.promise
    return stated or Promised(ttft_seconds=USUAL.ttft_seconds, tpot_seconds=USUAL.tpot_seconds)


def relaxed(ground: Ground, fields: Sequence[Field]) -> Promised:
    """What the design that would be worth most without a promise keeps at half of its speed: nobody promised more."""
    first = max(fields, key=lambda each: at_full_use(each).max())
    candidate = first.candidates[int(at_full_use(first).argmax())]
    asked = pinned(ground.case, candidate.design, [candidate.way.purchase], operations=candidate.way.operations)
    kept = promise_assumed(resolve(asked, read=ground.log).serving.bands)
    return Promised(ttft_seconds=kept.ttft_seconds, tpot_seconds=kept.tpot_seconds)


def _hunted(hunts: Sequence[Hunt], beside: int) -> Sequence[Hunt]:
    """Hunt in every model while it may be the best to own, and to the end in the one worth most, owned or bought."""
    for hunt in sorted(hunts, key=lambda hunt: hunt.waiting[0]):  # the most promising model first
        hunt.floor = max((hunt.best for hunt in hunts), default=-inf)
        hunt.run()
    while open_ones := [hunt for hunt in hunts if hunt.examined or not hunt.finished]:
        first = max(open_ones, key=lambda hunt: hunt.worth)
        if first.finished:
            first.look_beside(beside)
            break
        first.floor = -inf
        first.run()
    return hunts


def _told(model: OpenModel, known: Catalogue, hunt: Hunt | None) -> ModelSearch:
    if hunt is None:
        return ModelSearch(model=model.key, candidates=0, examined=(), left_out=known.left_out, bought=-inf)
    return ModelSearch(
        model=model.key,
        candidates=len(hunt.among.candidates),
        examined=tuple(sorted(hunt.examined, key=_rank)),
        left_out=known.left_out + hunt.left_out(known.designs),
        bought=hunt.among.bought,
        at_most=None if hunt.finished else -hunt.waiting[0][0],
    )
