"""The fair rival of an open model is the same weights at somebody else's: says when the case compares with another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from breakeven.demand.demand import Demand
from breakeven.facts.records import OpenModel
from breakeven.problems import Notice, Problem
from breakeven.study.case.schema import Workload
from breakeven.study.resolve.buying.hosted import ListPrice, price_of
from breakeven.study.resolve.buying.spend import Bill
from breakeven.study.resolve.demand import Use

FREE = ":"  # what follows it in an id is a free or a special tier


def other_models(workloads: Sequence[Use], model: OpenModel) -> tuple[str, ...]:
    """The models bought today for what may move that are not the weights we would serve."""
    moving = [str(use.hosted_model) for use in workloads if not use.stated.stays_on_api and use.hosted_model]
    return tuple(dict.fromkeys(name for name in moving if not is_same(name, model)))


def quality_notice(bill: Bill, model: OpenModel) -> tuple[Notice, ...]:
    """What to know when a workload that may move is bought as another model than the one we would serve."""
    others = other_models(bill.workloads, model)
    if not others:
        return ()
    what = (
        f"{model.key} is another model than {' and '.join(others)}: costs are compared across quality levels, "
        "and quality was not examined."
    )
    return (Notice(what=what, fix="Hold it against the same weights from a host."),)


def is_same(hosted_model: str, model: OpenModel) -> bool:
    """Whether a hosted model is these weights, by its id."""
    own = {model.key.lower(), model.hugging_face_id.rpartition("/")[2].lower()}
    return hosted_model.rpartition("/")[2].lower() in own


def at_list_price(bill: Bill, demand: Demand, names: Sequence[str]) -> list[tuple[float, str]]:
    """What all that may move costs a month under each of these names; names without a price are left out."""
    pairs = zip(bill.workloads, demand.workloads, strict=True)
    volumes = [(use, pair.input_mtok_per_month, pair.output_mtok_per_month) for use, pair in pairs]
    moving = [(use, i + o, o / (i + o)) for use, i, o in volumes if i + o and not use.stated.stays_on_api]
    known = {name: price for name in names if (price := _listed(bill, name))}
    if not known or not moving:
        return [(0.0, name) for name in known]
    uses, mtok, shares = zip(*moving, strict=True)
    no_terms = {name: replace(bill.base[name], likely=0.0) for name in ("hosted_discount", "gateway_fee_share")}
    there = replace(bill, base={**bill.base, **no_terms})
    costs = there.at_prices(list(known.values()), uses, shares)
    return [(sum((costs[row] * mtok).tolist()), name) for row, name in enumerate(known)]


def _listed(bill: Bill, name: str) -> ListPrice | None:
    """The list price of a hosted model, the same for every workload; None where none is known on this day."""
    try:
        return price_of(bill.case, bought_as(bill.workloads[0], name))
    except Problem:
        return None


def bought_as(use: Use, name: str) -> Use:
    """The same workload bought as another hosted model, at its list price."""
    kept = use.stated
    stated = Workload(
        name=kept.name,
        cached_share=kept.cached_share,
        batch_share=kept.batch_share,
        stays_on_api=kept.stays_on_api,
    )
    return replace(use, stated=stated, hosted_model=name)
