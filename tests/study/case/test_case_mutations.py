"""However a valid case is damaged, the answer is a case or a Problem: never another error."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from breakeven.problems import Problem, Problems
from breakeven.study.case.case import Case
from parts import ROOT

TEXT = (ROOT / "tests" / "study" / "full_case.yaml").read_text(encoding="utf-8")
DATA = YAML(typ="safe", pure=True).load(TEXT)
DAY = date(2026, 11, 21)


def paths(value: Any, start: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [each for key, child in pairs for each in [(*start, key), *paths(child, (*start, key))]]


scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.dates(), st.datetimes(), st.text(max_size=8)
)
names = st.sampled_from(["name", "likely", "gpu", "run_fte", "moved", "path", "currency", "x"])
values = st.recursive(
    scalars, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(names, inner, max_size=3))
)


def survives(make: Callable[[], Case]) -> None:
    """A case, or mistakes that can be shown."""
    said = "a case"
    try:
        make()
    except (Problem, Problems) as problem:
        said = str(problem)
    assert said


def test_the_full_case_is_valid() -> None:
    assert Case.parse(TEXT, as_of=DAY).file.name == "full case"


@given(data=st.data(), count=st.integers(1, 3))
def test_damaged_data(data: st.DataObject, count: int) -> None:
    case = deepcopy(DATA)
    for _ in range(count):
        path = data.draw(st.sampled_from(paths(case)))
        parent = case
        for key in path[:-1]:
            parent = parent[key]
        if data.draw(st.booleans()):
            parent[path[-1]] = data.draw(values)
        elif isinstance(parent, dict):
            parent[data.draw(names | st.text(max_size=4))] = parent.pop(path[-1])
        else:
            parent.append(data.draw(values))
        if not paths(case):
            break
    survives(lambda: Case.from_dict(case, as_of=DAY))


@given(
    start=st.integers(0, len(TEXT)),
    length=st.integers(0, 30),
    piece=st.one_of(
        st.text(max_size=6),
        st.sampled_from(
            [":", "\n", "  ", "- ", "{", "]", "&a ", "*a", "!x ", "<<: ", '"', "'", "#", "? ", "|", "%", "\t"]
        ),
    ),
)
def test_damaged_text(start: int, length: int, piece: str) -> None:
    survives(lambda: Case.parse(TEXT[:start] + piece + TEXT[start + length :], as_of=DAY))


@given(st.text(max_size=60))
def test_any_text(text: str) -> None:
    survives(lambda: Case.parse(text, as_of=DAY))
