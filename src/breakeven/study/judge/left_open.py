"""What a study was not told: the inputs that stand at the register's default, and the choices that its case left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from breakeven.decision.answers.unsaid import Side, Unsaid, in_order, unsaid_choices, unsaid_inputs
from breakeven.decision.comparison import Comparison
from breakeven.decision.risk.sensitivity import Bar
from breakeven.numbers.inputs import Input, middle, uncertain
from breakeven.study.case.sections import own_key, section_of
from breakeven.study.judge.chance import worth_of_columns
from breakeven.study.modes import BOUGHT
from breakeven.study.register import register
from breakeven.study.study import Basis

SPEED = "replica_tokens_per_second"


def left_open(basis: Basis, comparison: Comparison, option: int, bars: Sequence[Bar]) -> tuple[Unsaid, ...]:
    """Every default that moves one column, the largest first. `bars`: that column's tornado."""
    worth = float(worth_of_columns(comparison)[option])
    means = {name: middle(name, basis.inputs[name]) for name in uncertain(basis.inputs)}
    found = unsaid_inputs(bars, worth, basis.inputs, defaults_left(basis.inputs), means)
    return in_order([*found, *unsaid_choices(basis.choices, side_of(basis, option))])


def side_of(basis: Basis, option: int) -> Side:
    """Who runs the model under a column."""
    if basis.columns[option].mode in BOUGHT:
        return "bought"
    return "own" if basis.columns[option].hybrid else "all own"


def best_of_sides(basis: Basis, comparison: Comparison) -> dict[Side, float | None]:
    """Net present value of the best option of each side, every drawn input at its mean; today's model is none.

    "own" is the best of all own and of the bases with burst: under another default there may be none of these.
    """
    worth = worth_of_columns(comparison)
    open_model = [i for i, column in enumerate(basis.columns) if column.mode != "hosted"]

    def best(*sides: Side) -> float | None:
        return max((float(worth[i]) for i in open_model if side_of(basis, i) in sides), default=None)

    return {"bought": best("bought"), "all own": best("all own"), "own": best("own", "all own")}


def defaults_left(inputs: Mapping[str, Input]) -> dict[str, str]:
    """The inputs that stand at the register's default, or at a speed from the facts, and where a case says them."""
    return {name: key_of(name) for name, one in inputs.items() if is_default(name, one)}


def is_default(name: str, one: Input) -> bool:
    """Whether nobody said it: its source is the register's, or of a speed the facts'."""
    if name == SPEED:
        return one.kind in ("published", "modelled")
    known = register()[name].source
    return one.kind != "constant" and one.source.title.startswith(known.title) and one.source.date == known.date


def key_of(name: str) -> str:
    """Where a case says an input."""
    if name == SPEED:
        return "self_hosting.tokens_per_second"
    own = own_key(name)
    return ".".join(own) if own else f"{section_of(name)}.{name}"
