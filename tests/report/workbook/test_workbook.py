"""The workbook as it is written: what stands where, what it is made of, and that it says what the engine says."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest
from openpyxl import load_workbook
from openpyxl.workbook.workbook import Workbook

from assessed import study
from breakeven.decision.exact.along import Along
from breakeven.decision.exact.crossings import crossings
from breakeven.numbers.inputs import Input, Source, known_from
from breakeven.numbers.operations import WORKLOAD
from breakeven.problems import Problem
from breakeven.report.workbook import write_workbook
from breakeven.report.workbook.groups import groups
from breakeven.report.workbook.inputs_sheet import full_label
from breakeven.report.workbook.layout import CHECKS, EVENS, FROZEN, INPUTS, SHEETS, SUMMARY, layout_of
from breakeven.report.workbook.names import CELL
from breakeven.report.workbook.steps import blocks
from breakeven.study.judge.basis import fingerprint
from breakeven.study.questions.capital import capital_of
from breakeven.study.study import Study
from workbooks import POISON, changed, differences, opened, poisoned

CASES = ("four_ways", "bill_terms", "slabs", "per_token", "too_small")
SHARED = {"ABS", "AND", "CHOOSE", "COUNTIF", "IF", "IFERROR", "INDEX", "INT", "IRR", "ISTEXT", "LN", "MATCH", "MAX",
          "MIN", "OR", "ROWS", "SIGN", "SUM", "SUMPRODUCT"}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("workbooks")


@cache
def written(folder: Path, name: str) -> Path:
    """The workbook of a case, written once."""
    path = folder / f"{name}.xlsx"
    write_workbook(study(name), path)
    return path


def formulas(book: Workbook) -> list[tuple[str, str, str]]:
    return [
        (sheet.title, cell.coordinate, cell.value)
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    ]


@pytest.mark.parametrize("name", CASES)
def test_every_cell_shows_what_the_engine_says(folder: Path, name: str) -> None:
    assert [*differences(opened(written(folder, name)), layout_of(study(name)))] == []


def test_every_line_of_every_option_is_a_formula(folder: Path) -> None:
    book, layout = load_workbook(written(folder, "four_ways")), layout_of(study("four_ways"))
    assert {row.line.name for row in layout.line_rows if row.line} == {*layout.engine.comparison.model.lines}
    for sheet in layout.sheets:
        for row in (each for each in layout.line_rows if each.line):
            assert book[sheet].cell(row.row + 1, layout.column(row.line.name, 0) + 1).data_type == "f", row.line.name


@pytest.mark.parametrize("name", CASES)
def test_only_functions_that_excel_and_libreoffice_share(folder: Path, name: str) -> None:
    used = {each for *_, said in formulas(load_workbook(written(folder, name))) for each in called(said)}
    assert used <= SHARED


def called(formula: str) -> list[str]:
    return re.findall(r"([A-Z][A-Z0-9.]*)\(", re.sub(r"'[^']*'|\"[^\"]*\"", "", formula))


def test_no_formula_is_longer_than_excel_takes(folder: Path) -> None:
    assert max(len(said) for *_, said in formulas(load_workbook(written(folder, "bill_terms")))) < 8192


def test_sheets_can_be_printed_and_none_is_protected(folder: Path) -> None:
    book = load_workbook(written(folder, "four_ways"))
    assert {*SHEETS} < {*book.sheetnames}
    assert len(book.sheetnames) == len(SHEETS) + len(study("four_ways").basis.columns)
    for sheet in book:
        assert not sheet.protection.sheet
        assert sheet.page_setup.fitToWidth in (None, 1)
        assert sheet.title == "Steps" or sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.print_area or sheet.title == "Steps"
        assert sheet.freeze_panes or sheet.title in (SUMMARY, EVENS)


def test_on_paper_stand_a_year_of_money_and_no_steps(folder: Path) -> None:
    """All else is on the screen: the steps behind Unhide, lines without money one press away."""
    book, layout = load_workbook(written(folder, "four_ways")), layout_of(study("four_ways"))
    assert [sheet.title for sheet in book if sheet.sheet_state == "hidden"] == ["Steps"]
    for sheet in (book[name] for name in layout.sheets):
        unit = {row.row + 1: row.line.unit for row in layout.line_rows if row.line}
        folded = {row for row, its in sheet.row_dimensions.items() if its.hidden}
        assert {row for row, unit in unit.items() if not unit.startswith("USD")} - folded <= {
            row.row + 1 for row in layout.line_rows if row.line and row.line.name in {"volume", "replicas"}
        }
        assert sheet.print_area.endswith("$P$" + sheet.print_area.rpartition("$")[2])  # twelve months


def test_returns_are_those_of_the_cash(folder: Path) -> None:
    """Owned hardware is paid when it is bought; the view that spreads it is named as what it is."""
    found = study("four_ways")
    sheet = opened(written(folder, "four_ways"))["Returns"]
    heads = [sheet.cell(4, column).value for column in range(1, 8)]
    assert heads[2:4] == ["cash is back after (months)", "return of the cash a month (IRR)"]
    assert all("as a charge" in head for head in heads[4:])
    bought = [i for i in range(1, len(found.basis.columns)) if capital_of(found, i).hardware]
    assert bought
    for option in bought:
        returns, row = found.financials[option].returns, 4 + option
        assert returns is not None
        assert sheet.cell(row, 3).value == pytest.approx(returns.payback_months) or returns.payback_months is None
        assert sheet.cell(row, 3).value != sheet.cell(row, 6).value


def test_names_of_inputs_are_ranges_that_formulas_use(folder: Path) -> None:
    book = load_workbook(written(folder, "four_ways"))
    names = {*book.defined_names}
    assert {"usable_share", "gpus_per_replica", "discount_rate_per_year", "switch_scenario"} < names
    assert not [name for name in names if CELL.fullmatch(name)]
    said = [said for _, _, said in formulas(book)]
    assert any("usable_share" in each for each in said)


def test_every_input_says_where_it_is_from_and_what_it_may_be(folder: Path) -> None:
    book, layout = load_workbook(written(folder, "four_ways")), layout_of(study("four_ways"))
    sheet = book[INPUTS]
    checked = {str(each.sqref) for each in sheet.data_validations.dataValidation}
    for row in (each for each in layout.input_rows if each.name and not each.by_month):
        one, (option, workload, step) = layout.basis.inputs[row.name], row.index
        known = known_from(one, option=option, workload=workload, step=step)
        assert sheet.cell(row.row + 1, 1).value == full_label(layout, row)
        assert sheet.cell(row.row + 1, 7).value == known.kind
        assert " ".join(known.source.title.split()).startswith(sheet.cell(row.row + 1, 8).value.removesuffix(" …"))
        assert sheet.cell(row.row + 1, 9).value == known.source.date
        assert f"B{row.row + 1}" in checked
        assert (sheet.cell(row.row + 1, 3).value is not None) == one.uncertain


def test_the_answer_stands_on_top(folder: Path) -> None:
    sheet = opened(written(folder, "four_ways"))[SUMMARY]
    shown = [cell.value for row in sheet.iter_rows(max_row=12) for cell in row if cell.value is not None]
    its = study("four_ways").options[study("four_ways").verdict.best_option - 1]
    assert any("it pays, with questions left open" in str(each) for each in shown)
    assert its.horizon.net_present_value in shown
    assert its.monthly_saving in shown
    assert sheet.parent[CHECKS]["B3"].value == "ALL EQUAL"


def test_the_same_study_gives_the_same_bytes(folder: Path) -> None:
    again = folder / "again.xlsx"
    write_workbook(study("four_ways"), again)
    assert again.read_bytes() == written(folder, "four_ways").read_bytes()


def test_the_hash_of_the_inputs_is_in_it_and_changes_with_any_of_them(folder: Path) -> None:
    basis = study("minimal").basis
    hashes = {fingerprint(basis)}
    for name, one in basis.inputs.items():
        hashes.add(fingerprint(changed(basis, **{name: one.likely + 1})))
    assert len(hashes) == len(basis.inputs) + 1
    with ZipFile(written(folder, "minimal")) as book:
        assert fingerprint(basis) in book.read("docProps/custom.xml").decode()
    shown = [cell.value for row in opened(written(folder, "minimal"))[SUMMARY].iter_rows(max_row=4) for cell in row]
    assert any(fingerprint(basis) in str(each) for each in shown)


def test_an_input_named_like_a_cell_gets_another_name(tmp_path: Path) -> None:
    extra = Input(likely=3.0, unit="1", kind="assumed", source=Source(title="nobody"))
    odd = {"H100": extra, "R1C1": extra, "c": extra, "a b": extra, "A_B": extra, "true": extra}
    plain = study("minimal")
    write_workbook(
        replace(plain, basis=replace(plain.basis, inputs={**plain.basis.inputs, **odd})), tmp_path / "a.xlsx"
    )
    book = load_workbook(tmp_path / "a.xlsx")
    assert {"input_H100", "input_R1C1", "input_c", "a_b", "A_B_", "input_true"} < {*book.defined_names}


@pytest.mark.filterwarnings("error")
def test_odd_names_of_options_and_workloads_are_only_text(tmp_path: Path) -> None:
    plain = study("bill_terms")
    titles = ["=cmd|'/c calc'!A1", "a/b [c]: *what*? it's a very long name of an option", "Summary"]
    columns = tuple(replace(each, name=name) for each, name in zip(plain.basis.columns, titles, strict=True))
    workloads = tuple(replace(each, name="=1+1") for each in plain.basis.demand.workloads)
    basis = replace(plain.basis, columns=columns, demand=replace(plain.basis.demand, workloads=workloads))
    odd = replace(plain, basis=basis)
    write_workbook(odd, tmp_path / "odd.xlsx")
    book = load_workbook(tmp_path / "odd.xlsx")
    assert len({name.lower() for name in book.sheetnames}) == len(book.sheetnames)
    assert not [said for *_, said in formulas(book) if said.startswith(("=cmd", "=1+1"))]
    assert [*differences(opened(tmp_path / "odd.xlsx"), layout_of(odd))] == []


def test_what_makes_a_frozen_value_stale() -> None:
    layout = layout_of(study("four_ways"))
    by_key = {each.key: each.inputs for each in groups(layout)}
    fleet = next(names for key, names in by_key.items() if key.startswith("fleet_"))
    assert {"peak_over_mean", "usable_share", "replica_tokens_per_second", "growth_per_month"} < fleet
    assert not {"gpu_price_per_hour", "run_fte", "termination_fee"} & fleet
    assert {"gpu_price_per_hour", "run_fte"} < by_key["judgement"]
    assert not [key for key, names in by_key.items() if "termination_fee" in names]


@pytest.mark.parametrize("name", ["four_ways", "fragile", "minimal", "slabs", "bill_terms"])
def test_rows_that_hold_are_the_exact_break_evens_of_the_month(folder: Path, name: str) -> None:
    """Every root of the month's saving within the counts shown, and no other."""
    sheet, layout = opened(written(folder, name))[EVENS], layout_of(study(name))
    table = [[cell.value for cell in row] for row in sheet.iter_rows(max_col=10)]
    seen = 0
    for block in (each for each in blocks(layout) if each.follows):
        top = next(i for i, row in enumerate(table) if row[0] == layout.named(block.option))
        rows = table[top + 4 : top + 4 + len(block.counts)]
        line = Along(block.model, dict(block.given), wanted="saving", name="volume_scale", option=1)
        exact = crossings(line, most=5000)
        plan = layout.engine.at("volume", month=block.month) / layout.engine.at("volume_scale")
        within = [float(root) * plan for root in exact.roots if root <= Fraction(float(block.ends[1][-1]))]
        assert [row[3] for row in rows if row[5] == "yes"] == pytest.approx(within, rel=1e-9)
        seen += len(within)
    assert seen or name in ("minimal", "slabs")


def repeated(one: Input, times: int) -> Input:
    """The input with every workload so many times, each known as before."""
    known = one.known_from
    if known is not None and known.shape[WORKLOAD] > 1:
        known = np.repeat(known, times, axis=WORKLOAD)
    return replace(one, likely=np.repeat(one.likely, times, axis=WORKLOAD), known_from=known)


def many() -> Study:
    """A case of two workloads as one of 10,000, each a five-thousandth part of one of the two: nothing else differs."""
    plain, half = study("bill_terms"), 5_000
    inputs = {
        name: repeated(one, half) if np.ndim(one.likely) and one.likely.shape[WORKLOAD] > 1 else one
        for name, one in plain.basis.inputs.items()
    }
    for name in ("input_mtok_per_month", "output_mtok_per_month", "migration_cost_per_workload"):
        inputs[name] = replace(inputs[name], likely=inputs[name].likely / half)
    demand = replace(plain.basis.demand, workloads=plain.basis.demand.workloads * half)
    return replace(plain, basis=replace(plain.basis, inputs=inputs, demand=demand))


def test_ten_thousand_workloads_are_summed_and_it_says_so(tmp_path: Path) -> None:
    big = many()
    write_workbook(big, tmp_path / "many.xlsx")
    assert (tmp_path / "many.xlsx").stat().st_size < 5_000_000
    book, layout = opened(tmp_path / "many.xlsx"), layout_of(big)
    said = [cell.value for row in book[INPUTS].iter_rows(max_row=4) for cell in row if cell.value]
    assert any("10,000 workloads" in each for each in said)
    assert "output_cost" in layout.frozen_lines
    assert [*differences(book, layout)] == []
    live = load_workbook(tmp_path / "many.xlsx")[layout.sheets[1]]
    assert live.cell(layout.lines["output_cost", 0] + 1, layout.column("output_cost", 0) + 1).data_type == "n"
    assert live.cell(layout.lines["api_bill", 0] + 1, layout.column("api_bill", 0) + 1).data_type == "f"
    assert any("sums over workloads" in str(row[0].value) for row in book[FROZEN].iter_rows())


@pytest.mark.parametrize(("place", "why"), [("/nowhere/a.xlsx", "no such folder"), ("/dev/full", "No space left")])
def test_a_place_that_cannot_be_written_is_a_problem(place: str, why: str) -> None:
    with pytest.raises(Problem, match=why):
        write_workbook(study("per_token"), Path(place))


def test_a_wrong_number_is_seen(folder: Path, tmp_path: Path) -> None:
    """What the tests compare with can fail: cells that hold -1 are told, every one."""
    poisoned(written(folder, "slabs"), tmp_path / "poisoned.xlsx")
    book, layout = opened(tmp_path / "poisoned.xlsx"), layout_of(study("slabs"))
    assert len([*differences(book, layout)]) > 500
    assert all(got == POISON for *_, got in differences(book, layout))
