"""What a unit of a fleet, a workload on it and a workload at its API cost, by the study's own lines.

Nothing is computed anew: the full model is evaluated with one thing changed at a time, and the difference is the
price of that thing. Each option of the widened model is one workload.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import lcm
from typing import Any

import numpy as np

from breakeven.decision.comparison import BASELINE, of_options, pinned
from breakeven.numbers.inputs import expected
from breakeven.numbers.operations import WORKLOAD, Value, pick
from breakeven.study.case.schema import CaseFile
from breakeven.study.register import full_model
from breakeven.study.resolve.resolve import Resolved, resolve

SELF = 1  # the option of a derived case that serves itself
MOST_NUMBERS = 2_000_000  # of one line at a time: workloads x options x months


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetCosts:
    """One way to hold one fleet. Money by month; `unit` without, `node` for what a server that is begun costs besides
    its units, none where a unit is whole servers; `marginal[w]` is what serving workload w costs besides the units.

    `shared` is paid for being in the business at all, `once` before the first fleet, `exit_once` to go back,
    `termination` to leave the contract.
    """

    unit: np.ndarray
    node: np.ndarray
    units_per_node: int
    replicas_per_unit: int
    shared: np.ndarray
    marginal: np.ndarray
    replica_tokens_per_second: np.ndarray
    usable_share: float
    minimum_replicas: float
    spare_replicas: float
    once: float
    exit_once: float
    termination: float


def derived(base: Resolved, /, **parts: Any) -> Resolved:
    """The same case with some parts exchanged, resolved where that makes it another; its log is not read again."""
    file = CaseFile.model_copy(base.case.file, update=parts)
    return base if file == base.case.file else resolve(replace(base.case, file=file), read=base.log)


def by_workload(values: Mapping[str, Value], count: int, some: range) -> dict[str, Value]:
    """The inputs with an option for each of `some` workloads, which moves only that; nothing is served yet."""
    wide = pinned(values, SELF, np.zeros(len(some)))
    alone = np.concatenate([np.zeros((count, 1)), np.eye(count)[:, some]], axis=1)  # (workload, option)
    stays = np.zeros((1, len(some) + 1))
    size = full_model().evaluate(values, ["platform_size"])["platform_size"]
    return wide | {
        "platform_size": of_options(size, [SELF]),  # the people are those of all that may move
        "moved": alone[None, :, :, None, None],
        "own_load": 0.0,
        "volume": 0.0,
        "spill": 0.0,
        "canary_share": 0.0,
        "fallback_commitment_per_month": 0.0,
        "replicas": stays[None, :, :, None, None],
    }


def marginal(values: Mapping[str, Value], count: int, months: int) -> np.ndarray:
    """What serving each workload costs besides the units; (workloads, months). A few at a time, to bound memory."""
    volumes = base_volumes(values, count, months)
    room = max(MOST_NUMBERS // (count * months), 1)
    parts = [range(first, min(first + room, count)) for first in range(0, count, room)]
    return np.concatenate([_marginal(values, count, volumes, some) for some in parts])


def _marginal(values: Mapping[str, Value], count: int, volumes: np.ndarray, some: range) -> np.ndarray:
    model, wide = full_model(), by_workload(values, count, some)
    months = volumes.shape[1]
    table = np.concatenate([np.zeros((1, months)), volumes[some]])  # each option's volume is that of its own workload
    own = {"volume": table.reshape(1, 1, len(some) + 1, 1, months)}
    busy = {k: v for k, v in wide.items() if k != "own_load"} | own
    served, idle = (model.evaluate(each, ["own_cost"])["own_cost"] for each in (busy, wide))
    return np.asarray(options_by_month(served, len(some), months) - options_by_month(idle, len(some), months))


def options_by_month(line: Value, count: int, months: int) -> np.ndarray:
    """A line of every option but the first, by month; (count, months)."""
    return np.array(pick(line, option=range(1, count + 1), month=range(months)), dtype=float)


def fleet_costs(resolved: Resolved) -> FleetCosts:
    """The prices of a derived case with one way to hold its fleet."""
    model, values = full_model(), expected(resolved.inputs)
    count, months = len(resolved.demand.workloads), resolved.case.file.horizon_months
    wide = by_workload(values, count, range(1))
    idle = options_by_month(model.evaluate(wide, ["own_cost"])["own_cost"], 1, months)
    gpus = int(one_number(values["gpus_per_replica"]))
    billed = int(one_number(values["gpus_billed_together"]))
    per_unit = max(billed // gpus, 1)
    units = lcm(int(one_number(values["gpus_per_node"])), billed, gpus) // gpus // per_unit  # that fill whole servers

    def held(count: int) -> np.ndarray:
        """What so many units cost by month."""
        fleet = wide | {"replicas": float(count * per_unit)}
        whole = options_by_month(model.evaluate(fleet, ["own_cost"])["own_cost"], 1, months)
        return np.asarray(whole[0] - idle[0])

    full, first = held(units), held(1)
    node = (units * first - full) / (units - 1) if units > 1 else np.zeros(months)
    once = model.evaluate(wide, ["build", "evaluation_set", "procurement", "readiness_work"])
    back = wide | {"termination_fee": 0.0}
    return FleetCosts(
        unit=first - node,
        node=node,
        units_per_node=units,
        replicas_per_unit=per_unit,
        shared=idle[0],
        marginal=marginal(values, count, months),
        replica_tokens_per_second=np.ravel(values["replica_tokens_per_second"]) * np.ones(count),
        usable_share=float(one_number(values["usable_share"])),
        minimum_replicas=float(one_number(values["minimum_replicas"])),
        spare_replicas=float(one_number(values["spare_replicas"])),
        once=float(sum(options_by_month(amount, 1, 1)[0, 0] for amount in once.values())),
        exit_once=float(options_by_month(model.evaluate(back, ["exit_cost"])["exit_cost"], 1, 1)[0, 0]),
        termination=float(one_number(values["termination_fee"])),
    )


def one_number(value: Value) -> float:
    """The last option's number of an input that is the same for all workloads and months."""
    array = np.asarray(value, dtype=float)
    return float(array.ravel()[-1] if array.ndim else array)


def base_volumes(values: Mapping[str, Value], count: int, months: int) -> np.ndarray:
    """Tokens of each workload, the growth of the plan in them and a volume that a short log knows only so well at its
    mean; Mtok (workloads, months).
    """
    got = full_model().evaluate(values, ["base_volume"])["base_volume"]
    return np.asarray(pick(got, workload=range(count), month=range(months)) * one_number(values["volume_scale"]))


def hosted_bills(resolved: Resolved) -> np.ndarray:
    """What each workload costs at its hosted model, discounts and fees shared out in proportion; (workloads, months).

    Units that are committed today are not counted: they are a target of their own.
    """
    values = expected(resolved.inputs) | {"committed_units": 0.0, "units_under_contract": 0.0}
    count, months = len(resolved.demand.workloads), resolved.case.file.horizon_months
    names = ["base_list_cost", "list_spend", "tiered_spend", "negotiated_discount", "gateway_fee"]
    got = full_model().evaluate(values, names)

    def baseline(name: str) -> np.ndarray:
        line = np.asarray(got[name], dtype=float)
        return pick(line, workload=range(line.shape[WORKLOAD]), option=BASELINE, month=range(months))

    listed = baseline("base_list_cost") * np.ones((count, 1)) * one_number(values["volume_scale"])
    spend = baseline("list_spend")[0]
    billed = baseline("tiered_spend")[0] + baseline("negotiated_discount")[0] + baseline("gateway_fee")[0]
    return np.asarray(listed * np.divide(billed, spend, out=np.ones_like(spend), where=spend > 0))


def committed_unit(resolved: Resolved) -> tuple[np.ndarray, np.ndarray]:
    """Cost of one committed unit by month, and the share of a unit that a token per second of each workload takes."""
    model, values = full_model(), expected(resolved.inputs)
    count, months = len(resolved.demand.workloads), resolved.case.file.horizon_months
    got = model.evaluate(values | {"units_held": 1.0}, ["committed_cost", "unit_capacity"])
    volumes = {}
    for name in ("base_input_volume", "base_output_volume"):
        own = pick(model.evaluate(values, [name])[name], workload=range(count), month=0)
        volumes[name] = np.diag(own)[None, :, :, None, None]
    work = model.evaluate({**values, **volumes, "own_share": 0.0}, ["base_work"])["base_work"]
    tokens = sum(np.diagonal(volume[0, :, :, 0, 0]) for volume in volumes.values())
    seconds, mtok = float(one_number(values["seconds_per_month"])), float(one_number(values["tokens_per_mtok"]))
    rate = tokens * mtok / seconds
    share = np.divide(pick(work, option=range(count), month=0), rate, out=np.zeros_like(rate), where=rate > 0)
    per_token = share / float(one_number(got["unit_capacity"]))
    return np.array(pick(got["committed_cost"], option=-1, month=range(months)), dtype=float), per_token
