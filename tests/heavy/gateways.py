"""Real gateways, a real engine and a stand-in for the API, started for a test and stopped after it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2

from breakeven.proof.records.row import NOISE, Row, read_row

HERE = Path(__file__).parent
MASTER = "sk-master"
HTTP = httpx2.Client(limits=httpx2.Limits(max_connections=32))  # a new one each time would take longer than an answer
START = 240.0  # seconds that a part may take to start: on a busy machine LiteLLM alone takes more than 90


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass(slots=True, kw_only=True)
class Server:
    """A program that answers at a port."""

    command: list[str]
    port: int
    log: Path
    health: str
    environment: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as out:
            environment = {**os.environ, **self.environment}
            self.process = subprocess.Popen(self.command, stdout=out, stderr=out, env=environment)
        end = time.monotonic() + START
        while time.monotonic() < end:
            assert self.process.poll() is None, self.log.read_text()[-3000:]
            with suppress(httpx2.HTTPError):
                if httpx2.get(f"{self.address}{self.health}", timeout=2).status_code == 200:
                    return
            time.sleep(0.05)
        raise AssertionError(f"not up: {self.log.read_text()[-3000:]}")

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(timeout=3)
            except subprocess.TimeoutExpired:
                self.kill()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def control(self, **stated: Any) -> None:
        httpx2.post(f"{self.address}/control", json=stated).raise_for_status()

    def reset(self) -> None:
        httpx2.post(f"{self.address}/reset").raise_for_status()

    def seen(self) -> dict[str, Any]:
        found: dict[str, Any] = httpx2.get(f"{self.address}/seen").json()
        return found


@contextmanager
def up(server: Server) -> Iterator[Server]:
    try:
        server.start()
        yield server
    finally:
        server.stop()


def fake_api(folder: Path, name: str) -> Server:
    """The server with fault modes, in place of the API or of the self-hosted arm."""
    port = free_port()
    command = [sys.executable, str(HERE / "fake_api.py"), str(port), name]
    return Server(command=command, port=port, log=folder / f"{name}.log", health="/health")


def engine(folder: Path, environment: Path) -> Server:
    """llama.cpp with random weights, made here."""
    python = environment / "bin" / "python"
    weights = folder / "tiny.gguf"
    subprocess.run([python, HERE / "tiny_engine.py", "weights", weights], check=True, capture_output=True)
    port = free_port()
    command = [str(python), str(HERE / "tiny_engine.py"), "serve", str(weights), str(port)]
    return Server(command=command, port=port, log=folder / "engine.log", health="/health")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a client got. `whole`: the answer came to its end."""

    status: int
    whole: bool
    text: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A client of a gateway."""

    address: str
    model: str = "chat"
    headers: Mapping[str, str] = field(default_factory=dict)

    def ask(self, endpoint: str = "chat/completions", *, stream: bool = False, user: str = "") -> Said:
        body: dict[str, Any] = {"model": self.model, "stream": stream}
        content = "What is a break-even, in one sentence?"
        if endpoint == "responses":
            body |= {"input": content}
        else:
            body |= {"messages": [{"role": "user", "content": content}], "max_tokens": 12}
        if user:
            body["user"] = user
        begun = time.monotonic()
        status, text = 0, ""
        headers = {"authorization": f"Bearer {MASTER}", **self.headers}
        try:
            with HTTP.stream(
                "POST", f"{self.address}/v1/{endpoint}", json=body, headers=headers, timeout=60
            ) as response:
                status = response.status_code
                for piece in response.iter_text():
                    text += piece
        except httpx2.HTTPError as error:
            text += f" broken: {type(error).__name__}"
        ends = {"chat/completions": "[DONE]", "messages": "message_stop", "responses": "response.completed"}
        whole = status == 200 and (ends[endpoint] in text if stream else text.lstrip().startswith("{"))
        return Said(status=status, whole=whole, text=text, seconds=time.monotonic() - begun)

    def many(self, count: int, *, stream: bool = False, at_once: int = 4) -> list[Said]:
        with ThreadPoolExecutor(at_once) as pool:
            return list(pool.map(lambda number: self.ask(stream=stream, user=f"user {number}"), range(count)))


def rows(folder: Path) -> list[Row]:
    """The shadow log, each line held against the definition."""
    return [read_row(json.loads(line)) for path in sorted(folder.glob("shadow-*.jsonl")) for line in path.open()]


def rows_since(folder: Path, before: int, count: int, within: float = 15.0) -> list[Row]:
    """What came after so many rows, once it has `count` of both arms: rows are written after the answer."""
    end = time.monotonic() + within
    while time.monotonic() < end:
        found = [row for row in rows(folder)[before:] if row.arm != NOISE]
        if len(found) >= count:
            return found
        time.sleep(0.1)
    raise AssertionError(f"{count} rows were awaited, and these came: {found}")


def now() -> datetime:
    """The clock, which a gateway goes by."""
    return datetime.now(tz=UTC)  # noqa: TID251 - real gateways have a real clock
