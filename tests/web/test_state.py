"""The state in an address: read and written back unchanged, and every mistake at its name."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.problems import Problem, Problems
from breakeven.web.state import MOST_CHANGES, State, number_of, state_of

NAMES = st.from_regex(r"[a-z][a-z_]{0,30}", fullmatch=True)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)


@given(
    st.dictionaries(NAMES, NUMBERS, max_size=8),
    st.dictionaries(st.text(min_size=1), st.sampled_from(["pass", "fail"]), max_size=4),
)
def test_an_address_gives_back_what_was_put_into_it(numbers: dict[str, float], gates: dict[str, str]) -> None:
    state = State(numbers=numbers, gates=gates)  # type: ignore[arg-type]
    assert state_of(parse_qsl(state.query, keep_blank_values=True)) == state


def test_the_same_changes_have_one_address() -> None:
    one, other = State(numbers={"a": 1.0, "b": 2.0}), State(numbers={"b": 2.0, "a": 1.0})
    assert one.query == other.query == "a=1.0&b=2.0"


@pytest.mark.parametrize(
    ("text", "value"), [("2", 2.0), ("50%", 0.5), ("50 %", 0.5), ("1,200.5", 1200.5), ("-.1", -0.1)]
)
def test_a_number_is_read_as_people_write_it(text: str, value: float) -> None:
    assert number_of(text) == value


@pytest.mark.parametrize("text", ["", "abc", "nan", "inf", "-inf", "1e999", "1;2", "%"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert number_of(text) is None


def test_every_mistake_is_told_at_its_name() -> None:
    with pytest.raises(Problems) as told:
        state_of([("run_fte", "many"), ("gate:residency", "maybe"), ("pue", "1.5")])
    assert [each.where for each in told.value.found] == ["run_fte", "gate:residency"]


def test_no_more_is_taken_than_a_board_has_inputs_for() -> None:
    with pytest.raises(Problem, match="more than"):
        state_of([(f"n{i}", "1") for i in range(MOST_CHANGES + 1)])
