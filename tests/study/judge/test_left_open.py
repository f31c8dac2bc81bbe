"""What a case did not say: each default beside what the alternative would give, and gone as soon as it is said."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

from breakeven import Case
from breakeven.decision.answers.unsaid import Choice, Unsaid, in_order, unsaid_choices, unsaid_inputs
from breakeven.decision.comparison import without_idle
from breakeven.decision.risk.sensitivity import Bar
from breakeven.numbers.inputs import Input, Source, along_scenarios, standing
from breakeven.study.designs.settle import assess
from breakeven.study.judge.assess import comparison_of, judge, worth_by_side
from breakeven.study.judge.basis import basis_from_json, study_document
from breakeven.study.judge.chance import worth_of_columns
from breakeven.study.judge.choices import basis_with_all, choices_of, in_words, with_said
from breakeven.study.judge.choices import standing as choices_left
from breakeven.study.judge.left_open import defaults_left, is_default, left_open
from breakeven.study.questions.defaults import Defaults, defaults_of
from breakeven.study.resolve.resolve import Resolved, resolve
from breakeven.study.study import Study

FIVE_KEYS: dict[str, Any] = {
    "as_of": "2026-11-21",
    "api_spend_per_month": 40000,
    "hosted_model": "anthropic/claude-haiku-4-5",
    "open_model": "llama-3.3-70b",
    "gpu_offer": {"gpu": "h100", "price_per_gpu_hour": 2.69},
    "team": 1,
}
SOURCE = Source(title="somebody", date="2026-11-21")
# Facts that follow from the host, model and GPU that the case names, and costs that are told as not assessed.
NAMED = ("_price_per_mtok", "tier_price_step", "gpus_per_", "cache_read_multiplier", "batch_multiplier")
NOT_ASSESSED = ("opportunity_multiple",)
FOLLOWS = {"load_over_mean": "load_profile", "block_share": "load_profile", "night_hours": "people.night_hours"}


@cache
def five_keys() -> Defaults:
    return defaults_of(Case.from_dict(FIVE_KEYS))


@cache
def resolved(**more: Any) -> Resolved:
    return resolve(Case.from_dict({**FIVE_KEYS, **more}))


@cache
def five_keys_study() -> Study:
    return assess(Case.from_dict(FIVE_KEYS))


def an_input(low: float, high: float) -> Input:
    return Input(likely=1.0, low=low, high=high, unit="1", kind="assumed", source=SOURCE, distribution="triangular")


def test_of_an_input_the_end_that_moves_more_is_told_and_what_was_said_is_left_out() -> None:
    bars = [
        Bar(name="price", low=0.5, high=2, worth_at_low=90, worth_at_high=40),
        Bar(name="speed", low=0.5, high=2, worth_at_low=-20, worth_at_high=130),
        Bar(name="said", low=0.5, high=2, worth_at_low=-900, worth_at_high=900),
    ]
    inputs = {bar.name: an_input(0.5, 2) for bar in bars}
    keys, means = {"price": "a.price", "speed": "a.speed"}, {"price": 1.1, "speed": 1.2}
    found = in_order(unsaid_inputs(bars, 100, inputs, keys, means))
    assert [(one.key, one.stands, one.alternative, one.moves, one.turns) for one in found] == [
        ("a.speed", 1.2, 0.5, -120, True),
        ("a.price", 1.1, 2, -60, False),
    ]


def test_of_a_choice_the_alternative_that_moves_the_side_most_is_told() -> None:
    def choice(alternative: str, then: float | None, cannot: str = "") -> Choice:
        worths = {"bought": 10.0, "own": 5.0}
        return Choice(
            key="horizon_months", stands="36", alternative=alternative, meaning="months", source=SOURCE,
            worth=worths, worth_then={} if then is None else {"bought": 10.0, "own": then}, cannot=cannot,
        )  # fmt: skip

    choices = [choice("24", 3.0), choice("60", 9.0), choice("240", None, "cannot be")]
    assert [(one.alternative, one.moves) for one in unsaid_choices(choices, "own")] == [("60", 4.0)]
    assert not [*unsaid_choices(choices, "bought")]


def test_an_alternative_gives_what_the_lines_give_with_that_input_there() -> None:
    basis = basis_with_all(resolved())
    comparison = without_idle(comparison_of(basis))
    own = [i for i, each in enumerate(basis.columns) if each.mode == "rented"]
    best = max(own, key=lambda i: worth_of_columns(comparison)[i])
    for key in ("platform.usable_share", "assumptions.growth_per_month", "self_hosting.tokens_per_second"):
        one, its = five_keys().own[key], basis.inputs[five_keys().own[key].name]
        moved = along_scenarios(
            {one.name: comparison.values[one.name]}, {one.name: its}, {one.name: np.array([one.alternative])},
            {one.name: standing(its, comparison.values[one.name])},
        )  # fmt: skip
        assert worth_of_columns(comparison, **moved)[best] == pytest.approx(one.worth_then, rel=1e-12)


@pytest.mark.parametrize(
    ("key", "said"),
    [("horizon_months", 60), ("load_profile", "coding"), ("self_hosting.precision", "bf16"), ("hosted.discount", 0.15)],
)
def test_a_choice_gives_what_the_case_gives_that_makes_it(key: str, said: Any) -> None:
    one = five_keys().own[key]
    assert one.alternative == in_words(said)
    told = worth_by_side(basis_with_all(resolve(with_said(Case.from_dict(FIVE_KEYS), key, said))))
    assert one.worth_then == told["own"]
    assert one.worth == worth_by_side(basis_with_all(resolved()))["own"]


def test_what_is_said_is_in_the_list_no_longer() -> None:
    """Every default of the five-key case, said as it stands: its key goes, and all others stay."""
    before = left_in(resolved())
    assert {*five_keys().bought, *five_keys().own} <= before.keys()
    for key, stands in before.items():
        after = left_in(resolve(with_said(Case.from_dict(FIVE_KEYS), key, IN_A_CASE.get(key, stands))))
        assert before.keys() - after.keys() == {key} | GO_WITH.get(key, set())


IN_A_CASE = {
    "self_hosting.promise": {"ttft_seconds": 1, "tpot_seconds": 0.05},
    "self_hosting.purchase": [{"mode": "rented"}],
}
GO_WITH = {  # a stated speed leaves nothing open of how it came to be
    "self_hosting.tokens_per_second": {
        "self_hosting.precision", "self_hosting.kv_cache", "self_hosting.promise", "self_hosting.gpus_per_replica",
    }
}  # fmt: skip


def left_in(found: Resolved) -> dict[str, Any]:
    """The keys that a case leaves open, and what is taken for them."""
    inputs = {name: one for name, one in found.inputs.items() if one.uncertain}
    likely = {key: float(np.ravel(inputs[name].likely)[0]) for name, key in defaults_left(inputs).items()}
    return {**likely, **choices_left(found)}


def test_the_largest_defaults_of_the_five_key_case() -> None:
    """Right values, by hand from single runs of the case: the horizon and the precision."""
    study = five_keys_study()
    assert study.unsaid == in_order(study.unsaid)
    assert {one.key for one in study.unsaid[:3]} == {
        "assumptions.growth_per_month", "hosted.price_change_per_month", "horizon_months",
    }  # fmt: skip
    precision = five_keys().own["self_hosting.precision"]
    assert (precision.stands, precision.alternative) == ("fp8", "bf16")
    assert precision.moves < -0.2 * five_keys().hosted_cost


def test_what_has_neither_a_range_nor_an_alternative_moves_little() -> None:
    """Halved or doubled, no other default of the five-key case moves anything by 2 % of the hosted cost."""
    basis = basis_with_all(resolved())
    comparison = without_idle(comparison_of(basis))
    listed, whole = {**five_keys().bought, **five_keys().own}, five_keys().hosted_cost
    start, loud = worth_of_columns(comparison), []
    for name, one in basis.inputs.items():
        if one.uncertain or not is_default(name, one) or not np.any(comparison.values.get(name, 0)):
            continue
        for factor in (0.5, 2.0):
            moved = worth_of_columns(comparison, **{name: np.asarray(comparison.values[name]) * factor}) - start
            if np.max(np.abs(moved)) > 0.02 * whole:
                loud.append(name)
    unexplained = [
        name
        for name in dict.fromkeys(loud)
        if not (any(each in name for each in NAMED) or name in NOT_ASSESSED or FOLLOWS.get(name) in listed)
    ]
    assert unexplained == []


def test_only_what_concerns_the_answer_is_resolved_anew() -> None:
    """Of an answer that somebody else runs it, our own fleet is asked for its precision only."""
    found = choices_of(resolved(), "bought", worth_by_side)
    assert {each.key for each in found} == {
        "horizon_months", "load_profile", "hosted.discount", "hosted.gateway_fee", "self_hosting.precision",
    }  # fmt: skip


def test_a_case_that_says_them_leaves_no_choice() -> None:
    said = {
        "horizon_months": 36,
        "load_profile": "conversation",
        "hosted": {"discount": 0, "gateway_fee": 0},
        "self_hosting": {
            "tokens_per_second": 9000,
            "operations": "business-hours",
            "redundancy": "api",
            "purchase": [{"mode": "rented"}],
        },
        "people": {"night_hours": 8},
    }
    assert choices_of(resolve(Case.from_dict({**FIVE_KEYS, **said})), "own", worth_by_side) == ()


def test_an_alternative_that_gives_no_answer_says_why() -> None:
    """DeepSeek's 671 billion parameters at 16 bit fit on no 16 H100."""
    found = choices_of(resolved(open_model="deepseek-r1"), "own", worth_by_side)
    (at_16_bit,) = (each for each in found if each.key == "self_hosting.precision")
    assert at_16_bit.cannot.startswith("deepseek-r1 in bf16 does not fit on 16 × H100-SXM-80GB")
    assert all(one.key != "self_hosting.precision" for one in unsaid_choices(found, "own"))


def test_a_study_that_is_judged_again_from_its_file_tells_the_same() -> None:
    study = five_keys_study()
    again = judge(basis_from_json(study_document(study)), scenarios=0)
    assert [(one.key, one.alternative) for one in again.unsaid] == [(one.key, one.alternative) for one in study.unsaid]
    assert [one.worth_then for one in again.unsaid] == pytest.approx([one.worth_then for one in study.unsaid])


def test_each_default_moves_the_option_that_it_is_told_of() -> None:
    basis = basis_with_all(resolved())
    comparison = comparison_of(basis)
    bars = [Bar(name="usable_share", low=0.6, high=0.9, worth_at_low=1.0, worth_at_high=2.0)]
    found: tuple[Unsaid, ...] = left_open(basis, comparison, 2, bars)
    assert [one.worth for one in found] == [pytest.approx(worth_of_columns(comparison)[2])]
