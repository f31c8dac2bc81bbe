"""What the tools ask of the rest, one function a tool; each answers with a page and with data, and prints nothing."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import Any

from breakeven.demand.shape.measured import iso
from breakeven.demand.shape.season import time_zone as checked_zone
from breakeven.demand.usage.read_log import read_log
from breakeven.demand.usage.reading import demand_of_reading
from breakeven.demand.usage.reconcile import reconcile
from breakeven.demand.usage.usage import usage
from breakeven.lesson.lesson import PARTS, lesson
from breakeven.lesson.material import example, material
from breakeven.lesson.parts import as_markdown
from breakeven.mcp.drivers import known, missing
from breakeven.mcp.folder import Folder
from breakeven.mcp.rendered import WIDTH, page_of, point_document, point_page, summary, text_of
from breakeven.mcp.told import Told, missing_told
from breakeven.outputs import made
from breakeven.plan.document import document
from breakeven.problems import Problem
from breakeven.report.board.write import parts_named, write_report
from breakeven.report.demand_document import bill_document, demand_document
from breakeven.report.pages.bill_page import BillPage
from breakeven.report.pages.demand_page import DemandPage
from breakeven.report.pages.designs_page import designs_document, designs_page
from breakeven.report.pages.flips_page import flips_tables
from breakeven.report.pages.parts.derivation import derivation
from breakeven.report.pages.plan_page import plan_page
from breakeven.report.pages.readiness_page import readiness_page
from breakeven.study.case.case import Case
from breakeven.study.case.draft import Answers, LogAnswer, draft
from breakeven.study.case.places import Document, parse_document, read_document
from breakeven.study.designs.search import search
from breakeven.study.designs.settle import settled
from breakeven.study.judge.assess import judged_case
from breakeven.study.judge.basis import fingerprint, study_document, to_json
from breakeven.study.questions.explain import column, explain_line
from breakeven.study.questions.flips import turning
from breakeven.study.questions.plan_beside import migration
from breakeven.study.questions.readiness_of_case import readiness_of
from breakeven.study.recomputing.point import point
from breakeven.study.recomputing.prepared import Prepared, prepare_resolved
from breakeven.study.study import Study

Stage = Callable[[str, int], None]
SECONDS_OF_A_PLAN = 60.0
TOP_DESIGNS = 8


def describe_usage(
    *, folder: Path, log: str, columns: dict[str, str], log_format: str | None, time_zone: str, stage: Stage
) -> Told:
    """What a log or a bill says: totals, workloads, peaks, what was set aside."""
    checked_zone(time_zone)
    reading = read_log(Folder(folder).log(log), log_format=log_format, columns=columns or None, stage=stage)
    table = reading.table
    if table.is_bill:
        day = date.fromisoformat(iso(table.last_second)[:10])
        reconciliation = reconcile(table, bill=None, on=day, prices={})
        return Told(page=text_of(BillPage(reading, reconciliation)), data=bill_document(reading, reconciliation))
    shown = usage(reading, time_zone=time_zone, profile_if_short=None)
    day = date.fromisoformat(shown.demand.last[:10])
    shown = replace(shown, bill=reconcile(table, bill=None, on=day, prices={}))
    return Told(page=text_of(DemandPage(shown)), data=demand_document(shown))


def draft_case(*, folder: Path, answers: dict[str, Any], log: str | None, as_of: date, stage: Stage) -> Told:
    """A commented case file as text; nothing is written."""
    known(answers, as_of)
    found = None
    if log is not None:
        demand = demand_of_reading(read_log(Folder(folder).log(log), stage=stage), profile_if_short="conversation")
        found = LogAnswer(path=log, workloads=demand.workloads)
    written = draft(Answers(as_of=as_of, log=found, **answers))
    Case.parse(written, folder=folder, as_of=as_of)  # every mistake is told here, not at the next call
    return Told(page=written, data={"case_yaml": written})


def decide(*, stage: Stage, **named: Any) -> Told:
    """The verdict on a case, and its handle."""
    place = Folder(named["folder"])
    asked = missing(parsed(place, named["case"], named["case_yaml"]).data, named["added"])
    if asked:
        return missing_told(asked)
    case = case_of(**named)
    stage("the case", 0)
    resolved = settled(case)
    study = judged_case(resolved)[0]
    kept, ready = pickle.dumps(study), pickle.dumps(prepare_resolved(resolved))
    return Told(page=page_of(study), data=summary(study), study=fingerprint(study.basis), kept=kept, ready=ready)


def designs(*, stage: Stage, **named: Any) -> Told:
    """The best designs for what a case leaves open."""
    case = case_of(**named)
    stage("designs", 0)
    found = search(case, beside=TOP_DESIGNS)
    return Told(page=text_of(designs_page(found, case.file.currency, TOP_DESIGNS)), data=designs_document(found))


def readiness(*, stage: Stage, **named: Any) -> Told:
    """Whether the team can run it, by the evidence that the case names."""
    case = case_of(**named)
    stage("readiness", 0)
    found = readiness_of(case)
    shown = readiness_page(found, name=case.file.name, file=str(case.path), currency=case.file.currency)
    return Told(page=text_of(shown), data=to_json(found))


def plan(*, stage: Stage, **named: Any) -> Told:
    """Which workload moves where and when."""
    case = case_of(**named)
    stage("the plan", 0)
    made, study = migration(settled(case), seconds=SECONDS_OF_A_PLAN)
    page = text_of(plan_page(made, WIDTH, study))
    return Told(page=page, data=document(made, as_of=study.basis.header.as_of))


def explain(*, kept: bytes, line: str, option: str | None, month: int | None, stage: Stage) -> Told:
    """Where a number comes from."""
    stage("the study", 0)
    found = explain_line(study_of(kept), line, option, month)
    return Told(page=text_of(derivation(found, None)), data=to_json(found))


def flips(*, kept: bytes, option: str | None, stage: Stage) -> Told:
    """What turns the answer, input by input."""
    study = study_of(kept)
    stage("the study", 0)
    chosen = study.verdict.best_option if option is None else column(study, option)
    if not chosen:
        raise Problem("buying has nothing to turn", fix="Name an option that serves something itself.")
    it, turns = study.options[chosen - 1], turning(study, chosen)
    return Told(page=text_of(*flips_tables(study, it, turns)), data={**to_json(turns), "flips": to_json(it.flips)})


def what_if(*, ready: bytes, changes: dict[str, float], stage: Stage) -> Told:
    """What the case comes to with other values of its inputs, before anything is drawn."""
    stage("the point", 0)
    prepared: Prepared = pickle.loads(ready)  # noqa: S301 - kept by the desk, from a process of its own
    now, then = point(prepared, {}), point(prepared, changes)
    currency = prepared.basis.header.currency
    units = {name: prepared.changeable[name].unit for name in changes}
    return Told(page=text_of(point_page(now, then, currency)), data=point_document(now, then, units, currency))


def report(*, folder: Path, kept: bytes, out: str, parts: str | None, stage: Stage) -> Told:
    """The board pack, written into a folder."""
    target, named = Folder(folder).inside(out), parts_named(parts)
    made(target)
    for path in target.rglob("*"):
        Folder(folder).inside(str(path))  # what is replaced must not lie elsewhere
    stage("the report", 0)
    written = list(write_report(study_of(kept), target, named))
    failed = [written_part for written_part in written if written_part.failed]
    if failed:
        raise Problem("; ".join(f"{written_part.part}: {written_part.failed}" for written_part in failed), where=out)
    files = [str(path.relative_to(Folder(folder).root)) for written_part in written for path in written_part.files]
    return Told(page="\n".join(files), data={"files": files})


def teach(*, folder: Path, part: str | None, case: str | None, case_yaml: str | None, stage: Stage) -> Told:
    """The lesson, or a part of it."""
    stage("the lesson", 0)
    if case is None and case_yaml is None:
        lesson_material = example()
    else:
        lesson_material = material(case_of(folder=folder, case=case, case_yaml=case_yaml, added={}, as_of=None))
    if part is not None and part not in PARTS:
        raise Problem(f'the lesson has no part "{part}"', fix=f"The parts are {', '.join(PARTS)}.")
    parts = [lesson_part for lesson_part in lesson(lesson_material) if part in (None, lesson_part.name)]
    return Told(
        page="\n\n".join(map(as_markdown, parts)), data={"parts": [asdict(lesson_part) for lesson_part in parts]}
    )


def whole_study(*, kept: bytes, stage: Stage) -> Told:
    """What study.json holds."""
    stage("the study", 0)
    return Told(page="", data=study_document(study_of(kept)))


def study_of(kept: bytes) -> Study:
    """A study of the shelf."""
    study: Study = pickle.loads(kept)  # noqa: S301 - kept by the desk, from a process of its own
    return study


def case_of(
    *, folder: Path, case: str | None, case_yaml: str | None, added: Mapping[str, Any], as_of: date | None
) -> Case:
    """The case of a file in the folder, or of a text; `added`: drivers that the person gave besides."""
    place = Folder(folder)
    document = parsed(place, case, case_yaml)
    start = place.inside(case).parent if case else place.root
    place.case(document.data, start)
    if added and isinstance(document.data, dict):
        return Case.from_dict({**document.data, **added}, name=Path(document.file).name, folder=start, as_of=as_of)
    if case is not None:
        return Case.load(place.inside(case), as_of=as_of)
    return Case.parse(case_yaml or "", folder=start, as_of=as_of)


def parsed(place: Folder, case: str | None, case_yaml: str | None) -> Document:
    """What a case says, before it is checked."""
    if (case is None) == (case_yaml is None):
        raise Problem("a case is given by its file, or by its text", fix="Give `case` or `case_yaml`, one of the two.")
    return parse_document(case_yaml or "", file="case.yaml") if case is None else read_document(place.inside(case))


TASKS: Mapping[str, Callable[..., Told]] = {
    each.__name__: each
    for each in (
        *(describe_usage, draft_case, decide, designs, readiness, plan),
        *(explain, flips, what_if, report, teach, whole_study),
    )
}
