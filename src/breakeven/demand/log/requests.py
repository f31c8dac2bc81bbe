"""The requests of a log one by one, as a replay needs them: when each came, how long it is, what its prompt shares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from breakeven.demand.demand import SetAside
from breakeven.demand.log.format.formats import GENERIC
from breakeven.demand.log.histogram import worked
from breakeven.demand.log.libraries import as_numpy, ibis, pyarrow
from breakeven.demand.log.rows.reasons import EARLIEST, NOT_ABOUT
from breakeven.demand.log.table.tables import LogFile
from breakeven.shipped import shipped

MOST_REQUESTS = 10_000_000  # that are held one by one: more are known by the minute only
WHOLE_NUMBERS = r"^\[\s*\]$|^\[\s*-?[0-9]{1,18}(\s*,\s*-?[0-9]{1,18})*\s*\]$"
BAD_BLOCKS = "the blocks of the prompt are not a list of whole numbers"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Requests:
    """The requests that did work, in the order of their log. Seconds on the log's clock, or from its start; tokens.

    `blocks`: hashes of the blocks that each prompt begins with; empty where the log has none. `set_aside`: rows that
    could not be used, and why.
    """

    seconds: np.ndarray
    input_tokens: np.ndarray
    output_tokens: np.ndarray
    blocks: tuple[tuple[int, ...], ...]
    set_aside: tuple[SetAside, ...] = ()


def request_rows(rows: Any) -> Any:
    """The push-down: every row, whether a model worked on it, or why it cannot be read."""
    blocks = rows.blocks.try_cast("array<int64>")
    told = ibis().coalesce(rows.blocks, "")
    bad = (rows.reason == "") & (told != "") & ~told.re_search(WHOLE_NUMBERS)
    return rows.select(
        "arrival",
        "input_tokens",
        "output_tokens",
        blocks=blocks,
        worked=worked(rows),
        repeats=rows["repeats"] if "repeats" in rows.columns else ibis().literal(0, "int64"),
        reason=ibis().cases((bad, BAD_BLOCKS), else_=rows.reason),
    )


def requests_of(answer: Any, files: Sequence[LogFile], rejected: Sequence[SetAside], *, in_order: bool) -> Requests:
    """The answer (Arrow) as requests. `in_order`: it has the order of the files; else any, so it is put into one."""
    compute = pyarrow().compute
    good = answer.filter(compute.and_(compute.equal(answer["reason"], ""), answer["worked"]))
    seconds, ins, outs = (as_numpy(good[column]) for column in ("arrival", "input_tokens", "output_tokens"))
    order = np.arange(seconds.size) if in_order else np.lexsort((outs, ins, seconds))
    hashed = bool(good.num_rows and compute.any(compute.greater(compute.list_value_length(good["blocks"]), 0)).as_py())
    blocks = [tuple(hashes or ()) for hashes in good["blocks"].to_pylist()] if hashed else []
    return Requests(
        seconds=(seconds / 1000.0 if _milliseconds(seconds, files) else seconds)[order],
        input_tokens=ins[order],
        output_tokens=outs[order],
        blocks=tuple(blocks[i] for i in order) if hashed else (),
        set_aside=(*_set_aside(answer), *rejected),
    )


def _set_aside(answer: Any) -> tuple[SetAside, ...]:
    counted = pyarrow().compute.value_counts(answer["reason"].combine_chunks()).to_pylist()
    bad = sorted((-each["counts"], each["values"]) for each in counted if each["values"] != "")
    return tuple(SetAside(reason=reason, rows=-count, lost=not reason.startswith(NOT_ABOUT)) for count, reason in bad)


def _milliseconds(seconds: np.ndarray, files: Sequence[LogFile]) -> bool:
    """Whether times that were taken for seconds since a start of their own are milliseconds, as the names tell."""
    if not seconds.size or not (seconds < EARLIEST).all():
        return False
    names = shipped("demand/formats/generic.yaml")["relative_milliseconds"]
    return all(
        each.format_name == GENERIC and each.kind in ("json", "jsonl") and each.specs.get("input_tokens") in names
        for each in files
    )
