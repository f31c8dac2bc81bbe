"""The replay worker against small servers of the test: each request once, at its pace, with what came back."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from breakeven.capacity.benchmarks.given import Given
from breakeven.capacity.benchmarks.reading import read_measurements
from breakeven.problems import Problem
from breakeven.proof.records.row import Row, read_row, read_text
from breakeven.proof.send.asking import Answer as Heard
from breakeven.proof.send.asking import Arm, heard, refusal
from breakeven.proof.send.journal import journal, texts_beside
from breakeven.proof.send.logged import read_logged
from breakeven.proof.send.measured import measurement
from breakeven.proof.send.replay import Desk, Pace, Sent, send_all

NOON = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
CHAT = {"model": "chat", "messages": [{"role": "user", "content": "hi"}], "user": "someone", "metadata": {"a": "b"}}
PLENTY = Pace(rate=10.0, at_once=4, wait=5.0)


def event(content: str = "", finish: str | None = None, **more: Any) -> str:
    choice = {"index": 0, "delta": {"content": content}, "finish_reason": finish}
    return f"data: {json.dumps({'choices': [choice], **more})}\n\n"


USAGE = {"prompt_tokens": 7, "completion_tokens": 3, "prompt_tokens_details": {"cached_tokens": 2}}
WHOLE = [event("a"), event(" b"), event(finish="stop"), f"data: {json.dumps({'choices': [], 'usage': USAGE})}\n\n"]
RESPONSES = [
    'data: {"type": "response.output_text.delta", "delta": "a"}\n\n',
    'data: {"type": "response.completed", "response": {"status": "completed", "usage": {"input_tokens": 7, "output_tokens": 3}}}\n\n',  # noqa: E501
]
MESSAGES = [
    'data: {"type": "message_start", "message": {"usage": {"input_tokens": 7}}}\n\n',
    'data: {"type": "content_block_delta", "delta": {"type": "text_delta", "text": "a"}}\n\n',
    'data: {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 3}}\n\n',
]


class Server:
    """Answers by what `behave` says; keeps what it was asked, and how many requests were there at once."""

    def __init__(self, behave: Callable[[dict[str, Any], Server], Awaitable[Response]]) -> None:
        self.behave, self.bodies, self.headers, self.at_once, self.most = behave, [], [], 0, 0
        self.times: list[float] = []

    async def answer(self, request: Request) -> Response:
        self.times.append(time.monotonic())
        body = await request.json()
        self.bodies.append(body)
        self.headers.append(dict(request.headers))
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        try:
            return await self.behave(body, self)
        finally:
            self.at_once -= 1


@contextmanager
def serving(behave: Callable[[dict[str, Any], Server], Awaitable[Response]]) -> Iterator[tuple[str, Server]]:
    server = Server(behave)
    paths = ("chat/completions", "messages", "responses")
    app = Starlette(routes=[Route(f"/v1/{path}", server.answer, methods=["POST"]) for path in paths])
    running = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical", timeout_graceful_shutdown=1))
    thread = Thread(target=running.run, daemon=True)
    thread.start()
    while not running.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{running.servers[0].sockets[0].getsockname()[1]}/v1", server
    finally:
        running.should_exit = True
        thread.join()


def streamed(pieces: list[str]) -> Callable[[dict[str, Any], Server], Awaitable[Response]]:
    async def behave(body: dict[str, Any], server: Server) -> Response:
        await asyncio.sleep(0.02)
        return StreamingResponse(iter(pieces), media_type="text/event-stream")

    return behave


def log(
    folder: Path, count: int = 5, seconds: float = 0.2, body: dict[str, Any] = CHAT, endpoint: str = "chat"
) -> Path:
    path = folder / "texts-2026-11-30.jsonl"
    rows = [
        {
            "schema": 1, "trace": f"t{n}", "pair": f"p{n}", "arm": "api", "workload": "chat", "endpoint": endpoint,
            "started": (NOON + timedelta(seconds=n * seconds)).isoformat(), "request": body, "answer": "a b",
        }
        for n in range(count)
    ]  # fmt: skip
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return path


def run(logs: Path, out: Path, *arms: Arm, pace: Pace = PLENTY, texts: bool = False) -> list[Sent]:
    with journal(out, texts=texts) as kept:
        desk = Desk(
            journal=kept, clock=lambda: datetime.fromtimestamp(time.time(), UTC), keep_texts=texts, hash_key="k"
        )
        return asyncio.run(send_all(read_logged([logs]), arms, pace, desk))


def rows(path: Path) -> list[Row]:
    return [read_row(json.loads(line)) for line in path.read_text().splitlines()]


def test_every_request_goes_to_every_candidate_and_comes_back_as_a_row(tmp_path: Path) -> None:
    with serving(streamed(WHOLE)) as (one, server), serving(streamed(WHOLE)) as (two, _):
        run(
            log(tmp_path),
            tmp_path / "rows.jsonl",
            Arm(name="self", address=one, model="m", key="K"),
            Arm(name="b", address=two),
        )
    found = rows(tmp_path / "rows.jsonl")
    assert sorted((row.pair, row.arm) for row in found) == sorted(
        (f"p{n}", arm) for n in range(5) for arm in ("self", "b")
    )
    assert {(row.role, row.error, row.finish) for row in found} == {("replayed", None, "stop")}
    assert {(row.prompt_tokens, row.completion_tokens, row.cached_tokens) for row in found} == {(7, 3, 2)}
    assert all(row.first_token and row.started <= row.first_token <= row.ended for row in found)
    body = server.bodies[0]
    assert (body["model"], body["stream"]) == ("m", True)
    assert not {"user", "metadata"} & body.keys()  # who asked is not the arm's business
    assert server.headers[0]["authorization"] == "Bearer K"


def test_a_stopped_run_goes_on_and_sends_nothing_twice(tmp_path: Path) -> None:
    out = tmp_path / "rows.jsonl"
    with serving(streamed(WHOLE)) as (address, server):
        arm = Arm(name="self", address=address)
        run(log(tmp_path, 3), out, arm)
        with out.open("a") as file:
            file.write('{"schema": 1, "pair": "p3", "ar')  # killed while it wrote
        with (tmp_path / "rows.jsonl.sent").open("a") as file:
            file.write('{"pair": "p3", "arm": "self"}\n')  # it had gone out
        texts_beside(out).write_text('{"schema": 1, "trace": "t0", "half')
        (sent,) = run(log(tmp_path, 5), out, arm, texts=True)
        assert [read_text(json.loads(line)).pair for line in texts_beside(out).read_text().splitlines()] == ["p4"]
        assert (len(server.bodies), sent.before) == (4, 4)
        with journal(out, texts=False) as kept:
            assert kept.unknown == 1
    assert sorted(row.pair for row in rows(out)) == ["p0", "p1", "p2", "p4"]


def test_two_workers_do_not_write_to_one_file(tmp_path: Path) -> None:
    path, refused = tmp_path / "rows.jsonl", pytest.raises(Problem, match="another worker")
    with journal(path, texts=False), refused, journal(path, texts=False):
        pass


def test_no_more_are_in_flight_than_it_says_and_the_pace_is_kept(tmp_path: Path) -> None:
    with serving(streamed(WHOLE)) as (address, server):
        run(
            log(tmp_path, 12, seconds=0.0),
            tmp_path / "a.jsonl",
            Arm(name="self", address=address),
            pace=Pace(at_once=3),
        )
        assert server.most <= 3
        server.times.clear()
        run(log(tmp_path, 5, seconds=0.1), tmp_path / "b.jsonl", Arm(name="self", address=address), pace=Pace(rate=0.5))
        assert server.times[-1] - server.times[0] == pytest.approx(0.8, abs=0.15)  # four gaps of 0.1 s, half as fast


async def hanging(body: dict[str, Any], server: Server) -> Response:
    async def pieces() -> Any:
        yield event("a")
        await asyncio.sleep(3)

    return StreamingResponse(pieces())


async def cut(body: dict[str, Any], server: Server) -> Response:
    async def pieces() -> Any:
        yield event("a")
        raise ConnectionError

    return StreamingResponse(pieces())


def saying(status: int, message: str) -> Callable[[dict[str, Any], Server], Awaitable[Response]]:
    async def behave(body: dict[str, Any], server: Server) -> Response:
        return JSONResponse({"error": {"message": message}}, status_code=status)

    return behave


@pytest.mark.parametrize(
    ("behave", "error"),
    [
        (saying(500, "no"), "server"),
        (saying(429, "no"), "rate-limit"),
        (saying(400, "This model's maximum context length is 4096 tokens"), "context-length"),
        (saying(400, "no such parameter"), "refused"),
        (hanging, "timeout"),
        (cut, "cut"),
        (streamed([event("a")]), "cut"),  # it ends without saying so
        (streamed(['data: {"error": {"message": "out of memory"}}\n\n']), "server"),
        (streamed(["data: [1]\n\n", "data: {\n\n", "noise\n\n", *WHOLE]), None),
    ],
)
def test_failures_are_rows_too(tmp_path: Path, behave: Any, error: str | None) -> None:
    with serving(behave) as (address, _):
        run(log(tmp_path, 1), tmp_path / "rows.jsonl", Arm(name="self", address=address), pace=Pace(wait=0.5))
    (row,) = rows(tmp_path / "rows.jsonl")
    assert row.error == error
    assert row.prompt_tokens is None or error is None


def test_an_arm_that_is_not_there_is_a_failure_and_the_other_goes_on(tmp_path: Path) -> None:
    with serving(streamed(WHOLE)) as (address, _):
        gone = Arm(name="gone", address="http://127.0.0.1:9/v1")
        run(log(tmp_path, 2), tmp_path / "rows.jsonl", gone, Arm(name="self", address=address))
    assert sorted((row.arm, row.error) for row in rows(tmp_path / "rows.jsonl")) == [
        ("gone", "connection"), ("gone", "connection"), ("self", None), ("self", None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "pieces", "endpoint"),
    [
        ({"model": "m", "input": "hi"}, RESPONSES, "responses"),
        ({"model": "m", "system": "s", "max_tokens": 5, "messages": []}, MESSAGES, "messages"),
    ],
)
def test_other_endpoints_are_sent_where_they_belong(
    tmp_path: Path, body: dict[str, Any], pieces: list[str], endpoint: str
) -> None:
    with serving(streamed(pieces)) as (address, _):
        logs = log(tmp_path, 1, body=body, endpoint=endpoint)
        run(logs, tmp_path / "rows.jsonl", Arm(name="self", address=address), texts=True)
    (row,) = rows(tmp_path / "rows.jsonl")
    assert (row.endpoint, row.error, row.prompt_tokens, row.completion_tokens) == (endpoint, None, 7, 3)
    text = read_text(json.loads(texts_beside(tmp_path / "rows.jsonl").read_text()))
    assert (text.answer, text.request) == ("a", body)


def test_what_was_measured_is_read_as_a_measurement(tmp_path: Path) -> None:
    with serving(streamed(WHOLE)) as (address, _):
        (sent,) = run(log(tmp_path), tmp_path / "rows.jsonl", Arm(name="self", address=address))
    record = measurement(sent.rows, sent.arm, PLENTY)
    (tmp_path / "self.json").write_text(json.dumps(record))
    given = Given(model="llama-3.1-8b", gpu="h100", gpus=1, precision="fp8")
    (read,) = read_measurements([tmp_path / "self.json"], given)
    assert (read.format, read.completed, read.input_tokens, read.output_tokens) == ("breakeven-send", 5, 35, 15)
    assert read.counted_by == "server"
    assert read.ttft.p50 is not None
    assert read.ttft.p50 > 0.01


def test_without_the_servers_count_nothing_is_measured(tmp_path: Path) -> None:
    with serving(streamed(WHOLE[:3])) as (address, _):
        (sent,) = run(log(tmp_path, 2), tmp_path / "rows.jsonl", Arm(name="self", address=address))
    assert [row.completion_tokens for row in sent.rows] == [None, None]
    assert measurement(sent.rows, sent.arm, PLENTY) is None


def test_an_answer_that_ended_at_once_is_counted_as_no_tokens(tmp_path: Path) -> None:
    with serving(streamed(WHOLE)) as (address, _):
        (sent,) = run(log(tmp_path), tmp_path / "rows.jsonl", Arm(name="self", address=address))
    silent = replace(sent.rows[0], completion_tokens=0)
    record = measurement((silent, *sent.rows[1:]), sent.arm, PLENTY)
    assert record is not None
    assert (record["completed"], record["output_tokens"]) == (5, 12)


def test_a_prompt_that_was_not_counted_is_taken_as_long_as_the_others(tmp_path: Path) -> None:
    """llama.cpp leaves the prompt out of its count now and then: the whole run was no measurement for one such row."""
    with serving(streamed(WHOLE)) as (address, _):
        (sent,) = run(log(tmp_path), tmp_path / "rows.jsonl", Arm(name="self", address=address))
    lost = [replace(row, prompt_tokens=None) for row in sent.rows]
    record = measurement((*lost[:2], *sent.rows[2:]), sent.arm, PLENTY)
    assert record is not None
    assert (record["prompts_not_counted"], record["input_tokens"], record["output_tokens"]) == (2, 35, 15)
    assert measurement((*lost[:3], *sent.rows[3:]), sent.arm, PLENTY) is None, "most are not known"


class TestLogged:
    def test_batches_and_bare_bodies_are_requests_too(self, tmp_path: Path) -> None:
        path = tmp_path / "r.jsonl"
        path.write_text(f"{json.dumps({'custom_id': 'c1', 'body': CHAT})}\n\n{json.dumps(CHAT)}\n")
        assert [(each.pair, each.line) for each in read_logged([path])] == [("c1", 1), ("r.jsonl:3", 3)]
        assert read_logged([path])[1].body() == CHAT

    def test_a_body_is_sent_to_the_letter(self, tmp_path: Path) -> None:
        """Half a letter, a number with an exponent, a name in another script: nothing is mended on the way."""
        said = '[{"role": "user", "content": "\\ud83d caf\\u00e9 é"}]'
        body = f'{{"model": "m", "messages": {said}, "n_keep": 12345678901234567890}}'
        path = tmp_path / "r.jsonl"
        path.write_bytes(b"\xef\xbb\xbf" + body.encode() + b"\r\n" + body.encode())
        (one, two) = read_logged([path])
        assert one.body() == two.body() == json.loads(body)
        with serving(streamed(WHOLE)) as (address, server):
            run(path, tmp_path / "o.jsonl", Arm(name="self", address=address), pace=Pace(per_second=100))
        assert server.bodies[0]["messages"] == json.loads(body)["messages"]
        assert server.bodies[0]["n_keep"] == 12345678901234567890

    def test_a_line_that_is_being_written_is_left_out_and_told(self, tmp_path: Path) -> None:
        path, told = log(tmp_path, 2), []
        path.write_text(path.read_text()[:-9])
        assert len(read_logged([path], told.append)) == 1
        assert "2: this line has no end yet" in told[0]

    def test_the_endpoint_is_the_one_that_was_called(self, tmp_path: Path) -> None:
        path = tmp_path / "r.jsonl"
        path.write_text(json.dumps({"custom_id": "c", "url": "/v1/messages", "body": CHAT}))
        assert read_logged([path])[0].endpoint == "messages"
        logged = log(tmp_path, 1)
        logged.write_text(logged.read_text().replace('"endpoint": "chat"', '"endpoint": "messages"'))
        assert read_logged([logged])[0].endpoint == "messages"

    def test_of_a_pair_the_answer_of_the_api_is_taken_and_once(self, tmp_path: Path) -> None:
        path = log(tmp_path, 2)
        copies = path.read_text().replace('"arm": "api"', '"arm": "self"')
        path.write_text(copies + path.read_text())
        assert [each.line for each in read_logged([tmp_path])] == [3, 4]

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ("", "no request"),
            ("{\n", "1: this is not JSON"),
            ("[1]\n", "no request"),
            (b"\x1f\x8b\x08\x00\n", "is packed"),
            ('{"model": "m"}\n'.encode("utf-16"), "not UTF-8"),
            ('{"model": "m"}\n', "no messages"),
            ('{"schema": 1, "pair": "p", "arm": "api"}\n', "no text that could be sent"),
            ('{"schema": 1, "request": {}}\n', "no row of a shadow log"),
        ],
    )
    def test_what_cannot_be_sent_is_told_with_its_line(self, tmp_path: Path, text: str | bytes, told: str) -> None:
        (tmp_path / "r.jsonl").write_bytes(text if isinstance(text, bytes) else text.encode())
        with pytest.raises(Problem, match=told):
            read_logged([tmp_path / "r.jsonl"])

    def test_a_folder_without_texts_and_a_mix_of_times_are_told(self, tmp_path: Path) -> None:
        with pytest.raises(Problem, match="no texts"):
            read_logged([tmp_path])
        (tmp_path / "r.jsonl").write_text(f"{json.dumps(CHAT)}\n")
        with pytest.raises(Problem, match="do not say when"):
            read_logged([log(tmp_path), tmp_path / "r.jsonl"])


def test_refusals_have_kinds() -> None:
    assert [refusal(status, "") for status in (429, 408, 504, 503, 404)] == [
        "rate-limit", "timeout", "timeout", "server", "refused",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("endpoint", "data"),
    [
        ("chat", {"choices": [{"delta": {"reasoning_content": "hm"}}]}),
        ("messages", {"type": "content_block_delta", "delta": {"type": "thinking_delta", "thinking": "hm"}}),
        ("responses", {"type": "response.reasoning_text.delta", "delta": "hm"}),
    ],
)
def test_thinking_counts_as_a_first_piece_and_is_no_part_of_the_answer(endpoint: str, data: dict[str, Any]) -> None:
    found = heard(Heard(started=NOON, ended=NOON), json.dumps(data), endpoint, lambda: NOON)
    assert (found.first_token, found.text) == (NOON, "")


REFUSING = event(finish="content_filter").replace('"content": ""', '"content": "", "refusal": "no"')


@pytest.mark.parametrize(
    ("pieces", "form", "told"),
    [
        ([event("I'm sorry, I can't help with that"), *WHOLE[2:]], "text", (True, False, None)),
        ([REFUSING], "text", (True, False, None)),
        ([event('{"a": 1}'), *WHOLE[2:]], "json_object", (False, True, True)),
        ([event("{"), *WHOLE[2:]], "json_schema", (False, True, False)),
    ],
)
def test_a_replayed_row_says_of_an_answer_what_the_gateways_own_rows_say(
    tmp_path: Path, pieces: list[str], form: str, told: tuple[bool | None, ...]
) -> None:
    """Without that, an answer of the candidate would be accepted where the same one of the API is not."""
    logs = log(tmp_path, 1, body=CHAT | {"response_format": {"type": form}})
    with serving(streamed(pieces)) as (address, _):
        run(logs, tmp_path / "rows.jsonl", Arm(name="self", address=address))
    (row,) = rows(tmp_path / "rows.jsonl")
    assert (row.refusal, row.json_asked, row.json_valid) == told


def test_the_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    with journal(tmp_path / "rows.jsonl", texts=True):
        assert {each.stat().st_mode & 0o077 for each in tmp_path.iterdir()} == {0}


def test_an_event_of_no_known_form_is_a_failure_of_the_arm(tmp_path: Path) -> None:
    with serving(streamed(['data: {"choices": [5]}\n\n'])) as (address, _):
        (sent,) = run(log(tmp_path, 1), tmp_path / "rows.jsonl", Arm(name="self", address=address))
    assert [row.error for row in sent.rows] == ["other"]


def test_what_cannot_be_written_while_sending_is_told_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("breakeven.proof.send.journal.Journal.keep", full)
    with serving(streamed(WHOLE)) as (address, _), pytest.raises(OSError, match="No space left"):
        run(log(tmp_path, 2), tmp_path / "rows.jsonl", Arm(name="self", address=address))
