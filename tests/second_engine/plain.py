"""A second engine: the economics once more, as plain loops over options, months, workloads, tiers and load blocks.

Written from the formulas of the specification, not from the lines, and shares no code with them. A case is
`{"months", "cut_over", "common": {name: number}, "workloads": [{name: number}], "options": [{name: number}],
"blocks": [(load over mean, share of time)], "tiers": [(from MTok, share of list price)]}`. An option or a
workload says what differs from `common`. `run` gives, by option, every quantity by name: a number, a list
over the months, or for rates of a workload a list of such lists.
"""

from __future__ import annotations

from math import ceil
from typing import Any

from plain_bill import bill
from plain_costs import hardware, once, people, upkeep

Case = dict[str, Any]
Numbers = dict[str, Any]

HOURS = 730.0
SECONDS = HOURS * 3600
MILLION = 1e6


def round_up(x: float) -> float:
    """The next whole number; what lies within a billionth above one is that one."""
    below = float(ceil(x)) - 1
    return below if x - below <= 1e-9 * abs(x) else below + 1


def run(case: Case) -> list[Numbers]:
    """Everything of every option; the first option is the one that buys all."""
    found = [option_by_month(case, {**case["common"], **option}) for option in case["options"]]
    for option, got in zip(case["options"], found, strict=True):
        settle(case, {**case["common"], **option}, got, found[0]["monthly_cost"])
    return found


def option_by_month(case: Case, s: Numbers) -> Numbers:
    """All monthly quantities of one option."""
    months = [one_month(case, s, t) for t in range(case["months"])]
    got: Numbers = {name: [month[name] for month in months] for name in months[0] if name != "rates"}
    for name in months[0]["rates"]:
        got[name] = [[month["rates"][name][w] for month in months] for w in range(len(case["workloads"]))]
    return got


def one_month(case: Case, s: Numbers, t: int) -> Numbers:
    """Demand, fleet, bill and cost of one option in one month."""
    each = zip(case["workloads"], s["moved"], s["bought_elsewhere"], strict=True)
    demand = [demand_of({**s, **w}, moved, elsewhere > 0, t) for w, moved, elsewhere in each]
    got: Numbers = {"rates": {n: [d["rates"][n] for d in demand] for n in demand[0]["rates"]}}
    got["volume"] = sum(d["stated"] for d in demand) * s["volume_scale"]
    got |= fleet(case, s, demand, t)
    got |= bill(case, s, demand, got, t)
    got |= {"model_gain": gain(s, t)}
    got |= hardware(s, demand, got, t)
    got |= people(s, demand, got, t)
    got |= upkeep(s, got)
    got["own_cost"] = (
        got["compute"] + got["hardware_upkeep"] + got["people"] + got["assurance"] + got["opportunity_cost"]
    )
    got["monthly_cost"] = got["api_bill"] + got["elsewhere_bill"] + got["hosted_engineering"]
    got["monthly_cost"] += got["own_cost"] + got["outage_cost"]
    got["cost_per_mtok"] = got["monthly_cost"] / got["volume"]
    return got


def demand_of(w: Numbers, moved: float, elsewhere: bool, t: int) -> Numbers:
    """One workload in one month: volumes, what a token of it costs to buy and where, what of it leaves today's API."""
    grown, price = 1.0, 1.0 if elsewhere else w["price_scale"]
    for _ in range(t):
        grown *= 1 + w["growth_per_month"]
        price *= 1 + w["hosted_price_change_per_month"]
    there = "elsewhere_" if elsewhere else ""
    p_in, p_out = w[there + "input_price_per_mtok"] * price, w[there + "output_price_per_mtok"] * price
    b, h, m_b = w["batch_share"], w["cached_share"], w["batch_multiplier"]
    h_b = w["batch_cached_share"]
    rates = {
        "input_price": p_in,
        "output_price": p_out,
        "fresh_input_rate": (1 - b) * (1 - h) * p_in,
        "cached_input_rate": (1 - b) * h * w["cache_read_multiplier"] * w["cache_read_times"] * p_in,
        "cache_write_rate": (1 - b) * w["cache_write_share"] * w["cache_write_surcharge"] * p_in,
        "batch_input_rate": b * (m_b * (1 - h_b) * p_in + h_b * w["batch_cached_multiplier"] * p_in),
        "online_output_rate": (1 - b) * p_out,
        "batch_output_rate": b * m_b * p_out,
    }
    rates["online_input_rate"] = sum(rates[n] for n in ("fresh_input_rate", "cached_input_rate", "cache_write_rate"))
    rates["list_input_rate"] = rates["online_input_rate"] + rates["batch_input_rate"]
    rates["list_output_rate"] = rates["online_output_rate"] + rates["batch_output_rate"]
    rates |= paid_of_list_price(w, w["cache_read_times"])
    billed = w["retry_factor"] * (1.0 if elsewhere else w["tokenizer_ratio"])
    stated, tokens_in, tokens_out = counted(w, grown)
    now = tokens_in * rates["online_input_rate"] + tokens_out * rates["online_output_rate"]
    later = tokens_in * rates["batch_input_rate"] + tokens_out * rates["batch_output_rate"]
    rates |= {"base_interactive_list_cost": billed * now, "base_batch_list_cost": billed * later}
    rates["base_list_cost"] = billed * (now + later)
    own = moved * (1 - w["canary_share"])
    return {
        "elsewhere": rates["base_list_cost"] * own * w["volume_scale"] if elsewhere else 0.0,
        "rates": rates,
        "stated": stated,
        "input": tokens_in,
        "output": tokens_out,
        "billed": billed,
        "own": own,
        "batch": b,
        "canary": moved * w["canary_share"],
        "replica_mtok": w["replica_tokens_per_second"] * gain(w, t) * SECONDS / MILLION,
        "work": billed * (tokens_in * (1 - h) + tokens_in * h * w["cached_work_weight"])
        + billed * tokens_out * w["output_work_weight"],
    }


def paid_of_list_price(w: Numbers, times: float) -> Numbers:
    """What a token costs over its list price, where reading the cache costs so many times what it does today."""
    b, h, h_b = w["batch_share"], w["cached_share"], w["batch_cached_share"]
    shares = {
        "fresh_input_price_share": (1 - b) * (1 - h),
        "cached_input_price_share": (1 - b) * h * w["cache_read_multiplier"] * times,
        "cache_write_price_share": (1 - b) * w["cache_write_share"] * w["cache_write_surcharge"],
        "batch_input_price_share": b * (w["batch_multiplier"] * (1 - h_b) + h_b * w["batch_cached_multiplier"]),
    }
    output = (1 - b) + b * w["batch_multiplier"]
    return shares | {"input_share_of_list_price": sum(shares.values()), "output_share_of_list_price": output}


def counted(w: Numbers, grown: float) -> tuple[float, float, float]:
    """Tokens as they are stated or as a stated bill buys them today; input and output of them as we count."""
    weights, paid = (w["bill_weight_of_input"], w["bill_weight_of_output"]), paid_of_list_price(w, 1.0)
    read_as = weights[0] * paid["input_share_of_list_price"] + weights[1] * paid["output_share_of_list_price"]
    bought = grown / read_as if any(weights) else grown
    ours = bought / (w["retry_factor"] * w["tokenizer_ratio"]) if w["counted_by_provider"] else bought
    tokens_in, tokens_out = w["input_mtok_per_month"], w["output_mtok_per_month"]
    return bought * (tokens_in + tokens_out), ours * tokens_in, ours * tokens_out


def gain(s: Numbers, t: int) -> float:
    """How much more a replica serves, once the models that hosts got cheaper with have come to us."""
    if not s["refreshes_per_year"]:
        return 1.0
    cheaper = 1 / (1 + min(s["hosted_price_change_per_month"], 0.0))
    return float(
        cheaper ** (max(t - s["model_lag_months"], 0.0) * s["model_progress_adopted"] * s["hosted_price_model_share"])
    )


def fleet(case: Case, s: Numbers, demand: list[Numbers], t: int) -> Numbers:
    """Load in busy replicas, replicas for its peak, what spills over them block by block, what waits and finds room."""
    load, waits = 0.0, 0.0
    for d in demand:
        busy = d["own"] * (d["input"] + d["output"]) / d["replica_mtok"] * s["volume_scale"]
        load += busy
        waits += busy * d["batch"]
    now = sum(
        d["own"] * (1 - d["batch"]) * (d["input"] + d["output"]) / d["replica_mtok"] * s["volume_scale"] for d in demand
    )
    peak = max(now * s["peak_over_mean"], now * min(s["peak_over_mean"], 1.0) + waits)
    loads = {"load": load, "interactive_load": now, "batch_load": waits, "peak_load": peak}
    if not s["holds_fleet"]:
        none = ("replicas", "gpus", "gpus_billed", "nodes", "usable_capacity", "interactive_spill", "batch_spill")
        got: Numbers = dict.fromkeys((*none, "spill", "utilization", "peak_shortfall"), 0.0)
        return got | loads | {"own_load": load, "free_capacity": 0.0}
    needed = max(round_up(peak / s["usable_share"]), s["minimum_replicas"])
    held = s["replicas"][t] if s.get("replicas") else needed + s["spare_replicas"]
    usable = max(held - s["spare_replicas"], 0.0) * s["usable_share"]
    over, room = 0.0, 0.0
    for over_mean, share in case["blocks"]:
        if now * over_mean > usable:
            over += (now * over_mean - usable) * share
        else:
            room += (usable - now * over_mean) * share
    left = waits - room if waits > room else 0.0
    gpus = held * s["gpus_per_replica"]
    return loads | {
        "replicas": held,
        "gpus": gpus,
        "gpus_billed": round_up(gpus / s["gpus_billed_together"]) * s["gpus_billed_together"],
        "nodes": round_up(gpus / s["gpus_per_node"]),
        "usable_capacity": usable,
        "interactive_spill": over,
        "free_capacity": room,
        "batch_spill": left,
        "spill": over + left,
        "own_load": load - over - left,
        "utilization": (load - over - left) / held if held else 0.0,
        "peak_shortfall": max(peak - usable, 0.0),
    }


def settle(case: Case, s: Numbers, got: Numbers, buying: list[float]) -> None:
    """Savings against buying everything, discounted to today, less what is paid once."""
    got |= once(case, s, got)
    months = range(case["months"])
    monthly = (1 + s["discount_rate_per_year"]) ** (1 / 12)
    got["monthly_discount_rate"] = monthly - 1
    got["discount_factor"] = [1 / monthly ** (t + 1) for t in months]
    got["baseline_cost"] = list(buying)
    got["saving"] = [buying[t] - got["monthly_cost"][t] if t >= case["cut_over"] else 0.0 for t in months]
    so_far, worth, got["cumulative_saving"] = -got["one_time_cost"], 0.0, []
    for t in months:
        so_far += got["saving"][t]
        worth += got["saving"][t] / monthly ** (t + 1)
        got["cumulative_saving"].append(so_far)
    got["present_value_of_savings"] = worth
    got["net_present_value"] = worth - got["one_time_cost"]
