"""The app with its two processes, over a folder with one small case; and a browser's way of asking."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from assessed import SIX_MONTHS
from breakeven.web.app import app
from breakeven.web.guard.visitors import Door

HERE = "http://127.0.0.1:8765"
GATES = """\
# A comment that stays.
gates:
  - {name: data residency, applies_to: hosted, verdict: pass, evidence: contract}  # and another
"""


@pytest.fixture(scope="session")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of cases: one that holds, and one that is broken."""
    folder = tmp_path_factory.mktemp("cases")
    (folder / "small.yaml").write_text(SIX_MONTHS + GATES, "utf-8")
    (folder / "broken.yaml").write_text("as_of: 2026-11-21\nhorizon_monhts: 6\n", "utf-8")
    return folder


@pytest.fixture(scope="session")
def client(cases: Path) -> Iterator[TestClient]:
    """A page of ours that asks: same host, no origin of its own."""
    served = app(cases, door=Door(), today=lambda: date(2026, 11, 21))
    with TestClient(served, base_url=HERE, raise_server_exceptions=False) as found:
        yield found
