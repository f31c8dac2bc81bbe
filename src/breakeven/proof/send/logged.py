"""Logged requests that can be sent again, wherever they are from. Only places are kept in memory, not bodies.

A line is one of: the texts of our shadow log, OpenAI's batch input (custom_id, url, body), or a bare body.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from breakeven.files import ordinary
from breakeven.problems import Problem
from breakeven.proof.records.row import API, read_text
from breakeven.written import json_of

TEXTS = "texts-*.jsonl"
NO_TEXT = "Keep texts in the gateway for a while: BREAKEVEN_TEXT_DAYS=7."
ENDPOINTS = ("messages", "responses")


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """Where a request stands, and when it came. `pair`: joins what is sent with the answer that was logged."""

    pair: str
    workload: str
    endpoint: str
    started: datetime | None
    file: Path
    offset: int
    line: int

    def body(self) -> dict[str, Any]:
        """The request as it was sent. Raises `Problem` where the file was changed meanwhile."""
        with self.file.open("rb") as file:
            file.seek(self.offset)
            text = file.readline().decode("utf-8", "replace")
        return dict(_parts(_line(text, f"{self.file}:{self.line}"), f"{self.file}:{self.line}")[3])


def read_logged(paths: Iterable[Path]) -> list[Logged]:
    """Every request once, in the order in which they came. Raises `Problem` where there is none."""
    found: dict[str, Logged] = {}
    for path in (each for given in paths for each in _files(given)):
        ordinary(path)
        for logged, arm in _lines(path):
            if logged.pair not in found or arm == API:
                found[logged.pair] = logged
    if not found:
        raise Problem("there is no request to send", fix=NO_TEXT)
    known = [each for each in found.values() if each.started is not None]
    if known and len(known) < len(found):
        told = f"{len(found) - len(known)} of {len(found)} requests do not say when they came"
        raise Problem(told, fix="Send them by themselves, with --per-second.")
    return sorted(found.values(), key=lambda each: each.started.timestamp()) if known else list(found.values())  # type: ignore[union-attr]


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    if found := sorted(path.glob(TEXTS)):
        return found
    raise Problem("the folder holds no texts of requests", where=str(path), fix=NO_TEXT)


def _lines(path: Path) -> Iterator[tuple[Logged, str]]:
    offset = 0
    with path.open("rb") as file:
        for number, raw in enumerate(file, start=1):
            where = f"{path}:{number}"
            if raw.strip() and raw.endswith(b"\n"):  # a last line without its end is being written
                pair, workload, arm, body, started = _parts(_line(raw.decode("utf-8", "replace"), where), where)
                yield (
                    Logged(
                        pair=pair or f"{path.name}:{number}",
                        workload=workload,
                        endpoint=_endpoint(body, workload, where),
                        started=started,
                        file=path,
                        offset=offset,
                        line=number,
                    ),
                    arm,
                )
            offset += len(raw)


def _line(text: str, where: str) -> Mapping[str, Any]:
    try:
        data = json_of(text)
    except json.JSONDecodeError as error:
        raise Problem(f"this is not JSON: {error.msg}", where=where, fix="A line is one request.") from None
    if not isinstance(data, Mapping):
        raise Problem("this is no request", where=where, fix="A line is one request, as JSON with keys.")
    return data


def _parts(data: Mapping[str, Any], where: str) -> tuple[str, str, str, Mapping[str, Any], datetime | None]:
    """Pair, workload, arm, body and time of a line of any kind."""
    if "request" in data:
        text = read_text(data, where=where)
        return text.pair, text.workload, text.arm, text.request, text.started
    if isinstance(data.get("body"), Mapping):
        return str(data.get("custom_id", "")), _model(data["body"]), "", data["body"], None
    if "arm" in data and "pair" in data:
        raise Problem("the rows of the log hold no text that could be sent", where=where, fix=NO_TEXT)
    return "", _model(data), "", data, None


def _model(body: Mapping[str, Any]) -> str:
    return str(body.get("model") or "all")


def _endpoint(body: Mapping[str, Any], workload: str, where: str) -> str:
    """By its keys: `input` is of responses, `max_tokens` with a text as `system` of messages, else chat."""
    if "input" in body:
        return "responses"
    if not isinstance(body.get("messages"), list):
        raise Problem(f"a request of {workload} has no messages", where=where, fix="A line is one request's body.")
    return "messages" if "system" in body or "anthropic_version" in body else "chat"
