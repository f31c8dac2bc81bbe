"""Readiness in a study: what it feeds, what it forbids, and that silence feeds nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from readiness_cases import PAYS, all_answers

from breakeven.numbers.inputs import Input, mean_value
from breakeven.problems import Problem, Problems
from breakeven.report.pages.parts.answer import headline, not_before
from breakeven.report.pages.parts.evidence import gates, readiness
from breakeven.report.pages.parts.sentences import next_steps
from breakeven.study.case.case import Case
from breakeven.study.judge.assess import judge
from breakeven.study.judge.basis import basis_from_json, basis_of, study_document
from breakeven.study.questions.readiness_of_case import readiness_of
from breakeven.study.resolve.resolve import Resolved, resolve
from breakeven.study.study import Study

PASSED = {
    "gates": [
        {"name": "residency", "applies_to": "self-hosting", "verdict": "pass"},
        {"name": "quality", "applies_to": "self-hosting", "verdict": "pass"},
    ]
}


def resolved(**changes: Any) -> Resolved:
    return resolve(Case.from_dict(PAYS | changes))


def studied(**changes: Any) -> Study:
    return judge(basis_of(resolved(**changes), "test"), scenarios=256)


def same(one: Input, other: Input) -> bool:
    return bool(np.array_equal(one.likely, other.likely)) and (one.low, one.high) == (other.low, other.high)


def test_silence_and_full_readiness_feed_nothing() -> None:
    silent, ready = resolved(), resolved(readiness={"answers": all_answers()})
    assert silent.examined is None
    assert all(same(each, ready.inputs[name]) for name, each in silent.inputs.items())


def test_gaps_feed_the_one_time_cost_and_the_first_month() -> None:
    found = resolved(readiness={})
    its = readiness_of(found.case).readiness
    work = found.inputs["readiness_person_months"]
    assert float(work.likely) == its.remediation_person_months.likely == pytest.approx(5.45)
    assert (work.low, work.high) == (pytest.approx(2.9), pytest.approx(9.5))
    assert "readiness questionnaire" in work.source.title
    live = found.inputs["live"].likely[0, 0, :, 0]
    assert live[1, :4].tolist() == [0, 0, 1, 1]
    assert live[0, :4].tolist() == [1, 1, 1, 1]  # who buys waits for no readiness
    assert its.earliest_start_month == 3
    line = found.comparison.evaluate(["readiness_work"])["readiness_work"]
    pay = found.inputs["engineer_cost_per_year"]
    assert its.remediation_cost == pytest.approx(5.45 * float(pay.likely) / 12)
    expected_cost = mean_value("readiness_person_months", work) * mean_value("engineer_cost_per_year", pay) / 12
    assert float(np.max(line)) == pytest.approx(float(expected_cost))  # money stands at the mean of every range
    assert any("moves the cut-over from month 1 to month 3" in each.what for each in found.notices)


def test_a_later_cut_over_stays() -> None:
    found = resolved(readiness={}, cutover_month=5)
    assert list(np.ravel(found.inputs["live"].likely)[:5]) == [0, 0, 0, 0, 1]
    assert not any("moves the cut-over" in each.what for each in found.notices)


def test_nobody_can_start_after_the_end() -> None:
    with pytest.raises(Problem, match="production can start in month 7, after the last, 4"):
        resolved(readiness={"people": 1}, horizon_months=4)


def test_the_verdict_says_when_production_can_start() -> None:
    found = studied(readiness={}, **PASSED)
    assert found.basis.header.month == 3
    assert "It cannot start before month 3 (Jan 2027): readiness lacks On-call" in not_before(found)
    assert "a shadow run only today, all of the traffic from month 3 (Jan 2027)" in str(readiness(found))
    assert found.verdict.verdict != "ROBUST"
    assert "breakeven readiness" in " ".join(next_steps(found))
    assert basis_from_json(json.loads(json.dumps(study_document(found)))).readiness == found.basis.readiness


def test_robust_needs_readiness() -> None:
    """Everything else being the same, the class is ROBUST only when the team is ready."""
    clear = PASSED | {"hosted_model": "openai/gpt-4o", "tokens_per_month": 300e9, "api_spend_per_month": None}
    clear |= {"self_hosting": {"precision": "fp8"}}  # a format that somebody named
    ready = studied(readiness={"answers": all_answers()}, **clear)
    silent, gaps = studied(**clear), studied(readiness={}, **clear)
    assert [each.verdict.verdict for each in (ready, silent, gaps)] == ["ROBUST", "HOLDS", "HOLDS"]
    assert headline(ready).endswith("it pays, and everything was examined.")
    assert headline(silent).endswith("it pays, if the team is ready.")
    assert headline(gaps).endswith("it pays, once the team is ready.")
    assert "readiness is not examined, so not robust" in gates(silent, silent.options[0])
    assert gates(ready, ready.options[0]) == "all pass"
    assert readiness(silent) is None
    assert str(readiness(ready)).startswith(
        "all of the traffic, the fallback may be dropped today; everything is green"
    )
    assert not_before(ready) == not_before(silent) == ""


def test_a_failed_hosted_gate_takes_the_fallback_away() -> None:
    refused = {"gates": [{"name": "residency", "applies_to": "hosted", "verdict": "fail"}]}
    found = readiness_of(Case.from_dict(PAYS | refused | {"readiness": {"answers": all_answers()}}))
    assert found.readiness.fallback_forbidden
    routed = next(each for each in found.readiness.dimensions if each.id == "staffing")
    assert "automatic_route_back" not in {each.item for each in routed.evidence}


def test_pay_is_that_of_the_case() -> None:
    dear = readiness_of(Case.from_dict(PAYS | {"people": {"engineer_cost_per_year": 240_000}})).readiness
    assert dear.remediation_cost == pytest.approx(20_000 * dear.remediation_person_months.likely)


def test_deliveries_are_measured_from_a_file(tmp_path: Path) -> None:
    rows = [f"deployment,2026-11-{day:02d}T10:00:00Z,2026-11-{day:02d}T09:00:00Z,no," for day in range(1, 13)]
    rows += ["incident,2026-11-05T02:00:00+01:00,,,2026-11-05T02:30:00+01:00"]
    rows += ["deployment,2026-11-02,,perhaps,", "incident,yesterday,,,", "launch,2026-11-02,,no,", "deployment,,,no,"]
    rows += ["incident,2027-01-01,,,", "incident,2026-11-05,,,2026-11-04", "deployment,2026-11-02,2026-11-03,no,"]
    (tmp_path / "deployments.csv").write_text("\n".join(["kind,at,committed_at,failed,recovered_at", *rows]) + "\n")
    case = Case.from_dict(PAYS | {"readiness": {"delivery": "deployments.csv"}}, folder=tmp_path)
    found = readiness_of(case)
    assert found.delivery is not None
    assert (found.delivery.deployments, found.delivery.recovery_hours) == (12, 0.5)
    assert next(each.level for each in found.readiness.dimensions if each.id == "incidents") == "green"
    told = " ".join(str(each) for each in found.notices)
    for reason_said in (
        "failed of a deployment is not yes or no",
        "at is not a time",
        "kind is not deployment or incident",
        "at is empty",
        "at is after 2026-11-21",
        "recovered_at is before at",
        "committed_at is after at",
    ):
        assert f"1 of 20 rows set aside: {reason_said}" in told
    assert any("set aside" in str(each) for each in resolve(case).notices)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", 'the column "kind" is missing'),
        ("kind,when\n", 'the column "at" is missing'),
        ("kind,at,recoverd_at\n", 'unknown column "recoverd_at". Did you mean "recovered_at"'),
    ],
)
def test_another_file_is_refused(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "deployments.csv").write_text(text)
    case = Case.from_dict(PAYS | {"readiness": {"delivery": "deployments.csv"}}, folder=tmp_path)
    with pytest.raises(Problem, match=said):
        readiness_of(case)


def test_few_deliveries_are_told(tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text("kind,at,failed\ndeployment,2026-11-02,no\n")
    case = Case.from_dict(PAYS | {"readiness": {"delivery": "d.csv"}}, folder=tmp_path)
    assert "1 deployments of 10 for the change-fail rate" in " ".join(map(str, readiness_of(case).notices))


@pytest.mark.parametrize(
    "answer",
    [True, 5, "yes", "sure", {"link": "nothing to see"}, {"value": 3}],
)
def test_an_opinion_is_no_link(answer: Any) -> None:
    with pytest.raises(Problems, match="model_registry"):
        Case.from_dict(PAYS | {"readiness": {"answers": {"model_registry": answer}}})


def test_evidence_without_its_day_has_expired() -> None:
    case = Case.from_dict(PAYS | {"readiness": {"answers": {"fallback_drill": 0.5, "fallback_gateway": "git/gateway"}}})
    fallback = next(each for each in readiness_of(case).readiness.dimensions if each.id == "fallback")
    assert [each.because for each in fallback.missing] == ["has no date; it counts for 90 days"]
