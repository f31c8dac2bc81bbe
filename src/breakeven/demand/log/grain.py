"""How long a row of metrics sums: the step between the times of all rows, for the formats that do not say it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from breakeven.demand.log.engine.embedded import ask
from breakeven.demand.log.format.formats import log_format
from breakeven.demand.log.libraries import as_numpy, duckdb
from breakeven.demand.log.rows.times import second_of
from breakeven.demand.log.table.shapes import decided, looking
from breakeven.demand.log.table.tables import LogFile

GRAINS = (86_400, 43_200, 21_600, 3600, 1800, 900, 300, 60)  # seconds, as Azure Monitor sums
MOST_TIMES = 2_000_000
ONE = "Its rows are read as sums of {} minutes, the step between their times."
UNKNOWN = "Its rows have one time alone: they are read as sums of a minute."


def by_grain(files: Sequence[LogFile]) -> tuple[LogFile, ...]:
    """The files of metrics, told how long their rows sum."""
    return decided(files, _told)


def _told(file: LogFile, paths: Sequence[Path]) -> LogFile | None:
    if not log_format(file.format_name).map.get("grain"):
        return None
    try:
        with looking(file, paths) as (connection, table):
            moments = table.select(second=second_of(table[file.column_of["timestamp"]]))
            times = moments.filter(moments.second.notnull()).distinct().limit(MOST_TIMES)
            seconds = np.sort(as_numpy(ask(connection, times)["second"]))
    except duckdb().Error:
        return None  # what is wrong with the file is told where it is read
    if seconds.size < 2:
        return replace(file, said=(*file.said, UNKNOWN))
    step = int(np.gcd.reduce(np.diff(seconds)))
    grain = next((grain for grain in GRAINS if step % grain == 0), GRAINS[-1])
    return replace(file, bucket=grain, said=(*file.said, ONE.format(grain // 60)))
