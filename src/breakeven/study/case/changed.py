"""A case with some keys said otherwise on the command line: a what-if without a second file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from ruamel.yaml.error import YAMLError

from breakeven.problems import Problem, nearest
from breakeven.study.case.case import Case
from breakeven.study.case.editor import homes, known_keys
from breakeven.written import yaml_of

OPTION = "--set"
OFFER, PRICE = "gpu_offer", "price_per_gpu_hour"


def with_changes(case: Case, changes: Iterable[str]) -> Case:
    """The case with each "key=value" in place of what it says, in order; a key may have dots, or be one that the case
    has, or may have, in one place only. Raises `Problem` for what is no such key.

    Another GPU than the one that was offered has no offer: its price is left out unless it is given too.
    """
    pairs = [_pair(change) for change in changes]
    if not pairs:
        return case
    data = deepcopy(case.document.data)
    for key, value in pairs:
        _put(data, _way(data, key), value)
    asked = {key.rpartition(".")[2] for key, _ in pairs}
    offer = data.get(OFFER)
    if "gpu" in asked and PRICE not in asked and isinstance(offer, dict):
        for field in (PRICE, "source", "date"):
            offer.pop(field, None)
    changed = Case.from_dict(data, name=case.path.name, folder=case.folder, as_of=case.as_of)
    return replace(changed, as_of_from_clock=case.as_of_from_clock and changed.file.as_of is None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedKey:
    """A key that two cases say differently; None: one of them does not say it."""

    key: str
    first: str | None
    second: str | None


def changed_keys(first: Case, second: Case) -> tuple[ChangedKey, ...]:
    """Every key that differs, in the order of the first case, then those that only the second has."""
    one, other = (dict(_flat(each.document.data)) for each in (first, second))
    keys = dict.fromkeys([*one, *other])
    return tuple(
        ChangedKey(key=key, first=one.get(key), second=other.get(key)) for key in keys if one.get(key) != other.get(key)
    )


def _flat(data: Any, at: str = "") -> Iterator[tuple[str, str]]:
    """The values of a case by their keys with dots."""
    if isinstance(data, Mapping):
        parts: Iterable[tuple[str, Any]] = ((str(key), value) for key, value in data.items())
    elif isinstance(data, list | tuple):
        parts = ((str(i), value) for i, value in enumerate(data))
    else:
        yield at, str(data)
        return
    for key, value in parts:
        yield from _flat(value, f"{at}.{key}" if at else key)


def _pair(text: str) -> tuple[str, Any]:
    key, sign, value = text.partition("=")
    if not sign or not key.strip():
        raise Problem(f'"{text}" is not key=value', where=OPTION, fix=f"Write {OPTION} team=2.")
    if not value.strip():
        fix = f"Write {OPTION} {key.strip()}=null to take out what the case says of it."
        raise Problem(f'"{text}" has no value', where=OPTION, fix=fix)
    try:
        return key.strip(), yaml_of(value)
    except YAMLError as error:
        raise Problem(f'"{text}": the value cannot be read: {error}', where=OPTION) from None


def _way(data: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """Where the key stands, or would."""
    if "." in key:
        return tuple(key.split("."))
    if key == "gpu" and OFFER in data:
        return (OFFER, key) if isinstance(data[OFFER], dict) else (OFFER,)
    top = known_keys(())
    places = [*_standing(data, key)]
    places = places or ([(key,)] if key in top else [(part, key) for part in homes(key) if part != "workloads"])
    if len(places) == 1:
        return places[0]
    if not places:
        every = {*top, *(known for part in top for known in known_keys((part,)))}
        raise Problem(f'no key "{key}" is known', where=OPTION, fix=nearest(key, sorted(every)))
    listed = " or ".join(f"{OPTION} {'.'.join(place)}=..." for place in places)
    raise Problem(f'"{key}" may stand in several places', where=OPTION, fix=f"Write {listed}.")


def _standing(data: Mapping[str, Any], key: str) -> Iterator[tuple[str, ...]]:
    """The places of a case that have the key, lists left out."""
    if key in data:
        yield (key,)
    for part, value in data.items():
        if isinstance(value, dict) and key in value:
            yield (str(part), key)


def _put(data: dict[str, Any], way: tuple[str, ...], value: Any) -> None:
    part: Any = data
    for i, key in enumerate(way[:-1], 1):
        if isinstance(part, list) and key.isdigit() and int(key) < len(part):
            part = part[int(key)]
            continue
        if not isinstance(part, dict):
            what = f'"{".".join(way)}": {".".join(way[: i - 1])} has no keys'
            raise Problem(what, where=OPTION, fix="A list takes numbers from 0: workloads.0.hosted_model=...")
        if part.get(key) is None:
            part[key] = {}
        part = part[key]
    if not isinstance(part, dict):
        raise Problem(f'"{".".join(way)}" names no key', where=OPTION)
    if isinstance(value, date):
        value = value.isoformat()
    part[way[-1]] = value
