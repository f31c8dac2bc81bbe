"""Fresh numbers with every seed; the right answer is taken, and a forgotten line is named."""

from __future__ import annotations

from itertools import combinations

import pytest

from breakeven import Problem
from breakeven.lesson.lesson import PARTS
from breakeven.lesson.questions import MAKERS
from breakeven.lesson.quiz import checked, question, sum_of

SEEDS = range(60)


def test_every_part_of_the_lesson_has_its_question() -> None:
    assert tuple(MAKERS) == PARTS


@pytest.mark.parametrize("part", PARTS)
def test_the_right_answer_is_right_however_it_is_typed(part: str) -> None:
    for seed in SEEDS:
        answer = sum_of(part, seed).answer
        for said in (answer, f"{answer:.0f}", f"${answer:,.2f}", f"{answer:,.0f}".replace("-", "−")):
            assert checked(part, seed, said).right, (seed, said)


@pytest.mark.parametrize("part", PARTS)
def test_who_forgets_a_line_is_told_which(part: str) -> None:
    for seed in SEEDS:
        found = sum_of(part, seed)
        for name, value in found.parts.items():
            said = checked(part, seed, found.answer - value)
            assert not said.right, (seed, name)
            assert said.forgotten, (seed, name)
            left_out = sum(found.parts[each] for each in said.forgotten)
            assert left_out == pytest.approx(value, abs=0.02 * max(map(abs, found.parts.values())))
            assert found.forgotten[said.forgotten[0]] in said.because


@pytest.mark.parametrize("part", PARTS)
def test_a_guess_is_wrong_and_shown_how_the_sum_is_made(part: str) -> None:
    found = sum_of(part, 1)
    said = checked(part, 1, found.answer * 7 + 1e6)
    assert (said.right, said.forgotten) == (False, ())
    assert all(name in said.because for name in found.parts)


@pytest.mark.parametrize("part", PARTS)
def test_numbers_are_fresh_and_the_same_seed_asks_the_same(part: str) -> None:
    texts = {question(part, seed).text for seed in SEEDS}
    assert len(texts) > 0.9 * len(SEEDS)
    assert question(part, 5) == question(part, 5)


@pytest.mark.parametrize("part", PARTS)
def test_all_that_the_answer_needs_is_in_the_question(part: str) -> None:
    """Each stated number changes the answer, or is a length of time or a share that the words give."""
    one, other = (sum_of(part, seed) for seed in combinations(SEEDS, 2).__next__())
    assert set(one.given) == set(other.given)
    assert one.forgotten.keys() == one.parts.keys()


@pytest.mark.parametrize("said", ["", "a lot", "nan", "inf", "--5", "1.2.3", "🙂"])
def test_what_is_no_number_is_told(said: str) -> None:
    with pytest.raises(Problem, match="is not a number"):
        checked("whole_cost", 1, said)


def test_a_part_that_there_is_not_is_told() -> None:
    with pytest.raises(Problem, match="no part"):
        question("whole_costs", 1)
