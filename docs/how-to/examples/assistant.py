"""What an assistant sees: it drafts a case from what the person said, decides it, and asks why."""

import asyncio
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from breakeven.mcp.server import server
from mcp import Client

SAID = {"api_spend_per_month": 40_000, "hosted_model": "anthropic/claude-haiku-4-5", "open_model": "llama-3.3-70b"}


async def conversation(folder: Path) -> None:
    """The words of each answer; what is long is cut."""
    async with Client(server(folder, today=lambda: date(2026, 11, 21))) as client:
        print(f"protocol {client.protocol_version}\n")
        asked = await client.call_tool("draft_case", SAID)
        print(f"draft_case {SAID}\n{asked.content[0].text}\n")
        drafted = await client.call_tool("draft_case", SAID | {"team": 1, "gpu": "h100", "gpu_price_per_hour": 2.69})
        case = drafted.structured_content["data"]["case_yaml"]
        decided = await client.call_tool("decide", {"case_yaml": case})
        study = decided.structured_content["study"]
        print("decide\n" + "\n".join(decided.content[0].text.splitlines()[3:8]) + "\n…\n")
        explained = await client.call_tool("explain", {"study": study, "line": "gpu_rent", "option": "2"})
        print("explain gpu_rent\n" + "\n".join(explained.content[0].text.splitlines()[1:10]) + "\n…")


with TemporaryDirectory() as place:
    asyncio.run(conversation(Path(place)))
