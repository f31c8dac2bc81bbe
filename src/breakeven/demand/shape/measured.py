"""Demand from the minute table: exact local arithmetic, and plain words on what the log cannot show."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from math import sqrt

import numpy as np

from breakeven.demand.demand import Demand, LoadCurve, Trend, WorkloadDemand
from breakeven.demand.log.minutes import MinuteTable
from breakeven.demand.log.rows.reasons import OUTSIDE
from breakeven.demand.shape.growth import DAYS_FOR_TREND, trend
from breakeven.demand.shape.load_curve import measured_curve, windows
from breakeven.demand.shape.minute_statistics import Minutes, bucket_minutes, dense, loaded, used
from breakeven.demand.shape.profiles import profile
from breakeven.demand.shape.season import DAYS_FOR_WEEK, EDGE_DAYS, season
from breakeven.demand.shape.widths import burst_range, volume_range
from breakeven.numbers.inputs import Source
from breakeven.numbers.month import DAYS_PER_MONTH, HOURS_PER_MONTH
from breakeven.problems import Problem

MINUTES_PER_DAY = 24 * 60
DAYS_FOR_CURVE = 1
SHORT_HOURS = 2  # under it a length is told in minutes
PROFILE_OF_DAYS = "conversation"  # the shape inside a day, where a log only has days


def measured_demand(
    table: MinuteTable,
    *,
    where: str,
    time_zone: str,
    profile_if_short: str | None,
    window_minutes: int,
    naive: bool,
    cache_column: bool,
) -> Demand:
    """Monthly volumes and the load curve of a log, with a notice for everything that is a guess."""
    _refuse_empty(table, where)
    source = Source(title=f"request log {where}", date=iso(table.last_second)[:10])
    minutes = dense(table)
    days = minutes.count / MINUTES_PER_DAY
    weekly, growth = season(minutes, time_zone), trend(minutes)
    curve, curve_notices = _curve(minutes, window_minutes, profile_if_short, source)
    return Demand(
        workloads=_workloads(table, days, growth, source),
        load_curve=curve,
        first=iso(table.first_second),
        last=iso(table.last_second),
        rows_read=table.rows_read,
        set_aside=table.set_aside,
        notices=(
            *_volume_notices(table, days, naive=naive, cache_column=cache_column),
            *_range_notices(table, days, growth),
            *curve_notices,
            *_mixed_notices(table),
        ),
        failed_requests=int(table["failed"].sum()),
        week=weekly.week if weekly else (),
        trend=growth,
    )


def _refuse_empty(table: MinuteTable, where: str) -> None:
    if not table.rows_read and not table.set_aside:
        raise Problem("the log has no rows", where=where, fix="Export it again with a longer time range.")
    if not table.rows_read:
        reasons = "; ".join(f"{reason.rows} rows: {reason.reason}" for reason in table.set_aside[:3])
        example = table.set_aside[0].examples[0] if table.set_aside[0].examples else ""
        fix = f"For example {example}. Is the right column named for each field?"
        if table.set_aside[0].reason == OUTSIDE:
            fix = f"For example {example}. Do times count from the start of a trace? Add --time-unit s, or ms. "
            fix += "A case says it below its log: time_unit: s."
        raise Problem(f"no row of the log can be used ({reasons})", where=where, fix=fix)
    if table.is_bill:
        fix = "Read the usage of the same time with it: breakeven demand USAGE BILL. Alone: breakeven demand BILL."
        raise Problem("no demand: this is a bill, and holds no tokens", where=where, fix=fix)
    if not table.tokens.sum():
        fix = "Check that the token columns are the right ones; a log of failures alone shows no demand."
        raise Problem("no demand: the log's rows hold no tokens", where=where, fix=fix)


def iso(second: int) -> str:
    """The moment in UTC as ISO text."""
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _curve(
    minutes: Minutes, window_minutes: int, profile_if_short: str | None, source: Source
) -> tuple[LoadCurve, list[str]]:
    """The load curve the log supports, and what is to be said of it."""
    if minutes.bucket_minutes > 60:
        name = profile_if_short or PROFILE_OF_DAYS
        hours = f"A row sums {minutes.bucket_minutes / 60:g} hours"
        curve = replace(profile(name).load_curve, kind="assumed")
        return curve, [f'{hours}: the load curve is the shipped profile "{name}", assumed.']
    size, last = max(window_minutes, minutes.bucket_minutes), minutes.first + minutes.count - 1
    load, width = windows(minutes.index, minutes.tokens, first=minutes.first, last=last, window_minutes=size)
    own = measured_curve(load, width, name="log", source=source)
    curve, notices = _curve_or_profile(own, minutes.count / MINUTES_PER_DAY, profile_if_short)
    burst = burst_range(minutes.bucket_minutes, "5min")
    return _with_bursts(curve, notices, minutes, burst) if burst and curve is own else (curve, notices)


def _with_bursts(
    own: LoadCurve, notices: list[str], minutes: Minutes, burst: tuple[float, float]
) -> tuple[LoadCurve, list[str]]:
    """The peaks of buckets, raised to what shorter windows hold: the middle of what real services showed."""
    low, high = burst
    middle = sqrt(low * high)
    curve = replace(
        own, p99_over_mean=own.p99_over_mean * middle, p999_over_mean=own.p999_over_mean * middle, kind="modelled"
    )
    sentence = (
        f"A row sums {minutes.bucket_minutes} minutes: its peaks of 5 minutes are not seen. In real services they are "
        f"{low:g} to {high:g} times the hour; the load is sized with {middle:.2f}."
    )
    return curve, [*notices, sentence]


def _curve_or_profile(own: LoadCurve, days: float, profile_if_short: str | None) -> tuple[LoadCurve, list[str]]:
    """The log's own curve, or the named profile when the log is under a day; and what is to be said of it."""
    if days >= DAYS_FOR_WEEK - EDGE_DAYS:
        return own, []
    if days >= DAYS_FOR_CURVE - EDGE_DAYS:
        return own, [f"The log covers {days:.1f} days: the week's shape is not known before {DAYS_FOR_WEEK} days."]
    short = f"The log covers only {_long(days)}"
    if profile_if_short is None:
        return own, [f"{short}: its peaks are a lower bound. A load profile can stand in for its load curve."]
    curve = replace(profile(profile_if_short).load_curve, kind="assumed")
    return curve, [f'{short}: the load curve is the shipped profile "{profile_if_short}", assumed.']


def _workloads(table: MinuteTable, days: float, growth: Trend | None, source: Source) -> tuple[WorkloadDemand, ...]:
    """One demand per workload, the largest first; integer sums, scaled at the end."""
    per_month = DAYS_PER_MONTH / days
    low, high = _range(table, days, growth)
    names, index = np.unique(np.array(table.workload, dtype=object), return_inverse=True)
    sums = {name: _sums(index, table[name], len(names)) for name in table.columns if name != "minute"}
    order = sorted(range(len(names)), key=lambda i: (-sums["input_tokens"][i] - sums["output_tokens"][i], names[i]))
    return tuple(
        WorkloadDemand(
            name=str(names[i]),
            requests_per_month=float(sums["requests"][i] * per_month),
            input_mtok_per_month=float(sums["input_tokens"][i] * per_month / 1e6),
            output_mtok_per_month=float(sums["output_tokens"][i] * per_month / 1e6),
            cached_share_of_input=_share(sums["cached_input_tokens"][i], sums["input_tokens_with_cache_known"][i]),
            kind="measured",
            source=source,
            low_share=low,
            high_share=high,
        )
        for i in order
        if sums["requests"][i] or sums["input_tokens"][i] + sums["output_tokens"][i]
    )


def _sums(index: np.ndarray, amount: np.ndarray, groups: int) -> np.ndarray:
    total = np.zeros(groups, dtype=np.int64)
    np.add.at(total, index, amount)
    return total


def _long(days: float) -> str:
    """A log's length in words."""
    if days >= DAYS_FOR_CURVE:
        return f"{days:.1f} days"
    hours = days * 24
    return f"{hours:.1f} hours" if hours >= SHORT_HOURS else f"{max(1, round(hours * 60))} min"


def _share(part: int, whole: int) -> float | None:
    return float(part / whole) if whole else None


def _volume_notices(table: MinuteTable, days: float, *, naive: bool, cache_column: bool) -> list[str]:
    """What the volumes rest on."""
    scale = DAYS_PER_MONTH / days
    span = _long(days)
    notices = [f"Volumes are the log's {span} scaled by {scale:.4g} to a month of {HOURS_PER_MONTH} hours."]
    if naive:
        notices.append("The log's times carry no zone; they are read as UTC.")
    if not cache_column:
        notices.append("The log does not say which input was cached.")
    aside = sum(reason.rows for reason in table.set_aside if reason.lost)
    if aside:
        share = aside / (aside + table.rows_read)
        rows = "1 row" if aside == 1 else f"{aside:,} rows"
        notices.append(f"{rows} ({share:.2%}) could not be used, set aside: volumes are a lower bound.")
    notices += table.notices
    if idle := idle_minutes(table):
        notices.append(
            f"Nothing was used in {_long(idle / MINUTES_PER_DAY)} of the time that the log covers; it counts."
        )
    if silent := _without_tokens(table):
        of = f"{silent:,} of {int(table['requests'].sum()):,} requests"
        notices.append(f"{of} carry no tokens: volumes are a lower bound.")
    if not table["requests"].any():
        notices.append("The log does not count requests: sizes per request are not known.")
    if failed := int(table["failed"].sum()):
        sentence = "1 request failed; it counts" if failed == 1 else f"{failed:,} requests failed; they count"
        notices.append(f"{sentence} only where tokens were used.")
    return notices + _gap_notices(table, days)


def _without_tokens(table: MinuteTable) -> int:
    """Requests whose tokens are not known; a table that was saved before they were counted does not tell."""
    found = table.columns.get("without_tokens")
    return 0 if found is None else int(found.sum())


def idle_minutes(table: MinuteTable) -> int:
    """Minutes of the hours and days that the log shows as empty."""
    in_use = used(table)
    empty = ~in_use & loaded(table) & ~np.isin(table["minute"], table["minute"][in_use])
    _, first = np.unique(table["minute"][empty], return_index=True)
    return int(bucket_minutes(table)[empty][first].sum())


def _range(table: MinuteTable, days: float, growth: Trend | None) -> tuple[float, float]:
    """The volumes' 5th and 95th percentile over the volumes; rows set aside may have been requests."""
    low, high = volume_range(days, growth)
    aside = sum(each.rows for each in table.set_aside if each.lost)
    requests = int(table["requests"].sum())
    unknown = requests / max(requests - _without_tokens(table), 1) if requests else 1.0
    return low, high * (1 + aside / table.rows_read) * unknown


def _range_notices(table: MinuteTable, days: float, growth: Trend | None) -> list[str]:
    low, high = _range(table, days, growth)
    reasons = [] if days >= DAYS_FOR_WEEK - EDGE_DAYS else [f"no week's shape under {DAYS_FOR_WEEK} days"]
    reasons += [] if growth else [f"no trend under {DAYS_FOR_TREND} days"]
    why = f" ({', '.join(reasons)})" if reasons else ""
    sentences = [f"For what the log cannot show{why}, a month may be {low:.2f} to {high:.2f} times these volumes."]
    if growth and not 0.95 < growth.level_at_end < 1.05:
        sentences.append(
            f"At its end the trend is at {growth.level_at_end:.2f} times the log's mean, which the volumes are."
        )
    return sentences


def _mixed_notices(table: MinuteTable) -> list[str]:
    """Requests and sums of requests in one log are more often one use told twice than two uses."""
    sums = bucket_minutes(table)[loaded(table)] > 1
    if not sums.any() or sums.all():
        return []
    return ["Some rows are single requests, others sum many: if they tell of the same use, it is counted twice."]


def _gap_notices(table: MinuteTable, days: float) -> list[str]:
    """A long silence is more often a missing file, or a wrong clock, than no use."""
    order = np.argsort(table["minute"], kind="stable")
    begins = table["minute"][order]
    length = bucket_minutes(table)[order]
    ends = np.maximum.accumulate(begins + np.where(length > 1, length, 0))
    gaps = begins[1:] - ends[:-1]
    if gaps.size == 0 or gaps.max() < max(MINUTES_PER_DAY, 0.1 * days * MINUTES_PER_DAY):
        return []
    start = int(ends[int(gaps.argmax())]) * 60
    silence = f"The log is silent for {gaps.max() / MINUTES_PER_DAY:.1f} days after {iso(start)}, counted as idle."
    return [f"{silence} If rows are missing there, or a clock was wrong, volumes are too low and peaks too high."]
