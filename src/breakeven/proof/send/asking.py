"""One request, asked of one arm as a stream: when its first piece came, when it ended, how, and with which tokens."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple

import httpx2

from breakeven.proof.records.answers import REFUSED
from breakeven.proof.records.row import ErrorKind
from breakeven.written import json_of

Clock = Callable[[], datetime]
PATHS = {"chat": "chat/completions", "messages": "messages", "responses": "responses"}
NOT_SENT = ("user", "metadata", "store", "safety_identifier", "n")  # who asked is not the arm's business; one answer
TOKENS = (("prompt_tokens", "input_tokens"), ("completion_tokens", "output_tokens"))
SAID = 200  # characters of a refusal that are told
SPOKEN = ("response.output_text.delta", "response.function_call_arguments.delta")
CONTEXT = ("context length", "context_length", "maximum context", "context window", "context size")


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """Where a candidate is served. `model`: the name by which it is called there; None: that of the request."""

    name: str
    address: str
    model: str | None = None
    key: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back. Tokens as the server reports them; None where it does not. `said`: of a failure, in its words."""

    started: datetime
    ended: datetime
    first_token: datetime | None = None
    status: int | None = None
    error: ErrorKind | None = None
    finish: str | None = None
    refused: bool = False
    text: str = ""
    said: str = ""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cached_tokens: int | None = None


def request_body(body: Mapping[str, Any], endpoint: str, arm: Arm) -> dict[str, Any]:
    """The body for an arm: streamed, under its own name of the model, without who asked."""
    made = {name: value for name, value in body.items() if name not in NOT_SENT} | {"stream": True}
    if arm.model:
        made["model"] = arm.model
    return made | ({"stream_options": {"include_usage": True}} if endpoint == "chat" else {})


async def ask(client: httpx2.AsyncClient, arm: Arm, endpoint: str, body: Mapping[str, Any], clock: Clock) -> Answer:
    """Ask once. A failure is an answer too; nothing is raised for what the arm does."""
    answer = Answer(started=clock(), ended=clock())
    address = f"{arm.address.rstrip('/')}/{PATHS[endpoint]}"
    headers = {"content-type": "application/json"} | ({"authorization": f"Bearer {arm.key}"} if arm.key else {})
    content = json.dumps(request_body(body, endpoint, arm)).encode()  # ASCII: also half a letter goes as it came
    try:
        async with client.stream("POST", address, content=content, headers=headers) as response:
            answer = replace(answer, status=response.status_code)
            if response.status_code != 200:
                message = (await response.aread()).decode("utf-8", "replace")
                error = refusal(response.status_code, message)
                return replace(answer, ended=clock(), error=error, said=message[:SAID])
            if response.headers.get("content-type", "").startswith("text/html"):  # a login, or an error of a proxy
                return replace(answer, ended=clock(), error="other", said="a page of HTML in place of an answer")
            async for line in response.aiter_lines():
                if line.startswith("data:"):
                    answer = heard(answer, line[5:].strip(), endpoint, clock)
    except httpx2.TimeoutException:
        return replace(answer, ended=clock(), error="timeout")
    except httpx2.HTTPError:
        return replace(answer, ended=clock(), error="cut" if answer.first_token else "connection")
    except (AttributeError, KeyError, TypeError):  # events of no known form
        return replace(answer, ended=clock(), error="other")
    return replace(answer, ended=clock(), error=answer.error or (None if answer.finish else "cut"))


def refusal(status: int, message: str) -> ErrorKind:
    """The kind of a status that is no success."""
    if status == 429:
        return "rate-limit"
    if status in (408, 504):
        return "timeout"
    if status >= 500:
        return "server"
    return "context-length" if any(words in message.lower() for words in CONTEXT) else "refused"


def heard(answer: Answer, data: str, endpoint: str, clock: Clock) -> Answer:
    """The answer with one more event of the stream."""
    try:
        event = json_of(data)
    except json.JSONDecodeError:
        return answer  # [DONE], and what is no event
    if not isinstance(event, dict):
        return answer
    if event.get("error") or event.get("type") in ("error", "response.failed"):
        return replace(answer, error="cut" if answer.first_token else "server")
    heard_now = {"chat": _chat, "messages": _messages, "responses": _responses}[endpoint](event)
    begun = heard_now.text or heard_now.thought or heard_now.refused
    return _counted(
        replace(
            answer,
            text=answer.text + heard_now.text,
            first_token=answer.first_token or (clock() if begun else None),
            finish=heard_now.finish or answer.finish,
            refused=answer.refused or heard_now.refused or heard_now.finish in REFUSED,
        ),
        _usage(event),
    )


class _Heard(NamedTuple):
    """One event: its part of the answer, whether it is a token that is no part of it, the reason of the end."""

    text: str
    thought: bool
    refused: bool
    finish: str | None


def _chat(event: Mapping[str, Any]) -> _Heard:
    choice: Mapping[str, Any] = next(iter(event.get("choices") or ()), {})
    delta = choice.get("delta") or {}
    called = [(each.get("function") or {}).get("arguments") or "" for each in delta.get("tool_calls") or ()]
    return _Heard(
        text="".join([delta.get("content") or "", *called]),
        thought=bool(delta.get("reasoning_content") or delta.get("reasoning")),
        refused=bool(delta.get("refusal")),
        finish=choice.get("finish_reason"),
    )


def _messages(event: Mapping[str, Any]) -> _Heard:
    delta = event.get("delta") or {}
    text = str(delta.get("text") or delta.get("partial_json") or "")
    return _Heard(text=text, thought="thinking" in delta, refused=False, finish=delta.get("stop_reason"))


def _responses(event: Mapping[str, Any]) -> _Heard:
    kind = str(event.get("type", ""))
    ended = kind in ("response.completed", "response.incomplete")
    piece = event.get("delta") if kind in SPOKEN else ""
    return _Heard(
        text=piece if isinstance(piece, str) else "",
        thought=kind.endswith(".delta") and kind not in SPOKEN,
        refused=kind == "response.refusal.delta",
        finish=str(event["response"].get("status")) if ended else None,
    )


def _usage(event: Mapping[str, Any]) -> Mapping[str, Any]:
    inside = event.get("response") or event.get("message") or {}
    found = event.get("usage") or (inside.get("usage") if isinstance(inside, Mapping) else None)
    return found if isinstance(found, Mapping) else {}


def _counted(answer: Answer, usage: Mapping[str, Any]) -> Answer:
    details = usage.get("prompt_tokens_details") or usage.get("input_tokens_details") or {}
    prompt, completion = (_count(usage, one, other) for one, other in TOKENS)
    cached = _count(details, "cached_tokens", "cached_tokens")
    cached = _count(usage, "cache_read_input_tokens", "cache_read_input_tokens") if cached is None else cached
    return replace(
        answer,
        prompt_tokens=answer.prompt_tokens if prompt is None else prompt,
        completion_tokens=answer.completion_tokens if completion is None else completion,
        cached_tokens=answer.cached_tokens if cached is None else cached,
    )


def _count(usage: Mapping[str, Any], one: str, other: str) -> int | None:
    found = usage.get(one, usage.get(other))
    return found if isinstance(found, int) and not isinstance(found, bool) and found >= 0 else None
