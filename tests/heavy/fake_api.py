"""A small OpenAI-compatible server with fault modes, in place of a hosted API: `python fake_api.py PORT NAME`.

POST /control {"mode": ok | 500 | 429 | hang | context | cut | flaky, "share": of flaky, "words": of an answer}
GET /seen: how many requests came, streamed, and the last ones' headers and bodies. POST /reset.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
import uuid
from collections.abc import AsyncIterator
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

PORT, NAME = int(sys.argv[1]), sys.argv[2]
USUAL = {"mode": "ok", "share": 0.2, "words": 8, "pause": 0.0, "seed": 7}
state: dict[str, Any] = dict(USUAL)
seen: dict[str, Any] = {}
luck = random.Random(7)


def cleared() -> None:
    seen.clear()
    seen.update(requests=0, failed=0, streamed=0, last=[])


async def control(request: Request) -> Response:
    state.update(await request.json())
    luck.seed(state["seed"])
    return JSONResponse(state)


async def reset(_: Request) -> Response:
    state.update(USUAL)
    luck.seed(state["seed"])
    cleared()
    return JSONResponse(state)


async def told(_: Request) -> Response:
    return JSONResponse(seen)


async def models(_: Request) -> Response:
    return JSONResponse({"object": "list", "data": [{"id": NAME, "object": "model"}]})


def fault(status: int, message: str, code: str) -> Response:
    seen["failed"] += 1
    return JSONResponse({"error": {"message": message, "type": code, "code": code}}, status_code=status)


async def noted(request: Request) -> tuple[dict[str, Any], Response | None]:
    """The body, and the fault that answers it, if one does."""
    body = await request.json()
    seen["requests"] += 1
    seen["streamed"] += bool(body.get("stream"))
    seen["last"] = [*seen["last"], {"at": time.time(), "headers": dict(request.headers), "body": body}][-20:]
    mode = state["mode"]
    if mode == "flaky":
        mode = "500" if luck.random() < state["share"] else "ok"
    if mode == "hang":
        await asyncio.sleep(3600)
    if mode == "500":
        return body, fault(500, f"{NAME} has a fault", "server_error")
    if mode == "429":
        return body, fault(429, "too many requests", "rate_limit_exceeded")
    if mode == "context":
        words = "This model's maximum context length is 4096 tokens. However, your messages resulted in 9999 tokens."
        return body, fault(400, words, "context_length_exceeded")
    await asyncio.sleep(state["pause"])
    return body, None


def words() -> list[str]:
    return [NAME, *(f" w{number}" for number in range(state["words"]))]


def data(event: dict[str, Any]) -> str:
    return f"data: {json.dumps(event)}\n\n"


async def chat(request: Request) -> Response:
    body, answer = await noted(request)
    if answer is not None:
        return answer
    about = {"id": f"chatcmpl-{uuid.uuid4().hex[:8]}", "created": int(time.time()), "model": body.get("model")}
    usage = {"prompt_tokens": 10, "completion_tokens": len(words()), "total_tokens": 10 + len(words())}
    usage |= {"prompt_tokens_details": {"cached_tokens": 4}}
    if not body.get("stream"):
        message = {"role": "assistant", "content": "".join(words())}
        choices = [{"index": 0, "message": message, "finish_reason": "stop"}]
        return JSONResponse({**about, "object": "chat.completion", "choices": choices, "usage": usage})
    about |= {"object": "chat.completion.chunk"}
    wanted = (body.get("stream_options") or {}).get("include_usage")
    return StreamingResponse(pieces(about, usage if wanted else None), media_type="text/event-stream")


async def pieces(about: dict[str, Any], usage: dict[str, Any] | None) -> AsyncIterator[str]:
    for number, word in enumerate(words()):
        if state["mode"] == "cut" and number == 3:
            seen["failed"] += 1
            raise RuntimeError("the connection is cut on purpose")
        delta = {"content": word} | ({"role": "assistant"} if number == 0 else {})
        yield data(about | {"choices": [{"index": 0, "delta": delta, "finish_reason": None}]})
        await asyncio.sleep(0.002)
    yield data(about | {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    if usage:
        yield data(about | {"choices": [], "usage": usage})
    yield "data: [DONE]\n\n"


async def responses(request: Request) -> Response:
    """OpenAI's newer endpoint, which LiteLLM also uses for Anthropic's."""
    body, answer = await noted(request)
    if answer is not None:
        return answer
    text = "".join(words())
    part = {"type": "output_text", "text": text, "annotations": []}
    item = {"id": "msg_1", "type": "message", "role": "assistant", "status": "completed", "content": [part]}
    usage = {"input_tokens": 10, "output_tokens": len(words()), "total_tokens": 10 + len(words())}
    usage |= {"input_tokens_details": {"cached_tokens": 4}, "output_tokens_details": {"reasoning_tokens": 0}}
    whole = {
        "id": f"resp_{uuid.uuid4().hex[:8]}", "object": "response", "created_at": int(time.time()),
        "status": "completed", "model": body.get("model"), "output": [item], "usage": usage,
        "parallel_tool_calls": True, "tools": [], "tool_choice": "auto", "temperature": 1.0, "top_p": 1.0,
        "metadata": {}, "error": None, "incomplete_details": None, "instructions": None,
    }  # fmt: skip
    if not body.get("stream"):
        return JSONResponse(whole)
    begun = whole | {"status": "in_progress", "output": [], "usage": None}
    events = [
        {"type": "response.created", "response": begun},
        {"type": "response.output_item.added", "output_index": 0,
         "item": item | {"content": [], "status": "in_progress"}},
        {"type": "response.content_part.added", "item_id": "msg_1", "output_index": 0, "content_index": 0,
         "part": part | {"text": ""}},
        *({"type": "response.output_text.delta", "item_id": "msg_1", "output_index": 0, "content_index": 0,
           "delta": word} for word in words()),
        {"type": "response.output_text.done", "item_id": "msg_1", "output_index": 0, "content_index": 0, "text": text},
        {"type": "response.output_item.done", "output_index": 0, "item": item},
        {"type": "response.completed", "response": whole},
    ]  # fmt: skip
    lines = [f"event: {each['type']}\n{data(each | {'sequence_number': number})}" for number, each in enumerate(events)]
    return StreamingResponse(iter(lines), media_type="text/event-stream")


cleared()
app = Starlette(
    routes=[
        Route("/control", control, methods=["POST"]),
        Route("/reset", reset, methods=["POST"]),
        Route("/seen", told),
        Route("/health", models),
        Route("/v1/models", models),
        Route("/v1/chat/completions", chat, methods=["POST"]),
        Route("/v1/responses", responses, methods=["POST"]),
    ]
)
uvicorn.run(app, host="127.0.0.1", port=PORT, log_level="critical", access_log=False)
