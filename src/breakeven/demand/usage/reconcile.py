"""Tokens times price against the bill: what they should have cost, what they did, and what explains the gap."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from re import fullmatch, sub

import numpy as np

from breakeven.demand.log.minutes import MinuteTable
from breakeven.facts import catalog
from breakeven.facts.records import HostedPrice
from breakeven.problems import Problem

MAKERS = ("openai", "anthropic", "google", "mistral", "deepseek", "cohere", "x-ai", "moonshotai")
NANO = 1e-9
SMALL_GAP = 0.01  # of the bill: below it nothing needs explaining


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCost:
    """One model of the log. `computed` is None where no price is known, `billed` where the log has no costs."""

    model: str
    price: HostedPrice | None
    requests: int
    input_tokens: int
    cached_input_tokens: int
    output_tokens: int
    computed: float | None
    billed: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """Amounts in USD over the log's own time. `bill` is the person's own or the log's; the gap is bill - computed.

    `computed` is None where no model has a known price. A log whose costs are in another currency has no bill of its
    own: no rate of exchange is known.
    """

    models: tuple[ModelCost, ...]
    computed: float | None
    bill: float | None
    bill_given: bool
    explanations: tuple[str, ...]

    @property
    def gap(self) -> float | None:
        """What the bill has that tokens times price has not."""
        return None if self.bill is None or self.computed is None else self.bill - self.computed


def reconcile(
    table: MinuteTable, *, bill: float | None, on: datetime.date, prices: Mapping[str, str] | None = None
) -> Reconciliation:
    """The log's tokens at the prices of a day, model by model. `prices` names "host/model" for a model of the log."""
    if bill is not None and not 0 <= bill < float("inf"):
        raise Problem(f"a bill of {bill:g}", where="--bill", fix="Give what was paid in the log's time, in USD.")
    models = tuple(_model_costs(table, on, prices or {}))
    if foreign(table):
        models = tuple(replace(model, billed=None) for model in models)
    logged = [model.billed for model in models if model.billed is not None]
    total = bill if bill is not None else (sum(logged) if logged else None)
    known = [model.computed for model in models if model.computed is not None]
    computed = sum(known) if known else None
    return Reconciliation(
        models=models,
        computed=computed,
        bill=total,
        bill_given=bill is not None,
        explanations=tuple(_explanations(table, models, computed, total)),
    )


def foreign(table: MinuteTable) -> tuple[str, ...]:
    """The currencies of the log's costs, where any is not USD: sums over them mean nothing in USD."""
    return table.currencies if set(table.currencies) - {"USD"} else ()


def _model_costs(table: MinuteTable, on: datetime.date, prices: Mapping[str, str]) -> Iterator[ModelCost]:
    names, place = np.unique(np.array(table.model, dtype=object), return_inverse=True)
    totals = {column: np.zeros(names.size, dtype=np.int64) for column in table.columns if column != "minute"}
    for column, total in totals.items():
        np.add.at(total, place, table[column])
    for i, name in enumerate(names.tolist()):
        sums = {column: int(total[i]) for column, total in totals.items()}
        yield _model_cost(name, sums, price_of(prices.get(name, name), on))


def _model_cost(name: str, sums: Mapping[str, int], price: HostedPrice | None) -> ModelCost:
    return ModelCost(
        model=name,
        price=price,
        requests=sums["requests"],
        input_tokens=sums["input_tokens"],
        cached_input_tokens=sums["cached_input_tokens"],
        output_tokens=sums["output_tokens"],
        computed=None if price is None else _cost(sums, price),
        billed=sums["cost_nano"] * NANO if sums.get("rows_with_cost", 0) else None,
    )


def _cost(sums: Mapping[str, int], price: HostedPrice) -> float:
    """Input, cached input, cache writes and output at their rates; a rate the host lacks is its standard one."""
    cached, written = sums["cached_input_tokens"], sums.get("cache_write_tokens", 0)
    full = price.input_price_per_mtok
    parts = (
        (sums["input_tokens"] - cached - written, full),
        (cached, full if price.cached_input_price_per_mtok is None else price.cached_input_price_per_mtok),
        (written, full if price.cache_write_price_per_mtok is None else price.cache_write_price_per_mtok),
        (sums["output_tokens"], price.output_price_per_mtok),
    )
    return sum(tokens * rate for tokens, rate in parts) / 1e6


def price_of(model: str, on: datetime.date) -> HostedPrice | None:
    """The price of a model as a log names it, at its maker; None where it is not known for sure."""
    for name in (*_bedrock_names(model), *_names(model)):
        host = name.partition("/")[0]
        for full in (
            (name,) if host in catalog.hosted_hosts() and host != name else (f"{maker}/{name}" for maker in MAKERS)
        ):
            if full in _priced(full.partition("/")[0]):
                try:
                    return catalog.hosted_price(full, on=on)
                except Problem:
                    continue  # no price by the token on that day
    return None


@cache
def _priced(host: str) -> frozenset[str]:
    return (
        frozenset(each.lower() for each in catalog.hosted_models(host))
        if host in catalog.hosted_hosts()
        else frozenset()
    )


def _names(model: str) -> tuple[str, ...]:
    """The name, then without its date or version: gpt-4o-2024-08-06 is priced as gpt-4o."""
    plain = model.strip().lower().removeprefix("models/")
    undated = sub(r"[-@](\d{4}-\d{2}-\d{2}|\d{8}|latest)$", "", plain)
    return tuple(dict.fromkeys(each for each in (plain, undated) if each))


def _bedrock_names(model: str) -> tuple[str, ...]:
    """A model as Bedrock logs it, as the price list of AWS names it: by its ARN or inference profile, with its region.

    us.anthropic.claude-…-v1:0 is priced as regional, global.… as global; an application's own profile tells no model.
    """
    plain = model.strip().lower()
    match = fullmatch(r"(?:arn:aws[\w-]*:bedrock:.*/)?(?:([a-z]{2,6}|us-gov)\.)?([a-z0-9]+\.[a-z][\w.:-]*)", plain)
    if match is None:
        return ()
    place = "global" if match[1] == "global" else "regional"
    return (f"aws/{place}.{match[2]}", f"aws/{match[2]}")


def _explanations(
    table: MinuteTable, models: tuple[ModelCost, ...], computed: float | None, bill: float | None
) -> list[str]:
    """What can stand behind a gap, the surest first. Without a bill: what the computed amount leaves out."""
    unknown = _unknown_models(models)
    if other := foreign(table):
        unknown += [f"The log's costs are in {' and '.join(other)}: not compared with prices in USD."]
    if bill is None or computed is None or abs(bill - computed) <= SMALL_GAP * max(bill, computed):
        return unknown
    unknown += _cache(table, models)
    failed = int(table["failed"].sum())
    unknown += [f"{failed:,} requests failed: most hosts do not bill them, and their retries are billed."] * bool(
        failed
    )
    aside = sum(reason.rows for reason in table.set_aside)
    unknown += [
        f"{aside:,} of the log's rows {'was' if aside == 1 else 'were'} set aside: not in the computed amount."
    ] * bool(aside)
    usual = "batch rates, a negotiated discount or a service tier" if bill < computed else "taxes, tools or storage"
    return [*unknown, f"What is left may be {usual}, or prices that changed within the log's time."]


def _unknown_models(models: tuple[ModelCost, ...]) -> list[str]:
    unknown = [each for each in models if each.price is None]
    if not unknown:
        return []
    tokens, total = (sum(each.input_tokens + each.output_tokens for each in some) for some in (unknown, models))
    names = ", ".join(each.model or "no name" for each in unknown[:3]) + (" …" if len(unknown) > 3 else "")
    share = f"{tokens / max(total, 1):.1%} of the tokens"
    return [f"No price is known for {share} ({names}): not in the computed amount, which is too low by them."]


def _cache(table: MinuteTable, models: tuple[ModelCost, ...]) -> list[str]:
    """What the cached price would change where the log does not say what was cached."""
    if int(table["input_tokens_with_cache_known"].sum()):
        return []
    saved = sum(
        model.input_tokens * (model.price.input_price_per_mtok - model.price.cached_input_price_per_mtok) / 1e6
        for model in models
        if model.price and model.price.cached_input_price_per_mtok is not None
    )
    return [f"The log does not say what was cached: it can lower the computed amount by up to ${saved:,.2f}."] * (
        saved > 0
    )
