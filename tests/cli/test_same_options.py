"""One word is one option, wherever it may be said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from breakeven.cli.commands import app

COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]
NO_JUDGING = {"learn", "drill"}  # the lesson has a day of its own; a drill happens today


def options(name: str) -> set[str]:
    return {each for parameter in COMMANDS[name].params for each in parameter.opts}


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_whatever_judges_a_case_can_be_told_the_day(name: str) -> None:
    arguments = {parameter.name for parameter in COMMANDS[name].params if parameter.param_type_name == "argument"}
    if arguments & {"case", "first"} and name not in NO_JUDGING:
        assert "--as-of" in options(name)


def test_whatever_reads_a_log_can_be_told_its_columns() -> None:
    assert all("--columns" in options(name) for name in ("demand", "new", "size"))
    assert "--columns" in {each for one in COMMANDS["replay"].commands["trace"].params for each in one.opts}


@pytest.fixture
def own(tmp_path: Path) -> Path:
    start = datetime(2026, 11, 2, 9, tzinfo=UTC)
    rows = [f"{(start + timedelta(seconds=3 * i)).isoformat()},{200 + i},{50 + i}" for i in range(60)]
    path = tmp_path / "own.csv"
    path.write_text("\n".join(["wann,rein,raus", *rows]) + "\n", "utf-8")
    return path


COLUMNS = ["--columns", "timestamp=wann", "--columns", "input_tokens=rein", "--columns", "output_tokens=raus"]
REPLICA = ["--model", "qwen3-8b", "--gpu", "h100"]


@pytest.mark.parametrize("command", [["replay", "trace"], ["size", "--log"]])
def test_a_log_with_columns_of_its_own_is_served(own: Path, command: list[str]) -> None:
    without = CliRunner().invoke(app, [*command, str(own), *REPLICA, "--json"])
    assert without.exit_code != 0
    done = CliRunner().invoke(app, [*command, str(own), *REPLICA, *COLUMNS, "--json"])
    assert done.exit_code == 0, done.output


def test_columns_of_a_log_are_not_given_beside_a_case(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["size", str(tmp_path / "case.yaml"), *COLUMNS])
    assert done.exit_code == 2
    assert "a case the log has columns" in " ".join(done.output.split())
