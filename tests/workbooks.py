"""Workbooks for tests: random studies, cells poisoned and changed, and LibreOffice to compute them again."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np
from openpyxl import load_workbook
from openpyxl.workbook.workbook import Workbook

from assessed import study
from breakeven.numbers.operations import MONTH
from breakeven.report.workbook.canvas import words
from breakeven.report.workbook.checks_sheet import amounts
from breakeven.report.workbook.layout import FROZEN, Layout
from breakeven.study.judge.assess import judge
from breakeven.study.register import full_model, register
from breakeven.study.study import Basis, Column, Study
from parts import ROOT, require_part

sys.path.append(str(ROOT / "tests" / "second_engine"))
from agreement import given
from random_cases import random_case

POISON = -1
FORMULA = re.compile(r'(<c r="[A-Z]+\d+"(?: s="\d+")?)(?: t="\w+")?>(<f>[^<]*</f>)<v>[^<]*</v>')
RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>"""


def random_study(seed: int) -> Study:
    """A study of a random case; nothing is drawn."""
    case = random_case(seed)
    values = given(case)
    fleets = values.pop("replicas", None)
    if fleets is None:
        fleets = full_model().evaluate(values, ["replicas"])["replicas"]
    shape = (1, 1, len(case["options"]), 1, case["months"])
    plain = study("minimal").basis
    inputs = {
        name: replace(one, likely=values[name], low=None, high=None)
        for name, one in register().items()
        if name in values
    }
    count = len(case["workloads"])
    basis = replace(
        plain,
        header=replace(plain.header, name=f"random {seed}", horizon_months=case["months"], month=case["cut_over"] + 1),
        columns=tuple(Column(name=f"{mode} {i}", mode=mode) for i, mode in enumerate(modes(case["options"]))),
        inputs=inputs,
        fleets=np.broadcast_to(np.asarray(fleets, dtype=float), shape).copy(),
        demand=replace(plain.demand, workloads=plain.demand.workloads * count),
        rivals=tuple(
            replace(
                rival,
                changes=rival.changes * count,
                prices={name: price * count for name, price in rival.prices.items()},
            )
            for rival in plain.rivals
        ),
    )
    return judge(basis, scenarios=0)


def modes(options: Sequence[Mapping[str, float]]) -> list[str]:
    """How each option of a random case gets its GPUs."""
    found = ["hosted"]
    for each in options[1:]:
        held = "owned" if each["gpu_purchase_price"] else "rented"
        bought = "serverless" if each["serverless_price_per_hour"] else "endpoint"
        found.append(held if each["holds_fleet"] else bought)
    return found


def changed(basis: Basis, **values: object) -> Basis:
    """The basis with other values of some inputs."""
    return replace(basis, inputs={**basis.inputs, **{n: replace(basis.inputs[n], likely=v) for n, v in values.items()}})


def poisoned(source: Path, target: Path, cells: Mapping[tuple[str, str], float | str] | None = None) -> int:
    """A copy with -1 for every cached value, and with other numbers or words in some cells. How many were poisoned."""
    count = 0
    with ZipFile(source) as old, ZipFile(target, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name.startswith("xl/worksheets/sheet"):
                text, poison = FORMULA.subn(rf"\1>\2<v>{POISON}</v>", content.decode("utf-8"))
                count += poison
                for (sheet, cell), value in (cells or {}).items():
                    if sheet == name:
                        text = with_cell(text, cell, value)
                content = text.encode("utf-8")
            new.writestr(name, content)
    return count


def with_cell(text: str, cell: str, value: float | str) -> str:
    """The XML of a sheet with another value in one cell that holds no formula."""
    kind, inside = "", f"<v>{value!r}</v>"
    if isinstance(value, str):
        kind, inside = ' t="inlineStr"', f"<is><t>{value}</t></is>"
    old = rf'<c r="{cell}"( s="\d+")?(?: t="\w+")?><v>[^<]*</v></c>'
    found, count = re.subn(old, rf'<c r="{cell}"\1{kind}>{inside}</c>', text)
    assert count == 1, cell
    return found


def part_of(book: Path, sheet: str) -> str:
    """The file inside a workbook that holds a sheet."""
    return f"xl/worksheets/sheet{load_workbook(book, read_only=True).sheetnames.index(sheet) + 1}.xml"


def recalculated(books: Sequence[Path], folder: Path) -> list[Path]:
    """The workbooks as LibreOffice computes them, all in one run."""
    soffice = require_part("libreoffice")
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True, exist_ok=True)
    (profile / "user" / "registrymodifications.xcu").write_text(RECALCULATE, "utf-8")
    out = folder / "recalculated"
    command = [
        str(soffice), f"-env:UserInstallation=file://{profile}", "--headless", "--calc", "--convert-to",
        "xlsx:Calc MS Excel 2007 XML", "--outdir", str(out), *map(str, books),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=1500, env={**os.environ, "HOME": str(folder)})
    return [out / each.name for each in books]


def opened(book: Path) -> Workbook:
    """The values of a workbook."""
    return load_workbook(book, data_only=True)


def differences(book: Workbook, layout: Layout) -> Iterator[tuple[str, str, float, object]]:
    """Sheet, line, the engine's value and the cell's, wherever they are not within 1e-9 of each other.

    `layout` is of the study with the engine's inputs as the workbook has them now. A difference of large amounts may
    be off by a part in 1e12 of them.
    """
    for option, sheet in enumerate(layout.sheets):
        largest, cells = amounts(layout, option), book[sheet]
        for row in (each for each in layout.line_rows if each.line is not None and not each.needed):
            name = row.line.name
            for month in range(layout.months if MONTH in layout.engine.axes(name) else 1):
                want = layout.engine.at(name, option=option, workload=row.workload, month=month)
                got = cells.cell(row.row + 1, layout.column(name, month) + 1).value
                allowed = 1e-9 * abs(want) + 1e-12 * largest[row.line.unit]
                if not isinstance(got, int | float) or abs(got - want) > allowed:
                    yield sheet, f"{name} {month}", want, got


def errors(book: Workbook) -> list[tuple[str, str, object]]:
    """Every cell that shows an error."""
    return [
        (sheet.title, cell.coordinate, cell.value)
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, str) and cell.value.startswith(("#", "Err:"))
    ]


def statuses(book: Workbook) -> dict[str, str]:
    """STALE or current, by what was made together."""
    sheet = book[FROZEN]
    top = next(row for row in range(1, sheet.max_row) if sheet.cell(row, 1).value == words()["frozen"]["groups"])
    found = {}
    for row in range(top + 1, sheet.max_row):
        if not sheet.cell(row, 1).value:
            return found
        found[sheet.cell(row, 1).value] = sheet.cell(row, 2).value
    raise AssertionError("no end of the groups")
