"""Two inputs at once: the least joint move by a closed form, and "cannot turn it"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from lottery import FLEET, PRICE, VOLUME, comparison, lognormal

from breakeven.decision.answers.pairs import pair_flips
from breakeven.decision.comparison import Comparison
from breakeven.numbers.inputs import Input

TOKENS = replace(lognormal(VOLUME, 0.1), low=45_000.0, high=55_000.0, distribution="triangular")  # its mean: likely
COST = replace(lognormal(FLEET, 0.1), low=17_000.0, high=23_000.0, distribution="triangular")
NAMES = ("tokens", "fleet_cost", "nuisance")


def inputs(**changed: Input) -> Mapping[str, Input]:
    return {"tokens": TOKENS, "fleet_cost": COST, "nuisance": lognormal(1.0, 0.5)} | changed


def fixed() -> Comparison:
    return replace(comparison(), fixed=frozenset({1}))


def test_the_smallest_joint_move_is_where_the_sign_changes() -> None:
    """(50,000 - 5,000 s) x 0.5 = 20,000 + 3,000 s at s = 10/11."""
    first, *others = pair_flips(fixed(), 1, inputs(), NAMES)
    assert first.names == ("tokens", "fleet_cost")
    assert first.share == pytest.approx(10 / 11, rel=1e-5)
    assert first.at is not None
    assert first.at[0] * PRICE == pytest.approx(first.at[1], rel=1e-5)
    assert [(each.share, each.at) for each in others] == [(None, None), (None, None)]


def test_one_of_the_two_may_do_it_alone() -> None:
    """Tokens alone turn it at 40,000, two thirds of the way to 35,000; the nuisance changes nothing."""
    found = pair_flips(fixed(), 1, inputs(tokens=replace(TOKENS, low=35_000.0, high=65_000.0)), NAMES)
    by_names = {each.names: each for each in found}
    assert by_names["tokens", "nuisance"].share == pytest.approx(2 / 3, rel=1e-5)
    assert found[0].names == ("tokens", "fleet_cost")
    assert found[0].share == pytest.approx(5_000 / (7_500 + 3_000), rel=1e-5)


def test_six_inputs_at_most_and_only_those_with_a_range() -> None:
    many = {f"tokens{i}": TOKENS for i in range(9)}
    assert pair_flips(fixed(), 1, inputs(**many), ("tokens",)) == ()
    assert pair_flips(fixed(), 1, {"tokens": TOKENS, "price": replace(COST, low=None)}, ("tokens", "price")) == ()
