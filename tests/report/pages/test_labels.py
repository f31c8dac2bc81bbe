"""What a page prints can be asked for by the name that it prints."""

from __future__ import annotations

import pytest

from assessed import study
from breakeven.problems import Problem
from breakeven.report.pages.parts.columns import called
from breakeven.report.pages.parts.labels import explainable, lines_called, what_is_asked
from breakeven.report.pages.parts.rows import GPUS, page_rows
from breakeven.report.pages.parts.short import four_lines
from breakeven.report.wording import money
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
        assert lines or what_is_asked(it, name).how, name
        assert all(line in full_model().lines or line in it.basis.inputs for line in lines), name


def test_what_is_called_nothing_is_told_with_what_is_near() -> None:
    with pytest.raises(Problem, match='nothing is called "Poeple"'):
        lines_called(study("minimal"), "Poeple")


def test_every_label_of_the_page_can_be_asked_for() -> None:
    it = study("support-chat")
    listed = {name for name, _ in explainable(it)}
    assert {row.label.strip() for row in page_rows(it)} | {name for name, _ in four_lines(it, 200)} <= listed


def test_a_sum_is_told_before_its_parts_the_largest_first_and_nothing_is_left_out() -> None:
    it = study("support-chat")
    asked = what_is_asked(it, "People", option="1")
    parts = [each.values[0] for each in asked.lines]
    assert parts == sorted(parts, reverse=True)
    assert all(parts)
    whole = sum(row.values[1] for row in it.table if row.group == "People" and not row.of_which)
    assert asked.how.startswith(f"{money(whole, 'USD')} in month {it.basis.header.month}, ")


def test_the_gain_says_that_the_page_prints_the_mean_and_what_the_lines_below_are() -> None:
    it = study("support-chat")
    best = it.options[it.verdict.best_option - 1]
    asked = what_is_asked(it, f"{it.basis.header.horizon_months}-month gain or loss")
    assert asked.how.startswith(money(best.expected_net_present_value, "USD"))
    assert asked.how.endswith(f"every input at its mean: {money(best.horizon.net_present_value, 'USD')}.")
    assert asked.lines[0].values[0] == pytest.approx(best.horizon.net_present_value)


def test_a_row_that_is_nothing_for_the_verdict_is_explained_for_the_first_option_that_has_it() -> None:
    it = study("support-chat")
    assert it.basis.columns[it.verdict.best_option].mode not in ("own", "hybrid")
    running = next(row.label for row in page_rows(it) if row.label in GPUS)
    for name in ("GPU cost", running):
        asked = what_is_asked(it, name)
        assert asked.lines[0].values[0] > 0
        assert called(it, it.verdict.best_option) not in asked.how
    assert what_is_asked(it, "GPU cost", option=str(it.verdict.best_option)).how.startswith("Nothing in month")
