"""A shadow run in money: what an accepted answer costs at either arm, what a further day costs and is worth, and the
study again with what was measured.

A further day costs both sides running, and a day of the saving that waits. It is worth what knowing more may change:
with the difference of quality normal around what was seen, p is the chance that it lies below the margin, G the value
of moving when it does not, and L what is lost when it does; deciding now is worth max(0, (1 - p) G - p L), and
after a day's more pairs the mean of the same over what they may show (value of sample information; Raiffa and
Schlaifer 1961, chapter 5).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Literal

import numpy as np
from scipy.special import ndtr, roots_hermitenorm

from breakeven.decision.answers.verdict import Class
from breakeven.decision.comparison import BASELINE, of_options
from breakeven.decision.readiness.gates import GateVerdict
from breakeven.numbers.inputs import middle
from breakeven.numbers.month import DAYS_PER_MONTH
from breakeven.numbers.operations import pick
from breakeven.proof.judge.judgement import Judging, Verdict
from breakeven.proof.judge.moments import FEWEST
from breakeven.proof.judge.shadow import Judged, Result
from breakeven.proof.records.totals import Arm
from breakeven.study.judge.assess import comparison_of
from breakeven.study.modes import BY_TOKEN
from breakeven.study.questions.measured import Measurement, judged_with, of_column, own_option, workloads_of
from breakeven.study.study import Study

ANSWERS: Mapping[Verdict, GateVerdict] = {"GO": "pass", "ROLLBACK": "fail", "NO-GO": "fail"}
COUNTED, LISTED, BY_STUDY = "the gateway's own count", "the host's list price", "the study's cost of a token"
NODES = 61  # of the Gauss-Hermite rule


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerCost:
    """One accepted answer of a workload at either arm, in the currency of the case; None: not known.

    `api_from`, `candidate_from`: what the gateway counted, the host's list price, or the study's cost of a token.
    `at`: the option of the study that the candidate is.
    """

    workload: str
    api: float | None
    candidate: float | None
    api_from: str
    candidate_from: str
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FurtherDay:
    """Of one more day of shadow run of an option. `chance_below` the margin as seen now, of the workload where it is
    largest.
    """

    option: str
    costs: float
    waits: float
    is_worth: float | None
    chance_below: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recomputed:
    """The study before and after, of the same option; `changed`: each input that was measured, before and now."""

    option: str
    verdict_before: Class
    verdict_after: Class
    worth_before: float
    worth_after: float
    saving_before: float
    saving_after: float
    changed: tuple[tuple[str, float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShadowMoney:
    """All of it; a day and a study recomputed for each option that the workloads go to."""

    currency: str
    answers: tuple[AnswerCost, ...]
    days: tuple[FurtherDay, ...]
    recomputed: tuple[Recomputed, ...]


def shadow_money(
    study: Study, judged: Judged, *, date: str, tokens_per_second: float | None = None
) -> tuple[ShadowMoney, Study]:
    """The judgement in the money of the study, and the study recomputed. `tokens_per_second`: of one replica."""
    measured = measurements(study, judged, date, tokens_per_second)
    verdicts = {
        result.workload: ANSWERS.get(result.verdict, "unknown") for result in judged.results if result.seen.units
    }
    known = {name: verdict for name, verdict in verdicts.items() if name in workloads_of(study.basis)}
    after = judged_with(study.basis, measured, known, f"shadow run, {date}")
    going: dict[int, list[Result]] = {}
    for result in judged.results:
        if (column := column_of(study, result.seen.terms.target)) is not None:
            going.setdefault(column, []).append(result)
    at = {result.workload: column for column, some in going.items() for result in some}
    money = ShadowMoney(
        currency=study.basis.header.currency,
        answers=tuple(_answer(after, result, at.get(result.workload)) for result in judged.results),
        days=tuple(further_day(after, some, column) for column, some in going.items()),
        recomputed=tuple(_recomputed(study, after, column, measured) for column in going),
    )
    return money, after


def column_of(study: Study, target: str) -> int | None:
    """The option of the study that a target of the plan is: a host by its name, else the best fleet of one's own."""
    hosts = {each.name: i for i, each in enumerate(study.basis.columns) if i != BASELINE and each.mode in BY_TOKEN}
    return hosts[target] if target in hosts else own_option(study)


def measurements(
    study: Study, judged: Judged, date: str, tokens_per_second: float | None = None
) -> dict[str, Measurement]:
    """What the pairs measured of the inputs: tokens of either arm for the same text, requests that fall back."""
    names = workloads_of(study.basis)
    seen = [result for result in judged.results if result.workload in names and result.totals.candidate.requests]
    pairs = sum(result.totals.candidate.requests for result in seen)
    ratios = {
        result.workload: _tokens(result.totals.control) / _tokens(result.totals.candidate)
        for result in seen
        if result.totals.candidate.counted and result.totals.control.counted and _tokens(result.totals.candidate)
    }
    back = {result.workload: result.totals.candidate.failed / result.totals.candidate.requests for result in seen}

    def measured(name: str, value: float | Mapping[str, float], how: Literal["is", "adds"] = "is") -> Measurement:
        return Measurement(name=name, value=value, source=f"shadow run of {pairs:,} pairs", date=date, how=how)

    measurements = [measured("tokenizer_ratio", ratios)] if ratios else []
    measurements += [measured("canary_share", back, "adds")] if back else []
    if tokens_per_second is not None:
        measurements.append(measured("replica_tokens_per_second", tokens_per_second))
    return {measurement.name: measurement for measurement in measurements}


def _tokens(arm: Arm) -> float:
    return (arm.input_tokens + arm.output_tokens) / arm.counted


def _answer(study: Study, result: Result, column: int | None) -> AnswerCost:
    """Failures and answers that are not accepted are paid for, and make the accepted ones dearer."""
    one, other = result.totals.candidate, result.totals.control
    per_mtok = study.hosted_cost_per_mtok
    api, api_from = _logged(study, other), COUNTED
    if api is None:
        api, api_from = _tokens(other) / 1e6 * per_mtok if other.counted else None, BY_STUDY
    candidate, candidate_from = None, BY_STUDY
    if column is not None and study.basis.columns[column].mode in BY_TOKEN:
        candidate, candidate_from = _logged(study, one), COUNTED
        if candidate is None:
            candidate, candidate_from = _at_list_price(study, result, column), LISTED
    elif column is not None and one.counted:
        ours = _tokens(other if other.counted else one)  # the study counts API tokens
        candidate = of_column(study, column).cost_per_mtok * ours / 1e6
    return AnswerCost(
        workload=result.workload,
        api=_accepted(api, other),
        candidate=_accepted(candidate, one),
        api_from=api_from,
        candidate_from=candidate_from,
        at="" if column is None else study.basis.columns[column].name,
    )


def _logged(study: Study, arm: Arm) -> float | None:
    """What the gateway counted for an answer; it counts in dollars."""
    return arm.cost_per_request if study.basis.header.currency == "USD" else None


def _at_list_price(study: Study, result: Result, column: int) -> float | None:
    """An answer at the host's list price of the tokens that it counted; None where it counted none."""
    arm, names = result.totals.candidate, workloads_of(study.basis)
    if not arm.counted or result.workload not in names:
        return None
    got = comparison_of(study.basis).evaluate(["list_input_rate", "list_output_rate"])
    place = {"workload": names.index(result.workload), "option": column, "month": study.basis.header.month - 1}
    rates = (float(pick(got[name], **place)) for name in ("list_input_rate", "list_output_rate"))
    return sum(t * r for t, r in zip((arm.input_tokens, arm.output_tokens), rates, strict=True)) / arm.counted / 1e6


def _accepted(cost: float | None, arm: Arm) -> float | None:
    return cost / arm.accepted_share if cost is not None and arm.accepted_share else None


def further_day(study: Study, results: Sequence[Result], column: int) -> FurtherDay:
    """What one more day costs and is worth."""
    it = of_column(study, column)
    gain, loss = it.expected_net_present_value, it.one_time_cost + it.exit_cost
    worth = [found for each in results if (found := value_of_a_day(each.seen, gain, loss)) is not None]
    chance, value = max(worth, default=(None, None))
    return FurtherDay(
        option=it.name, costs=_both_for_a_day(study, column), waits=max(it.monthly_saving, 0.0) / DAYS_PER_MONTH,
        is_worth=value, chance_below=chance,
    )  # fmt: skip


def _both_for_a_day(study: Study, column: int) -> float:
    """What the candidate costs while the API is paid for all of it: a fleet's day, or a host's price of the copies."""
    basis = study.basis
    if basis.columns[column].mode in BY_TOKEN:
        bill = comparison_of(basis).evaluate(["elsewhere_bill"])["elsewhere_bill"]
        share = float(np.max(pick(middle("shadow_share", basis.inputs["shadow_share"]), option=0)))
        return float(pick(bill, option=column, month=basis.header.month - 1)) * share / DAYS_PER_MONTH
    got = comparison_of(basis).evaluate(["shadow_run"])["shadow_run"]
    days = float(np.max(pick(middle("shadow_days", basis.inputs["shadow_days"]), option=0)))
    return float(pick(of_options(got, [column]), option=0)) / max(days, 1.0)


def value_of_a_day(seen: Judging, gain: float, loss: float) -> tuple[float, float] | None:
    """(the chance that the difference lies below −margin, what a day's more pairs are worth); None: too little seen."""
    quality = seen.criteria[0].seen
    if quality.count < FEWEST or quality.mean is None or not quality.deviation or not seen.days:
        return None
    now = quality.deviation / sqrt(quality.count)
    later = quality.deviation / sqrt(quality.count * (1 + 1 / seen.days))
    limit = -seen.terms.margin
    chance = float(ndtr((limit - quality.mean) / now))
    nodes, weights = roots_hermitenorm(NODES)
    means = quality.mean + sqrt(now**2 - later**2) * nodes
    chances = ndtr((limit - means) / later)
    deciding = np.maximum((1 - chances) * gain - chances * loss, 0.0)
    informed = float((weights * deciding).sum() / weights.sum())
    return chance, max(informed - max((1 - chance) * gain - chance * loss, 0.0), 0.0)


def _recomputed(before: Study, after: Study, column: int, measured: Mapping[str, Measurement]) -> Recomputed:
    old, new = of_column(before, column), of_column(after, column)
    return Recomputed(
        option=old.name,
        verdict_before=old.verdict,
        verdict_after=new.verdict,
        worth_before=old.expected_net_present_value,
        worth_after=new.expected_net_present_value,
        saving_before=old.monthly_saving,
        saving_after=new.monthly_saving,
        changed=tuple(
            (name, float(np.mean(before.basis.inputs[name].likely)), float(np.mean(after.basis.inputs[name].likely)))
            for name in measured
        ),
    )
