"""The front door of a case that leaves its design open: it is found first, and then judged like any other."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from breakeven.study.case.case import Case
from breakeven.study.design_choice import DesignChoice
from breakeven.study.designs.catalogue import searches
from breakeven.study.designs.search import Search, search
from breakeven.study.judge.assess import judged_case
from breakeven.study.resolve.demand import logged
from breakeven.study.resolve.resolve import Resolved, resolve
from breakeven.study.study import Study


def assess(case: Case, *, set_aside_to: Path | None = None) -> Study:
    """Find the design where the case leaves it open, resolve the case and judge it.

    `set_aside_to`: a CSV file for rows of the log that cannot be used. Raises `Problem`.
    """
    return judged_case(settled(case, set_aside_to))[0]


def settled(case: Case, set_aside_to: Path | None = None) -> Resolved:
    """The case resolved, on the best design where it leaves that open."""
    if not searches(case):
        return resolve(case, set_aside_to)
    log = logged(case, set_aside_to)
    found = search(case, log)
    return replace(resolve(found.case, read=log), chosen=choice(found))


def loaded_case(path: Path, as_of: date | None = None) -> Case:
    """The case of a file, pinned to the best design where it leaves that open."""
    case = Case.load(path, as_of=as_of)
    return search(case).case if searches(case) else case


def choice(found: Search) -> DesignChoice:
    """How the design of a search was found."""
    winner, others = found.winner, found.runners_up
    return DesignChoice(
        design=str(winner.candidate.design),
        looked_at=found.looked_at,
        replayed=sum(len(each.examined) for each in found.models),
        next_best=str(others[0].candidate.design) if others else None,
        behind=winner.net_present_value - others[0].net_present_value if others else None,
    )
