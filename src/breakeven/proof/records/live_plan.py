"""The plan that is in force at the gateway, canary.json: how much of each workload goes where. Read anew each second.

Who reads it keeps the last one that was whole: a file that is gone, half-written or malformed changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, ConfigDict, Field, TypeAdapter, ValidationError, with_config

from breakeven.files import text_of
from breakeven.outputs import write
from breakeven.problems import Problem
from breakeven.written import first_wrong, json_of

SCHEMA: Literal[1] = 1
FILE = "canary.json"
Share = Annotated[float, Field(ge=0, le=1, strict=True)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """Of one workload's requests. `share`: answered by the candidate, with the API behind it; `mirror`: of those that
    the API answers, copied to the candidate; `mirror_back`: of those that the candidate answers, copied to the API.
    `sticky`: the same user always gets the same arm at one share.
    """

    share: Share = 0.0
    mirror: Share = 0.0
    mirror_back: Share = 0.0
    sticky: Literal["user", "request"] = "user"


@dataclass(frozen=True, slots=True, kw_only=True)
class LivePlan:
    """What is in force. `step` counts up with every change; `written` has a zone; `by`: who changed it, and why."""

    schema: Literal[1] = SCHEMA
    step: Annotated[int, Field(ge=0)] = 0
    written: AwareDatetime
    by: str = ""
    workloads: dict[str, Shares] = field(default_factory=dict)

    def with_share(self, share: float, *, written: datetime, by: str, workload: str | None = None) -> LivePlan:
        """The next plan: this share of one workload, or of all. Raises `Problem` for a workload that it has not."""
        if workload is not None and workload not in self.workloads:
            told = f'"{workload}" is no workload of the live plan'
            raise Problem(told, fix=f"It has {', '.join(self.workloads) or 'none'}.")
        changed = {
            name: replace(shares, share=share) if workload in (None, name) else shares
            for name, shares in self.workloads.items()
        }
        return replace(self, step=self.step + 1, written=written, by=by, workloads=changed)


def read_live_plan(path: Path) -> LivePlan:
    """The plan in the file. Raises `Problem` where there is none; a gateway then keeps the one that it has."""
    try:
        return live_plan_of(json_of(text_of(path)), where=str(path))
    except json.JSONDecodeError as error:
        told = f"this is not a whole JSON text: {error.msg}"
        raise Problem(
            told, where=f"{path}:{error.lineno}", fix="Write it again; the gateway keeps the old one."
        ) from None


def live_plan_of(data: object, *, where: str = "") -> LivePlan:
    """A plan of plain data. Raises `Problem`."""
    try:
        return _reader().validate_python(data)
    except ValidationError as error:
        raise Problem(f"no live plan: {first_wrong(error.errors())}", where=where) from None


def write_live_plan(path: Path, plan: LivePlan) -> None:
    """Put the plan in force: whole or not at all."""
    write(path, f"{json.dumps(plain_plan(plan), indent=2)}\n")


def plain_plan(plan: LivePlan) -> Mapping[str, Any]:
    """The plan as it is written."""
    return asdict(plan) | {"written": plan.written.isoformat()}


@cache
def _reader() -> TypeAdapter[LivePlan]:
    return TypeAdapter(with_config(ConfigDict(extra="forbid"))(LivePlan))
