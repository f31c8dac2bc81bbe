"""The lesson as a terminal shows it: part by part, with a question after each, and what was answered kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

import typer
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from breakeven.cli.answer import print_json
from breakeven.cli.new import at_a_terminal
from breakeven.lesson.lesson import lesson
from breakeven.lesson.material import Material, example, material
from breakeven.lesson.parts import LessonTable, Part
from breakeven.lesson.progress import Done, keep, kept, place, with_answer, with_reading
from breakeven.lesson.quiz import checked, question, verdict
from breakeven.problems import Problem
from breakeven.study.case.case import Case

WIDTH = 80
STOP = "q"


class Lesson:
    """The lesson on one case."""

    def __init__(self, case: Path | None) -> None:
        self.case = case

    def material(self) -> Material:
        """The person's own case, or the example."""
        return example() if self.case is None else material(Case.load(self.case))

    def parts(self, names: Sequence[str]) -> list[Part]:
        """The parts of these names, in order."""
        with Console(stderr=True).status("computing the lesson on your case", spinner="dots"):
            return [each for each in lesson(self.material()) if each.name in names]

    def through(self, names: Sequence[str], seed: Callable[[], int]) -> None:
        """Part by part; where somebody is there to answer, with a question after each."""
        console, here = Console(highlight=False), at_a_terminal()
        done = kept(place()) if here else {}
        if done:
            console.print(told(done))
        for i, part in enumerate(self.parts(names), 1):
            console.print(*([] if i == 1 else [""]), page(part, min(console.width, WIDTH)), sep="\n")
            if here:
                done = with_reading(done, part.name)
                keep(done, place())
                if not _questioned(part.name, seed):
                    return


def _questioned(part: str, seed: Callable[[], int]) -> bool:
    """Questions until one wants no more; whether to go on with the next part."""
    while True:
        given = seed()
        typer.echo(f"\nQuestion (seed {given}): {question(part, given).text}")
        answer = str(typer.prompt("Your answer; Enter goes on, q stops", default="", show_default=False)).strip()
        if answer.lower() == STOP:
            return False
        if not answer:
            return True
        try:
            check = checked(part, given, answer)
        except Problem as problem:
            typer.echo(str(problem))
            continue
        typer.echo(verdict(check))
        done = with_answer(kept(place()), part, right=check.right)
        keep(done, place())
        if check.right:
            return True


def asked(part: str, seed: int, *, as_json: bool) -> None:
    """A question, and how to answer it."""
    found = question(part, seed)
    if as_json:
        print_json(asdict(found))
        return
    typer.echo(f"{found.text}\nAnswer in {found.unit}: breakeven learn --part {part} --seed {seed} --answer …")


def answered(part: str, seed: int, said: str, *, as_json: bool) -> None:
    """What an answer is worth."""
    found = checked(part, seed, said)
    if as_json:
        print_json(asdict(found))
    else:
        typer.echo(verdict(found))


def told(done: dict[str, Done]) -> str:
    """What was done before."""
    right, of = sum(each.right for each in done.values()), sum(each.asked for each in done.values())
    read = sum(each.read for each in done.values())
    return f"So far: {read} parts read, {right} of {of} questions answered rightly.\n"


def page(part: Part, width: int) -> RenderableType:
    """A part: its words, its tables where they belong, its playbook."""
    shown_parts: list[RenderableType] = [Text(part.title, style="bold")]
    for number, paragraph in enumerate(part.paragraphs, 1):
        shown_parts += [Text(), Text(paragraph)]
        for lesson_table in part.tables:
            if lesson_table.after == number:
                shown_parts += [Text(), Text(lesson_table.title, style="italic"), table(lesson_table)]
    shown_parts += [Text(), Text("What to do", style="bold")]
    shown_parts += [Padding(Text(f"{i}. {step}"), (0, 0, 0, 2)) for i, step in enumerate(part.playbook, 1)]
    frame = Table(box=None, show_header=False, pad_edge=False, width=width)
    frame.add_row(Group(*shown_parts))
    return frame


def table(of: LessonTable) -> Table:
    """Texts left, figures right."""
    made = Table(box=None, pad_edge=False, header_style="dim")
    for i, name in enumerate(of.header):
        figures = i and any(row[i][-1:].isdigit() or row[i].endswith("%") for row in of.rows)
        made.add_column(name, justify="right" if figures else "left")
    for row in of.rows:
        made.add_row(*row)
    return made
