"""The tiers behind a point answer: the same case, the same key, the numbers that `judge` gives."""

from __future__ import annotations

import pytest
from recomputed import SHIPPED, ready

from breakeven.study.judge.assess import judge
from breakeven.study.judge.basis import fingerprint
from breakeven.study.questions.flips import Turning
from breakeven.study.questions.value_of_information import Knowing
from breakeven.study.recomputing.changes import changed_basis, key_of
from breakeven.study.recomputing.point import point
from breakeven.study.recomputing.tiers import FEW, closer, whole
from breakeven.study.study import Study

ASKED = {"volume_scale": 4.0, "engineer_cost_per_year": 150_000.0}


@pytest.mark.parametrize("name", SHIPPED)
def test_the_second_tier_says_what_judge_says_on_as_many_draws(name: str) -> None:
    study = judge(changed_basis(ready(name), ASKED), scenarios=FEW)
    keys = [column.key for column in study.basis.columns]
    answer = closer(ready(name), ASKED, keys=keys)
    assert [option.key for option in answer.options] == keys[1:]
    for here, there in zip(answer.options, study.options, strict=True):
        assert here.verdict == there.verdict
        assert here.expected_net_present_value == there.expected_net_present_value
        assert here.chance == there.depth.chance
        assert here.break_evens == there.break_evens
        assert here.margin == there.margin
    verdict = study.verdict
    assert (answer.answer, answer.best) == (verdict.answer, keys[verdict.best_option])
    assert (answer.commit, answer.first, answer.steps) == (verdict.commit, verdict.first, verdict.steps)


def test_crossings_are_those_of_the_answer_and_of_the_best_of_our_own() -> None:
    answer = closer(ready("support-chat"), ASKED)
    keys = [option.key for option in answer.options]
    told = {option.key for option in answer.options if option.break_evens is not None}
    assert answer.steps.own is not None
    assert told == {answer.best, keys[answer.steps.own - 1]}


def test_the_third_tier_is_the_study_the_pairs_and_what_knowing_is_worth() -> None:
    parts = [*whole(ready("support-chat"), ASKED)]
    assert [type(part) for part in parts] == [Study, Turning, Knowing]
    study = parts[0]
    assert isinstance(study, Study)
    assert fingerprint(study.basis) == fingerprint(changed_basis(ready("support-chat"), ASKED))
    assert study.uncertainty is not None
    assert study.uncertainty.scenarios == 2**14


def test_all_tiers_of_the_same_changes_have_one_key() -> None:
    first, second = point(ready("support-chat"), ASKED), closer(ready("support-chat"), ASKED, keys=())
    assert first.key == second.key == key_of(dict(reversed(ASKED.items())))


@pytest.mark.parametrize("parts", [1, 3])
def test_it_stops_where_it_is_told_to(parts: int) -> None:
    class StaleError(Exception):
        pass

    left = iter(range(parts - 1))

    def between() -> None:
        if next(left, None) is None:
            raise StaleError

    with pytest.raises(StaleError):
        list(whole(ready("support-chat"), ASKED, between=between))
