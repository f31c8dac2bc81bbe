"""What it is worth to know more before deciding: each input, and the things one can do to find out."""

from __future__ import annotations

from dataclasses import dataclass, replace

from breakeven.decision.risk.information import FINDINGS, FindingWorth, Worth, first_to_find_out, worth_of_each
from breakeven.decision.risk.sensitivity import METHOD, Share, variance_shares
from breakeven.study.judge.assess import comparison_of
from breakeven.study.judge.chance import Chance, drawn
from breakeven.study.study import Study

SHADOW = "shadow-run"


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowing:
    """Worth in money of net present value. `all_inputs` is what knowing everything would be worth.

    `shares` of the variance are those of the option that the verdict is on, if it was drawn.
    """

    currency: str
    all_inputs: float
    findings: tuple[FindingWorth, ...]
    inputs: tuple[Worth, ...]
    shares: tuple[Share, ...]
    shares_method: str


def knowing(study: Study, *, spread: bool = True, chance: Chance | None = None) -> Knowing:
    """The worth of knowing, over the same draws as the study's; the shadow run costs what the model says.

    `spread`: also where the spread comes from, which takes about as long again. `chance`: the draws of the study, where
    they are at hand; else they are made again.
    """
    comparison = comparison_of(study.basis)
    kept = None if chance is None else chance.outcomes
    columns, outcomes = drawn(study.basis, comparison) if chance is None or kept is None else (chance.columns, kept)
    own = study.verdict.steps.own or study.verdict.best_option  # who buys runs no shadow
    shadow = comparison.month(comparison.evaluate(["shadow_run"])["shadow_run"], own, 0)
    findings = [replace(finding, cost=shadow) if finding.name == SHADOW else finding for finding in FINDINGS]
    return Knowing(
        currency=study.basis.header.currency,
        all_inputs=0.0 if study.uncertainty is None else study.uncertainty.perfect_information.value,
        findings=first_to_find_out(outcomes, findings),
        inputs=worth_of_each(outcomes),
        shares=variance_shares(comparison, study.basis.inputs, outcomes, columns, study.verdict.best_option)
        if spread
        else (),
        shares_method=METHOD,
    )
