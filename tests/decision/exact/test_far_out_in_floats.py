"""Far out, floats say of a net present value what exact fractions say, and from no nearer on."""

from __future__ import annotations

import pytest

from breakeven.decision.exact.along import Along
from breakeven.decision.exact.reach import NotSure, Reach
from breakeven.study.case.case import Case
from breakeven.study.resolve.resolve import resolve


@pytest.mark.parametrize("price", [0.4, 2.69, 9.0])
@pytest.mark.parametrize("speed", [800, 9_000])
def test_floats_and_fractions_agree_on_what_is_far_out(price: float, speed: float) -> None:
    case = Case.from_dict(
        {
            "as_of": "2026-11-21",
            "hosted_model": "openai/gpt-4o-mini",
            "tokens_per_month": 30e9,
            "self_hosting": {
                "model": "llama-3.3-70b",
                "gpu": "h100",
                "gpus_per_replica": 2,
                "precision": "fp8",
                "tokens_per_second": speed,
                "purchase": [{"mode": "rented", "price_per_gpu_hour": price}],
            },
        }
    )
    comparison = resolve(case).comparison
    for option in range(1, len(comparison.names)):
        line = Along(
            comparison.model, comparison.pair(option), wanted="net_present_value", name="volume_scale", option=1
        )
        assert line.by_month
        rough, exact = line._far(Reach(rough=True), line.inexact), line._far(Reach(), line.fixed)
        assert rough.sign == exact.sign != 0
        assert rough.beyond >= exact.beyond


def test_a_sum_of_floats_that_is_next_to_nothing_is_not_trusted() -> None:
    assert Reach().sum_of(1.0, -1.0 + 1e-13) == pytest.approx(1e-13, rel=1e-2)
    with pytest.raises(NotSure):
        Reach(rough=True).sum_of(1.0, -1.0 + 1e-13)
    assert Reach(rough=True).sum_of(1.0, -1.0) == 0
