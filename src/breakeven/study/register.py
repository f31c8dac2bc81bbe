"""The register of inputs: every number the lines ask for, with its default, and the model they make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
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
from breakeven.numbers.inputs import KINDS, Input, Source, anchor
from breakeven.numbers.lines import Model
from breakeven.numbers.operations import Value
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


def not_known_yet() -> frozenset[str]:
    """Inputs that lie in the future, so that no case can state them for certain."""
    return frozenset(shipped("study/inputs.yaml")["not_known_yet"])


def compounding(inputs: Mapping[str, Input], months: int) -> dict[str, Input]:
    """The rates that compound over the months of a case, said so."""
    names: list[str] = shipped("study/inputs.yaml")["compounding"]
    return {name: replace(inputs[name], compounds=months) for name in names}


def stated_input(known: Input, name: str, likely: Value) -> Input:
    """An input that the case states without a range: it is not drawn, unless nobody can know it yet.

    That keeps its spread around what is stated: as many points either way for a rate, as many times for the rest.
    """
    if name not in not_known_yet() or known.low is None or known.high is None:
        return replace(known, likely=likely, low=None, high=None)
    stated, usual = replace(known, likely=likely), float(known.likely)
    middle = anchor(stated)
    ends = [middle + (end - usual) if known.low < 0 else middle * end / usual for end in (known.low, known.high)]
    return replace(stated, low=ends[0], high=ends[1])


def _input(name: str, fields: dict[str, Any], sources: Mapping[str, Source]) -> Input:
    if fields.get("kind") not in KINDS or "unit" not in fields or fields.get("source") not in sources:
        raise Problem(f'Input "{name}" needs a unit, a known kind and a known source.', where="inputs.yaml")
    likely = fields.get("likely")
    number = getattr(month, likely) if isinstance(likely, str) else likely
    ends = {name: float(fields[name]) for name in ("low", "high") if name in fields}
    made: dict[str, Any] = fields | ends | {"likely": number, "source": sources[fields["source"]]}
    return Input(**made)


@cache
def full_model() -> Model:
    """All lines of the model, wired to the register."""
    return Model(*LINE_MODULES, inputs=register())
