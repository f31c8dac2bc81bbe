"""Random cases for the two engines: plausible ones and extreme ones, by seed; and a case as the model's arrays."""

from __future__ import annotations

from itertools import pairwise
from random import Random
from typing import Any

import numpy as np

from breakeven.numbers.operations import MONTH, OPTION, STEP, WORKLOAD, along

Case = dict[str, Any]

MODES = ("rented", "owned", "serverless", "endpoint", "dedicated")
BY_OPTION = (
    "self_hosts", "holds_fleet", "committed_units", "minimum_replicas", "spare_replicas", "gpus_billed_together",
    "gpu_price_per_hour", "serverless_price_per_hour", "gpu_purchase_price", "node_idle_kw", "node_busy_kw",
    "colocation_kw_per_node", "canary_share", "run_fte",
    "outage_hours_per_month", "sla_credits_per_month", "sla_penalties_per_month", "gpus_already_owned",
    "idle_value_per_gpu_month", "reserved_share", "spot_share", "oncall_slots", "hosted_fte",
)  # fmt: skip
BY_WORKLOAD = (
    "input_mtok_per_month", "output_mtok_per_month", "input_price_per_mtok", "output_price_per_mtok", "cached_share",
    "cache_read_multiplier", "cache_write_share", "cache_write_surcharge", "batch_share", "batch_multiplier",
    "batch_cached_share", "batch_cached_multiplier", "tokenizer_ratio", "retry_factor", "growth_per_month",
    "counted_by_provider", "bill_weight_of_input", "bill_weight_of_output",
    "replica_tokens_per_second", "migration_cost_per_workload", "elsewhere_input_price_per_mtok",
    "elsewhere_output_price_per_mtok",
)  # fmt: skip
CONSTANTS = {
    "one_month": 1.0,
    "months_per_year": 12.0,
    "periods_per_year": 12.0,
    "hours_per_month": 730.0,
    "minutes_per_month": 43_800.0,
    "seconds_per_month": 2_628_000.0,
    "days_per_month": 730 / 24,
    "weeks_per_month": 52 / 12,
    "work_hours_per_year": 2080.0,
    "tokens_per_mtok": 1e6,
    "night_share": 118 / 168,
}
EVERYWHERE = {  # (least, most) of what is one number of the company; an extreme case goes ten times further out
    "discount_rate_per_year": (0.0, 0.25), "usable_share": (0.5, 0.95), "price_scale": (0.5, 2.0),
    "volume_scale": (0.2, 3.0), "hosted_discount": (0.0, 0.4), "gateway_fee_share": (0.0, 0.06),
    "unit_tokens_per_minute": (2_000, 24_000), "unit_price_per_hour": (0.3, 2), "cached_work_weight": (0, 1),
    "output_work_weight": (1, 8), "reserved_discount": (0.2, 0.5), "spot_net_saving": (0.3, 0.5),
    "gpu_price_change_per_month": (-0.03, 0.03), "residual_share": (0.05, 0.35), "pue": (1.1, 1.8),
    "electricity_price_per_kwh": (0.05, 0.3), "power_escalation_per_year": (0, 0.06),
    "colocation_price_per_kw_month": (100, 300), "maintenance_share_per_year": (0, 0.15),
    "licence_per_gpu_year": (0, 4500), "host_price_per_node_month": (0, 900), "storage_gb": (100, 9000),
    "storage_price_per_gb_month": (0.02, 0.3), "egress_gb_per_mtok": (0.1, 0.4), "egress_price_per_gb": (0, 0.12),
    "engineer_cost_per_year": (90_000, 300_000), "pay_escalation_per_year": (0, 0.06), "oncall_share": (0.2, 1),
    "oncall_stipend_per_week": (100, 600), "incidents_per_month": (0, 10), "hours_per_incident": (2, 8),
    "nights_on_api_share": (0, 1), "full_platform_gpus": (2, 40), "team_time_share": (0, 1),
    "least_run_share": (0, 1), "least_incident_share": (0, 1), "least_refresh_share": (0, 1),
    "least_compliance_share": (0, 1), "least_build_share": (0, 1), "night_hours": (4, 10),
    "opportunity_multiple": (1, 2.5),
    "observability_per_node_month": (20, 400), "observability_base_per_month": (0, 900),
    "observability_per_mtok": (0, 0.01), "own_events_share": (0.1, 1), "refreshes_per_year": (0, 4),
    "refresh_person_months": (0.3, 2), "refresh_evaluation_cost": (0, 5000), "refresh_gpu_hours": (0, 3000),
    "refresh_gpu_price_per_hour": (1, 6), "compliance_cost_per_year": (0, 60_000), "loss_per_outage_hour": (0, 9000),
    "fallback_commitment_per_month": (0, 4000), "build_person_months": (1, 12), "evaluation_set_cost": (0, 9000),
    "procurement_cost": (0, 20_000), "readiness_person_months": (0, 6), "shadow_days": (7, 35),
    "shadow_share": (0.1, 1), "hosted_price_model_share": (0, 0.7), "hosted_price_hardware_share": (0, 0.3),
    "model_progress_adopted": (0, 1), "model_lag_months": (0, 6), "gpu_price_long_run_ratio": (0.4, 2),
    "gpu_price_half_life_months": (3, 24), "refresh_shadow_days": (0, 30), "refresh_shadow_share": (0, 1),
    "termination_fee": (0, 50_000), "reintegration_person_months": (0, 3),
    "expected_credit_share": (0, 0.3),
}  # fmt: skip
SHARES_OF = ("nights_on_api_share", "team_time_share", "least_run_share", "least_incident_share",
             "least_refresh_share", "least_compliance_share", "least_build_share", "full_platform_gpus",
             "hosted_price_model_share", "hosted_price_hardware_share", "model_progress_adopted",
             "expected_credit_share",
             "usable_share", "discount_rate_per_year", "gpu_price_change_per_month", "reserved_discount",
             "spot_net_saving", "residual_share", "hosted_discount", "cached_work_weight")  # fmt: skip


def random_case(seed: int) -> Case:
    """One case. Every third is extreme: volumes from a trickle to a flood, zeros, prices far from the market."""
    rng = Random(seed)
    extreme = seed % 3 == 0
    months = rng.choice([1, 2, 5, 12, 24, 36])
    common = {name: spread(rng, name, least, most, extreme) for name, (least, most) in EVERYWHERE.items()}
    common |= {
        "life_months": float(rng.randint(12, 84)),
        "gpus_per_replica": float(rng.choice([1, 1, 2, 4, 8, 16])),
        "gpus_per_node": float(rng.choice([4, 8, 8])),
        "reserved_term_months": float(rng.choice([1, 6, 12, 12, 36])),
        "hosted_price_change_per_month": rng.choice([0.0, rng.uniform(-0.1, 0.03)]),
        "tiers_are_slabs": float(rng.random() < 0.4),
        "minimum_bill": minimum_bill(rng, months),
        "units_under_contract": [0.0] * months,
        "peak_over_mean": 1.0,
    }
    workloads = [workload(rng, extreme) for _ in range(rng.randint(1, 4))]
    blocks = load_blocks(rng)
    common["peak_over_mean"] = rng.choice([rng.uniform(0.7, 1.0), *[rng.uniform(1.0, blocks[0][0] * 1.1)] * 4])
    total = sum(w["input_mtok_per_month"] + w["output_mtok_per_month"] for w in workloads) * common["volume_scale"]
    options = [hosted(rng, len(workloads), total)]
    options += [self_hosting(rng, mode, len(workloads), months) for mode in rng.sample(MODES, rng.randint(1, 5))]
    for each in options[1:]:  # some of the units are kept for what is still bought
        held = options[0]["committed_units"]
        each["committed_units"] = rng.choice([0.0, 0.0, 1.0, float(int(held / 5)), float(int(held / 2))])
    bound = rng.choice([0.0, 0.0, float(int(options[0]["committed_units"] / 3))])
    common["units_under_contract"] = [
        bound if t < runs else 0.0 for runs in [rng.randint(0, months)] for t in range(months)
    ]
    return {
        "months": months,
        "cut_over": rng.randrange(min(months, 6)),
        "common": common,
        "workloads": workloads,
        "options": options,
        "blocks": blocks,
        "tiers": volume_tiers(rng, total),
    }


def spread(rng: Random, name: str, least: float, most: float, extreme: bool) -> float:
    """A number of the range; in an extreme case now and then nothing at all, or ten times too much."""
    number = rng.uniform(least, most)
    if extreme and name not in SHARES_OF:
        number *= rng.choice([0.0 if least == 0 else 0.1, 1.0, 1.0, 10.0])
    return rng.choice([0.0, number, number, number]) if name == "discount_rate_per_year" else number


def workload(rng: Random, extreme: bool) -> dict[str, float]:
    """One workload: its tokens, what the provider asks for them, how fast a replica serves them."""
    size = 10 ** (rng.uniform(-2, 7) if extreme else rng.uniform(2, 5))
    return {
        "input_mtok_per_month": size,
        "output_mtok_per_month": size * rng.choice([0.0, 0.05, 0.25, 1.0]),
        "input_price_per_mtok": rng.uniform(0.02, 6),
        "output_price_per_mtok": rng.uniform(0.05, 25),
        "elsewhere_input_price_per_mtok": rng.uniform(0.02, 3),
        "elsewhere_output_price_per_mtok": rng.uniform(0.02, 9),
        "cached_share": rng.choice([0.0, rng.random(), 1.0]),
        "cache_read_multiplier": rng.uniform(0, 1),
        "cache_write_share": rng.choice([0.0, rng.random()]),
        "cache_write_surcharge": rng.choice([0.0, 0.25, 1.0]),
        "batch_share": rng.choice([0.0, rng.random(), 1.0]),
        "batch_multiplier": rng.uniform(0.3, 1),
        "batch_cached_share": rng.choice([0.0, rng.random()]),
        "batch_cached_multiplier": rng.uniform(0.02, 0.6),
        "tokenizer_ratio": rng.uniform(0.8, 1.3),
        "retry_factor": rng.uniform(1, 1.1),
        "growth_per_month": rng.choice([0.0, rng.uniform(-0.05, 0.15)]),
        "replica_tokens_per_second": 10 ** rng.uniform(2.3, 4.7),
        "migration_cost_per_workload": rng.uniform(0, 20_000),
        **counted(Random(Random(size).random())),  # of its own: the rest of the case stays what the seed gives
    }


def counted(rng: Random) -> dict[str, float]:
    """How the volume is known: as we count it, as a provider has counted it, or by what it cost."""
    of_input, of_output = rng.uniform(0.1, 3), rng.uniform(0.1, 1)
    names = ("counted_by_provider", "bill_weight_of_input", "bill_weight_of_output")
    bills = [(1.0, of_input, of_output), (1.0, of_input, 0.0), (1.0, 0.0, of_output)]
    known = rng.choice([(0.0, 0.0, 0.0), (1.0, 0.0, 0.0), rng.choice(bills)])
    return dict(zip(names, known, strict=True))


def hosted(rng: Random, workloads: int, total: float) -> dict[str, Any]:
    """Buying everything, with or without committed units."""
    nothing: dict[str, Any] = dict.fromkeys(BY_OPTION, 0.0)
    units = rng.choice([0.0, 0.0, float(rng.randint(1, 50)), float(int(total / 200 * rng.uniform(0, 3)))])
    return nothing | {
        "moved": [0.0] * workloads,
        "bought_elsewhere": [0.0] * workloads,
        "cache_read_times": 1.0,
        "committed_units": units,
        "minimum_replicas": 1.0,
        "gpus_billed_together": 1.0,
        "hosted_fte": rng.uniform(0, 0.5),
        "run_fte": 1.0,
        "oncall_slots": 1.0,
        "outage_hours_per_month": rng.uniform(0, 3),
        "sla_penalties_per_month": rng.uniform(0, 400),
        "sla_credits_per_month": rng.uniform(0, 500),
    }


def self_hosting(rng: Random, mode: str, workloads: int, months: int) -> dict[str, Any]:
    """Serving some workloads ourselves, or buying them at another host; now and then a pinned fleet, spares or none."""
    moved = [float(rng.random() < 0.75) for _ in range(workloads)]
    moved[rng.randrange(workloads)] = 1.0
    holds = float(mode in ("rented", "owned", "dedicated"))
    elsewhere = moved if mode == "endpoint" else [0.0] * workloads
    option: dict[str, Any] = dict.fromkeys(BY_OPTION, 0.0) | {
        "moved": moved,
        "bought_elsewhere": elsewhere,
        "cache_read_times": Random(mode).choice([0.4, 1.0]) if mode == "endpoint" else 1.0,
        "self_hosts": float(mode not in ("endpoint", "dedicated")),
        "holds_fleet": holds,
        "minimum_replicas": float(rng.choice([1, 1, 1, 2, 3])),
        "spare_replicas": float(rng.choice([0, 0, 1, 2])),
        "gpus_billed_together": float(rng.choice([1, 1, 4, 8])),
        "canary_share": rng.choice([0.0, 0.02, rng.uniform(0, 0.5)]),
        "run_fte": rng.uniform(0, 3),
        "hosted_fte": rng.uniform(0, 0.5),
        "oncall_slots": float(rng.randint(0, 2)),
        "outage_hours_per_month": rng.uniform(0, 6),
        "sla_penalties_per_month": rng.uniform(0, 400),
    }
    if holds and rng.random() < 0.5:
        sizes = [float(rng.randint(0, 6)) for _ in range(months)]
        option["replicas"] = sizes if rng.random() < 0.5 else [sizes[0]] * months
    return option | priced(rng, mode)


def priced(rng: Random, mode: str) -> dict[str, float]:
    """What one way to get the GPUs costs."""
    if mode == "rented":
        reserved = rng.choice([0.0, rng.random()])
        spot = rng.choice([0.0, (1 - reserved) * rng.random()])
        return {"gpu_price_per_hour": rng.uniform(0.5, 8), "reserved_share": reserved, "spot_share": spot}
    if mode == "serverless":
        return {"serverless_price_per_hour": rng.uniform(1, 12)}
    if mode == "endpoint":
        return {}
    if mode == "dedicated":
        return {"gpu_price_per_hour": rng.uniform(1, 9)}
    return {
        "gpu_purchase_price": rng.uniform(3_000, 60_000),
        "node_idle_kw": rng.uniform(1, 3),
        "node_busy_kw": rng.uniform(4, 10),
        "colocation_kw_per_node": rng.choice([0.0, 10.2]),
        "gpus_already_owned": float(rng.choice([0, 0, 4, 16])),
        "idle_value_per_gpu_month": rng.uniform(0, 900),
    }


def load_blocks(rng: Random) -> list[tuple[float, float]]:
    """A load-duration curve of mean one, busiest block first."""
    heights = sorted((rng.uniform(0.02, 4) for _ in range(rng.randint(1, 7))), reverse=True)
    weights = [rng.uniform(0.1, 1) for _ in heights]
    whole = sum(weights)
    mean = sum(h * w for h, w in zip(heights, weights, strict=True)) / whole
    return [(h / mean, w / whole) for h, w in zip(heights, weights, strict=True)]


def volume_tiers(rng: Random, total: float) -> list[tuple[float, float]]:
    """Volume tiers around the bought volume, falling prices mostly, now and then a rising one."""
    later = sorted(total * rng.uniform(0.01, 2) for _ in range(rng.choice([0, 0, 1, 2, 4])))
    return [(0.0, 1.0), *((edge, rng.uniform(0.3, 1.1)) for edge in later)]


def minimum_bill(rng: Random, months: int) -> list[float]:
    """A minimum bill for some of the months."""
    amount = rng.choice([0.0, 0.0, 10 ** rng.uniform(2, 6)])
    runs = rng.randint(0, months)
    return [amount if t < runs else 0.0 for t in range(months)]


def values(case: Case) -> dict[str, Any]:
    """The case as the model takes it: five axes, and the fleets pinned where the case pins them."""
    months, options = range(case["months"]), case["options"]
    got: dict[str, Any] = CONSTANTS | {
        name: along(MONTH, value) if isinstance(value, list) else value for name, value in case["common"].items()
    }
    got |= {name: along(OPTION, [each[name] for each in options]) for name in BY_OPTION}
    got |= {name: along(WORKLOAD, [each[name] for each in case["workloads"]]) for name in BY_WORKLOAD}
    got["cache_read_multiplier"] = got["cache_read_multiplier"] * along(
        OPTION, [each["cache_read_times"] for each in options]
    )
    for name in ("moved", "bought_elsewhere"):
        by_workload = [list(each) for each in zip(*(option[name] for option in options), strict=True)]
        got[name] = np.concatenate([along(OPTION, row) for row in by_workload], axis=WORKLOAD)
    shares = [0.0, *(share for _, share in case["tiers"])]
    return got | {
        "load_over_mean": along(STEP, [height for height, _ in case["blocks"]]),
        "block_share": along(STEP, [share for _, share in case["blocks"]]),
        "tier_from_mtok": along(STEP, [edge for edge, _ in case["tiers"]]),
        "tier_price_step": along(STEP, [b - a for a, b in pairwise(shares)]),
        "is_baseline": along(OPTION, [float(i == 0) for i in range(len(options))]),
        "months_elapsed": along(MONTH, [float(t) for t in months]),
        "years_elapsed": along(MONTH, [t / 12 for t in months]),
        "months_to_payment": along(MONTH, [t + 1.0 for t in months]),
        "first_month": along(MONTH, [float(t == case["cut_over"]) for t in months]),
        "live": along(MONTH, [float(t >= case["cut_over"]) for t in months]),
    }
