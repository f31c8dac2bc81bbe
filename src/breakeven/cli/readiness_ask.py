"""The readiness questions, one after the other; what was answered is written even when one stops halfway."""

from __future__ import annotations

from typing import Any

import typer

from breakeven.cli.new import at_a_terminal
from breakeven.decision.readiness.evidence import Answer, limit
from breakeven.decision.readiness.questionnaire import Dimension, Item, questionnaire
from breakeven.outputs import tried
from breakeven.problems import Problem
from breakeven.study.case.answers_file import write_answers
from breakeven.study.case.case import Case
from breakeven.study.case.checks.readiness_answers import HOW, NoAnswer, answer_of, read_answers
from breakeven.study.case.kinds import whole
from breakeven.study.case.terms.readiness import Evidence

STOP = "q"
Stated = dict[str, Any]
SAYS = "Enter keeps what is there, or leaves the question open; q stops. What is answered is written in any case."


class Stopped(Exception):
    """The person wants no more questions."""


def ask_all(case: Case) -> None:
    """Ask every question and write the answers. Raises `Problem` where nobody can answer."""
    if not at_a_terminal():
        fix = "Run it in a terminal, or write the answers into the case: readiness: {answers: {NAME: …}}."
        raise Problem("--ask needs a terminal: there is nobody to answer", fix=fix)
    if not case.path.is_file():
        raise Problem("--ask needs a case file to write to", where=str(case.path))
    tried(case.path)
    known = read_answers(case.file, case.document, case.as_of)[0]
    typer.echo(SAYS)
    given: dict[str, Stated] = {}
    try:
        for dimension in questionnaire().dimensions:
            _ask_dimension(dimension, known, given, case)
    except (typer.Abort, Stopped):
        typer.echo()
    if given:
        write_answers(case.path, given, as_of=case.as_of)
    typer.echo(f"{len(given)} answer{'' if len(given) == 1 else 's'} written to {case.path}.\n")


def _ask_dimension(dimension: Dimension, known: dict[str, Answer], given: dict[str, Stated], case: Case) -> None:
    typer.echo(f"\n{dimension.number} {dimension.title}")
    for name in dimension.items:
        item = questionnaire().items[name]
        stated = _ask(item, known.get(name), case)
        if stated is not None:
            given[name] = stated


def _ask(item: Item, known: Answer | None, case: Case) -> Stated | None:
    """The answer to one question; None leaves it as it is."""
    while True:
        typed = _prompt(f"  {item.question} [{_shown(item, known)}]")
        if not typed:
            return None
        try:
            stated = _dated(item, {"value": _plain(item, typed)}, case)
            answer = answer_of(item, Evidence(**stated))
        except (NoAnswer, ValueError) as why:
            typer.echo(f"    {why}. {HOW[item.kind]}")
            continue
        if answer.day is not None and answer.day > case.as_of:
            typer.echo(f"    {answer.day} is after {case.as_of}, the day of the case.")
            continue
        return stated


def _prompt(question: str) -> str:
    said = str(typer.prompt(question, default="", show_default=False)).strip()
    if said.lower() == STOP:
        raise Stopped
    return said


def _shown(item: Item, known: Answer | None) -> str:
    """What is there already, else what is wanted."""
    if known is not None:
        parts = (known.owner, known.number, known.day, known.link)
        return ", ".join(str(each) for each in parts if each not in (None, "")) or "no"
    wanted = next((limit(item, bound) for bound in item.bounds.values()), "")
    kind = {"yes-with-link": "link, or no", "date": "day"}.get(item.kind, item.kind)
    return f"{kind}, {wanted}" if wanted else kind


def _plain(item: Item, said: str) -> Any:
    """What was typed, as it is best written: a number as a number, a day as a day."""
    answer = answer_of(item, said)
    if answer.number is not None:
        return said if said.endswith("%") else whole(answer.number)
    return answer.day or said


def _dated(item: Item, stated: Stated, case: Case) -> Stated:
    """The answer with the day of its evidence, where it expires and is not a day itself."""
    if item.expires_in_days is None or item.kind == "date" or stated["value"] in ("no", "n", "false"):
        return stated
    day = _prompt(f"    On which day was that so? [{case.as_of}]") or case.as_of.isoformat()
    dated = answer_of(item, Evidence(**stated | {"date": day}))
    return stated | {"date": dated.day}
