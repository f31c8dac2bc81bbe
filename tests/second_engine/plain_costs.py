"""The second engine's own side: hardware, people, assurance, what is paid once. See plain.py."""

from __future__ import annotations

from typing import Any

Numbers = dict[str, Any]

HOURS = 730.0
DAYS = HOURS / 24
NIGHTS = 118 / 168


def hardware(s: Numbers, demand: list[Numbers], got: Numbers, t: int) -> Numbers:
    """GPUs by rent, by the second, by the token or bought; power, space, maintenance, licences, traffic."""
    moves, streamed, on = market(s, t), 0.0, s["self_hosts"]
    rent = s["gpu_price_per_hour"] * moves * (1 - s["reserved_share"] - s["spot_share"])
    rent += s["gpu_price_per_hour"] * moves * s["spot_share"] * (1 - s["spot_net_saving"])
    renewed = t - t % s["reserved_term_months"]
    rent += s["gpu_price_per_hour"] * market(s, renewed) * s["reserved_share"] * (1 - s["reserved_discount"])
    for d in demand:
        streamed += d["output"] * d["own"] * s["volume_scale"]
    bought = max(got["gpus_billed"] - s["gpus_already_owned"], 0.0)
    charge = capital_charge(s)
    traffic = streamed * s["egress_gb_per_mtok"] * s["egress_price_per_gb"]
    per_replica = traffic / got["load"] if got["load"] else 0.0
    busy = got["own_load"] * s["gpus_per_replica"] / s["gpus_per_node"]
    kwh = (busy * s["node_busy_kw"] + (got["nodes"] - busy) * s["node_idle_kw"]) * HOURS * s["pue"]
    of = {
        "rent_rate": rent,
        "gpu_rent": got["gpus_billed"] * rent * HOURS,
        "serverless_cost": got["load"] / s["usable_share"] * s["gpus_per_replica"] * HOURS
        * s["serverless_price_per_hour"] * moves,
        "capital_charge_per_gpu": charge,
        "capital_charge": bought * charge,
        "owned_idle_value": (got["gpus_billed"] - bought) * s["idle_value_per_gpu_month"],
        "power": kwh * s["electricity_price_per_kwh"] * (1 + s["power_escalation_per_year"]) ** (t / 12),
        "colocation": got["nodes"] * s["colocation_kw_per_node"] * s["colocation_price_per_kw_month"],
        "maintenance": s["maintenance_share_per_year"] / 12 * s["gpu_purchase_price"] * got["gpus_billed"],
        "licences": s["licence_per_gpu_year"] / 12 * got["gpus"] * on,
        "host_and_storage": got["nodes"] * s["host_price_per_node_month"] * on
        + s["storage_gb"] * s["storage_price_per_gb_month"] * on,
        "egress_per_busy_replica": per_replica,
        "egress": per_replica * got["own_load"] * on,
    }  # fmt: skip
    first = ("gpu_rent", "serverless_cost", "capital_charge", "owned_idle_value")
    of["compute"] = sum(of[name] for name in first)
    rest = ("power", "colocation", "maintenance", "licences", "host_and_storage", "egress")
    of["hardware_upkeep"] = sum(of[name] for name in rest)
    spares = min(s["spare_replicas"], got["replicas"])
    each = of["compute"] / got["replicas"] if got["replicas"] else 0.0
    of["redundancy"] = each * spares
    of["idle_for_peak"] = each * (got["replicas"] - spares - got["own_load"]) if got["replicas"] else 0.0
    return of


def market(s: Numbers, t: float) -> float:
    """GPU rent over today's: half of what is left to the long-run level goes in a half-life; chips get cheaper."""
    falls = 1 + min(s["hosted_price_change_per_month"], 0.0)
    left = 0.5 ** (t / s["gpu_price_half_life_months"])
    lasting = ((1 + s["gpu_price_change_per_month"]) * falls ** s["hosted_price_hardware_share"]) ** t
    return float(lasting * s["gpu_price_long_run_ratio"] / s["gpu_price_long_run_ratio"] ** left)


def capital_charge(s: Numbers) -> float:
    """The level payment whose present value is the price less that of the residual value."""
    growth = (1 + s["discount_rate_per_year"]) ** (1 / 12)
    worth, payments = 1.0, 0.0
    for _ in range(int(s["life_months"])):
        worth /= growth
        payments += worth
    return float((s["gpu_purchase_price"] - s["gpu_purchase_price"] * s["residual_share"] * worth) / payments)


def people(s: Numbers, demand: list[Numbers], got: Numbers, t: int) -> Numbers:
    """Engineers on both sides, on-call, the night on the API, and what they would have earned elsewhere."""
    raised = (1 + s["pay_escalation_per_year"]) ** (t / 12)
    month = s["engineer_cost_per_year"] / 12 * raised
    on = s["self_hosts"]
    stipend = s["oncall_slots"] * s["oncall_share"] * s["oncall_stipend_per_week"] * 52 / 12
    size = sized(s, got)
    count = s["incidents_per_month"] * part(size, s["least_incident_share"]) * on
    waits = s["incidents_per_month"] * NIGHTS * s["nights_on_api_share"]
    attended = count * NIGHTS - count * NIGHTS * s["nights_on_api_share"]
    hours = count * s["hours_per_incident"] / 2080 * 12
    at_night = attended * s["hours_per_incident"] / 2080 * 12
    team = s["run_fte"] * part(size, s["least_run_share"]) * on
    free = team * s["team_time_share"]
    by_day = hours - at_night
    changes = s["refreshes_per_year"] * part(size, s["least_refresh_share"]) * on
    moving = changes * s["refresh_person_months"] / 12
    left = free - by_day if free > by_day else 0.0
    too_much = by_day - free if by_day > free else 0.0
    own_list_cost = sum(d["rates"]["base_list_cost"] * d["own"] for d in demand) * s["volume_scale"]
    by_hour = own_list_cost / HOURS * got["own_load"] / got["load"] if got["load"] else 0.0
    of = {
        "run_engineering": team * month,
        "on_call_stipends": stipend * raised * on,
        "on_call_incidents": (at_night + too_much) * month,
        "night_route_back": waits * s["night_hours"] * by_hour * on,
    }
    of["people"] = sum(of.values())
    refresh = (moving - left if moving > left else 0.0) * month
    paid = of["run_engineering"] + of["on_call_incidents"] + refresh
    return of | {
        "engineer_cost_per_month": s["engineer_cost_per_year"] / 12,
        "hosted_engineering": s["hosted_fte"] * month,
        "refresh_people": refresh,
        "platform_size": size,
        "team": team,
        "incidents": count,
        "night_work": at_night,
        "incident_work": by_day,
        "team_time": free,
        "refreshes": changes,
        "refresh_work": moving,
        "opportunity_cost": paid * s["opportunity_multiple"] - paid,
    }


def sized(s: Numbers, got: Numbers) -> float:
    """How much of a full platform the load needs."""
    share = got["load"] * s["gpus_per_replica"] / s["full_platform_gpus"]
    return float(share if share < 1 else 1.0)


def part(size: float, least: float) -> float:
    """Part of a full platform's amount that one of this size has."""
    return size + least - size * least


def upkeep(s: Numbers, got: Numbers) -> Numbers:
    """Observability, refresh, compliance, outages, the quota that keeps the way back open."""
    on = s["self_hosts"]
    kept = got["volume"] * s["own_events_share"] * s["observability_per_mtok"]
    training = s["refresh_gpu_hours"] * s["refresh_gpu_price_per_hour"]
    of = {
        "observability": got["nodes"] * s["observability_per_node_month"] * on
        + (s["observability_base_per_month"] + kept) * on,
        "refresh_people": got["refresh_people"],
        "refresh_compute": got["refreshes"] / 12 * (s["refresh_evaluation_cost"] + training),
        "refresh_shadow": on
        * (got["compute"] + got["hardware_upkeep"])
        * s["refresh_shadow_share"]
        * s["refreshes_per_year"]
        / 12
        * s["refresh_shadow_days"]
        / DAYS,
        "security_and_compliance": s["compliance_cost_per_year"]
        / 12
        * part(got["platform_size"], s["least_compliance_share"])
        * on,
        "fallback_commitment": s["fallback_commitment_per_month"] * on,
    }
    of["assurance"] = sum(of.values())
    paid_back = s["sla_credits_per_month"] + (got["api_bill"] + got["elsewhere_bill"]) * s["expected_credit_share"]
    lost = s["outage_hours_per_month"] * s["loss_per_outage_hour"]
    owed = s["sla_penalties_per_month"]
    return of | {"outage_loss": lost, "sla_credits": paid_back, "outage_cost": lost + owed - paid_back}


def once(case: Numbers, s: Numbers, got: Numbers) -> Numbers:
    """What is paid before the first saving, and what undoing it all would cost."""
    month, on = s["engineer_cost_per_year"] / 12, s["self_hosts"]
    moving = 0.0
    for w, moved in zip(case["workloads"], s["moved"], strict=True):
        moving += {**s, **w}["migration_cost_per_workload"] * moved
    work = s["build_person_months"] * part(got["platform_size"][case["cut_over"]], s["least_build_share"]) * on
    of = {
        "build": work * month,
        "migration": moving,
        "evaluation_set": s["evaluation_set_cost"] * on,
        "procurement": s["procurement_cost"] * on,
        "readiness_work": s["readiness_person_months"] * month * on,
        "shadow_run": on * got["own_cost"][case["cut_over"]] * s["shadow_days"] / DAYS * s["shadow_share"],
    }
    engineers = of["build"] + of["readiness_work"]
    of["build_opportunity_cost"] = engineers * s["opportunity_multiple"] - engineers
    of["one_time_cost"] = sum(of.values())
    return of | {
        "build_work": work,
        "exit_cost": (s["termination_fee"] + s["reintegration_person_months"] * month) * on,
    }
