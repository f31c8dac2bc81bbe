"""Envoy's access log as rows: which arm a request was assigned to, which one answered, how it ended.

Envoy sees no text and no tokens. A request that the candidate did not answer went to the next priority, and is a row of
the API that was assigned to the candidate: a failure of the candidate, as the shadow log has it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from breakeven.proof.gateway.routes import slug
from breakeven.proof.records.row import API, ErrorKind, Row, read_row

GATEWAY, LOG = "envoy", "access.jsonl"
UNKNOWN = (None, "", "-")
CUT_FLAGS = {"UC", "UPE", "UR", "LR", "SI"}  # what came from the arm ended before its end
GONE = "DC"  # the client went away


def access_reader(workloads: tuple[str, ...]) -> Callable[[Any], Row | None]:
    """What makes a row of a line of the access log; None for a request of no workload, which no arm was asked."""
    names = {slug(name): name for name in workloads}

    def read(data: Any) -> Row | None:
        workload, _, kind = str(data["assigned"]).rpartition(".") if isinstance(data, Mapping) else ("", "", "")
        if workload not in names:
            return None
        assigned = API if kind == "api_only" else kind.removesuffix("_first")
        started = datetime.fromisoformat(str(data["started"]))
        return read_row(
            {
                "schema": 1, "trace": data["request_id"], "pair": data["request_id"], "role": "answered",
                "workload": names[workload], "gateway": GATEWAY, "endpoint": "chat", "streamed": False,
                "assigned": assigned, "arm": assigned if data["arm"] in UNKNOWN else data["arm"],
                "started": started, "ended": started + timedelta(milliseconds=float(data["milliseconds"])),
                "status": int(data["status"]) or None, "error": _error(int(data["status"]), str(data["flags"])),
            }
        )  # fmt: skip

    return read


def _error(status: int, flags: str) -> ErrorKind | None:
    told = set(flags.split(","))
    if GONE in told or status == 0:
        return "cancelled"
    if status < 400:
        return "cut" if told & CUT_FLAGS else None
    kinds: Mapping[int, ErrorKind] = {408: "timeout", 429: "rate-limit", 504: "timeout"}
    return kinds.get(status, "server" if status >= 500 else "refused")
