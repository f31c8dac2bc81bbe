"""From what the API costs today to the tokens it buys, through the bill's own lines: the bill comes out again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from breakeven.demand.demand import Demand, WorkloadDemand
from breakeven.numbers.inputs import Input, likely
from breakeven.numbers.operations import OPTION, SCENARIO, WORKLOAD, Value, along
from breakeven.problems import Problem
from breakeven.study.case.case import Case
from breakeven.study.register import full_model
from breakeven.study.resolve.buying.hosted import ListPrice, hosted_inputs
from breakeven.study.resolve.currency import bill_rate
from breakeven.study.resolve.demand import Use
from breakeven.study.resolve.workloads import demand_inputs, workload_inputs

ALL_BOUGHT = {  # the first month, everything bought; none of the fleet's figures matters to the bill
    "months_elapsed": 0.0,
    "is_baseline": 1.0,
    "counted_by_provider": 1.0,
    "moved": 0.0,
    "self_hosts": 0.0,
    "holds_fleet": 0.0,
    "peak_over_mean": 1.0,
    "replica_tokens_per_second": 1.0,
}
AT_LIST_PRICE = {
    "tier_from_mtok": 0.0,
    "tier_price_step": 1.0,
    "committed_units": 0.0,
    "units_under_contract": 0.0,
    "minimum_bill": 0.0,
    "load_over_mean": 1.0,
    "block_share": 1.0,
}
HALVINGS = 60
MOST = 1e6  # times the volume that the spend buys at list price


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """Everything that decides what a volume costs to buy."""

    case: Case
    workloads: Sequence[Use]
    prices: Sequence[ListPrice]
    base: Mapping[str, Input]

    def of_list_price(self, uses: Sequence[Use], shares_of_output: Sequence[float]) -> np.ndarray:
        """What one MTok of each of these workloads costs today, before tiers and commitments; (workloads,)."""
        price = {(use.at, use.name): each for use, each in zip(self.workloads, self.prices, strict=True)}
        terms = likely(hosted_inputs(self.case, [price[use.at, use.name] for use in uses]))
        found = self._alone(uses, shares_of_output, {name: over(SCENARIO, each) for name, each in terms.items()})
        return np.array(np.broadcast_to(found, (1, len(uses)))[0])

    def at_prices(
        self, prices: Sequence[ListPrice], uses: Sequence[Use], shares_of_output: Sequence[float]
    ) -> np.ndarray:
        """What one MTok of each of these workloads would cost at each of these list prices; (prices, workloads)."""
        terms = likely(hosted_inputs(self.case, prices))
        found = self._alone(uses, shares_of_output, {name: over(OPTION, each) for name, each in terms.items()})
        return np.array(np.broadcast_to(found, (len(prices), len(uses))))

    def _alone(self, uses: Sequence[Use], shares_of_output: Sequence[float], terms: Mapping[str, Value]) -> np.ndarray:
        """Each workload as a scenario in which nothing else is bought, so that none shares another's tiers."""
        plain = {
            name: given for name, given in self.base.items() if given.likely is not None and not np.ndim(given.likely)
        }
        own = likely(workload_inputs(self.case, uses, self.base))
        output = np.array(shares_of_output)
        volumes = {
            "input_mtok_per_month": along(SCENARIO, 1 - output),
            "output_mtok_per_month": along(SCENARIO, output),
        }
        values = {**likely(plain), **terms, **{name: over(SCENARIO, given) for name, given in own.items()}, **volumes}
        cost = full_model().evaluate({**values, **ALL_BOUGHT, **AT_LIST_PRICE}, ["api_bill"])["api_bill"]
        return np.array(cost)[0, 0, :, :, 0]

    def of(self, demand: Demand) -> Callable[[Value], float]:
        """The whole bill of the first month when the volume of each workload is scaled."""
        units = self.case.file.hosted.committed
        terms = {**self.base, **workload_inputs(self.case, self.workloads, self.base), **demand_inputs(demand)}
        values = {name: given for name, given in likely(terms).items() if given is not None} | ALL_BOUGHT
        values["committed_units"] = units.units if units else 0.0

        def bill(scale: Value) -> float:
            names = ("input_mtok_per_month", "output_mtok_per_month")
            return bill_of(values | {name: values[name] * scale for name in names})

        return bill


def over(axis: int, value: Value) -> Value:
    """A value by workload, as one along another axis."""
    return np.swapaxes(value, WORKLOAD, axis) if np.ndim(value) else value


def bill_of(values: Mapping[str, Value]) -> float:
    """The provider's bill in the first month."""
    return float(np.ravel(full_model().evaluate(values, ["api_bill"])["api_bill"])[0])


def at_spend(bill: Bill, demand: Demand) -> Demand:
    """The demand with its bought workloads scaled so that the bill is the stated spend, tiers and units included."""
    file = bill.case.file
    if not by_volume(bill.case):
        return demand
    stated = [use.stated.api_spend_per_month for use in bill.workloads]
    if file.api_spend_per_month is None and None in stated:
        return demand  # other volumes are stated in tokens: what part of the bill is theirs is not known
    whole = [file.api_spend_per_month] if file.api_spend_per_month is not None else stated
    spend = sum(amount for amount in whole if amount is not None) * bill_rate(bill.case)
    scale = _scale(bill.of(demand), spend, bill.case)
    return replace(demand, workloads=tuple(_scaled(workload, scale) for workload in demand.workloads))


def by_volume(case: Case) -> bool:
    """Whether the bill hangs on more than the list price of what is bought: tiers, committed units, a minimum."""
    terms = case.file.hosted
    return bool(terms.tiers or terms.committed or terms.minimum_bill_per_month)


def _scaled(one: WorkloadDemand, scale: float) -> WorkloadDemand:
    return replace(
        one,
        requests_per_month=one.requests_per_month * scale,
        input_mtok_per_month=one.input_mtok_per_month * scale,
        output_mtok_per_month=one.output_mtok_per_month * scale,
    )


def _scale(bill: Callable[[Value], float], spend: float, case: Case) -> float:
    """The multiple of the volume at which the bill is the spend, by bisection."""
    low, high = 0.0, 1.0
    if bill(along(WORKLOAD, [1e-9])) >= spend:
        raise Problem(
            "the spend is no more than what is committed anyway, so it says nothing of the volume",
            where=case.place("api_spend_per_month"),
            fix="State tokens_per_month instead.",
        )
    while bill(along(WORKLOAD, [high])) < spend and high < MOST:
        low, high = high, high * 2
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if bill(along(WORKLOAD, [middle])) >= spend else (middle, high)
    return high
