"""Envoy's access log as rows: whose request it was, who answered, how it ended."""

from __future__ import annotations

import pytest

from breakeven.proof.gateway.access_log import access_reader

LINE = {
    "started": "2026-12-01T00:10:15.111Z", "request_id": "r1", "workload": "-", "status": 200, "flags": "-",
    "assigned": "chat-1.host_first", "arm": "host", "attempts": 1, "milliseconds": 250,
}  # fmt: skip
read = access_reader(("Chat 1",))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, ("host", "host", None)),
        ({"arm": "api", "attempts": 2}, ("host", "api", None)),  # it fell back, and is a failure of the host
        ({"assigned": "chat-1.api_only", "arm": "api"}, ("api", "api", None)),
        ({"status": 503, "arm": "-", "flags": "UH"}, ("host", "host", "server")),
        ({"status": 503, "arm": None, "flags": "UH"}, ("host", "host", "server")),
        ({"flags": "UC"}, ("host", "host", "cut")),
        ({"flags": "UPE,DC", "status": 0}, ("host", "host", "cancelled")),
        ({"status": 429}, ("host", "host", "rate-limit")),
        ({"status": 422}, ("host", "host", "refused")),
        ({"status": 504}, ("host", "host", "timeout")),
    ],
)
def test_a_line_is_a_row(changes: dict[str, object], told: tuple[str, str, str | None]) -> None:
    row = read(LINE | changes)
    assert row is not None
    assert (row.assigned, row.arm, row.error) == told
    assert (row.workload, row.seconds, row.first_token) == ("Chat 1", 0.25, None)


def test_a_request_that_no_arm_was_asked_is_no_row() -> None:
    assert read(LINE | {"assigned": None}) is None
    assert read(LINE | {"assigned": "other.self_first"}) is None
    with pytest.raises((ValueError, KeyError)):
        read({"assigned": "chat-1.host_first", "started": "soon"})
