"""From pairs to a verdict, and the file that fixes what they are judged by."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.problems import Problem
from breakeven.proof.judge.judgement import judged, judging, outlook, verdict_of
from breakeven.proof.judge.registration import (
    NoWorse,
    Promised,
    Registration,
    Terms,
    read_registration,
    registration_of,
    seal_of,
    sealed,
    write_registration,
)
from breakeven.proof.records.pairs import SINGLE

NOW = datetime(2026, 11, 30, tzinfo=UTC)
TERMS = Terms(margin=0.05, promises=(Promised(measure="first_token", seconds=1.0),))


def run(pairs: int, days: int, *, worse: float = 0.0, fails: float = 0.001, slow: float = 0.01, seed: int = 1) -> dict:
    """A made-up shadow run: shares of pairs in which the candidate is worse, fails, is slow."""
    draw = np.random.default_rng(seed)
    columns = {name: np.full(pairs, np.nan) for name in SINGLE}
    columns["reference"] = (draw.random(pairs) < 0.95) * 1.0
    columns["score"] = (draw.random(pairs) < 0.95 - worse) * 1.0
    columns["failed"] = (draw.random(pairs) < fails) * 1.0
    columns["failed_control"] = (draw.random(pairs) < 0.001) * 1.0
    columns["first_token"] = np.where(draw.random(pairs) < slow, 2.0, 0.4)
    columns["day"] = 20_000.0 + np.arange(pairs) * days // pairs
    columns["stratum"] = np.where(draw.random(pairs) < 0.5, 0.0, -1.0)
    return columns


def verdict(terms: Terms = TERMS, **how) -> str:
    return verdict_of(judged(judging(terms, ["long"]), [run(**how)]))


def test_equal_quality_over_two_weeks_goes() -> None:
    assert verdict(pairs=8000, days=14) == "GO"


def test_before_the_least_days_are_over_it_goes_nowhere() -> None:
    assert verdict(pairs=8000, days=13) == "NOT YET"


@pytest.mark.parametrize("harm", [{"worse": 0.2}, {"fails": 0.05}, {"slow": 0.2}])
def test_any_harm_sends_it_back_at_once(harm: dict) -> None:
    assert verdict(pairs=3000, days=2, **harm) == "ROLLBACK"


def test_one_stratum_that_suffers_sends_all_back() -> None:
    columns = run(pairs=8000, days=14)
    mine = (columns["stratum"] == 0) & (np.arange(8000) % 12 == 0)
    columns["stratum"] = np.where(mine, 0.0, -1.0)
    columns["score"] = np.where(mine, 0.0, columns["score"])
    found = judged(judging(TERMS, ["long"]), [columns])
    assert found.criteria[0].state != "alarm"
    assert verdict_of(found) == "ROLLBACK"
    assert verdict_of(judged(judging(replace(TERMS, by_stratum=False), ["long"]), [columns])) != "ROLLBACK"


def test_four_weeks_without_enough_is_inconclusive_and_with_harm_is_a_no() -> None:
    assert verdict(pairs=60, days=28) == "INCONCLUSIVE"
    columns = run(pairs=300, days=28)
    for worse in np.linspace(0.10, 0.4, 60):  # between no sign and an alarm there is a stretch of NO-GO
        columns["score"] = columns["reference"] * (np.random.default_rng(5).random(300) > worse)
        if verdict_of(judged(judging(replace(TERMS, margin=0.12), ["long"]), [columns])) == "NO-GO":
            return
    pytest.fail("harm that is seen without a correction was never a NO-GO")


def test_a_promise_without_a_streamed_answer_is_not_kept() -> None:
    columns = run(pairs=8000, days=28)
    columns["first_token"][:] = np.nan
    found = judged(judging(TERMS), [columns])
    assert found.criteria[-1].state == "no data"
    assert verdict_of(found) == "INCONCLUSIVE"


def test_what_comes_after_the_last_day_is_left_out() -> None:
    found = judged(judging(TERMS), [run(pairs=4000, days=40)])
    assert found.units == 2800
    assert found.left_out == 1200


@given(st.lists(st.integers(0, 900), max_size=4), st.integers(0, 50))
def test_the_judgement_is_the_same_however_the_pairs_come(cuts: list[int], seed: int) -> None:
    columns = run(pairs=900, days=16, fails=0.02, seed=seed)
    whole = judged(judging(TERMS, ["long"]), [columns])
    places = [0, *sorted(cuts), 900]
    batches = [{n: c[a:b] for n, c in columns.items()} for a, b in itertools.pairwise(places)]
    parts = judged(judging(TERMS, ["long"]), batches)
    assert outlook(parts) == outlook(whole)
    for one, other in zip(parts.criteria, whole.criteria, strict=True):
        assert (one.state, one.reached, one.seen) == (other.state, other.reached, other.seen)


def test_sessions_are_bet_on_where_requests_are_counted() -> None:
    columns = run(pairs=4000, days=14)
    columns["failed"] /= 3
    terms = replace(TERMS, cluster="session", errors=NoWorse(floor=0.01))
    assert verdict_of(judged(judging(terms, ["long"]), [columns])) == "GO"


def test_the_outlook_before_the_start_says_what_so_many_pairs_can_show() -> None:
    before = outlook(judging(replace(TERMS, pairs_per_day=100.0)))
    assert before.needed == before.pairs_left > 0
    assert before.days_left == -(-before.needed // 100)
    assert before.shown == pytest.approx(TERMS.margin * (before.needed / 2800) ** 0.5, rel=0.01)
    assert outlook(judging(TERMS)).days_left is None


def test_a_registration_is_written_read_and_sealed_at_the_first_look(tmp_path: Path) -> None:
    path = tmp_path / "test.yaml"
    write_registration(path, Registration(plan="case", workloads={"chat": TERMS}))
    assert read_registration(path).workloads["chat"] == TERMS
    path.write_text(path.read_text().replace("margin: 0.05", "margin: 0.06"))
    first = sealed(path, now=NOW)
    assert sealed(path, now=NOW) == first
    path.write_text(path.read_text().replace("margin: 0.06", "margin: 0.3"))
    with pytest.raises(Problem, match="changed after the first look"):
        sealed(path, now=NOW)
    seal_of(path).write_text("{}")
    with pytest.raises(Problem, match="damaged"):
        sealed(path, now=NOW)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("margin: 0.05", "margin: 7"), ("margin: 0.05", "margni: 0.05"), ("alpha: 0.05", "alpha: 0"),
        ("least: 14", "least: 40"), ("score: accepted", "score: good"), ("format:", "format: ["),
    ],
)  # fmt: skip
def test_a_registration_that_makes_no_sense_is_told(tmp_path: Path, line: str, told: str) -> None:
    path = tmp_path / "test.yaml"
    write_registration(path, Registration(plan="case", workloads={"chat": TERMS}))
    path.write_text(path.read_text().replace(line, told, 1))
    with pytest.raises(Problem, match=r"test\.yaml"):
        read_registration(path)


def test_a_plan_gives_margins_days_and_pairs() -> None:
    plan = {
        "name": "case",
        "checks": {"quality": {"margin": 0.03, "standard_deviation": 0.2, "type_one_error": 0.1}},
        "targets": [
            {"name": "fleet", "kind": "fleet"},
            {"name": "there", "kind": "api", "promise": {"ttft_seconds": 2, "tpot_seconds": None, "percentile": 95}},
        ],
        "workloads": [
            {"name": "chat", "primary": "fleet", "shadow": {"days": 21, "share": 1.0, "pairs_per_day": 100}},
            {"name": "mail", "primary": "there", "shadow": {"days": 3, "share": 1.0}},
            {"name": "stays", "shadow": None},
        ],
    }
    terms = registration_of(plan).workloads
    assert [*terms] == ["chat", "mail"]
    assert [each.candidate for each in terms.values()] == ["self", "host"]
    assert [each.promises for each in terms.values()] == [
        (),
        (Promised(measure="first_token", seconds=2.0, share=0.05),),
    ]
    assert (terms["mail"].days.least, terms["mail"].pairs_per_day, terms["mail"].target) == (14, None, "there")
    assert (terms["chat"].margin, terms["chat"].alpha, terms["chat"].days.least) == (0.03, 0.1, 21)
    assert terms["chat"].pairs_per_day == 100
    with pytest.raises(Problem, match="no workload moves"):
        registration_of(plan | {"workloads": []})
