"""What a case may say of its usage log: where it lies, what its columns are called, how its times are written."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from breakeven.study.case.kinds import Part


def moment(value: Any) -> Any:
    """A day, or a day and a time, as ISO text."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        try:
            return datetime.fromisoformat(value).isoformat()
        except ValueError:
            raise ValueError(f'"{value}" is no moment. Write it as 2026-11-21 or 2026-11-21T09:30:00.') from None
    return value


class Log(Part):
    """A usage log: CSV or Parquet. `columns` maps our names to yours when they differ."""

    path: str
    """The file, a folder or a pattern such as logs/*.csv; relative to the case file."""
    columns: dict[str, str] | str = {}
    """Our name of a column: its name in your log; or the file that `breakeven demand --map` drafted."""
    load_profile_if_short: str | None = None
    """The shape of the load when the log covers less than a day."""
    dates: Literal["day-first", "month-first"] | None = None
    """The order in dates such as 03/04/2026, where the log does not show it."""
    log_zone: str | None = None
    """The zone of times that name none, such as Europe/Vienna; UTC, when left out."""
    time_unit: Literal["s", "ms"] | None = None
    """The unit of times that count from the start of a trace."""
    starts: Annotated[str, BeforeValidator(moment)] | None = None
    """That start, UTC: 2026-11-21 or 2026-11-21T09:30:00."""
