"""How the open model did in the case's own evaluation."""

from __future__ import annotations

from typing import Literal

from breakeven.study.case.kinds import NotNegative, Part
from breakeven.study.case.terms.serving import Precision


class Evaluation(Part):
    """Scores of an open model and of today's on the same items, as an evaluation tool wrote them."""

    model: str
    """The open model that was evaluated; `breakeven facts models` lists them."""
    results: str
    """Its results, relative to the case file: lm-evaluation-harness, Inspect, promptfoo, DeepEval, RAGAS or CSV."""
    today: str | None = None
    """The results of today's model on the same items; left out, where `results` holds both."""
    scored_as: str | None = None
    """Its name in the results, where they hold several models."""
    today_scored_as: str | None = None
    """The name of today's model in the results, where they hold several."""
    metric: str | None = None
    """The score that counts, where the results hold several; more is better."""
    margin: NotNegative | None = None
    """By how much the mean score may be lower and is still good enough; left out, that of the plan's quality test."""
    workload: str | None = None
    """The workload whose items they are; all, when left out."""
    precision: Precision | None = None
    """Number format of the weights that were evaluated; as published, when left out."""
    kv_cache: Literal["16-bit", "fp8"] = "16-bit"
    """Number format of the KV cache it was evaluated with."""
