"""One row of a shadow log: one arm's part in one request. Its page: reference/shadow-log.

A log is JSON lines, a file a day. Rows with the same `pair` are about the same request; those of one request that was
tried at one arm and then at another share it too. A request is a success of the arm that it was `assigned` to only if
that arm's own row has no `error` (intention to treat): one that fell back is a failure of the first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AwareDatetime, ConfigDict, Field, TypeAdapter, ValidationError, with_config

from breakeven.problems import Problem
from breakeven.written import first_wrong

SCHEMA: Literal[1] = 1
API, SELF, HOST, NOISE = "api", "self", "host", "aa"  # further candidates have names of their own

Role = Literal["answered", "mirrored", "replayed"]
"""Whose answer: the one that the client got (or would have got), a copy's, or one of `breakeven shadow send`."""
ErrorKind = Literal[
    "timeout",
    "rate-limit",
    "context-length",
    "server",
    "connection",
    "cut",
    "refused",
    "cancelled",
    "not-tried",
    "other",
]
"""`cut`: the stream ended before its end; `refused`: a 4xx of another kind; `cancelled`: the client went away;
`not-tried`: the gateway had taken the arm out, and another one answered."""

Count = Annotated[int, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]
Moment = AwareDatetime
Read = TypeVar("Read")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One arm, one request. Times have a zone; hashes are hexadecimal and keyed; None: not known, never zero.

    `trace` is the gateway's own id of the request; `pair` joins the arms' answers to it (a replayed row carries the
    `pair` of the row that it replays). `deployment` is the gateway's name of the arm. `template` is the hash of the
    system text: rows of one session, template or user are not independent. `word_overlap` (Dice's coefficient of the
    words) and `fields_agreeing` (of two JSON objects) compare with the answer of the arm `compared_with`.
    """

    schema: Literal[1] = SCHEMA
    trace: str
    pair: str
    arm: str
    assigned: str
    role: Role
    workload: str
    stratum: str | None = None
    deployment: str | None = None
    gateway: str
    endpoint: str  # chat, messages, responses
    streamed: bool
    user: str | None = None
    session: str | None = None
    template: str | None = None
    started: Moment
    first_token: Moment | None = None
    ended: Moment
    prompt_tokens: Count | None = None
    completion_tokens: Count | None = None
    cached_tokens: Count | None = None
    cost: Annotated[float, Field(ge=0)] | None = None  # USD, as the gateway counts it
    status: int | None = None
    error: ErrorKind | None = None
    finish: str | None = None
    request_hash: str | None = None
    answer_hash: str | None = None
    answer_characters: Count | None = None
    empty: bool | None = None
    refusal: bool | None = None
    json_asked: bool | None = None
    json_valid: bool | None = None
    compared_with: str | None = None
    word_overlap: Share | None = None
    fields_agreeing: Share | None = None

    @property
    def accepted(self) -> bool:
        """Answered, not empty, no refusal, JSON where it was asked for: as pairs.sql counts it."""
        broken = bool(self.json_asked) and self.json_valid is False
        return self.error is None and not self.empty and not self.refusal and not broken

    @property
    def seconds(self) -> float:
        """From the request to the end of the answer [s]."""
        return (self.ended - self.started).total_seconds()

    @property
    def seconds_to_first_token(self) -> float | None:
        """Known only where it was streamed [s]."""
        return None if self.first_token is None else (self.first_token - self.started).total_seconds()


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """The texts of one row. They stand in files of their own (texts-*.jsonl), each deleted after the day in its name.

    `request` is the body that was sent, without credentials; `answer` is the text, or the arguments of a tool call.
    """

    schema: Literal[1] = SCHEMA
    trace: str
    pair: str
    arm: str
    workload: str
    endpoint: str
    started: Moment
    request: dict[str, Any]
    answer: str | None = None


def arm_of(kind: str) -> str:
    """What the candidate is called where a plan moves to a target of this kind: an API (another host) or a fleet."""
    return HOST if kind == "api" else SELF


def names(of: type[Row] | type[Text] = Row) -> tuple[str, ...]:
    """The keys of a row, in order."""
    return tuple(each.name for each in fields(of))


def read_row(data: object, *, where: str = "") -> Row:
    """A row of plain data. Raises `Problem` for what is none, or of another version."""
    return _read(_row_reader(), data, where)


def read_text(data: object, *, where: str = "") -> Text:
    """The texts of a row. Raises `Problem` for what are none."""
    return _read(_text_reader(), data, where)


def plain(row: Row | Text) -> dict[str, Any]:
    """A row as it is written: moments as ISO 8601 with their zone, what is not known left out."""
    stated = ((name, getattr(row, name)) for name in names(type(row)))
    return {
        name: value.isoformat() if isinstance(value, datetime) else value for name, value in stated if value is not None
    }


def _read(reader: TypeAdapter[Read], data: object, where: str) -> Read:
    if isinstance(data, Mapping) and data.get("schema") != SCHEMA:
        told = f"the row is of schema {data.get('schema')!r}, and {SCHEMA} is read here"
        raise Problem(told, where=where, fix="Log with the plugin that `breakeven gateway` wrote.")
    try:
        return reader.validate_python(data)
    except ValidationError as error:
        raise Problem(f"no row of a shadow log: {first_wrong(error.errors())}", where=where) from None


@cache
def _row_reader() -> TypeAdapter[Row]:
    return TypeAdapter(with_config(ConfigDict(extra="forbid"))(Row))


@cache
def _text_reader() -> TypeAdapter[Text]:
    return TypeAdapter(with_config(ConfigDict(extra="forbid"))(Text))
