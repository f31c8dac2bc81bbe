"""What to find out first: closed forms, bounds, trials between nothing and everything."""

from __future__ import annotations

import pytest
from lottery import outcomes, two, worth_of_all, worth_of_volume

from breakeven.decision.risk.information import (
    FINDINGS,
    Finding,
    first_to_find_out,
    worth_of,
    worth_of_each,
    worth_of_trial,
)
from breakeven.decision.risk.uncertainty import uncertainty
from breakeven.problems import Problem
from breakeven.study.register import register


def trial(observations: float, error: float = 0.3) -> Finding:
    return Finding(
        name="trial", inputs=("tokens",), days=1, relative_errors={"tokens": error}, observations=observations
    )


@pytest.mark.parametrize("seed", range(3))
def test_the_worth_of_one_input_and_of_all_agree_with_closed_forms(seed: int) -> None:
    found = outcomes(two(), seed=seed)
    by_name = {each.name: each for each in worth_of_each(found)}
    assert by_name["tokens"].worth.value == pytest.approx(
        worth_of_volume(), abs=4 * by_name["tokens"].worth.standard_error
    )
    perfect = uncertainty(found).perfect_information
    assert perfect.value == pytest.approx(worth_of_all(), abs=4 * perfect.standard_error)
    both = worth_of(found, "both", ["tokens", "price"])
    assert both.worth.value == pytest.approx(perfect.value, rel=0.01)
    assert both.share <= 1


@pytest.mark.parametrize("spread", [0.01, 0.2, 0.6])
def test_no_worth_is_negative_or_beyond_that_of_knowing_all(spread: float) -> None:
    found = outcomes(two(spread), scenarios=2**12)
    perfect = uncertainty(found).perfect_information.value
    for each in worth_of_each(found):
        assert 0 <= each.worth.value <= perfect


def test_what_does_not_matter_is_worth_nothing() -> None:
    found = outcomes(two())
    assert worth_of(found, "nuisance", ["nuisance"]).share < 0.005
    assert worth_of(found, "unknown", ["not_drawn"]).worth.value == 0
    assert worth_of_each(outcomes({}, scenarios=2**10)) == ()


def test_a_group_is_worth_at_least_its_best_member() -> None:
    found = outcomes(two())
    alone = worth_of_each(found)[0].worth
    assert worth_of(found, "both", ["tokens", "price"]).worth.value > alone.value


def test_a_trial_is_worth_more_the_longer_it_runs_up_to_knowing() -> None:
    found = outcomes(two())
    worths = [worth_of_trial(found, trial(many)).worth.value for many in (0, 1, 3, 10, 100, 1e6)]
    assert worths[0] == pytest.approx(0, abs=0.01 * worths[-1])
    assert worths == sorted(worths)
    exact = worth_of(found, "tokens", ["tokens"]).worth.value
    assert worths[-1] == pytest.approx(exact, rel=0.01)
    assert worth_of_trial(found, trial(1, error=0.0)).worth.value == pytest.approx(exact)


def test_things_to_do_are_ranked_by_worth_after_cost() -> None:
    found = outcomes(two())
    dear = Finding(name="dear", inputs=("tokens",), days=30, cost=1e6)
    ranked = first_to_find_out(found, [dear, Finding(name="price", inputs=("price",), days=1), trial(10)])
    assert [each.finding.name for each in ranked] == ["trial", "price", "dear"]
    assert ranked[-1].net < 0


def test_an_error_of_something_the_trial_does_not_measure_is_refused() -> None:
    with pytest.raises(Problem, match=r"trial: error 0\.1 of token"):
        worth_of_trial(
            outcomes(two(), scenarios=2**10),
            Finding(name="trial", inputs=("tokens",), days=1, relative_errors={"token": 0.1}),
        )


def test_the_things_to_do_name_inputs_that_exist() -> None:
    assert {name for each in FINDINGS for name in each.inputs} <= register().keys()
    assert all(set(each.relative_errors or {}) <= set(each.inputs) for each in FINDINGS)
