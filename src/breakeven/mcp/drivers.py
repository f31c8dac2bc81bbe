"""The drivers of cost that only the person knows: what is missing of them, and whether what was given exists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from breakeven.facts.catalog import gpu, hosted_price, open_model
from breakeven.mcp.told import Asked
from breakeven.problems import Problem
from breakeven.study.case.missing import SHORT_VOLUMES

SPEND = Asked(
    name="api_spend_per_month", question="What does the hosted API cost a month?", kind="number", unit="USD/month"
)
HOSTED = Asked(
    name="hosted_model",
    question="Which model is bought today, as host/model, such as anthropic/claude-haiku-4-5?",
    kind="string",
)
OPEN = Asked(
    name="open_model", question="Which open-weight model could replace it, such as llama-3.3-70b?", kind="string"
)
TEAM = Asked(name="team", question="How many engineers would run it?", kind="number", unit="FTE")


def missing(data: Any, added: Mapping[str, Any]) -> tuple[Asked, ...]:
    """What a case lacks of what has no default. Workloads of its own tell it themselves, each at its place."""
    if not isinstance(data, dict):
        return ()
    return tuple(each for each in _lacking(data) if each.name not in added)


def _lacking(data: dict[str, Any]) -> Iterator[Asked]:
    own = "workloads" in data
    if not own and not any(key in data for key in ("log", *SHORT_VOLUMES)):
        yield SPEND
    if not own and "hosted_model" not in data:
        yield HOSTED
    plan = data.get("self_hosting")
    in_plan = isinstance(plan, dict) and "model" in plan
    if not in_plan and not any(key in data for key in ("open_model", "open_models")):
        yield OPEN


def missing_of_draft(given: Mapping[str, Any]) -> tuple[Asked, ...]:
    """What a first draft lacks: a draft takes no default for the size of the team either."""
    volume = any(given.get(key) is not None for key in ("log", *SHORT_VOLUMES))
    wanted = (*(() if volume else (SPEND,)), HOSTED, OPEN, TEAM)
    return tuple(each for each in wanted if given.get(each.name) is None)


def answered(asked: tuple[Asked, ...], content: Mapping[str, Any]) -> dict[str, Any]:
    """What the person said to the questions. Raises `Problem` for what is no answer."""
    answers: dict[str, Any] = {}
    for driver in asked:
        answer = content.get(driver.name)
        if answer in (None, ""):
            continue
        if driver.kind == "number" and (
            isinstance(answer, bool) or not isinstance(answer, int | float) or not answer > 0
        ):
            raise Problem(f"{driver.name} is no amount above zero", fix=f"{driver.question} In {driver.unit}.")
        answers[driver.name] = answer if driver.kind == "number" else str(answer)
    return answers


def known(answers: Mapping[str, Any], as_of: date) -> None:
    """Raise `Problem`, with the nearest name, for a model or a GPU that the facts do not know."""
    hosted_price(answers["hosted_model"], on=as_of)
    open_model(answers["open_model"])
    if answers.get("gpu") is not None:
        gpu(answers["gpu"])
