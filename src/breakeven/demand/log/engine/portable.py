"""What every engine can be asked: the list of operations, and how a careful cast is said where an engine has none."""

from __future__ import annotations

from typing import Any

from breakeven.demand.log.libraries import ibis
from breakeven.problems import Problem
from breakeven.shipped import shipped

BLANK = "[ \t\n\r]*"  # no backslashes: engines differ in how they read them
NUMBER = f"^{BLANK}[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9][0-9]?)?{BLANK}$"
CLOCK = "([ T][0-9][0-9]:[0-9][0-9](:[0-9][0-9]([.][0-9]+)?)?)?"
ISO = f"^{BLANK}[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]{CLOCK}([+-][0-9][0-9](:?[0-9][0-9])?|Z)?{BLANK}$"
NAIVE = f"^{BLANK}[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]{CLOCK}{BLANK}$"  # without a zone
LARGEST = 9.2e18  # what a 64-bit integer holds


def allowed() -> frozenset[str]:
    """The names of Ibis' operations that may reach an engine."""
    return frozenset(name for names in shipped("demand/engines.yaml")["operations"].values() for name in names)


def operations_of(question: Any) -> frozenset[str]:
    """The names of the operations in an expression."""
    nodes = question.op().find(ibis().expr.operations.Node)
    return frozenset(type(each).__name__ for each in nodes)


def refuse_others(question: Any, *, where: str = "") -> None:
    """An operation that was not seen to give one result on every engine is not asked of any."""
    if others := sorted(operations_of(question) - allowed()):
        raise Problem(
            f"the question uses {', '.join(others)}, which engines answer differently",
            where=where,
            fix="Ask with the operations of engines.yaml, and do the rest here.",
        )


def portable(question: Any) -> Any:
    """The question with each careful cast said as a condition and a plain cast: engines differ in what they refuse."""
    operations = ibis().expr.operations

    def rewrite(node: Any, renewed: Any) -> Any:
        again = node.__recreate__(renewed) if renewed else node
        if isinstance(again, operations.TryCast):
            return _cast(again).op()
        if isinstance(again, operations.Cast) and again.arg.dtype.is_boolean() and again.to.is_integer():
            return _one_or_zero(again.arg.to_expr()).op()
        return again

    return question.op().replace(rewrite).to_expr()


def _one_or_zero(truth: Any) -> Any:
    """PostgreSQL makes no 64-bit number of a truth value."""
    return ibis().cases((truth, ibis().literal(1, "int64")), (~truth, ibis().literal(0, "int64")), else_=None)


def _cast(node: Any) -> Any:
    value, kind = node.arg.to_expr(), node.to
    if value.type().is_numeric():
        fits = (value > -LARGEST) & (value < LARGEST) if kind.is_integer() else ibis().literal(True)
    else:
        fits = value.re_search(NUMBER if kind.is_numeric() else ISO)
    plain = value.cast("float64").cast(kind) if value.type().is_string() and kind.is_integer() else value.cast(kind)
    return ibis().cases((fits, plain), else_=None)
