"""Bad input of the decision itself: each with its message, no traceback, no silent default."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from lottery import comparison, lognormal, module, one, replicas

from breakeven import Case, Problem, Problems, assess
from breakeven.decision.comparison import Comparison
from breakeven.decision.finance.horizon import horizon
from breakeven.decision.risk.correlation import Correlation
from breakeven.decision.risk.draws import draws
from breakeven.decision.risk.uncertainty import simulate
from breakeven.numbers.lines import Model, line

CASE: dict[str, Any] = {
    "as_of": "2026-11-21",
    "horizon_months": 6,
    "api_spend_per_month": 20000,
    "hosted_model": "openai/gpt-5-mini",
    "open_model": "qwen3-8b",
    "gpu_offer": {"gpu": "h100", "price_per_gpu_hour": 2.69},
    "team": 0.5,
    "cutover_month": 1,
}


def test_correlations_that_cannot_be() -> None:
    three = {name: lognormal(1.0, 0.2) for name in "abc"}
    pairs = [("a", "b", 0.9), ("b", "c", 0.9), ("a", "c", -0.9)]
    with pytest.raises(Problem, match="not positive definite") as caught:
        draws(three, seed=1, correlations=[Correlation(first=a, second=b, rank=r) for a, b, r in pairs])
    assert "nearest that some do" in str(caught.value)


def test_low_above_high() -> None:
    with pytest.raises(Problem, match="not in rising order"):
        draws({"tokens": replace(lognormal(2.0, 0.1), low=3.0)}, seed=1)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"horizon_months": 0}, "horizon_months"),
        ({"discount_rate_per_year": -1}, "discount_rate_per_year"),
        ({"discount_rate_per_year": "-150%"}, "discount_rate_per_year"),
        ({"people": {"run_fte": {"likely": 1, "low": 2, "high": 0.5}}}, "run_fte"),
        ({"assumptions": {"gpu_price_half_life_months": 0}}, "gpu_price_half_life_months"),
        ({"platform": {"minimum_replicas": 0}}, "minimum_replicas"),
    ],
)
def test_a_case_that_says_nonsense(changed: dict[str, Any], said: str) -> None:
    with pytest.raises(Problems, match=said):
        assess(Case.from_dict(CASE | changed))


def test_nothing_saved_has_no_payback_and_no_rate() -> None:
    found = horizon(np.zeros(12), 1000.0, np.ones(12), net_present_value=-1000.0, cumulative=np.full(12, -1000.0))
    assert (found.payback.months, found.irr_per_month, found.stop_month) == (None, None, 0)


def test_all_options_infeasible_keep_buying_and_say_so() -> None:
    gates = [{"name": "residency", "applies_to": side, "verdict": "fail"} for side in ("hosted", "self-hosting")]
    found = assess(Case.from_dict(CASE | {"gates": gates}))
    assert {each.verdict for each in found.options} == {"INFEASIBLE"}
    assert found.verdict.option == 0
    assert found.least_relaxations


def test_a_line_that_gives_no_number_is_named() -> None:
    @line("USD", source="test")
    def loss(tokens, self_hosts):
        """A user's line that divides nothing by nothing."""
        return (tokens * 0) / (tokens * 0) * self_hosts

    @line("USD", source="test")
    def net_present_value(loss):
        """What it comes to."""
        return loss

    base = comparison()
    bad: Comparison = replace(base, model=Model(module(replicas, loss, net_present_value), inputs=[*base.values]))
    with np.errstate(invalid="ignore"), pytest.raises(Problem, match="loss"):
        simulate(bad, one(), draws(one(), scenarios=2**10, seed=1))


def test_an_option_that_serves_nothing_has_numbers() -> None:
    """Everything stays on the API as a canary: no load of ours, and no NaN."""
    found = assess(Case.from_dict(CASE | {"platform": {"canary_share": 1}, "hosts": {"refuse": ["*"]}}))
    for option in found.options:
        assert np.isfinite(option.horizon.net_present_value)
        assert option.horizon.net_present_value < 0
