"""What a shadow run will be judged by, written down before the first look and not changed after it.

A test that holds however often one looks still needs its margins, its errors and its groups fixed before anything is
seen. The file is YAML that a person may edit until the first judgement; then a seal with its hash stands beside it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import cache
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError, with_config
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from breakeven.files import text_of
from breakeven.outputs import write
from breakeven.problems import Problem
from breakeven.proof.records.pairs import Cluster, Score
from breakeven.proof.records.row import API, NOISE, SELF, arm_of
from breakeven.written import first_wrong, json_of, yaml_of

FORMAT: Literal["breakeven shadow test 1"] = "breakeven shadow test 1"
Measure = Literal["first_token", "seconds", "per_token"]
Rate = Annotated[float, Field(gt=0, lt=1)]
Times = Annotated[float, Field(ge=1, le=100)]
LEAST_LATE = 1e-4  # share of answers: a promise to all of them is kept by all but one in ten thousand
HEAD = """\
# What the shadow run is judged by: breakeven shadow judge. Edit it now; after the first look it is sealed.
# What each key means: docs/how-to/judge-a-shadow-run.md
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoWorse:
    """Failures of the candidate: at most `times` those of the control, or at most `floor` of the requests."""

    times: Times = 1.5
    floor: Rate = 0.005


@dataclass(frozen=True, slots=True, kw_only=True)
class Promised:
    """At most `share` of the answers take more than `seconds`; per_token is from the first token to the last."""

    measure: Measure
    seconds: Annotated[float, Field(gt=0)]
    share: Rate = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """Two weekly cycles at least; who cannot tell after four weeks says so."""

    least: Annotated[int, Field(ge=1)] = 14
    most: Annotated[int, Field(ge=1)] = 28


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What one workload is judged by. `margin`: by how much its score may be worse; `deviation`: of the difference of
    two answers' scores, as it is expected; `pairs_per_day`: as planned, None where that is not known. `target`: where
    the plan moves it; nothing in registrations from before targets were written.
    """

    alpha: Rate = 0.05
    days: Days = field(default_factory=Days)
    target: str = ""
    candidate: str = SELF
    control: str = API
    noise: str = NOISE
    score: Score = "accepted"
    margin: Annotated[float, Field(gt=0, le=0.5)] = 0.02
    deviation: Annotated[float, Field(gt=0, le=2)] = 0.3
    pairs_per_day: Annotated[float, Field(ge=0)] | None = None
    errors: NoWorse = field(default_factory=NoWorse)
    invalid_json: NoWorse = field(default_factory=lambda: NoWorse(floor=0.01))
    promises: tuple[Promised, ...] = ()
    by_stratum: bool = True
    cluster: Cluster = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """The whole file: of which plan, and the terms of each workload that moves."""

    format: Literal["breakeven shadow test 1"] = FORMAT
    plan: str
    workloads: dict[str, Terms]


def registration_of(plan: Mapping[str, Any]) -> Registration:
    """What follows from a plan: its margin, error and spread, the days of its shadow runs and the pairs that they give,
    the latency that it promises where the workload goes.

    Raises `Problem` for a plan in which nothing moves.
    """
    quality = plan["checks"]["quality"]
    targets = {target["name"]: target for target in plan["targets"]}
    moving = [workload for workload in plan["workloads"] if workload.get("shadow")]
    if not moving:
        raise Problem(f'in the plan "{plan["name"]}" no workload moves, so there is no shadow run to judge')
    workloads = {}
    for workload in moving:
        target, shadow = targets[workload["primary"]], workload["shadow"]
        workloads[workload["name"]] = Terms(
            target=str(target["name"]),
            candidate=arm_of(target["kind"]),
            alpha=float(quality["type_one_error"]),
            margin=float(quality["margin"]),
            deviation=float(quality["standard_deviation"]),
            days=Days(least=min(max(round(float(shadow["days"])), Days().least), Days().most)),
            pairs_per_day=shadow.get("pairs_per_day"),
            promises=tuple(_promises(target.get("promise") or {})),
        )
    return Registration(plan=str(plan["name"]), workloads=workloads)


def _promises(promise: Mapping[str, Any]) -> Iterator[Promised]:
    """What a plan promises those who wait, as the share of answers that may take longer."""
    measures: tuple[tuple[str, Measure], ...] = (("ttft_seconds", "first_token"), ("tpot_seconds", "per_token"))
    for name, measure in measures:
        if promise.get(name) is not None:
            late = max(round(1 - float(promise["percentile"]) / 100, 4), LEAST_LATE)
            yield Promised(measure=measure, seconds=float(promise[name]), share=late)


def write_registration(path: Path, registration: Registration) -> None:
    """Write it, where there is none yet."""
    form = YAML()
    form.default_flow_style = None
    form.width = 110
    text = StringIO()
    form.dump(json.loads(json.dumps(asdict(registration))), text)
    write(path, HEAD + text.getvalue(), fresh=True)


def read_registration(path: Path) -> Registration:
    """The file, checked. Raises `Problem`."""
    try:
        data = yaml_of(text_of(path))
    except YAMLError as error:
        raise Problem(f"this is not YAML: {error}", where=str(path), fix="Mend it, or have it written anew.") from None
    try:
        registration = _reader().validate_python(data)
    except ValidationError as error:
        told = f"no registration of a shadow test: {first_wrong(error.errors())}"
        raise Problem(told, where=str(path), fix="See docs/how-to/judge-a-shadow-run.md.") from None
    for name, terms in registration.workloads.items():
        if terms.days.least > terms.days.most:
            fix = "Let it end no sooner than it may be decided."
            raise Problem(
                f"{name}: at least {terms.days.least} days and at most {terms.days.most}", where=str(path), fix=fix
            )
    return registration


def of_this_plan(registration: Registration, plan: Mapping[str, Any], *, where: str) -> None:
    """Raise `Problem` where a registration is of another plan, or of a workload that goes elsewhere in it."""
    fix = "Name the plan that it was written from, or start a new test under another name."
    if registration.plan != plan["name"]:
        told = f'it was written for the plan "{registration.plan}", and this is "{plan["name"]}"'
        raise Problem(told, where=where, fix=fix)
    goes = {workload["name"]: str(workload["primary"]) for workload in plan["workloads"] if workload.get("shadow")}
    for name, terms in registration.workloads.items():
        if name not in goes:
            raise Problem(f'"{name}" does not move in the plan', where=where, fix=fix)
        if terms.target and terms.target != goes[name]:
            told = f"{name} was to be tested at {terms.target}, and the plan moves it to {goes[name]}"
            raise Problem(told, where=where, fix=fix)


def sealed(path: Path, *, now: datetime) -> str:
    """Seal the file at the first look, and hold it against its seal at every other. Returns the hash.

    Raises `Problem` where it was changed since.
    """
    fingerprint, seal = fingerprint_of(path), seal_of(path)
    if not seal.exists():
        write(seal, json.dumps({"sha256": fingerprint, "first_look": now.isoformat()}) + "\n", fresh=True)
        return fingerprint
    try:
        before = json_of(text_of(seal))
        kept, looked = str(before["sha256"]), str(before["first_look"])
    except (ValueError, TypeError, KeyError):
        fix = "Without it nobody can tell whether the test was changed: start a new one under another name."
        raise Problem("this seal is damaged", where=str(seal), fix=fix) from None
    if kept != fingerprint:
        fix = "Put it back as it was, or start a new test under another name, on traffic that nobody has looked at yet."
        raise Problem(f"was changed after the first look at {looked}", where=str(path), fix=fix)
    return fingerprint


def fingerprint_of(path: Path) -> str:
    """The hash of a registration as it stands."""
    return sha256(text_of(path).encode()).hexdigest()


def seal_of(path: Path) -> Path:
    """Where the seal of a registration stands."""
    return path.with_name(f"{path.name}.seal")


@cache
def _reader() -> TypeAdapter[Registration]:
    for each in (NoWorse, Promised, Days, Terms):
        with_config(ConfigDict(extra="forbid"))(each)
    return TypeAdapter(with_config(ConfigDict(extra="forbid"))(Registration))
