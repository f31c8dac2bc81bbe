"""What `breakeven facts` shows: facts as tables, with their source and age."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict
from statistics import median

from breakeven.cli.listing import Listing
from breakeven.facts.age import age_in_days, age_in_words, stale_notice
from breakeven.facts.catalog import (
    gpu,
    gpu_offers,
    gpus,
    gpus_called,
    hosted_hosts,
    hosted_models,
    hosted_price,
    licences,
    open_model,
    open_models,
    purchase_prices,
)
from breakeven.facts.records import Gpu, GpuOffer, HostedPrice, OpenModel, PurchasePrice
from breakeven.numbers.inputs import Source

SPECIFICATION = "a specification does not go stale"
UNSAID = {"-", "all", "not stated"}  # products and regions that tell nothing
Record = Gpu | OpenModel | GpuOffer | PurchasePrice | HostedPrice


def gpu_listings(name: str | None, day: datetime.date) -> list[Listing]:
    """GPUs by key, or the one named."""
    cards = gpus_called(name) if name else list(gpus().values())
    headings = (
        "GPU",
        "memory GiB",
        "TB/s",
        "bf16 TFLOP/s",
        "fp8 TFLOP/s",
        "link GB/s",
        "W",
        "checked",
        "source",
    )
    return [
        Listing(
            name="gpus",
            title=f"{len(cards)} GPU{'s' if len(cards) != 1 else ''}, dense peaks ({SPECIFICATION})",
            headings=headings,
            rows=[_gpu_row(card) for card in cards],
            data=[_data(card, day) for card in cards],
            notices=_recalled_notice(card.key for card in cards if card.recalled),
        )
    ]


def _gpu_row(card: Gpu) -> tuple[str, ...]:
    return (
        card.key,
        _figure(card.memory_bytes, 2**30),
        _figure(card.memory_bytes_per_second, 1e12),
        _figure(card.flops_per_second.get("bf16"), 1e12),
        _figure(card.flops_per_second.get("fp8"), 1e12),
        _figure(card.interconnect_bytes_per_second, 1e9),
        _figure(card.power_watts),
        _checked(card),
        _where(card.source),
    )


def model_listings(name: str | None, day: datetime.date) -> list[Listing]:
    """Open models by key, or the one named."""
    models = [open_model(name)] if name else list(open_models().values())
    return [
        Listing(
            name="models",
            title=f"{len(models)} open model{'s' if len(models) != 1 else ''} ({SPECIFICATION})",
            headings=(
                "model",
                "Hugging Face id",
                "total 1e9",
                "active 1e9",
                "KV KiB/token",
                "licence",
                "checked",
                "source",
            ),
            rows=[_model_row(model) for model in models],
            data=[_data(model, day) | {"licence": _licence_data(model)} for model in models],
            notices=(
                *_recalled_notice(model.key for model in models if model.recalled),
                *_licence_notices(models),
            ),
        )
    ]


def _licence_data(model: OpenModel) -> dict[str, object] | None:
    known = licences().get(model.key)
    return None if known is None else {"name": known.name, "terms": known.terms, "recalled": known.recalled}


def _licence_notices(models: Sequence[OpenModel]) -> tuple[str, ...]:
    """What licences ask of some, each with its models."""
    named: dict[str, list[str]] = {}
    for model in models:
        if (known := licences().get(model.key)) is not None and known.terms:
            named.setdefault(str(known), []).append(model.key)
    return tuple(f"licence of {', '.join(keys)}: {told}" for told, keys in named.items())


def _model_row(model: OpenModel) -> tuple[str, ...]:
    return (
        model.key,
        model.hugging_face_id,
        _figure(model.total_parameters, 1e9),
        _figure(model.active_parameters, 1e9),
        _figure(model.kv_bytes_per_token_16bit or None, 1024),
        licences()[model.key].name if model.key in licences() else "not known",
        _checked(model),
        _where(model.source),
    )


def price_listings(name: str | None, day: datetime.date) -> list[Listing]:
    """Rent, purchase and hosts; or the prices of one GPU, host or hosted model."""
    if name is None:
        return [_rent_by_gpu(day), _purchases(None, day), _hosts()]
    if name.lower() in hosted_hosts():
        return [_hosted_models(name)]
    if "/" in name:
        return [_hosted(name, day)]
    return [_offers(name, day), _purchases(name, day)]


def _rent_by_gpu(day: datetime.date) -> Listing:
    offers = gpu_offers(on=day)
    summaries = [(key, gpu_offers(key, "on_demand", on=day)) for key in gpus()]
    return Listing(
        name="offers",
        title="Rent, USD per GPU-hour on demand",
        headings=("GPU", "offers", "low / median / high", "newest"),
        rows=[_rent_row(key, offers) for key, offers in summaries if offers],
        data=[_data(offer, day) for offer in offers],
        notices=(*_undated(offers, day), "`breakeven facts prices GPU` lists its offers."),
    )


def _rent_row(key: str, offers: Sequence[GpuOffer]) -> tuple[str, ...]:
    """Lowest, median and highest of the dated offers, or of all when none is dated."""
    dated = [each for each in offers if each.kind != "assumed"]
    prices = [each.usd_per_gpu_hour for each in dated or offers]
    newest = max((each.source.date for each in dated), default="date unknown")
    return key, str(len(prices)), f"{min(prices):.2f} / {median(prices):.2f} / {max(prices):.2f}", newest


def _offers(name: str, day: datetime.date) -> Listing:
    found = gpu_offers(name, on=day)
    return Listing(
        name="offers",
        title=f"Rent of {gpu(name).key}, USD per GPU-hour",
        headings=("provider", "product", "mode", "GPUs", "USD/GPU-h", "kind", "age", "source", "note"),
        rows=[_offer_row(each, day) for each in sorted(found, key=_by_price)],
        data=[_data(each, day) for each in found],
        notices=_undated(found, day),
    )


def _by_price(offer: GpuOffer) -> tuple[str, float]:
    return offer.mode, offer.usd_per_gpu_hour


def _offer_row(offer: GpuOffer, day: datetime.date) -> tuple[str, ...]:
    return (
        offer.provider,
        ", ".join(part for part in (offer.product, offer.region) if part not in UNSAID),
        offer.mode,
        str(offer.gpus_per_instance),
        f"{offer.usd_per_gpu_hour:.2f}",
        offer.kind,
        age_in_words(offer.source, day),
        _where(offer.source),
        offer.note,
    )


def _purchases(name: str | None, day: datetime.date) -> Listing:
    found = purchase_prices(name, on=day)
    return Listing(
        name="purchases",
        title="Purchase, USD",
        headings=("item", "GPUs", "USD", "kind", "age", "source", "note"),
        rows=[_purchase_row(each, day) for each in found],
        data=[_data(each, day) for each in found],
        notices=_undated(found, day),
    )


def _purchase_row(price: PurchasePrice, day: datetime.date) -> tuple[str, ...]:
    return (
        price.item,
        str(price.gpus),
        f"{price.usd:,.0f}",
        price.kind,
        age_in_words(price.source, day),
        _where(price.source),
        price.note,
    )


def _hosts() -> Listing:
    counts = [(host, len(hosted_models(host))) for host in hosted_hosts()]
    return Listing(
        name="hosts",
        title=f"{len(counts)} hosts of models priced by the token",
        headings=("host", "models"),
        rows=[(host, str(count)) for host, count in counts],
        data=[{"host": host, "models": count} for host, count in counts],
        notices=("`breakeven facts prices HOST` lists its models, `HOST/MODEL` shows a price.",),
    )


def _hosted_models(host: str) -> Listing:
    names = hosted_models(host)
    return Listing(
        name="models",
        title=f"{len(names)} models of {host.lower()}",
        headings=("model",),
        rows=[(each,) for each in names],
        data=[{"model": each} for each in names],
    )


def _hosted(name: str, day: datetime.date) -> Listing:
    price = hosted_price(name, on=day)
    stale = stale_notice(f"{price.host}/{price.model}", price.source, day)
    return Listing(
        name="hosted",
        title=f"{price.host}/{price.model} on {day}, USD per million tokens",
        headings=("rate", "USD/million tokens", "kind", "age", "source"),
        rows=_rate_rows(price, day),
        data=[_data(price, day) | {"kind": price.kind}],
        notices=(*price.notices, *([str(stale)] if stale else [])),
    )


def _rate_rows(price: HostedPrice, day: datetime.date) -> list[tuple[str, ...]]:
    rates = {
        "input": price.input_price_per_mtok,
        "output": price.output_price_per_mtok,
        "cached input": price.cached_input_price_per_mtok,
        "cache write": price.cache_write_price_per_mtok,
        "batch input": price.batch_input_price_per_mtok,
        "batch output": price.batch_output_price_per_mtok,
    }
    told = (price.kind, age_in_words(price.source, day), _where(price.source))
    return [(rate, _figure(value) or "not listed", *told) for rate, value in rates.items()]


def _undated(found: Collection[Record], day: datetime.date) -> tuple[str, ...]:
    """One sentence for the undated prices and one for the stale ones."""
    ages = [age_in_days(each.source, day) for each in found]
    unknown = sum(age is None for age in ages)
    stale = sum(stale_notice("", each.source, day) is not None for each in found) - unknown
    undated = f"{unknown} of {len(ages)} prices: date unknown, so they are assumed."
    old = f"{stale} of {len(ages)} prices are older than 90 days."
    return tuple(text for count, text in ((unknown, undated), (stale, old)) if count)


def _recalled_notice(keys: Iterable[str]) -> tuple[str, ...]:
    named = list(keys)
    few = ", ".join(named) if len(named) <= 3 else f"{len(named)} of them"
    return (f"recalled from memory, not checked against a datasheet: {few}",) if named else ()


def _checked(fact: Gpu | OpenModel) -> str:
    return "recalled" if fact.recalled else fact.source.date


def _where(source: Source) -> str:
    return " ".join(filter(None, (source.title, source.address)))


def _figure(value: float | None, scale: float = 1.0) -> str:
    return "" if value is None else f"{value / scale:.6g}"


def _data(record: Record, day: datetime.date) -> dict[str, object]:
    """The record as JSON, prices and specifications alike with their age in days."""
    return asdict(record) | {"age_days": age_in_days(record.source, day)}
