"""What is stated is not drawn: a bill stays the bill, a log holds what the provider has counted; our load moves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breakeven import Case
from breakeven.decision.risk.draws import at, draws
from breakeven.numbers.inputs import likely
from breakeven.numbers.operations import pick
from breakeven.study.judge.assess import comparison_of
from breakeven.study.judge.basis import basis_of
from breakeven.study.resolve.resolve import Resolved, resolve

CASE: dict[str, Any] = {
    "as_of": "2026-11-21",
    "hosted_model": "anthropic/claude-haiku-4-5",
    "open_model": "llama-3.3-70b",
    "self_hosting": {"precision": "fp8"},
    "gpu_offer": {"gpu": "h100", "price_per_gpu_hour": 2.69},
    "team": 1,
}
DRAWS = 128
SHARES = st.integers(0, 90).map(lambda each: each / 100)
TIERS = [{"from_tokens_per_month": 2e9, "price_share": 0.8}, {"from_tokens_per_month": 20e9, "price_share": 0.6}]
UNITS = {"units": 3, "price_per_unit_hour": 1.0, "input_tokens_per_minute_per_unit": 4750}
CONTRACTS: tuple[dict[str, Any], ...] = (
    {},
    {"tiers": TIERS},
    {"tiers": TIERS, "tier_kind": "slab"},
    {"committed": UNITS},
    {"minimum_bill_per_month": 100.0},
)


def resolved(**parts: Any) -> Resolved:
    return resolve(Case.from_dict({**CASE, **parts}))


def first_month(found: Resolved, line: str) -> np.ndarray:
    """A line of buying everything in the first month, in every draw."""
    drawn = draws(found.inputs, scenarios=DRAWS, seed=1)
    comparison = comparison_of(basis_of(found, "test"))
    values = at(comparison.values, found.inputs, drawn, slice(0, DRAWS))
    got = comparison.evaluate([line], **{name: value for name, value in values.items() if name != "replicas"})[line]
    return np.array(pick(got, option=0, scenario=range(DRAWS), month=0), dtype=float)


@settings(max_examples=40, deadline=None)
@given(
    spend=st.floats(5_000, 2e6),
    terms=st.fixed_dictionaries(
        {},
        optional={
            "discount": SHARES,
            "gateway_fee": st.sampled_from([0.0, 0.055]),
            "retry_factor": st.floats(1, 1.3),
            "tokenizer_ratio": st.floats(0.7, 1.4),
            "batch_and_cache": st.sampled_from(["multiply", "cache_wins", "none"]),
        },
    ),
    contract=st.sampled_from(CONTRACTS),
    cached=st.none() | SHARES,
)
def test_a_stated_bill_is_the_same_in_all_draws(
    spend: float, terms: dict[str, Any], contract: dict[str, Any], cached: float | None
) -> None:
    assumptions = {} if cached is None else {"cached_share": cached}
    found = resolved(api_spend_per_month=spend, hosted={**terms, **contract}, assumptions=assumptions)
    assert first_month(found, "api_bill") == pytest.approx(spend, rel=1e-9)


def test_it_is_our_load_that_moves_with_what_the_bill_buys() -> None:
    """The tokens of $40,000, and how many of them are ours, are what nobody knows."""
    volume = first_month(resolved(api_spend_per_month=40_000), "volume")
    assert volume.max() > 1.3 * volume.min()


def test_a_bill_that_is_stated_by_workload_stays_beside_volumes_that_are_stated() -> None:
    named = [{"name": "chat", "api_spend_per_month": 30_000}, {"name": "mail", "tokens_per_month": 2e9}]
    shares = {"cached_share": 0.2, "batch_share": 0.0, "retry_factor": 1.0, "tokenizer_ratio": 1.0}
    alone = first_month(resolved(workloads=named[1:], assumptions=shares), "api_bill")
    both = first_month(resolved(workloads=named, assumptions=shares), "api_bill")
    assert both - alone == pytest.approx(30_000, rel=1e-9)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """An hour of calls, each of 1,000 tokens in and 200 out."""
    rows = [f"2026-11-01T00:{i // 60:02d}:{i % 60:02d}Z,1000,200,m" for i in range(0, 3600, 3)]
    path = tmp_path / "log.csv"
    path.write_text("\n".join(["timestamp,input_tokens,output_tokens,model", *rows]) + "\n", encoding="utf-8")
    return path


def at_likely(found: Resolved, line: str, option: int) -> float:
    got = comparison_of(basis_of(found, "test")).evaluate([line], **likely(found.inputs))[line]
    return float(pick(got, option=option, month=0))


def test_a_log_holds_what_the_provider_has_counted(log: Path) -> None:
    """Another tokenizer of his leaves the measured bill alone; of the same text we read fewer tokens."""
    plain, other = (resolved(log=str(log), hosted={"tokenizer_ratio": ratio}) for ratio in (1.0, 1.2))
    assert at_likely(other, "api_bill", 0) == pytest.approx(at_likely(plain, "api_bill", 0), rel=1e-12)
    assert at_likely(other, "load", 1) == pytest.approx(at_likely(plain, "load", 1) / 1.2, rel=1e-12)
    assert at_likely(other, "volume", 0) == at_likely(plain, "volume", 0)


def test_retries_are_in_a_log_already(log: Path) -> None:
    plain, stated = (resolved(log=str(log), hosted=terms) for terms in ({}, {"retry_factor": 1.5}))
    for found in (plain, stated):
        assert not found.inputs["retry_factor"].uncertain
        mtok = at_likely(found, "volume", 0)
        by_hand = mtok * (1000 / 1200 * 1.0 + 200 / 1200 * 5.0)  # the list prices of claude-haiku-4-5
        cached = float(np.ravel(found.inputs["cached_share"].likely)[0])
        by_hand -= mtok * 1000 / 1200 * cached * 0.9
        assert at_likely(found, "api_bill", 0) == pytest.approx(by_hand, rel=1e-9)
    assert "retry_factor adds nothing" in " ".join(map(str, stated.notices))


def test_volumes_that_are_stated_are_our_count() -> None:
    """A case that states tokens, not a bill, pays for them by the provider's count, retries on top."""
    plain, other = (
        resolved(tokens_per_month=2e9, hosted={"tokenizer_ratio": ratio, "retry_factor": retry})
        for ratio, retry in ((1.0, 1.0), (1.2, 1.1))
    )
    assert at_likely(other, "api_bill", 0) == pytest.approx(at_likely(plain, "api_bill", 0) * 1.32, rel=1e-12)
    assert at_likely(other, "load", 1) == at_likely(plain, "load", 1)
