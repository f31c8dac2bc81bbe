"""`quick` on the worked examples W1 and W2 of the model, and on the edges between the verdicts."""

from __future__ import annotations

import json
import time
from fractions import Fraction

import pytest

from breakeven.quick import quick
from breakeven.quick.answer import QuickAnswer

HIGH = {"tokens": 50000, "hosted_price": 0.5, "gpu_monthly": 1500, "gpus": 8, "eng_monthly": 8000}
LOW = {**HIGH, "tokens": 50, "gpus": 2}
STAIRS = {"tokens": 24000, "hosted_price": 0.5, "gpu_monthly": 5000, "eng_monthly": 4000, "gpu_capacity": 20000}
BRIEF_STAIRS = {"tokens": 50000, "hosted_price": 0.5, "gpu_monthly": 1500, "eng_monthly": 8000, "gpu_capacity": 6250}


def ask(base: dict[str, object], **changed: object) -> QuickAnswer:
    return quick(**{**base, **changed})


def test_the_high_example_wins_and_is_fragile() -> None:
    got = ask(HIGH)
    assert (got.hosted_usd, got.self_hosted_usd, got.cheaper) == (25000, 20000, "self-hosted")
    assert (got.verdict, got.saving_usd) == ("FRAGILE", 5000.0)
    assert got.break_even_mtok == (40000.0,)
    assert got.win_intervals == ((40000.0, None),)
    assert got.win_interval_count == 1
    assert (got.margin_of_safety.below, got.margin_of_safety.above) == (0.2, None)


def test_the_high_example_flips() -> None:
    got = ask(HIGH)
    expected = {
        "tokens": (-0.2, 40000),
        "hosted-price": (-0.2, 0.4),
        "gpu-monthly": (0.4166666667, 2125),
        "eng-monthly": (0.625, 13000),
        "gpus": (0.5, 12),
    }
    assert got.flips.keys() == got.flips_at.keys() == expected.keys()
    assert got.flips == pytest.approx({name: change for name, (change, _) in expected.items()})
    assert got.flips_at == {name: at for name, (_, at) in expected.items()}


def test_eleven_gpus_still_win_and_twelve_do_not() -> None:
    assert (ask(HIGH, gpus=11).self_hosted_usd, ask(HIGH, gpus=11).verdict) == (24500, "FRAGILE")
    assert ask(HIGH, gpus=12).verdict == "LOSES"


def test_the_high_example_at_half_the_utilization() -> None:
    got = ask(HIGH)
    assert got.to_json()["half_volume"] == {"hosted_usd": 12500, "self_hosted_usd": 20000, "cheaper": "hosted"}
    t1, t2 = got.half_utilization["T1"], got.half_utilization["T2"]
    assert (t1.hosted_usd, t1.self_hosted_usd, t1.gpus, t1.passes) == (12500, 20000, 8, False)
    assert (t2.hosted_usd, t2.self_hosted_usd, t2.gpus, t2.passes) == (25000, 32000, 16, False)


def test_without_a_capacity_the_windows_carry_a_warning() -> None:
    got = ask(HIGH)
    assert "19,025.88 tokens/s in all, 2,378.23 per GPU" in got.capacity_warning
    assert got.omitted[0] == got.capacity_warning
    assert got.load.tokens_per_second == pytest.approx(19025.875190)
    assert got.load.utilization is None


def test_the_low_example_loses_and_little_can_flip_it() -> None:
    got = ask(LOW)
    assert (got.hosted_usd, got.self_hosted_usd, got.cheaper, got.verdict) == (25, 11000, "hosted", "LOSES")
    assert got.break_even_mtok == (22000.0,)
    assert got.margin_of_safety.to_nearest == 439.0
    assert got.flips == {
        "tokens": 439.0, "hosted-price": 439.0, "gpu-monthly": None, "eng-monthly": None, "gpus": None,
    }  # fmt: skip


def test_two_break_evens_with_a_fleet_that_follows_the_volume() -> None:
    got = ask(STAIRS)
    assert got.verdict == "LOSES"
    assert got.break_even_mtok == (18000.0, 28000.0)
    assert got.win_intervals == ((18000.0, 20000.0), (28000.0, None))
    assert got.win_interval_count == 2
    assert got.saving_usd == -2000
    assert got.load.utilization == 0.6
    assert got.capacity_warning is None


@pytest.mark.parametrize(
    ("tokens", "saving", "wins"),
    [(18000, 0, False), (18001, 0.5, True), (20000, 1000, True), (20001, -3999.5, False), (40000, 6000, True)],
)
def test_the_intervals_are_half_open(tokens: int, saving: float, wins: bool) -> None:
    got = ask(STAIRS, tokens=tokens)
    assert got.saving_usd == saving
    assert (got.verdict != "LOSES") is wins
    assert (got.margin_of_safety.below is not None) is wins


def test_the_brief_s_own_prices_with_a_fleet_that_scales() -> None:
    assert ask(BRIEF_STAIRS).win_intervals == ((31000.0, 31250.0), (34000.0, None))


def test_tokens_flip_to_the_nearest_edge_in_either_direction() -> None:
    assert ask(STAIRS, tokens=24000).flips_at["tokens"] == 20000
    assert ask(STAIRS, tokens=26000).flips_at["tokens"] == 28000
    assert ask(STAIRS, tokens=19500).flips_at["tokens"] == 20000
    assert ask(STAIRS, tokens=18200).flips_at["tokens"] == 18000
    assert ask(STAIRS, tokens=20000).flips["tokens"] == 0.0


def test_capacity_flips_at_the_step_that_turns_the_answer() -> None:
    assert ask(STAIRS).flips_at["gpu-capacity"] == 24000  # one GPU carries all: 9,000 < 12,000
    assert ask(STAIRS, gpu_capacity=24000).saving_usd == 3000
    got = ask(BRIEF_STAIRS)  # 8 GPUs: 12 lose, so the volume must just not fit on 11
    assert got.flips_at["gpu-capacity"] == pytest.approx(50000 / 11)
    assert ask(BRIEF_STAIRS, gpu_capacity=Fraction(50000, 11)).verdict == "FRAGILE"
    assert ask(BRIEF_STAIRS, gpu_capacity=4545).verdict == "LOSES"


def test_a_given_fleet_is_ignored_when_the_capacity_is_known() -> None:
    got, without = ask(STAIRS, gpus=3), ask(STAIRS)
    assert got.win_intervals == without.win_intervals
    assert got.self_hosted_usd == without.self_hosted_usd == 14000
    assert got.flips["gpus"] is None
    assert any("--gpus 3 is ignored" in each for each in got.omitted)


def test_a_stated_fleet_that_cannot_serve_the_plan_is_told_so() -> None:
    small, large = (ask({**STAIRS, "gpus": each}).omitted[0] for each in (1, 1000))
    assert "times that; with --gpu-capacity the fleet follows the volume" in small
    assert "the plan is no more; " in large


def test_never_when_a_full_gpu_costs_the_hosted_price() -> None:
    got = ask(STAIRS, gpu_monthly=10000)
    assert got.verdict == "NEVER"
    assert (got.win_intervals, got.break_even_mtok, got.win_interval_count) == ((), (), 0)
    assert got.flips["tokens"] is None
    assert got.margin_of_safety.to_nearest is None
    assert ask(STAIRS, gpu_monthly=10000, eng_monthly=0).verdict == "NEVER"
    assert ask(STAIRS, gpu_monthly=9999).verdict == "LOSES"


def test_never_when_the_hosted_tokens_are_free() -> None:
    got = ask(HIGH, hosted_price=0)
    assert got.verdict == "NEVER"
    assert (got.flips["hosted-price"], got.flips_at["hosted-price"]) == (None, 0.4)


def test_a_tie_buys_while_the_brief_s_word_stays() -> None:
    got = ask(HIGH, tokens=40000)
    assert (got.saving_usd, got.cheaper, got.verdict) == (0.0, "self-hosted", "LOSES")
    assert "both cost the same" in got.sentence


def test_holds_is_the_best_class() -> None:
    got = ask(HIGH, tokens=200000)
    assert got.verdict == "HOLDS"
    assert all(each.passes for each in got.half_utilization.values())
    assert "Chance and gates not examined" in got.sentence


def test_free_hardware_and_people_win_everywhere() -> None:
    got = ask(HIGH, gpu_monthly=0, eng_monthly=0)
    assert (got.win_intervals, got.break_even_mtok, got.verdict) == (((0.0, None),), (), "HOLDS")


def test_decimals_are_what_they_say() -> None:
    """Three tenths: in floats 3 x 0.1 is more than 0.3, and the tie would be lost."""
    got = quick(tokens=3, hosted_price="0.1", gpu_monthly="0.3", gpus=1, eng_monthly=0)
    assert (got.saving_usd, got.verdict, got.break_even_mtok) == (0.0, "LOSES", (3.0,))


def test_the_top_figures_are_the_brief_s_function_s() -> None:
    from breakeven.quick import tco_compare

    got = quick(tokens=100, hosted_price="2.675", gpu_monthly="0.1", gpus=3, eng_monthly="0.2")
    expected = tco_compare(100, 2.675, 0.1, 3, 0.2)
    assert {name: getattr(got, name) for name in expected} == expected


def test_utilization_changes_nothing_and_is_told() -> None:
    got, without = ask(HIGH, utilization=0.9).to_json(), ask(HIGH).to_json()
    assert any("--utilization 0.9 is not used" in each for each in got["omitted"])
    assert {k: v for k, v in got.items() if k not in {"omitted", "inputs"}} == {
        k: v for k, v in without.items() if k not in {"omitted", "inputs"}
    }


def test_json_has_plain_lists_and_numbers() -> None:
    got = json.loads(json.dumps(ask(STAIRS).to_json(), allow_nan=False))
    assert got["win_intervals"] == [[18000.0, 20000.0], [28000.0, None]]
    assert got["break_even_mtok"] == [18000.0, 28000.0]
    assert got["inputs"]["gpus"] is None


def test_a_huge_staircase_is_instant_and_counted() -> None:
    start = time.process_time()
    got = quick(tokens="1e12", hosted_price="0.500001", gpu_monthly=10000, gpu_capacity=20000, eng_monthly="1e12")
    assert time.process_time() - start < 1
    assert got.win_interval_count == 500_000
    assert len(got.win_intervals) == len(got.break_even_mtok) == 21
    assert got.win_intervals[-1][1] is None
    json.dumps(got.to_json(), allow_nan=False)


def test_a_thousand_intervals_are_all_listed() -> None:
    thousand = {"tokens": 5, "hosted_price": "1.001", "gpu_monthly": 1, "gpu_capacity": 1, "eng_monthly": 0}
    assert (ask(thousand).win_interval_count, len(ask(thousand).win_intervals)) == (1000, 1000)
    more = ask(thousand, hosted_price="1.0009")
    assert (more.win_interval_count, len(more.win_intervals)) == (1112, 21)
