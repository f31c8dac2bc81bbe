"""The front door of a case that leaves its design open: it is found first, and then judged like any other."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from breakeven.problems import Problem
from breakeven.study.case.case import Case
from breakeven.study.design_choice import DesignChoice, DesignPoint
from breakeven.study.designs.catalogue import asks, named_gpu, searches
from breakeven.study.designs.search import Search, front, search
from breakeven.study.judge.assess import judged_case
from breakeven.study.resolve.demand import Logged, logged
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
    found = searched(case, log)
    return resolve(case, read=log) if found is None else replace(resolve(found.case, read=log), chosen=choice(found))


def loaded_case(path: Path, as_of: date | None = None) -> Case:
    """The case of a file, pinned to the best design where it leaves that open."""
    case = Case.load(path, as_of=as_of)
    found = searched(case) if searches(case) else None
    return case if found is None else found.case


def searched(case: Case, log: Logged | None = None) -> Search | None:
    """The best design. None for a case that names its GPU, and nothing that it leaves open serves it: why not is told
    of the usual format and size.
    """
    try:
        return search(case, log)
    except Problem:
        if asks(case) or named_gpu(case) is None:
            raise
        return None


def choice(searched: Search) -> DesignChoice:
    """How the design of a search was found."""
    winner, others = searched.winner, searched.runners_up
    return DesignChoice(
        design=str(winner.candidate.design),
        looked_at=searched.looked_at,
        replayed=sum(len(model_search.examined) for model_search in searched.models),
        next_best=str(others[0].candidate.design) if others else None,
        behind=winner.ranked - others[0].ranked if others else None,
        points=points(searched),
    )


def points(searched: Search) -> tuple[DesignPoint, ...]:
    """Every design that was replayed, in its best way, the winner first."""
    unbeaten = {id(examined) for examined in front(searched.best_of_each)}
    return tuple(
        DesignPoint(
            design=str(examined.candidate.design),
            option=examined.column,
            monthly_cost=examined.monthly_cost,
            net_present_value=examined.net_present_value,
            tpot_seconds=examined.tpot_alone_seconds,
            tokens_per_second=(examined.bands[0].p10, examined.bands[0].p50, examined.bands[0].p90),
            speed=examined.kind,
            unbeaten=id(examined) in unbeaten,
        )
        for examined in searched.best_of_each
    )
