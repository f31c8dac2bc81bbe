"""What is stated stays: a bill is the same whatever its tokens turn out to be, a log holds what a provider has counted.

How the provider counts, what he reads from his cache and what goes in batches then say how much we would have to serve.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from breakeven.demand.demand import Demand
from breakeven.numbers.inputs import Input, likely
from breakeven.numbers.operations import WORKLOAD, along
from breakeven.problems import Notice
from breakeven.study.case.case import Case
from breakeven.study.register import full_model, register
from breakeven.study.resolve.buying.spend import ALL_BOUGHT, Bill, by_volume
from breakeven.study.resolve.demand import spend_of

SHARES = ("input_share_of_list_price", "output_share_of_list_price")
PRICES = ("input_price_per_mtok", "output_price_per_mtok")
VOLUMES = ("input_mtok_per_month", "output_mtok_per_month")
WEIGHTS = ("bill_weight_of_input", "bill_weight_of_output")
MIX = ("cached_share", "batch_share")  # a bill with tiers was read at these, and no other volume costs exactly as much


def counted_inputs(bill: Bill, demand: Demand, inputs: Mapping[str, Input]) -> dict[str, Input]:
    """Which volumes a provider has counted, what stated bills are made of, and no retries on top of a log."""
    if bill.case.file.log is not None:
        return _stated({"counted_by_provider": 1.0}) | {"retry_factor": _billed_once(demand)}
    count = len(bill.workloads)
    paid = np.array([spend_of(bill.case, use, count) is not None for use in bill.workloads], dtype=float)
    if not paid.any():
        return {}
    inputs_counted = _stated({"counted_by_provider": along(WORKLOAD, paid)})
    if by_volume(bill.case):
        return inputs_counted | {name: replace(inputs[name], low=None, high=None) for name in MIX}
    return inputs_counted | _stated(_weights(inputs, paid))


def _weights(inputs: Mapping[str, Input], paid: np.ndarray) -> dict[str, object]:
    """Input and output at list price over the list cost of both as the bill was read; nothing where none is stated."""
    values = {name: each for name, each in likely(inputs).items() if each is not None} | ALL_BOUGHT
    shares = full_model().evaluate(values, SHARES)
    at_list = [values[volume] * values[price] for volume, price in zip(VOLUMES, PRICES, strict=True)]
    cost = sum(each * shares[name] for each, name in zip(at_list, SHARES, strict=True))
    return {name: each / cost * along(WORKLOAD, paid) for name, each in zip(WEIGHTS, at_list, strict=True)}


def _stated(values: Mapping[str, object]) -> dict[str, Input]:
    return {name: replace(register()[name], likely=value) for name, value in values.items()}


def _billed_once(demand: Demand) -> Input:
    """The rows of a log are what was billed, retries among them."""
    known, one = register()["retry_factor"], demand.workloads[0]
    return replace(known, likely=1.0, low=None, high=None, kind=one.kind, source=one.source)


def counted_notices(case: Case) -> Iterator[Notice]:
    """What the case states that its log makes idle."""
    if case.file.log is not None and (case.file.hosted.retry_factor or "retry_factor" in case.file.assumptions):
        yield Notice(
            what="hosted.retry_factor adds nothing to a log: its rows are what was billed, retries among them."
        )
