"""Why a number is what it is: name = formula = formula with numbers = result, down to inputs with their sources."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from breakeven.numbers.inputs import Input
from breakeven.numbers.lines import Line, Model, ModelError, Values
from breakeven.numbers.operations import AXES, AXIS_NAMES, Value
from breakeven.problems import nearest

Role = Literal["line", "given", "input"]
MOST_SHOWN = 4  # elements of an axis that are written out in a formula


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """One number and what it is made of.

    `values` has one element, or one for each element of the axes that nobody chose (workloads, steps).
    `role` "given": a line that was pinned, not computed. `repeated`: explained further up already.
    """

    name: str
    meaning: str
    unit: str
    values: tuple[float, ...]
    role: Role
    formula: str
    with_numbers: str
    source: str
    kind: str  # of an input: measured, published …; empty for lines
    children: tuple[Explanation, ...]
    repeated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is explained: a model, its inputs, every value, the lines that were pinned, the element looked at."""

    model: Model
    inputs: Mapping[str, Input]
    values: Values
    given: frozenset[str]
    at: Mapping[int, int]


def explain(subject: Subject, name: str) -> Explanation:
    """The tree under one line or input. Raises `ModelError` for a name that is neither."""
    if name not in subject.model.lines and name not in subject.inputs:
        known = [*subject.model.lines, *subject.inputs]
        raise ModelError(f'"{name}" is no line and no input.', fix=nearest(name, known))
    return _explain(subject, name, set())


def _explain(subject: Subject, name: str, seen: set[str]) -> Explanation:
    if name in subject.inputs:
        return _leaf(subject, name)
    line = subject.model.lines[name]
    pinned, repeated = name in subject.given, name in seen
    seen.add(name)
    needs = () if pinned or repeated else line.needs
    return Explanation(
        name=name,
        meaning=line.meaning,
        unit=line.unit,
        values=elements(subject.values[name], subject.at),
        role="given" if pinned else "line",
        formula="" if pinned else ast.unparse(line.formula),
        with_numbers="" if pinned else with_numbers(subject, line),
        source="decided: the fleet of the plan" if pinned else line.source,
        kind="",
        children=tuple(_explain(subject, need, seen) for need in needs),
        repeated=repeated,
    )


def _leaf(subject: Subject, name: str) -> Explanation:
    one = subject.inputs[name]
    return Explanation(
        name=name,
        meaning=one.meaning,
        unit=one.unit,
        values=elements(subject.values[name], subject.at),
        role="input",
        formula="",
        with_numbers="",
        source=str(one.source),
        kind=one.kind,
        children=(),
    )


def elements(value: Value, at: Mapping[int, int]) -> tuple[float, ...]:
    """The numbers of a value at the chosen indices, all elements along axes that nobody chose."""
    if not np.ndim(value):
        return (float(value),)
    array = np.asarray(value)
    for axis in AXES:
        if axis in at:
            array = np.take(array, [min(at[axis], array.shape[axis] - 1)], axis=axis)
    return tuple(float(each) for each in array.ravel())


def with_numbers(subject: Subject, line: Line) -> str:
    """The formula with each name replaced by its number."""
    tree = ast.parse(ast.unparse(line.formula), mode="eval")
    for part in ast.walk(tree):
        if isinstance(part, ast.Name) and part.id in line.needs:
            part.id = written(elements(subject.values[part.id], subject.at))
    return ast.unparse(tree)


def written(numbers: Iterable[float]) -> str:
    """One number, a short list, or the range of a long one."""
    found = [f"{each:,.6g}" if abs(each) < 1e6 else f"{each:,.0f}" for each in numbers]
    if len(found) == 1:
        return found[0]
    return f"[{', '.join(found)}]" if len(found) <= MOST_SHOWN else f"[{found[0]} … {found[-1]}]"


def axis_named(name: str) -> int:
    """The axis of that name."""
    return next(axis for axis, its in AXIS_NAMES.items() if its == name)
