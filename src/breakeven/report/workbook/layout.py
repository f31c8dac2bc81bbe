"""Where everything stands: the row of every element of every input and line. Rows and columns count from 0."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from breakeven.numbers.inputs import Input
from breakeven.numbers.lines import Line
from breakeven.numbers.operations import MONTH, OPTION, STEP, WORKLOAD
from breakeven.problems import Problem
from breakeven.report.pages.parts.columns import called
from breakeven.report.workbook.canvas import words
from breakeven.report.workbook.engine_values import Engine, engine_of
from breakeven.report.workbook.names import range_names, sheet_names
from breakeven.study.register import LINE_MODULES
from breakeven.study.study import Basis, Study

SUMMARY, SIDE, INPUTS, MONTHS, RETURNS, EVENS, STEPS, TORNADO, SOURCES, CHECKS, FLEETS, FROZEN = SHEETS = (
    "Summary", "Side by side", "Inputs", "Months", "Returns", "Break-evens", "Steps", "Tornado", "Sources",
    "Checks", "Fleets", "Frozen values",
)  # fmt: skip
ONCE, FIRST_MONTH = 3, 4  # columns of what has no months, and of the first month
FIRST_INPUT, FIRST_LINE, FIRST_MONTHLY = 5, 4, 4  # first rows
MOST_CELLS = 300_000  # cells for single workloads; where there would be more, their sums are frozen
FLEET = "replicas"  # the line that is a decision, not a consequence: its formula stands in the row above it

Index = tuple[int, int, int]  # option, workload, step
NO_INDEX: Index = (0, 0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRow:
    """One row of every option sheet: a heading, or a line (of one workload, where it varies by workload).

    `needed`: the replicas that demand asks for, which the decided fleet in the next row may differ from.
    """

    row: int
    heading: str = ""
    line: Line | None = None
    workload: int = 0
    needed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class InputRow:
    """One row of the Inputs sheet: a heading, or one element of an input; `by_month`: its values stand by month."""

    row: int
    heading: str = ""
    name: str = ""
    index: Index = NO_INDEX
    by_month: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The places of a study's values; `frozen_lines` are sums over more workloads than a workbook can hold."""

    study: Study
    engine: Engine
    sheets: tuple[str, ...]  # of the options
    names: Mapping[str, str]  # range names of the inputs
    input_rows: tuple[InputRow, ...]
    inputs: Mapping[tuple[str, Index], int]
    monthly: Mapping[tuple[str, Index], int]  # rows of the Months sheet
    line_rows: tuple[LineRow, ...]
    lines: Mapping[tuple[str, int], int]  # rows of the option sheets, by name and workload
    frozen_lines: frozenset[str]

    @property
    def basis(self) -> Basis:
        """What the study rests on."""
        return self.study.basis

    @property
    def months(self) -> int:
        """The horizon."""
        return self.basis.header.horizon_months

    @property
    def options(self) -> range:
        """The options' numbers; 0 buys everything."""
        return range(len(self.sheets))

    def named(self, option: int) -> str:
        """An option in the few words of the page."""
        return called(self.study, option)

    @property
    def needed_row(self) -> int:
        """The row of the replicas that demand asks for."""
        return self.lines[FLEET, 0] - 1

    def column(self, name: str, month: int) -> int:
        """The column of a line in one month."""
        return FIRST_MONTH + month if MONTH in self.engine.axes(name) else ONCE

    def workload(self, index: int) -> str:
        """A workload's name."""
        listed = self.basis.demand.workloads
        return listed[index].name if index < len(listed) else f"workload {index + 1}"


def layout_of(study: Study) -> Layout:
    """Give every element of every input and line its place."""
    engine, basis = engine_of(study), study.basis
    held = not too_many(engine, basis)
    frozen = frozenset() if held else frozenset(over_workloads(engine))
    line_rows = tuple(_line_rows(engine, held))
    input_rows = tuple(_input_rows(basis, held))
    by_month = [input_row for input_row in input_rows if input_row.by_month]
    return Layout(
        study=study,
        engine=engine,
        sheets=tuple(sheet_names([called(study, i) for i in range(len(basis.columns))], SHEETS)),
        names=range_names(basis.inputs),
        input_rows=input_rows,
        inputs={(input_row.name, input_row.index): input_row.row for input_row in input_rows if input_row.name},
        monthly={(row.name, row.index): FIRST_MONTHLY + i for i, row in enumerate(by_month)},
        line_rows=line_rows,
        lines={
            (line_row.line.name, line_row.workload): line_row.row
            for line_row in line_rows
            if line_row.line and not line_row.needed
        },
        frozen_lines=frozen,
    )


def too_many(engine: Engine, basis: Basis) -> bool:
    """Whether single workloads would take more cells than a workbook should have."""
    of_workloads = [name for name in engine.comparison.model.lines if WORKLOAD in engine.axes(name)]
    rows = sum(engine.size(name, WORKLOAD) for name in of_workloads)
    return rows * basis.header.horizon_months * len(basis.columns) > MOST_CELLS


def over_workloads(engine: Engine) -> Iterator[str]:
    """Lines that sum something over workloads."""
    for name, line in engine.comparison.model.lines.items():
        if WORKLOAD not in engine.axes(name) and any(WORKLOAD in engine.axes(need) for need in line.needs):
            yield name


def _line_rows(engine: Engine, held: bool) -> Iterator[LineRow]:
    row = FIRST_LINE
    for module in LINE_MODULES:
        module_name = module.__name__.rpartition(".")[2]
        yield LineRow(row=row, heading=words()["headings"].get(module_name, module_name.replace("_", " ").capitalize()))
        row += 1
        for line in (f.line for f in vars(module).values() if hasattr(f, "line")):
            count = engine.size(line.name, WORKLOAD)
            if count > 1 and not held:
                continue
            if line.name == FLEET:
                yield LineRow(row=row, line=line, needed=True)
                row += 1
            yield from (LineRow(row=row + i, line=line, workload=i) for i in range(count))
            row += count


def _input_rows(basis: Basis, held: bool) -> Iterator[InputRow]:
    """Inputs that a person may change first, then what is fixed by definition or by the case's structure."""
    row = FIRST_INPUT
    free = {name: one for name, one in basis.inputs.items() if one.kind != "constant"}
    fixed = {name: one for name, one in basis.inputs.items() if one.kind == "constant"}
    for heading, inputs in (("inputs", free), ("constants", fixed)):
        yield InputRow(row=row, heading=words()["headings"][heading])
        row += 1
        for name, one in inputs.items():
            for index in indices(name, one, held):
                yield InputRow(row=row, name=name, index=index, by_month=length(one, MONTH) > 1)
                row += 1


def length(one: Input, axis: int) -> int:
    """How many elements an input has along an axis."""
    shape = getattr(one.likely, "shape", ())
    return int(shape[axis]) if shape else 1


def indices(name: str, one: Input, held: bool) -> Iterator[Index]:
    """The elements of an input, those of one workload or step beside each other; months are columns."""
    workloads, steps = length(one, WORKLOAD), length(one, STEP)
    if workloads > 1 and steps > 1:
        raise Problem(f"{name} varies by workload and by step", fix="The workbook shows one of the two.")
    if workloads == 1 or held:
        yield from product(range(length(one, OPTION)), range(workloads), range(steps))
