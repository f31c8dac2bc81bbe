"""How sure the answer is: closed forms, identities, and what is said when a line gives no number."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from lottery import TEST, comparison, lognormal, one, outcomes, two
from staircase import module

from breakeven.decision.comparison import Comparison
from breakeven.decision.risk.draws import draws
from breakeven.decision.risk.uncertainty import Estimate, Finalist, finalists, rows_at_once, simulate, uncertainty
from breakeven.numbers.inputs import Input
from breakeven.numbers.lines import Model, line
from breakeven.numbers.operations import OPTION, along
from breakeven.problems import Problem
from parts import ROOT


def near(found: Estimate, expected: float) -> bool:
    return abs(found.value - expected) <= 4 * found.standard_error


@pytest.mark.parametrize("seed", range(5))
def test_the_demo_agrees_with_its_closed_forms_within_four_standard_errors(seed: int) -> None:
    """W1: volume lognormal around 50,000 MTok; the fleet costs 20,000."""
    found = uncertainty(outcomes(one(), seed=seed))
    buy, own = found.options
    assert near(own.chance_to_pay, 0.77150)
    assert near(own.mean, 6150.70)
    assert near(buy.regret, 6842.81)
    assert near(found.perfect_information, 692.12)
    assert near(own.tail_mean, -6455.87)
    assert near(own.p50, 5000)
    assert own.mean.standard_error < 10


def test_standard_errors_are_neither_flattering_nor_wasteful() -> None:
    """Over many seeds, estimates stray from the truth by about what is said."""
    found = [uncertainty(outcomes(one(), seed=seed, scenarios=2**12)) for seed in range(100, 124)]
    strays = [(each.options[1].mean.value - 6150.70) / each.options[1].mean.standard_error for each in found]
    assert 0.6 < np.sqrt(np.mean(np.square(strays))) < 1.6


def test_the_least_regret_is_what_perfect_information_is_worth() -> None:
    found = uncertainty(outcomes(two()))
    least = min(each.regret.value for each in found.options)
    assert found.perfect_information.value == pytest.approx(least, rel=1e-12)
    benefits = outcomes(two()).benefits
    assert least == pytest.approx(benefits.max(axis=1).mean() - benefits.mean(axis=0).max(), rel=1e-9)


def test_quantiles_and_tail_are_in_order() -> None:
    own = uncertainty(outcomes(two())).options[1]
    assert own.tail_mean.value < own.p10.value < own.p50.value < own.p90.value
    assert own.tail_extra_cost.value == 0  # it is itself the best at likely values


def test_the_same_seed_gives_the_same_answer_and_another_does_not() -> None:
    assert uncertainty(outcomes(two(), seed=3)) == uncertainty(outcomes(two(), seed=3))
    assert uncertainty(outcomes(two(), seed=3)) != uncertainty(outcomes(two(), seed=4))


@pytest.mark.parametrize("rate", [0.9, 150.0])
def test_another_currency_scales_money_and_leaves_chances(rate: float) -> None:
    held = comparison()
    inputs = two()
    scaled = inputs | {"price": lognormal(0.5 * rate, 0.2)}
    values = {**held.values, "price": 0.5 * rate, "fleet_cost": 20_000.0 * rate}
    here = uncertainty(simulate(held, inputs, draws(inputs, seed=1)))
    there = uncertainty(simulate(replace(held, values=values), scaled, draws(scaled, seed=1)))
    assert there.options[1].chance_to_pay == here.options[1].chance_to_pay
    assert there.options[1].tail_mean.value == pytest.approx(rate * here.options[1].tail_mean.value, rel=1e-9)
    assert there.perfect_information.value == pytest.approx(rate * here.perfect_information.value, rel=1e-9)
    assert there.best_on_average == here.best_on_average


def test_without_any_range_all_is_certain() -> None:
    found = uncertainty(outcomes({}, scenarios=2**10))
    own = found.options[1]
    assert own.chance_to_pay == Estimate(value=1.0, standard_error=0.0)
    assert own.mean == Estimate(value=5000.0, standard_error=0.0)
    assert found.perfect_information == Estimate(value=0.0, standard_error=0.0)


def test_chunks_do_not_change_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = outcomes(two(), scenarios=2**10)
    monkeypatch.setattr("breakeven.decision.risk.uncertainty.CHUNK", 2 * 37)
    assert rows_at_once(comparison()) == 37
    assert np.array_equal(outcomes(two(), scenarios=2**10).benefits, whole.benefits)


def test_finalists_are_a_few_with_buying_first() -> None:
    held = comparison()
    bought, own = Finalist(name="buy", option=0, fleet=0.0), Finalist(name="own 3", option=1, fleet=3.0)
    found = finalists(held, [bought, own])
    assert found.names == ("buy", "own 3")
    assert found.fleets.ravel().tolist() == [0, 3]
    assert found.evaluate(["net_present_value"])["net_present_value"].ravel().tolist() == [0, 25_000 - 60_000]
    for wrong in ([own], [], [bought, *[own] * 8]):
        with pytest.raises(Problem, match="finalists"):
            finalists(held, wrong)


@line("USD", source="test")
def per_token(replicas, tokens, floor):
    """Cost of a token above the floor."""
    return replicas / (tokens - floor) ** (1 / 2)


@line("USD", source="test")
def net_present_value(per_token, tokens):
    """What is saved."""
    return per_token * tokens


@line("replica", source="test")
def replicas(holds):
    """Replicas."""
    return holds


def broken(floor: float) -> Comparison:
    per_token.line = replace(per_token.line, exact=False)
    model = Model(module(replicas, per_token, net_present_value), inputs=["tokens", "floor", "holds"])
    own = along(OPTION, [1.0, 1.0])
    return Comparison(
        model=model,
        names=("buy", "own"),
        values={"tokens": 5.0, "floor": np.float64(floor), "holds": own},
        fleets=own,
        months=1,
    )


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_line_without_a_number_is_told_with_the_input_that_makes_it_so() -> None:
    tokens = Input(likely=5.0, low=1.0, high=9.0, unit="MTok", kind="assumed", source=TEST, distribution="triangular")
    inputs = {"tokens": tokens}
    with pytest.raises(Problem, match=r'line "per_token" gives no number when tokens is 1\..*') as told:
        simulate(broken(2.0), inputs, draws(inputs, seed=1))
    assert told.value.where == "inputs: tokens"
    assert "1 to 9" in told.value.fix
    with pytest.raises(Problem, match='line "per_token" gives no number') as told:
        simulate(broken(np.nan), inputs, draws(inputs, seed=1))
    assert told.value.where == "floor"


def test_the_method_page_tells_what_is_drawn() -> None:
    found = uncertainty(outcomes(one(), seed=1))
    buy, own = found.options
    page = (ROOT / "docs" / "method" / "uncertainty.md").read_text("utf-8")
    for each in (own.mean, buy.regret, found.perfect_information, own.tail_mean):
        assert f"{each.value:,.2f} ± {each.standard_error:,.2f}".replace("-", "−") in page
