"""A judge model, and scores without one."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest

from breakeven.proof.judge.judge_model import (
    TASK,
    Asked,
    Contest,
    Ledger,
    Terms,
    calibrated,
    drawn,
    judged,
    prompt,
    understood,
)
from breakeven.proof.judge.text_pairs import request_text
from breakeven.proof.judge.text_scores import fields_agreeing, is_valid, likeness, same, schema_of
from breakeven.proof.records.answers import refuses

TERMS = Terms(input_price=3.0, output_price=15.0, budget=100.0, swapped=0.5)


def contests(count: int, candidate: str = "good", control: str = "bad") -> list[Contest]:
    return [Contest(pair=f"p{n}", request="?", candidate=candidate, control=control) for n in range(count)]


def says(judge: Callable[[str, str], str]) -> Callable[[Sequence[str]], list[Asked]]:
    """An endpoint that is shown A and B and answers text."""

    def ask(prompts: Sequence[str]) -> list[Asked]:
        found = []
        for text in prompts:
            a, b = (text.split(f"<<<ANSWER {x}\n")[1].split(f"\nANSWER {x}>>>")[0] for x in "AB")
            found.append(Asked(text=judge(a, b), input_tokens=100, output_tokens=20))
        return found

    return ask


def prefers(word: str) -> Callable[[str, str], str]:
    return lambda a, b: json.dumps({"preference": "A" if a == word else "B", "confidence": 0.9})


def run(judge: Callable[[str, str], str], count: int = 200, terms: Terms = TERMS) -> tuple[list[float | None], Ledger]:
    ledger, scores = Ledger(), []
    for _, score, latest in judged(contests(count), terms, says(judge)):
        scores, ledger = [*scores, score], latest
    return scores, ledger


def test_a_judge_that_sees_the_better_answer_finds_it_in_either_order() -> None:
    scores, ledger = run(prefers("good"))
    assert set(scores) == {1.0}
    assert set(run(prefers("bad"))[0]) == {-1.0}
    assert ledger.consistent == ledger.both_orders > 60
    assert abs(ledger.position_bias or 0) < 0.1
    assert ledger.decisiveness == 1


def test_a_judge_that_likes_the_first_answer_is_found_out_and_its_swapped_pairs_are_ties() -> None:
    scores, ledger = run(lambda a, b: '{"preference": "A", "confidence": 1}')
    assert ledger.position_bias == 0.5
    assert ledger.consistent == 0
    assert scores.count(0.0) == ledger.both_orders
    assert abs(np.mean([each for each in scores if each is not None])) < 0.2  # the draw of the order evens it out


def test_nonsense_is_counted_and_told_and_no_score() -> None:
    scores, ledger = run(lambda a, b: "I like both! {maybe", count=20)
    assert set(scores) == {None}
    assert ledger.nonsense == ledger.asked > 20
    assert ledger.not_judged == 20
    assert ledger.examples[0].startswith("I like both")
    assert ledger.decisiveness is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"preference": "A", "confidence": 1}', "first"), ('```json\n{"preference": " b "}\n```', "second"),
        ('Well: {"preference": "tie"} so.', "tie"), ('{"preference": "C"}', None), ("", None), ("[1]", None),
        ('{"preference": ["A"]}', None), ("}{", None), ('{"preference": null}', None),
    ],
)  # fmt: skip
def test_only_what_was_asked_for_is_understood(text: str, found: str | None) -> None:
    assert understood(text) == found


def test_the_budget_is_never_passed_and_what_it_left_out_is_told() -> None:
    scores, ledger = run(prefers("good"), terms=Terms(input_price=3.0, output_price=15.0, budget=0.05, swapped=0.5))
    assert 0 < ledger.spent <= 0.05
    assert scores.count(None) == ledger.not_judged > 100


def test_an_endpoint_that_says_no_usage_is_counted_by_its_length() -> None:
    ask = lambda prompts: [Asked(text='{"preference": "tie"}') for _ in prompts]  # noqa: E731
    *_, (_, score, ledger) = judged(contests(3), TERMS, ask)
    assert score == 0
    assert ledger.spent > 0


def test_an_endpoint_that_is_silent_now_and_then_is_not_called_silent() -> None:
    heard = iter([True, False, False, True] * 10)
    ask = lambda prompts: [Asked(text='{"preference": "tie"}') if next(heard) else None for _ in prompts]  # noqa: E731
    silent = [ledger.silent for _, _, ledger in judged(contests(40), replace(TERMS, swapped=0.0), ask)]
    assert silent == [0, 1, 2, 0] * 10


def test_a_candidate_without_an_answer_loses_without_being_asked_about() -> None:
    lost = [Contest(pair="p", request="?", candidate=None, control="x")]
    [(_, score, ledger)] = judged(lost, TERMS, says(prefers("x")))
    assert (score, ledger.asked, ledger.failed_candidates) == (-1.0, 0, 1)


def test_the_judge_is_not_told_whose_answer_it_is() -> None:
    text = prompt(contests(1)[0], candidate_first=True)
    assert text.startswith(TASK)
    assert "self" not in text.removeprefix(TASK)
    assert "candidate" not in text.lower()


def test_the_same_pairs_are_drawn_again_and_about_so_many() -> None:
    found = [drawn(f"p{n}", 0.2, 1) for n in range(5000)]
    assert found == [drawn(f"p{n}", 0.2, 1) for n in range(5000)]
    assert 0.18 < np.mean(found) < 0.22


def test_human_labels_correct_a_judge_that_is_too_kind() -> None:
    draw = np.random.default_rng(3)
    truth = draw.choice([-1.0, 0.0, 1.0], 5000)
    kind = np.where(draw.random(5000) < 0.3, np.minimum(truth + 1, 1), truth)
    labelled = list(zip(kind[:200], truth[:200], strict=True))
    found = calibrated(kind[200:], labelled)
    assert found is not None
    assert abs(found.mean - truth.mean()) <= found.half_width * 1.5
    assert abs(kind.mean() - truth.mean()) > found.half_width
    assert found.half_width < found.humans_alone
    deaf = calibrated(
        draw.choice([-1.0, 1.0], 5000), list(zip(draw.choice([-1.0, 1.0], 200), truth[:200], strict=True))
    )
    assert deaf is not None
    assert deaf.weight < 0.2
    assert calibrated(kind, labelled[:5]) is None


SCHEMA = {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}}


def test_scores_without_a_model() -> None:
    assert fields_agreeing('{"a": 1, "b": 2}', '{"b": 2, "a": 3}') == 0.5
    assert likeness("the cat sat", "sat the  CAT") == 1
    assert likeness("", "") == 1
    assert likeness("", "x") == 0
    assert (same(" A  b ", "a B"), same("a", "b")) == (1, 0)
    refused = ("I'm sorry, I can't help", "I cannot assist", "Sorry, no", "As an AI model", "we are unable to do that")
    assert [refuses(each) for each in (*refused, "I can't overstate it", "Sorrynote")] == [True] * 5 + [False] * 2
    assert fields_agreeing("[1]", "{}") is None
    assert fields_agreeing("{}", "{}") == 1
    assert [is_valid(text, SCHEMA) for text in ('{"a": 1}', '{"a": "x"}', "{", "{}")] == [True, False, False, False]


def test_the_request_says_which_schema_and_what_was_asked() -> None:
    chat = {"response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": SCHEMA}}}
    responses = {"text": {"format": {"type": "json_schema", "schema": SCHEMA}}, "input": "hello"}
    assert schema_of(chat) == schema_of(responses) == SCHEMA
    assert schema_of({"response_format": {"type": "json_object"}}) is None
    parts = [{"type": "text", "text": "look"}, {"type": "image_url"}]
    assert request_text({"system": "be kind", "messages": [{"role": "user", "content": parts}]}) == (
        "system: be kind\nuser: look\n"
    )
    assert request_text(responses) == "hello"
