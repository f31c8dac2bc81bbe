"""Rows of a shadow log, as a gateway writes them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

START = datetime(2026, 11, 2, tzinfo=UTC)
Line = dict[str, Any]


def row(pair: object, arm: str, *, after: float = 0.0, takes: float = 1.0, **given: Any) -> Line:
    """One arm's part, `after` seconds from the start; None leaves a key out."""
    begun = START + timedelta(seconds=after)
    usual: Line = {
        "schema": 1, "trace": f"t{pair}", "pair": f"p{pair}", "arm": arm, "assigned": "api",
        "role": "answered" if arm == "api" else "mirrored", "workload": "chat", "gateway": "litellm",
        "endpoint": "chat", "streamed": True, "started": begun.isoformat(),
        "first_token": (begun + timedelta(seconds=0.3)).isoformat(),
        "ended": (begun + timedelta(seconds=takes)).isoformat(), "prompt_tokens": 500, "completion_tokens": 101,
        "cost": 0.004 if arm != "self" else None, "status": 200, "answer_hash": f"h{pair}", "empty": False,
        "refusal": False, "json_asked": False,
    }  # fmt: skip
    return {key: value for key, value in (usual | given).items() if value is not None}


def pair_of(pair: object, *, after: float = 0.0, candidate: Line | None = None, **both: Any) -> list[Line]:
    """The API's answer and the mirrored one."""
    return [row(pair, "api", after=after, **both), row(pair, "self", after=after, **(both | (candidate or {})))]


def written(path: Path, lines: Iterable[Line | str]) -> Path:
    """A log of these rows; a text stands as it is."""
    path.write_text("".join(each if isinstance(each, str) else json.dumps(each) + "\n" for each in lines))
    return path
