"""Logged requests that can be sent again, wherever they are from. Only places are kept in memory, not bodies.

A line is one of: the texts of our shadow log, OpenAI's batch input (custom_id, url, body), or a bare body.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from breakeven.files import ordinary, unreadable
from breakeven.problems import Problem
from breakeven.proof.records.row import API, read_text
from breakeven.written import json_of

TEXTS = "texts-*.jsonl"
NO_TEXT = "Keep texts in the gateway for a while: BREAKEVEN_TEXT_DAYS=7."
ENDPOINTS = {"chat/completions": "chat", "messages": "messages", "responses": "responses"}  # by the end of an address
PACKED = b"\x1f\x8b"  # how gzip begins


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
        """The request as it was sent, to the letter. Raises `Problem` where the file was changed meanwhile."""
        where = f"{self.file}:{self.line}"
        try:
            with self.file.open("rb") as file:
                file.seek(self.offset)
                raw = file.readline()
        except OSError as error:
            raise unreadable(self.file, error) from None
        return dict(_part(_line(raw, where), where).body)


class _Part(NamedTuple):
    """What a line says of its request; `pair`, `endpoint`: empty where it does not say."""

    pair: str
    workload: str
    arm: str
    body: Mapping[str, Any]
    started: datetime | None
    endpoint: str


def read_logged(paths: Iterable[Path], told: Callable[[str], object] = lambda _: None) -> list[Logged]:
    """Every request once, in the order in which they came. Raises `Problem` where there is none.

    `told` is given a sentence for what is left out.
    """
    requests: dict[str, Logged] = {}
    for path in (path for given in paths for path in _files(given)):
        ordinary(path)
        for logged, arm in _lines(path, told):
            if logged.pair not in requests or arm == API:
                requests[logged.pair] = logged
    if not requests:
        raise Problem("there is no request to send", fix=NO_TEXT)
    known = [logged for logged in requests.values() if logged.started is not None]
    if known and len(known) < len(requests):
        mixed = f"{len(requests) - len(known)} of {len(requests)} requests do not say when they came"
        raise Problem(mixed, fix="Send them by themselves, with --per-second.")
    if not known:
        return list(requests.values())
    return sorted(requests.values(), key=lambda logged: logged.started.timestamp())  # type: ignore[union-attr]


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    if found := sorted(path.glob(TEXTS)):
        return found
    raise Problem("the folder holds no texts of requests", where=str(path), fix=NO_TEXT)


def _lines(path: Path, told: Callable[[str], object]) -> Iterator[tuple[Logged, str]]:
    offset = 0
    with path.open("rb") as file:
        for number, raw in enumerate(file, start=1):
            where, at = f"{path}:{number}", offset
            offset += len(raw)
            if not raw.strip():
                continue
            try:
                part = _part(_line(raw, where), where)
            except Problem:
                if raw.endswith(b"\n"):
                    raise
                told(f"{where}: this line has no end yet and is left out; a later run sends it.")
                return
            yield (
                Logged(
                    pair=part.pair or f"{path.name}:{number}",
                    workload=part.workload,
                    endpoint=part.endpoint or _endpoint(part.body, part.workload, where),
                    started=part.started,
                    file=path,
                    offset=at,
                    line=number,
                ),
                part.arm,
            )


def _line(raw: bytes, where: str) -> Mapping[str, Any]:
    """The object of a line, its texts as they are: what is sent again is not mended."""
    if raw.startswith(PACKED):
        raise Problem("this file is packed", where=where, fix="Unpack it first: gunzip.")
    try:
        data = json_of(raw.decode("utf-8-sig"), clean=False)
    except UnicodeDecodeError:
        raise Problem("this is not UTF-8 text", where=where, fix="Save it as UTF-8.") from None
    except json.JSONDecodeError as error:
        raise Problem(f"this is not JSON: {error.msg}", where=where, fix="A line is one request.") from None
    if not isinstance(data, Mapping):
        raise Problem("this is no request", where=where, fix="A line is one request, as JSON with keys.")
    return data


def _part(data: Mapping[str, Any], where: str) -> _Part:
    if "request" in data and "schema" in data:
        text = read_text(data, where=where)
        return _Part(text.pair, text.workload, text.arm, text.request, text.started, text.endpoint)
    if isinstance(body := data.get("body"), Mapping):
        endpoint = ENDPOINTS.get(str(data.get("url", "")).rpartition("/v1/")[2], "")
        return _Part(str(data.get("custom_id") or ""), _model(body), "", body, None, endpoint)
    if "arm" in data and "pair" in data:
        raise Problem("the rows of the log hold no text that could be sent", where=where, fix=NO_TEXT)
    return _Part("", _model(data), "", data, None, "")


def _model(body: Mapping[str, Any]) -> str:
    return str(body.get("model") or "all")


def _endpoint(body: Mapping[str, Any], workload: str, where: str) -> str:
    """By its keys: `input` is of responses, a text as `system` of messages, else chat."""
    if "input" in body:
        return "responses"
    if not isinstance(body.get("messages"), list):
        raise Problem(f"a request of {workload} has no messages", where=where, fix="A line is one request's body.")
    return "messages" if "system" in body or "anthropic_version" in body else "chat"
