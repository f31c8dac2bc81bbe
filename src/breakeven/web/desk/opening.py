"""From what a person brings to what answers are made of: a case, its text, a log, five answers."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

from breakeven.demand.usage.read_log import read_log
from breakeven.demand.usage.reading import demand_of_reading
from breakeven.facts.catalog import gpu, hosted_price, open_model
from breakeven.problems import Problem, Problems
from breakeven.study.case.case import Case
from breakeven.study.case.draft import Answers, LogAnswer, draft
from breakeven.study.recomputing.prepared import Prepared, prepare, prepare_resolved
from breakeven.study.resolve.demand import Logged
from breakeven.study.resolve.resolve import resolve
from breakeven.web.desk.choices import of_a_workload, resolved_anew, with_choices
from breakeven.web.faces.controls import controls
from breakeven.web.faces.designs import choosing
from breakeven.web.faces.start import ASKED
from breakeven.web.state import number_of

GUESSES = {name: guess for name, _, _, guess, _ in ASKED}
IF_SHORT = "conversation"  # the shape of the load of a log that covers less than a day

Opened = dict[str, str]


def open_file(path: str, as_of: date | None, keep: str) -> Opened:
    """A case of the folder."""
    return kept(prepare(Path(path), as_of), keep)


def open_text(text: str, name: str, folder: str, as_of: date | None, keep: str) -> Opened:
    """A case as text; a log that it names is looked for in `folder`."""
    return kept(prepare(Case.parse(text, name=name, folder=folder, as_of=as_of)), keep)


def open_chosen(before: str, text: str, choices: Mapping[str, str], keep: str) -> tuple[Opened, str]:
    """The board of a case that is kept, with choices in it, and the text of that case."""
    new = with_choices(text, choices)
    return kept(resolved_anew(loaded(before), new), keep), new


def open_log(path: str, name: str, today: date, keep: str) -> tuple[Opened, str]:
    """A log that somebody dropped: the board of a drafted case on it, and the case's text. It is read once.

    The text has the log by our name for it, not by the person's.
    """
    try:
        reading = read_log(path)
        demand = demand_of_reading(reading, profile_if_short=IF_SHORT)
        text = _draft(GUESSES, today, LogAnswer(path=Path(path).name, workloads=demand.workloads), name)
        case = Case.parse(text, name="case.yaml", folder=Path(path).parent, as_of=today)
        prepared = prepare_resolved(resolve(case, read=Logged(reading=reading, demand=demand)))
    except Problem as problem:
        raise _of_the_log(problem, path, name) from None
    except Problems as problems:
        raise Problems(_of_the_log(problem, path, name) for problem in problems.found) from None
    return kept(prepared, keep), text


def _of_the_log(problem: Problem, path: str, name: str) -> Problem:
    """A problem told with the name that the person knows the file by, not with ours."""
    said = (str(each).replace(path, name).replace(Path(path).name, name) for each in
            (problem.what, problem.where, problem.fix))  # fmt: skip
    what, where, fix = said
    return Problem(what, where=where, fix=fix)


def draft_of(answers: Mapping[str, str], today: date) -> str:
    """The text of a case from five answers. Raises `Problems`, each at its question."""
    problems = list[Problem]()
    given = {name: (answers.get(name) or "").strip() or guess for name, guess in GUESSES.items()}
    for name, check in CHECKS.items():
        try:
            check(given[name], today)
        except Problem as problem:
            problems.append(Problem(problem.what, where=name, fix=problem.fix))
    if problems:
        raise Problems(problems)
    return _draft(given, today, None, "five answers")


def _draft(given: Mapping[str, str], today: date, log: LogAnswer | None, name: str) -> str:
    spend = None if log is not None else ("api_spend_per_month", _amount(given["spend"]))
    return draft(
        Answers(
            name=name,
            as_of=today,
            hosted_model=given["hosted_model"],
            open_model=given["open_model"],
            gpu=given["gpu"],
            team=_amount(given["team"]),
            volume=spend,
            log=log,
            guessed=frozenset(name for name, guess in GUESSES.items() if given[name] == guess),
        )
    )


def _amount(text: str) -> float:
    number = number_of(text.removeprefix("$"))
    if number is None or number < 0:
        raise Problem(f'"{text}" is not an amount', fix="Write it plainly: 20000.")
    return number


def _spend(text: str, _: date) -> None:
    if not _amount(text):
        raise Problem("there is no demand", fix="Give an amount above zero.")


CHECKS: Mapping[str, Callable[[str, date], object]] = {
    "spend": _spend,
    "hosted_model": lambda text, today: hosted_price(text, on=today),
    "open_model": lambda text, _: open_model(text),
    "gpu": lambda text, _: gpu(text),
    "team": lambda text, _: _amount(text),
}


def kept(prepared: Prepared, keep: str) -> Opened:
    """Put what answers are made of into the file `keep`, and say what it is."""
    Path(keep).write_bytes(pickle.dumps(prepared))
    header = prepared.basis.header
    return {
        "name": header.name,
        "file": header.file,
        "as_of": header.as_of,
        "controls": controls(prepared),
        "choosing": choosing(prepared.basis),
        "gates": json.dumps(of_a_workload(prepared.resolved.case)),
    }


def loaded(keep: str) -> Prepared:
    """What was put there."""
    prepared = pickle.loads(Path(keep).read_bytes())  # noqa: S301 - written by this program into its private folder
    assert isinstance(prepared, Prepared)
    return prepared
