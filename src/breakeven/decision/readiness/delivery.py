"""How well changes are delivered: the four measures of DORA from deployments and incidents of the last weeks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from statistics import median

from breakeven.decision.readiness.evidence import Answer
from breakeven.decision.readiness.questionnaire import MeasuredPeriod

HOUR = timedelta(hours=1)
DAYS_PER_WEEK = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """A change brought to production, and whether it had to be repaired (rollback, hotfix, incident)."""

    at: datetime
    failed: bool
    committed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """An incident or game day; `recovered_at` None: it is still open."""

    at: datetime
    recovered_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """The measures, over the days that the rows cover; None where there are too few rows to say. Times are medians."""

    deployments: int
    incidents: int
    open_incidents: int
    days: int
    deployments_per_week: float | None
    change_fail_share: float | None
    recovery_hours: float | None
    lead_time_hours: float | None
    last_deployment: date | None
    last_incident: date | None


def delivery(
    deployments: Sequence[Deployment], incidents: Sequence[Incident], as_of: date, window: MeasuredPeriod
) -> Delivery:
    """The measures up to the end of a day (UTC). An open incident counts with the time it has lasted so far."""
    end = datetime.combine(as_of, time.max, tzinfo=UTC)
    start = end - timedelta(days=window.window_days)
    ours = [each for each in deployments if start < each.at <= end]
    theirs = [each for each in incidents if start < each.at <= end]
    first = min([each.at for each in ours] + [each.at for each in theirs], default=end)
    days = min((end.date() - first.date()).days + 1, window.window_days)
    enough = len(ours) >= window.least_deployments
    leads = [(each.at - each.committed_at) / HOUR for each in ours if each.committed_at is not None]
    lasted = [(min(each.recovered_at or end, end) - each.at) / HOUR for each in theirs]
    return Delivery(
        deployments=len(ours),
        incidents=len(theirs),
        open_incidents=sum(each.recovered_at is None for each in theirs),
        days=days if ours or theirs else 0,
        deployments_per_week=DAYS_PER_WEEK * len(ours) / days if ours else None,
        change_fail_share=sum(each.failed for each in ours) / len(ours) if enough else None,
        recovery_hours=median(lasted) if len(lasted) >= max(window.least_incidents, 1) else None,
        lead_time_hours=median(leads) if leads else None,
        last_deployment=max((each.at.date() for each in ours), default=None),
        last_incident=max((each.at.date() for each in theirs), default=None),
    )


def delivery_answers(found: Delivery, origin: str) -> dict[str, Answer]:
    """What the measures answer; nothing where there were too few rows."""
    made = {}
    if found.change_fail_share is not None:
        made["change_fail_share"] = Answer(
            number=found.change_fail_share, day=found.last_deployment, link=origin, origin=origin
        )
    if found.recovery_hours is not None:
        made["recovery_hours"] = Answer(
            number=found.recovery_hours, day=found.last_incident, link=origin, origin=origin
        )
    return made
