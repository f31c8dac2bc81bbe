"""The pieces of the board by their name, for each tier: what a tier gives takes the place of what stood there."""

from __future__ import annotations

from dataclasses import replace

from breakeven.report.pages.flips_page import flips_tables, knowing_tables
from breakeven.report.pages.parts.columns import called
from breakeven.report.pages.parts.evidence import best
from breakeven.study.judge.basis import fingerprint
from breakeven.study.questions.flips import Turning
from breakeven.study.questions.pictures import pictures
from breakeven.study.questions.value_of_information import Knowing
from breakeven.study.recomputing.point import PointAnswer
from breakeven.study.recomputing.prepared import Prepared
from breakeven.study.recomputing.tiers import CloserAnswer
from breakeven.study.study import Basis, Study
from breakeven.web.faces import alike, controls, evidence, nearby, point, table, verdict
from breakeven.web.markup import join
from breakeven.web.state import State

Pieces = dict[str, str]


def point_pieces(prepared: Prepared, answer: PointAnswer, state: State, nearer: CloserAnswer | None = None) -> Pieces:
    """What is there at once; with what comes closer in its place, where that is there."""
    so_far = point.known(prepared.basis, answer, nearer)
    return {
        "verdict": point.verdict(so_far),
        "options": point.options(so_far),
        "costs": point.costs(so_far),
        "halves": point.halves(so_far),
        **_said(prepared.basis, state),
    }


def closer_pieces(prepared: Prepared, answer: PointAnswer, nearer: CloserAnswer, state: State) -> Pieces:
    """What is there soon: the class and the chance on a first set of draws, and every crossing."""
    names = point.known(prepared.basis, answer, nearer).names
    return point_pieces(prepared, answer, state, nearer) | {
        "crossings": nearby.crossings(nearer, names),
        "chances": nearby.chances(nearer, names, prepared.basis.header.currency),
    }


def whole_pieces(study: Study, state: State) -> Pieces:
    """Everything."""
    numbers, option = pictures(study), best(study)
    return {
        "verdict": verdict.verdict(study),
        "options": table.options(study),
        "costs": evidence.costs(study),
        "chances": evidence.chances(study),
        "turning": evidence.turning(study),
        **_said(study.basis, state),
        "crossings": "",
        "pays": evidence.where_it_pays(study, numbers),
        "owned": evidence.owned(study, numbers),
        "months": evidence.over_months(study, numbers),
        "forgotten": evidence.forgotten(study),
        "halves": evidence.halves(study),
        "reasons": evidence.reasons(study),
        "behind": evidence.behind(study, option),
        "notes": evidence.notes(study),
        "steps": verdict.steps(study),
        "nearest": " ".join(flip.name for flip in option.flips if flip.at is not None),
        "hash": fingerprint(study.basis),
    }


def more_pieces(study: Study, turns: Turning, knows: Knowing) -> Pieces:
    """What comes behind everything: the tables of `breakeven flips`."""
    at, named = study.verdict.best_option, replace(turns, option=called(study, study.verdict.best_option))
    _, *together = flips_tables(study, study.options[at - 1], named)
    return {
        "together": join(map(alike.of_terminal, together)),
        "knowing": join(map(alike.of_terminal, knowing_tables(knows))),
        "hash": fingerprint(study.basis),
    }


def _said(basis: Basis, state: State) -> Pieces:
    """Each changed input in words."""
    return {f"said:{name}": controls.words(basis, name, value) for name, value in state.numbers.items()}
