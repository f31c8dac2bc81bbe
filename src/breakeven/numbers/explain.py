"""Why a number is what it is: name = formula = formula with numbers = result, down to inputs with their sources.

Nothing is written twice: names, meanings, formulas and sources are those of the lines and inputs themselves.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from breakeven.numbers.inputs import Input, KnownFrom, all_known_from, weakest
from breakeven.numbers.lines import Line, Model, ModelError, Values
from breakeven.numbers.operations import AXIS_NAMES, MONTH, Value
from breakeven.problems import nearest

LINE, GIVEN, SHOWN_ABOVE = "line", "given", "shown above"
PINNED = "decided: the fleet of the plan"
MOST_SHOWN = 4  # elements of an axis that are written out in a formula
AXIS_OF = {name.upper(): axis for axis, name in AXIS_NAMES.items()}  # as formulas write them

Place = Mapping[int, int]  # axis -> index, from 0
Seen = set[tuple[str, frozenset[tuple[int, int]]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """One number and what it is made of.

    `values` has one element, or one for each element of the axes that nobody chose (workloads, steps) or that a
    total above runs over. `kind` of a line: "line", "given" (pinned, not computed), "shown above" (its branch
    stands further up); of an input: measured, published …, the least known of its `values`. `known_from` has one for
    each value where they differ.
    """

    name: str
    meaning: str
    unit: str
    values: tuple[float, ...]
    kind: str
    source: str
    range: tuple[float, float] | None = None  # of an uncertain input: 5th and 95th percentile
    formula: str = ""
    with_numbers: str = ""
    children: tuple[Explanation, ...] = ()
    known_from: tuple[KnownFrom, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is explained: a model, its inputs, every value, the lines that were pinned, the element looked at."""

    model: Model
    inputs: Mapping[str, Input]
    values: Values
    given: frozenset[str]
    at: Place


def explain(subject: Subject, name: str) -> Explanation:
    """The tree under one line or input. Raises `ModelError` for a name that is neither."""
    if name not in subject.model.lines and name not in subject.inputs:
        known = [*subject.model.lines, *subject.inputs]
        raise ModelError(f'"{name}" is no line and no input.', fix=nearest(name, known))
    return _explain(subject, name, subject.at, set())


def _explain(subject: Subject, name: str, at: Place, seen: Seen) -> Explanation:
    values = elements(subject.values[name], at)
    if name not in subject.model.lines:
        return _input(name, subject.inputs[name], values, at)
    line, key = subject.model.lines[name], (name, frozenset(_varying(subject.values[name], at).items()))
    if name in subject.given:
        return _line(line, values, GIVEN, source=PINNED)
    below = {axis: index for axis, index in at.items() if axis not in walked(line)}
    numbers = {need: written(elements(subject.values[need], below)) for need in line.needs}
    if key in seen:
        return _line(line, values, SHOWN_ABOVE, numbers=numbers)
    seen.add(key)
    children = tuple(_explain(subject, need, below, seen) for need in line.needs)
    return _line(line, values, LINE, numbers=numbers, children=children)


def _line(
    line: Line,
    values: tuple[float, ...],
    kind: str,
    *,
    source: str = "",
    numbers: Mapping[str, str] | None = None,
    children: tuple[Explanation, ...] = (),
) -> Explanation:
    return Explanation(
        name=line.name,
        meaning=line.meaning,
        unit=line.unit,
        values=values,
        kind=kind,
        source=source or line.source,
        formula="" if numbers is None else formula(line, {}),
        with_numbers="" if numbers is None else formula(line, numbers),
        children=children,
    )


def _input(name: str, one: Input, values: tuple[float, ...], at: Place) -> Explanation:
    known = all_known_from(one)
    if len(known) > 1:
        known = tuple(at_place(np.broadcast_to(np.asarray(one.known_from), np.shape(one.likely)), at))
    least = weakest(known)
    low, high = (one.low, one.high) if least.low is None else (least.low, least.high)
    return Explanation(
        name=name,
        meaning=one.meaning,
        unit=one.unit,
        values=values,
        kind=least.kind,
        source=str(least.source),
        range=None if low is None or high is None or not one.uncertain else (low, high),
        known_from=known if len({*known}) > 1 else (),
    )


def elements(value: Value, at: Place) -> tuple[float, ...]:
    """The numbers of a value at the chosen indices, all elements along axes that nobody chose."""
    if not np.ndim(value):
        return (float(value),)
    return tuple(float(each) for each in at_place(np.asarray(value), at))


def at_place(array: np.ndarray, at: Place) -> np.ndarray:
    """The elements of an array at the chosen indices, all of them along axes that nobody chose."""
    for axis, index in at.items():
        array = np.take(array, [min(index, array.shape[axis] - 1)], axis=axis)
    return array.ravel()


def _varying(value: Value, at: Place) -> Place:
    """The place without the axes that make no difference to a value."""
    shape = np.shape(value)
    return {axis: index for axis, index in at.items() if shape and shape[axis] > 1}


def walked(line: Line) -> set[int]:
    """The axes that a line sums over or walks along: all their elements belong to the number."""
    calls = [part for part in ast.walk(line.formula) if isinstance(part, ast.Call)]
    summed = {AXIS_OF[ast.unparse(call.keywords[0].value)] for call in calls if call.keywords}
    return summed | {MONTH for call in calls if ast.unparse(call.func) in {"cumulative", "previous"}}


def formula(line: Line, numbers: Mapping[str, str]) -> str:
    """The formula as text, its names replaced by the numbers given; a sum says over what it runs."""
    return ast.unparse(_Writer(numbers).visit(ast.parse(ast.unparse(line.formula), mode="eval")))


class _Writer(ast.NodeTransformer):
    """Puts numbers for names and words for sums."""

    def __init__(self, numbers: Mapping[str, str]) -> None:
        self.numbers = numbers

    def visit_Name(self, node: ast.Name) -> ast.Name:
        """A name, or its number."""
        return ast.Name(id=self.numbers.get(node.id, node.id))

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """`total(x, over=WORKLOAD)` reads "total over workload of (x)"."""
        node.args = [self.visit(each) for each in node.args]
        if not node.keywords:
            return node
        axis = AXIS_NAMES[AXIS_OF[ast.unparse(node.keywords[0].value)]]
        return ast.Name(id=f"total over {axis} of ({ast.unparse(node.args[0])})")


def written(numbers: Iterable[float]) -> str:
    """One number, a short list, or the range of a long one."""
    found = [f"{each:,.6g}" if abs(each) < 1e6 else f"{each:,.0f}" for each in numbers]
    if len(found) == 1:
        return found[0]
    return f"[{', '.join(found)}]" if len(found) <= MOST_SHOWN else f"[{found[0]} … {found[-1]}]"
