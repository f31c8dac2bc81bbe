"""What must hold where a case names its design, and where it has the best looked for."""

from __future__ import annotations

from collections.abc import Iterator

from breakeven.problems import Problem
from breakeven.study.case.places import Document
from breakeven.study.case.schema import CaseFile


def design_problems(case: CaseFile, document: Document) -> Iterator[Problem]:
    """Every contradiction about the design."""
    yield from _twice(case, document)
    yield from _searched(case, document)
    yield from _shared(case, document)


def _shared(case: CaseFile, document: Document) -> Iterator[Problem]:
    """How the GPUs share the work, beside their number."""
    layout, gpus = case.self_hosting.layout, case.self_hosting.gpus_per_replica
    if layout is None:
        return
    where = document.key("self_hosting", "layout")
    if gpus and gpus != layout.gpus:
        what = f"self_hosting.layout: its parts make {layout.gpus} GPUs, and gpus_per_replica is {gpus}"
        yield Problem(what, where=where, fix="Change one of the two, or leave gpus_per_replica out.")
    if layout.data_parallel > 1 and not layout.expert_parallel:
        what = "self_hosting.layout: copies that share no experts are replicas of their own"
        fix = "Set expert_parallel: true, or leave data_parallel out: replicas are counted for you."
        yield Problem(what, where=where, fix=fix)


def _twice(case: CaseFile, document: Document) -> Iterator[Problem]:
    """The model and the GPU may stand in the short form or under self_hosting."""
    offered = case.gpu_offer if isinstance(case.gpu_offer, str) or case.gpu_offer is None else case.gpu_offer.gpu
    theirs, ours = case.self_hosting.gpu, case.self_hosting.model
    for short, full, key, other in (
        ("gpu_offer", "gpu", theirs, offered),
        ("open_model", "model", ours, case.open_model),
    ):
        if key is not None and other is not None and key != other:
            what = f'self_hosting.{full}: is "{key}", and {short} is "{other}"'
            yield Problem(what, where=document.value("self_hosting", full), fix="Keep one of the two.")


def _searched(case: CaseFile, document: Document) -> Iterator[Problem]:
    """What names one of several, or the speed of one design, beside what has the best looked for."""
    named = case.open_model or case.self_hosting.model
    if case.open_models and named:
        what = f'open_models: lists several, and one is named: "{named}"'
        yield Problem(what, where=document.key("open_models"), fix="Keep one of the two.")
    if case.gpu_offers and (case.gpu_offer is not None or case.self_hosting.gpu or case.self_hosting.purchase):
        what = "gpu_offers: lists several, and a GPU or purchase is named as well"
        yield Problem(what, where=document.key("gpu_offers"), fix="Keep one of the two.")
    if not (case.open_models or case.gpu_offers or case.self_hosting.search):
        return
    for key in ("tokens_per_second", "measured", "replicas"):
        if getattr(case.self_hosting, key) is not None:
            what = f"self_hosting.{key}: holds of one design, and the case has the best looked for"
            fix = f"Leave {key} out, or name the design: gpu_offer, gpus_per_replica, precision."
            yield Problem(what, where=document.key("self_hosting", key), fix=fix)
