"""Demand from the minute table: exact local arithmetic, and plain words on what the log cannot show."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from breakeven.demand.demand import Demand, LoadCurve, WorkloadDemand
from breakeven.demand.load_curve import measured_curve, windows
from breakeven.demand.minutes import MinuteTable
from breakeven.demand.profiles import profile
from breakeven.numbers.inputs import Source
from breakeven.problems import Problem

HOURS_PER_MONTH = 730
MINUTES_PER_DAY = 24 * 60
DAYS_FOR_CURVE, DAYS_FOR_WEEK = 1, 14
EDGE_DAYS = 1 / 24  # a log "of 14 days" may start and end a few quiet minutes inside them


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
    source = Source(title=f"request log {where}", date=_iso(table.last_second)[:10])
    days = _days(table)
    own = _own_curve(table, window_minutes, source)
    curve, curve_notices = _curve_or_profile(own, days, profile_if_short)
    return Demand(
        workloads=_workloads(table, HOURS_PER_MONTH / 24 / days, source),
        load_curve=curve,
        first=_iso(table.first_second),
        last=_iso(table.last_second),
        rows_read=table.rows_read,
        set_aside=table.set_aside,
        notices=(*_volume_notices(table, days, naive=naive, cache_column=cache_column), *curve_notices),
        failed_requests=int(table["failed"].sum()),
        week=week(table, time_zone) if days >= DAYS_FOR_WEEK - EDGE_DAYS else _checked_zone(time_zone, ()),
    )


def _refuse_empty(table: MinuteTable, where: str) -> None:
    if not table.rows_read and not table.set_aside:
        raise Problem("the log has no rows", where=where, fix="Export it again with a longer time range.")
    if not table.rows_read:
        reasons = "; ".join(f"{each.rows} rows: {each.reason}" for each in table.set_aside[:3])
        example = table.set_aside[0].examples[0] if table.set_aside[0].examples else ""
        fix = f"For example {example}. Is the right column named for each field?"
        raise Problem(f"no row of the log can be used ({reasons})", where=where, fix=fix)
    if not table.tokens.sum():
        fix = "Check that the token columns are the right ones; a log of failures alone shows no demand."
        raise Problem("no demand: the log's rows hold no tokens", where=where, fix=fix)


def _iso(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _span(table: MinuteTable) -> tuple[int, int]:
    """The first and the last UTC minute that the log covers."""
    return table.first_second // 60, table.last_second // 60


def _days(table: MinuteTable) -> float:
    first, last = _span(table)
    return (last - first + 1) / MINUTES_PER_DAY


def _own_curve(table: MinuteTable, window_minutes: int, source: Source) -> LoadCurve:
    first, last = _span(table)
    load, minutes = windows(table["minute"], table.tokens, first=first, last=last, window_minutes=window_minutes)
    return measured_curve(load, minutes, name="log", source=source)


def _curve_or_profile(own: LoadCurve, days: float, profile_if_short: str | None) -> tuple[LoadCurve, list[str]]:
    """The log's own curve, or the named profile when the log is under a day; and what is to be said of it."""
    if days >= DAYS_FOR_WEEK - EDGE_DAYS:
        return own, []
    if days >= DAYS_FOR_CURVE - EDGE_DAYS:
        return own, [f"The log covers {days:.1f} days: the week's shape is not known before {DAYS_FOR_WEEK} days."]
    short = f"The log covers only {days * 24:.1f} hours"
    if profile_if_short is None:
        return own, [f"{short}: its peaks are a lower bound. A load profile can stand in for its load curve."]
    curve = replace(profile(profile_if_short).load_curve, kind="assumed")
    return curve, [f'{short}: the load curve is the shipped profile "{profile_if_short}", assumed.']


def _workloads(table: MinuteTable, per_month: float, source: Source) -> tuple[WorkloadDemand, ...]:
    """One demand per workload, the largest first; integer sums, scaled at the end."""
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
        )
        for i in order
        if sums["requests"][i]
    )


def _sums(index: np.ndarray, amount: np.ndarray, groups: int) -> np.ndarray:
    total = np.zeros(groups, dtype=np.int64)
    np.add.at(total, index, amount)
    return total


def _share(part: int, whole: int) -> float | None:
    return float(part / whole) if whole else None


def _volume_notices(table: MinuteTable, days: float, *, naive: bool, cache_column: bool) -> list[str]:
    """What the volumes rest on."""
    scale = HOURS_PER_MONTH / 24 / days
    span = f"{days:.1f} days" if days >= DAYS_FOR_CURVE else f"{days * 24:.1f} hours"
    notices = [f"Volumes are the log's {span} scaled by {scale:.4g} to a month of {HOURS_PER_MONTH} hours."]
    if naive:
        notices.append("The log's times carry no zone; they are read as UTC.")
    if not cache_column:
        notices.append("The log does not say which input was cached.")
    aside = sum(each.rows for each in table.set_aside)
    if aside:
        share = aside / (aside + table.rows_read)
        notices.append(f"{aside:,} rows ({share:.2%}) could not be used and are set aside: volumes are a lower bound.")
    if failed := int(table["failed"].sum()):
        notices.append(f"{failed:,} requests failed; they count only where they used tokens.")
    return notices + _gap_notices(table, days)


def _gap_notices(table: MinuteTable, days: float) -> list[str]:
    """A long silence is more often a missing file, or a wrong clock, than no use."""
    minute = np.unique(table["minute"])
    gaps = np.diff(minute)
    if gaps.size == 0 or gaps.max() <= max(MINUTES_PER_DAY, 0.1 * days * MINUTES_PER_DAY):
        return []
    start = int(minute[int(gaps.argmax())]) * 60
    silence = f"The log is silent for {gaps.max() / MINUTES_PER_DAY:.1f} days after {_iso(start)}, counted as idle."
    return [f"{silence} If rows are missing there, or a clock was wrong, volumes are too low and peaks too high."]


def week(table: MinuteTable, time_zone: str) -> tuple[float, ...]:
    """Load over its mean by hour of the week, Monday 0:00 first, in the time zone."""
    first, last = _span(table)
    load, minutes = windows(table["minute"], table.tokens, first=first, last=last, window_minutes=15)
    zone = _zone(time_zone)
    local = [datetime.fromtimestamp((first // 15 + i) * 900, zone) for i in range(load.size)]
    hour = np.array([moment.weekday() * 24 + moment.hour for moment in local])
    work, time = (np.bincount(hour, weights=each, minlength=168) for each in (load * minutes, minutes))
    mean = work.sum() / time.sum()
    return tuple((work / np.maximum(time, 1) / mean).tolist())


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        fix = 'Use a name of the IANA list, such as "Europe/Vienna" or "UTC".'
        raise Problem(f'"{name}" is not a time zone', fix=fix) from error


def _checked_zone(name: str, then: tuple[float, ...]) -> tuple[float, ...]:
    """`then`, once the zone is known to exist: a misspelt zone is told with a short log, too."""
    _zone(name)
    return then
