"""Trend, week and the width of a short log: right on what is known, honest about noise and about clocks."""

import csv
from datetime import UTC, datetime

import numpy as np
import pytest
from minute_tables import minute_table

from breakeven.demand.shape.growth import trend
from breakeven.demand.shape.minute_statistics import dense
from breakeven.demand.shape.season import season
from breakeven.demand.shape.widths import burst_range, volume_range
from breakeven.numbers.month import WEEKS_PER_MONTH
from breakeven.problems import Problem
from breakeven.shipped import shipped

DAY = 24 * 60
HOURS = 168 * WEEKS_PER_MONTH


def hourly(days, load, start="2026-01-05T00:00:00+00:00"):
    """A log with one busy minute an hour: `load(hour since the start)` tokens."""
    first = int(datetime.fromisoformat(start).timestamp()) // 60
    minute = first + np.arange(days * 24) * 60
    tokens = np.array([round(load(i)) for i in range(days * 24)])
    return dense(minute_table(minute, input_tokens=tokens, output_tokens=0, last_second=(first + days * DAY) * 60 - 1))


@pytest.mark.parametrize("per_month", [-0.2, 0, 0.05, 0.5])
def test_steady_growth_is_found_whatever_the_weekend_does(per_month):
    minutes = hourly(98, lambda i: 1e9 * (1 + per_month) ** (i / HOURS) * (0.3 if i // 24 % 7 > 4 else 1))
    found = trend(minutes)
    assert found.growth_per_month == pytest.approx(per_month, abs=1e-3)
    assert found.low <= found.growth_per_month <= found.high
    grown = np.exp(np.log1p(per_month) * np.arange(98 * 24) / HOURS)
    assert found.level_at_end == pytest.approx(grown[-1] / grown.mean(), rel=2e-3)


def test_one_odd_week_does_not_turn_the_trend():
    steady = trend(hourly(119, lambda i: 1e6 * 1.1 ** (i / 730)))
    odd = trend(hourly(119, lambda i: 1e6 * 1.1 ** (i / 730) * (20 if i // 168 == 15 else 1)))
    assert odd.growth_per_month == pytest.approx(steady.growth_per_month, abs=0.02)
    assert odd.high - odd.low > 10 * (steady.high - steady.low)


def test_no_trend_under_ninety_days_nor_from_silence():
    assert trend(hourly(89, lambda i: 100)) is None
    assert trend(hourly(98, lambda i: 100 if i < 24 else 0)) is None
    assert trend(hourly(98, lambda i: 0 if i // 168 == 3 else 100)).silent_weeks == 1


@pytest.mark.parametrize("memory", [0, 0.5, 0.8])
@pytest.mark.parametrize("weeks", [13, 26])
def test_the_interval_covers_nine_times_in_ten_also_when_noise_has_memory(weeks, memory):
    generator, hit, when = np.random.default_rng(7), 0, np.arange(weeks)
    for _ in range(200):
        noise = [generator.normal() / np.sqrt(1 - memory**2)]
        for _ in range(weeks - 1):
            noise.append(memory * noise[-1] + generator.normal())
        tokens = np.exp(15 + 0.02 * when + 0.1 * np.array(noise)).astype(int)
        found = trend(dense(minute_table(when * 7 * DAY, input_tokens=tokens, last_second=weeks * 7 * DAY * 60 - 1)))
        true = np.exp(0.02 * WEEKS_PER_MONTH) - 1
        hit += found.low <= true <= found.high
    assert hit / 200 > 0.82


def test_a_week_needs_fourteen_days():
    assert season(hourly(13, lambda i: 1), "UTC") is None
    assert season(hourly(14, lambda i: 1), "UTC").weekend_over_weekday == pytest.approx(1)


def test_business_hours_follow_the_clock_through_summer_time():
    """Work from 9 to 17 by the clock in New York, four weeks around the change of 8 March 2026."""
    from zoneinfo import ZoneInfo

    zone, start = ZoneInfo("America/New_York"), datetime(2026, 2, 23, 5, tzinfo=UTC).timestamp()

    def load(i):
        local = datetime.fromtimestamp(start + i * 3600, zone)
        return 100 if local.weekday() < 5 and 9 <= local.hour < 17 else 0

    minutes = hourly(28, load, start="2026-02-23T05:00:00+00:00")
    found = season(minutes, "America/New_York")
    assert found.business_hours_share == 1
    assert season(minutes, "UTC").business_hours_share < 0.8
    assert found.week[9] == found.week[16] == max(found.week)
    assert found.week[8] == found.week[17] == found.weekend_over_weekday == 0


def test_an_unknown_time_zone_is_told_however_short_the_log():
    with pytest.raises(Problem, match='"Europe/Wien" is not a time zone'):
        season(hourly(1, lambda i: 1), "Europe/Wien")


def test_the_longer_the_log_the_narrower_the_demand():
    lows, highs = zip(*(volume_range(days, None) for days in (1 / 24, 0.5, 1, 3, 7, 14, 28)), strict=True)
    assert list(lows) == sorted(lows)
    assert list(highs) == sorted(highs, reverse=True)
    assert volume_range(14, None) == pytest.approx((0.890, 1.124), abs=1e-3)


def test_an_unseen_trend_widens_and_a_seen_one_replaces_it():
    flat = trend(hourly(112, lambda i: 1e6))
    growing = trend(hourly(112, lambda i: 1e6 * 1.3 ** (i / 730)))
    assert volume_range(112, flat)[1] < volume_range(112, None)[1] < volume_range(112, growing)[1]


def test_bursts_are_for_windows_inside_the_bucket_only():
    assert burst_range(1, "1min") is None
    assert burst_range(60, "60min") is None
    assert burst_range(60, "1min") == (1.16, 4.29)
    assert burst_range(1440, "60min") == (1.35, 2.28)


def test_the_widths_are_those_of_the_published_weeks(shared):
    """Every start in the week, the week going round: the wider of the two services."""
    loads = []
    for name in ("code", "conversation"):
        with (shared / "data" / "traces" / f"azure_2024_{name}_hourly_digitised.csv").open() as file:
            load = np.array([float(row["requests_est"]) for row in csv.DictReader(file)])
        loads.append(load / load.mean())
    for row in shipped("demand/widths.yaml")["under_a_week"]:
        ranges = [seen(load, max(1, round(row["days"] * 24))) for load in loads]
        assert row["low"] == pytest.approx(min(low for low, _ in ranges), rel=5e-3)
        assert row["high"] == pytest.approx(max(high for _, high in ranges), rel=5e-3)
    for row in shipped("demand/widths.yaml")["over_whole_weeks"]:
        ranges = [seen(load, round((7 + row["days"]) * 24)) for load in loads]
        days = 7 + row["days"]
        assert row["low"] == pytest.approx((min(low for low, _ in ranges) - 1) * days, abs=0.02)
        assert row["high"] == pytest.approx((max(high for _, high in ranges) - 1) * days, abs=0.02)


def seen(load, hours):
    round_the_week = np.tile(load, 3)
    means = [round_the_week[start : start + hours].mean() for start in range(load.size)]
    return np.quantile(1 / np.array(means), [0.05, 0.95])
