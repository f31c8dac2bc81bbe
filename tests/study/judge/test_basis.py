"""The basis in JSON: read back unchanged, or refused with a reason."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pytest

from assessed import CASES, study
from breakeven import Problem
from breakeven.study.judge.basis import FORMAT, basis_from_json, study_document, to_json


def document(name: str = "minimal") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(study_document(study(name))))
    return found


@pytest.mark.parametrize("name", CASES)
def test_it_is_read_back_unchanged(name: str) -> None:
    ours, theirs = study(name).basis, basis_from_json(document(name))
    assert theirs.inputs.keys() == ours.inputs.keys()
    for key, one in ours.inputs.items():
        other = theirs.inputs[key]
        assert np.array_equal(np.asarray(other.likely), np.asarray(one.likely)), key
        assert np.shape(other.likely) == np.shape(one.likely)
        assert (other.low, other.high, other.unit, other.kind) == (one.low, one.high, one.unit, one.kind)
        assert (other.source, other.distribution, other.meaning) == (one.source, one.distribution, one.meaning)
    assert np.array_equal(theirs.fleets, ours.fleets)
    for field in ("header", "columns", "demand", "serving", "gates", "not_covered", "notices"):
        assert getattr(theirs, field) == getattr(ours, field)


@pytest.mark.parametrize("name", CASES)
def test_written_again_it_is_the_same_text(name: str) -> None:
    once = document(name)["basis"]
    assert json.dumps(to_json(basis_from_json({"format": FORMAT, "basis": once}))) == json.dumps(once)


@pytest.mark.parametrize(
    ("way", "told"),
    [
        (("header",), "header.moonlight: is not known to this version"),
        (("inputs", "pue"), "inputs.pue.moonlight: is not known to this version"),
        (("demand", "workloads", 0), "demand.workloads.0.moonlight: is not known to this version"),
        (("finance", "numbers", "tax_rate", "source"), "finance.numbers.tax_rate.source.moonlight"),
    ],
)
def test_a_key_that_nobody_knows_is_told_with_the_way_to_it(way: tuple[str | int, ...], told: str) -> None:
    changed = document()
    part = changed["basis"]
    for key in way:
        part = part[key]
    part["moonlight"] = 1
    with pytest.raises(Problem, match=re.escape(told)):
        basis_from_json(changed)


def test_a_value_of_another_kind_is_told_with_the_way_to_it() -> None:
    changed = document()
    changed["basis"]["header"]["horizon_months"] = "many"
    with pytest.raises(Problem, match=r"header\.horizon_months: input should be a valid integer"):
        basis_from_json(changed)


def test_it_names_the_versions() -> None:
    assert set(study("minimal").basis.versions) == {"breakeven", "genai-prices", "python"}


def test_another_format_is_refused() -> None:
    with pytest.raises(Problem, match=r"not a study\.json of this version"):
        basis_from_json({**document(), "format": "breakeven study 0"})


def test_an_input_that_nobody_knows_is_refused() -> None:
    changed = document()
    changed["basis"]["inputs"]["moonlight"] = changed["basis"]["inputs"]["pue"]
    with pytest.raises(Problem, match='an input "moonlight" that this version does not know'):
        basis_from_json(changed)


def test_a_missing_input_is_named() -> None:
    changed = document()
    del changed["basis"]["inputs"]["pue"]
    with pytest.raises(Problem, match="the study has no pue, which this version needs"):
        basis_from_json(changed)


@pytest.mark.parametrize("part", ["header", "columns", "inputs", "fleets", "demand", "serving", "notices"])
def test_a_missing_part_is_no_traceback(part: str) -> None:
    changed = document()
    del changed["basis"][part]
    with pytest.raises(Problem, match="the study is damaged"):
        basis_from_json(changed)


@pytest.mark.parametrize("value", [None, 7, "text", []])
def test_a_basis_that_is_none_is_refused(value: Any) -> None:
    with pytest.raises(Problem, match="the study is damaged"):
        basis_from_json({**document(), "basis": value})
