"""The lines again at many volumes and replica counts, for the live break-evens: one column a count and a volume.

Between two replica counts a month's saving is a straight line, or a few where something bursts or a price tier begins.
Each count has five columns: both ends of its step, and three times the point where the line through two ends of
opposite sign meets zero. Where the step has no kink the first of these is exact already.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from breakeven.numbers.distributions import Floats
from breakeven.numbers.lines import Line, Model
from breakeven.numbers.operations import SCENARIO, WORKLOAD, Value, along, pick, whole_up
from breakeven.report.workbook.addresses import Addresses
from breakeven.report.workbook.formulas import Spot
from breakeven.report.workbook.layout import STEPS, Layout
from breakeven.report.workbook.names import cell as cell_at
from breakeven.report.workbook.names import quoted
from breakeven.study.modes import HELD

SCALE, SERVING, CRITERION = "volume_scale", "replicas_serving", "saving"
SHOWN = ("saving", "monthly_cost", "baseline_cost", "volume", SERVING, "usable_capacity")
POINTS = 5  # columns a count: two ends and three tries
AXES_OF_A_LINE = 5  # step, workload, option, scenario, month
MOST_COUNTS = 40
REACH, FARTHEST = 2.0, 40.0  # multiples of the plan that are looked at, and break-evens beyond which are not shown
PAST_THE_LAST = 1.15
FIRST_COLUMN = 2
SETTLED = 1e-9  # of the difference between both ends: what is left of a saving at its root is floats' dust
COUNT, LEFT, RIGHT, AT_LEFT, AT_RIGHT, POINT, ASKED, FIRST_ROW = range(8)  # rows of a block, below its heading


@dataclass(frozen=True)
class Steps:
    """One option's block: its counts, its moving lines with their rows, and the engine's values in every column."""

    layout: Layout
    option: int
    top: int  # the row of the heading

    @property
    def month(self) -> int:
        """The named month, from 0."""
        return self.layout.basis.header.month - 1

    @property
    def model(self) -> Model:
        """The lines."""
        return self.layout.engine.comparison.model

    @cached_property
    def follows(self) -> bool:
        """Whether the fleet follows the volume; else there is one row, with the fleet as it is."""
        column = self.layout.basis.columns[self.option]
        return column.mode in HELD and not column.hybrid and not column.fixed

    @cached_property
    def counts(self) -> tuple[int, ...]:
        """Serving replicas that are looked at: every count up to twice the plan, in even steps where there are many."""
        engine, at = self.layout.engine, {"option": self.option, "month": self.month}
        if not self.follows:
            return (int(max(engine.at("replicas", **at) - engine.at("spare_replicas", **at), 0)),)
        least = int(max(engine.at("minimum_replicas", **at), 1))
        most = max(int(whole_up(reach(self.layout, self.option) * engine.at("replicas_for_load", **at))), least)
        every = np.unique(np.rint(np.linspace(least, most, MOST_COUNTS)).astype(int))
        return tuple(int(each) for each in every)

    @cached_property
    def moving(self) -> tuple[tuple[int, Line], ...]:
        """Option (the baseline or this one) and line of everything that volume or the count of replicas moves."""
        found = []
        for option, wanted in ((0, ["monthly_cost"]), (self.option, SHOWN)):
            moved = {SCALE, SERVING}
            for name in self.model.ancestors(wanted):
                if moved & {*self.model.lines[name].needs} or name in moved:
                    moved.add(name)
                    found.append((option, self.model.lines[name]))
        return tuple(found)

    @cached_property
    def rows(self) -> Mapping[tuple[int, str], int]:
        """The first row of each moving line; one that varies by workload takes a row for each."""
        row, found = self.top + 1 + FIRST_ROW, {}
        for option, line in self.moving:
            found[option, line.name] = row
            row += self.layout.engine.size(line.name, WORKLOAD)
        return found

    @property
    def last_row(self) -> int:
        """The last row of the block."""
        option, line = self.moving[-1]
        return self.rows[option, line.name] + self.layout.engine.size(line.name, WORKLOAD) - 1

    def column(self, count: int, point: int) -> int:
        """The column of a count (its place in `counts`) and a point."""
        return FIRST_COLUMN + POINTS * count + point

    def cell(self, row: int, count: int, point: int) -> str:
        """A cell of the block's first rows."""
        return cell_at(self.top + 1 + row, self.column(count, point))

    def line(self, name: str, count: int, point: int, option: int | None = None) -> str:
        """The cell of a moving line."""
        row = self.rows[self.option if option is None else option, name]
        return cell_at(row, self.column(count, point))

    def outside(self, cell: str) -> str:
        """A cell of the block, from another sheet."""
        return f"{quoted(STEPS)}!{cell}"

    @cached_property
    def given(self) -> Mapping[str, Value]:
        """The inputs of the baseline and this option in the named month."""
        pair = self.layout.engine.comparison.pair(self.option)
        return {name: at_month(value, self.month) for name, value in pair.items() if name != "replicas"}

    def evaluated(self, scales: Floats) -> dict[str, Value]:
        """Every line at these volumes (counts, points), the counts pinned."""
        counts = np.repeat(self.counts, scales.shape[1]).astype(float)
        serving = np.zeros((1, 1, 2, counts.size, 1))
        serving[0, 0, 1, :, 0] = counts
        given = {**self.given, SCALE: along(SCENARIO, scales.ravel()), SERVING: serving}
        with np.errstate(all="ignore"):
            return self.model.evaluate(given)

    @cached_property
    def asked(self) -> Floats:
        """Replicas that the volume of each column asks for, by the line's own formula."""
        scales = np.stack([each[POINT] for each in self.tries], axis=1).ravel()
        given = {**self.given, SCALE: along(SCENARIO, scales)}
        got = np.asarray(self.model.evaluate(given, [SERVING])[SERVING], dtype=float)
        return pick(got, option=1, scenario=range(scales.size))

    def saving(self, scales: Floats) -> Floats:
        """The month's saving at one volume of each count."""
        got = self.evaluated(scales[:, None])[CRITERION]
        return np.asarray(pick(got, option=1, scenario=range(scales.size)), dtype=float)

    @cached_property
    def ends(self) -> tuple[Floats, Floats]:
        """Both ends of each count's step, as values of the volume scale."""
        counts = np.array(self.counts, dtype=float)
        if not self.follows:
            return np.zeros(counts.size), np.full(counts.size, REACH)
        got = self.evaluated(np.ones((counts.size, 1)))["usable_capacity"]
        capacity = np.asarray(pick(got, option=1, scenario=range(counts.size)), dtype=float)
        peak = self.layout.engine.at("base_peak_load", option=self.option, month=self.month)
        right = capacity / peak if peak > 0 else np.zeros(counts.size)
        return np.where(counts > counts[0], right * (counts - 1) / np.maximum(counts, 1), 0.0), right

    @cached_property
    def tries(self) -> tuple[Mapping[int, Floats], ...]:
        """For each point the rows LEFT to POINT, by count: what the cells of the block say."""
        left, right = self.ends
        at_left, at_right = self.saving(left), self.saving(right)
        points: list[Mapping[int, Floats]] = [{POINT: left}, {POINT: right}]
        for _ in range(POINTS - 2):
            slope = at_right - at_left
            none = (slope == 0) | (at_left * at_right > 0)
            point = np.where(none, left, left - at_left * (right - left) / np.where(none, 1, slope))
            points.append({LEFT: left, RIGHT: right, AT_LEFT: at_left, AT_RIGHT: at_right, POINT: point})
            here = self.saving(point)
            here = np.where(np.abs(here) <= SETTLED * np.abs(slope), 0.0, here)
            same = here * at_left > 0
            left, at_left, right, at_right = (
                np.where(same, point, left),
                np.where(same, here, at_left),
                np.where(same, right, point),
                np.where(same, at_right, here),
            )
        return tuple(points)

    @cached_property
    def values(self) -> dict[str, Value]:
        """Every line in every column."""
        return self.evaluated(np.stack([each[POINT] for each in self.tries], axis=1))


def at_month(value: Value, month: int) -> Value:
    """A value at one month only."""
    return value[..., month : month + 1] if isinstance(value, np.ndarray) and value.shape[-1] > 1 else value


def reach(layout: Layout, option: int) -> float:
    """How far is looked: twice the plan, or past the last break-even over the horizon where that is not too far."""
    found, plan = layout.study.options[option - 1].break_evens, layout.study.volume_mtok
    ends = [root / plan for root in (*found.roots_mtok, *found.jumps_mtok) if plan]
    return max([REACH, *(PAST_THE_LAST * end for end in ends if end <= FARTHEST)])


def value_in(block: Steps, name: str, option: int, column: int, workload: int = 0) -> float:
    """The engine's value of a line in one column of a block, from 0."""
    array = np.asarray(block.values[name], dtype=float)
    array = array.reshape((1,) * (AXES_OF_A_LINE - array.ndim) + array.shape)  # a line without any axis is one number
    side = (1 if option else 0) if array.shape[-3] > 1 else 0
    return float(array[0, min(workload, array.shape[WORKLOAD] - 1), side, min(column, array.shape[SCENARIO] - 1), 0])


@dataclass(frozen=True, slots=True, kw_only=True)
class StepAddresses:
    """Addresses in one column of a block: what moves stands there, the rest on the options' sheets."""

    steps: Steps
    column: int
    elsewhere: Addresses

    def axes(self, name: str) -> frozenset[int]:
        """The axes along which a value has more than one element."""
        return self.elsewhere.axes(name) if name != SCALE else frozenset()

    def options(self) -> Iterable[int]:
        """Buying everything, and this option."""
        return (0, self.steps.option)

    def cell(self, name: str, spot: Spot) -> str:
        """The cell of one element."""
        if name == SCALE:
            return cell_at(self.steps.top + 1 + POINT, self.column, fixed_row=True)
        if (spot.option, name) in self.steps.rows:
            row = self.steps.rows[spot.option, name]
            return cell_at(row + (spot.workload if WORKLOAD in self.axes(name) else 0), self.column)
        return self.elsewhere.cell(name, spot)

    def span(self, name: str, spot: Spot) -> str:
        """The range of all elements along an axis."""
        if spot.axis == WORKLOAD and (spot.option, name) in self.steps.rows:
            row, last = self.steps.rows[spot.option, name], self.steps.layout.engine.size(name, WORKLOAD) - 1
            return f"{cell_at(row, self.column)}:{cell_at(row + last, self.column)}"
        return self.elsewhere.span(name, spot)


def blocks(layout: Layout) -> Iterator[Steps]:
    """A block for every option but buying, one below the other."""
    top = 3
    for option in layout.options[1:]:
        block = Steps(layout, option, top)
        yield block
        top = block.last_row + 3
