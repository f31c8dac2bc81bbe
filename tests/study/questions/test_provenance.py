"""Every number of a study has a line, an input, the case, or a named method behind it."""

from __future__ import annotations

import json
from functools import cache
from importlib import import_module
from typing import Any

import numpy as np
import pytest

from assessed import CASES, study
from breakeven.problems import Problem
from breakeven.study.judge.assess import comparison_of, rows
from breakeven.study.judge.basis import study_document
from breakeven.study.questions.provenance import Origin, numbers, origin, origins
from breakeven.study.register import full_model
from parts import ROOT

HARDWARE = {"hardware_bought", "hardware_sold"}  # rows of the cash flow in place of a line: decision.hardware
NAMED_MONTH = {"monthly_cost", "saving", "cost_per_mtok", "gpus", "gpus_billed", "volume"}
every_case = pytest.mark.parametrize("name", CASES)
methods = pytest.mark.parametrize("one", [each for each in origins() if each.kind == "method"], ids=lambda o: o.pattern)


@cache
def document(name: str) -> Any:
    return json.loads(json.dumps(study_document(study(name))))


@cache
def seen(name: str) -> dict[Origin, list[tuple[str, ...]]]:
    found: dict[Origin, list[tuple[str, ...]]] = {}
    for path, _ in numbers(document(name)):
        found.setdefault(origin(".".join(path)), []).append(path)
    return found


@every_case
def test_every_number_has_something_behind_it(name: str) -> None:
    assert sum(map(len, seen(name).values())) > 1000


def test_a_number_with_nothing_behind_it_is_refused() -> None:
    planted = document("minimal") | {"savings_by_magic": 42}
    unknown = [path for path, _ in numbers(planted) if path == ("savings_by_magic",)]
    assert unknown
    with pytest.raises(Problem, match="savings_by_magic"):
        origin(".".join(unknown[0]))


def test_no_pattern_is_idle() -> None:
    used = {each for name in CASES for each in seen(name)}
    # no case here examines readiness or stands before two hosts' gates
    allowed = {"basis.readiness.**", "basis.gates.**", "cost_of_gates.**"}
    assert {each.pattern for each in origins() if each not in used} <= allowed


@methods
def test_a_method_is_a_documented_function_with_a_page(one: Origin) -> None:
    module, _, function = one.name.rpartition(".")
    assert (getattr(import_module(module), function).__doc__ or "").strip()
    page = ROOT / "docs" / one.page
    assert page.is_file(), f"{one.name} names {one.page}"


def test_a_line_is_a_line_of_the_model() -> None:
    assert {each.name for each in origins() if each.kind == "line"} <= set(full_model().lines)


@every_case
def test_what_names_its_line_names_one_of_the_model(name: str) -> None:
    model, found = full_model(), study(name)
    assert {row.line for row in found.table} <= set(model.lines)
    assert {row.line for view in found.financials for row in view.cash} <= set(model.lines) | HARDWARE


@every_case
def test_a_number_with_a_line_behind_it_is_that_line(name: str) -> None:
    """The numbers of the options, again by the lines that are said to stand behind them."""
    found, made = study(name), document(name)
    comparison, month = comparison_of(found.basis), found.basis.header.month - 1
    got = comparison.evaluate()
    for row in made["table"]:
        sign = -1.0 if row["line"] in rows()["negative"] else 1.0
        wanted = [sign * comparison.month(got[row["line"]], i, month) for i in range(len(row["values"]))]
        assert row["values"] == pytest.approx(wanted)
    for i, option in enumerate(made["options"], 1):
        for key, value in option.items():
            path = f"options.{i}.{key}"
            if isinstance(value, float) and (behind := origin(path)).kind == "line" and behind.name in NAMED_MONTH:
                assert value == pytest.approx(comparison.month(got[behind.name], i, month)), path


@every_case
def test_an_input_says_its_unit_kind_and_source(name: str) -> None:
    made = document(name)["basis"]
    for each in (*made["inputs"].values(), *made["finance"]["numbers"].values()):
        assert each["unit"]
        assert each["kind"] in ("constant", "measured", "published", "modelled", "assumed")
        assert each["source"]["title"]


@every_case
def test_cash_by_line_is_the_line_after_the_cut_over(name: str) -> None:
    found = study(name)
    comparison, got = comparison_of(found.basis), comparison_of(found.basis).evaluate()
    for i, view in enumerate(found.financials):
        live = comparison.path(np.asarray(comparison.values["live"]), i) > 0  # what is bought waits for no platform
        for row in view.cash:
            if row.line in HARDWARE or row.months[0]:
                continue
            sign = 1.0 if row.line == "committed_relief" else -1.0
            own, bought = comparison.path(got[row.line], i), comparison.path(got[row.line], 0)
            assert np.array(row.months[1:]) == pytest.approx(sign * np.where(live, own, bought))
