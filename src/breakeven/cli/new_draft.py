"""The draft that `breakeven new` writes: what a log answers, and the text of the case."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import typer

from breakeven.cli.demand_inputs import columns_of
from breakeven.demand.usage.bought_models import bought_models
from breakeven.demand.usage.read_log import read_log
from breakeven.demand.usage.reading import demand_of_reading
from breakeven.report.wording import few
from breakeven.study.case.draft import Answers, LogAnswer, draft

MOST_NAMED = 3


def log_answer(target: Path, log: Path, given: Sequence[str], today: date) -> LogAnswer:
    """What a log answers: its workloads, and the models that it says were bought."""
    columns = columns_of(given)
    reading = read_log(log, columns=columns or None)
    demand, bought = demand_of_reading(reading, profile_if_short="conversation"), bought_models(reading.table, today)
    if bought.unknown:
        typer.echo(
            f"No price is known of {few(bought.unknown, MOST_NAMED)} in the log: state it in the case.", err=True
        )
    return LogAnswer(
        path=_from(target, log),
        workloads=demand.workloads,
        columns=columns,
        hosted_model=bought.most,
        hosted_models=bought.by_workload,
    )


def text_of_draft(
    target: Path, today: date, chosen: Mapping[str, str | float | None], log: LogAnswer | None, guessed: frozenset[str]
) -> str:
    """The case file with what was said, and what was guessed marked."""
    price, team = chosen["gpu_price"], chosen["team"]
    answers = Answers(
        name=target.resolve().parent.name or "case",
        as_of=today,
        hosted_model=str(chosen["hosted_model"]),
        open_model=str(chosen["open_model"]),
        gpu=str(chosen["gpu"]),
        gpu_price=None if price is None else float(price),
        team=float(team or 0),
        volume=_volume(chosen),
        log=log,
        guessed=guessed,
    )
    return draft(answers)


def _volume(said: Mapping[str, str | float | None]) -> tuple[str, float] | None:
    """The key of the case and its value."""
    for name, key in (("spend", "api_spend_per_month"), ("tokens", "tokens_per_month")):
        if (value := said.get(name)) is not None:
            return key, float(value)
    return None


def _from(target: Path, log: Path) -> str:
    """The way from the case's folder to the log; the whole path when they share no drive."""
    try:
        return Path(os.path.relpath(log.resolve(), target.parent.resolve())).as_posix()
    except ValueError:
        return log.resolve().as_posix()
