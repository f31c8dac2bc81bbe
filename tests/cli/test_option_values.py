"""Every number a command takes is checked by its type: what no command can use is refused, exit 2, by its name."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from enum import Enum

import pytest
import typer
from typer.core import TyperGroup, TyperOption

from breakeven.cli.app import main
from breakeven.cli.commands import app

NONE_OF_THEM = ("nan", "inf", "-inf", "-1", "1e308", "1e-320", "9" * 400)
WHOLE = ("-1", "9" * 400, "9" * 5000)


def numeric(group: TyperGroup, *path: str) -> Iterator[tuple[tuple[str, ...], str, type]]:
    """Every command with every option of it that takes a number."""
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from numeric(command, *path, name)
            continue
        for each in command.params:
            kind = getattr(each, "type_descriptor").annotation  # noqa: B009 - private to typer's own types
            if isinstance(each, TyperOption) and kind in (int, float):
                yield (*path, name), max(each.opts, key=len), kind


OPTIONS = list(numeric(typer.main.get_command(app)))  # type: ignore[arg-type]


def code_of(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["breakeven", *arguments])
    with pytest.raises(SystemExit) as end:
        main()
    return int(str(end.value.code))


def test_there_are_options_to_check() -> None:
    assert len(OPTIONS) > 40
    assert {kind for _, _, kind in OPTIONS} == {int, float}


@pytest.mark.parametrize(("command", "option", "kind"), OPTIONS)
def test_a_number_that_is_none_is_refused(
    command: tuple[str, ...],
    option: str,
    kind: type,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for value in NONE_OF_THEM if kind is float else WHOLE:
        assert code_of(monkeypatch, *command, *required(command), f"{option}={value}") == 2, value
        said = capsys.readouterr().err
        assert option in said.replace("\n", "")
        assert "Traceback" not in said


def required(command: tuple[str, ...]) -> list[str]:
    """What the command asks for beside, so that nothing else is wrong."""
    found = typer.main.get_command(app)
    for name in command:
        found = found.commands[name]  # type: ignore[attr-defined]
    needed = [each for each in found.params if each.required]
    return [
        word for each in needed for word in ((each.opts[0], usable(each)) if isinstance(each, TyperOption) else ("x",))
    ]


def usable(option: TyperOption) -> str:
    """A value that the option takes: one of its choices, where it has some."""
    kind = getattr(option, "type_descriptor").annotation  # noqa: B009 - private to typer's own types
    return str(next(iter(kind)).value) if isinstance(kind, type) and issubclass(kind, Enum) else "1"


@pytest.mark.parametrize("command", [("decide", "--as-of"), ("sample-log", "x.csv", "--start"), ("facts", "--as-of")])
def test_a_day_that_no_calendar_has(command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    assert code_of(monkeypatch, *command, "2026-02-30") == 2
