"""Any number of a study, explained: the recommended option and the named month unless another is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from breakeven.numbers.explain import GIVEN, Explanation, Subject, elements, explain
from breakeven.numbers.inputs import expected
from breakeven.numbers.lines import Values
from breakeven.numbers.operations import MONTH, OPTION, SCENARIO, pick
from breakeven.problems import Problem, nearest
from breakeven.study.register import full_model
from breakeven.study.resolve.currency import FACTS
from breakeven.study.study import Study

DECIDED = "decided"
SPEED, SIZE = "replica_tokens_per_second", "gpus_per_replica"  # what a design decides
BASE_OF_HYBRID = "the owned base that is worth most with the rest bought"


def explain_line(study: Study, line: str, option: str | None = None, month: int | None = None) -> Explanation:
    """The tree of one line. `option` is a column's name or its number from 0; `month` counts from 1."""
    basis = study.basis
    chosen = study.verdict.best_option if option is None else column(study, option)
    at = {OPTION: chosen, SCENARIO: 0, MONTH: _month(study, month) - 1}
    values = {**expected(basis.inputs), "replicas": basis.fleets}
    got = full_model().evaluate(values)
    subject = Subject(
        model=full_model(), inputs=basis.inputs, values={**values, **got}, given=frozenset({"replicas"}), at=at
    )
    explanation = explain(subject, line)
    sized = with_sizing(explanation, study, values, at)
    told = f"{sized.meaning}. {' '.join(reasons)}" if (reasons := [*why(study, line)]) else sized.meaning
    return in_currency(replace(sized, meaning=told), basis.header.currency)


def why(study: Study, line: str) -> Iterator[str]:
    """How the design that is asked about came to be: the speed of a replica, its size, and what it was chosen from."""
    if line == SPEED:
        several = len(study.basis.demand.workloads) > 1
        for workload in study.basis.demand.workloads:
            yield f"{workload.name}: {workload.throughput_because}" if several else workload.throughput_because
    if line == SIZE:
        yield study.basis.serving.fit_because
    chosen = study.basis.serving.chosen
    if line in (SPEED, SIZE) and chosen is not None:
        yield f"Chosen: {chosen.design}, out of {chosen.looked_at:,}, of which {chosen.replayed:,} were replayed."


def in_currency(found: Explanation, currency: str) -> Explanation:
    """Units of lines are written in USD; a case in another currency reads its own."""
    below = tuple(in_currency(each, currency) for each in found.children)
    return replace(found, unit=found.unit.replace(FACTS, currency), children=below)


def with_sizing(explanation: Explanation, study: Study, values: Values, at: Mapping[int, int]) -> Explanation:
    """The decided fleet with why it has that size: the largest need so far, or what the case or the ladder says."""
    if explanation.kind != GIVEN:
        below = tuple(with_sizing(child, study, values, at) for child in explanation.children)
        return replace(explanation, children=below)
    column = study.basis.columns[at[OPTION]]
    if column.fixed or column.hybrid:
        stated = "stated in the case" if column.fixed else BASE_OF_HYBRID
        return replace(explanation, kind=DECIDED, source=stated)
    free = {name: value for name, value in values.items() if name not in full_model().lines}
    got = full_model().evaluate(free)
    month = largest_need(got, at)
    sized = {**at, MONTH: month}
    subject = Subject(model=full_model(), inputs=study.basis.inputs, values=free | got, given=frozenset(), at=sized)
    why = f"what month {month + 1} needs, which is {need(got, free, sized)}"
    return replace(explanation, kind=DECIDED, source=why, children=(explain(subject, explanation.name),))


def largest_need(got: Values, at: Mapping[int, int]) -> int:
    """The month, from 0, up to the one looked at, in which the demand needs most replicas."""
    return int(np.argmax(pick(got["replicas"], option=at[OPTION], month=range(at[MONTH] + 1))))


def need(got: Values, given: Values, at: Mapping[int, int]) -> str:
    """What sizes the fleet there: the load at its peak, or the least that is kept; and the spares on top."""
    load, serving = (elements(got[name], at)[0] for name in ("replicas_for_load", "replicas_serving"))
    spares = elements(given["spare_replicas"], at)[0]
    what = "the load at its peak" if load >= serving else "the least that is kept running"
    return f"{what}, and {spares:g} for failures" if spares else what


def _month(study: Study, month: int | None) -> int:
    header = study.basis.header
    if month is not None and not 1 <= month <= header.horizon_months:
        raise Problem(f"there is no month {month}", where="--month", fix=f"Give 1 to {header.horizon_months}.")
    return header.month if month is None else month


def column(study: Study, option: str) -> int:
    """The index of an option by name or number."""
    names = [each.name for each in study.basis.columns]
    if option in names:
        return names.index(option)
    if option.isdigit() and int(option) < len(names):
        return int(option)
    listed = ", ".join(f'{i} "{name}"' for i, name in enumerate(names))
    raise Problem(f'there is no option "{option}"', where="--option", fix=f"{nearest(option, names)} {listed}.".strip())
