"""What a page prints can be asked for by the name that it prints."""

from __future__ import annotations

import pytest

from assessed import study
from breakeven.problems import Problem
from breakeven.report.pages.parts.labels import explainable, lines_called
from breakeven.report.pages.parts.rows import page_rows
from breakeven.study.register import full_model


def test_rows_of_the_page_are_found_whatever_the_case_of_their_letters() -> None:
    it = study("minimal")
    assert lines_called(it, "Total a month") == ("monthly_cost",)
    assert lines_called(it, "paid  ONCE") == ("one_time_cost",)
    assert "run_engineering" in lines_called(it, "People")
    assert lines_called(it, "gpu_rent") == ("gpu_rent",)
    money = [row for row in page_rows(it) if row.bold or row.label.startswith("  ")][:6]
    assert all(lines_called(it, row.label.strip()) for row in money)


def test_everything_that_is_listed_can_be_explained() -> None:
    it = study("support-chat")
    for name, lines in explainable(it):
        assert lines, name
        assert all(line in full_model().lines or line in it.basis.inputs for line in lines), name


def test_what_is_called_nothing_is_told_with_what_is_near() -> None:
    with pytest.raises(Problem, match='nothing is called "Poeple"'):
        lines_called(study("minimal"), "Poeple")
