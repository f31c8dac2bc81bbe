"""Every design that a case leaves open and the facts know, and why the others are none.

What the case names is not looked for. Formats: that in which the maker publishes the weights, fp8 where the GPU
computes it, and 16 bit where neither is there. Sizes: the fewest GPUs that hold the model, and up to a server.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import get_args

from breakeven.capacity.fit.layouts import cannot_be, other_layouts
from breakeven.capacity.fit.precision import NoArithmetic, peak_flops_per_second
from breakeven.capacity.fit.replica import REPLICA_SIZES, Replica, fits, shape_of
from breakeven.capacity.fit.setup import Layout
from breakeven.facts import catalog
from breakeven.facts.precisions import precision_named
from breakeven.facts.records import Gpu, OpenModel, PurchaseMode
from breakeven.problems import Problem, nearest
from breakeven.study.case.case import Case
from breakeven.study.case.places import Keys
from breakeven.study.case.schema import GpuOffer
from breakeven.study.case.terms.serving import Purchase, Search, Split
from breakeven.study.designs.design import Design, KvCache, pinned
from breakeven.study.resolve.buying.gates import is_quality, stated_gates
from breakeven.study.resolve.serving.fleet import gpu_at, kv_bytes_named
from breakeven.study.resolve.serving.options import market_offers
from breakeven.study.resolve.serving.own_serving import layout_said, model_of

AT_HOSTS = ("endpoint", "dedicated")  # nothing of ours is served there, or on a replica that the host has chosen
NO_PRICE = "have no known price"
NO_ARITHMETIC = "are on GPUs whose arithmetic nobody states"
NO_ROOM = "do not hold the model with room to serve"
FAILS_TEST = "are in a number format that failed its quality test"
NO_LAYOUT = "are on a number of GPUs that the model cannot be shared out to"
NO_SHAPE = "are of models whose architecture is not known"


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """The designs, and how many others there are by the reason why they are none."""

    designs: tuple[Design, ...]
    left_out: Counter[str]


def searches(case: Case) -> bool:
    """Whether a design is to be found: the case asks for it, or leaves a part of it open."""
    listed = case.file.self_hosting.purchase
    only_at_hosts = bool(listed) and all(each.mode in AT_HOSTS for each in listed)
    return asks(case) or (not only_at_hosts and (named_gpu(case) is None or leaves_open(case)))


def asks(case: Case) -> bool:
    """Whether the case asks for the best design: it says so, or names several models or offers."""
    file = case.file
    return file.self_hosting.search is not None or bool(file.open_models) or bool(file.gpu_offers)


def leaves_open(case: Case) -> bool:
    """Whether a case that names its GPU leaves the format or the size of a replica open, and several could serve it.

    A speed, benchmarks or a fleet of one's own are of one design.
    """
    own = case.file.self_hosting
    of_one = (own.tokens_per_second, own.measured, own.replicas, own.config)
    if any(each is not None for each in of_one) or any(each.tokens_per_second for each in case.file.workloads):
        return False
    return not (case.format_said and own.replica_gpus) and shape_of(model_of(case)) is not None


def named_gpu(case: Case) -> str | None:
    """The GPU that the case names."""
    offered = case.file.gpu_offer
    return case.file.self_hosting.gpu or (offered.gpu if isinstance(offered, GpuOffer) else offered)


def models_of(case: Case) -> tuple[OpenModel, ...]:
    """The open models that come into question. Raises `Problem` for one that is not known."""
    if not case.file.open_models:
        return (model_of(case),)
    found = []
    for i, name in enumerate(case.file.open_models):
        with case.telling("open_models", i):
            found.append(catalog.open_model(name))
    return tuple(dict.fromkeys(found))


def gpus_of(case: Case) -> tuple[Gpu, ...]:
    """The GPUs that come into question, by key."""
    search, offers = case.file.self_hosting.search or Search(), case.file.gpu_offers
    one = named_gpu(case)
    if one is not None:
        return (_known(case, one, gpu_at(case)),)
    named: list[tuple[str, Keys]] = [
        (name, ("self_hosting", "search", "gpus", i)) for i, name in enumerate(search.gpus)
    ]
    named += [(offer.gpu, ("gpu_offers", i, "gpu")) for i, offer in enumerate(offers)]
    allowed = {_known(case, name, at).key for name, at in named} or set(catalog.gpus())
    require_known(case, search)
    vendors = {vendor.lower() for vendor in search.vendors}
    return tuple(
        card
        for key, card in catalog.gpus().items()
        if key in allowed and (not vendors or card.vendor.lower() in vendors)
    )


def require_known(case: Case, search: Search) -> None:
    """Raise `Problem` for a maker, provider or region that no GPU and no published offer has."""
    offers = catalog.gpu_offers(on=case.as_of)
    for key, named, known in (
        ("vendors", search.vendors, {card.vendor for card in catalog.gpus().values()}),
        ("providers", search.providers, {offer.provider for offer in offers}),
        ("regions", search.regions, {offer.region for offer in offers}),
    ):
        for i, name in enumerate(named):
            if name.lower() not in {known_name.lower() for known_name in known}:
                what = f'self_hosting.search.{key}: "{name}" is not known. {nearest(name, known)}'
                fix = f"Known: {', '.join(sorted(known))}."
                raise Problem(what.strip(), where=case.place("self_hosting", "search", key, i), fix=fix)


def _known(case: Case, name: str, at: Keys) -> Gpu:
    with case.telling(*at):
        return catalog.gpu(name)


def listed_ways(case: Case) -> tuple[Purchase, ...]:
    """The ways to get GPUs that the case lists."""
    return tuple(each for each in case.file.self_hosting.purchase if each.mode not in AT_HOSTS)


def ways_of(case: Case, card: Gpu) -> tuple[Purchase, ...]:
    """The ways to get GPUs of a kind: those the case lists or was offered, else those with a published price."""
    if listed := listed_ways(case):
        return tuple(way for way in listed if named_gpu(case) or _has_price(case, card, way))
    offered = case.file.gpu_offer
    offers = (offered,) if isinstance(offered, GpuOffer) and offered.price_per_gpu_hour is not None else ()
    stated = [offer for offer in (*offers, *case.file.gpu_offers) if catalog.gpu(offer.gpu).key == card.key]
    spot = (case.file.self_hosting.search or Search()).spot_share
    shares = {"spot_share": spot, "name": f"{spot:.0%} spot {card.key}"}
    ways = [
        Purchase(mode="rented", price_per_gpu_hour=offer.price_per_gpu_hour, source=offer.source, date=offer.date)
        for offer in stated
    ]
    if not stated and market_offers(case, card, "on_demand"):
        ways = [Purchase(mode="rented"), Purchase(mode="rented", reserved_share=1.0, name=f"reserve {card.key}")]
    if spot and ways and market_offers(case, card, "spot"):
        ways.append(ways[0].model_copy(update=shares))
    if not stated and catalog.purchase_prices(card.key, on=case.as_of):
        ways.append(Purchase(mode="owned"))
    return tuple(ways)


def _has_price(case: Case, card: Gpu, way: Purchase) -> bool:
    """Whether a listed way has a price on this GPU: its own, or a published one."""
    if way.mode == "owned":
        return way.price_per_gpu is not None or bool(catalog.purchase_prices(card.key, on=case.as_of))
    mode: PurchaseMode = "serverless" if way.mode == "serverless" else "on_demand"
    return way.price_per_gpu_hour is not None or bool(market_offers(case, card, mode))


def catalogue(case: Case, context_tokens: float, *, models: Sequence[OpenModel]) -> Catalogue:
    """Every design of these models for requests that hold so many tokens, and why the others are none."""
    designs: list[Design] = []
    left_out: Counter[str] = Counter()
    for model in models:
        for card in gpus_of(case):
            priced = bool(ways_of(case, card))
            for design in _designs(case, model, card):
                why = "" if priced else NO_PRICE
                why = why or _why_not(model, card, design, context_tokens)
                if why:
                    left_out[why] += 1
                else:
                    designs.append(design)
    return Catalogue(designs=tuple(designs), left_out=left_out)


def passed(case: Case, known: Catalogue, model: OpenModel) -> Catalogue:
    """The designs of a model without those in a number format that failed its test for all that would move."""
    failed: dict[tuple[str, str], bool] = {}
    for design in known.designs:
        if (form := (design.precision, design.kv_cache)) not in failed:
            asked = stated_gates(pinned(case, design, ()), model, design.precision)
            failed[form] = any(gate.verdict == "fail" and gate.workload is None and gate.first
                               and gate.side == "self-hosting" for gate in asked)  # fmt: skip
    kept = tuple(design for design in known.designs if not failed[design.precision, design.kv_cache])
    out = Counter({FAILS_TEST: len(known.designs) - len(kept)})
    return Catalogue(designs=kept, left_out=known.left_out + out)


def _designs(case: Case, model: OpenModel, card: Gpu) -> Iterator[Design]:
    own = case.file.self_hosting
    search = own.search or Search()
    sizes = [own.replica_gpus] if own.replica_gpus else REPLICA_SIZES
    caches = caches_of(case, card)
    for precision in formats_of(case, model, card):
        for gpus in sizes:
            if gpus <= max(search.largest_replica, own.replica_gpus or 1):
                for layout, cache in product(layouts_of(case, model, card, gpus), caches):
                    yield Design(
                        model=model.key,
                        gpu=card.key,
                        precision=precision,
                        gpus_per_replica=gpus,
                        kv_cache=cache,
                        layout=layout,
                    )


def layouts_of(case: Case, model: OpenModel, card: Gpu, gpus: int) -> tuple[Layout | None, ...]:
    """How so many GPUs may share the work: as the case says, else every way within a server; None: the usual one.

    A speed that the case states is of the usual way.
    """
    shape, own = shape_of(model), case.file.self_hosting
    allowed = (own.search or Search()).layouts or get_args(Split)
    if own.layout is not None or shape is None:
        return (layout_said(case, shape),)
    usual: tuple[Layout | None, ...] = (None,) if "tensor" in allowed or gpus == 1 else ()
    more = [
        layout
        for layout in other_layouts(shape, card, gpus)
        if ("experts" if layout.expert > 1 else "pipeline") in allowed
    ]
    return (*usual, *more)


def caches_of(case: Case, card: Gpu) -> tuple[KvCache, ...]:
    """The number formats of the KV cache that come into question. One in 8 bits has to be tested: it is not looked at
    unasked where the case says that the quality passes.
    """
    if case.given("self_hosting", "kv_cache"):
        return (case.file.self_hosting.kv_cache,)
    tested = any(is_quality(each.name) and each.verdict == "pass" for each in case.file.gates)
    narrow = card.flops_per_second.get("fp8") and (not tested or case.file.self_hosting.search is not None)
    return ("16-bit", "fp8") if narrow else ("16-bit",)


def formats_of(case: Case, model: OpenModel, card: Gpu) -> tuple[str, ...]:
    """The number formats of the weights that come into question on a GPU."""
    if said := case.format_said:
        return (said,)
    if allowed := (case.file.self_hosting.search or Search()).precisions:
        return tuple(dict.fromkeys(allowed))
    if model.published_precision:
        return (model.published_precision,)
    return ("fp8", "bf16") if card.flops_per_second.get("fp8") else ("bf16",)


def _why_not(model: OpenModel, card: Gpu, design: Design, context_tokens: float) -> str:
    """Why it is no design; empty where it is one."""
    form, shape = precision_named(design.precision), shape_of(model)
    if shape is None:
        return NO_SHAPE
    try:
        peak_flops_per_second(card, form)
    except NoArithmetic:
        return NO_ARITHMETIC
    if cannot_be(shape, design.shared):
        return NO_LAYOUT
    replica = Replica(
        model=model,
        gpu=card,
        precision=form,
        gpus=design.gpus_per_replica,
        kv_bytes_per_value=kv_bytes_named(design.kv_cache),
        layout=design.layout,
    )
    return "" if fits(replica, context_tokens) else NO_ROOM
