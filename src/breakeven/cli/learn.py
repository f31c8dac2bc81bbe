"""`breakeven learn`: the lesson in the terminal, with its quiz; every number of it is computed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from breakeven.cli.answer import print_json


def learn(
    case: Annotated[Path | None, typer.Argument(help="Your own case; absent: the example of the lesson.")] = None,
    part: Annotated[
        str | None, typer.Option(help="One part: whole_cost, side_by_side, break_even, readiness or hybrid.")
    ] = None,
    quiz: Annotated[bool, typer.Option("--quiz", help="Ask a question, and read nothing.")] = False,
    seed: Annotated[int | None, typer.Option(min=0, help="Of a question; absent: a new one each time.")] = None,
    answer: Annotated[str | None, typer.Option(help="Your answer to the question of --part with --seed.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, and ask nothing.")] = False,
) -> None:
    """Learn self-hosting economics: the whole cost, the demo and what it leaves out, the break-even, and moving."""
    from breakeven.cli.learn_page import Lesson, answered, asked

    chosen = _parts(part)
    if answer is not None:
        if part is None or seed is None:
            raise typer.BadParameter("an answer belongs to a question: give --part and --seed too.")
        answered(part, seed, answer, as_json=as_json)
    elif quiz:
        for name in chosen:
            asked(name, _seed(seed), as_json=as_json)
    elif as_json:
        print_json([_plain(lesson_part) for lesson_part in Lesson(case).parts(chosen)])
    else:
        Lesson(case).through(chosen, lambda: _seed(seed))


def _parts(part: str | None) -> tuple[str, ...]:
    from breakeven.lesson.lesson import PARTS
    from breakeven.problems import nearest

    if part is not None and part not in PARTS:
        raise typer.BadParameter(f'there is no part "{part}". {nearest(part, PARTS)} Parts: {", ".join(PARTS)}.')
    return PARTS if part is None else (part,)


def _seed(given: int | None) -> int:
    """The seed that was given, or a new one."""
    from secrets import randbelow

    return randbelow(1_000_000) if given is None else given


def _plain(each: Any) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(each)
