"""Any number of a study, explained: the recommended option and the named month unless another is asked for."""

from __future__ import annotations

from breakeven.numbers.explain import Explanation, Subject, explain
from breakeven.numbers.inputs import likely
from breakeven.numbers.operations import MONTH, OPTION, SCENARIO
from breakeven.problems import Problem, nearest
from breakeven.study.register import full_model
from breakeven.study.study import Study


def explain_line(study: Study, line: str, option: str | None = None, month: int | None = None) -> Explanation:
    """The tree of one line. `option` is a column's name or its number from 0; `month` counts from 1."""
    basis = study.basis
    chosen = study.verdict.best_option if option is None else column(study, option)
    at = {OPTION: chosen, SCENARIO: 0, MONTH: _month(study, month) - 1}
    values = {**likely(basis.inputs), "replicas": basis.fleets}
    got = full_model().evaluate(values)
    subject = Subject(
        model=full_model(), inputs=basis.inputs, values={**values, **got}, given=frozenset({"replicas"}), at=at
    )
    return explain(subject, line)


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
