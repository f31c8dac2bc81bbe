"""Frozen values and what they were made from: which cells make each of them stale."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from breakeven.numbers.operations import OPTION
from breakeven.report.workbook.layout import FLEET, InputRow, Layout
from breakeven.study.modes import HELD

CRITERION = "net_present_value"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Values frozen together. `inputs` made them; `option`: only that option's elements; `ranges`: low and high too."""

    key: str
    inputs: frozenset[str]
    option: int | None = None
    ranges: bool = False

    @property
    def name(self) -> str:
        """The defined name of its status cell."""
        return f"status_of_{self.key}"

    def reached_by(self, row: InputRow, layout: Layout) -> bool:
        """Whether an element of an input went into it."""
        varies = row.name in layout.engine.values and OPTION in layout.engine.axes(row.name)
        mine = self.option is None or not varies or row.index[0] in (0, self.option)
        return row.name in self.inputs and mine


def groups(layout: Layout) -> tuple[Group, ...]:
    """Every group of a study: each decided fleet, what was judged and drawn, sums over too many workloads."""
    return tuple(_groups(layout))


def _groups(layout: Layout) -> Iterator[Group]:
    for option in decided(layout):
        hybrid = layout.basis.columns[option].hybrid
        names = inputs_of(layout, [CRITERION, FLEET] if hybrid else [FLEET])
        yield Group(key=f"fleet_{option}", inputs=names, option=option)
    yield Group(key="judgement", inputs=inputs_of(layout, [CRITERION, FLEET]), ranges=True)
    if layout.frozen_lines:
        yield Group(key="sums", inputs=inputs_of(layout, layout.frozen_lines))


def decided(layout: Layout) -> list[int]:
    """Options whose fleet was decided by the engine and is therefore frozen; one stated by the case is an input."""
    return [i for i, each in enumerate(layout.basis.columns) if each.mode in HELD and not each.fixed]


def inputs_of(layout: Layout, lines: Iterable[str]) -> frozenset[str]:
    """The inputs that lines are made from, fleets followed to what they were sized for."""
    model = layout.engine.comparison.model
    names = model.ancestors(lines)
    return frozenset(need for name in names for need in model.lines[name].needs if need in model.inputs)
