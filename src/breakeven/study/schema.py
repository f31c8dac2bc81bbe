"""What a case file may say. Every field has a unit in its name; what is left out takes a sourced default.

The short form is five lines; the full form adds workloads, hosted terms, ways to buy GPUs, and any input of
the register by its name, under the heading it belongs to.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

Precision = Literal["bf16", "fp16", "fp8", "int8", "fp4", "int4"]


def percent(value: Any) -> Any:
    """'9%' and '9 %' are 0.09; everything else is left to the type."""
    if isinstance(value, str) and value.strip().endswith("%"):
        try:
            return float(value.strip()[:-1]) / 100
        except ValueError:
            return value
    return value


Number = Annotated[float, BeforeValidator(percent), Field(allow_inf_nan=False)]
Positive = Annotated[float, BeforeValidator(percent), Field(gt=0, allow_inf_nan=False)]
NotNegative = Annotated[float, BeforeValidator(percent), Field(ge=0, allow_inf_nan=False)]
Share = Annotated[float, BeforeValidator(percent), Field(ge=0, le=1, allow_inf_nan=False)]


class Part(BaseModel):
    """A part of a case: no unknown keys, no silent conversion of text to numbers."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=False, coerce_numbers_to_str=False)


class Stated(Part):
    """A number with its range: `low` and `high` are the 5th and 95th percentile."""

    likely: Number
    low: Number | None = None
    high: Number | None = None
    kind: Literal["measured", "published", "modelled", "assumed"] = "assumed"
    source: str = ""
    date: str = "unknown"

    @model_validator(mode="after")
    def _ordered(self) -> Stated:
        low = self.likely if self.low is None else self.low
        high = self.likely if self.high is None else self.high
        if not low <= self.likely <= high:
            raise ValueError(f"low {low:g}, likely {self.likely:g}, high {high:g} must be in rising order")
        return self


Quantity = Stated | Number


class GpuOffer(Part):
    """What you were offered: a GPU and its price per GPU-hour."""

    gpu: str
    price_per_gpu_hour: NotNegative | None = None
    source: str = ""
    date: str = "unknown"


class Workload(Part):
    """One use of LLMs. Give tokens, or requests with lengths, or the API spend; a log gives them all."""

    name: str
    hosted_model: str | None = None
    input_tokens_per_month: NotNegative | None = None
    output_tokens_per_month: NotNegative | None = None
    tokens_per_month: NotNegative | None = None
    requests_per_month: NotNegative | None = None
    api_spend_per_month: NotNegative | None = None
    load_profile: str | None = None
    cached_share: Share | None = None
    batch_share: Share | None = None
    input_price_per_mtok: NotNegative | None = None
    output_price_per_mtok: NotNegative | None = None
    tokens_per_second: Positive | Stated | None = None  # one replica, input + output, within the promise
    growth_per_month: Number | None = None
    migration_cost: NotNegative | None = None
    stays_on_api: bool = False


class Log(Part):
    """A usage log: CSV or Parquet. `columns` maps our names to yours when they differ."""

    path: str
    columns: dict[str, str] = {}
    load_profile_if_short: str | None = None


class Tier(Part):
    """From this monthly volume on, tokens cost `price_share` of the list price."""

    from_tokens_per_month: NotNegative
    price_share: NotNegative


class Committed(Part):
    """Committed throughput units: paid by the hour, used or not."""

    units: NotNegative
    price_per_unit_hour: NotNegative
    input_tokens_per_minute_per_unit: Positive
    output_work_weight: Positive = 8
    cached_work_weight: NotNegative = 0


class Hosted(Part):
    """The contract with the API provider."""

    discount: Share | None = None
    gateway_fee: Share | None = None
    retry_factor: Annotated[float, Field(ge=1)] | None = None
    tokenizer_ratio: Positive | None = None
    batch_and_cache: Literal["multiply", "cache_wins", "none"] = "none"
    tiers: tuple[Tier, ...] = ()
    tier_kind: Literal["graduated", "slab"] = "graduated"
    committed: Committed | None = None
    minimum_bill_per_month: NotNegative = 0
    minimum_bill_months: Annotated[int, Field(ge=0)] | None = None
    price_change_per_month: Number | None = None
    currency: str | None = None


class Purchase(Part):
    """One way to get the GPUs; each becomes an option of the comparison."""

    mode: Literal["rented", "owned", "serverless", "endpoint"]
    name: str | None = None
    price_per_gpu_hour: NotNegative | None = None
    reserved_share: Share = 0
    reserved_discount: Share | None = None
    spot_share: Share = 0
    spot_net_saving: Share | None = None
    price_per_gpu: NotNegative | None = None
    gpus_already_owned: NotNegative = 0
    idle_value_per_gpu_month: NotNegative = 0
    input_price_per_mtok: NotNegative | None = None
    output_price_per_mtok: NotNegative | None = None
    gpus_billed_together: Annotated[int, Field(ge=1)] = 1
    source: str = ""
    date: str = "unknown"


class SelfHosting(Part):
    """How we would serve the open-weight model."""

    model: str | None = None
    precision: Precision | None = None
    gpu: str | None = None
    gpus_per_replica: Annotated[int, Field(ge=1)] | None = None
    tokens_per_second: Positive | Stated | None = None
    replicas: Annotated[int, Field(ge=1)] | None = None  # a fleet you have decided; checked, not trusted
    purchase: tuple[Purchase, ...] = ()
    redundancy: Literal["api", "n+1", "n+2"] = "api"
    operations: Literal["rotation", "business-hours", "shared"] = "business-hours"


class Gate(Part):
    """A reason that is not money. `unknown` is never a pass."""

    name: str
    verdict: Literal["pass", "fail", "unknown"] = "unknown"
    applies_to: Literal["hosted", "self-hosting"] = "hosted"
    workload: str | None = None
    evidence: str = ""


class ExchangeRate(Part):
    """What one unit of another currency is worth in the case's currency, and on which day."""

    currency: str
    rate: Positive
    date: date


class NotCovered(Part):
    """Spend that the model leaves out, named so that nobody thinks it is in: embeddings, images, fine-tuning."""

    what: str
    spend_per_month: NotNegative


class Rule(Part):
    """How the decision is taken."""

    margin: Share = 0  # an advantage below this share of the hosted cost counts as a tie
    month: Annotated[int, Field(ge=1)] = 1  # the month whose costs stand beside the NPV


class CaseFile(Part):
    """A whole case."""

    name: str = "case"
    as_of: date | None = None
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] = "USD"
    exchange_rates: tuple[ExchangeRate, ...] = ()
    time_zone: str = "UTC"
    horizon_months: Annotated[int, Field(ge=1, le=240)] = 36
    discount_rate_per_year: Annotated[float, BeforeValidator(percent), Field(gt=-1)] | None = None
    cutover_month: Annotated[int, Field(ge=1)] = 1  # the first month served by our own fleet

    # the short form
    api_spend_per_month: NotNegative | None = None
    tokens_per_month: NotNegative | None = None
    hosted_model: str | None = None
    open_model: str | None = None
    gpu_offer: GpuOffer | str | None = None
    team: NotNegative | None = None  # engineers who would run it
    load_profile: str | None = None

    # the full form
    log: Log | str | None = None
    workloads: tuple[Workload, ...] = ()
    hosted: Hosted = Hosted()
    self_hosting: SelfHosting = SelfHosting()
    people: dict[str, Quantity] = {}
    platform: dict[str, Quantity] = {}
    compliance: dict[str, Quantity] = {}
    refresh: dict[str, Quantity] = {}
    one_time: dict[str, Quantity] = {}
    assumptions: dict[str, Quantity] = {}
    gates: tuple[Gate, ...] = ()
    readiness: dict[str, str] = {}
    not_covered: tuple[NotCovered, ...] = ()
    rule: Rule = Rule()
