"""The net present value of self-hosting, as someone would write it in NumPy without lines, names and units.

Scenarios lie along the first axis, months along the second, blocks of the load-duration curve along a third in
front. It exists to be compared with, and to be equal to, what the lines compute; no part of the tool uses it.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def net_present_value(v: dict[str, Any]) -> np.ndarray:
    """Of each scenario: savings of the self-hosting option, discounted, less what it costs before."""
    rate = (1 + v["discount_rate_per_year"]) ** (1 / v["periods_per_year"]) - 1
    growth = (1 + v["growth_per_month"]) ** v["months_elapsed"]
    weights = v["bill_weight_of_input"], v["bill_weight_of_output"]
    parts = weights[0] * sum(paid_for_input(v)) + weights[1] * (1 - v["batch_share"] * (1 - v["batch_multiplier"]))
    stated = growth / np.where(weights[0] + weights[1] > 0, parts, 1)
    ours = np.where(v["counted_by_provider"] > 0, 1 / (v["retry_factor"] * v["tokenizer_ratio"]), 1)
    month = {
        "rate": rate,
        "stated": (v["input_mtok_per_month"] + v["output_mtok_per_month"]) * stated,
        "input": v["input_mtok_per_month"] * stated * ours,
        "output": v["output_mtok_per_month"] * stated * ours,
        "pay": (1 + v["pay_escalation_per_year"]) ** v["years_elapsed"],
    }
    buying, _, _ = monthly_cost(v, month, own=False)
    owning, before, own_cost = monthly_cost(v, month, own=True)
    shadow = (
        np.sum(own_cost * v["first_month"], axis=-1, keepdims=True)
        * v["shadow_days"]
        / v["days_per_month"]
        * v["shadow_share"]
    )
    discount = (1 + rate) ** -v["months_to_payment"]
    saved = np.sum((buying - owning) * v["live"] * discount * v["one_month"], axis=-1, keepdims=True)
    return np.ravel(saved - before - shadow)


def monthly_cost(v: dict[str, Any], month: dict[str, Any], *, own: bool) -> tuple[Any, Any, Any]:
    """Cost of each month under an option, what it costs before, and the part that is self-hosting."""
    share = (1 - v["canary_share"]) if own else 0.0
    prices = list_prices(v)
    billed = v["retry_factor"] * v["tokenizer_ratio"]
    bought_input = month["input"] * (1 - share) * billed * v["volume_scale"]
    bought_output = month["output"] * (1 - share) * billed * v["volume_scale"]
    online, batches = (
        (month["input"] * a + month["output"] * b) * billed for a, b in zip(prices[2::2], prices[3::2], strict=True)
    )
    bought = {"cost": bought_input * prices[0] + bought_output * prices[1], "tokens": bought_input + bought_output}
    bursts: list[dict[str, Any]] = []
    engineer = v["engineer_cost_per_year"] / v["months_per_year"]
    own_cost, before = 0.0, 0.0
    if own:
        fleet = the_fleet(v, month, share, online + batches)
        bursts = the_bursts(v, fleet, online * share, batches * share)
        people, engineers = the_people(v, month, engineer, fleet)
        own_cost = hardware(v, month, fleet) + people + assurance(v, month, fleet, engineers)
        before = (
            (build_work(v, fleet) + v["readiness_person_months"]) * engineer * v["opportunity_multiple"]
            + v["migration_cost_per_workload"]
            + v["evaluation_set_cost"]
            + v["procurement_cost"]
        )
    bill = api_bill(v, month, bought, bursts, (1 - share) * billed)
    outage = v["outage_hours_per_month"] * v["loss_per_outage_hour"] + v["sla_penalties_per_month"]
    outage = outage - bill * v["expected_credit_share"] - v["sla_credits_per_month"]
    return bill + v["hosted_fte"] * engineer * month["pay"] + own_cost + outage, before, own_cost


def the_bursts(v: dict[str, Any], fleet: dict[str, Any], online: Any, batches: Any) -> list[dict[str, Any]]:
    """What spills, interactive and batch work, at list price, with its tokens and what committed units may take."""
    busy, waits = fleet["load_now"], fleet["load_later"]
    found = []
    for spill, load, cost in ((fleet["spill_now"], busy, online), (fleet["spill_later"], waits, batches)):
        price = cost * v["volume_scale"] / np.where(load > 0, load, 1)
        tokens = fleet["billed_per_busy"] * np.where(load > 0, 1, 0)
        found.append({"cost": spill * price, "tokens": spill * tokens})
    found[0]["blocks"] = fleet["above"]
    found[0]["work"] = fleet["work_per_busy"]
    return found


def list_prices(v: dict[str, Any]) -> tuple[Any, ...]:
    """Price of one MTok of input and of output, cache and batch included; then of the online and the batch part."""
    factor = (1 + v["hosted_price_change_per_month"]) ** v["months_elapsed"] * v["price_scale"]
    online, batched = 1 - v["batch_share"], v["batch_share"]
    read, batch = paid_for_input(v)
    price_in, price_out = v["input_price_per_mtok"] * factor, v["output_price_per_mtok"] * factor
    now = read * price_in, online * price_out
    later = batch * price_in, batched * v["batch_multiplier"] * price_out
    return now[0] + later[0], now[1] + later[1], *now, *later


def paid_for_input(v: dict[str, Any]) -> tuple[Any, Any]:
    """What a token of input costs over its list price, online and in batches."""
    online, cached = 1 - v["batch_share"], v["batch_cached_share"]
    fresh = online * (1 - v["cached_share"]) + online * v["cached_share"] * v["cache_read_multiplier"]
    written = online * v["cache_write_share"] * v["cache_write_surcharge"]
    batch = v["batch_share"] * ((1 - cached) * v["batch_multiplier"] + cached * v["batch_cached_multiplier"])
    return fresh + written, batch


def api_bill(
    v: dict[str, Any], month: dict[str, Any], bought: dict[str, Any], bursts: list[dict[str, Any]], kept: Any
) -> Any:
    """The bill after committed units, tiers, discount, fee and minimum. `kept`: billed tokens per token of demand."""
    work = work_of(v, month) * kept
    held = np.maximum(v["committed_units"], v["units_under_contract"])
    unit = v["unit_tokens_per_minute"] * v["minutes_per_month"] / v["tokens_per_mtok"]
    taken = np.sum(
        np.minimum(work * v["volume_scale"] * v["load_over_mean"], held * unit) * v["block_share"],
        axis=0,
    )
    left = np.where(work > 0, 1 - taken / (work * v["volume_scale"]), 1)
    for burst in bursts[:1]:
        room = np.maximum(held * unit - work * v["volume_scale"] * v["load_over_mean"], 0)
        done = np.sum(np.minimum(burst["blocks"] * burst["work"], room) * v["block_share"], axis=0)
        spilt = np.sum(burst["blocks"] * v["block_share"], axis=0) * burst["work"]
        stays = np.where(spilt > 0, 1 - done / np.where(spilt > 0, spilt, 1), 1)
        burst |= {"cost": burst["cost"] * stays, "tokens": burst["tokens"] * stays}
    after = tiered(v, [{"cost": bought["cost"] * left, "tokens": bought["tokens"] * left}, *bursts])
    after = after * (1 - v["hosted_discount"])
    committed = held * v["unit_price_per_hour"] * v["hours_per_month"]
    return np.maximum(after * (1 + v["gateway_fee_share"]) + committed, v["minimum_bill"])


def work_of(v: dict[str, Any], month: dict[str, Any]) -> Any:
    """Work in input equivalents, as committed units count it."""
    read = month["input"] * (1 - v["cached_share"] * (1 - v["cached_work_weight"]))
    return read + month["output"] * v["output_work_weight"]


def tiered(v: dict[str, Any], layers: list[dict[str, Any]]) -> Any:
    """What tiers leave of the bill: what is bought anyway comes first, the interactive burst next, batches last."""
    edge, step = v["tier_from_mtok"], v["tier_price_step"]
    if v["tiers_are_slabs"] > 0:
        return sum(each["cost"] for each in layers) * np.where(sum(each["tokens"] for each in layers) > edge, step, 0)
    before, paid = 0.0, 0.0
    for each in layers:
        price = each["cost"] / np.where(each["tokens"] > 0, each["tokens"], 1)
        paid = paid + np.maximum(each["tokens"] - np.maximum(edge - before, 0), 0) * price * step
        before = before + each["tokens"]
    return paid


def the_fleet(v: dict[str, Any], month: dict[str, Any], share: Any, everything: Any) -> dict[str, Any]:
    """Load, spill and the counts of a fleet that has been decided."""
    fall = np.minimum(v["hosted_price_change_per_month"], 0)
    progress = np.maximum(v["months_elapsed"] - v["model_lag_months"], 0)
    adopted = v["hosted_price_model_share"] * np.where(v["refreshes_per_year"] > 0, v["model_progress_adopted"], 0)
    gain = (1 + fall) ** -(adopted * progress)
    capacity = v["replica_tokens_per_second"] * gain * v["seconds_per_month"] / v["tokens_per_mtok"]
    base_load = (month["input"] + month["output"]) * share / capacity
    load = base_load * v["volume_scale"]
    usable = (v["replicas"] - v["spare_replicas"]) * v["usable_share"]
    now, later = load * (1 - v["batch_share"]), load * v["batch_share"]
    above = np.maximum(now * v["load_over_mean"] - usable, 0)
    spill_now = np.sum(above * v["block_share"], axis=0)
    spill_later = np.maximum(later - np.maximum(usable - now + spill_now, 0), 0)
    spill = spill_now + spill_later
    billed_factor = v["retry_factor"] * v["tokenizer_ratio"]
    gpus = v["replicas"] * v["gpus_per_replica"]
    billed = np.ceil(gpus / v["gpus_billed_together"] * (1 - 1e-9)) * v["gpus_billed_together"]
    return {
        "load": load,
        "load_now": now,
        "load_later": later,
        "above": above,
        "spill_now": spill_now,
        "spill_later": spill_later,
        "work_per_busy": work_of(v, month) * billed_factor * share / base_load,
        "own_load": load - spill,
        "gpus": gpus,
        "billed": billed,
        "nodes": np.ceil(gpus / v["gpus_per_node"] * (1 - 1e-9)),
        "price_per_busy": everything * share / base_load,
        "billed_per_busy": (month["input"] + month["output"]) * billed_factor * share / base_load,
        "egress_per_busy": month["output"] * share * v["egress_gb_per_mtok"] * v["egress_price_per_gb"] / base_load,
        "gain": gain,
        "tokens": (month["input"] * share, month["output"] * share),
    }


def hardware(v: dict[str, Any], month: dict[str, Any], fleet: dict[str, Any]) -> Any:
    """GPUs however they are paid for, and what they need besides themselves."""
    factor = rent_factor(v, v["months_elapsed"])
    term = v["reserved_term_months"]
    reserved = rent_factor(v, np.floor(v["months_elapsed"] / term) * term)
    mix = (1 - v["reserved_share"] - v["spot_share"] * v["spot_net_saving"]) * factor
    mix = mix + v["reserved_share"] * (1 - v["reserved_discount"]) * reserved
    rent = fleet["billed"] * v["gpu_price_per_hour"] * mix * v["hours_per_month"]
    hours = fleet["load"] / v["usable_share"] * v["gpus_per_replica"] * v["hours_per_month"]
    serverless = hours * v["serverless_price_per_hour"] * factor
    worth = (1 + month["rate"]) ** -v["life_months"]
    charge = v["gpu_purchase_price"] * (1 - v["residual_share"] * worth) * month["rate"] / (1 - worth) / v["one_month"]
    capital = np.maximum(fleet["billed"] - v["gpus_already_owned"], 0) * charge
    idle_value = np.minimum(fleet["billed"], v["gpus_already_owned"]) * v["idle_value_per_gpu_month"]
    busy = fleet["own_load"] * v["gpus_per_replica"] / v["gpus_per_node"]
    drawn = fleet["nodes"] * v["node_idle_kw"] + busy * (v["node_busy_kw"] - v["node_idle_kw"])
    price = v["electricity_price_per_kwh"] * (1 + v["power_escalation_per_year"]) ** v["years_elapsed"]
    power = drawn * v["hours_per_month"] * v["pue"] * price
    space = fleet["nodes"] * v["colocation_kw_per_node"] * v["colocation_price_per_kw_month"]
    yearly = fleet["billed"] * v["gpu_purchase_price"] * v["maintenance_share_per_year"]
    yearly = yearly + fleet["gpus"] * v["licence_per_gpu_year"]
    host = fleet["nodes"] * v["host_price_per_node_month"] + v["storage_gb"] * v["storage_price_per_gb_month"]
    egress = fleet["own_load"] * fleet["egress_per_busy"]
    gpus = rent + serverless + capital + idle_value
    hardware = gpus + power + space + yearly / v["months_per_year"] + host + egress
    return hardware * (1 + refresh_shadow(v))


def refresh_shadow(v: dict[str, Any]) -> Any:
    """Hardware that shadows a refresh, over all of it."""
    days = v["refreshes_per_year"] / v["months_per_year"] * v["refresh_shadow_days"]
    return days / v["days_per_month"] * v["refresh_shadow_share"]


def rent_factor(v: dict[str, Any], months: Any) -> Any:
    """GPU rent over today's after so many months."""
    fall = 1 + np.minimum(v["hosted_price_change_per_month"], 0)
    trend = (1 + v["gpu_price_change_per_month"]) * fall ** v["hosted_price_hardware_share"]
    return trend**months * v["gpu_price_long_run_ratio"] ** (1 - 2 ** -(months / v["gpu_price_half_life_months"]))


def the_people(v: dict[str, Any], month: dict[str, Any], engineer: Any, fleet: dict[str, Any]) -> tuple[Any, Any]:
    """Running it by day and by night; and the part of it that is engineers' time."""
    size = platform_size(v, fleet)
    team = v["run_fte"] * part(v["least_run_share"], size)
    pay = engineer * month["pay"]
    stipends = (
        v["oncall_slots"] * v["oncall_share"] * v["oncall_stipend_per_week"] * v["weeks_per_month"] * month["pay"]
    )
    incidents = v["incidents_per_month"] * part(v["least_incident_share"], size)
    each = v["hours_per_incident"] * v["months_per_year"] / v["work_hours_per_year"]
    waiting = v["incidents_per_month"] * v["night_share"] * v["nights_on_api_share"]
    attended = incidents * v["night_share"] * (1 - v["nights_on_api_share"])
    by_day, free = (incidents - attended) * each, team * v["team_time_share"]
    refreshes = v["refreshes_per_year"] * part(v["least_refresh_share"], size) / v["months_per_year"]
    over = np.maximum(by_day + refreshes * v["refresh_person_months"] - free, 0)
    engineers = (team + attended * each + over) * pay
    night = waiting * v["night_hours"] / v["hours_per_month"] * fleet["own_load"] * fleet["price_per_busy"]
    return engineers + stipends + night, engineers


def build_work(v: dict[str, Any], fleet: dict[str, Any]) -> Any:
    """Person-months of the build, at the size of the first month served."""
    size = np.sum(platform_size(v, fleet) * v["first_month"], axis=-1, keepdims=True)
    return v["build_person_months"] * part(v["least_build_share"], size)


def platform_size(v: dict[str, Any], fleet: dict[str, Any]) -> Any:
    """How much of a full platform the load needs."""
    return np.minimum(fleet["load"] * v["gpus_per_replica"] / v["full_platform_gpus"], 1)


def part(least: Any, size: Any) -> Any:
    """Part of a full platform's amount."""
    return least + (1 - least) * size


def assurance(v: dict[str, Any], month: dict[str, Any], fleet: dict[str, Any], engineers: Any) -> Any:
    """Observability, refresh, compliance, fallback, and what the engineers would do elsewhere."""
    volume = month["stated"] * v["volume_scale"]
    watched = (
        fleet["nodes"] * v["observability_per_node_month"]
        + v["observability_base_per_month"]
        + volume * v["own_events_share"] * v["observability_per_mtok"]
    )
    size = platform_size(v, fleet)
    refreshes = v["refreshes_per_year"] * part(v["least_refresh_share"], size) / v["months_per_year"]
    runs = v["refresh_evaluation_cost"] + v["refresh_gpu_hours"] * v["refresh_gpu_price_per_hour"]
    compliance = v["compliance_cost_per_year"] * part(v["least_compliance_share"], size) / v["months_per_year"]
    elsewhere = (v["opportunity_multiple"] - 1) * engineers
    return watched + refreshes * runs + compliance + v["fallback_commitment_per_month"] + elsewhere
