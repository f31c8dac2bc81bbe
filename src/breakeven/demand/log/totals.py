"""Rows that sum others under the name of a model, such as "Total" or "All models": all tokens would count twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from re import fullmatch
from typing import Any

from breakeven.demand.log.format.formats import GENERIC
from breakeven.demand.log.table.tables import LogFile

TOTAL = (
    r"((grand |sub[- ]?)?totals?|all models|[(]all( models)?[)]|gesamt(summe)?|summe|somme|suma|totale|total general)"
)
SAID = "Rows whose model is {} sum others, and are not read."


def without_totals(files: Sequence[LogFile], models: Iterable[str]) -> tuple[LogFile, ...]:
    """The files, such rows left out where there are rows of other models beside them. `models`: all that were read."""
    named = sorted({each.strip() for each in models if each.strip()})
    sums = [each for each in named if fullmatch(TOTAL, each.lower())]
    if not sums or len(sums) == len(named):
        return tuple(files)
    return tuple(_without(file, SAID.format(" or ".join(sums))) for file in files)


def _without(file: LogFile, said: str) -> LogFile:
    specs: dict[str, Any] = file.fields
    if file.format_name != GENERIC or not isinstance(specs.get("model"), str):
        return file
    about = specs.get("about", {"value": "yes"})
    unless = {**about.get("unless", {}), specs["model"]: [rf"~^\s*{TOTAL}\s*$"]}
    return file.with_fields({**specs, "about": {**about, "unless": unless}}, said)
