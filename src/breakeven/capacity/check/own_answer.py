"""What a deployment's own measurements change: bands before and after, at the loads measured and always waiting."""

from __future__ import annotations

from dataclasses import dataclass, replace

from breakeven.capacity.check.check_rows import require_room
from breakeven.capacity.fit.setup import Setup
from breakeven.capacity.speed.own_measurements import AT_LEAST_ONE, OwnMeasurements, OwnRun
from breakeven.capacity.speed.own_points import Foreseen, foresee
from breakeven.capacity.speed.throughput import ALWAYS_WAITING
from breakeven.facts import catalog
from breakeven.facts.records import Architecture
from breakeven.problems import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One run beside what published rows alone would have said of it."""

    run: OwnRun
    foreseen_tokens_per_second: float
    foreseen_tpot_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Bands at one load, from published rows and with the user's own."""

    name: str
    before: Foreseen
    after: Foreseen


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAnswer:
    """Every run compared, and the bands at the measured loads, at twice the most of them, and always waiting."""

    measured: tuple[Compared, ...]
    loads: tuple[Load, ...]


def shape_named(model: str) -> Architecture:
    """The shape of a model of the catalog. Raises `Problem` when it is not known."""
    key = catalog.open_model(model).key
    if (found := catalog.architecture(key)) is None:
        raise Problem(f"the architecture of {key} is not in the facts", fix="Give its config.json with --config.")
    return found


def own_answer(own: OwnMeasurements, shape: Architecture | None = None) -> OwnAnswer:
    """Bands before and after, at the mean lengths of the runs. Raises `Problem` when the model cannot be there."""
    shape = shape or shape_named(own.model)
    points = own.points(shape)
    require_room(points[0].setup)
    before = foresee([], [point.setup for point in points])
    loads = _loads(own, shape)
    bands = zip(loads, foresee([], list(loads.values())), foresee(points, list(loads.values())), strict=True)
    return OwnAnswer(
        measured=tuple(
            Compared(
                run=run,
                foreseen_tokens_per_second=answer.tokens_per_second.p50 * min(run.concurrency, AT_LEAST_ONE),
                foreseen_tpot_seconds=answer.tpot_seconds.p50,
            )
            for run, answer in zip(own.runs, before, strict=True)
        ),
        loads=tuple(Load(name=name, before=one, after=other) for name, one, other in bands),
    )


def _loads(own: OwnMeasurements, shape: Architecture) -> dict[str, Setup]:
    """The measured numbers in flight, twice the most of them, and always waiting; at the mean lengths of all runs."""
    count = len(own.runs)
    lengths = (sum(r.mean_input_tokens for r in own.runs) / count, sum(r.mean_output_tokens for r in own.runs) / count)
    asked = sorted({round(max(each.concurrency, AT_LEAST_ONE)) for each in own.runs})
    always = own.setup(shape, *lengths, load=ALWAYS_WAITING)
    in_flight = {f"{n:,} in flight": own.setup(shape, *lengths, concurrency=float(n)) for n in (*asked, 2 * asked[-1])}
    return {**in_flight, "always waiting": replace(always, bench=replace(always.bench, concurrency=0.0))}
