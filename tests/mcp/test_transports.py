"""The program itself, over stdio and HTTP, in both eras; cancelled work ends, and a large log tells how far it is."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest
from conversations import CASE, ERAS, talk

from breakeven.mcp import desk
from mcp import Client, StdioServerParameters

PROGRAM = [sys.executable, "-c", "from breakeven.cli.app import main; main()", "mcp", "--folder"]
ROWS = 300_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("folder")
    (root / "case.yaml").write_text(CASE)
    lines = (
        f"2026-10-{i // 25_000 + 1:02d}T{i // 1000 % 24:02d}:{i // 17 % 60:02d}:{i % 60:02d}Z,w{i % 7},{i % 900},9"
        for i in range(ROWS)
    )
    (root / "large.csv").write_text("timestamp,workload,input_tokens,output_tokens\n" + "\n".join(lines))
    return root


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    """The program over HTTP, on a port of this machine."""
    port = free_port()
    command = [*PROGRAM, str(folder), "--transport", "http", "--port", str(port)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as program:
        for _ in range(200):
            with socket.socket() as one:
                if one.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}/mcp"
        program.terminate()


async def conversation(to: Any, era: str) -> None:
    async with Client(to, mode=ERAS[era]) as client:
        assert client.protocol_version == era
        heard: list[float] = []

        async def progress(done: float, _: float | None, __: str | None) -> None:
            heard.append(done)

        answer = await client.call_tool("describe_usage", {"log": "large.csv"}, progress_callback=progress)
        assert answer.structured_content["data"]["requests"] == ROWS
        assert len(heard) > 1
        assert heard == sorted(heard)
        refused = await client.call_tool("decide", {"case": "/etc/passwd"})
        assert refused.is_error
        decided = await client.call_tool("decide", {"case": "case.yaml"})
        assert decided.structured_content["data"]["headline"]


@pytest.mark.parametrize("era", ERAS)
def test_over_stdio(folder: Path, era: str) -> None:
    parameters = StdioServerParameters(command=PROGRAM[0], args=[*PROGRAM[1:], str(folder)], env=dict(os.environ))
    anyio.run(conversation, parameters, era)


@pytest.mark.parametrize("era", ERAS)
def test_over_http(address: str, era: str) -> None:
    anyio.run(conversation, address, era)


def test_http_is_refused_to_pages_of_other_hosts(address: str) -> None:
    """A page in a browser may not reach it by a name that leads here."""
    import httpx2

    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    said = httpx2.post(address, json=body, headers={"Host": "evil.example", "Accept": "application/json"})
    assert said.status_code in (403, 421)
    said = httpx2.post(address, json=body, headers={"Origin": "https://evil.example", "Accept": "application/json"})
    assert said.status_code == 403


@pytest.mark.parametrize("era", ERAS)
def test_what_is_cancelled_ends_and_the_next_is_answered(
    folder: Path, era: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[subprocess.Popen[bytes]] = []
    begun = desk.begun

    def noted() -> subprocess.Popen[bytes]:
        started.append(begun())
        return started[-1]

    monkeypatch.setattr(desk, "begun", noted)

    async def cancel(client: Client) -> Any:
        async with anyio.create_task_group() as group:

            async def progress(done: float, *_: object) -> None:
                if done > 1_000_000:  # in the middle of the rows
                    group.cancel_scope.cancel()

            async def call() -> None:
                await client.call_tool("describe_usage", {"log": "large.csv"}, progress_callback=progress)

            group.start_soon(call)
        assert group.cancel_scope.cancelled_caught or group.cancel_scope.cancel_called
        with anyio.fail_after(5):
            while started[0].poll() is None:
                await anyio.sleep(0.05)
        return await client.call_tool("readiness", {"case": "case.yaml"})

    assert not talk(folder, era, cancel).is_error
    assert len(started) == 2


def test_no_process_stays_when_the_server_ends(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []
    begun = desk.begun
    monkeypatch.setattr(desk, "begun", lambda: started.append(begun()) or started[-1])

    async def ask(client: Client) -> Any:
        return await client.call_tool("readiness", {"case": "case.yaml"})

    talk(folder, "2026-07-28", ask)
    assert [each.poll() is not None for each in started] == [True]
