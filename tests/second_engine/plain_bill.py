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
    moved = sum(d["rates"]["base_list_cost"] * d["own"] for d in demand) * s["volume_scale"]
    canary = sum(d["rates"]["base_list_cost"] * d["canary"] for d in demand) * s["volume_scale"]
    replica = moved / got["load"] if got["load"] else 0.0
    of["bought_cost"] = sum(of.values())
    of["spill_cost"] = replica * got["spill"]
    of["list_spend"] = of["bought_cost"] + of["spill_cost"]
    in_units = taken(case, s, demand)
    of["committed_relief"] = in_units * of["bought_cost"]
    of["committed_cost"] = s["committed_units"] * s["unit_price_per_hour"] * HOURS
    of["bought_by_token"] = of["bought_cost"] * (1 - in_units)
    of["pay_as_you_go"] = of["bought_by_token"] + of["spill_cost"]
    of |= after_tiers(case, s, demand, of, {"in_units": in_units, "burst": got["spill"] / (got["load"] or 1.0)})
    of["tier_discount"] = of["tiered_spend"] - of["pay_as_you_go"]
    of["negotiated_discount"] = -s["hosted_discount"] * of["tiered_spend"]
    negotiated = of["tiered_spend"] * (1 - s["hosted_discount"])
    of["gateway_fee"] = negotiated * s["gateway_fee_share"]
    of["usage_bill"] = negotiated * (1 + s["gateway_fee_share"]) + of["committed_cost"]
    of["api_bill"] = max(of["usage_bill"], s["minimum_bill"][t])
    of["minimum_top_up"] = of["api_bill"] - of["usage_bill"]
    return of | {"list_cost_per_busy_replica": replica, "warm_fallback": canary}


def after_tiers(case: Case, s: Numbers, demand: list[Numbers], of: Numbers, shares: Numbers) -> Numbers:
    """What is bought anyway climbs the tiers first, token by token, then the burst; a slab is that of all together."""
    anyway = sum((d["input"] + d["output"]) * d["billed"] * (1 - d["own"]) for d in demand) * s["volume_scale"]
    ours = sum((d["input"] + d["output"]) * d["billed"] * d["own"] for d in demand) * s["volume_scale"]
    first, burst = anyway * (1 - shares["in_units"]), ours * shares["burst"]
    price = of["bought_cost"] / anyway if anyway else 0.0
    above = sum(d["rates"]["base_list_cost"] * d["own"] for d in demand) * s["volume_scale"] / ours if ours else 0.0
    if s["tiers_are_slabs"]:
        share = slab(case, first + burst)
        parts = of["bought_by_token"] * share, of["spill_cost"] * share
    else:
        parts = climbed(case, 0.0, first) * price, climbed(case, first, first + burst) * above
    return {
        "tokens_in_tiers": first,
        "burst_tokens": burst,
        "bought_list_price": price,
        "burst_list_price": above,
        "tiered_bought": parts[0],
        "tiered_burst": parts[1],
        "tiered_spend": sum(parts),
    }


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
    """The share of the work that is bought anyway which committed units take, block by block."""
    work = sum(d["work"] * (1 - d["own"]) for d in demand) * s["volume_scale"]
    most = s["committed_units"] * s["unit_tokens_per_minute"] * HOURS * 60 / MILLION
    done = 0.0
    for over_mean, share in case["blocks"]:
        done += min(work * over_mean, most) * share
    return done / work if work else 0.0


def slab(case: Case, mtok: float) -> float:
    """The share of the list price that all of so many tokens cost."""
    there = [share for edge, share in case["tiers"] if mtok > edge]
    return float(there[-1]) if there else 0.0


def climbed(case: Case, start: float, end: float) -> float:
    """What the tokens from the one to the other cost, as so many tokens at list price."""
    edges = [edge for edge, _ in case["tiers"]] + [float("inf")]
    paid = 0.0
    for i, (edge, share) in enumerate(case["tiers"]):
        paid += max(min(end, edges[i + 1]) - max(start, edge), 0.0) * share
    return paid
