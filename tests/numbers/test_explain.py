"""The derivation of a number: formulas, numbers and sources down to the inputs, shared branches once."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

import pytest

from breakeven.numbers.explain import GIVEN, LINE, SHOWN_ABOVE, Explanation, Subject, explain, written
from breakeven.numbers.inputs import Input, Source, likely
from breakeven.numbers.lines import Model, ModelError, line
from breakeven.numbers.operations import MONTH, OPTION, WORKLOAD, along, cumulative, total
from breakeven.study.register import full_model


@line("GPU", source="sizing")
def gpus(replicas, size):
    """GPUs kept running."""
    return replicas * size


@line("USD/month", source="rent")
def rent(gpus, price):
    """Rent of the GPUs."""
    return gpus * price


@line("USD/month", source="power")
def power(gpus, price):
    """Electricity, at the same price here."""
    return gpus * price / 10


@line("USD/month", source="tokens")
def tokens(volume, token_price):
    """All workloads together."""
    return total(volume * token_price, over=WORKLOAD)


@line("USD/month", source="sum")
def cost(rent, power, tokens):
    """Everything."""
    return rent + power + tokens


@line("USD/month", source="baseline")
def baseline(cost, is_baseline):
    """What the first option costs."""
    return total(cost * is_baseline, over=OPTION)


@line("USD", source="walk")
def so_far(cost, month):
    """Paid so far."""
    return cumulative(cost * month)


HERE = Source(title="a page", date="2026-11-01")
INPUTS = {
    "replicas": Input(likely=along(OPTION, [0, 3]), unit="replica", kind="modelled", source=HERE),
    "size": Input(likely=2.0, unit="GPU/replica", kind="constant", source=HERE),
    "price": Input(likely=10.0, low=8.0, high=12.0, unit="USD", kind="published", source=HERE, meaning="a GPU"),
    "volume": Input(likely=along(WORKLOAD, [5, 7]), unit="MTok", kind="measured", source=HERE),
    "token_price": Input(likely=along(WORKLOAD, [1, 2]), unit="USD/MTok", kind="published", source=HERE),
    "is_baseline": Input(likely=along(OPTION, [1, 0]), unit="1", kind="constant", source=HERE),
    "month": Input(likely=along(MONTH, [1, 1, 1]), unit="month", kind="constant", source=HERE),
}
MODULE = ModuleType("made")
for each in (gpus, rent, power, tokens, cost, baseline, so_far):
    setattr(MODULE, each.__name__, each)
MODEL = Model(MODULE, inputs=INPUTS)


def told(name: str, option: int = 1, month: int = 0, given: frozenset[str] = frozenset()) -> Explanation:
    values = likely(INPUTS) | dict.fromkeys(given, 6.0)
    got = MODEL.evaluate(values)
    at = {OPTION: option, MONTH: month}
    return explain(Subject(model=MODEL, inputs=INPUTS, values=values | got, given=given, at=at), name)


def nodes(one: Explanation) -> Iterator[Explanation]:
    yield one
    for child in one.children:
        yield from nodes(child)


def test_a_line_shows_formula_numbers_and_source() -> None:
    one = told("rent")
    assert (one.name, one.meaning, one.unit, one.values) == ("rent", "Rent of the GPUs.", "USD/month", (60.0,))
    assert (one.formula, one.with_numbers, one.source) == ("gpus * price", "6 * 10", "rent")
    assert [each.name for each in one.children] == ["gpus", "price"]


def test_an_input_is_a_leaf_with_kind_range_and_source() -> None:
    leaf = told("rent").children[1]
    assert (leaf.kind, leaf.range, leaf.source, leaf.meaning) == ("published", (8, 12), "a page (2026-11-01)", "a GPU")
    assert (leaf.formula, leaf.children) == ("", ())
    assert told("size").range is None


def test_another_option_gives_other_numbers() -> None:
    assert told("rent", option=0).with_numbers == "0 * 10"


def test_a_branch_is_shown_once() -> None:
    one = told("cost")
    first, again = [each for each in nodes(one) if each.name == "gpus"]
    assert (first.kind, again.kind) == (LINE, SHOWN_ABOVE)
    assert first.children
    assert not again.children
    assert again.with_numbers == first.with_numbers == "3 * 2"


def test_a_total_shows_what_it_adds() -> None:
    one = told("tokens")
    assert one.formula == "total over workload of (volume * token_price)"
    assert one.with_numbers == "total over workload of ([5, 7] * [1, 2])"
    assert one.values == (19.0,)
    assert one.children[0].values == (5.0, 7.0)


def test_a_total_over_options_shows_every_option() -> None:
    one = told("baseline")
    assert one.with_numbers == "total over option of ([19, 85] * [1, 0])"
    assert one.values == (19.0,)
    assert one.children[0].with_numbers == "[0, 60] + [0, 6] + 19"


def test_a_walk_along_the_months_shows_the_months() -> None:
    one = told("so_far", month=2)
    assert one.values == (255.0,)
    assert one.with_numbers == "cumulative(85 * [1, 1, 1])"


def test_a_given_line_is_marked_and_ends_there() -> None:
    one = told("rent", given=frozenset({"gpus"}))
    assert one.with_numbers == "6 * 10"
    assert (one.children[0].kind, one.children[0].children, one.children[0].formula) == (GIVEN, (), "")


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(ModelError, match='"rnet" is no line and no input') as caught:
        told("rnet")
    assert 'Did you mean "rent"?' in str(caught.value)


def test_numbers_are_written_short() -> None:
    assert written([1234567.8]) == "1,234,568"
    assert written([0.25, 2]) == "[0.25, 2]"
    assert written(range(36)) == "[0 … 35]"


def test_every_formula_of_the_model_can_be_written() -> None:
    from breakeven.numbers.explain import formula, walked

    for one in full_model().lines.values():
        assert formula(one, {})
        assert "over=" not in formula(one, {})
        assert walked(one) <= set(range(-5, 0))
