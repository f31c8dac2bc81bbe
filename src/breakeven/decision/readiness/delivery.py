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
    ours = [deployment for deployment in deployments if start < deployment.at <= end]
    theirs = [incident for incident in incidents if start < incident.at <= end]
    first = min([incident.at for incident in ours] + [incident.at for incident in theirs], default=end)
    days = min((end.date() - first.date()).days + 1, window.window_days)
    enough = len(ours) >= window.least_deployments
    leads = [
        (deployment.at - deployment.committed_at) / HOUR for deployment in ours if deployment.committed_at is not None
    ]
    lasted = [(min(incident.recovered_at or end, end) - incident.at) / HOUR for incident in theirs]
    return Delivery(
        deployments=len(ours),
        incidents=len(theirs),
        open_incidents=sum(incident.recovered_at is None for incident in theirs),
        days=days if ours or theirs else 0,
        deployments_per_week=DAYS_PER_WEEK * len(ours) / days if ours else None,
        change_fail_share=sum(deployment.failed for deployment in ours) / len(ours) if enough else None,
        recovery_hours=median(lasted) if len(lasted) >= max(window.least_incidents, 1) else None,
        lead_time_hours=median(leads) if leads else None,
        last_deployment=max((deployment.at.date() for deployment in ours), default=None),
        last_incident=max((incident.at.date() for incident in theirs), default=None),
    )


def delivery_answers(measured: Delivery, origin: str) -> dict[str, Answer]:
    """What the measures answer; nothing where there were too few rows."""
    made = {}
    if measured.change_fail_share is not None:
        made["change_fail_share"] = Answer(
            number=measured.change_fail_share, day=measured.last_deployment, link=origin, origin=origin
        )
    if measured.recovery_hours is not None:
        made["recovery_hours"] = Answer(
            number=measured.recovery_hours, day=measured.last_incident, link=origin, origin=origin
        )
    return made
