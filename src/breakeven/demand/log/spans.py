"""Logs of one's own that hold spans: which of their rows are calls of a model, and which of them lie in another.

A chain or an agent often carries the sum of the calls inside it. Where a column says what a span is, and some of them
are calls of a model, the others are no requests; where spans name the span around them, the innermost counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from re import sub
from typing import Any

from breakeven.demand.log.engine.embedded import ask
from breakeven.demand.log.format.formats import GENERIC
from breakeven.demand.log.libraries import duckdb
from breakeven.demand.log.table.shapes import decided, looking
from breakeven.demand.log.table.tables import LogFile

FIELDS = ("span_kind", "span", "parent")
CALLS = ("llm", "generation", "chat", "completion", "chat_completion", "text_completion", "chat_model", "chatmodel",
         "generate_content", "llm_call", "model_call", "model")  # fmt: skip
TOOLS = ["tool", "tool_call", "execute_tool", "function", "retriever", "retrieval"]
MOST_KINDS = 100
SAID = "Only rows whose {} is a call of a model are requests."


def by_spans(files: Sequence[LogFile]) -> tuple[LogFile, ...]:
    """The files without a format of their own, their spans told apart."""
    return decided(files, _told)


def _told(file: LogFile, paths: Sequence[Path]) -> LogFile | None:
    if file.format_name != GENERIC or not any(field in file.column_of for field in FIELDS):
        return None
    plain = {name: column for name, column in file.column_of.items() if name not in FIELDS}
    specs: dict[str, Any] = file.fields
    kind, span, parent = (specs.pop(field, None) for field in FIELDS)
    notices: list[str] = []
    if kind is not None and _some_are_calls(file, paths):
        specs["about"] = {"when": {kind: list(CALLS)}, "value": "yes"}
        notices = [SAID.format(kind)]
    if span is not None and parent is not None and _is_of_spans(span, parent):
        specs["request_id"] = span
        specs["parent"] = {"take": parent, "unless": {kind: TOOLS}} if kind else parent
    if not notices and "parent" not in specs:
        return replace(file, specs=specs if file.specs else {}, column_of=plain)
    return file.with_fields(specs, *notices)


def _is_of_spans(span: str, parent: str) -> bool:
    """Whether they name spans: a message has an id and a parent, too, and each is a request."""
    bare, outer = (sub(r"[^a-z]", "", each.lower()) for each in (span, parent))
    return bare.endswith(("spanid", "runid", "observationid")) or not outer.endswith("parentid")


def _some_are_calls(file: LogFile, paths: Sequence[Path]) -> bool:
    try:
        with looking(file, paths) as (connection, table):
            kinds = table.select(kind=table[file.column_of["span_kind"]].cast("string").lower())
            found = ask(connection, kinds.distinct().limit(MOST_KINDS))["kind"].to_pylist()
    except duckdb().Error:
        return False  # what is wrong with the file is told where it is read
    return any(each in CALLS for each in found)
