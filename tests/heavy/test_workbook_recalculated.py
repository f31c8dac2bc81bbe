"""LibreOffice computes the workbooks again, every cached value poisoned first: the cells say what the engine says.

One run of LibreOffice for all of them: 20 random cases, and one real case with single cells changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from openpyxl import load_workbook

from assessed import study
from breakeven.numbers.inputs import Input, mean_value, middle, own_ranges
from breakeven.numbers.operations import Value
from breakeven.report.pages.parts.columns import called
from breakeven.report.workbook import write_workbook
from breakeven.report.workbook.canvas import words
from breakeven.report.workbook.layout import CHECKS, INPUTS, RETURNS, SUMMARY, Layout, layout_of
from breakeven.report.workbook.summary_sheet import SWITCHES
from breakeven.study.modes import HELD
from breakeven.study.study import Basis, Study
from parts import require_part
from workbooks import (
    changed,
    differences,
    errors,
    opened,
    part_of,
    poisoned,
    random_study,
    recalculated,
    statuses,
)

pytestmark = pytest.mark.heavy

SEEDS = range(20)
CASE = "four_ways"
JUDGEMENT = words()["frozen"]["judgement"]
SCENARIO, HALF = (f"B{SWITCHES + 1 + i}" for i in (0, 1))
Cells = Mapping[tuple[str, str], float | str]  # sheet and cell -> what is typed


@dataclass(frozen=True)
class Recalculated:
    """Where the workbooks lie, by name, and the random studies."""

    books: Mapping[str, Path]
    random: Mapping[int, Study]


def typed(layout: Layout, name: str, value: float, column: str = "B", index: tuple[int, int, int] = (0, 0, 0)) -> Cells:
    """A number typed into a cell of the Inputs sheet."""
    return {(INPUTS, f"{column}{layout.inputs[name, index] + 1}"): value}


def edits() -> dict[str, Cells]:
    """What a person might change, by the name of the copy."""
    layout, first = layout_of(study(CASE)), (1, 0, 0)
    scenarios, halves = words()["scenarios"], words()["halves"]
    return {
        "untouched": {},
        "fee": typed(layout, "termination_fee", 12_345.0),
        "rent": typed(layout, "gpu_price_per_hour", 9.0, index=first),
        "peak": typed(layout, "peak_over_mean", 3.9),
        "range": typed(layout, "usable_share", 0.31, column="C"),
        "low": {(SUMMARY, SCENARIO): scenarios[1]},
        "high": {(SUMMARY, SCENARIO): scenarios[2]},
        "half_demand": {(SUMMARY, SCENARIO): scenarios[3]},
        "half_tokens": {(SUMMARY, HALF): halves[1]},
        "half_speed": {(SUMMARY, HALF): halves[2]},
    }


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Recalculated:
    require_part("libreoffice")
    folder = tmp_path_factory.mktemp("workbooks")
    random = {seed: random_study(seed) for seed in SEEDS}
    for name, one in [(CASE, study(CASE)), *((f"random {seed}", each) for seed, each in random.items())]:
        write_workbook(one, folder / f"{name}.xlsx")
    books = [copied(folder, CASE, name, cells) for name, cells in edits().items()]
    books += [copied(folder, f"random {seed}", f"seed {seed}", {}) for seed in SEEDS]
    found = {book.stem: book for book in recalculated(books, folder)}
    return Recalculated(books=found, random=random)


def copied(folder: Path, source: str, name: str, cells: Cells) -> Path:
    """A poisoned copy with some cells changed; every formula of the original is poisoned."""
    book, target = folder / f"{source}.xlsx", folder / f"{name}.xlsx"
    parts = {(part_of(book, sheet), cell): value for (sheet, cell), value in cells.items()}
    count = poisoned(book, target, parts)
    sheets = load_workbook(book)
    assert count == sum(cell.data_type == "f" for sheet in sheets for row in sheet.iter_rows() for cell in row)
    return target


def like(basis: Basis) -> Layout:
    """The places and the engine's values for other inputs, the fleets as decided."""
    return layout_of(replace(study(CASE), basis=basis))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_random_case_says_what_the_engine_says(done: Recalculated, seed: int) -> None:
    book = opened(done.books[f"seed {seed}"])
    assert errors(book) == []
    assert [*differences(book, layout_of(done.random[seed]))] == []
    assert book[CHECKS]["B3"].value == "ALL EQUAL"
    assert {*statuses(book).values()} == {"current"}


@pytest.mark.parametrize("name", edits())
def test_no_cell_shows_an_error(done: Recalculated, name: str) -> None:
    assert errors(opened(done.books[name])) == []


def test_every_cell_of_every_sheet_comes_back_as_it_was_written(done: Recalculated) -> None:
    book = opened(done.books["untouched"])
    written = opened(done.books["untouched"].parent.parent / f"{CASE}.xlsx")
    for sheet in written:
        for row in sheet.iter_rows():
            for cell in row:
                now = book[sheet.title][cell.coordinate].value
                if isinstance(cell.value, int | float):
                    assert now == pytest.approx(cell.value, rel=1e-9, abs=1e-6), (sheet.title, cell.coordinate)
                else:
                    assert (now or "") == (cell.value or ""), (sheet.title, cell.coordinate)


def test_an_input_that_reaches_no_frozen_value(done: Recalculated) -> None:
    book, layout = opened(done.books["fee"]), like(changed(study(CASE).basis, termination_fee=12_345.0))
    assert [*differences(book, layout)] == []
    own = next(i for i, each in enumerate(study(CASE).basis.columns) if each.mode in HELD)
    assert layout.engine.at("exit_cost", option=own) != layout_of(study(CASE)).engine.at("exit_cost", option=own)
    assert {*statuses(book).values()} == {"current"}
    assert book[CHECKS]["B3"].value == "inputs changed"


def test_an_input_that_reaches_the_verdict_but_no_fleet(done: Recalculated) -> None:
    rents = study(CASE).basis.inputs["gpu_price_per_hour"].likely.copy()
    rents[0, 0, 1, 0, 0] = 9.0
    book = opened(done.books["rent"])
    assert [*differences(book, like(changed(study(CASE).basis, gpu_price_per_hour=rents)))] == []
    found = statuses(book)
    assert found[JUDGEMENT] == "STALE"
    assert found[words()["frozen"]["fleet_of"].format(name=called(study(CASE), 2))] == "current"


def test_an_input_that_reaches_the_fleets(done: Recalculated) -> None:
    book = opened(done.books["peak"])
    assert [*differences(book, like(changed(study(CASE).basis, peak_over_mean=3.9)))] == []
    assert {*statuses(book).values()} == {"STALE"}
    summary = [cell.value for row in book[SUMMARY].iter_rows() for cell in row]
    assert "STALE" in summary


def test_a_range_that_reaches_what_was_drawn(done: Recalculated) -> None:
    found = statuses(opened(done.books["range"]))
    assert found.pop(JUDGEMENT) == "STALE"
    assert {*found.values()} == {"current"}


def at_end(name: str, one: Input, end: str) -> Value:
    """Every element of an input at the low or the high end: its own, else in proportion to that of the whole input."""
    if not np.ndim(one.likely):
        return getattr(one, end)
    ranges = own_ranges(one)
    if ranges is not None:
        return ranges[("low", "high").index(end)]
    means, mean = mean_value(name, one), middle(name, one)
    return means + getattr(one, end) - mean if one.low < 0 else means * (getattr(one, end) / mean)


@pytest.mark.parametrize("end", ["low", "high"])
def test_the_scenario_switch(done: Recalculated, end: str) -> None:
    basis = study(CASE).basis
    moved = {name: at_end(name, one, end) for name, one in basis.inputs.items() if one.uncertain}
    fixed = {
        name: replace(one, low=None, high=None, known_from=None) for name, one in basis.inputs.items() if name in moved
    }
    basis = replace(basis, inputs={**basis.inputs, **fixed})
    book = opened(done.books[end])
    assert [*differences(book, like(changed(basis, **moved)))] == []
    assert {*statuses(book).values()} == {"current"}


def worths(book: Path) -> list[float]:
    """The net present value of every option on the Returns sheet."""
    sheet = opened(book)[RETURNS]
    return [sheet.cell(5 + i, 2).value for i in range(len(study(CASE).options))]


@pytest.mark.parametrize(("name", "number"), [("half_tokens", 0), ("half_speed", 1)])
def test_the_half_utilization_switch(done: Recalculated, name: str, number: int) -> None:
    expected = [
        each.half_tests[number].net_present_value
        if number < len(each.half_tests)
        else each.horizon.net_present_value  # what is billed by the token has no speed of its own
        for each in study(CASE).options
    ]
    assert worths(done.books[name]) == pytest.approx(expected, rel=1e-9)


def test_half_the_demand_with_the_fleet_sized_again(done: Recalculated) -> None:
    comparison = layout_of(study(CASE)).engine.comparison
    less = {"volume_scale": comparison.values["volume_scale"] * 0.5}
    sized = comparison.sized_anew(**less)
    got = comparison.evaluate(["net_present_value"], **less, replicas=sized)["net_present_value"]
    expected = [comparison.month(got, i, 0) for i in range(1, len(comparison.names))]
    assert worths(done.books["half_demand"]) == pytest.approx(expected, rel=1e-9)
