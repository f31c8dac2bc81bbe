"""Where else a case may buy: the same weights at every host with a price, endpoints it states, a frontier model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from breakeven.decision.answers.rivals import RivalTerms
from breakeven.demand.demand import Demand
from breakeven.facts.catalog import hosted_models
from breakeven.facts.records import OpenModel
from breakeven.study.case.case import Case
from breakeven.study.resolve.buying.hosted import FIELDS, ListPrice, price_of, stacked_multiplier
from breakeven.study.resolve.buying.same_weights import FREE, at_list_price, bought_as, is_same
from breakeven.study.resolve.buying.spend import Bill
from breakeven.study.resolve.demand import Use as Bought


def rivals(bill: Bill, demand: Demand, model: OpenModel, every: Sequence[Bought]) -> tuple[RivalTerms, ...]:
    """Every way to buy that is not what the case buys already; the same weights first, the cheapest host leading.

    `every`: the workloads as the case has them; in those of the bill what fails the open model stays on the API, and a
    frontier model is another.
    """
    whole = replace(bill, workloads=every)
    found = [*_stated(bill, model), *_same_weights(bill, demand, model), *_frontier(bill, whole, model)]
    return tuple(each for each in found if any(each.changes) or each.model not in _incumbents(bill.workloads))


def _incumbents(workloads: Iterable[Bought]) -> set[str]:
    return {str(use.hosted_model) for use in workloads if not use.stated.stays_on_api}


def _stated(bill: Bill, model: OpenModel) -> Iterator[RivalTerms]:
    """The endpoints that the case lists: no cache or batch rate is known of them, so none is counted."""
    count = len(bill.workloads)
    for i, purchase in enumerate(bill.case.file.self_hosting.purchase):
        if purchase.mode == "endpoint":
            listed = {
                "input_price_per_mtok": purchase.input_price_per_mtok,
                "output_price_per_mtok": purchase.output_price_per_mtok,
            }
            prices = {name: (float(value or 0.0),) * count for name, value in listed.items()}
            plain = dict.fromkeys((*FIELDS[2:], "batch_cached_multiplier"), (1.0,) * count)
            yield RivalTerms(
                kind="same weights",
                name=purchase.name or "endpoint",
                model=f"{purchase.host or ''}/{model.key}",
                prices=plain | {"cache_write_surcharge": (0.0,) * count} | prices,
                source=bill.case.source("self_hosting", "purchase", i),
                changes=_changes(bill, model.key),
                same_quality=True,
            )


def _same_weights(bill: Bill, demand: Demand, model: OpenModel) -> Iterator[RivalTerms]:
    """These weights at every host with a price on that day, the cheapest first."""
    names = [name for name in hosted_models() if is_same(name, model) and FREE not in name]
    for _, name in sorted(at_list_price(bill, demand, names)):
        yield _terms(bill, name, same=True)


def _frontier(bill: Bill, whole: Bill, model: OpenModel) -> Iterator[RivalTerms]:
    name = bill.case.file.hosted.frontier_model
    if name is not None:
        same = is_same(name, model)
        yield _terms(bill if same else whole, name, same=same)


def _terms(bill: Bill, name: str, *, same: bool) -> RivalTerms:
    """List prices of one model at one host, for every workload."""
    prices = [_price(bill.case, use, name) for use in bill.workloads]
    listed = {field: tuple(float(getattr(price, field)) for price in prices) for field in FIELDS}
    listed["batch_cached_multiplier"] = tuple(stacked_multiplier(bill.case, price) for price in prices)
    if not same:  # another model counts its own tokens, taken to be as many as today's
        ratio = np.ravel(bill.base["tokenizer_ratio"].likely)
        listed |= {field: tuple(np.multiply(listed[field], ratio).tolist()) for field in FIELDS[:2]}
    return RivalTerms(
        kind="frontier" if bill.case.file.hosted.frontier_model == name else "same weights",
        name="",
        model=name,
        prices=listed,
        source=prices[0].source,
        changes=_changes(bill, name),
        same_quality=same,
    )


def _changes(bill: Bill, name: str) -> tuple[float, ...]:
    """1 for a workload that moves and is another model today."""
    return tuple(
        float(not use.stated.stays_on_api and _short(use.hosted_model) != _short(name)) for use in bill.workloads
    )


def _short(name: str | None) -> str:
    return (name or "").rpartition("/")[2].lower()


def _price(case: Case, use: Bought, name: str) -> ListPrice:
    with case.telling("hosted", "frontier_model"):
        return price_of(case, bought_as(use, name))
