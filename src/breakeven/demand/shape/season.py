"""The shape of the week in the company's own time zone, summer time included."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from breakeven.demand.shape.load_curve import windows
from breakeven.demand.shape.minute_statistics import Array, Minutes
from breakeven.problems import Problem

DAYS_FOR_WEEK = 14
EDGE_DAYS = 1 / 24  # a log "of 14 days" may start and end a few quiet minutes inside them
WINDOW = 15  # minutes: every time zone's clock differs from UTC by a multiple of it
BUSINESS_DAYS, BUSINESS_HOURS = range(5), range(9, 17)


@dataclass(frozen=True, slots=True, kw_only=True)
class Season:
    """`week`: load over its mean by hour of the week, Monday 0:00 first. Shares are of all tokens."""

    time_zone: str
    week: tuple[float, ...]
    business_hours_share: float  # Monday to Friday, 9 to 17
    weekend_over_weekday: float | None  # a mean day of Saturday and Sunday over one of the others


def time_zone(name: str) -> ZoneInfo:
    """The time zone of this name. Raises `Problem` when there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        fix = 'Use a name of the IANA list, such as "Europe/Vienna" or "UTC".'
        raise Problem(f'"{name}" is not a time zone', fix=fix) from error


def season(minutes: Minutes, zone_name: str) -> Season | None:
    """The week's shape; None for a log under 14 days or one that sums whole days. The zone is checked always."""
    zone = time_zone(zone_name)
    if minutes.count < (DAYS_FOR_WEEK - EDGE_DAYS) * 24 * 60 or minutes.bucket_minutes > 60:
        return None
    work, time = _by_hour_of_week(minutes, zone)
    days, hours = work.reshape(7, 24), np.maximum(time, 1).reshape(7, 24)
    business = days[np.ix_(BUSINESS_DAYS, BUSINESS_HOURS)].sum()
    weekday = days[:5].sum() / hours[:5].sum()
    return Season(
        time_zone=zone_name,
        week=tuple((work / np.maximum(time, 1) / (work.sum() / time.sum())).tolist()),
        business_hours_share=float(business / work.sum()),
        weekend_over_weekday=float(days[5:].sum() / hours[5:].sum() / weekday) if weekday > 0 else None,
    )


def _by_hour_of_week(minutes: Minutes, zone: ZoneInfo) -> tuple[Array, Array]:
    """Tokens, and minutes of the log, in each hour of the local week."""
    first, last = minutes.first, minutes.first + minutes.count - 1
    load, width = windows(minutes.index, minutes.tokens, first=first, last=last, window_minutes=WINDOW)
    local = [datetime.fromtimestamp((first // WINDOW + i) * WINDOW * 60, zone) for i in range(load.size)]
    hour = np.array([moment.weekday() * 24 + moment.hour for moment in local])
    work: Array = np.bincount(hour, weights=load * width, minlength=168).astype(float)
    time: Array = np.bincount(hour, weights=width, minlength=168).astype(float)
    return work, time
