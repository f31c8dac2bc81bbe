"""The lesson on its example and on a case of one's own: every number in it is the engine's."""

from __future__ import annotations

import re
from dataclasses import asdict, replace

import pytest

from breakeven import Case, Problem
from breakeven.lesson.cost import demo
from breakeven.lesson.lesson import PARTS, lesson
from breakeven.lesson.material import example, material, material_of
from breakeven.lesson.parts import Part
from breakeven.quick import tco_compare
from breakeven.report.wording import money
from breakeven.shipped import shipped


@pytest.fixture(scope="module")
def parts() -> dict[str, Part]:
    return {each.name: each for each in lesson(example())}


def amounts(text: str) -> list[float]:
    return [float(each.replace(",", "")) for each in re.findall(r"\$([\d,]+)", text)]


def test_the_parts_build_on_each_other_in_this_order(parts: dict[str, Part]) -> None:
    assert tuple(parts) == PARTS == ("whole_cost", "side_by_side", "break_even", "readiness", "hybrid")
    assert [len(each.playbook) for each in parts.values()] == [3] * 5


def test_no_number_of_a_case_is_written_into_its_words() -> None:
    """Figures stand in braces; but for the demo's two utilizations, a percent that says few, and commands."""
    for name, its in shipped("lesson/texts.yaml").items():
        said = re.sub(r"\{\w+\}|0\.1|0\.9|`[^`]*`", "", " ".join([*its["paragraphs"], *its["playbook"], its["title"]]))
        assert not re.search(r"\d", said), name


def test_nothing_is_left_unfilled(parts: dict[str, Part]) -> None:
    said = str([asdict(each) for each in parts.values()])
    assert "{" not in re.sub(r"\{'(name|title)", "", said)
    assert "nan" not in said.lower().split()


def test_the_lines_of_the_month_add_up_to_the_engines_month(parts: dict[str, Part]) -> None:
    (table,) = parts["whole_cost"].tables
    *lines, total = [amounts(row[1])[0] for row in table.rows]
    assert total == round(example().option.monthly_cost)
    assert sum(lines) == pytest.approx(total, abs=len(lines))


def test_the_demo_is_called_as_it_is_printed(parts: dict[str, Part]) -> None:
    """The call in the text, run as Python, gives what the text says it gives."""
    said = parts["side_by_side"].paragraphs[0]
    call = re.search(r"tco_compare\((.*?)\)", said)
    assert call
    named = dict(each.split("=") for each in call[1].split(", "))
    result = tco_compare(**{name: float(value) for name, value in named.items()})
    assert f"hosted_usd={result['hosted_usd']}, self_hosted_usd={result['self_hosted_usd']}" in said
    assert demo(example()).says() == result


def test_what_the_demo_leaves_out_is_the_difference(parts: dict[str, Part]) -> None:
    gap = example().option.monthly_cost - demo(example()).says()["self_hosted_usd"]
    assert money(gap) in parts["side_by_side"].paragraphs[1]


def test_twice_as_busy_gpus_break_even_earlier(parts: dict[str, Part]) -> None:
    rows = {row[0]: row[1:] for row in parts["break_even"].tables[0].rows}
    half, twice = (float(each.split()[0]) for each in rows["how busy the GPUs are"])
    assert twice < half
    half, twice = (float(each.split()[0]) for each in rows["the team"])
    assert half < twice


def test_on_a_case_of_ones_own_in_another_currency() -> None:
    case = """
as_of: 2026-11-21
currency: EUR
exchange_rates: [{currency: USD, rate: 0.9, date: 2026-11-20}]
api_spend_per_month: 9000
hosted_model: anthropic/claude-haiku-4-5
open_model: llama-3.3-70b
gpu_offer: {gpu: h100, price_per_gpu_hour: 2.4}
team: 2
"""
    mine = material(Case.parse(case))
    said = " ".join(lesson(mine)[0].paragraphs)
    assert money(mine.option.monthly_cost, "EUR") in said


def test_a_study_without_its_case_tells_that_nobody_looked_at_readiness() -> None:
    said = lesson(material_of(example().study))[3]
    assert "nobody has looked" in str(said)


def test_a_case_that_holds_no_gpus_is_told() -> None:
    study = example().study
    columns = tuple(replace(each, mode="endpoint") for each in study.basis.columns)
    with pytest.raises(Problem, match="no option of this case holds GPUs"):
        material_of(replace(study, basis=replace(study.basis, columns=columns)))
