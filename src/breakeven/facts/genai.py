"""Hosted prices from the genai-prices wheel. Its snapshot is semi-public: pinned below 0.3, used here only.

Matching there is fuzzy and a batch price falls back to the standard one without a word, so an id must be
exact here, and batch is read from the model's own variants.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from importlib.metadata import version
from typing import Any

from breakeven.facts.age import UNKNOWN, first_day
from breakeven.facts.records import HostedPrice
from breakeven.numbers.inputs import Source

RELEASED = {"0.2.3": "2026-11-10"}  # the day of each wheel: its prices are not later
MINUTES = 24 * 60
_RATES = ("input", "output", "cache_read", "cache_write")  # priced there as <rate>_mtok
Provider = Any  # genai_prices.types.Provider
Model = Any  # genai_prices.types.ModelInfo
Prices = Any  # genai_prices.types.ModelPrice


def _snapshot() -> Any:
    from genai_prices.data_snapshot import get_snapshot  # noqa: PLC0415 half a second, on use only

    return get_snapshot()


@cache
def _providers() -> dict[str, Provider]:
    return {each.id: each for each in _snapshot().providers}


def hosts() -> tuple[str, ...]:
    """The hosts that genai-prices knows."""
    return tuple(_providers())


def model_ids(host: str) -> tuple[str, ...]:
    """The exact ids of the host's own models; empty for a host it does not know."""
    provider = _providers().get(host.lower())
    return tuple(each.id for each in provider.models) if provider else ()


def resolved_id(host: str, model: str) -> str:
    """The id that genai-prices would take the name for, or an empty string: only ever a suggestion."""
    try:
        return str(_snapshot().find_provider_model(model, None, host, None)[1].id)
    except LookupError:
        return ""


def price(host: str, model: str, on: datetime.date) -> HostedPrice | None:
    """The price on a day of the model with exactly this id; None when there is none per token."""
    listed_price = _exact(host, model)
    if listed_price is None:
        return None
    provider, info = listed_price
    lent = provider.id != host.lower()
    days_prices = [info.get_prices(moment) for moment in _moments(info, on)]
    rates = [_mean([getattr(days_price, f"{rate}_mtok") for days_price in days_prices]) for rate in _RATES]
    if rates[0] is None or rates[1] is None:
        return None
    batch_input, batch_output = (None, None) if lent else _batch(info, on)
    notices = [*_notices(info, days_prices, on), *_borrowed(host, provider.id, lent)]
    return HostedPrice(
        host=host.lower(),
        model=info.id,
        input_price_per_mtok=rates[0],
        output_price_per_mtok=rates[1],
        cached_input_price_per_mtok=rates[2],
        cache_write_price_per_mtok=rates[3],
        batch_input_price_per_mtok=batch_input,
        batch_output_price_per_mtok=batch_output,
        source=_source(provider, info, on),
        notices=tuple(notices),
    )


def _exact(host: str, model: str) -> tuple[Provider, Model] | None:
    """The model with this id at the host, or at one whose prices stand in for the host's (Azure: OpenAI)."""
    providers = _providers()
    if (own := providers.get(host.lower())) is None:
        return None
    lenders = [providers[key] for key in own.fallback_model_providers or () if key in providers]
    for provider in [own, *lenders]:
        for info in provider.models:
            if info.id.lower() == model.lower():
                return provider, info
    return None


def _moments(info: Model, on: datetime.date) -> list[datetime.datetime]:
    """Noon UTC of the day; every minute of it when the price depends on the clock."""
    midnight = datetime.datetime.combine(on, datetime.time(), tzinfo=datetime.UTC)
    by_clock = any(hasattr(each, "start_time") for each in _constraints(info))
    minutes = range(MINUTES) if by_clock else [MINUTES // 2]
    return [midnight + datetime.timedelta(minutes=each) for each in minutes]


def _constraints(info: Model) -> Iterator[Any]:
    conditional = info.prices if isinstance(info.prices, list) else []
    return (each.constraint for each in conditional if each.constraint is not None)


def _base(rate: Any) -> Decimal | None:
    """The price of a short request: a rate is a number, or a base with dearer tiers above."""
    return rate if rate is None or isinstance(rate, Decimal) else rate.base


def _mean(rates: list[Any]) -> float | None:
    known = [each for each in map(_base, rates) if each is not None]
    return float(sum(known) / len(known)) if len(known) == len(rates) else None


def _batch(info: Model, on: datetime.date) -> tuple[float | None, float | None]:
    """Batch input and output price; None where the host lists none on that day."""
    noon = datetime.datetime.combine(on, datetime.time(12), tzinfo=datetime.UTC)
    found: dict[str, float | None] = {}
    for each in _batch_variants(info):
        if each.constraint is None or each.constraint.active(noon):
            for rate, value in vars(each.prices).items():
                found.setdefault(rate, _mean([value]))
    return found.get("input_mtok"), found.get("output_mtok")


def _batch_variants(info: Model) -> list[Any]:
    return [each for each in info.price_variants or () if each.when == {"processing": "batch"}]


def _notices(info: Model, days_prices: list[Prices], on: datetime.date) -> Iterator[str]:
    yield from _long_requests(days_prices[0])
    bases = [
        days_price for days_price in (_base(prices.input_mtok) for prices in days_prices) if days_price is not None
    ]
    if min(bases) < max(bases):
        span = f"{min(bases):g} to {max(bases):g} USD per million input tokens"
        yield f"the price depends on the hour (UTC), {span}: the average over 24 hours is used"
    if (fee := _base(days_prices[0].requests_kcount)) is not None:
        yield f"the host also bills {fee:g} USD per 1,000 requests, which is not counted"
    starts = [
        batch_variant.constraint.start_date for batch_variant in _batch_variants(info) if batch_variant.constraint
    ]
    if starts and min(starts) > on:
        yield f"genai-prices knows the batch rate from {min(starts)} on only"
    if info.deprecated:
        yield "the host has announced the end of this model"
    if max(bases) == 0:
        yield "the listed price is zero: a free offer is limited and may end"
    if (released := first_day(_released())) and on < released and not _has_history(info):
        yield f"genai-prices gives one price without history, of {released}: it stands in for {on}"


def _long_requests(prices: Prices) -> Iterator[str]:
    """One notice a tier: a request beyond its start pays the tier's price for all of its tokens."""
    tiers: dict[int, dict[str, Decimal]] = {}
    for rate in ("input", "output"):
        for tier in getattr(getattr(prices, f"{rate}_mtok"), "tiers", ()):
            tiers.setdefault(tier.start, {})[rate] = tier.price
    for start, dearer in sorted(tiers.items()):
        costs = ", ".join(f"{rate} {value:g}" for rate, value in dearer.items())
        yield (
            f"requests over {start:,} input tokens cost {costs} USD per million tokens, "
            "for all of their tokens: the base price is used"
        )


def _borrowed(host: str, lender: str, lent: bool) -> Iterator[str]:
    if lent:
        yield f"genai-prices has no price of {host} for this model: that of {lender} stands in"


def _has_history(info: Model) -> bool:
    return any(hasattr(each, "start_date") for each in _constraints(info))


def _released() -> str:
    return RELEASED.get(version("genai-prices"), UNKNOWN)


def _source(provider: Provider, info: Model, on: datetime.date) -> Source:
    """The wheel, dated: the day asked for where the history covers it, else the wheel's own day."""
    starts = [each.start_date for each in _constraints(info) if hasattr(each, "start_date")]
    since = max((each for each in starts if each <= on), default=None)
    date, released = _released(), first_day(_released())
    if starts and released and on < released:
        date = on.isoformat()
    title = f"genai-prices {version('genai-prices')} (wheel){f', price since {since}' if since else ''}"
    return Source(title=title, address=(provider.pricing_urls or [""])[0], date=date)
