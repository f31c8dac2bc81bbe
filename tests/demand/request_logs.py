"""A log straight to its demand, as the tests of reading ask for it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from breakeven.demand.demand import Demand
from breakeven.demand.log.minutes import MinuteTable
from breakeven.demand.usage.read_log import read_log
from breakeven.demand.usage.reading import demand_of_reading

ASKED_OF_READING = ("time_zone", "profile_if_short", "window_minutes")


def read_request_log(path: str | Path | Sequence[str | Path], **how: Any) -> Demand:
    """The demand that the log shows."""
    asked = {name: how.pop(name) for name in ASKED_OF_READING if name in how}
    return demand_of_reading(read_log(path, **how), **asked)


def read_minutes(path: str | Path | Sequence[str | Path], **how: Any) -> MinuteTable:
    """The minute table of the log."""
    return read_log(path, **how).table
