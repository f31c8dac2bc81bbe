"""Logged requests sent to candidates at a pace: each arm by itself, so that a slow one does not slow the others."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx2

from breakeven.proof.records.answers import is_json, refuses, wants_json
from breakeven.proof.records.row import Row, Text
from breakeven.proof.send.asking import Answer, Arm, Clock, ask
from breakeven.proof.send.journal import Journal
from breakeven.proof.send.logged import Logged

GATEWAY = "breakeven shadow send"
HASHED = 32  # hexadecimal digits, as the gateway's plugin writes them


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """`rate`: of the pace at which the requests came (1.2: a fifth faster); `per_second` instead, where that is not
    known. `at_once`: requests of an arm in flight, at most; `wait`: seconds without a piece, then it has failed.
    """

    rate: float = 1.0
    per_second: float | None = None
    at_once: int = 8
    wait: float = 120.0

    def due(self, number: int, logged: Logged, first: Logged) -> float:
        """Seconds after the begin at which a request goes out."""
        if self.per_second is not None or logged.started is None or first.started is None:
            return number / (self.per_second or 1.0)
        return (logged.started - first.started).total_seconds() / self.rate


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What one run did for one arm. `late`: seconds by which the latest request missed its time; `said`: of the first
    failure that said why.
    """

    arm: Arm
    rows: tuple[Row, ...]
    late: float
    before: int  # sent in an earlier run
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What sending needs beside the requests. `hash_key`: that of the gateway, for hashes that can be compared."""

    journal: Journal
    clock: Clock
    keep_texts: bool = False
    hash_key: str = ""


async def send_all(requests: Sequence[Logged], arms: Sequence[Arm], pace: Pace, desk: Desk) -> list[Sent]:
    """Send what was not sent yet to every arm; returns what came back in this run."""
    timeout = httpx2.Timeout(pace.wait, connect=min(pace.wait, 10.0))
    limits = httpx2.Limits(max_connections=pace.at_once * len(arms))
    async with httpx2.AsyncClient(timeout=timeout, limits=limits) as client:
        return list(await asyncio.gather(*(_send(client, requests, arm, pace, desk) for arm in arms)))


async def _send(client: httpx2.AsyncClient, requests: Sequence[Logged], arm: Arm, pace: Pace, desk: Desk) -> Sent:
    left = [logged for logged in requests if (logged.pair, arm.name) not in desk.journal.sent]
    loop = asyncio.get_running_loop()
    begin, late, rows, first_reason = loop.time(), 0.0, [], list[str]()
    free = asyncio.Semaphore(pace.at_once)

    async def one(logged: Logged) -> None:
        try:
            body = logged.body()
            desk.journal.note((logged.pair, arm.name))
            answer = await ask(client, arm, logged.endpoint, body, desk.clock)
            row = row_of(logged, arm, answer, body, desk.hash_key)
            desk.journal.keep(row, text_of(row, body, answer) if desk.keep_texts else None)
            rows.append(row)
            first_reason.extend([answer.said] if answer.said and not first_reason else [])
        finally:
            free.release()

    try:
        async with asyncio.TaskGroup() as tasks:
            for number, logged in enumerate(left):
                due = begin + pace.due(number, logged, left[0])
                await asyncio.sleep(due - loop.time())
                await free.acquire()
                late = max(late, loop.time() - due)
                tasks.create_task(one(logged))
    except BaseExceptionGroup as several:  # a person is told the cause itself
        raise several.exceptions[0] from None
    return Sent(arm=arm, rows=tuple(rows), late=late, before=len(requests) - len(left), said="".join(first_reason))


def row_of(logged: Logged, arm: Arm, answer: Answer, body: Mapping[str, Any], hash_key: str) -> Row:
    """The row of an answer, with all that the gateway's own rows say of one."""
    known: dict[str, Any] = {}
    if answer.error is None:
        asked = wants_json(body)
        known = {
            "answer_characters": len(answer.text),
            "empty": not answer.text.strip(),
            "answer_hash": hashed(answer.text, hash_key),
            "refusal": answer.refused or refuses(answer.text),
            "json_asked": asked,
            "json_valid": is_json(answer.text) if asked else None,
        }
    return Row(
        trace=uuid.uuid4().hex,
        pair=logged.pair,
        arm=arm.name,
        assigned=arm.name,
        role="replayed",
        workload=logged.workload,
        gateway=GATEWAY,
        endpoint=logged.endpoint,
        streamed=True,
        started=answer.started,
        first_token=answer.first_token,
        ended=answer.ended,
        prompt_tokens=answer.prompt_tokens,
        completion_tokens=answer.completion_tokens,
        cached_tokens=answer.cached_tokens,
        status=answer.status,
        error=answer.error,
        finish=answer.finish,
        **known,
    )


def text_of(row: Row, body: dict[str, Any], answer: Answer) -> Text:
    """The texts of a row."""
    return Text(
        trace=row.trace,
        pair=row.pair,
        arm=row.arm,
        workload=row.workload,
        endpoint=row.endpoint,
        started=row.started,
        request=body,
        answer=None if answer.error else answer.text,
    )


def hashed(text: str, key: str) -> str | None:
    """The keyed hash that the gateway's plugin makes of the same text; None without the key, or without a text."""
    if not (text and key):
        return None
    return hmac.new(key.encode(), text.encode("utf-8", "replace"), hashlib.sha256).hexdigest()[:HASHED]
