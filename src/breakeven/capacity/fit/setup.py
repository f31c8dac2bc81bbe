"""A deployment as a benchmark describes it: what the step model is asked about."""

from __future__ import annotations

from dataclasses import dataclass

from breakeven.facts.precisions import Precision
from breakeven.facts.records import Architecture, Gpu

SATURATED = "infinite_rate"  # all requests are there at the start, or always waiting
NO_LIMIT = 1e9  # requests; so many that something else limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How the GPUs share the work. `gpus` is all of them; the others say into how many parts, 1: not.

    `data` above 1 with `expert` above 1: attention is copied over `data` ranks, experts are spread.
    """

    gpus: int
    tensor: int = 1
    pipeline: int = 1
    data: int = 1
    expert: int = 1

    def __str__(self) -> str:
        sizes = (("tensor", self.attention_gpus), ("pipeline", self.pipeline), ("data", self.data))
        parts = [f"{name} {size}" for name, size in sizes if size > 1]
        return ", ".join([*parts, *(["experts spread"] if self.expert > 1 else [])]) or "one GPU"

    @property
    def attention_gpus(self) -> int:
        """GPUs that share one sequence's attention."""
        return max(1, self.gpus // (self.pipeline * self.data))

    @property
    def lanes(self) -> int:
        """Batches that go on beside each other: one a data-parallel rank and pipeline stage."""
        return self.pipeline * self.data

    @property
    def spreads_experts(self) -> bool:
        """Whether the data-parallel ranks share one set of experts; meant for mixtures only."""
        return self.data > 1 and (self.expert > 1 or self.tensor * self.pipeline * self.data != self.gpus)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """Who served and how much was asked. `series` names the publication; `concurrency` 0: not limited.

    `date`: of the measurement, year-month or year-month-day; "": not told, and then taken as of today's engines.
    """

    engine: str
    version: str = ""
    series: str = ""
    load: str = SATURATED
    concurrency: float = 0.0
    date: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """A model on GPUs under a load. `kv_bytes_per_value` 0: what the engine takes when not told.

    `cached_share`: of the prompt, what our own prefix cache holds and a step need not prefill.
    """

    architecture: Architecture
    gpu: Gpu
    precision: Precision
    kv_bytes_per_value: float
    layout: Layout
    bench: Bench
    mean_input_tokens: float
    mean_output_tokens: float
    cached_share: float = 0.0

    @property
    def fresh_input_tokens(self) -> float:
        """Mean tokens of a prompt that are prefilled."""
        return self.mean_input_tokens * (1 - self.cached_share)

    @property
    def mixture(self) -> bool:
        """Whether the model is a mixture of experts."""
        return self.architecture.experts is not None
