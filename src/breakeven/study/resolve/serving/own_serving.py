"""What the case brings itself about serving: a model by its config.json, and benchmarks of its own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from breakeven.capacity.benchmarks.measurement import UNKNOWN_DATE
from breakeven.capacity.fit.layouts import cannot_be
from breakeven.capacity.fit.model_config import open_model as configured
from breakeven.capacity.fit.model_config import published_precision, read_config
from breakeven.capacity.fit.precision import usual_precision
from breakeven.capacity.fit.replica import layout_of
from breakeven.capacity.fit.setup import Layout
from breakeven.capacity.speed.own_measurements import OwnMeasurements, read_own
from breakeven.capacity.speed.throughput import StatedThroughput
from breakeven.facts.catalog import open_model
from breakeven.facts.model_names import precision_in
from breakeven.facts.precisions import precision_named
from breakeven.facts.records import Architecture, Gpu, OpenModel
from breakeven.numbers.inputs import Source
from breakeven.problems import Problem
from breakeven.study.case.case import Case
from breakeven.study.case.places import Keys
from breakeven.study.case.schema import Stated
from breakeven.study.resolve.demand import Use

MEASURED = ("self_hosting", "measured")
CONFIG = ("self_hosting", "model_config")


def _file(case: Case, path: str, *at: str) -> Path:
    """The file of a case. Raises `Problem` at its line where there is none."""
    found = case.folder / path
    if not found.is_file():
        told = f'{".".join(at)}: there is no file "{path}"'
        raise Problem(told, where=case.place(*at), fix="The path is relative to the folder of the case.")
    return found


def model_of(case: Case) -> OpenModel:
    """The open model: of the catalog, or that of a config.json under the name that the case gives it."""
    at: Keys = ("self_hosting", "model") if case.file.self_hosting.model else ("open_model",)
    name = case.file.self_hosting.model or case.file.open_model or ""
    path = case.file.self_hosting.config
    try:
        if path is not None:
            config = _file(case, path, *CONFIG)
            needed = case.file.self_hosting.precision is None
            return configured(read_config(config, name), published_precision(config, needed=needed))
        return open_model(name)
    except Problem as problem:
        own = "" if path else "A model that is not listed: give its config.json as self_hosting.model_config."
        where = problem.where if path and problem.where else case.place(*at)
        raise Problem(problem.what, where=where, fix=f"{problem.fix} {own}".strip()) from None


def own_of(case: Case, model: OpenModel) -> OwnMeasurements | None:
    """The case's benchmarks. Raises `Problem` when they are of another model, or a speed is stated as well."""
    plan, at = case.file.self_hosting, MEASURED
    if plan.measured is None:
        return None
    if plan.tokens_per_second is not None:
        told = "self_hosting.measured: the speed is given twice, the other time as tokens_per_second"
        raise Problem(told, where=case.place(*at), fix="Keep one of the two.")
    own = read_own(_file(case, plan.measured, *at))
    if own.model != model.key:
        told = f"self_hosting.measured: {Path(plan.measured).name} is of {own.model}, and the case serves {model.key}"
        raise Problem(told, where=case.place(*at), fix=f"Give a benchmark of {model.key}, or change the model.")
    return own


def precision_of(case: Case, own: OwnMeasurements | None, model: OpenModel, card: Gpu) -> tuple[str, str]:
    """The case's precision, else that of its benchmarks, else what the model's name says, else the usual one.

    And, where nobody said, what to say.
    """
    name = case.file.self_hosting.model or case.file.open_model or ""
    precision = case.file.self_hosting.precision or (own.precision if own else None) or precision_in(name)
    if precision:
        return precision, ""
    usual, why = usual_precision(model, card)
    return usual, f"No precision is stated: {usual} is taken ({why}). State yours as precision, under self-hosting."


def gpus_of(case: Case, own: OwnMeasurements | None, gpu: str, precision: str) -> int | None:
    """GPUs of a replica as the case says, else as its benchmarks ran; None: the fewest that hold it."""
    stated = case.file.self_hosting.replica_gpus
    if stated is None and own is not None and own.cover(own.model, gpu, own.gpus, precision_named(precision)):
        return own.gpus
    return stated


def layout_said(case: Case, shape: Architecture | None) -> Layout | None:
    """How the GPUs of a replica share the work; None: in the usual way. Raises `Problem` where the model cannot be."""
    stated = case.file.self_hosting.layout
    if stated is None:
        return None
    layout = Layout(
        gpus=stated.gpus,
        tensor=stated.tensor_parallel,
        pipeline=stated.pipeline_parallel,
        data=stated.data_parallel,
        expert=stated.tensor_parallel * stated.data_parallel if stated.expert_parallel else 1,
    )
    if layout == layout_of(layout.gpus):
        return None
    why = cannot_be(shape, layout) if shape else "its architecture is not known"
    if why:
        fix = "Change the layout, or leave it out."
        raise Problem(f"self_hosting.layout: {why}", where=case.place("self_hosting", "layout"), fix=fix)
    return layout


def covered(own: OwnMeasurements | None, gpu: str, gpus: int, precision: str) -> tuple[OwnMeasurements | None, str]:
    """The benchmarks where they are of this deployment; else none, and what to say of it."""
    if own is None or own.cover(own.model, gpu, gpus, precision_named(precision)):
        return own, ""
    asked = f"{precision} on {gpus} × {gpu}"
    return None, f"your benchmarks are of {own}, not of {asked}: they are not used. Measure {asked}."


def stated_speed(case: Case, index: int, use: Use) -> StatedThroughput | None:
    """A speed that the case states: measured only where it says by what and when, else assumed."""
    own = use.stated.tokens_per_second
    speed = own if own is not None else case.file.self_hosting.tokens_per_second
    if speed is None:
        return None
    at: Keys = ("workloads", index, "tokens_per_second") if own is not None else ("self_hosting", "tokens_per_second")
    if not isinstance(speed, Stated):
        return StatedThroughput(tokens_per_second=speed, kind="assumed", source=case.source(*at))
    _require_evidence(case, at, speed)
    source = Source(title=speed.source, date=speed.date) if speed.source else case.source(*at)
    return StatedThroughput(
        tokens_per_second=speed.likely, low=speed.low, high=speed.high, kind=speed.kind, source=source
    )


def _require_evidence(case: Case, at: Sequence[str | int], speed: Stated) -> None:
    """Raise `Problem` where a speed is called measured or published, and nothing says by what and when."""
    missing = [name for name, lacks in (("source", not speed.source), ("date", speed.date == UNKNOWN_DATE)) if lacks]
    if speed.kind in ("measured", "published") and missing:
        dotted = ".".join(str(each) for each in at)
        are = "is" if len(missing) == 1 else "are"
        told = f"{dotted}: it is called {speed.kind}, and {' and '.join(missing)} {are} missing"
        fix = "Say by what and when (source: …, date: 2026-11-18), or leave kind out: then it counts as assumed."
        raise Problem(told, where=case.place(*at), fix=fix)
