"""A plan file, read again: what carries it out needs these keys, of these kinds. Its page: reference/plan-file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError
from ruamel.yaml.error import YAMLError

from breakeven.files import LARGEST_MADE, text_of
from breakeven.plan.document import FORMAT, KEYS
from breakeven.problems import Problem
from breakeven.written import first_wrong, yaml_of

AGAIN = "Write it again: breakeven plan CASE -o plan.yaml."
Share = Annotated[float, Field(ge=0, le=1)]
Above = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Count = Annotated[float, Field(ge=0, allow_inf_nan=False)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Promised:
    """To those who wait."""

    ttft_seconds: Above | None
    tpot_seconds: Above | None
    percentile: Annotated[float, Field(gt=0, lt=100)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a workload may be served."""

    name: str
    kind: Literal["api", "fleet", "committed"]
    served_as: str | None = None
    promise: Promised | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shadow:
    """The shadow run of a workload."""

    days: Count
    share: Share = 1.0
    pairs_per_day: Count | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """What a gateway and a judgement read of a workload."""

    name: str
    primary: str
    fallback: str | None
    cut_over_month: int | None
    shadow: Shadow | None
    ramp: list[Annotated[float, Field(gt=0, le=1)]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """The test that a move must pass."""

    margin: Above
    standard_deviation: Above
    type_one_error: Annotated[float, Field(gt=0, lt=1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checks:
    """What lets a move go on."""

    quality: Quality


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The parts of a plan file that others go by; what else stands in it is for people."""

    name: str
    targets: list[Target]
    workloads: list[Workload]
    checks: Checks


def read_plan(path: Path) -> Mapping[str, Any]:
    """The plan in a file. Raises `Problem`."""
    try:
        data = yaml_of(text_of(path, largest=LARGEST_MADE, fix="Write it with `breakeven plan CASE -o plan.yaml`."))
    except YAMLError as error:
        raise Problem(f"this is not YAML: {str(error).splitlines()[0]}", where=str(path), fix=AGAIN) from None
    return check_document(data, where=str(path))


def check_document(data: object, *, where: str = "") -> Mapping[str, Any]:
    """A plan that was read from a file. Raises `Problem` when it is none, or of another version."""
    if not isinstance(data, Mapping) or data.get("format") != FORMAT:
        raise Problem("this is not a plan of this version", where=where, fix=f'It must say "format: {FORMAT}".')
    if missing := [key for key in KEYS if key not in data]:
        raise Problem(f"the plan has no {', '.join(missing)}", where=where, fix=AGAIN)
    try:
        written = _reader().validate_python(data)
    except ValidationError as error:
        raise Problem(
            f"the plan cannot be carried out: {first_wrong(error.errors())}", where=where, fix=AGAIN
        ) from None
    _require_targets(written, where)
    return data


def _require_targets(written: Written, where: str) -> None:
    """Raise `Problem` where a name stands twice, or a workload goes to what is no target."""
    known = [target.name for target in written.targets]
    for names in (known, [workload.name for workload in written.workloads]):
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise Problem(f'"{twice}" stands twice in the plan', where=where, fix=AGAIN)
    for workload in written.workloads:
        for key in ("primary", "fallback"):
            if (target := getattr(workload, key)) is not None and target not in known:
                raise Problem(f'{workload.name}: its {key} "{target}" is no target of the plan', where=where, fix=AGAIN)


@cache
def _reader() -> TypeAdapter[Written]:
    return TypeAdapter(Written)
