"""The expression of a line, printed as a formula of a cell. Nothing here knows any line by its name.

Only functions that Excel and LibreOffice share: SUMPRODUCT, MAX, MIN, IF, INT, ABS. Inside a SUMPRODUCT nothing may
choose (IF, MAX and MIN look at one cell there), so a choice is printed as products with comparisons, which is exact.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Protocol

from breakeven.numbers.explain import AXIS_OF
from breakeven.numbers.operations import AXIS_NAMES, DUST, MONTH, OPTION
from breakeven.problems import Problem

COMPARISON, SUM, PRODUCT, POWER, ATOM = range(5)
OPERATORS: dict[type[ast.operator], tuple[str, int]] = {
    ast.Add: ("+", SUM),
    ast.Sub: ("-", SUM),
    ast.Mult: ("*", PRODUCT),
    ast.Div: ("/", PRODUCT),
    ast.Pow: ("^", POWER),
}
COMPARED: dict[type[ast.cmpop], str] = {
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Eq: "=",
    ast.NotEq: "<>",
}
PIECEWISE = {"maximum": "MAX({0},{1})", "minimum": "MIN({0},{1})", "where": "IF({0},{1},{2})"}
PRODUCTS = {  # the same without a choice, for ranges
    "maximum": "({0})*(({0})>=({1}))+({1})*(({0})<({1}))",
    "minimum": "({0})*(({0})<=({1}))+({1})*(({0})>({1}))",
    "where": "({1})*({0})+({2})*(1-({0}))",
}
FUNCTIONS = frozenset({*PIECEWISE, "total", "cumulative", "previous", "whole_up"})
WHOLE_UP = "-INT(-(({0})-" + f"{DUST:.0E}" + "*ABS({0})))"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """The element that a formula is for, from 0. `axis`: the one along which names stand for ranges, up to `until`."""

    option: int
    workload: int = 0
    month: int = 0
    axis: int | None = None
    until: int | None = None


class Addresses(Protocol):
    """Where lines and inputs stand."""

    def axes(self, name: str) -> frozenset[int]:
        """The axes along which a value has more than one element."""

    def cell(self, name: str, spot: Spot) -> str:
        """The cell, or the defined name, of one element."""

    def span(self, name: str, spot: Spot) -> str:
        """The range of all elements along `spot.axis`."""

    def options(self) -> Iterable[int]:
        """The options that a sum over options runs over."""


def formula(expression: ast.expr, spot: Spot, addresses: Addresses) -> str:
    """The formula of one cell, with its equals sign."""
    return "=" + _Printer(addresses).text(expression, spot)


@dataclass(frozen=True, slots=True)
class _Printer:
    addresses: Addresses

    def text(self, node: ast.expr, spot: Spot, least: int = COMPARISON) -> str:
        """The text of one expression, in parentheses where it binds less than `least`."""
        written, level = self._written(node, spot)
        return written if level >= least else f"({written})"

    def _written(self, node: ast.expr, spot: Spot) -> tuple[str, int]:
        match node:
            case ast.Name(id=name):
                return self._name(name, spot), ATOM
            case ast.Constant(value=int() | float() as number):
                return repr(number), ATOM
            case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
                sign, level = OPERATORS[type(op)]
                first = self.text(left, spot, level + (level == POWER))
                return f"{first}{sign}{self.text(right, spot, level + (level != SUM or sign == '-'))}", level
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return f"(-{self.text(operand, spot, ATOM)})", ATOM
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in COMPARED:
                return f"{self.text(left, spot, SUM)}{COMPARED[type(op)]}{self.text(right, spot, SUM)}", COMPARISON
            case ast.Call(func=ast.Name(id=function)) if function in FUNCTIONS:
                return self._call(function, node, spot)
        raise Problem(f"no formula of a cell says {ast.unparse(node)}", fix="Use the operations of numbers.")

    def _name(self, name: str, spot: Spot) -> str:
        spread = spot.axis is not None and spot.axis in self.addresses.axes(name)
        return self.addresses.span(name, spot) if spread else self.addresses.cell(name, spot)

    def _call(self, function: str, node: ast.Call, spot: Spot) -> tuple[str, int]:
        if function == "total":
            return self._total(node.args[0], AXIS_OF[ast.unparse(node.keywords[0].value)], spot)
        if function == "cumulative":
            return self._sum(node.args[0], replace(spot, axis=MONTH, until=spot.month), spot)
        if function == "previous":
            earlier = replace(spot, month=spot.month - 1)
            return ("0", ATOM) if not spot.month else (self.text(node.args[0], earlier, ATOM), ATOM)
        parts = [self.text(arg, spot) for arg in node.args]
        if function == "whole_up":
            return WHOLE_UP.format(*parts), PRODUCT
        if spot.axis is None or not any(self._spreads(arg, spot.axis) for arg in node.args):
            return PIECEWISE[function].format(*parts), ATOM
        return PRODUCTS[function].format(*parts), SUM

    def _total(self, inner: ast.expr, axis: int, spot: Spot) -> tuple[str, int]:
        if axis != OPTION:
            return self._sum(inner, replace(spot, axis=axis, until=None), spot)
        each = (self.text(inner, replace(spot, option=option), SUM) for option in self.addresses.options())
        return "+".join(each), SUM

    def _sum(self, inner: ast.expr, along: Spot, spot: Spot) -> tuple[str, int]:
        """A sum of ranges; of what does not vary along the axis there is one element only."""
        assert along.axis is not None
        if not self._spreads(inner, along.axis):
            return self._written(inner, spot)
        if spot.axis is not None and self._spreads(inner, spot.axis):
            axes = f"{AXIS_NAMES[spot.axis]} and {AXIS_NAMES[along.axis]}"
            raise Problem(f"a sum over {axes} at once has no formula", fix="Split the line in two.")
        return f"SUMPRODUCT({self.text(inner, along)})", ATOM

    def _spreads(self, node: ast.expr, axis: int) -> bool:
        """Whether an expression has more than one element along an axis, sums over that axis left out."""
        if isinstance(node, ast.Call) and node.keywords and AXIS_OF[ast.unparse(node.keywords[0].value)] == axis:
            return False
        if isinstance(node, ast.Name):
            return axis in self.addresses.axes(node.id)
        parts = node.args if isinstance(node, ast.Call) else ast.iter_child_nodes(node)
        return any(self._spreads(each, axis) for each in parts if isinstance(each, ast.expr))
