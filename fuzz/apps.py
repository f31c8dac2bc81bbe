"""Requests to the dashboard and calls of an assistant's tools, from a file of them, against the app in this process."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

DAY = date(2026, 11, 21)
ROOT = Path(__file__).parent.parent
CASE = ROOT / "tests" / "cases" / "minimal.yaml"
HERE = "http://127.0.0.1:8765"
BROKEN, NOT_NOW = 500, {503, 504}  # a refusal for lack of time is one in words


def dashboard(path: str, folder: str) -> int:
    """Send each request of the file; 70 where one is answered by a fault of ours, or without the policy."""
    from starlette.testclient import TestClient

    from breakeven.web.app import app
    from breakeven.web.guard.visitors import Door

    (Path(folder) / "case.yaml").write_bytes(CASE.read_bytes())
    served = app(Path(folder), door=Door(), today=lambda: DAY, warm=False)
    with TestClient(served, base_url=HERE, raise_server_exceptions=False, follow_redirects=False) as client:
        for asked in _listed(path):
            if (request := _request(client, asked)) is None:
                continue
            answer = client.send(request)
            print(answer.status_code, json.dumps(answer.text[:20_000]))
            broken = answer.status_code >= BROKEN and answer.status_code not in NOT_NOW
            if broken or "content-security-policy" not in answer.headers:
                return 70
    print("answered")
    return 0


def _request(client: Any, asked: Mapping[str, Any]) -> Any:
    """A request as a client can send it at all; None where none could."""
    content = asked.get("body")
    headers = asked.get("headers")
    try:
        return client.build_request(
            str(asked.get("method", "GET")),
            str(asked.get("path", "/")),
            headers={str(name): str(value) for name, value in headers.items()} if isinstance(headers, dict) else {},
            content=content.encode("utf-8", "replace") if isinstance(content, str) else json.dumps(content).encode(),
        )
    except Exception:  # noqa: BLE001 - whatever a client says of what it cannot send: it was not sent
        return None


def assistant(path: str, folder: str) -> int:
    """Call each tool of the file with its arguments; 70 where the server broke."""
    import anyio

    from breakeven.mcp.server import server
    from mcp import Client, MCPError

    (Path(folder) / "case.yaml").write_bytes(CASE.read_bytes())
    log = ROOT / "tests" / "demand" / "formats" / "generic" / "input.csv"
    (Path(folder) / "usage.csv").write_bytes(log.read_bytes())

    async def conversation() -> None:
        study = ""
        async with Client(server(Path(folder), today=lambda: DAY), mode="auto") as client:
            for asked in _listed(path):
                given = asked.get("arguments")
                arguments = {str(k): v for k, v in given.items()} if isinstance(given, dict) else {}
                arguments = {k: study if v == "STUDY" else v for k, v in arguments.items()}
                try:
                    told = await client.call_tool(str(asked.get("tool", "")), arguments)
                except (MCPError, ValueError) as error:  # ValueError: what JSON cannot say is not sent
                    print("refused", json.dumps(str(error)))
                    continue
                text = "\n".join(each.text for each in told.content if each.type == "text")
                study = str((told.structured_content or {}).get("study", study))
                print(json.dumps(text[:20_000]))

    anyio.run(conversation)
    print("answered")
    return 0


def _listed(path: str) -> Iterator[Mapping[str, Any]]:
    """The requests or calls of a file; nothing of one that is no list of them."""
    try:
        document = json.loads(Path(path).read_text("utf-8"))
    except (ValueError, RecursionError):
        return
    yield from (each for each in document if isinstance(each, dict)) if isinstance(document, list) else ()
