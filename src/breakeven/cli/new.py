"""`breakeven new`: a first case file from a few questions, or from a usage log."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from breakeven.outputs import taken, tried, write
from breakeven.problems import Problem

Said = dict[str, str | float | None]

GUESSES: dict[str, str | float] = {
    "spend": 20_000.0,
    "hosted_model": "openai/gpt-4o",
    "open_model": "llama-3.3-70b",
    "gpu": "H100-SXM-80GB",
    "team": 1.0,
}
QUESTIONS = {
    "spend": "What does the hosted API cost a month, in USD",
    "hosted_model": "Which hosted model do you buy, as host/model",
    "open_model": "Which open-weight model could replace it",
    "gpu": "On which GPU would it run",
    "team": "How many engineers would run it",
}


def new(
    path: Annotated[Path, typer.Argument(help="File to write.")] = Path("case.yaml"),
    from_log: Annotated[
        Path | None, typer.Option("--from-log", metavar="LOG", help="A usage log: volumes and workloads.")
    ] = None,
    columns: Annotated[
        list[str] | None,
        typer.Option(
            "--columns", metavar="FIELD=COLUMN", help="With --from-log: what its columns are called; or a file of it."
        ),
    ] = None,
    spend: Annotated[float | None, typer.Option(min=0, help="What the API costs a month, USD.")] = None,
    tokens: Annotated[float | None, typer.Option(min=0, help="Tokens a month, instead of the spend.")] = None,
    hosted_model: Annotated[str | None, typer.Option(help="The model bought today, host/model.")] = None,
    open_model: Annotated[str | None, typer.Option(help="The open-weight model to serve.")] = None,
    gpu: Annotated[str | None, typer.Option(help="The GPU to serve it on.")] = None,
    gpu_price: Annotated[float | None, typer.Option(min=0, help="Price of one GPU-hour, USD.")] = None,
    team: Annotated[float | None, typer.Option(min=0, help="Engineers who would run it.")] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing; guess what is not given.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file.")] = False,
) -> None:
    """Write a commented draft case, from a few questions or from a usage log.

    Example: breakeven new case.yaml --from-log usage.csv
    """
    from breakeven.cli.new_draft import log_answer, text_of_draft

    target = _target(path, force=force)
    _one_volume(from_log, spend, tokens)
    today = datetime.now(tz=UTC).astimezone().date()
    log = None if from_log is None else log_answer(target, from_log, columns or (), today)
    hosted_model = hosted_model or (log.hosted_model if log else None)
    chosen: Said = {} if from_log or tokens is not None else {"spend": spend}
    chosen |= {"hosted_model": hosted_model, "open_model": open_model, "gpu": gpu, "team": team}
    ask = not yes and at_a_terminal()
    settled: Said = {name: _settled(name, value, today, ask=ask) for name, value in chosen.items()}
    settled |= {"tokens": tokens, "gpu_price": _asked_price() if ask and gpu_price is None else gpu_price}
    guessed = frozenset() if ask else frozenset(name for name, value in chosen.items() if value is None)
    write(target, text_of_draft(target, today, settled, log, guessed), fresh=not force)
    typer.echo(_next_step(target, guessed))


def at_a_terminal() -> bool:
    """Whether someone is there to answer."""
    return sys.stdin.isatty()


def _target(path: Path, *, force: bool) -> Path:
    """The file to write. Known before any question is asked."""
    target = path / "case.yaml" if path.is_dir() else path
    if target.exists() and not force:
        raise taken(target)
    tried(target)
    return target


def _one_volume(log: Path | None, spend: float | None, tokens: float | None) -> None:
    named = [("--from-log", log), ("--spend", spend), ("--tokens", tokens)]
    given = [option for option, value in named if value is not None]
    if len(given) > 1:
        raise Problem(f"{' and '.join(given)} give the volume twice", fix="Keep one of them.")
    if spend == 0 or tokens == 0:
        raise Problem(f"{given[0]} is 0: there is no demand", fix="Give a volume above zero.")


def _settled(name: str, value: str | float | None, today: date, *, ask: bool) -> str | float:
    """The value given, or asked for, or guessed."""
    if value is not None:
        try:
            return _known(name, value, today)
        except Problem as problem:
            option = f"--{name.replace('_', '-')}"
            raise Problem(problem.what, where=option, fix=problem.fix) from None
    if not ask:
        return GUESSES[name]

    def checked(text: str) -> str | float:
        try:
            return _known(name, text if isinstance(GUESSES[name], str) else _amount(text), today)
        except Problem as problem:
            raise typer.BadParameter(str(problem)) from None

    guess = GUESSES[name]
    shown = guess if isinstance(guess, str) else f"{guess:g}"
    answer: str | float = typer.prompt(QUESTIONS[name], default=shown, value_proc=checked)
    return answer


def _known(name: str, value: str | float, today: date) -> str | float:
    """The value, when the facts know a model or GPU of this name."""
    from breakeven.facts.catalog import gpu, hosted_price, open_model

    if name == "hosted_model":
        hosted_price(str(value), on=today)
    elif name == "open_model":
        open_model(str(value))
    elif name == "gpu":
        gpu(str(value))
    elif name == "spend" and not value:
        raise Problem("there is no demand", fix="Give a volume above zero.")
    return value


def _amount(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1
    if not 0 <= number < float("inf"):
        raise Problem(f'"{text}" is not an amount', fix="Write it plainly: 20000.")
    return number


def _asked_price() -> float | None:
    """The price of a GPU-hour; None for an empty answer."""

    def checked(text: str) -> float | None:
        try:
            return _amount(text) if text.strip() else None
        except Problem as problem:
            raise typer.BadParameter(str(problem)) from None

    question = "What does one GPU cost an hour, in USD (empty: a published price)"
    price: float | None = typer.prompt(question, default="", show_default=False, value_proc=checked)
    return price


def _next_step(target: Path, guessed: frozenset[str]) -> str:
    listed = f" Guessed, replace them: {', '.join(sorted(guessed))}." if guessed else ""
    return f"Wrote {target}.{listed} Decide it with: breakeven decide {target}"
