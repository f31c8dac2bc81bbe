"""What a case must say and does not. Looked for in the plain data, where a wrong value still counts as said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from breakeven.problems import Problem
from breakeven.study.case.places import Document, Keys

VOLUMES = (
    "api_spend_per_month",
    "tokens_per_month",
    "input_tokens_per_month",
    "output_tokens_per_month",
    "requests_per_month",
)
SHORT_VOLUMES = VOLUMES[:2]
PRICES = ("input_price_per_mtok", "output_price_per_mtok")


def gap_problems(document: Document) -> Iterator[Problem]:
    """Everything a case needs and lacks."""
    case = document.data
    workloads = _items(case, "workloads")
    yield from _no_volume(case, workloads, document)
    yield from _no_hosted_model(case, workloads, document)
    yield from _no_open_model(case, document)
    yield from _no_gpu(case, document)
    for i, workload in workloads:
        yield from _one_price(("workloads", i), workload, document)
    for i, purchase in _items(case.get("self_hosting"), "purchase"):
        if purchase.get("mode") == "endpoint":
            yield from _no_prices(("self_hosting", "purchase", i), purchase, document)


def _items(parent: Any, key: str) -> list[tuple[int, dict[str, Any]]]:
    """The items of a list that are mappings, with their numbers."""
    found = parent.get(key) if isinstance(parent, dict) else None
    items = found if isinstance(found, list) else []
    return [(i, each) for i, each in enumerate(items) if isinstance(each, dict)]


def _no_volume(
    case: dict[str, Any], workloads: list[tuple[int, dict[str, Any]]], document: Document
) -> Iterator[Problem]:
    if "log" in case or any(volume in case for volume in SHORT_VOLUMES):
        return
    if "workloads" not in case:
        fix = "Give api_spend_per_month, tokens_per_month, a log, or workloads with their volumes."
        yield Problem("it says nothing of the volume", where=document.key(), fix=fix)
    for i, workload in workloads:
        if not any(volume in workload for volume in VOLUMES):
            fix = f"Give one of {', '.join(VOLUMES)}, or a log."
            yield Problem(f"workloads.{i}: has no volume", where=document.key("workloads", i), fix=fix)


def _no_hosted_model(
    case: dict[str, Any], workloads: list[tuple[int, dict[str, Any]]], document: Document
) -> Iterator[Problem]:
    if "hosted_model" in case:
        return
    fix = "Give hosted_model as host/model; `breakeven facts prices` lists them."
    if "workloads" not in case:
        yield Problem("hosted_model is missing", where=document.key(), fix=fix)
    for i, workload in workloads:
        if "hosted_model" not in workload and not any(price in workload for price in PRICES):
            what = f"workloads.{i}: has neither a hosted_model nor prices of its own"
            yield Problem(what, where=document.key("workloads", i), fix=fix)


def _one_price(keys: Keys, workload: dict[str, Any], document: Document) -> Iterator[Problem]:
    given = [each for each in PRICES if each in workload]
    if len(given) == 1 and "hosted_model" not in workload and "hosted_model" not in document.data:
        yield from _no_prices(keys, workload, document)


def _no_prices(keys: Keys, part: dict[str, Any], document: Document) -> Iterator[Problem]:
    for each in PRICES:
        if each not in part:
            dotted = ".".join(str(key) for key in keys)
            yield Problem(f'{dotted}: "{each}" is missing', where=document.key(*keys))


def _no_open_model(case: dict[str, Any], document: Document) -> Iterator[Problem]:
    if not any(key in case for key in ("open_model", "open_models")) and not _says(case.get("self_hosting"), "model"):
        fix = "Give the open-weight model that would replace it, or several as open_models; "
        fix += "`breakeven facts models` lists them."
        yield Problem("open_model is missing", where=document.key(), fix=fix)


def _no_gpu(case: dict[str, Any], document: Document) -> Iterator[Problem]:
    """Without a GPU the best is looked for, unless the speed or the fleet of one is stated."""
    plan = case.get("self_hosting")
    if "gpu_offer" in case or "gpu_offers" in case or _says(plan, "gpu") or not isinstance(plan, dict):
        return
    for key in ("tokens_per_second", "measured", "replicas"):
        if key in plan:
            fix = "Give the GPU that it holds of; `breakeven facts gpus` lists them."
            yield Problem(
                f"gpu_offer is missing, and self_hosting.{key} holds of one GPU", where=document.key(), fix=fix
            )


def _says(part: Any, key: str) -> bool:
    """Whether a part has the key. What is no mapping is another mistake, told elsewhere."""
    return part is not None and (not isinstance(part, dict) or key in part)
