"""The options side by side, on the board: each total of the page stands there and opens the line that it is."""

from __future__ import annotations

import pytest

from assessed import study
from breakeven.report.pages.parts.behind import totals
from breakeven.web.faces.table import LINES_OF_TOTALS, options


@pytest.mark.parametrize("name", ["support-chat", "four_ways", "never"])
def test_every_total_of_a_case_stands_on_its_board(name: str) -> None:
    board = str(options(study(name)))
    assert all(f">{label}<" in board for label, _ in totals(study(name)))


def test_hardware_that_is_bought_is_one_of_them() -> None:
    assert "Hardware to buy" in dict(totals(study("support-chat")))


def test_every_line_that_a_total_opens_is_a_total_of_some_page() -> None:
    assert {label.partition(",")[0] for label, _ in totals(study("support-chat"))} >= LINES_OF_TOTALS.keys()
