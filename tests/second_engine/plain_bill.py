"""The second engine's bill of the provider. See plain.py."""

from __future__ import annotations

from typing import Any

Case = dict[str, Any]
Numbers = dict[str, Any]

HOURS = 730.0
MILLION = 1e6


def bill(case: Case, s: Numbers, demand: list[Numbers], got: Numbers, t: int) -> Numbers:
    """The provider's bill: what stays and the canary, what spills, commitments, tiers, discount, fee, minimum."""
    of = bought(s, demand)
    everything = sum(d["rates"]["base_list_cost"] for d in demand)
    moved = sum(d["rates"]["base_list_cost"] * d["own"] for d in demand) * s["volume_scale"]
    canary = sum(d["rates"]["base_list_cost"] * d["canary"] for d in demand) * s["volume_scale"]
    price = everything / sum((d["input"] + d["output"]) * d["billed"] for d in demand)
    replica = moved / got["load"] if got["load"] else 0.0
    of["spill_cost"] = replica * got["spill"]
    of["list_spend"] = sum(of.values())
    of["committed_relief"] = taken(case, s, demand) * everything * s["volume_scale"]
    of["committed_cost"] = s["committed_units"] * s["unit_price_per_hour"] * HOURS
    of["pay_as_you_go"] = of["list_spend"] - of["committed_relief"]
    of["tiered_spend"] = tiered(case, s, of["pay_as_you_go"] / price) * price
    of["tier_discount"] = of["tiered_spend"] - of["pay_as_you_go"]
    of["negotiated_discount"] = -s["hosted_discount"] * of["tiered_spend"]
    negotiated = of["tiered_spend"] * (1 - s["hosted_discount"])
    of["gateway_fee"] = negotiated * s["gateway_fee_share"]
    of["usage_bill"] = negotiated * (1 + s["gateway_fee_share"]) + of["committed_cost"]
    of["api_bill"] = max(of["usage_bill"], s["minimum_bill"][t])
    of["minimum_top_up"] = of["api_bill"] - of["usage_bill"]
    return of | {"list_price_per_mtok": price, "list_cost_per_busy_replica": replica, "warm_fallback": canary}


def bought(s: Numbers, demand: list[Numbers]) -> Numbers:
    """What the workloads that stay and the canary cost at list price, by the way the tokens are read and written."""
    names = ("fresh_input_cost", "cached_input_cost", "cache_write_cost", "batch_cost", "output_cost")
    of: Numbers = dict.fromkeys(names, 0.0)
    for d in demand:
        tokens_in = d["input"] * (1 - d["own"]) * d["billed"] * s["volume_scale"]
        tokens_out = d["output"] * (1 - d["own"]) * d["billed"] * s["volume_scale"]
        r = d["rates"]
        of["fresh_input_cost"] += tokens_in * r["fresh_input_rate"]
        of["cached_input_cost"] += tokens_in * r["cached_input_rate"]
        of["cache_write_cost"] += tokens_in * r["cache_write_rate"]
        of["batch_cost"] += tokens_in * r["batch_input_rate"] + tokens_out * r["batch_output_rate"]
        of["output_cost"] += tokens_out * r["online_output_rate"]
    return of


def taken(case: Case, s: Numbers, demand: list[Numbers]) -> float:
    """The share of all work that committed units take, block by block."""
    work = sum(d["work"] for d in demand) * s["volume_scale"]
    most = s["committed_units"] * s["unit_tokens_per_minute"] * HOURS * 60 / MILLION
    done = 0.0
    for over_mean, share in case["blocks"]:
        done += min(work * over_mean, most) * share
    return done / work


def tiered(case: Case, s: Numbers, mtok: float) -> float:
    """What so many tokens cost after volume tiers, as so many tokens at list price."""
    edges = [edge for edge, _ in case["tiers"]] + [float("inf")]
    if s["tiers_are_slabs"]:
        share_there = [share for edge, share in case["tiers"] if mtok > edge]
        return mtok * share_there[-1] if share_there else 0.0
    paid = 0.0
    for i, (edge, share) in enumerate(case["tiers"]):
        if mtok > edge:
            paid += (min(mtok, edges[i + 1]) - edge) * share
    return paid
