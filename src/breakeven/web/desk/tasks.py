"""What a process does for the dashboard: open a case, answer a state of it, explain, export."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

from breakeven.lesson import quiz
from breakeven.lesson.lesson import lesson as parts_of
from breakeven.lesson.material import example, material_of
from breakeven.outputs import private_folder
from breakeven.problems import Problem, nearest
from breakeven.report.board.write import PARTS, Pack
from breakeven.report.pages.parts.columns import called
from breakeven.study.questions.board_extras import beside
from breakeven.study.questions.explain import explain_line
from breakeven.study.questions.flips import Turning, turning
from breakeven.study.questions.readiness_of_case import readiness_of
from breakeven.study.questions.value_of_information import Knowing, knowing
from breakeven.study.recomputing.point import point as point_answer
from breakeven.study.recomputing.prepared import Prepared
from breakeven.study.recomputing.tiers import closer
from breakeven.study.recomputing.tiers import whole as study_and_more
from breakeven.study.study import Study
from breakeven.web.desk.choices import designs_of
from breakeven.web.desk.opening import draft_of, loaded, open_chosen, open_file, open_log, open_text
from breakeven.web.desk.saving import at_state, saved, written_into
from breakeven.web.desk.sharing import shared
from breakeven.web.desk.workers import go_on
from breakeven.web.faces.derivation import derivation
from breakeven.web.faces.designs import designs as designs_piece
from breakeven.web.faces.lesson import parts as lesson_parts
from breakeven.web.faces.lesson import reply
from breakeven.web.faces.pieces import Pieces, closer_pieces, more_pieces, point_pieces, whole_pieces
from breakeven.web.faces.plan import plan as plan_piece
from breakeven.web.state import State, state_of

MEDIA = {
    "xlsx": ("model.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "pdf": ("memo.pdf", "application/pdf"),
    "html": ("memo.html", "text/html; charset=utf-8"),
    "md": ("memo.md", "text/markdown; charset=utf-8"),
    "json": ("study.json", "application/json"),
}


def tasks() -> Mapping[str, Callable[..., Any]]:
    """Every task by its name."""
    opening = (open_file, open_text, open_chosen, open_log, draft_of)
    answering = (point, chance, whole, more, explain, export, share, plan, designs)
    return {each.__name__: each for each in (*opening, *answering, lesson, question, check, save_as, save)}


@lru_cache(maxsize=8)
def _loaded(keep: str) -> Prepared:
    return loaded(keep)


@lru_cache(maxsize=6)
def _begun(keep: str, query: str) -> tuple[Study, Iterator[Study | Turning | Knowing]]:
    """The study of a state, and what comes after it."""
    state = state_of(parse_qsl(query, keep_blank_values=True))
    found = study_and_more(at_state(_loaded(keep), state), state.numbers, between=go_on)
    study = next(found)
    assert isinstance(study, Study)
    return study, found


def _study(keep: str, query: str) -> Study:
    return _begun(keep, query)[0]


def point(keep: str, state: State) -> Pieces:
    """At once: what is known without a draw."""
    prepared = at_state(_loaded(keep), state)
    return point_pieces(prepared, point_answer(prepared, state.numbers), state)


def chance(keep: str, state: State) -> Pieces:
    """Soon: how sure, on few draws."""
    prepared = at_state(_loaded(keep), state)
    answer, nearer = point_answer(prepared, state.numbers), closer(prepared, state.numbers, between=go_on)
    return closer_pieces(prepared, answer, nearer, state)


def whole(keep: str, state: State) -> Pieces:
    """Everything, with every picture."""
    return whole_pieces(_study(keep, state.query), state)


def more(keep: str, state: State) -> Pieces:
    """Which two inputs turn the answer together, what the case left open, and what it is worth to find out."""
    study, rest = _begun(keep, state.query)
    turns, knows = [*rest] or [turning(study, study.verdict.best_option), knowing(study)]
    assert isinstance(turns, Turning)
    assert isinstance(knows, Knowing)
    return more_pieces(study, turns, knows)


def explain(keep: str, state: State, line: str, option: str, month: int | None) -> str:
    """The derivation of a number."""
    study = _study(keep, state.query)
    columns = {each.key: i for i, each in enumerate(study.basis.columns)}
    if option and option not in columns:
        raise Problem(f'there is no option "{option}"', where="option", fix=nearest(option, columns))
    at = columns[option] if option else study.verdict.best_option
    return derivation(explain_line(study, line, str(at), month), called(study, at))


def export(keep: str, state: State, part: str) -> tuple[str, str, bytes]:
    """A part of the board pack: its name, its kind, its content."""
    if part not in MEDIA:
        raise Problem(f'"{part}" is no part of the report', fix=f"Parts: {', '.join(MEDIA)}.")
    name, media = MEDIA[part]
    with private_folder() as folder:
        (written,) = PARTS[part](Pack(_study(keep, state.query), None), folder)
        return name, media, written.read_bytes()


def share(keep: str, state: State) -> tuple[str, str, bytes]:
    """One page to send."""
    page = shared(at_state(_loaded(keep), state), _study(keep, state.query), state)
    return "breakeven.html", "text/html; charset=utf-8", page.encode("utf-8")


def plan(keep: str) -> str:
    """Readiness and the plan of the case as it is."""
    return plan_piece(beside(_loaded(keep).resolved, _study(keep, "")))


def designs(keep: str, text: str) -> str:
    """What else the case could be served with."""
    prepared = _loaded(keep)
    return designs_piece(designs_of(prepared, text), prepared.basis.header.currency)


def lesson(keep: str) -> str:
    """The lesson on a board's case as it is; on its own example where none is named."""
    found = example() if not keep else material_of(_study(keep, ""), readiness_of(_loaded(keep).resolved.case))
    return lesson_parts(parts_of(found))


def question(part: str, seed: int) -> dict[str, str]:
    """A question of the lesson."""
    found = quiz.question(part, seed)
    return {"seed": str(seed), "text": found.text, "unit": found.unit}


def check(part: str, seed: int, said: str) -> dict[str, str]:
    """What an answer is worth."""
    return reply(quiz.checked(part, seed, said))


def save_as(keep: str, text: str, state: State, names: tuple[str, str]) -> str:
    """The text of the case with the state in it; its log has the name that the person knows."""
    return saved(_loaded(keep), text, state).replace(*names) if names[0] else saved(_loaded(keep), text, state)


def save(keep: str, path: str, stood: str, text: str, state: State, as_of: date | None) -> str:  # noqa: PLR0917
    """Put the state into the case's file, if it says what `stood` there; says what was done."""
    return written_into(path, stood, saved(_loaded(keep), text, state), as_of)
