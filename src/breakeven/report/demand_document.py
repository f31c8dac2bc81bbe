"""Usage as one JSON object: every number of the page and more, none of them rounded."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from breakeven.demand.log.failures import by_status
from breakeven.demand.log.histogram import Lengths, Sizes, together
from breakeven.demand.shape.measured import idle_minutes, iso
from breakeven.demand.usage.reading import Reading
from breakeven.demand.usage.reconcile import ModelCost, Reconciliation
from breakeven.demand.usage.usage import Usage, Use, shares, totals

NO_TOKENS = "This is a bill, and holds no tokens: read it together with the usage of the same time."
QUANTILES = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "longest": 1.0}


def demand_document(usage: Usage) -> dict[str, Any]:
    """The promised keys first; then what else was found. Absent knowledge is null, never zero."""
    table, demand = usage.reading.table, usage.demand
    return {
        **_sums(totals(table)),
        "failed_by_status": by_status(usage.reading.failed, totals(table)["failed"]),
        "set_aside": sum(reason.rows for reason in table.set_aside),
        "first": demand.first,
        "last": demand.last,
        "peak_over_mean": usage.peaks["requests"],
        "peak_over_mean_sliding": {name: peak and peak.over_mean for name, peak in usage.sliding.items()},
        "peak_over_mean_sliding_exact": {name: peak and peak.exact for name, peak in usage.sliding.items()},
        "peak_over_mean_bounds": usage.bounds,
        "workloads": [_use(use) for use in usage.uses],
        "shares": asdict(shares(table)),
        **_shape(usage),
        "month": [_month(workload) for workload in usage.demand.workloads],
        "set_aside_reasons": [asdict(reason) for reason in table.set_aside],
        "bill": _bill(usage.bill),
        "format": usage.reading.log_format,
        "notices": list(demand.notices),
    }


def bill_document(reading: Reading, bill: Reconciliation) -> dict[str, Any]:
    """What a bill without tokens tells. What it cannot tell is not there."""
    table = reading.table
    return {
        "set_aside": sum(reason.rows for reason in table.set_aside),
        "first": iso(table.first_second),
        "last": iso(table.last_second),
        "set_aside_reasons": [asdict(reason) for reason in table.set_aside],
        "bill": _bill(bill),
        "currencies": list(table.currencies),
        "format": reading.log_format,
        "notices": [NO_TOKENS, *table.notices],
    }


def _sums(found: dict[str, int]) -> dict[str, int]:
    renamed = {"failed": "failed_requests"}
    return {renamed.get(name, name): value for name, value in found.items()}


def _use(use: Use) -> dict[str, Any]:
    """One workload and model. Rows set aside belong to none; its times are whole minutes."""
    return {
        "name": use.name,
        "model": use.model,
        **_sums(use.sums),
        "failed_by_status": use.failed_by_status,
        "set_aside": 0,
        "first": use.first,
        "last": use.last,
        "peak_over_mean": use.peak_over_mean,
    }


def _shape(usage: Usage) -> dict[str, Any]:
    """Over time and in size."""
    sizes = usage.reading.sizes
    return {
        "minutes": usage.minutes.count,
        "empty_minutes": int((usage.minutes["requests"] == 0).sum()) if usage.minutes.bucket_minutes == 1 else None,
        "idle_days": idle_minutes(usage.reading.table) / 1440,
        "bucket_minutes": usage.minutes.bucket_minutes,
        "peaks": usage.peaks,
        "load_duration": asdict(usage.duration),
        "load_curve": asdict(usage.demand.load_curve),
        "season": usage.season and asdict(usage.season),
        "trend": usage.demand.trend and asdict(usage.demand.trend),
        "sizes": _size(together(sizes)) if sizes else None,
        "sizes_by_workload": {size.workload: _size(size) for size in sizes if size.workload},
    }


def _size(sizes: Sizes) -> dict[str, Any]:
    return {
        "input_tokens": _lengths(sizes.input),
        "output_tokens": _lengths(sizes.output),
        "correlation": sizes.correlation,
    }


def _lengths(lengths: Lengths) -> dict[str, float]:
    return {"mean": lengths.mean} | {name: lengths.quantile(share) for name, share in QUANTILES.items()}


def _month(workload: Any) -> dict[str, Any]:
    return {
        "name": workload.name,
        "requests": workload.requests_per_month,
        "input_mtok": workload.input_mtok_per_month,
        "output_mtok": workload.output_mtok_per_month,
        "cached_share_of_input": workload.cached_share_of_input,
        "low_share": workload.low_share,
        "high_share": workload.high_share,
    }


def _bill(bill: Reconciliation | None) -> dict[str, Any] | None:
    if bill is None:
        return None
    return {
        "bill_usd": bill.bill,
        "bill_given": bill.bill_given,
        "computed_usd": bill.computed,
        "gap_usd": bill.gap,
        "explanations": list(bill.explanations),
        "models": [_model(model) for model in bill.models],
    }


def _model(cost: ModelCost) -> dict[str, Any]:
    price = cost.price
    return asdict(cost) | {
        "price": price and {"name": f"{price.host}/{price.model}", "source": str(price.source)},
    }
