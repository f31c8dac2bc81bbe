"""How long a month is. study/inputs.yaml names these, so that logs, capacity and money share one month."""

from __future__ import annotations

HOURS_PER_MONTH = 730  # 8,760 / 12
MINUTES_PER_MONTH = HOURS_PER_MONTH * 60
SECONDS_PER_MONTH = HOURS_PER_MONTH * 3600
DAYS_PER_MONTH = HOURS_PER_MONTH / 24  # 30.42, rounded
WEEKS_PER_MONTH = 52 / 12
NIGHT_SHARE = 118 / 168  # of the hours of a week, outside 10 hours on 5 days
