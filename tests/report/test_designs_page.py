"""The page of designs: what stands on it, at narrow and wide terminals."""

from __future__ import annotations

import pytest
from rich.console import Console

from breakeven.report.board.pictures import svg
from breakeven.report.charts.designs import designs as drawn
from breakeven.report.pages.designs_page import designs_document, designs_page, seconds
from breakeven.study.case.case import Case
from breakeven.study.designs.search import search
from breakeven.study.designs.settle import choice

CASE = {
    "as_of": "2026-11-21",
    "api_spend_per_month": 40000,
    "hosted_model": "anthropic/claude-haiku-4-5",
    "open_model": "qwen3-32b",
    "team": 1,
    "gpu_offers": [{"gpu": "h100", "price_per_gpu_hour": 2.69}, {"gpu": "h200", "price_per_gpu_hour": 3.4}],
    "self_hosting": {"operations": "business-hours", "search": {"largest_replica": 1, "precisions": ["fp8"]}},
}


@pytest.fixture(scope="module")
def found():
    """A search of two offers."""
    return search(Case.from_dict(CASE))


@pytest.mark.parametrize("width", [60, 80, 100, 160])
def test_every_design_shown_has_its_name_and_figures_and_no_line_is_too_long(found, width):
    console = Console(width=width, record=True, highlight=False)
    console.print(designs_page(found, "USD", 3))
    text = console.export_text()
    assert max(map(len, text.splitlines())) <= width
    joined = " ".join(text.split())
    for each in found.best_of_each[:3]:
        assert str(each.candidate.design) in joined
    assert "tokens/s" in joined
    assert "vllm serve Qwen/Qwen3-32B" in joined


def test_the_document_holds_every_design_once_and_the_winner_first(found):
    told = designs_document(found)
    assert told["designs"][0]["net_present_value"] == found.winner.net_present_value
    names = [(each["gpu"], each["gpus_per_replica"], each["kv_cache"], each["precision"]) for each in told["designs"]]
    assert len(names) == len({*names})
    assert any(each["unbeaten"] for each in told["designs"])


def test_the_picture_has_every_design_in_both_panels_and_marks_the_chosen_one(found):
    picture = drawn(choice(found), "USD")
    rows = picture.spec["data"]["values"]
    names = [str(each.candidate.design) for each in found.best_of_each]
    for panel in {each["what"] for each in rows}:
        assert [each["design"] for each in rows if each["what"] == panel] == names
    assert {each["design"] for each in rows if each["kind"] == "chosen"} == {names[0]}
    assert all(each["low"] <= each["likely"] <= each["high"] for each in rows)
    assert names[0] in picture.alt
    assert svg(picture).startswith("<svg")


@pytest.mark.parametrize(("value", "said"), [(0.861, "860 ms"), (0.0131, "13 ms"), (1.04, "1 s"), (12.6, "13 s")])
def test_latencies_in_words(value, said):
    assert seconds(value) == said
