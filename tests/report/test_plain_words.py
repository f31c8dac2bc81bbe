"""What a reader without the docs meets: months with their date, gains by their verb, a percent sign on its number."""

from __future__ import annotations

import io
from pathlib import Path
from typing import get_args

import pytest
from rich.console import Console, Group

from breakeven.cli.studies import told_apart
from breakeven.decision.answers.verdict import Class
from breakeven.numbers.inputs import Source
from breakeven.report.board.blocks import Grid
from breakeven.report.board.html import said
from breakeven.report.board.pdf import AIR, NEGATIVE, widths
from breakeven.report.board.request import for_board
from breakeven.report.pages.parts.told import told
from breakeven.report.wording import MINUS, action, allowed, class_words, gains, month_named, month_shortly, words
from breakeven.study.questions.month_groups import month_groups
from breakeven.study.questions.tracked import _number
from breakeven.study.study import Row


@pytest.mark.parametrize(
    ("as_of", "number", "named", "month"),
    [
        ("2026-11-21", 1, "November 2026", (2026, 11)),
        ("2026-11-21", 2, "December 2026", (2026, 12)),
        ("2026-12-01", 7, "June 2027", (2027, 6)),
    ],
)
def test_a_month_is_the_one_that_tracking_takes(as_of: str, number: int, named: str, month: tuple[int, int]) -> None:
    assert month_named(as_of, number) == named
    assert _number(month, as_of) == number - 1


def test_a_month_says_its_number_and_when_it_is() -> None:
    assert month_shortly("2026-11-21", 7) == "month 7 (May 2027)"


def test_a_gain_has_a_verb() -> None:
    assert (gains(1500, "USD"), gains(-1500, "USD")) == ("gains $1,500", "loses $1,500")


def test_readiness_allows_in_words() -> None:
    assert allowed("shadow only") == "a shadow run only"


@pytest.mark.parametrize("width", range(30, 60))
def test_no_line_parts_a_number_from_its_percent_sign(width: int) -> None:
    console = Console(file=io.StringIO(), width=width, color_system=None)
    said = " ".join(f"{number}.5 % a month" for number in range(20))
    console.print(Group(*told([("Flips", said)], width, 16)))
    lines = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert not any(line.strip().startswith("%") for line in lines)
    assert " ".join(" ".join(lines).split()) == f"Flips {said}"


def test_a_source_of_no_day_says_none_and_an_unknown_one_says_so() -> None:
    assert str(Source(title="stated in the case", date="")) == "stated in the case"
    assert str(Source(title="a price list")) == "a price list (date unknown)"


def test_a_group_is_summed_without_what_is_part_of_another_row() -> None:
    def row(line: str, group: str, *values: float, of_which: bool = False) -> Row:
        return Row(line=line, label=line, group=group, values=values, of_which=of_which)

    table = [row("rent", "GPU cost", 5.0, 0.0), row("idle", "GPU cost", 2.0, 0.0, of_which=True),
             row("charge", "GPU cost", 0.0, 7.0), row("power", "Other", 0.2, 0.1)]  # fmt: skip
    (group,) = month_groups(table)
    assert (group.name, group.sums) == ("GPU cost", (5.0, 7.0))
    assert [each.line for each in group.rows] == ["rent", "idle", "charge"]


def test_two_files_of_one_name_are_told_apart_by_their_folders() -> None:
    assert told_apart(Path("a/one.yaml"), Path("b/two.yaml")) == (Path("one.yaml"), Path("two.yaml"))
    assert told_apart(Path("x/a/case.yaml"), Path("x/b/case.yaml")) == (Path("a/case.yaml"), Path("b/case.yaml"))


def test_a_board_is_not_told_to_write_a_case() -> None:
    told_to = [for_board(action(name) or "") for name in words()["inputs"]]
    steps = [each for each in told_to if each and "point the case at" not in each.lower()]
    assert not any(" in the case" in each or "into the case" in each or ",." in each for each in steps)
    assert "Decide how you expect this model's price to move." in steps


def test_every_class_of_the_verdict_has_words() -> None:
    assert all(class_words(each) != each for each in get_args(Class))


def test_a_column_of_numbers_is_wider_than_its_longest_number() -> None:
    grid = Grid(caption="", header=("option", "net present value"), rows=(("a" * 60, "−$1,234,567"),), sides="lr")
    assert widths(grid)[1] == len("−$1,234,567") + AIR


def test_a_minus_is_not_parted_from_its_number() -> None:
    assert NEGATIVE.sub(MINUS, "tiers: -3.0, -2.8 (-1) on 2026-11-21, H100-80GB") == (
        "tiers: −3.0, −2.8 (−1) on 2026-11-21, H100-80GB"
    )
    assert said("from −$184,000 at 5 %") == "from −\u2060$184,000 at 5\u00a0%"
