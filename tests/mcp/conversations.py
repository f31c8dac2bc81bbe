"""A client that talks to the server in this process, in either era of the protocol."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import Any

import anyio
from mcp.types import CallToolResult

from breakeven.mcp.server import server
from mcp import Client

ERAS = {"2026-07-28": "auto", "2025-11-25": "legacy"}
DAY = date(2026, 11, 21)
CASE = """\
as_of: 2026-11-21
api_spend_per_month: 40000
hosted_model: anthropic/claude-haiku-4-5
open_model: llama-3.3-70b
gpu_offer: {gpu: h100, price_per_gpu_hour: 2.69}
team: 1
self_hosting: {precision: fp8, gpus_per_replica: 2}  # so that nothing is looked for
"""


def talk(folder: Path, era: str, say: Callable[[Client], Awaitable[Any]], **client: Any) -> Any:
    """What `say` finds out in a conversation with a server of its own over the folder."""

    async def conversation() -> Any:
        async with Client(server(folder, today=lambda: DAY), mode=ERAS[era], **client) as each:
            return await say(each)

    return anyio.run(conversation)


def text(result: CallToolResult) -> str:
    """All words of an answer."""
    return "\n".join(each.text for each in result.content if each.type == "text")


def outside(said: str) -> str:
    """What an answer says in its own words: everything but what stands between its marks."""
    before, opening, rest = said.partition("<data ")
    mark, _, rest = rest.partition(">\n")
    _, closing, after = rest.partition(f"\n</data {mark}>")
    assert not opening or closing, "a mark is opened and not closed"
    return before + after
