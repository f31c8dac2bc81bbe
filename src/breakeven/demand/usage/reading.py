"""One reading of a log: everything that later questions need, so that they never touch the log again."""

from __future__ import annotations

from dataclasses import dataclass

from breakeven.demand.demand import Demand
from breakeven.demand.log.failures import Failed
from breakeven.demand.log.histogram import Sizes
from breakeven.demand.log.minutes import MinuteTable
from breakeven.demand.log.requests import Requests
from breakeven.demand.shape.measured import measured_demand
from breakeven.demand.shape.sliding import SlidingPeak


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reading:
    """The minute table of a log, and what cannot be had from it alone.

    `where` names the log, `log_format` how it was understood. `naive`: its times have no zone.
    `cache_column`: it can say which input was cached. `sizes` is empty where rows sum many requests.
    `failed`: failures whose status is told; those that are not here have none. `requests`: None where they were not
    asked for one by one, or the log does not show them so.
    """

    table: MinuteTable
    where: str
    log_format: str
    naive: bool
    cache_column: bool
    sizes: tuple[Sizes, ...] = ()
    sliding: dict[str, SlidingPeak | None] | None = None
    failed: tuple[Failed, ...] = ()
    requests: Requests | None = None


def demand_of_reading(
    reading: Reading, *, time_zone: str = "UTC", profile_if_short: str | None = None, window_minutes: int = 5
) -> Demand:
    """The demand that the reading shows, the same whether it was just read or was saved."""
    return measured_demand(
        reading.table,
        where=reading.where,
        time_zone=time_zone,
        profile_if_short=profile_if_short,
        window_minutes=window_minutes,
        naive=reading.naive,
        cache_column=reading.cache_column,
    )
