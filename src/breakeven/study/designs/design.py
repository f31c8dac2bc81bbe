"""A design: all that decides what one replica is. And a case that is pinned to one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from breakeven.capacity.fit.replica import layout_of
from breakeven.capacity.fit.setup import Layout
from breakeven.study.case.case import Case
from breakeven.study.case.schema import GpuOffer
from breakeven.study.case.terms.serving import Operations, Promised, Purchase, SharedWork

KvCache = Literal["16-bit", "fp8"]
CHOSEN = {"model", "gpu", "precision", "gpus_per_replica", "kv_cache", "layout", "purchase", "operations", "promise"}
REPLACED = ("open_model", "open_models", "gpu_offer", "gpu_offers")  # by what was chosen


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """A model in a number format, on so many GPUs of a kind. Model and GPU by their keys in the facts."""

    model: str
    gpu: str
    precision: str
    gpus_per_replica: int
    kv_cache: KvCache = "16-bit"
    layout: Layout | None = None  # how they share the work, where it is not the usual way

    @property
    def shared(self) -> Layout:
        """How its GPUs share the work."""
        return self.layout or layout_of(self.gpus_per_replica)

    def __str__(self) -> str:
        shared = f" ({self.layout})" if self.layout else ""
        cache = ", KV cache in fp8" if self.kv_cache == "fp8" else ""
        return f"{self.model} in {self.precision} on {self.gpus_per_replica} × {self.gpu}{shared}{cache}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How the GPUs are paid for, and who answers at night."""

    purchase: Purchase
    operations: Operations


def _written(layout: Layout | None) -> SharedWork | None:
    """The layout as a case writes it."""
    if layout is None:
        return None
    return SharedWork(
        tensor_parallel=layout.attention_gpus,
        pipeline_parallel=layout.pipeline,
        data_parallel=layout.data,
        expert_parallel=layout.expert > 1,
    )


def pinned(
    case: Case,
    design: Design,
    ways: Sequence[Purchase],
    *,
    operations: Operations | Literal["every"] | None = None,
    promise: Promised | None = None,
    tokens_per_second: float | None = None,
) -> Case:
    """The case as if it had named this design. What is not given here stays as the case has it.

    Endpoints by the token that the case lists stay beside the `ways` to get GPUs.
    """
    own = case.file.self_hosting
    plan = own.model_copy(
        update={
            "model": design.model,
            "gpu": design.gpu,
            "precision": design.precision,
            "gpus_per_replica": design.gpus_per_replica,
            "kv_cache": design.kv_cache,
            "layout": _written(design.layout),
            "purchase": (*ways, *(purchase for purchase in own.purchase if purchase.mode == "endpoint")),
            "operations": operations or own.operations,
            "promise": promise or own.promise,
            "tokens_per_second": tokens_per_second or own.tokens_per_second,
        }
    )
    offered = case.file.gpu_offer if isinstance(case.file.gpu_offer, GpuOffer) else None
    file = case.file.model_copy(
        update={"self_hosting": plan, "gpu_offer": offered, "open_model": None, "open_models": (), "gpu_offers": ()}
    )
    return replace(case, file=file)


def as_written(case: Case) -> Case:
    """A pinned case as if the person had written its design, so that an alternative of it stands on the same design.

    What they did not write counts as found, not as given.
    """
    data, plan = case.document.data, case.file.self_hosting
    before = data.get("self_hosting") or {}
    chosen = plan.model_dump(mode="json", by_alias=True, include=CHOSEN, exclude_none=True, exclude_defaults=True)
    named = {**chosen, "kv_cache": plan.kv_cache, "operations": plan.operations}
    kept = {name: value for name, value in data.items() if name not in REPLACED}
    if isinstance(data.get("gpu_offer"), dict):
        kept["gpu_offer"] = {**data["gpu_offer"], "gpu": plan.gpu}
    own = {name: value for name, value in before.items() if name != "search"}
    given = {*before, "precision"} if case.format_said else {*before}
    found_keys = frozenset(("self_hosting", name) for name in named if name not in given)
    document = replace(case.document, data={**kept, "self_hosting": {**own, **named}}, found=found_keys)
    return replace(case, document=document)
