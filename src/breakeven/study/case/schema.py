"""What a case file may say. Every field has a unit in its name; what is left out takes a sourced default.

The short form is five lines; the full form adds workloads, hosted terms, ways to buy GPUs, and any input of
the register by its name, under the heading it belongs to.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag

from breakeven.study.case.kinds import (
    KEYS,
    VALUE,
    CalendarDay,
    Change,
    CountFromOne,
    Day,
    NotNegative,
    Number,
    Part,
    Positive,
    PositiveQuantity,
    Quantity,
    Share,
    Stated,
    percent,
    shape,
    whole,
)
from breakeven.study.case.terms.agreements import Finance, Sla
from breakeven.study.case.terms.evaluation import Evaluation
from breakeven.study.case.terms.log import Log
from breakeven.study.case.terms.migration import ApiLimit, Complexity, Migration, PlanFleet
from breakeven.study.case.terms.readiness import ReadinessAnswers
from breakeven.study.case.terms.serving import Committed, Hosted, Precision, Purchase, Search, SelfHosting, Tier

__all__ = [
    "CaseFile",
    "Committed",
    "ExchangeRate",
    "Gate",
    "GpuOffer",
    "Hosted",
    "Hosts",
    "LoadPercentiles",
    "Log",
    "NotCovered",
    "Number",
    "Part",
    "Positive",
    "Precision",
    "Purchase",
    "Quantity",
    "Rule",
    "Search",
    "SelfHosting",
    "Share",
    "Stated",
    "Tier",
    "Workload",
]


class GpuOffer(Part):
    """What you were offered: a GPU and its price per GPU-hour."""

    gpu: str
    """The GPU; `breakeven facts gpus` lists them."""
    price_per_gpu_hour: NotNegative | None = None
    """Rent of one GPU for one hour."""
    source: str = ""
    """Who offers it."""
    date: Day = "unknown"
    """When the offer was made."""


class LoadPercentiles(Part):
    """The load's percentiles over time, in any unit: only their ratios count."""

    trough: NotNegative
    """The least."""
    p50: NotNegative
    """Half of the time it is higher."""
    p90: NotNegative
    """A tenth of the time it is higher."""
    p99: NotNegative
    """A hundredth of the time it is higher: what a fleet is sized for."""
    peak: NotNegative | None = None
    """The most; as high as p99 when left out."""


LoadProfile = Annotated[Annotated[LoadPercentiles, Tag(KEYS)] | Annotated[str, Tag(VALUE)], Discriminator(shape)]


class Workload(Part):
    """One use of LLMs. Give tokens, or requests with lengths, or the API spend; a log gives them all."""

    name: str
    """Its name, once in a case."""
    hosted_model: str | None = None
    """The model bought today, as host/model; `breakeven facts prices` lists them."""
    input_tokens_per_month: NotNegative | None = None
    """Input tokens of the first month, cached ones included."""
    output_tokens_per_month: NotNegative | None = None
    """Output tokens of the first month, reasoning included."""
    tokens_per_month: NotNegative | None = None
    """Input and output together; the load profile splits them."""
    requests_per_month: NotNegative | None = None
    """Requests of the first month; their length is the load profile's unless tokens are given."""
    api_spend_per_month: NotNegative | None = None
    """What it costs today, instead of its tokens."""
    load_profile: LoadProfile | None = None
    """The shape of its load over time: a profile's name, or its percentiles."""
    cached_share: Share | None = None
    """Share of its input that is read from the provider's cache."""
    batch_share: Share | None = None
    """Share of its tokens that is sent in batches."""
    input_price_per_mtok: NotNegative | None = None
    """Price of a million input tokens, instead of the list price."""
    output_price_per_mtok: NotNegative | None = None
    """Price of a million output tokens, instead of the list price."""
    tokens_per_second: PositiveQuantity | None = None
    """What one replica sustains within the promise, input and output together."""
    growth_per_month: Change | None = None
    """Growth of its volume; 2% is 0.02."""
    migration_cost: NotNegative | None = None
    """What moving it costs once."""
    stays_on_api: bool = False
    """True when it is never moved."""
    complexity: Complexity | None = None
    """How hard it is to move, for the plan."""
    effort_person_months: NotNegative | None = None
    """The team's work to move it."""
    comes_after: tuple[str, ...] = ()
    """Workloads that must have moved before it."""
    may_burst: bool = True
    """False when what its fleet cannot take must not go to the API."""
    other_models: tuple[str, ...] = ()
    """Hosted models it might use instead, as host/model."""


class Gate(Part):
    """A reason that is not money. `unknown` is never a pass."""

    name: str
    """What must hold: data residency, licence, latency. One on quality is asked of the open model, wherever it runs."""
    verdict: Literal["pass", "fail", "unknown"] = "unknown"
    """Whether it holds."""
    applies_to: Literal["hosted", "self-hosting"] = "hosted"
    """The side it is asked of."""
    workload: str | None = None
    """The workload it is asked of; all, when left out."""
    host: str | None = None
    """The host it is asked of, such as nebius; when left out, the API as it is bought today."""
    evidence: str = ""
    """How you know."""


class Hosts(Part):
    """Who may sell us tokens of the open model. A host that is in neither list has to be vetted first."""

    allow: tuple[str, ...] = ()
    """Hosts that are vetted, such as nebius; `breakeven facts prices` lists them."""
    refuse: tuple[str, ...] = ()
    """Hosts that may not be bought from; "*" is every host that is neither allowed nor bought from today."""


class ExchangeRate(Part):
    """What one unit of another currency is worth in the case's currency, and on which day."""

    currency: str
    """The other currency, such as "USD"."""
    rate: Positive
    """One unit of it in the case's currency."""
    date: CalendarDay
    """The day of the rate."""


class NotCovered(Part):
    """Spend that the model leaves out, named so that nobody thinks it is in: embeddings, images, fine-tuning."""

    what: str
    """What it is spent on."""
    spend_per_month: NotNegative
    """How much."""


class Rule(Part):
    """How the decision is taken."""

    margin: Share = 0
    """An advantage below this share of the hosted cost counts as a tie."""
    month: CountFromOne = 1
    """The named month, whose costs stand beside the net present value; at the earliest the first after the cut-over."""


class CaseFile(Part):
    """A case of breakeven: buy tokens from a hosted API, serve open weights yourself, or both."""

    name: str = "case"
    """How the output calls it."""
    as_of: CalendarDay | None = None
    """The day the case is judged for: prices are those of this day."""
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] = "USD"
    """The currency of every amount in the case."""
    exchange_rates: tuple[ExchangeRate, ...] = ()
    """Rates of other currencies: of the bill, and of USD when the case is not in USD."""
    time_zone: str = "UTC"
    """Your time zone, for the shape of the week."""
    horizon_months: Annotated[int, Field(strict=True, ge=1, le=240), BeforeValidator(whole)] = 36
    """How many months are compared."""
    discount_rate_per_year: Change | None = None
    """Cost of capital."""
    cutover_month: CountFromOne | None = None
    """The first month served by our own fleet. Left out: the first that begins with the platform built."""

    api_spend_per_month: NotNegative | None = None
    """What the hosted API costs today."""
    tokens_per_month: NotNegative | None = None
    """Input and output tokens together, instead of the spend."""
    hosted_model: str | None = None
    """The model bought today, as host/model; `breakeven facts prices` lists them."""
    open_model: str | None = None
    """The open-weight model that would replace it; `breakeven facts models` lists them."""
    gpu_offer: Annotated[Annotated[GpuOffer, Tag(KEYS)] | Annotated[str, Tag(VALUE)], Discriminator(shape)] | None = (
        None
    )
    """The GPU you would rent or buy, alone or with its price."""
    open_models: tuple[str, ...] = ()
    """Open-weight models that might replace it: the best of them is looked for."""
    gpu_offers: tuple[GpuOffer, ...] = ()
    """The GPUs you could rent, each with its price: the best of them is looked for."""
    team: NotNegative | None = None
    """Engineers who would run it, in full-time equivalents."""
    load_profile: LoadProfile | None = None
    """The shape of the load over time: a profile's name, or its percentiles."""
    hours_per_month: Annotated[float, Field(strict=True, ge=1, le=744), BeforeValidator(percent)] | None = None
    """Hours of a month, for rents and capacity; 730 when left out. Not with a log, whose months have 730."""

    log: Annotated[Annotated[Log, Tag(KEYS)] | Annotated[str, Tag(VALUE)], Discriminator(shape)] | None = None
    """A usage log, by its path; its volumes and shape take the place of stated ones."""
    workloads: tuple[Workload, ...] = ()
    """Uses of LLMs, each with its own model and volume."""
    hosted: Hosted = Hosted()
    """The contract with the API provider."""
    self_hosting: SelfHosting = SelfHosting()
    """How the open-weight model would be served."""
    people: dict[str, Quantity] = {}
    """Inputs about the people who run it."""
    platform: dict[str, Quantity] = {}
    """Inputs about power, network, storage and tools."""
    compliance: dict[str, Quantity] = {}
    """Inputs about audits and outages."""
    refresh: dict[str, Quantity] = {}
    """Inputs about taking over newer models."""
    one_time: dict[str, Quantity] = {}
    """Inputs about what is paid once."""
    assumptions: dict[str, Quantity] = {}
    """Any input by its name."""
    gates: tuple[Gate, ...] = ()
    """Reasons that are not money."""
    evaluations: tuple[Evaluation, ...] = ()
    """How open models did in your own evaluations: they answer whether the quality passes."""
    hosts: Hosts = Hosts()
    """Who may sell us tokens of the open model, and who may not."""
    sla: Sla | None = None
    """Outages, service credits and penalties, on both sides."""
    finance: Finance = Finance()
    """How the books are kept: tax, depreciation, a lease on offer."""
    readiness: ReadinessAnswers | None = None
    """Whether the team can run it: answers to the readiness questions. Left out, it is not examined."""
    fleets: tuple[PlanFleet, ...] = ()
    """Fleets the plan may choose from; self_hosting alone, when left out."""
    api_limits: tuple[ApiLimit, ...] = ()
    """What the accounts at the API models may use."""
    migration: Migration = Migration()
    """How workloads are moved."""
    not_covered: tuple[NotCovered, ...] = ()
    """Spend that the model leaves out."""
    rule: Rule = Rule()
    """How the decision is taken."""
