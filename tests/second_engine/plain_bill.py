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
    canary = sum(d["rates"]["base_list_cost"] * d["canary"] for d in demand) * s["volume_scale"]
    each = busy_replica(s, demand, got)
    of["bought_cost"] = sum(of.values())
    held = s["committed_units"] if s["committed_units"] > s["units_under_contract"][t] else s["units_under_contract"][t]
    in_units, burst_in_units = taken(case, s, demand, got, held)
    of |= burst(of["bought_cost"], got, each, in_units, burst_in_units)
    of |= {"units_held": held, "committed_cost": held * s["unit_price_per_hour"] * HOURS}
    of["pay_as_you_go"] = of["bought_by_token"] + of["burst_by_token"] + of["batch_burst_cost"]
    of |= after_tiers(case, s, demand, of, got | each | {"in_units": in_units})
    of["tier_discount"] = of["tiered_spend"] - of["pay_as_you_go"]
    of["negotiated_discount"] = -s["hosted_discount"] * of["tiered_spend"]
    negotiated = of["tiered_spend"] * (1 - s["hosted_discount"])
    of["gateway_fee"] = negotiated * s["gateway_fee_share"]
    of["usage_bill"] = negotiated * (1 + s["gateway_fee_share"]) + of["committed_cost"]
    of["api_bill"] = max(of["usage_bill"], s["minimum_bill"][t])
    of["minimum_top_up"] = of["api_bill"] - of["usage_bill"]
    prices = {name: price for name, price in each.items() if "mtok" not in name}
    return of | prices | {"warm_fallback": canary, "elsewhere_bill": sum(d["elsewhere"] for d in demand)}


def burst(anyway: float, got: Numbers, each: Numbers, in_units: float, burst_in_units: float) -> Numbers:
    """What spills at list price, what committed units take of everything, what is left by the token."""
    price = each["interactive_cost_per_busy_replica"]
    reliefs = in_units * anyway, burst_in_units * price
    spilt = got["interactive_spill"] * price, got["batch_spill"] * each["batch_cost_per_busy_replica"]
    return {
        "interactive_burst_cost": spilt[0],
        "batch_burst_cost": spilt[1],
        "spill_cost": sum(spilt),
        "list_spend": anyway + sum(spilt),
        "committed_burst": burst_in_units,
        "committed_bought_relief": reliefs[0],
        "committed_burst_relief": reliefs[1],
        "committed_relief": sum(reliefs),
        "bought_by_token": anyway * (1 - in_units),
        "burst_by_token": (got["interactive_spill"] - burst_in_units) * price,
    }


def busy_replica(s: Numbers, demand: list[Numbers], got: Numbers) -> Numbers:
    """List price and billed tokens of the work of one busy replica, of interactive and of batch requests."""
    costs, batch_costs, tokens, batch_tokens = 0.0, 0.0, 0.0, 0.0
    for d in demand:
        costs += d["rates"]["base_interactive_list_cost"] * d["own"] * s["volume_scale"]
        batch_costs += d["rates"]["base_batch_list_cost"] * d["own"] * s["volume_scale"]
        mtok = (d["input"] + d["output"]) * d["billed"] * d["own"] * s["volume_scale"]
        tokens += mtok * (1 - d["batch"])
        batch_tokens += mtok * d["batch"]
    return {
        "list_cost_per_busy_replica": ratio(costs + batch_costs, got["load"]),
        "interactive_cost_per_busy_replica": ratio(costs, got["interactive_load"]),
        "batch_cost_per_busy_replica": ratio(batch_costs, got["batch_load"]),
        "mtok": ratio(tokens, got["interactive_load"]),
        "batch_mtok": ratio(batch_tokens, got["batch_load"]),
    }


def ratio(a: float, b: float) -> float:
    """The one over the other, nothing where there is no other."""
    return a / b if b else 0.0


def after_tiers(case: Case, s: Numbers, demand: list[Numbers], of: Numbers, got: Numbers) -> Numbers:
    """What is bought anyway climbs the tiers first, token by token, then the interactive burst, then batch work that
    found no free hour; a slab is that of all together.
    """
    anyway = sum((d["input"] + d["output"]) * d["billed"] * (1 - d["own"]) for d in demand) * s["volume_scale"]
    first = anyway * (1 - got["in_units"])
    burst = (got["interactive_spill"] - of["committed_burst"]) * got["mtok"]
    last = got["batch_spill"] * got["batch_mtok"]
    price = ratio(of["bought_cost"], anyway)
    above = ratio(got["interactive_cost_per_busy_replica"], got["mtok"])
    batch = ratio(got["batch_cost_per_busy_replica"], got["batch_mtok"])
    if s["tiers_are_slabs"]:
        share = slab(case, first + burst + last)
        parts = [of[name] * share for name in ("bought_by_token", "burst_by_token", "batch_burst_cost")]
    else:
        parts = [
            climbed(case, 0.0, first) * price,
            climbed(case, first, first + burst) * above,
            climbed(case, first + burst, first + burst + last) * batch,
        ]
    return {
        "tokens_in_tiers": first,
        "interactive_burst_tokens": burst,
        "batch_burst_tokens": last,
        "tier_tokens": first + burst + last,
        "bought_list_price": price,
        "burst_list_price": above,
        "batch_burst_list_price": batch,
        "tiered_bought": parts[0],
        "tiered_burst": parts[1],
        "tiered_batch_burst": parts[2],
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


def taken(case: Case, s: Numbers, demand: list[Numbers], got: Numbers, held: float) -> tuple[float, float]:
    """The share of what is bought anyway that committed units take, block by block; and how much of the interactive
    burst, in busy replicas, what is left of them in the same block takes.
    """
    work = sum(d["work"] * (1 - d["own"]) for d in demand) * s["volume_scale"]
    served = sum(d["work"] * d["own"] * (1 - d["batch"]) for d in demand) * s["volume_scale"]
    of_a_replica = ratio(served, got["interactive_load"])
    most = held * s["unit_tokens_per_minute"] * HOURS * 60 / MILLION
    done, burst = 0.0, 0.0
    for over_mean, share in case["blocks"]:
        done += min(work * over_mean, most) * share
        left = max(most - work * over_mean, 0.0)
        above = max(got["interactive_load"] * over_mean - got["usable_capacity"], 0.0)
        if s["holds_fleet"] and of_a_replica:
            burst += min(left / of_a_replica, above) * share
    return ratio(done, work), burst


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
