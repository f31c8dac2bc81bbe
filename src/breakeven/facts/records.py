"""What the world says, as records: GPUs, open models, prices, measured throughput. Each with its source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from breakeven.numbers.inputs import Kind, Source

PurchaseMode = Literal["on_demand", "reserved", "spot", "serverless", "capacity_block"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gpu:
    """One GPU type as its maker specifies it. `source.date` is the day the datasheet was checked.

    Memory is in bytes (datasheet "GB" of HBM is GiB). Peaks are dense, without sparsity; None: no such unit.
    """

    key: str
    name: str
    vendor: str
    memory_bytes: float
    memory_bytes_per_second: float
    flops_per_second: dict[str, float]  # by weight precision: bf16, fp8, fp4, int8
    interconnect_bytes_per_second: float | None
    power_watts: float | None
    recalled: bool  # from memory of a datasheet, not fetched: said wherever it is shown
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenModel:
    """One open-weight model. Architecture fields are zero where the source gives none."""

    key: str
    hugging_face_id: str
    total_parameters: float
    active_parameters: float
    layers: int
    hidden_size: int
    kv_bytes_per_token_16bit: float  # all layers, no sharing across GPUs
    sliding_window_layers: int
    recalled: bool
    source: Source
    architecture: Architecture | None = None  # of a model given by its config.json; else looked up by key
    published_precision: str = ""  # format of the maker's own weights where it is below 16 bits, else empty


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention:
    """How a model attends, and what it keeps. `latent`: keys and values share one compressed vector a layer (MLA)."""

    heads: int
    kv_heads: int
    head_size: int  # latent: values of the compressed vector
    latent: bool = False
    window_layers: int = 0  # layers that see only the last `window_tokens`
    window_tokens: int = 0
    kv_layers: int | None = None  # that keep keys and values, windowed ones included; None: all
    values: float | None = None  # kept of a token in a layer; None: keys and values of those heads
    window_values: float | None = None  # the same in a windowed layer; None: as in the others
    state_bytes: float = 0.0  # of a sequence, however long, over the layers that keep a state instead


@dataclass(frozen=True, slots=True, kw_only=True)
class Experts:
    """The experts of a mixture: `per_token` of `count` are used by a token in each of `layers` layers."""

    count: int
    per_token: int
    width: int
    layers: int
    parameters: float  # of all experts together, shared ones not included


@dataclass(frozen=True, slots=True, kw_only=True)
class Architecture:
    """The shape of an open model, as its config.json gives it: what a decode step reads and computes."""

    model: str
    hidden_size: int
    layers: int
    feed_forward_width: int
    vocabulary: int
    tied_embeddings: bool
    streamed_parameters: float  # read in every step: all but experts and the input embedding
    attention: Attention
    experts: Experts | None
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class GpuOffer:
    """What one provider asks for one GPU for one hour. `source.date` "unknown": assumed, always warned."""

    gpu: str
    provider: str
    product: str
    region: str
    mode: PurchaseMode
    gpus_per_instance: int
    usd_per_gpu_hour: float
    kind: Kind
    source: Source
    note: str = ""  # what the source leaves open, such as the form factor: said wherever the offer is used


@dataclass(frozen=True, slots=True, kw_only=True)
class Licence:
    """Under which licence a model's weights are given, and what it asks of some who use them; empty: of nobody."""

    model: str
    name: str
    terms: str
    recalled: bool
    source: Source

    def __str__(self) -> str:
        recalled = " (recalled: read it)" if self.recalled else ""
        return f"{self.name}{recalled}: {self.terms}" if self.terms else f"{self.name}{recalled}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchasePrice:
    """What one GPU, or one server with `gpus` of them, costs to buy."""

    item: str
    gpu: str
    gpus: int
    usd: float
    kind: Kind
    source: Source
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostedPrice:
    """What one host asks for one model, USD per million tokens. None: the host has no such rate.

    `notices` says what the caller must show: a rate that does not exist and what stands in for it,
    a dearer tier for long requests, a price that depends on the clock, sources that disagree.
    """

    host: str
    model: str
    input_price_per_mtok: float
    output_price_per_mtok: float
    cached_input_price_per_mtok: float | None
    cache_write_price_per_mtok: float | None
    batch_input_price_per_mtok: float | None
    batch_output_price_per_mtok: float | None
    source: Source
    notices: tuple[str, ...] = ()

    @property
    def kind(self) -> Kind:
        """Published, or assumed when the price is undated."""
        return "assumed" if self.source.date == "unknown" else "published"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One published serving measurement. Lengths in tokens; OUTPUT tokens per second of all GPUs."""

    id: str
    model: str
    gpu: str
    gpus: int
    engine: str
    precision: str
    mean_input_tokens: float
    mean_output_tokens: float
    output_tokens_per_second: float
    load: str  # infinite_rate, static_batch, closed_loop, poisson_qps=X, slo_max_poisson …
    source: Source
