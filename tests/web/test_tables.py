"""The options side by side, on the board: each total of the page stands there and opens the line that it is."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from assessed import study
from breakeven.numbers.explain import LINE, SHOWN_ABOVE, Explanation
from breakeven.report.pages.parts.behind import totals
from breakeven.study.questions.explain import explain_line
from breakeven.web.faces.table import LINES_OF_TOTALS, options


@pytest.mark.parametrize("name", ["support-chat", "four_ways", "never"])
def test_every_total_of_a_case_stands_on_its_board(name: str) -> None:
    board = str(options(study(name)))
    assert all(f">{label}<" in board for label, _ in totals(study(name)))


def test_hardware_that_is_bought_is_one_of_them() -> None:
    assert "Hardware to buy" in dict(totals(study("support-chat")))


def test_every_line_that_a_total_opens_is_a_total_of_some_page() -> None:
    assert {label.partition(",")[0] for label, _ in totals(study("support-chat"))} >= LINES_OF_TOTALS.keys()


# What the case itself decides is of no day.
DECIDED = (
    "stated in the case", "stated by the user", "operations: ", "chosen: ", "the gate ", "percentiles of the load",
    "shipped load profiles",
)  # fmt: skip


def ends(found: Explanation) -> Iterator[tuple[str, str]]:
    """Where a derivation ends: each input with the source of each of its elements."""
    if found.kind not in (LINE, SHOWN_ABOVE, "decided"):
        yield from (
            (found.name, str(source)) for source in [each.source for each in found.known_from] or [found.source]
        )
    for each in found.children:
        yield from ends(each)


@pytest.mark.parametrize("name", ["support-chat", "four_ways"])
def test_every_number_that_can_be_opened_ends_at_sources_with_their_day(name: str) -> None:
    found = study(name)
    opened = dict.fromkeys([*(row.line for row in found.table), *LINES_OF_TOTALS.values()])
    for option in range(len(found.basis.columns)):
        for line in opened:
            for its, source in ends(explain_line(found, line, str(option), None)):
                of_a_day = re.search(r"\((20\d\d[-\d]*|date unknown)\)", source)
                assert of_a_day or source.startswith(DECIDED), f"{line}: {its}: {source}"
