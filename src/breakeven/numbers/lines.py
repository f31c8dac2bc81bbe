"""One definition per number: small pure functions, wired by the names of their parameters.

The function `gpu_rent(gpus_billed, gpu_price_per_hour, …)` defines the line "gpu_rent"; each parameter
names another line or an input. Values broadcast over the five axes of `operations`, so the same
functions give one number, a Monte Carlo, a sweep, a comparison of options and the exact break-evens.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError
from types import ModuleType
from typing import Any, TypeVar

import numpy as np

from breakeven.numbers.inputs import rank_is_right
from breakeven.numbers.operations import Value
from breakeven.numbers.wiring import Step, Wiring
from breakeven.problems import Problem, nearest

Values = Mapping[str, Value]
Function = TypeVar("Function", bound=Callable[..., Any])


class ModelError(Problem):
    """The lines are wired wrongly, or were given values they cannot read."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """A named quantity: its unit, the function that computes it, and where the formula is from.

    An exact line keeps fractions exact; `exact=False` is for powers and exponentials (discounting).
    """

    name: str
    unit: str
    source: str
    exact: bool
    compute: Callable[..., Value]
    needs: tuple[str, ...]

    @property
    def meaning(self) -> str:
        """The first sentence of the function's docstring."""
        return (inspect.getdoc(self.compute) or "").partition("\n")[0]

    @cached_property
    def formula(self) -> ast.expr:
        """The one expression the function returns."""
        function = ast.parse(textwrap.dedent(inspect.getsource(self.compute))).body[0]
        assert isinstance(function, ast.FunctionDef)
        match [part for part in function.body if not isinstance(part, ast.Expr)]:
            case [ast.Return(value=ast.expr() as expression)]:
                return expression
        raise ModelError(f'Line "{self.name}" must be a docstring and one return.', fix="Split it into lines.")

    def check(self) -> None:
        """Refuse a line without meaning, or an exact one that would turn a fraction into a float."""
        if not self.meaning:
            raise ModelError(f'Line "{self.name}" has no docstring.', fix="Say in one sentence what it is.")
        for part in ast.walk(self.formula) if self.exact else ():
            match part:
                case ast.BinOp(op=ast.Pow()) | ast.Constant(value=float()):
                    raise ModelError(
                        f'Line "{self.name}" is not exact: {ast.unparse(part)}.', fix="Mark it exact=False."
                    )


def line(unit: str, *, source: str, exact: bool = True) -> Callable[[Function], Function]:
    """Mark a pure function as a line. The function itself is unchanged and can be called as usual."""

    def mark(function: Function) -> Function:
        needs = tuple(inspect.signature(function).parameters)
        function.line = Line(  # type: ignore[attr-defined]
            name=function.__name__, unit=unit, source=source, exact=exact, compute=function, needs=needs
        )
        return function

    return mark


class Model:
    """The lines of some modules, in the order they can be computed, and the names they are given."""

    def __init__(self, *modules: ModuleType, inputs: Iterable[str]) -> None:
        self.inputs = frozenset(inputs)
        by_name: dict[str, Line] = {}
        for definition in (f.line for module in modules for f in vars(module).values() if hasattr(f, "line")):
            if by_name.setdefault(definition.name, definition) is not definition or definition.name in self.inputs:
                raise ModelError(f'Two definitions are named "{definition.name}".', fix="Rename one of them.")
        for definition in by_name.values():
            definition.check()
            for need in definition.needs:
                self._require(need, by_name, f'Line "{definition.name}" needs')
        try:
            self._wiring = Wiring({wired.name: wired.needs for wired in by_name.values()})
        except CycleError as error:
            raise ModelError(f"Lines need each other in a circle: {' → '.join(error.args[1])}.") from None
        self.ancestors, self.moved_by = self._wiring.ancestors, self._wiring.moved_by
        self.lines = {name: by_name[name] for name in self._wiring.needs}
        self._plans: dict[tuple[tuple[str, ...], frozenset[str]], list[Step]] = {}

    def _require(self, name: str, lines: Mapping[str, Line], who: str) -> None:
        if name not in lines and name not in self.inputs:
            known = [*lines, *self.inputs]
            raise ModelError(f'{who} "{name}", which is no line and no input.', fix=nearest(name, known))

    def evaluate(self, given: Values, wanted: Iterable[str] | None = None) -> dict[str, Value]:
        """The wanted lines (default: all). A line that is given (measured, invoiced, pinned) is not computed.

        Raises `ModelError` for an unknown name, a value of the wrong rank, or an input that is missing.
        """
        for name, value in given.items():
            if not rank_is_right(value):
                shape = np.shape(value)
                raise ModelError(f'"{name}" has shape {shape}: neither one number nor five axes.', fix="Use along().")
        names = tuple(self.lines if wanted is None else wanted)
        values = dict(given)
        for line_name, no_longer_needed in self._plan(names, frozenset(given)):
            lines = self.lines[line_name]
            values[line_name] = lines.compute(*[values[need] for need in lines.needs])
            for need in no_longer_needed:
                del values[need]
        return {name: values[name] for name in names if name in values}

    def _plan(self, names: tuple[str, ...], given: frozenset[str]) -> list[Step]:
        """The lines to compute, in order, each with the values that nothing later needs; kept for the next time."""
        if (names, given) not in self._plans:
            for who, asked in (("Given is", sorted(given)), ("Wanted is", names)):
                for name in asked:
                    self._require(name, self.lines, who)
            steps = self._wiring.steps(names, given)
            there = given.union(name for name, _ in steps)
            for step, _ in steps:
                for need in (need for need in self.lines[step].needs if need not in there):
                    raise ModelError(f'Line "{step}" needs "{need}", which was not given.')
            self._plans[names, given] = steps
        return self._plans[names, given]
