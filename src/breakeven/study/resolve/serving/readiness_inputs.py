"""Readiness of a case: its answers judged, and what follows for the study's one-time cost and first month."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from breakeven.decision.readiness.delivery import Delivery, delivery, delivery_answers
from breakeven.decision.readiness.questionnaire import questionnaire
from breakeven.decision.readiness.readiness import Conditions, Readiness, readiness
from breakeven.decision.readiness.work import first_month_after
from breakeven.numbers.inputs import Input, Source
from breakeven.problems import Notice, Problem
from breakeven.study.case.case import Case
from breakeven.study.case.checks.readiness_answers import read_answers
from breakeven.study.register import register
from breakeven.study.resolve.serving.delivery_log import DeliveryLog, read_delivery
from breakeven.study.study import ReadinessSummary


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """Readiness as a case shows it. `stated` is False where the case has no readiness section."""

    readiness: Readiness
    stated: bool
    answered: int
    delivery: Delivery | None
    log: DeliveryLog | None

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What was set aside, and what the measured deliveries are too few to say."""
        if self.log is None or self.delivery is None:
            return ()
        window, few = questionnaire().delivery, []
        if self.delivery.change_fail_share is None:
            seen = f"{self.delivery.deployments} deployments of {window.least_deployments}"
            few.append(f"{seen} for the change-fail rate")
        if self.delivery.recovery_hours is None:
            few.append("no incident and no game day for the recovery time")
        short = f"Too few rows in the last {window.window_days} days: {', '.join(few)}."
        return (*self.log.notices, *([Notice(what=short, where=self.log.path)] if few else ()))


def examine(case: Case, engineer_cost_per_year: float, delivery_file: Path | None = None) -> Examined:
    """Judge what a case says, also nothing: then every dimension is red. Pay is in the case's currency.

    `delivery_file` stands in for the file that the case names. What it measures beats what is stated.
    """
    stated = case.file.readiness
    answers = read_answers(case.file, case.document, case.as_of)[0]
    path = delivery_file or (case.folder / stated.delivery if stated and stated.delivery else None)
    log = read_delivery(path, as_of=case.as_of) if path else None
    book = questionnaire()
    measured = delivery(log.deployments, log.incidents, case.as_of, book.delivery) if log else None
    if log and measured:
        answers = answers | delivery_answers(measured, log.path)
    conditions = Conditions(
        as_of=case.as_of,
        engineer_cost_per_year=engineer_cost_per_year,
        fallback_forbidden=fallback_forbidden(case),
        people=stated.people if stated else None,
    )
    judged = readiness(book, answers, conditions)
    return Examined(readiness=judged, stated=stated is not None, answered=len(answers), delivery=measured, log=log)


def fallback_forbidden(case: Case) -> bool:
    """Whether a failed gate keeps the data of a workload from the API, so that nothing can be routed back to it."""
    return any(gate.applies_to == "hosted" and gate.verdict == "fail" for gate in case.file.gates)


def builders(case: Case, run_fte: float) -> float:
    """Engineers who build the platform and move workloads: the migration's, else those who run it, one at the least."""
    stated = case.file.migration.person_months_per_month
    return max(run_fte, 1.0) if stated is None else stated


def platform_work(values: Mapping[str, Input]) -> tuple[float, float]:
    """Person-months to build the platform, and engineers who run it: the likely ones, in decision and plan alike."""
    work, hands = (float(np.max(values[name].likely)) for name in ("build_person_months", "run_fte"))
    return work, hands


def built_by(case: Case, values: Mapping[str, Input]) -> int:
    """The first month of our own fleet, from 1: as stated, else the first that begins with a full platform built.

    The work is that of a full platform at every volume: a smaller one takes less work of fewer hands.
    """
    if case.file.cutover_month is not None:
        return case.file.cutover_month
    work, hands = platform_work(values)
    people = builders(case, hands) or max(hands, 1.0)  # nobody to move is told by the plan
    after = first_month_after(work, [people] * case.file.horizon_months)
    if after is None:
        what = f"the platform takes {work:g} person-months, and {people:g} build it: it is ready after"
        fix = "State cutover_month, migration.person_months_per_month or one_time.build_person_months."
        raise Problem(f"{what} the last month, {case.file.horizon_months}", where=case.place("horizon_months"), fix=fix)
    return after + 1


def cut_over_month(case: Case, found: Examined | None, built: int) -> int:
    """The first month of our own fleet, not before readiness allows it. Raises `Problem` when that is after the end."""
    earliest = found.readiness.earliest_start_month if found else 1
    if earliest > case.file.horizon_months:
        what = f"readiness: production can start in month {earliest}, after the last, {case.file.horizon_months}"
        fix = "Close gaps first (`breakeven readiness` shows the cheapest way), or choose a longer horizon_months."
        raise Problem(what, where=case.place("readiness"), fix=fix)
    return max(built, earliest)


def readiness_inputs(found: Examined | None) -> dict[str, Input]:
    """The work to close the gaps, for the one-time cost; nothing where readiness was not examined."""
    if found is None:
        return {}
    work = found.readiness.remediation_person_months
    source = Source(title=f"readiness questionnaire {found.readiness.version}", date=found.readiness.as_of)
    one = replace(register()["readiness_person_months"], likely=work.likely, source=source)
    if work.high > work.low:
        one = replace(one, low=work.low, high=work.high, distribution="triangular")
    return {"readiness_person_months": one}


def readiness_notices(case: Case, found: Examined | None, built: int) -> tuple[Notice, ...]:
    """What was set aside, and that the cut-over waits."""
    if found is None:
        return ()
    earliest = found.readiness.earliest_start_month
    if earliest <= built:
        return found.notices
    what = f"Readiness moves the cut-over from month {built} to month {earliest}."
    return (*found.notices, Notice(what=what, where=str(case.place("readiness"))))


def summary(examined: Examined | None) -> ReadinessSummary | None:
    """What a study keeps of it."""
    if examined is None:
        return None
    judged = examined.readiness
    return ReadinessSummary(
        allows=judged.allows,
        earliest_start_month=judged.earliest_start_month,
        ready=judged.largest_share == 1,
        person_months=judged.remediation_person_months.likely,
        blocking=judged.blocking,
        red=judged.red,
        yellow=tuple(dimension.title for dimension in judged.dimensions if dimension.level == "yellow"),
    )
