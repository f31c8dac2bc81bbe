"""The addresses of lines and inputs, as the formulas of one sheet write them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from breakeven.numbers.operations import MONTH, OPTION, STEP, WORKLOAD
from breakeven.report.workbook.formulas import Spot
from breakeven.report.workbook.layout import FIRST_MONTH, INPUTS, MONTHS, Index, Layout
from breakeven.report.workbook.names import area, quoted
from breakeven.report.workbook.names import cell as cell_at

LIKELY, LOW, HIGH, USED = 1, 2, 3, 4  # columns of the Inputs sheet; lines read the last


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Addresses for the sheet of one option; `home` None: for any other sheet."""

    layout: Layout
    home: int | None = None

    def axes(self, name: str) -> frozenset[int]:
        """The axes along which a value has more than one element."""
        return self.layout.engine.axes(name)

    def options(self) -> Iterable[int]:
        """All options: a sum over them looks at every sheet."""
        return self.layout.options

    def cell(self, name: str, spot: Spot) -> str:
        """The cell, or the defined name, of one element."""
        if name in self.layout.engine.comparison.model.lines:
            row = self.layout.lines[name, spot.workload if WORKLOAD in self.axes(name) else 0]
            return self._of_option(spot.option, cell_at(row, self.layout.column(name, spot.month)))
        return self.input_cell(name, spot)

    def span(self, name: str, spot: Spot) -> str:
        """The range of all elements along `spot.axis`: workloads and steps downwards, months to the right."""
        is_line = name in self.layout.engine.comparison.model.lines
        first, last = self._ends(name, spot)
        if is_line:
            return self._of_option(spot.option, _range(self._line(name, first), self._line(name, last)))
        return self._range_of_input(name, first, last)

    def line(self, name: str, option: int, *, month: int = 0, workload: int = 0) -> str:
        """The cell of a line from any sheet."""
        return self.cell(name, Spot(option=option, month=month, workload=workload))

    def input_cell(self, name: str, spot: Spot, step: int = 0) -> str:
        """The cell of one element of an input, its range name where it has one element only."""
        axes = self.axes(name)
        if not axes:
            return self.layout.names[name]
        sheet, row, column = self._input(name, self._index(name, spot, step), spot.month)
        return f"{sheet}!{cell_at(row, column, fixed=True)}"

    def _ends(self, name: str, spot: Spot) -> tuple[tuple[Spot, int], tuple[Spot, int]]:
        """The first and the last element along the axis: a spot and a step each."""
        assert spot.axis is not None
        last = self.layout.engine.size(name, spot.axis) - 1
        if spot.axis == STEP:
            return (spot, 0), (spot, last)
        if spot.axis == WORKLOAD:
            return (replace(spot, workload=0), 0), (replace(spot, workload=last), 0)
        until = last if spot.until is None else spot.until
        return (replace(spot, month=0), 0), (replace(spot, month=until), 0)

    def _line(self, name: str, end: tuple[Spot, int]) -> tuple[int, int]:
        spot, _ = end
        row = self.layout.lines[name, spot.workload if WORKLOAD in self.axes(name) else 0]
        return row, self.layout.column(name, spot.month)

    def _range_of_input(self, name: str, first: tuple[Spot, int], last: tuple[Spot, int]) -> str:
        sheet, *start = self._input(name, self._index(name, *first), first[0].month)
        _, *end = self._input(name, self._index(name, *last), last[0].month)
        return f"{sheet}!{_range((start[0], start[1]), (end[0], end[1]))}"

    def _index(self, name: str, spot: Spot, step: int) -> Index:
        axes = self.axes(name)
        return (
            spot.option if OPTION in axes else 0,
            spot.workload if WORKLOAD in axes else 0,
            step if STEP in axes else 0,
        )

    def _input(self, name: str, index: Index, month: int) -> tuple[str, int, int]:
        if MONTH in self.axes(name):
            return quoted(MONTHS), self.layout.monthly[name, index], FIRST_MONTH + month
        return quoted(INPUTS), self.layout.inputs[name, index], USED

    def _of_option(self, option: int, cells: str) -> str:
        return cells if option == self.home else f"{quoted(self.layout.sheets[option])}!{cells}"


def _range(first: tuple[int, int], last: tuple[int, int]) -> str:
    return area(*first, *last)
