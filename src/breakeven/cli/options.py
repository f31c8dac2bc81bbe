"""What a person types after an option, checked by its type, in one place for every command."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer

from breakeven.facts.precisions import PRECISIONS
from breakeven.written import LARGEST, has_half_letter, short, within_reach

FAIL_ON_MET = 3  # the exit code where --fail-on was met
AsOf = Annotated[
    datetime | None,
    typer.Option("--as-of", formats=["%Y-%m-%d"], help="The day of the prices, if the case names none."),
]
Columns = Annotated[
    list[str] | None,
    typer.Option("--columns", metavar="FIELD=COLUMN", help="Which column of the log holds a field, or a file of it."),
]
PrecisionOption = Annotated[
    str | None,
    typer.Option(
        "--precision",
        help=f"Precision of the weights: {', '.join(PRECISIONS)}. Absent: as measured or named, else the usual one.",
    ),
]


def day_of(as_of: datetime | None) -> date | None:
    """The day that --as-of names."""
    return None if as_of is None else as_of.date()


def check_values(app: typer.Typer) -> None:
    """Let every command of the app, and of the apps in it, refuse values that none can use."""
    for command in app.registered_commands:
        if command.callback is not None:
            command.callback = _checked(command.callback)
    for group in app.registered_groups:
        if group.typer_instance is not None:
            check_values(group.typer_instance)


def _checked(command: Callable[..., None]) -> Callable[..., None]:
    """The same command. Raises `typer.BadParameter` before it for a value that is none."""

    @wraps(command)
    def checked(**named: Any) -> None:
        for name, value in named.items():
            for single in value if isinstance(value, list | tuple) else (value,):
                if refused := _refused(single):
                    raise typer.BadParameter(refused, param_hint=_hint(command, name))
        command(**named)

    return checked


def _refused(value: object) -> str:
    """Why no command can use the value; empty where one can."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        if not 0 <= value <= LARGEST or not within_reach(value):
            return f"{short(value)} is not 0, nor a number from {1 / LARGEST:g} to {LARGEST:g}."
    elif isinstance(value, str | Path):
        text = str(value)
        if "\0" in text or has_half_letter(text):
            return "it holds letters that are not UTF-8. Rename the file, or type it again."
    return ""


def _hint(command: Callable[..., None], name: str) -> str:
    """The option as the person types it, or the argument's name."""
    annotation = inspect.signature(command, eval_str=True).parameters[name].annotation
    told = next((each for each in getattr(annotation, "__metadata__", ())), None)
    if isinstance(told, typer.models.ArgumentInfo):
        return f"'{name}'"
    dashed = f"--{name.replace('_', '-')}"
    first = getattr(told, "default", None)  # where typer keeps the first name that an annotation gives
    named = [each for each in (first, *(getattr(told, "param_decls", None) or ())) if str(each).startswith("-")]
    return f"'{max(named or [dashed], key=len)}'"
