"""OpenCost: what the cluster's nodes cost, from /allocation (JSON or the CSV export) and from /inferenceCost.

`/inferenceCost/total` and `/timeseries` with costBasis=allocation are the whole cost of serving a model, idle share
included; with costBasis=usage idle time is left out, which is no cost of a fleet, and is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from breakeven.problems import Problem
from breakeven.proof.track.actuals import Actuals, Spell, What
from breakeven.written import short

PARTS: tuple[tuple[What, tuple[str, ...]], ...] = (
    ("gpu_rent", ("gpuCost",)),
    ("host_and_storage", ("cpuCost", "ramCost", "pvCost")),
    ("egress", ("networkCost", "loadBalancerCost")),
)
SECONDS_PER_DAY = 86_400
LARGEST_AMOUNT = 1e18  # of money or tokens: more than anybody is billed
LONGEST_DAYS = 400  # a charge for a year, paid at once


def is_opencost(data: Any) -> bool:
    """Whether a JSON document is an answer of OpenCost."""
    inner = data.get("data") if isinstance(data, Mapping) else None
    if isinstance(inner, Mapping):
        return "inferenceCosts" in inner or "inferenceCostSets" in inner
    return isinstance(inner, list) and any(_allocations([each]) for each in inner)


def opencost_actuals(data: Mapping[str, Any], path: Path) -> Actuals:
    """What an answer of OpenCost shows. Raises `Problem` for one whose basis is usage, or without times."""
    inner = data["data"]
    if isinstance(inner, list):
        return allocation_actuals(_allocations(inner), path)
    sets = inner.get("inferenceCostSets") or [inner]
    spells: list[Spell] = []
    for one in sets:
        costs = one.get("inferenceCosts") if isinstance(one, Mapping) else None
        for cost in (costs if isinstance(costs, Mapping) else {}).values():
            if not isinstance(cost, Mapping):
                raise Problem(f"a cost is {short(cost)}, and no object", where=str(path), fix="Export it again.")
            spells += _inference(cost, cost.get("window") or one.get("window") or {}, path)
    return Actuals(spells=tuple(spells))


def allocation_actuals(rows: Iterable[Mapping[str, Any]], path: Path) -> Actuals:
    """Rows of allocations, by their parts."""
    spells: list[Spell] = []
    for row in rows:
        window = row.get("window") if isinstance(row.get("window"), Mapping) else row
        assert isinstance(window, Mapping)
        first, days = spell_of(window.get("start"), window.get("end"), path)
        for what, names in PARTS:
            amount = sum(number_of(row.get(name), path) for name in names)
            if amount:
                spells.append(Spell(what=what, first=first, days=days, amount=amount, source=path.name))
    return Actuals(spells=tuple(spells))


def spell_of(start: object, end: object, path: Path | str) -> tuple[Any, int]:
    """The first day and the number of days of a window. Raises `Problem` for one that has no length."""
    try:
        begun, ended = (datetime.fromisoformat(str(bound)) for bound in (start, end))
        seconds = (ended - begun).total_seconds()
    except (ValueError, TypeError):
        raise Problem(
            f'the window from "{start}" to "{end}" is none', where=str(path), fix="Export it again."
        ) from None
    if seconds <= 0:
        raise Problem(f'the window from "{start}" to "{end}" has no length', where=str(path), fix="Export it again.")
    days = max(round(seconds / SECONDS_PER_DAY), 1)
    if days > LONGEST_DAYS:
        told = f'the window from "{start}" to "{end}" is longer than a bill covers'
        raise Problem(told, where=str(path), fix="Export it by the month, or by the day.")
    return begun.date(), days


def number_of(value: object, path: Path | str) -> float:
    """A cost or a count; nothing is 0. Raises `Problem` for what is no number, or more than any bill holds."""
    if value in (None, ""):
        return 0.0
    try:
        amount = float(str(value))
    except ValueError:
        amount = float("nan")
    if not abs(amount) < LARGEST_AMOUNT:
        fix = "Export it again, with amounts as plain numbers such as -1200.50."
        raise Problem(f'"{value}" is no amount', where=str(path), fix=fix)
    return amount


def _inference(cost: Mapping[str, Any], window: Mapping[str, Any], path: Path) -> Iterator[Spell]:
    basis = cost.get("costBasis")
    if basis != "allocation":
        fix = "Ask with costBasis=allocation: the idle time of a fleet is paid for, too."
        raise Problem(f'the cost basis is "{basis}"', where=str(path), fix=fix)
    first, days = spell_of(window.get("start"), window.get("end"), path)
    prompt = number_of(cost.get("promptTokens"), path)
    amounts: tuple[tuple[What, float], ...] = (
        ("self_hosting", number_of(cost.get("totalCost"), path)),
        ("own_input_tokens", prompt),
        ("own_output_tokens", number_of(cost.get("generationTokens"), path)),
        ("own_cached_tokens", prompt * number_of(cost.get("cacheSavingsFraction"), path)),
    )
    for what, amount in amounts:
        yield Spell(what=what, first=first, days=days, amount=amount, source=path.name)


def _allocations(sets: Iterable[Any]) -> list[Mapping[str, Any]]:
    found = []
    for one in sets:
        if isinstance(one, Mapping):
            found += [each for each in one.values() if isinstance(each, Mapping) and "gpuCost" in each]
    return found
