"""Hosted prices and terms of the case, as inputs over the workload axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from breakeven.facts.catalog import hosted_price, stale_notice
from breakeven.facts.records import HostedPrice
from breakeven.numbers.inputs import Input, Kind, KnownFrom, Source, mixed
from breakeven.numbers.operations import MONTH, STEP, WORKLOAD, along
from breakeven.problems import Notice, Problem
from breakeven.study.case.case import Case
from breakeven.study.register import register, stated_input
from breakeven.study.resolve.currency import FACTS, bill_rate, rate
from breakeven.study.resolve.demand import Use


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPrice:
    """What one workload pays: prices per MTok and the multipliers that hang on them."""

    input_price_per_mtok: float
    output_price_per_mtok: float
    cache_read_multiplier: float
    cache_write_surcharge: float
    batch_multiplier: float
    source: Source
    kind: Kind
    notices: tuple[Notice, ...]


FIELDS = (
    "input_price_per_mtok",
    "output_price_per_mtok",
    "cache_read_multiplier",
    "cache_write_surcharge",
    "batch_multiplier",
)


def price_of(case: Case, use: Use) -> ListPrice:
    """The catalogue's price of the workload's hosted model on the case's day; what the case states wins."""
    stated = use.stated
    own = {name: _worth(case, getattr(stated, name)) for name in FIELDS[:2]}
    if use.hosted_model is None:
        if stated.input_price_per_mtok is None or stated.output_price_per_mtok is None:
            raise Problem(
                f'workload "{use.name}" names no hosted model and no prices',
                where=case.place(*use.at),
                fix="Give hosted_model: host/model, or input_price_per_mtok and output_price_per_mtok.",
            )
        return ListPrice(
            **{name: float(value) for name, value in own.items() if value is not None},
            cache_read_multiplier=1.0,
            cache_write_surcharge=0.0,
            batch_multiplier=1.0,
            source=case.source(*use.at),
            kind="published",
            notices=(Notice(what=f"{use.name}: no cache or batch rate is stated, so none is counted."),),
        )
    return _listed(case, use, _found(case, use), own)


def _worth(case: Case, price: float | None) -> float | None:
    """A stated price is one of the bill, in the bill's currency."""
    return None if price is None else price * bill_rate(case)


def _found(case: Case, use: Use) -> HostedPrice:
    assert use.hosted_model is not None
    at = (*use.at, "hosted_model") if use.stated.hosted_model else ("hosted_model",)
    with case.telling(*at):
        return hosted_price(use.hosted_model, on=case.as_of)


def _listed(case: Case, use: Use, listed: HostedPrice, own: dict[str, float | None]) -> ListPrice:
    base, usd = listed.input_price_per_mtok, rate(case, FACTS)
    cached, written, batch = (
        listed.cached_input_price_per_mtok,
        listed.cache_write_price_per_mtok,
        listed.batch_input_price_per_mtok,
    )
    notices = [Notice(what=f"{use.hosted_model}: {notice}") for notice in listed.notices]
    stale = stale_notice(f"hosted price of {use.hosted_model}", listed.source, case.as_of)
    ours = own["input_price_per_mtok"] is not None or own["output_price_per_mtok"] is not None
    return ListPrice(
        input_price_per_mtok=base * usd if own["input_price_per_mtok"] is None else own["input_price_per_mtok"],
        output_price_per_mtok=(
            listed.output_price_per_mtok * usd if own["output_price_per_mtok"] is None else own["output_price_per_mtok"]
        ),
        cache_read_multiplier=1.0 if cached is None or not base else cached / base,
        cache_write_surcharge=0.0 if written is None or not base else max(written / base - 1, 0.0),
        batch_multiplier=1.0 if batch is None or not base else batch / base,
        source=case.source(*use.at) if ours else listed.source,
        kind="published" if listed.source.date != "unknown" else "assumed",
        notices=(*notices, *([stale] if stale else [])),
    )


def hosted_inputs(case: Case, prices: Sequence[ListPrice]) -> dict[str, Input]:
    """Prices and contract terms as inputs."""
    defaults = register()
    known = [KnownFrom(kind=price.kind, source=price.source) for price in prices]
    prices_paid = {
        name: mixed(
            stated_input(defaults[name], name, along(WORKLOAD, [getattr(price, name) for price in prices])),
            WORKLOAD,
            known,
        )
        for name in FIELDS
    }
    return prices_paid | _stacking(case, prices) | _terms(case) | _commitments(case)


def stacked_multiplier(case: Case, price: ListPrice) -> float:
    """The price of cached input inside a batch of one price, by the case's rule."""
    return float(np.ravel(_stacking(case, [price])["batch_cached_multiplier"].likely)[0])


def _stacking(case: Case, prices: Sequence[ListPrice]) -> dict[str, Input]:
    """The price of cached input inside a batch: both discounts, the cache's only, or the batch's only."""
    rule = case.file.hosted.batch_and_cache
    batch, cache = (along(WORKLOAD, [getattr(each, name) for each in prices]) for name in FIELDS[4:1:-2])
    value = {"multiply": batch * cache, "cache_wins": cache, "none": batch}[rule]
    return {"batch_cached_multiplier": case_input(case, "batch_cached_multiplier", value, "hosted", "batch_and_cache")}


def _terms(case: Case) -> dict[str, Input]:
    """Discount, fee, retries, tokenizer, price path: only what the case states."""
    terms = case.file.hosted
    stated = {
        "hosted_discount": ("discount", terms.discount),
        "gateway_fee_share": ("gateway_fee", terms.gateway_fee),
        "retry_factor": ("retry_factor", terms.retry_factor),
        "tokenizer_ratio": ("tokenizer_ratio", terms.tokenizer_ratio),
        "hosted_price_change_per_month": ("price_change_per_month", terms.price_change_per_month),
    }
    return {
        name: case_input(case, name, value, "hosted", field)
        for name, (field, value) in stated.items()
        if value is not None
    }


def _commitments(case: Case) -> dict[str, Input]:
    """Tiers over the step axis, committed units, and the minimum bill over the months it runs."""
    terms, months = case.file.hosted, case.file.horizon_months
    committed: dict[str, Input] = {}
    if terms.tiers:
        edges = [0.0, *(tier.from_tokens_per_month / 1e6 for tier in terms.tiers)]
        shares = [1.0, *(tier.price_share for tier in terms.tiers)]
        steps = [shares[0], *(after - before for before, after in pairwise(shares))]
        committed["tier_from_mtok"] = case_input(case, "tier_from_mtok", along(STEP, edges), "hosted", "tiers")
        committed["tier_price_step"] = case_input(case, "tier_price_step", along(STEP, steps), "hosted", "tiers")
        slab = 1.0 if terms.tier_kind == "slab" else 0.0
        committed["tiers_are_slabs"] = case_input(case, "tiers_are_slabs", slab, "hosted", "tier_kind")
    if terms.committed is not None:
        held = terms.committed
        for name, value in (
            ("unit_price_per_hour", held.price_per_unit_hour * bill_rate(case)),
            ("unit_tokens_per_minute", held.input_tokens_per_minute_per_unit),
            ("output_work_weight", held.output_work_weight),
            ("cached_work_weight", held.cached_work_weight),
        ):
            committed[name] = case_input(case, name, value, "hosted", "committed")
        if held.months:
            owed = along(MONTH, [held.units if month < held.months else 0.0 for month in range(months)])
            committed["units_under_contract"] = case_input(case, "units_under_contract", owed, "hosted", "committed")
    if terms.minimum_bill_per_month:
        runs = months if terms.minimum_bill_months is None else terms.minimum_bill_months
        monthly = terms.minimum_bill_per_month * bill_rate(case)
        bill = [monthly if month < runs else 0.0 for month in range(months)]
        committed["minimum_bill"] = case_input(
            case, "minimum_bill", along(MONTH, bill), "hosted", "minimum_bill_per_month"
        )
    return committed


def case_input(case: Case, name: str, value: object, *at: str | int) -> Input:
    """An input that the case states, with the place in the file as its source."""
    known = stated_input(register()[name], name, value)
    return replace(known, kind="assumed" if known.kind == "modelled" else known.kind, source=case.source(*at))
