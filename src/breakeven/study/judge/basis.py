"""The basis of a study: made from a resolved case, written to JSON and read back unchanged."""

from __future__ import annotations

import hashlib
import json
import platform
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import is_dataclass, replace
from fractions import Fraction
from functools import cache
from importlib.metadata import version as installed
from typing import Any

import numpy as np
from pydantic import ConfigDict, TypeAdapter, ValidationError, with_config
from pydantic_core import ErrorDetails

from breakeven.numbers.inputs import KINDS, KnownFrom
from breakeven.problems import Problem
from breakeven.study.later import Later
from breakeven.study.register import register
from breakeven.study.resolve.buying.agreements import finance_terms, sla_terms
from breakeven.study.resolve.resolve import Resolved
from breakeven.study.resolve.serving.options import Option
from breakeven.study.resolve.serving.promises import sized_by
from breakeven.study.resolve.serving.readiness_inputs import summary
from breakeven.study.study import (
    Basis,
    Column,
    DemandSummary,
    Header,
    ServingSummary,
    WorkloadSummary,
)

FORMAT = "breakeven study 1"
KNOWN_FROM = "known_from"  # written where the elements of an input are known from several places
MOST_TOLD = 3  # mistakes of a damaged file
IN_OUR_WORDS = {"missing": "is missing", "unexpected_keyword_argument": "is not known to this version"}
OTHER_VERSION = "Run it with the version named in the file."


def basis_of(resolved: Resolved, version: str) -> Basis:
    """What the study rests on, as plain data."""
    case, file, replica = resolved.case, resolved.case.file, resolved.serving
    return Basis(
        header=Header(
            name=file.name,
            file=case.path.name,
            as_of=case.as_of.isoformat(),
            currency=file.currency,
            horizon_months=file.horizon_months,
            month=max(file.rule.month, resolved.cut_over),
            tie_share=float(file.rule.margin),
            time_zone=file.time_zone,
        ),
        columns=with_keys([_column(resolved, option) for option in resolved.options]),
        inputs=resolved.inputs,
        fleets=resolved.comparison.fleets,
        demand=_demand(resolved),
        serving=ServingSummary(
            open_model=replica.model.key,
            gpu=replica.gpu.key,
            precision=replica.precision,
            gpus_per_replica=replica.fit.gpus_per_replica,
            fit_because=replica.fit.because,
            other_models=resolved.other_models,
            sized_by=sized_by(replica.bands),
            chosen=resolved.chosen,
            layout=str(replica.split or ""),
        ),
        gates=resolved.gates,
        rivals=resolved.rivals,
        finance=finance_terms(case),
        sla=sla_terms(case),
        readiness=summary(resolved.examined),
        not_covered=tuple((spend.what, spend.spend_per_month) for spend in file.not_covered),
        notices=tuple(map(str, resolved.notices)),
        versions={"breakeven": version, "genai-prices": installed("genai-prices"), "python": platform.python_version()},
    )


def with_keys(columns: Sequence[Column]) -> tuple[Column, ...]:
    """The columns, each with a key of its own: how it is paid for, numbered where several are paid for so."""
    seen = Counter[str]()
    made = []
    for column in columns:
        seen[column.mode] += 1
        number = f" {seen[column.mode]}" if seen[column.mode] > 1 else ""
        made.append(replace(column, key=f"{column.mode}{number}"))
    return tuple(made)


def _column(resolved: Resolved, option: Option) -> Column:
    stated = resolved.case.file.self_hosting.replicas is not None
    host = (option.purchase.host or "").lower() if option.mode == "dedicated" else ""
    return Column(name=option.name, mode=option.mode, fixed=stated and option.holds_gpus, host=host)


def _demand(resolved: Resolved) -> DemandSummary:
    demand, stated = resolved.demand, resolved.case.file.workloads
    return DemandSummary(
        source="; ".join(dict.fromkeys(workload.source.title for workload in demand.workloads)),
        kind=max((workload.kind for workload in demand.workloads), key=KINDS.index),
        load_curve=demand.load_curve.name,
        p99_over_mean=demand.load_curve.p99_over_mean,
        first=demand.first,
        last=demand.last,
        rows_read=demand.rows_read,
        rows_set_aside=sum(reason.rows for reason in demand.set_aside),
        workloads=tuple(
            WorkloadSummary(
                name=workload.name,
                hosted_model=_hosted_model(resolved, i),
                requests_per_month=workload.requests_per_month,
                input_mtok_per_month=workload.input_mtok_per_month,
                output_mtok_per_month=workload.output_mtok_per_month,
                replica_tokens_per_second=(band.p10, band.p50, band.p90),
                throughput_kind=band.kind,
                throughput_because=band.because,
                stays_on_api=(bool(stated) and stated[i].stays_on_api) or workload.name in resolved.kept.everywhere,
            )
            for i, (workload, band) in enumerate(zip(demand.workloads, resolved.serving.bands, strict=True))
        ),
    )


def _hosted_model(resolved: Resolved, index: int) -> str:
    file = resolved.case.file
    stated = file.workloads[index].hosted_model if file.workloads else None
    return stated or file.hosted_model or "prices of the case"


def to_json(thing: Any) -> Any:
    """Any frozen dataclass of a study as plain JSON data; arrays keep their axes by shape."""
    if is_dataclass(thing) and not isinstance(thing, type):
        fields = {name: getattr(thing, name) for name in thing.__dataclass_fields__}
        return {name: to_json(field) for name, field in fields.items() if field is not None or name != KNOWN_FROM}
    if isinstance(thing, Mapping):
        return {str(name): to_json(value) for name, value in thing.items()}
    if isinstance(thing, np.ndarray):
        return {"shape": list(thing.shape), "values": [to_json(element) for element in np.ravel(thing)]}
    if isinstance(thing, Fraction | np.floating):
        return float(thing)
    if isinstance(thing, np.integer | np.bool_):
        return thing.item()
    return [to_json(item) for item in thing] if isinstance(thing, list | tuple | Later) else thing


def basis_from_json(document: Mapping[str, Any]) -> Basis:
    """The basis that a study.json holds. Raises `Problem` when the file is not one, or is damaged."""
    if document.get("format") != FORMAT:
        raise Problem("this is not a study.json of this version", fix=f'It must say "format": "{FORMAT}".')
    try:
        return _read(document["basis"])
    except ValidationError as error:
        raise _damaged(" and ".join(map(_told, error.errors()[:MOST_TOLD]))) from None
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _damaged(str(error)) from None


def _damaged(why: str) -> Problem:
    return Problem(f"the study is damaged: {why}", fix="Write it again with `breakeven decide -o`.")


def _told(error: ErrorDetails) -> str:
    """One mistake with the way to it."""
    dotted = ".".join(map(str, error["loc"])) or "basis"
    return f"{dotted}: {IN_OUR_WORDS.get(error['type'], error['msg'].lower())}"


def _read(data: Mapping[str, Any]) -> Basis:
    missing, unknown = register().keys() - data["inputs"].keys(), data["inputs"].keys() - register().keys()
    if missing:
        named = ", ".join(sorted(missing)[:3])
        raise Problem(f"the study has no {named}, which this version needs", fix=OTHER_VERSION)
    if unknown:
        what = f'the study rests on an input "{min(unknown)}" that this version does not know'
        raise Problem(what, fix=OTHER_VERSION)
    inputs = {name: _with_arrays(stated) for name, stated in data["inputs"].items()}
    # Studies from before readiness was judged have none.
    return _reader().validate_python({"readiness": None, **data, "inputs": inputs, "fleets": _value(data["fleets"])})


@cache
def _reader() -> TypeAdapter[Basis]:
    return TypeAdapter(with_config(ConfigDict(extra="forbid", arbitrary_types_allowed=True))(Basis))


def _with_arrays(data: Mapping[str, Any]) -> dict[str, Any]:
    """An input as it is written, with its arrays made."""
    found = {**data, "likely": _value(data["likely"])}
    if KNOWN_FROM in data:
        known = TypeAdapter(list[KnownFrom]).validate_python(data[KNOWN_FROM]["values"])
        elements = np.empty(len(known), dtype=object)
        elements[:] = known
        found[KNOWN_FROM] = elements.reshape(data[KNOWN_FROM]["shape"])
    return found


def _value(data: Any) -> Any:
    return np.array(data["values"], dtype=float).reshape(data["shape"]) if isinstance(data, dict) else data


def study_document(study: Any) -> dict[str, Any]:
    """The whole study as it is written to study.json, with the fingerprint of what it rests on."""
    written = to_json(study)
    return {"format": FORMAT, "fingerprint": fingerprint_of(written["basis"]), **written}


def study_text(study: Any) -> str:
    """The whole study as JSON text."""
    return json.dumps(study_document(study), indent=2, ensure_ascii=False, allow_nan=False)


def fingerprint(basis: Basis) -> str:
    """What a study rests on as a short hash: it changes when any input, fleet, gate or version does."""
    return fingerprint_of(to_json(basis))


def fingerprint_of(basis: Mapping[str, Any]) -> str:
    """The same of a basis as it is written."""
    text = json.dumps(basis, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]
