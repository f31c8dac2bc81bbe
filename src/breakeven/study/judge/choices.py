"""What a case left open that is no input with a range: the case with the alternative said, resolved anew.

Only what the case did not say is asked, and nothing is drawn. The log, if there is one, is not read again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from importlib.metadata import version
from typing import Any

from breakeven.capacity.promise.promise import Promise
from breakeven.decision.answers.unsaid import Choice, Side
from breakeven.numbers.inputs import Source
from breakeven.problems import Problem, Problems
from breakeven.shipped import shipped
from breakeven.study.case.case import Case
from breakeven.study.judge.basis import basis_of
from breakeven.study.judge.hybrids import with_every_option
from breakeven.study.resolve.resolve import Resolved, resolve
from breakeven.study.resolve.serving.promises import promise_assumed
from breakeven.study.study import Basis

PRECISION = "self_hosting.precision"

Worths = Mapping[Side, float | None]  # net present value of the best option of each side


def choices_of(
    resolved: Resolved, side: Side, worth: Callable[[Basis], Worths], *, basis: Basis | None = None
) -> tuple[Choice, ...]:
    """Every alternative that concerns a side, and of the precision always. `worth`: of the best options of a basis.

    `basis`: of the case with every option, where it is made already.
    """
    stands, now = standing(resolved), worth(basis or basis_with_all(resolved))
    rows = [row for row in shipped("study/choices.yaml") if row["key"] in stands]
    asked = [row for row in rows if side != "bought" or row["of"] == "all" or row["key"] == PRECISION]
    return tuple(choice for row in asked for choice in _alternatives(resolved, row, stands[row["key"]], now, worth))


def basis_with_all(found: Resolved) -> Basis:
    """What a resolved case rests on, with every option beside the case's own."""
    return with_every_option(basis_of(found, version("breakeven")))


def standing(resolved: Resolved) -> dict[str, Any]:
    """What is taken for each key that the case leaves open; none whose alternative would change no number."""
    case, file, replica = resolved.case, resolved.case.file, resolved.serving
    plan = file.self_hosting
    taken: dict[str, Any] = {
        "horizon_months": file.horizon_months,
        "hosted.discount": 0,
        "hosted.gateway_fee": 0,
        "self_hosting.operations": plan.operations,
        "self_hosting.redundancy": plan.redundancy,
        "people.night_hours": 8,
    }
    if plan.purchase == ():
        taken["self_hosting.purchase"] = "rented by the hour"
    if resolved.log is None and not any(workload.load_profile for workload in file.workloads):
        taken["load_profile"] = resolved.demand.load_curve.name
    if all(band.kind in ("published", "modelled") for band in replica.bands):
        taken["self_hosting.promise"] = _seconds(promise_assumed(replica.bands))
        if resolved.chosen is None:  # else the alternatives have been looked at, and are worth less
            taken |= {
                PRECISION: replica.precision,
                "self_hosting.kv_cache": plan.kv_cache,
                **({} if plan.layout else {"self_hosting.gpus_per_replica": replica.fit.gpus_per_replica}),
            }
    return {key: value for key, value in taken.items() if not case.given(*key.split("."))}


def _seconds(promise: Promise) -> dict[str, float | None]:
    """A promise as a case has it."""
    return {"ttft_seconds": promise.ttft_seconds, "tpot_seconds": promise.tpot_seconds}


def _alternatives(
    resolved: Resolved, row: Mapping[str, Any], stands: Any, now: Worths, worth: Callable[[Basis], Worths]
) -> Iterator[Choice]:
    for other in row["alternatives"]:
        meant = 2 * stands if other == "twice" else other
        if meant == stands:
            continue
        then, cannot = _worth_with(resolved, row["key"], meant, worth)
        yield Choice(
            key=row["key"],
            stands=in_words(stands),
            alternative=row["words"] if "words" in row else in_words(meant),
            meaning=row["meaning"],
            source=Source(**row["source"]),
            worth=now,
            worth_then=then,
            cannot=cannot,
        )


def _worth_with(found: Resolved, key: str, said: Any, worth: Callable[[Basis], Worths]) -> tuple[Worths, str]:
    """What the sides are worth where the case says one thing more; and why it cannot, where it cannot."""
    try:
        return worth(basis_with_all(resolve(with_said(found.case, key, said), read=found.log))), ""
    except Problem as problem:
        return {}, problem.what
    except Problems as problems:
        return {}, problems.found[0].what


def with_said(case: Case, key: str, said: Any) -> Case:
    """The same case with one key more."""
    data = deepcopy(case.document.data)
    *parents, last = key.split(".")
    part = data
    for parent in parents:
        part[parent] = part.get(parent) or {}
        part = part[parent]
    part[last] = said
    return Case.from_dict(data, name=case.path.name, folder=case.folder, as_of=case.as_of)


def in_words(value: Any) -> str:
    """A value, or the seconds of a promise, as a page has it."""
    if isinstance(value, Mapping):
        return " and ".join(f"{each:.3g} s" for each in value.values())
    return f"{value:g}" if isinstance(value, int | float) else str(value)
