"""Choices that a case is resolved anew for: the design and the horizon, as a case says them.

What the case says of another design, its prices, speed and size, is taken out with it: it holds of that one only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import YAMLError

from breakeven.facts.catalog import gpu, open_model
from breakeven.facts.records import Gpu, OpenModel
from breakeven.problems import Problem
from breakeven.study.case.case import Case
from breakeven.study.case.round_trip import edited, section
from breakeven.study.designs.catalogue import searches
from breakeven.study.designs.search import Search, search
from breakeven.study.designs.settle import choice, searched
from breakeven.study.recomputing.prepared import Prepared, prepare_resolved
from breakeven.study.resolve.resolve import resolve
from breakeven.web.state import GATE

MOST_DESIGNS = 8
OF_THE_DESIGN = ("tokens_per_second", "measured", "replicas", "gpus_per_replica", "precision", "kv_cache")
SHAPE = ("precision", "gpus_per_replica", "kv_cache")
OF_A_DESIGN = {"model", "gpu", *SHAPE}
OF_THE_GPU = ("price_per_gpu_hour", "price_per_gpu", "gpus_already_owned", "spot_net_saving", "source", "date")


def with_choices(text: str, choices: Mapping[str, str]) -> str:
    """The text of a case with these choices in it. Raises `Problem`."""

    def edit(data: CommentedMap) -> None:
        own = section(data, "self_hosting") if OF_A_DESIGN & {*choices} else CommentedMap()
        moved = [name for name in ("model", "gpu") if name in choices and WAYS[name](data, own, choices[name])]
        if moved or any(name in choices and own.get(name) != _plain(choices[name]) for name in SHAPE):
            _forget(own, data, of_gpu="gpu" in moved)
        for name in SHAPE:
            if name in choices:
                own[name] = _plain(choices[name])
        if "gpus_per_replica" in choices:  # a whole design: there is nothing to look for
            own.pop("search", None)
        if "horizon_months" in choices:
            data["horizon_months"] = _plain(choices["horizon_months"])
        for gate in data.get("gates") or ():
            if gate.get("workload") and (verdict := choices.get(f"{GATE}{gate['name']}")):
                gate["verdict"] = verdict

    try:
        return edited(text, edit)
    except (YAMLError, ValueError, RecursionError, KeyError, IndexError, TypeError, AttributeError):
        raise Problem("the choices cannot be put into this case", fix="Write them into the case by hand.") from None


def of_a_workload(case: Case) -> list[str]:
    """The gates of a case that name a workload."""
    return [gate.name for gate in case.file.gates if gate.workload is not None]


def _plain(text: str) -> str | int:
    return int(text) if text.isascii() and text.isdigit() else text


def _model(data: CommentedMap, own: CommentedMap, name: str) -> bool:
    """Put the model where the case has it; whether it is another one."""
    listed = data.pop("open_models", None)
    before = own.get("model") or data.get("open_model") or (listed if listed is None or len(listed) > 1 else listed[0])
    own.pop("model_config", None)
    (own if "model" in own else data)["model" if "model" in own else "open_model"] = name
    return not _alike(before, name, open_model)


def _gpu(data: CommentedMap, own: CommentedMap, name: str) -> bool:
    """The same of the GPU."""
    offer = data.get("gpu_offer")
    data.pop("gpu_offers", None)
    if isinstance(offer, CommentedMap):
        before, offer["gpu"] = offer.get("gpu"), name
    elif offer is not None:
        before, data["gpu_offer"] = offer, name
    else:
        before, own["gpu"] = own.get("gpu"), name
    if isinstance(own.get("search"), CommentedMap):
        own["search"].pop("gpus", None)
    return not _alike(before, name, gpu)


def _alike(one: object, other: str, known: Callable[[str], OpenModel | Gpu]) -> bool:
    """Whether two names are of one thing. A name that the catalog does not know is of itself only."""
    try:
        return known(str(one)).key == known(other).key
    except Problem:
        return one == other


WAYS: Mapping[str, Callable[[CommentedMap, CommentedMap, str], bool]] = {"model": _model, "gpu": _gpu}


def _forget(own: CommentedMap, data: CommentedMap, *, of_gpu: bool) -> None:
    """Take out what holds of another design only; `of_gpu`: and of another GPU."""
    for name in OF_THE_DESIGN:
        own.pop(name, None)
    for workload in data.get("workloads") or ():
        workload.pop("tokens_per_second", None)
    offers: list[Any] = [*(own.get("purchase") or ()), data.get("gpu_offer")] if of_gpu else []
    for offer in offers:
        for name in OF_THE_GPU if isinstance(offer, CommentedMap) and offer.get("mode") != "endpoint" else ():
            offer.pop(name, None)


def resolved_anew(prepared: Prepared, text: str) -> Prepared:
    """The case of this text, its log not read again. Raises `Problem`."""
    before, log = prepared.resolved.case, prepared.resolved.log
    case = Case.parse(text, name=before.path.name, folder=before.folder, as_of=before.as_of)
    looked = searched(case, log) if searches(case) else None
    if looked is None:
        return prepare_resolved(resolve(case, read=log))
    return prepare_resolved(replace(resolve(looked.case, read=log), chosen=choice(looked)))


def designs_of(prepared: Prepared, text: str) -> Search:
    """What else the case could be served with: the designs of its model and GPUs, also where it names one."""
    before = prepared.resolved.case

    def opened(data: CommentedMap) -> None:
        _forget(section(data, "self_hosting"), data, of_gpu=False)

    case = before if searches(before) else Case.parse(
        edited(text, opened), name=before.path.name, folder=before.folder, as_of=before.as_of
    )  # fmt: skip
    return search(case, prepared.resolved.log, beside=MOST_DESIGNS)
