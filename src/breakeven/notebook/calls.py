"""What a notebook calls: a case in, a result out that shows itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path

from breakeven.notebook.shown import ShownDesigns, ShownJudgement, ShownPlan, ShownPoint, ShownStudy
from breakeven.proof.judge.registration import read_registration
from breakeven.proof.judge.shadow import judge_files
from breakeven.study.case.case import Case
from breakeven.study.designs import settle
from breakeven.study.designs.search import search
from breakeven.study.questions.plan_beside import migration
from breakeven.study.recomputing import point as recomputing
from breakeven.study.recomputing.prepared import Prepared, prepare
from breakeven.study.study import Study

TOP = 8
SECONDS = 60.0


def assess(case: Case, *, set_aside_to: Path | None = None) -> ShownStudy:
    """Find the design where the case leaves it open, resolve the case and judge it.

    `set_aside_to`: a CSV file for rows of the log that cannot be used. Raises `Problem`.
    """
    study = settle.assess(case, set_aside_to=set_aside_to)
    return ShownStudy(**{each.name: getattr(study, each.name) for each in fields(Study)})


def point(case: Case | Prepared, changes: Mapping[str, float] | None = None) -> ShownPoint:
    """What a case comes to with these inputs changed, before anything is drawn: name of an input → value in its unit.

    For many answers of one case give `prepare(case)`, which reads its log once. Raises `Problem`.
    """
    ready = case if isinstance(case, Prepared) else prepare(case)
    return ShownPoint(answer=recomputing.point(ready, changes or {}))


def find_designs(case: Case, *, top: int = TOP) -> ShownDesigns:
    """The best designs for what a case leaves open, `top` of them. Raises `Problem`."""
    return ShownDesigns(search=search(case, beside=top))


def plan_migration(case: Case, *, seconds: float = SECONDS) -> ShownPlan:
    """Which workload moves where and when. The search ends after `seconds` with the best found. Raises `Problem`."""
    return ShownPlan(plan=migration(settle.settled(case), seconds=seconds)[0])


def judge_shadow(logs: Sequence[str | Path], registration: str | Path) -> ShownJudgement:
    """The verdict on a shadow run: its logs, held against what was registered before it began. Raises `Problem`."""
    return ShownJudgement(judged=judge_files([Path(each) for each in logs], read_registration(Path(registration))))
