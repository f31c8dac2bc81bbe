"""The two sides of a case: what the API provider asks, and how we would serve the model ourselves."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from breakeven.study.case.kinds import (
    AtLeastOne,
    Change,
    Count,
    CountFromOne,
    Day,
    NotNegative,
    Part,
    Positive,
    PositiveQuantity,
    Share,
    precision,
)

Operations = Literal["rotation", "business-hours", "shared"]
Split = Literal["tensor", "pipeline", "experts"]
Precision = Annotated[
    Literal[
        "bf16", "fp16", "fp8", "int8", "int8-gptq", "nvfp4", "mxfp4", "int4", "int4-awq", "int4-gptq", "q4_k_m",
    ],
    BeforeValidator(precision),
]  # fmt: skip


class Tier(Part):
    """From this monthly volume on, tokens cost `price_share` of the list price."""

    from_tokens_per_month: NotNegative
    """The volume at which the tier begins."""
    price_share: NotNegative
    """Price in this tier over the list price; 80% is 0.8."""


class Committed(Part):
    """Committed throughput units: paid by the hour, used or not."""

    units: NotNegative
    """Units held."""
    price_per_unit_hour: NotNegative
    """Price of one unit for one hour."""
    input_tokens_per_minute_per_unit: Positive
    """Input tokens that one unit takes in a minute."""
    output_work_weight: Positive = 8
    """Work of an output token, counted in input tokens."""
    cached_work_weight: NotNegative = 0
    """Work of a cached input token, counted in input tokens."""
    months: Count = 0
    """Months that the contract still runs: until then the units are paid whatever you do."""


class Hosted(Part):
    """The contract with the API provider."""

    discount: Share | None = None
    """Negotiated discount on the list price."""
    gateway_fee: Share | None = None
    """Fee of a gateway or reseller, on top of the price."""
    retry_factor: AtLeastOne | None = None
    """Tokens billed over tokens used."""
    tokenizer_ratio: Positive | None = None
    """Tokens the host counts over tokens the open model counts, for the same text."""
    batch_and_cache: Literal["multiply", "cache_wins", "none"] = "none"
    """How the discounts of a cached token in a batch combine."""
    tiers: tuple[Tier, ...] = ()
    """Volume tiers, lowest first."""
    tier_kind: Literal["graduated", "slab"] = "graduated"
    """graduated: a tier prices what lies above its edge; slab: it prices the whole volume."""
    committed: Committed | None = None
    """Throughput bought in advance."""
    minimum_bill_per_month: NotNegative = 0
    """Spend committed to the provider."""
    minimum_bill_months: Count | None = None
    """Months the commitment still lasts; all, when left out."""
    price_change_per_month: Change | None = None
    """Change of the price; falling 1% a month is -1%."""
    frontier_model: str | None = None
    """A frontier model to hold beside, as host/model; `breakeven facts prices` lists them."""
    currency: str | None = None
    """Currency of the bill, when it is not that of the case: of the spend, stated token prices, units and minimum."""


class Purchase(Part):
    """One way to get the GPUs; each becomes an option of the comparison."""

    mode: Literal["rented", "owned", "serverless", "endpoint", "dedicated"]
    """rented, owned: GPUs of ours; serverless: by the second; at a host that runs it: endpoint by the token, dedicated
    by the GPU-hour."""
    name: str | None = None
    """Its name in the comparison."""
    price_per_gpu_hour: NotNegative | None = None
    """Rent of one GPU for one hour, on demand."""
    reserved_share: Share = 0
    """Share of the GPUs that is reserved for long."""
    reserved_discount: Share | None = None
    """Discount of a reserved GPU."""
    spot_share: Share = 0
    """Share of the GPUs that may be taken away."""
    spot_net_saving: Share | None = None
    """Saving of a spot GPU, after interruptions."""
    price_per_gpu: NotNegative | None = None
    """Purchase price of one GPU with its share of the server."""
    gpus_already_owned: NotNegative = 0
    """GPUs you have; their price is spent."""
    idle_value_per_gpu_month: NotNegative = 0
    """What an owned GPU would earn elsewhere."""
    input_price_per_mtok: NotNegative | None = None
    """Endpoint: price of a million input tokens."""
    output_price_per_mtok: NotNegative | None = None
    """Endpoint: price of a million output tokens."""
    host: str | None = None
    """Who runs it, such as nebius (endpoint, dedicated)."""
    operations: Operations | None = None
    """Who answers at night under this option, when it is not as self_hosting.operations says."""
    gpus_billed_together: CountFromOne | None = None  # whole servers of 8 when owned, else 1
    """The smallest number of GPUs one can rent or buy."""
    source: str = ""
    """Who offers it."""
    date: Day = "unknown"
    """When the offer was made."""


class Promised(Part):
    """What those who wait are promised: so many seconds, for so many of a hundred requests."""

    ttft_seconds: Positive | None = None
    """Seconds to the first token."""
    tpot_seconds: Positive | None = None
    """Seconds for each further token; 0.05 is 20 tokens a second."""
    percentile: Literal[50, 90, 95, 99] = 95
    """How many of a hundred requests stay within it."""


class Search(Part):
    """Where to look for the best design; what is left out is not narrowed."""

    gpus: tuple[str, ...] = ()
    """GPUs that may be used; `breakeven facts gpus` lists them."""
    vendors: tuple[str, ...] = ()
    """Makers of GPUs that may be used, such as NVIDIA."""
    providers: tuple[str, ...] = ()
    """Whose published rental offers count."""
    regions: tuple[str, ...] = ()
    """Where a published rental offer must be."""
    precisions: tuple[Precision, ...] = ()
    """Number formats of the weights that may be used."""
    spot_share: Share = 0
    """Share of rented GPUs that may be taken away at any time; 0: none is looked for as spot capacity."""
    largest_replica: CountFromOne = 8
    """GPUs that one copy of the model may take; more than 8 leave a server."""
    layouts: tuple[Split, ...] = ()
    """How the GPUs of a replica may share the work: every layer, a layer each in turn, or each some of the experts."""


class SharedWork(Part):
    """How the GPUs of a replica share the work, in the words of the engines; their product is its GPUs."""

    tensor_parallel: CountFromOne = 1
    """GPUs that share every layer."""
    pipeline_parallel: CountFromOne = 1
    """Stages that each hold some of the layers."""
    data_parallel: CountFromOne = 1
    """Copies of the attention, each with its own sequences; with expert_parallel, one set of experts serves all."""
    expert_parallel: bool = False
    """Whether each GPU holds whole experts, not a part of each."""

    @property
    def gpus(self) -> int:
        """GPUs of a replica."""
        return self.tensor_parallel * self.pipeline_parallel * self.data_parallel


class SelfHosting(Part):
    """How we would serve the open-weight model."""

    model: str | None = None
    """The open-weight model; `breakeven facts models` lists them."""
    precision: Precision | None = None
    """Number format of its weights."""
    gpu: str | None = None
    """The GPU; `breakeven facts gpus` lists them."""
    gpus_per_replica: CountFromOne | None = None
    """GPUs that hold one copy of the model."""
    layout: SharedWork | None = None
    """How they share the work; every layer on all of them, when left out."""
    tokens_per_second: PositiveQuantity | None = None
    """What one replica sustains within the promise, input and output together; assumed, unless it says how measured."""
    measured: str | None = None
    """Your benchmarks, as `breakeven throughput calibrate` wrote them; relative to the case file."""
    config: str | None = Field(default=None, alias="model_config")
    """The config.json of a model that we do not list, relative to the case file; `model` is then its name."""
    promise: Promised | None = None
    """The latency promised; 1 second to the first token and 0.05 for each further are assumed when left out."""
    prefix_hit_share: Share | None = None
    """Of the input that has come before, the share our prefix cache still holds; 0: none. Left out: from its memory."""
    search: Search | None = None
    """Look for the best design in what the case leaves open: GPU, precision, size of a replica, KV cache, purchase."""
    kv_cache: Literal["16-bit", "fp8"] = "16-bit"
    """Number format of the KV cache."""
    replicas: CountFromOne | None = None
    """A fleet you have decided; it is checked, not trusted: peaks above it burst, unless a gate forbids."""
    purchase: tuple[Purchase, ...] = ()
    """Ways to get the GPUs, compared with each other."""
    redundancy: Literal["api", "n+1", "n+2"] = "api"
    """What covers a failure: the hosted API, or spare replicas."""
    operations: Operations | Literal["every"] = "business-hours"
    """Who answers at night: a rotation of ours, nobody, or a rotation shared with other services; every: all three."""

    @property
    def replica_gpus(self) -> int | None:
        """GPUs of a replica as stated, by their number or by how they share the work."""
        return self.gpus_per_replica or (self.layout.gpus if self.layout else None)
