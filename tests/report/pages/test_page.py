"""The page: short, plain, the verdict first, the same bytes every time."""

from __future__ import annotations

import io
import os
import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from rich.console import Console

from assessed import CASES, study
from breakeven.decision.risk.uncertainty import Estimate
from breakeven.report.pages.full_page import FullPage
from breakeven.report.pages.page import Page
from breakeven.report.pages.parts.answer import headline, reason, until, why
from breakeven.report.pages.parts.columns import always, called, in_order
from breakeven.report.pages.parts.evidence import best
from breakeven.report.pages.parts.rows import NOTHING, page_rows
from breakeven.report.pages.parts.sentences import fits, next_steps
from breakeven.report.wording import money, odds
from breakeven.study.case.case import Case
from breakeven.study.designs.settle import assess
from breakeven.study.judge.answer import loses_mostly
from breakeven.study.study import Study
from parts import ROOT

GOLDEN = ROOT / "tests" / "report" / "golden"
REWRITE = "BREAKEVEN_REWRITE_GOLDEN"  # set it to 1 to write the pages anew, then read the difference
KINDS = ("minimal", "support-chat", "owned", "bill_terms", "forced", "never", "too_small", "four_ways")
MOST_LINES = 32
AMOUNT = re.compile(r"[\u2212]?[$€£]\d[\d,]*(?<!,)")
every_case = pytest.mark.parametrize("name", CASES)
every_kind = pytest.mark.parametrize("name", KINDS)


@cache
def of_kind(name: str) -> Study:
    """The study of a case that stands beside the others, or only here."""
    file = Path(__file__).parent / "cases" / f"{name}.yaml"
    return assess(Case.load(file)) if file.exists() else study(name)


def printed(it: object, width: int) -> str:
    console = Console(file=io.StringIO(), width=width, color_system=None, force_terminal=False)
    console.print(it)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"


def page(name: str, width: int) -> str:
    return printed(Page(of_kind(name)), width)


def full(name: str, width: int = 100) -> str:
    return printed(FullPage(study(name)), width)


def rows_of(text: str) -> list[str]:
    """The labels of the table's rows."""
    lines = text.split("\n\n")[1].splitlines()
    first = next(i for i, line in enumerate(lines) if line.startswith("Total a month"))
    return [re.split(r"\s{2,}", line.strip())[0] for line in lines[first:] if not line.startswith(("Also", "\u2212"))]


@pytest.mark.parametrize("width", [60, 80, 100, 120])
@every_kind
def test_the_page_is_the_golden_one(name: str, width: int) -> None:
    file = GOLDEN / f"{name}-{width}.txt"
    text = page(name, width)
    if os.environ.get(REWRITE):
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8"), (
        f"if it should change: {REWRITE}=1 pytest tests/report, then read it"
    )


@pytest.mark.parametrize("name", [*CASES, "owned", "forced"])
def test_it_fits_on_one_screen(name: str) -> None:
    lines = page(name, 100).splitlines()
    assert len(lines) <= MOST_LINES
    assert max(map(len, lines)) <= 100


@every_kind
@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_no_line_is_wider_than_the_page(name: str, width: int) -> None:
    assert max(map(len, page(name, width).splitlines())) <= width


@every_kind
@pytest.mark.parametrize("width", range(60, 201, 10))
def test_the_rows_and_what_is_told_are_the_same_at_every_width(name: str, width: int) -> None:
    """Columns may go, into a line below; no row, no amount of what is shown, no step."""
    found = of_kind(name)
    rows = page_rows(found)
    text = page(name, width)
    table = text.split("\n\n")[1]
    body = table[table.index("Total a month") :].splitlines()
    assert [line[: max(len(row.label) for row in rows)].strip() for line in body[: len(rows)]] == [
        row.label.strip() for row in rows
    ]
    for row, line in zip(rows, body, strict=False):
        shown = [row.values[i] for i in in_order(found)[: always(found)]]
        at = len(row.label)
        for value in shown:
            at = line.index(value, at) + len(value)  # whole, and in this order
    told = re.sub(r"\s+", " ", text.split("\n\n")[2])
    assert told == re.sub(r"\s+", " ", page(name, 100).split("\n\n")[2])


@every_kind
def test_an_option_without_a_column_is_told_in_a_line_below(name: str) -> None:
    found = of_kind(name)
    text = re.sub(r"\s+", " ", page(name, 60))
    for column in range(1, len(found.basis.columns)):
        worth = money(found.options[column - 1].expected_net_present_value, found.basis.header.currency)
        assert worth in text or f"{called(found, column)} not possible" in text


@every_kind
def test_the_answer_stands_in_the_first_lines(name: str) -> None:
    top = re.sub(r"\s+", " ", page(name, 100).split("\n\n")[0])
    assert top.startswith(headline(of_kind(name)))
    assert top.endswith(why(of_kind(name)))


@every_kind
def test_no_amount_of_the_answer_is_rounded_otherwise_in_the_table(name: str) -> None:
    """What the sentences say a month costs more, or gains, is what a reader finds by subtracting in the table."""
    found = of_kind(name)
    table = page(name, 200).split("\n\n")[1]
    for amount in AMOUNT.findall(why(found)):
        saved = {money(abs(each.monthly_saving), found.basis.header.currency) for each in found.options}
        assert amount in table or f"\u2212{amount}" in table or amount in saved


@every_kind
def test_one_word_is_not_both_money_and_a_count(name: str) -> None:
    for row in page_rows(of_kind(name)):
        amounts = [bool(AMOUNT.fullmatch(value)) for value in row.values if value != NOTHING]
        assert all(amounts) or not any(amounts), row.label


@every_case
def test_without_gates_that_passed_robust_is_not_said(name: str) -> None:
    assert not re.search("everything was examined|leave nothing better", page(name, 100))


@every_case
def test_a_win_says_that_its_gates_are_open(name: str) -> None:
    if best(study(name)).verdict == "HOLDS" and study(name).verdict.commit:
        assert f"it pays, {until(study(name))}" in re.sub(r"\s+", " ", page(name, 100))


@every_case
def test_in_full_every_option_has_its_column_and_every_label_its_answer(name: str) -> None:
    text = full(name, 120)
    for column in study(name).basis.columns:
        assert all(word in text for word in re.findall(r"\w+", column.name))
    for name_of in (
        "Break-even",
        "Utilization",
        "At half",
        "Over time",
        "What turns it",
        "Not assessed",
        "Next",
        "Note",
    ):
        assert re.search(rf"^{name_of} +\S", text, re.MULTILINE), name_of


@every_case
def test_another_model_is_not_tested_until_its_gate_has_an_answer(name: str) -> None:
    found, text = study(name), page(name, 100)
    unknown = any(gate.side == "open model" and gate.verdict == "unknown" for gate in found.basis.gates)
    assert ("NOT TESTED" in text) == unknown
    if unknown and found.basis.serving.other_models:
        assert "quality was not examined" in re.sub(r"\s+", " ", full(name))


@every_case
def test_there_is_always_something_to_do_next(name: str) -> None:
    steps = next_steps(study(name))
    assert 1 <= len(steps) <= 3
    assert len(set(steps)) == len(steps)
    assert all(step.endswith((".", ")")) for step in steps)


@every_case
def test_nothing_internal_shows(name: str) -> None:
    text = page(name, 200).replace("net_present_value", "")
    for rival in study(name).rivals:
        text = text.replace(rival.model.partition("/")[0] or "\0", "")
    assert not re.search(r"None|\bnan\b|\binf\b|np\.float|[a-z]_[a-z]", text)


def test_a_gate_that_is_passed_needs_no_examining() -> None:
    """Of today's host residency has passed, of another it is open; the licence is asked of who serves it."""
    asked = full("four_ways").split("Gates ")[1].splitlines()[0]
    assert "residency" in asked
    assert "quality" not in asked
    assert "licence" not in asked


def test_a_fleet_that_is_too_small_says_how_many_are_needed() -> None:
    needed = best(study("too_small")).replicas_needed
    assert f"{needed:g} are needed" in reason(study("too_small"))
    assert next_steps(study("too_small"))[0].startswith(f"State {needed:g} replicas or more")


def with_chance(it: Study, chance: float) -> Study:
    """The study, its best option paying in that share of the draws."""
    at = it.verdict.best_option - 1
    option = it.options[at]
    assert option.depth.chance is not None
    drawn = replace(option.depth.chance, chance_to_pay=Estimate(value=chance, standard_error=0.0))
    changed = replace(option, depth=replace(option.depth, chance=drawn))
    said = replace(it.verdict, commit=not loses_mostly(changed), option=0 if loses_mostly(changed) else at + 1)
    return replace(it, verdict=said, options=(*it.options[:at], changed, *it.options[at + 1 :]))


def test_a_win_that_loses_in_most_draws_is_not_recommended_as_one() -> None:
    found = study("fragile")
    assert best(found).verdict == "FRAGILE"
    losing = with_chance(found, 0.28)
    assert headline(losing) == "SELF-HOST (rented): NOT YET. It pays on average, but loses in most scenarios."
    assert why(losing).startswith("Until then keep buying. ")
    assert "it pays in 28 of 100 scenarios" in reason(losing)
    assert "breakeven value-of-information fragile.yaml" in next_steps(losing)[0]


def test_a_win_in_half_of_the_draws_or_more_is_fragile_and_no_worse() -> None:
    even = with_chance(study("fragile"), 0.5)
    assert headline(even).endswith("it pays, but not by a safe margin.")
    assert not why(even).startswith("Until then")


@pytest.mark.parametrize(
    ("chance", "told"),
    [(0.0, "0 of 100"), (0.001, "under 1 of 100"), (0.5, "50 of 100"), (0.9999, "over 99 of 100"), (1.0, "100 of 100")],
)
def test_what_is_not_certain_is_not_told_as_certain(chance: float, told: str) -> None:
    assert odds(chance) == told


def test_whole_servers_are_told() -> None:
    assert re.search(r"^GPUs used, of paid +– .* as used +4 of 8$", page("four_ways", 120), re.MULTILINE)
    assert re.search(r"^GPUs +– .* 4, 8 paid +as used$", full("four_ways"), re.MULTILINE)


def test_hardware_stands_on_the_page_beside_what_is_paid_once() -> None:
    """Owned GPUs are spread over their life in a month's total; what they cost is a row of its own."""
    found = of_kind("owned")
    bought = [-sum(row.months) for row in found.financials[3].cash if row.line == "hardware_bought"]
    assert found.basis.columns[3].mode == "owned"
    (line,) = re.findall(r"^Hardware to buy.*$", page("owned", 200), re.MULTILINE)
    assert money(bought[0]) in line


def test_an_endpoint_is_told_without_replicas() -> None:
    text = full("per_token")
    assert "no GPUs are held" in text
    assert "half as fast" not in re.sub(r"\s+", " ", text)
    assert "half the speed" not in page("per_token", 100)


def test_advice_fits_the_case() -> None:
    """A longer log is asked for only where there is one, a host only where it wins."""
    assert not fits(study("minimal"), "volume_scale")
    assert fits(study("support-chat"), "volume_scale")
    assert fits(study("minimal"), "input_price_per_mtok")
    assert not fits(of_kind("forced"), "input_price_per_mtok")
    assert any("Ask nebius" in step for step in next_steps(study("minimal"), 20))
    assert not any("Ask huggingface" in step or "(hosts.allow)" in step for step in next_steps(study("never"), 20))


def test_the_picture_marks_where_it_pays() -> None:
    assert "█" not in full("never").split("0 to 2x plan")[1].splitlines()[0]
    bar = full("slabs").split("0 to 2x plan")[1].splitlines()[0].strip()
    assert bar.startswith("░")
    assert bar.endswith("█")
