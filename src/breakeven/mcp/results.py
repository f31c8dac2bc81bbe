"""An answer as the protocol has it: words and data side by side, or the question that must be answered first."""

from __future__ import annotations

import json
from typing import Any

from mcp.server.mcpserver import Context
from mcp.types import (
    CallToolResult,
    ElicitRequest,
    ElicitRequestFormParams,
    ElicitResult,
    InputRequiredResult,
    TextContent,
)
from mcp.types.version import is_version_at_least
from pydantic import BaseModel, Field

from breakeven.mcp.told import NOTICE, Asked, Told, fenced

ASKS_SINCE = "2026-07-28"
DRIVERS = "drivers"


class Answer(BaseModel):
    """What every tool answers."""

    notice: str = Field(description="How to treat what is under data.")
    study: str = Field(default="", description="The handle of the study, for explain, flips, what_if and report.")
    data: dict[str, Any] = Field(description="The answer; a number has its unit beside it or in its key.")


def result_of(told: Told) -> CallToolResult:
    """Content beside structured content; both say the same, and both say what of it is data.

    What is missing is asked in our own words, so nothing of it is quoted.
    """
    head = f"{NOTICE}\nstudy: {told.study}" if told.study else NOTICE
    whole = Answer(notice=NOTICE, study=told.study, data=json.loads(json.dumps(told.data, default=str)))
    return CallToolResult(
        content=[TextContent(type="text", text=told.page if told.missing else f"{head}\n{fenced(told.page)}")],
        structured_content=whole.model_dump(),
        is_error=told.wrong,
    )


def question_of(asked: tuple[Asked, ...]) -> InputRequiredResult:
    """The question to the person, for a client that can put it."""
    properties = {
        driver.name: {
            "type": driver.kind,
            "title": driver.name,
            "description": f"{driver.question}{f' ({driver.unit})' if driver.unit else ''}",
        }
        for driver in asked
    }
    schema = {"type": "object", "properties": properties, "required": list(properties)}
    message = "These drivers of the cost are not known. Nothing is computed on invented ones."
    form = ElicitRequestFormParams(message=message, requested_schema=schema)
    return InputRequiredResult(input_requests={DRIVERS: ElicitRequest(params=form)})


def can_ask(ctx: Context) -> bool:
    """Whether the client puts questions to the person in the middle of a call."""
    able = ctx.client_capabilities
    asks = able is not None and able.elicitation is not None
    return asks and ctx.protocol_version is not None and is_version_at_least(ctx.protocol_version, ASKS_SINCE)


def said(ctx: Context) -> ElicitResult | None:
    """What the person said to the question of the round before."""
    found = (ctx.input_responses or {}).get(DRIVERS)
    return found if isinstance(found, ElicitResult) else None
