"""The page: short, plain, the verdict first, the same bytes every time."""

from __future__ import annotations

import io
import os
import re
from dataclasses import replace

import pytest
from rich.console import Console

from assessed import CASES, study
from breakeven.decision.risk.uncertainty import Estimate
from breakeven.report.pages.page import Page
from breakeven.report.pages.parts.answer import headline, reason, until
from breakeven.report.pages.parts.evidence import best
from breakeven.report.pages.parts.sentences import next_steps
from breakeven.report.wording import sentence
from breakeven.study.judge.answer import loses_mostly
from breakeven.study.study import Study
from parts import ROOT

GOLDEN = ROOT / "tests" / "report" / "golden"
REWRITE = "BREAKEVEN_REWRITE_GOLDEN"  # set it to 1 to write the pages anew, then read the difference
every_case = pytest.mark.parametrize("name", CASES)


def page(name: str, width: int) -> str:
    console = Console(file=io.StringIO(), width=width, color_system=None, force_terminal=False)
    console.print(Page(study(name)))
    text = console.file.getvalue()  # type: ignore[attr-defined]
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("name", ["minimal", "support-chat"])
def test_the_page_is_the_golden_one(name: str, width: int) -> None:
    file = GOLDEN / f"{name}-{width}.txt"
    text = page(name, width)
    if os.environ.get(REWRITE):
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8"), (
        f"if it should change: {REWRITE}=1 pytest tests/report, then read it"
    )


@every_case
def test_it_fits_sixty_lines_of_a_hundred(name: str) -> None:
    lines = page(name, 100).splitlines()
    assert len(lines) <= 60
    assert max(map(len, lines)) <= 100


@every_case
@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_no_line_is_wider_than_the_page(name: str, width: int) -> None:
    assert max(map(len, page(name, width).splitlines())) <= width


@every_case
def test_the_verdict_stands_in_the_first_three_lines(name: str) -> None:
    top = " ".join(page(name, 100).splitlines()[:3])
    assert headline(study(name)) in top
    assert sentence(reason(study(name))).split(";")[0].rstrip(".")[:60] in top


@every_case
def test_without_gates_that_passed_robust_is_not_said(name: str) -> None:
    assert not re.search("ROBUST|FORCED", page(name, 100))


@every_case
def test_a_win_says_that_its_gates_are_open(name: str) -> None:
    if best(study(name)).verdict == "HOLDS" and study(name).verdict.commit:
        assert f"HOLDS {until(study(name))}" in re.sub(r"\s+", " ", page(name, 100))


@every_case
def test_every_option_has_its_column_and_every_label_its_answer(name: str) -> None:
    text = page(name, 120)
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
def test_the_quality_of_another_model_is_said_on_the_page(name: str) -> None:
    found = study(name)
    said = "quality was not examined" in re.sub(r"\s+", " ", page(name, 100))
    assert said == bool(found.basis.serving.other_models)


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
    asked = page("four_ways", 100).split("Gates ")[1].splitlines()[0]
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
    said = replace(it.verdict, commit=not loses_mostly(changed))
    return replace(it, verdict=said, options=(*it.options[:at], changed, *it.options[at + 1 :]))


def test_a_win_that_loses_in_most_draws_is_not_recommended_as_one() -> None:
    found = study("fragile")
    assert best(found).verdict == "FRAGILE"
    losing = with_chance(found, 0.28)
    assert headline(losing).startswith("DO NOT COMMIT YET · ")
    assert headline(losing).endswith("pays on average, but loses in most draws")
    assert reason(losing).startswith("on average ")
    assert reason(losing).endswith("; it loses in 72 % of the draws: do not commit to it yet.")
    assert "breakeven value-of-information fragile.yaml" in next_steps(losing)[0]


def test_a_win_in_half_of_the_draws_or_more_is_fragile_and_no_worse() -> None:
    even = with_chance(study("fragile"), 0.5)
    assert headline(even).endswith("PAYS, BUT IS FRAGILE")
    assert "draws" not in reason(even)


def test_whole_servers_are_told() -> None:
    assert re.search(r"^GPUs +· .* 4, 8 paid +as used$", page("four_ways", 100), re.MULTILINE)


def test_an_endpoint_is_told_without_replicas() -> None:
    text = page("per_token", 100)
    assert "no GPUs are held" in text
    assert "half as fast" not in re.sub(r"\s+", " ", text)


def test_the_picture_marks_where_it_pays() -> None:
    assert "█" not in page("never", 100).split("0 to 2x plan")[1].splitlines()[0]
    bar = page("slabs", 100).split("0 to 2x plan")[1].splitlines()[0].strip()
    assert bar.startswith("░")
    assert bar.endswith("█")
