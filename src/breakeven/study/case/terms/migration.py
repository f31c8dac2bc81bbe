"""What a case may say for the plan: how hard a workload is to move, fleets to choose from, limits, the migration."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from breakeven.study.case.kinds import CountFromOne, NotNegative, Part, Positive, Share, whole
from breakeven.study.case.terms.serving import SelfHosting

Rating = Annotated[int, Field(strict=True, ge=0, le=3), BeforeValidator(whole)]


class Complexity(Part):
    """How hard a workload is to move, item by item from 0 to 3. An item left out counts 2, and the plan says so."""

    output_structure: Rating | None = None
    """0 free text, 1 simple lists, 2 a fixed schema, 3 a schema that other programs rely on."""
    tool_calls: Rating | None = None
    """0 none, 1 one tool, 2 several, 3 chains of tools that act on their own."""
    context_length: Rating | None = None
    """0 below 4,000 tokens, 1 below 16,000, 2 below 64,000, 3 more."""
    languages: Rating | None = None
    """0 one language the model is strong in, 1 a few of those, 2 many, 3 some it is weak in."""
    modality: Rating | None = None
    """0 text, 1 text with tables or code, 2 images in, 3 audio, video or images out."""
    evaluation: Rating | None = None
    """0 a task set runs on every release, 1 one exists, 2 a few examples, 3 nothing."""
    latency: Rating | None = None
    """0 batch, 1 seconds, 2 interactive, 3 speech or below 300 ms."""
    data_class: Rating | None = None
    """0 public, 1 internal, 2 personal data, 3 regulated."""
    blast_radius: Rating | None = None
    """0 a convenience, 1 one team works slower, 2 customers notice, 3 money or safety is at stake."""
    prompt_coupling: Rating | None = None
    """0 plain prompts, 1 tuned to the model, 2 many prompts tuned, 3 built on features of one provider."""


class FleetGate(Part):
    """A reason that is not money why one fleet may not serve a workload. `unknown` is never a pass."""

    name: str
    """What must hold."""
    verdict: Literal["pass", "fail", "unknown"] = "unknown"
    """Whether it holds."""
    workload: str | None = None
    """The workload it is asked of; all, when left out."""
    evidence: str = ""
    """How you know."""


class PlanFleet(SelfHosting):
    """A fleet the plan may choose; each way to buy it is one. What it leaves out is that of self_hosting."""

    name: str
    """Its name, once in a case."""
    workloads: tuple[str, ...] | None = None
    """The workloads it may serve; all, when left out."""
    maximum_replicas: CountFromOne | None = None
    """The most replicas there are to get."""
    operations_fte: NotNegative = 0
    """Engineers it keeps busy beyond those who run the platform."""
    gates: tuple[FleetGate, ...] = ()
    """Reasons that are not money, of this fleet alone."""


class ApiLimit(Part):
    """What the account at one API model may use. The way back must fit into it."""

    hosted_model: str
    """The model, as host/model."""
    tokens_per_minute: Positive | None = None
    """Tokens of input and output together."""
    requests_per_minute: Positive | None = None
    """Requests."""


class Migration(Part):
    """How workloads are moved."""

    person_months_per_month: NotNegative | None = None
    """Engineers who move workloads, in person-months a month; those who run the platform, when left out."""
    max_parallel: CountFromOne = 2
    """Workloads that may be cut over in one month."""
    shadow_days: Annotated[float, Field(strict=True, ge=14, le=28)] | None = None
    """Days on which both sides run, 14 to 28."""
    person_months_per_point: NotNegative = 0.05
    """Work to move a workload, a point of complexity, where it states none itself; assumed."""
    quality_margin: Positive | None = None
    """How much worse than today a moved workload may answer, as a share of its score."""
    quality_deviation: Positive | None = None
    """Standard deviation of the paired difference of two answers' scores."""
    judged_share: Share | None = None
    """Share of the mirrored requests whose answers are scored."""
