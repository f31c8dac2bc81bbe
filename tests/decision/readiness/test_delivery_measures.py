"""The four measures of delivery: counted by hand, within the window, unknown where there are too few rows."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from breakeven.decision.readiness.delivery import Deployment, Incident, delivery, delivery_answers
from breakeven.decision.readiness.questionnaire import MeasuredPeriod

DAY = date(2026, 11, 21)
WINDOW = MeasuredPeriod(window_days=90, least_deployments=10, least_incidents=1)


def at(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC)


def deployed(count: int, failed: int) -> list[Deployment]:
    return [
        Deployment(at=at(1 + i), failed=i < failed, committed_at=at(1 + i) - timedelta(hours=i)) for i in range(count)
    ]


def test_the_measures() -> None:
    incidents = [Incident(at=at(5, 1), recovered_at=at(5, 2)), Incident(at=at(6, 1), recovered_at=at(6, 4))]
    found = delivery(deployed(14, 2), incidents, DAY, WINDOW)
    assert found.days == 21
    assert found.deployments_per_week == pytest.approx(14 / 3)
    assert found.change_fail_share == pytest.approx(2 / 14)
    assert found.recovery_hours == 2  # the median of one hour and three
    assert found.lead_time_hours == 6.5
    answers = delivery_answers(found, "deployments.csv")
    assert answers["change_fail_share"].day == date(2026, 11, 14)
    assert answers["recovery_hours"].number == 2


def test_too_few_rows_say_nothing() -> None:
    found = delivery(deployed(9, 0), [], DAY, WINDOW)
    assert (found.change_fail_share, found.recovery_hours) == (None, None)
    assert delivery_answers(found, "x") == {}


def test_nothing_at_all() -> None:
    found = delivery([], [], DAY, WINDOW)
    assert (found.days, found.deployments_per_week, found.lead_time_hours) == (0, None, None)


def test_an_open_incident_counts_with_its_time_so_far() -> None:
    found = delivery([], [Incident(at=at(20, 0))], DAY, WINDOW)
    assert found.open_incidents == 1
    assert found.recovery_hours == pytest.approx(48)


def test_what_is_older_than_the_window_or_later_than_the_day_does_not_count() -> None:
    old, late = at(21) - timedelta(days=95), datetime(2026, 11, 22, 0, tzinfo=UTC)
    found = delivery([Deployment(at=old, failed=True), Deployment(at=late, failed=True)], [], DAY, WINDOW)
    assert found.deployments == 0
