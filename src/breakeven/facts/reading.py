"""From the rows of the fact tables to records. Pure: the text comes in, the records go out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import get_args

from breakeven.facts.age import UNKNOWN
from breakeven.facts.records import (
    Architecture,
    Attention,
    Experts,
    Gpu,
    GpuOffer,
    HostedPrice,
    Licence,
    Measurement,
    OpenModel,
    PurchaseMode,
    PurchasePrice,
)
from breakeven.facts.tables import Row, rows
from breakeven.numbers.inputs import KINDS, Kind, Source
from breakeven.problems import Problem

UNITS = ("bf16", "fp8", "fp4", "int8")  # of arithmetic: `Precision.compute`
Sources = Mapping[str, Source]


def read_gpus(text: str, file: str, sources: Sources) -> dict[str, Gpu]:
    """GPUs by key."""
    return {row.text("key"): _gpu(row, sources) for row in _unique(rows(text, file), "key")}


def read_aliases(text: str, file: str) -> dict[str, str]:
    """Plain names such as "h100", in lower case, to the key of the GPU they mean."""
    return {
        alias: row.text("key")
        for row in rows(text, file)
        for alias in filter(None, row.maybe_text("aliases").split(";"))
    }


def _gpu(row: Row, sources: Sources) -> Gpu:
    peaks = {precision: row.maybe_number(precision) for precision in UNITS}
    return Gpu(
        key=row.text("key"),
        name=row.text("name"),
        vendor=row.text("vendor"),
        memory_bytes=row.number("memory"),
        memory_bytes_per_second=row.number("memory_bandwidth"),
        flops_per_second={precision: peak for precision, peak in peaks.items() if peak is not None},
        interconnect_bytes_per_second=row.maybe_number("interconnect"),
        power_watts=row.maybe_number("power"),
        recalled=row.yes("recalled"),
        source=row.source(sources, "checked"),
    )


def read_models(text: str, file: str, sources: Sources) -> dict[str, OpenModel]:
    """Open models by key."""
    return {row.text("key"): _model(row, sources) for row in _unique(rows(text, file), "key")}


def _model(row: Row, sources: Sources) -> OpenModel:
    return OpenModel(
        key=row.text("key"),
        hugging_face_id=row.text("hugging_face_id"),
        total_parameters=row.number("total_parameters"),
        active_parameters=row.number("active_parameters"),
        layers=int(row.number("layers")),
        hidden_size=int(row.number("hidden_size")),
        kv_bytes_per_token_16bit=row.number("kv_cache"),
        sliding_window_layers=int(row.number("sliding_window_layers")),
        recalled=row.yes("recalled"),
        source=row.source(sources, "checked"),
        published_precision=row.maybe_text("published_precision"),
    )


def read_licences(text: str, file: str, sources: Sources, models: Mapping[str, OpenModel]) -> dict[str, Licence]:
    """Licences by the key of their model, which must be known."""
    return {row.text("model"): _licence(row, sources, models) for row in _unique(rows(text, file), "model")}


def _licence(row: Row, sources: Sources, models: Mapping[str, OpenModel]) -> Licence:
    if row.text("model") not in models:
        raise Problem(f'"{row.text("model")}" is not in models.csv.', where=row.place)
    return Licence(
        model=row.text("model"),
        name=row.text("licence"),
        terms=row.maybe_text("terms"),
        recalled=row.yes("recalled"),
        source=row.source(sources, "checked"),
    )


def read_architectures(
    text: str, file: str, sources: Sources, models: Mapping[str, OpenModel]
) -> dict[str, Architecture]:
    """Architectures by the key of their model, which must be known."""
    return {row.text("model"): _architecture(row, sources, models) for row in _unique(rows(text, file), "model")}


def _architecture(row: Row, sources: Sources, models: Mapping[str, OpenModel]) -> Architecture:
    if (model := models.get(row.text("model"))) is None:
        raise Problem(f'"{row.text("model")}" is not in models.csv.', where=row.place)
    return Architecture(
        model=model.key,
        hidden_size=model.hidden_size,
        layers=model.layers,
        feed_forward_width=int(row.number("feed_forward_width")),
        vocabulary=int(row.number("vocabulary")),
        tied_embeddings=row.yes("tied_embeddings"),
        streamed_parameters=row.number("streamed_parameters"),
        attention=_attention(row),
        experts=_experts(row) if row.number("experts") else None,
        source=row.source(sources, "checked"),
    )


def _attention(row: Row) -> Attention:
    return Attention(
        heads=int(row.number("heads")),
        kv_heads=int(row.number("kv_heads")),
        head_size=int(row.number("head_size")),
        latent=row.yes("latent"),
        window_layers=int(row.number("window_layers")),
        window_tokens=int(row.number("window")),
        window_values=row.maybe_number("window_values"),
    )


def _experts(row: Row) -> Experts:
    return Experts(
        count=int(row.number("experts")),
        per_token=int(row.number("experts_per_token")),
        width=int(row.number("expert_width")),
        layers=int(row.number("expert_layers")),
        parameters=row.number("expert_parameters"),
    )


def read_offers(text: str, file: str, sources: Sources) -> tuple[GpuOffer, ...]:
    """Rental offers in the order of the table."""
    return tuple(_offer(row, sources) for row in rows(text, file))


def _offer(row: Row, sources: Sources) -> GpuOffer:
    source = row.source(sources, "as_of")
    return GpuOffer(
        gpu=row.text("gpu"),
        provider=row.text("provider"),
        product=row.text("product"),
        region=row.text("region"),
        mode=_mode(row),
        gpus_per_instance=int(row.number("gpus_per_instance")),
        usd_per_gpu_hour=row.number("price"),
        kind=_kind(row, source),
        source=source,
        note=row.maybe_text("note"),
    )


def read_purchases(text: str, file: str, sources: Sources) -> tuple[PurchasePrice, ...]:
    """Purchase prices in the order of the table."""
    return tuple(_purchase(row, sources) for row in rows(text, file))


def _purchase(row: Row, sources: Sources) -> PurchasePrice:
    source = row.source(sources, "as_of")
    return PurchasePrice(
        item=row.text("item"),
        gpu=row.text("gpu"),
        gpus=int(row.number("gpus")),
        usd=row.number("price"),
        kind=_kind(row, source),
        source=source,
        note=row.maybe_text("note"),
    )


def read_hosted(text: str, file: str, sources: Sources) -> tuple[HostedPrice, ...]:
    """Our own hosted prices in the order of the table, every date of each model."""
    return tuple(_hosted(row, sources) for row in rows(text, file))


def _hosted(row: Row, sources: Sources) -> HostedPrice:
    note = row.maybe_text("note")
    return HostedPrice(
        host=row.text("host"),
        model=row.text("model"),
        input_price_per_mtok=row.number("input"),
        output_price_per_mtok=row.number("output"),
        cached_input_price_per_mtok=row.maybe_number("cached_input"),
        cache_write_price_per_mtok=row.maybe_number("cache_write"),
        batch_input_price_per_mtok=row.maybe_number("batch_input"),
        batch_output_price_per_mtok=row.maybe_number("batch_output"),
        source=row.source(sources, "date"),
        notices=(note,) if note else (),
    )


def read_measurements(text: str, file: str, sources: Sources) -> tuple[Measurement, ...]:
    """Published serving measurements in the order of the table."""
    return tuple(_measurement(row, sources) for row in rows(text, file))


def _measurement(row: Row, sources: Sources) -> Measurement:
    return Measurement(
        id=row.text("id"),
        model=row.text("model"),
        gpu=row.text("gpu"),
        gpus=int(row.number("gpus")),
        engine=row.text("engine"),
        precision=row.text("precision"),
        mean_input_tokens=row.number("mean_input_tokens"),
        mean_output_tokens=row.number("mean_output_tokens"),
        output_tokens_per_second=row.number("output_tokens_per_second"),
        load=row.text("load"),
        source=row.source(sources, "date"),
    )


def _unique(found: Iterable[Row], column: str) -> Iterator[Row]:
    seen: set[str] = set()
    for row in found:
        if (value := row.text(column).lower()) in seen:
            raise Problem(f'"{row.text(column)}" stands here twice.', where=row.place)
        seen.add(value)
        yield row


def _mode(row: Row) -> PurchaseMode:
    known: dict[str, PurchaseMode] = {each: each for each in get_args(PurchaseMode)}
    if (mode := known.get(row.text("mode"))) is None:
        fix = f"Known are: {', '.join(known)}."
        raise Problem(f'The mode "{row.text("mode")}" is not known.', where=row.place, fix=fix)
    return mode


def _kind(row: Row, source: Source) -> Kind:
    """The kind the row states; an undated price is assumed whatever it states."""
    known: dict[str, Kind] = {each: each for each in KINDS}
    if (kind := known.get(row.text("kind"))) is None:
        fix = f"Known are: {', '.join(known)}."
        raise Problem(f'The kind "{row.text("kind")}" is not known.', where=row.place, fix=fix)
    return "assumed" if source.date == UNKNOWN else kind
