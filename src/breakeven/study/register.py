"""The register of inputs: every number the lines ask for, with its default, and the model they make."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from breakeven.costs import (
    assurance,
    burst,
    commitments,
    comparison,
    compute,
    hosted,
    one_time,
    people,
    price_path,
    tiers,
    volumes,
)
from breakeven.costs import fleet as sizing
from breakeven.numbers import month
from breakeven.numbers.inputs import KINDS, Input, Source
from breakeven.numbers.lines import Model
from breakeven.problems import Problem
from breakeven.shipped import shipped

LINE_MODULES = (
    volumes, price_path, sizing, hosted, burst, commitments, tiers, compute, people, assurance, one_time, comparison,
)  # fmt: skip


@cache
def register() -> Mapping[str, Input]:
    """Every input by name. `likely` is None where the case must give the value."""
    document = shipped("study/inputs.yaml")
    sources = {name: Source(**fields) for name, fields in document["sources"].items()}
    return {name: _input(name, fields, sources) for name, fields in document["inputs"].items()}


def flips_from_zero() -> frozenset[str]:
    """Inputs whose zero is an answer that may turn out otherwise."""
    return frozenset(shipped("study/inputs.yaml")["flips_from_zero"])


def _input(name: str, fields: dict[str, Any], sources: Mapping[str, Source]) -> Input:
    if fields.get("kind") not in KINDS or "unit" not in fields or fields.get("source") not in sources:
        raise Problem(f'Input "{name}" needs a unit, a known kind and a known source.', where="inputs.yaml")
    likely = fields.get("likely")
    number = getattr(month, likely) if isinstance(likely, str) else likely
    return Input(**{**fields, "likely": number, "source": sources[fields["source"]]})


@cache
def full_model() -> Model:
    """All lines of the model, wired to the register."""
    return Model(*LINE_MODULES, inputs=register())
