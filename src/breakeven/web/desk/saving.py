"""A board's changes as a case says them: where each is written, and whether the case then gives the same answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from breakeven.files import text_of
from breakeven.numbers.inputs import Input
from breakeven.numbers.operations import OPTION, WORKLOAD
from breakeven.outputs import write
from breakeven.problems import Problem, Problems
from breakeven.report.wording import label
from breakeven.shipped import shipped
from breakeven.study.case.case import Case
from breakeven.study.case.changes_file import with_changes
from breakeven.study.case.editor import known_keys
from breakeven.study.case.places import Keys
from breakeven.study.case.sections import ASSUMPTIONS, own_key, section_of
from breakeven.study.recomputing.changes import changed_basis, checked
from breakeven.study.recomputing.point import PointAnswer, point
from breakeven.study.recomputing.prepared import VOLUME, Prepared, prepare_resolved, with_fleet
from breakeven.study.register import not_known_yet
from breakeven.study.resolve.resolve import resolve
from breakeven.study.resolve.serving.readiness_inputs import builders, platform_work
from breakeven.study.study import Basis
from breakeven.web.state import State

DIGITS = 12
BUILDERS: Keys = ("migration", "person_months_per_month")
NEAR = 1e-6  # relative: a worth that differs by less is the same answer
DESIGN = ("precision", "gpus_per_replica", "kv_cache")
BY_WORKLOAD = {
    "cached_share": "cached_share",
    "batch_share": "batch_share",
    "growth_per_month": "growth_per_month",
    "input_price_per_mtok": "input_price_per_mtok",
    "output_price_per_mtok": "output_price_per_mtok",
    "replica_tokens_per_second": "tokens_per_second",
}
VOLUMES = ("api_spend_per_month", "tokens_per_month", "input_tokens_per_month", "output_tokens_per_month",
           "requests_per_month")  # fmt: skip


def saved(prepared: Prepared, text: str, state: State) -> str:
    """The text of the case with the state in it. Raises `Problems` for what a case cannot say."""
    wanted, data = checked(prepared, state.numbers), prepared.resolved.case.document.data
    basis = changed_basis(prepared, wanted)
    writes: dict[Keys, Any] = {}
    for name, to in wanted.items():
        input_writes = [*_volumes(data, to)] if name == VOLUME else [*_written(data, name, basis.inputs[name], to)]
        if not input_writes:
            raise _cannot(name)
        writes |= dict(input_writes)
    gates = {gate["name"]: i for i, gate in enumerate(data.get("gates") or ())}
    told = [("verdict", state.gates), ("evidence", state.evidence)]
    for key, name, stated in ((key, name, stated) for key, by_gate in told for name, stated in by_gate.items()):
        if name not in gates:
            raise Problem(f'the case states no gate "{name}"', where=f"gate:{name}", fix="Write it under gates.")
        writes["gates", gates[name], key] = stated
    if state.replicas is not None:
        writes |= _fleet(prepared, state.replicas)
    return _that_answers_the_same(prepared, text, writes, state, basis)


def _fleet(prepared: Prepared, replicas: int) -> dict[Keys, Any]:
    """The fleet, and the design that it is of, where the case leaves that to be found."""
    case = prepared.resolved.case
    left_open = [name for name in DESIGN if ("self_hosting", name) in case.document.found]
    design: dict[Keys, Any] = {("self_hosting", name): getattr(case.file.self_hosting, name) for name in left_open}
    return {("self_hosting", "replicas"): replicas, **design}


def _written(data: Mapping[str, Any], name: str, one: Input, to: float) -> Iterator[tuple[Keys, Any]]:
    """Where an input stands in this case, and what is written there; nothing where a case cannot say it."""
    own, alike = _place(data, name), not np.ndim(one.likely) or np.ptp(one.likely) == 0
    if own and alike:
        yield own, _quantity(one, to, ranged="likely" in known_keys(own), unknown=name in not_known_yet())
        return
    if name in BY_WORKLOAD and data.get("workloads"):
        for i in range(len(data["workloads"])):
            yield ("workloads", i, BY_WORKLOAD[name]), _of_workload(one, i)
    elif name == "gpu_price_per_hour":
        yield from _rents(data, to)


def _place(data: Mapping[str, Any], name: str) -> Keys:
    """Where a case says an input of one value: where this one does, else where one would; empty where none can."""
    section = section_of(name)
    places: list[Keys] = [
        each for each in (own_key(name), (section, name) if section else (), (ASSUMPTIONS, name)) if each
    ]
    given = [keys for keys in places if _says(data, keys)]
    return (given or places)[0] if section or own_key(name) else ()


def _says(data: Any, keys: Keys) -> bool:
    for key in keys:
        if not isinstance(data, Mapping) or key not in data:
            return False
        data = data[key]
    return True


def _quantity(one: Input, to: float, *, ranged: bool, unknown: bool) -> Any:
    """A number; with its range where a case can say the same one. `unknown`: it keeps its spread without being told."""
    if not (one.uncertain and one.distribution == "triangular") or one.low is None or one.high is None:
        return _round(to)
    if unknown and not ranged:
        return _round(float(np.max(one.likely)))
    if ranged:
        return {name: _round(end) for name, end in (("likely", float(np.max(one.likely))), ("low", one.low),
                                                     ("high", one.high))}  # fmt: skip
    return _round(to)


def _of_workload(one: Input, workload: int) -> float:
    """An input of one workload as it is bought today."""
    value = np.asarray(one.likely, dtype=float)
    if value.ndim:
        value = np.take(value, [min(workload, value.shape[WORKLOAD] - 1)], axis=WORKLOAD)
        value = np.take(value, [0], axis=OPTION)
    return _round(float(value.ravel()[0]))


def _rents(data: Mapping[str, Any], to: float) -> Iterator[tuple[Keys, Any]]:
    ways = (data.get("self_hosting") or {}).get("purchase") or ()
    named = [i for i, way in enumerate(ways) if way.get("mode") == "rented" and "price_per_gpu_hour" in way]
    for i in named:
        yield ("self_hosting", "purchase", i, "price_per_gpu_hour"), _round(to)
    if not named and isinstance(data.get("gpu_offer"), Mapping):
        yield ("gpu_offer", "price_per_gpu_hour"), _round(to)


def _volumes(data: Mapping[str, Any], to: float) -> Iterator[tuple[Keys, Any]]:
    """Every volume that the case states, multiplied; of a log there is none."""
    for key in VOLUMES:
        if isinstance(data.get(key), int | float):
            yield (key,), _round(data[key] * to)
    for i, workload in enumerate(data.get("workloads") or ()):
        for key in VOLUMES:
            if isinstance(workload.get(key), int | float):
                yield ("workloads", i, key), _round(workload[key] * to)


def _round(value: float) -> float:
    """A number without the dust of its arithmetic, whole where it is."""
    short = float(f"{value:.{DIGITS}g}")
    return int(short) if short.is_integer() else short


def _cannot(name: str) -> Problem:
    elsewhere = shipped("study/sections.yaml")["structural"].get(name)
    fix = f"Write {elsewhere} in the case by hand." if elsewhere else "Take the change back, or keep the address."
    return Problem(f"{label(name)}: a case cannot say this change as it stands", where=name, fix=fix)


def _that_answers_the_same(
    prepared: Prepared, text: str, writes: Mapping[Keys, Any], state: State, basis: Basis
) -> str:
    """The text that gives the answer of the board. On the board the month of the cut-over stays as it is; in a case it
    follows from the team and its work, so that who builds is said, too, where it must be. Raises `Problem` where no
    text gives that answer.
    """
    then = point(at_state(prepared, state), state.numbers)
    for more in ({}, {BUILDERS: _builders(prepared, basis)}):
        new = with_changes(text, {**writes, **more}) if writes else text
        if _alike(then, _answer_of(prepared, new)):
            return new
    names = ", ".join(map(label, state.numbers)) or "the gates and the fleet"
    raise Problem(f"a case that says this gives another answer: {names}", fix="Keep the address instead.")


def _builders(prepared: Prepared, basis: Basis) -> float:
    """Who would have to build, so that the changed work is done in the month in which it was."""
    (before, hands), (after, _) = platform_work(prepared.basis.inputs), platform_work(basis.inputs)
    people = builders(prepared.resolved.case, hands) or max(hands, 1.0)
    return _round(people * after / before if before else people)


def _answer_of(prepared: Prepared, new: str) -> PointAnswer:
    """What a case of this text comes to; its log is not read again."""
    case = prepared.resolved.case
    again = Case.parse(new, name=case.path.name, folder=case.folder, as_of=case.as_of)
    return point(prepare_resolved(resolve(again, read=prepared.resolved.log)), {})


def _alike(then: PointAnswer, now: PointAnswer) -> bool:
    """Whether two answers are about the same options, worth the same."""
    pairs = [(one, now.option(one.key)) for one in then.options]
    return len(then.options) == len(now.options) and all(
        other is not None
        and abs(one.net_present_value - other.net_present_value) <= NEAR * max(1.0, *map(abs, one.costs))
        for one, other in pairs
    )


def at_state(prepared: Prepared, state: State) -> Prepared:
    """The case with its gates and its fleet as the state has them. Raises `Problems` for gates that there are not."""
    known = {gate.name for gate in prepared.basis.gates}
    asked = (*state.gates, *state.evidence)
    if missing := [Problem("there is no such gate", where=f"gate:{name}") for name in asked if name not in known]:
        raise Problems(missing)
    prepared = prepared if state.replicas is None else with_fleet(prepared, state.replicas)
    if not (state.gates or state.evidence):
        return prepared
    gates = tuple(
        replace(
            gate,
            verdict=state.gates.get(gate.name, gate.verdict),
            evidence=state.evidence.get(gate.name, gate.evidence),
        )
        for gate in prepared.basis.gates
    )
    return replace(prepared, basis=replace(prepared.basis, gates=gates))


def written_into(path: str, text: str, new: str, as_of: date | None) -> str:
    """Replace the case file, if nobody has changed it since; whole or not at all."""
    place = Path(path)
    if text_of(place) != text:
        raise Problem("the case was changed since the board was opened", where=place.name, fix="Open it again.")
    Case.parse(new, name=place.name, folder=place.parent, as_of=as_of)
    write(place, new)
    return f"{place.name} is written."
