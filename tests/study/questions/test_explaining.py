"""Explanations of a study: units in its currency, and what sized the fleet."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from assessed import study
from breakeven.numbers.explain import Explanation
from breakeven.study.questions.explain import explain_line


def tree(one: Explanation) -> Iterator[Explanation]:
    yield one
    for each in one.children:
        yield from tree(each)


def fleet(name: str, option: int, month: int | None = None) -> Explanation:
    return next(each for each in tree(explain_line(study(name), "gpus", str(option), month)) if each.name == "replicas")


def test_units_are_in_the_currency_of_the_case() -> None:
    found = [*tree(explain_line(study("four_ways"), "monthly_cost"))]
    assert found[0].unit == "EUR/month"
    assert not any("USD" in each.unit for each in found)
    assert explain_line(study("minimal"), "monthly_cost").unit == "USD/month"


def test_the_speed_and_the_size_of_a_replica_say_how_the_design_came_to_be() -> None:
    found = study("minimal")
    speed, size = (explain_line(found, name).meaning for name in ("replica_tokens_per_second", "gpus_per_replica"))
    assert found.basis.demand.workloads[0].throughput_because in speed
    assert found.basis.serving.fit_because in size
    chosen = found.basis.serving.chosen
    assert chosen is not None
    assert chosen.design in speed
    assert "Chosen" not in explain_line(study("four_ways"), "gpus_per_replica").meaning
    assert "Chosen" not in explain_line(found, "monthly_cost").meaning


def test_a_fleet_says_which_need_sized_it() -> None:
    it = fleet("four_ways", 1)
    assert (it.kind, it.source) == ("decided", "what month 1 needs, which is the load at its peak")
    assert it.children[0].formula
    assert it.children[0].values == it.values
    names = {each.name for each in tree(it)}
    assert {"replicas_for_load", "peak_over_mean", "usable_share"} <= names


def test_a_fleet_that_grows_names_the_month_that_made_it_so() -> None:
    early, late = fleet("agreements", 2, 3), fleet("agreements", 2, 60)
    assert early.values < late.values
    assert late.children[0].values == late.values
    assert "month" in late.source


def test_spares_are_named() -> None:
    assert fleet("bill_terms", 1).source.endswith("and 1 for failures")


def test_a_stated_fleet_and_an_owned_base_are_decisions() -> None:
    assert fleet("too_small", 1).source == "stated in the case"
    columns = study("agreements").basis.columns
    hybrid = next(i for i, each in enumerate(columns) if each.hybrid)
    assert "owned base" in fleet("agreements", hybrid).source


@pytest.mark.parametrize("name", ["minimal", "four_ways"])
def test_the_explained_number_is_the_studys(name: str) -> None:
    found = study(name)
    best = found.options[found.verdict.best_option - 1]
    assert explain_line(found, "monthly_cost").values[0] == pytest.approx(best.monthly_cost)
