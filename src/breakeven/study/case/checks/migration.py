"""What a case says for the plan and cannot mean: names that nothing has, circles, nobody to do the work."""

from __future__ import annotations

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

from breakeven.problems import Problem, nearest
from breakeven.study.case.places import Document
from breakeven.study.case.schema import CaseFile


def plan_problems(case: CaseFile, document: Document) -> Iterator[Problem]:
    """Everything that only the plan asks of a case and that contradicts itself."""
    yield from _order(case, document)
    yield from _fleets(case, document)
    yield from _limits(case, document)


def _order(case: CaseFile, document: Document) -> Iterator[Problem]:
    names = [member.name for member in case.workloads]
    graph: dict[str, list[str]] = {}
    for i, workload in enumerate(case.workloads):
        graph[workload.name] = [other for other in workload.comes_after if other in names]
        for other in workload.comes_after:
            if other not in names:
                what = f'workloads.{i}.comes_after: "{other}" is no workload. {nearest(other, names)}'.strip()
                fix = f"The workloads are {', '.join(names)}."
                yield Problem(what, where=document.value("workloads", i, "comes_after"), fix=fix)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle = " → ".join(reversed(error.args[1]))
        at = names.index(error.args[1][0])
        what = f"comes_after: workloads wait for each other in a circle: {circle}"
        where = document.value("workloads", at, "comes_after")
        yield Problem(what, where=where, fix="Take one of them away.")


def _fleets(case: CaseFile, document: Document) -> Iterator[Problem]:
    names, workloads = [workload.name for workload in case.fleets], [workload.name for workload in case.workloads]
    for i, fleet in enumerate(case.fleets):
        if fleet.name in names[:i]:
            yield Problem(
                f'fleets.{i}.name: "{fleet.name}" is there twice',
                where=document.value("fleets", i, "name"),
                fix="Give each fleet its own name.",
            )
        asked = [*(fleet.workloads or ()), *(gate.workload for gate in fleet.gates if gate.workload)]
        for name in asked:
            if workloads and name not in workloads:
                what = f'fleets.{i}: "{name}" is no workload. {nearest(name, workloads)}'.strip()
                fix = f"The workloads are {', '.join(workloads)}."
                yield Problem(what, where=document.value("fleets", i), fix=fix)
        if not _buys(case, i):
            what = f'fleets.{i}: "{fleet.name}" is neither rented nor owned'
            fix = "A plan places workloads on GPUs that are held: give it a purchase with mode rented or owned."
            yield Problem(what, where=document.value("fleets", i), fix=fix)


def _buys(case: CaseFile, i: int) -> bool:
    ways = case.fleets[i].purchase or case.self_hosting.purchase
    return not ways or any(each.mode in ("rented", "owned") for each in ways)


def _limits(case: CaseFile, document: Document) -> Iterator[Problem]:
    known = [case.hosted_model, *(each.hosted_model for each in case.workloads)]
    known += [other for each in case.workloads for other in each.other_models]
    models = [each for each in dict.fromkeys(known) if each]
    for i, each in enumerate(case.api_limits):
        if each.hosted_model not in models:
            what = f'api_limits.{i}: no workload uses "{each.hosted_model}". {nearest(each.hosted_model, models)}'
            fix = f"The case uses {', '.join(models)}."
            yield Problem(what.strip(), where=document.value("api_limits", i, "hosted_model"), fix=fix)
